package wasm

import (
	"math"
	"time"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// The host functions of granted services. They may block: the instance waits, others go on.

// maxKey bounds the keys of the store, in bytes.
const maxKey = 1024

// maxTTL bounds how long a value is kept, in milliseconds: a year.
const maxTTL = 365 * 24 * 60 * 60 * 1000

// kv gives the store, a key of the guest's and a ttl if all are allowed here.
func (c *call) kv(ptr, n, ttl uint64) (KV, string, time.Duration, int32) {
	name, st := c.message(ptr, n)
	ms := int64(ttl)
	switch {
	case !c.within(inExchange) || c.services().KV == nil:
		return nil, "", 0, abi.ErrDenied
	case st != abi.OK:
		return nil, "", 0, st
	case len(name) > maxKey:
		return nil, "", 0, abi.ErrLimit
	case name == "" || ms < 0 || ms > maxTTL:
		return nil, "", 0, abi.ErrArgument
	}
	return c.services().KV, name, time.Duration(ms) * time.Millisecond, abi.OK
}

// payload prints a value for a service. The text is the service's to keep. Handle 0 is nil.
func (c *call) payload(h uint64) ([]byte, int32) {
	if uint32(h) == 0 {
		return nil, abi.OK
	}
	a, n, _ := c.value(h)
	if a == nil {
		return nil, abi.ErrHandle
	}
	size := a.Size(n)
	c.spend(int64(min(size, abi.MaxReply)) * copyFuel)
	if size > abi.MaxString {
		return nil, abi.ErrLimit
	}
	return a.AppendJSON(make([]byte, 0, size), n), abi.OK
}

// answer turns a service's JSON into a value.
func (c *call) answer(text []byte) uint64 {
	_, n, st := c.parseInto(text)
	switch st {
	case abi.OK:
		return c.handle(c.fresh, n)
	case abi.ErrSyntax:
		return status(abi.ErrIO)
	}
	return status(st)
}

func kvGet(c *call, s []uint64) {
	if uint32(s[1]) == 0 { // asked whether there is a store
		s[0] = 0
		if c.services().KV == nil {
			s[0] = status(abi.ErrDenied)
		}
		return
	}
	kv, name, _, st := c.kv(s[0], s[1], 0)
	if st != abi.OK {
		s[0] = status(st)
		return
	}
	c.block()
	text, err := kv.Get(c.ctx, name)
	c.resume()
	switch {
	case err != nil:
		s[0] = status(code(err, abi.ErrIO))
	case text == nil:
		s[0] = 0
	default:
		s[0] = c.answer(text)
		clear(text)
	}
}

func kvSet(c *call, s []uint64) {
	kv, name, ttl, st := c.kv(s[0], s[1], s[3])
	if st == abi.OK {
		var text []byte
		if text, st = c.payload(s[2]); st == abi.OK {
			c.block()
			st = code(kv.Set(c.ctx, name, text, ttl), abi.ErrIO)
			c.resume()
		}
	}
	s[0] = status(st)
}

func kvAdd(c *call, s []uint64) {
	kv, name, ttl, st := c.kv(s[0], s[1], s[3])
	sum := int64(math.MinInt64)
	if st == abi.OK {
		c.block()
		v, err := kv.Add(c.ctx, name, int64(s[2]), ttl)
		c.resume()
		if err == nil {
			sum = v
		}
	}
	s[0] = uint64(sum)
}

func kvCas(c *call, s []uint64) {
	kv, name, ttl, st := c.kv(s[0], s[1], s[4])
	var old, text []byte
	if st == abi.OK {
		old, st = c.payload(s[2])
	}
	if st == abi.OK {
		text, st = c.payload(s[3])
	}
	if st != abi.OK {
		s[0] = status(st)
		return
	}
	c.block()
	swapped, err := kv.CompareAndSwap(c.ctx, name, old, text, ttl)
	c.resume()
	switch {
	case err != nil:
		s[0] = status(code(err, abi.ErrIO))
	case swapped:
		s[0] = 1
	default:
		s[0] = 0
	}
}

func httpDo(c *call, s []uint64) {
	if !c.within(inExchange) || c.services().HTTP == nil {
		s[0] = status(abi.ErrDenied)
		return
	}
	s[0] = c.ask(s[0], func(request []byte) ([]byte, error) { return c.services().HTTP.Do(c.ctx, request) })
}

func recognise(c *call, s []uint64) {
	asks := uint32(s[0]) == 0
	switch {
	case c.services().NER == nil || !asks && !c.within(inFlight):
		s[0] = status(abi.ErrDenied)
	case asks:
		s[0] = 0
	default:
		s[0] = c.ask(s[0], func(request []byte) ([]byte, error) {
			return c.services().NER.Recognise(c.ctx, request, &c.frame.recognised)
		})
	}
}

// ask hands the JSON of an object to a service, whose answer becomes a new value. Waiting costs no fuel.
func (c *call) ask(handle uint64, service func([]byte) ([]byte, error)) uint64 {
	a, n, _ := c.value(handle)
	switch {
	case a == nil:
		return status(abi.ErrHandle)
	case a.Kind(n) != abi.KindObject:
		return status(abi.ErrKind)
	}
	request, st := c.payload(handle)
	if st != abi.OK {
		return status(st)
	}
	c.block()
	response, err := service(request)
	c.resume()
	if err != nil {
		return status(code(err, abi.ErrIO))
	}
	return c.answer(response)
}

func record(c *call, s []uint64) {
	sink, st := c.message(s[0], s[1])
	asks := uint32(s[2]) == 0
	switch {
	case c.services().Record == nil || !asks && !c.within(inExchange):
		st = abi.ErrDenied
	case st != abi.OK:
	case sink == "":
		st = abi.ErrArgument
	case asks:
		c.block()
		st = code(c.services().Record.Ready(c.ctx, sink), abi.ErrIO)
		c.resume()
	default:
		var text []byte
		if text, st = c.payload(s[2]); st == abi.OK {
			c.block()
			st = code(c.services().Record.Record(c.ctx, sink, text), abi.ErrIO)
			c.resume()
		}
	}
	s[0] = status(st)
}
