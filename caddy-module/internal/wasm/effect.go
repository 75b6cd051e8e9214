package wasm

import (
	"crypto/hmac"
	"crypto/sha256"
	"math"

	"github.com/tetratelabs/wazero/api"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// The host functions that act on the exchange. Each checks where it may be called, then its arguments,
// then asks the Host.

// host gives the Host if the running hook is in s.
func (c *call) host(s set) Host {
	c.spend(callFuel)
	if !c.within(s) || c.frame == nil {
		return nil
	}
	return c.frame.Host
}

// name is a short text argument; an empty or long one, or one that is not UTF-8, is refused.
func (c *call) name(ptr, n uint64) (string, int32) {
	b, valid := c.text(ptr, n)
	switch {
	case len(b) > abi.MaxMessage:
		return "", abi.ErrLimit
	case !valid || len(b) == 0:
		return "", abi.ErrArgument
	}
	return view(b), abi.OK
}

// message is like name but keeps its bytes beyond the call, and may be empty.
func (c *call) message(ptr, n uint64) (string, int32) {
	b, valid := c.text(ptr, n)
	switch {
	case len(b) > abi.MaxMessage:
		return "", abi.ErrLimit
	case !valid:
		return "", abi.ErrArgument
	}
	return string(b), abi.OK
}

func header(c *call, s []uint64) {
	h := c.host(inExchange)
	name, st := c.name(s[0], s[1])
	if h == nil {
		st = abi.ErrDenied
	}
	if st != abi.OK {
		s[0] = status(st)
		return
	}
	v, ok := h.Header(name)
	if !ok {
		s[0] = status(abi.ErrNotFound)
		return
	}
	c.spend(int64(len(v)) * copyFuel)
	dst := c.bytes(s[2], s[3])
	copy(dst, v)
	s[0] = status(int32(len(v)))
}

func setHeader(c *call, s []uint64) {
	h := c.host(inFlight)
	name, st := c.message(s[0], s[1])
	value, also := c.message(s[2], s[3])
	switch {
	case h == nil:
		st = abi.ErrDenied
	case st != abi.OK:
	case also != abi.OK:
		st = also
	case !token(name) || !fieldValue(value):
		st = abi.ErrArgument
	default:
		st = code(h.SetHeader(name, value), abi.ErrDenied)
	}
	s[0] = status(st)
}

// token reports whether s may be a field name, RFC 9110 section 5.6.2.
func token(s string) bool {
	for i := range len(s) {
		switch b := s[i]; {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9':
		case b == '!' || b >= '#' && b <= '\'' || b == '*' || b == '+' || b == '-' || b == '.' || b >= '^' && b <= '`' || b == '|' || b == '~':
		default:
			return false
		}
	}
	return s != ""
}

// fieldValue reports whether s may be a field value, RFC 9110 section 5.5.
func fieldValue(s string) bool {
	for i := range len(s) {
		if b := s[i]; b < ' ' && b != '\t' || b == 0x7f {
			return false
		}
	}
	return true
}

func attr(c *call, s []uint64) {
	h := c.host(inExchange)
	name, st := c.name(s[0], s[1])
	s[0] = 0
	if h == nil || st != abi.OK || !c.room(0) {
		return
	}
	v, ok := h.Attr(name)
	if !ok {
		return
	}
	a, _ := c.into()
	before := a.Added()
	var n document.Node
	switch v := v.(type) {
	case string:
		if !c.room(len(v)) {
			return
		}
		n = a.NewString([]byte(v))
	case int64:
		n = a.NewInt(v)
	case float64:
		n = a.NewFloat(v)
	case bool:
		n = a.NewBool(v)
	default:
		return
	}
	c.grown(a, before)
	s[0] = c.handle(c.fresh, n)
}

func setAttr(c *call, s []uint64) {
	h := c.host(inFlight)
	name, st := c.name(s[0], s[1])
	a, n, _ := c.value(s[2])
	switch {
	case h == nil:
		st = abi.ErrDenied
	case st != abi.OK:
	case a == nil:
		st = abi.ErrHandle
	default:
		declared, ok := c.in.describe.Attributes[name]
		if !ok {
			st = abi.ErrDenied
			break
		}
		v, fits := scalar(a, n, declared)
		switch {
		case !fits:
			st = abi.ErrKind
		case a.Kind(n) == abi.KindString && a.Len(n) > abi.MaxMessage:
			st = abi.ErrLimit
		default:
			st = code(h.SetAttr(string([]byte(name)), v), abi.ErrDenied)
		}
	}
	s[0] = status(st)
}

// scalar reads a value as the type that a manifest declares.
func scalar(a *document.Arena, n document.Node, declared string) (any, bool) {
	switch declared {
	case "int":
		v, ok := a.Int(n)
		return v, ok
	case "float":
		v, ok := a.Float(n)
		return v, ok
	case "bool":
		v, ok := a.Bool(n)
		return v, ok
	case "string":
		if a.Kind(n) != abi.KindString || a.Len(n) > abi.MaxMessage {
			return "", a.Kind(n) == abi.KindString
		}
		return a.String(n), true
	}
	return nil, false
}

func tag(c *call, s []uint64) {
	h := c.host(inExchange)
	name, st := c.message(s[0], s[1])
	value, also := c.message(s[2], s[3])
	switch {
	case h == nil:
		st = abi.ErrDenied
	case st != abi.OK:
	case also != abi.OK:
		st = also
	case name == "":
		st = abi.ErrArgument
	default:
		st = code(h.Tag(name, value), abi.ErrDenied)
	}
	s[0] = status(st)
}

func warn(c *call, s []uint64) {
	h := c.host(inFlight)
	item, st := c.message(s[0], s[1])
	switch {
	case h == nil:
		st = abi.ErrDenied
	case st != abi.OK:
	case item == "" || !fieldValue(item):
		st = abi.ErrArgument
	default:
		st = code(h.Warn(item), abi.ErrDenied)
	}
	s[0] = status(st)
}

// handOver readies a value to be kept by the Host: it has to be in the exchange's own arena and no
// larger than what can be sent.
func (c *call) handOver(h uint64) (document.Node, int32) {
	a, n, _ := c.value(h)
	if a == nil {
		return 0, abi.ErrHandle
	}
	if a.Size(n) > abi.MaxReply {
		return 0, abi.ErrLimit
	}
	return c.adopt(h, arenaDoc)
}

func respond(c *call, s []uint64) {
	h := c.host(setOf(hookRequest))
	code200, form := int32(uint32(s[0])), int32(uint32(s[2]))
	st := abi.ErrDenied
	if h != nil && c.arenas[arenaDoc] != nil {
		var n document.Node
		switch n, st = c.handOver(s[1]); {
		case st != abi.OK:
		case code200 < 200 || code200 > 599 || form != abi.FormDocument && form != abi.FormEvents:
			st = abi.ErrArgument
		case form == abi.FormEvents && c.arenas[arenaDoc].Kind(n) != abi.KindArray:
			st = abi.ErrKind
		default:
			st = code(h.Respond(int(code200), c.arenas[arenaDoc], n, form), abi.ErrDenied)
		}
	}
	s[0] = status(st)
}

func reject(c *call, s []uint64) {
	h := c.host(inFlight)
	httpStatus := int32(uint32(s[0]))
	name, st1 := c.message(s[1], s[2])
	param, st2 := c.message(s[3], s[4])
	text, st3 := c.message(s[5], s[6])
	st := abi.OK
	switch {
	case h == nil:
		st = abi.ErrDenied
	case st1 != abi.OK:
		st = st1
	case st2 != abi.OK:
		st = st2
	case st3 != abi.OK:
		st = st3
	case httpStatus < 400 || httpStatus > 599 || name == "":
		st = abi.ErrArgument
	default:
		if st = code(h.Reject(int(httpStatus), name, param, text), abi.ErrDenied); st == abi.OK {
			c.rejected = true
		}
	}
	s[0] = status(st)
}

func emit(c *call, s []uint64) {
	h := c.host(setOf(hookEvent))
	name, st := c.message(s[1], s[2])
	switch {
	case h == nil || c.arenas[arenaDoc] == nil:
		st = abi.ErrDenied
	case st != abi.OK:
	case c.emits >= abi.MaxEmits:
		st = abi.ErrLimit
	case !fieldValue(name):
		st = abi.ErrArgument
	default:
		var n document.Node
		if n, st = c.handOver(s[0]); st != abi.OK {
			break
		}
		a := c.arenas[arenaDoc]
		if c.emitted += a.Size(n); c.emitted > abi.MaxReply {
			st = abi.ErrLimit
			break
		}
		if st = code(h.Emit(a, n, name), abi.ErrDenied); st == abi.OK {
			c.emits++
		}
	}
	s[0] = status(st)
}

func fail(c *call, s []uint64) {
	b, valid := c.text(s[0], s[1])
	switch {
	case !valid:
		s[0] = status(abi.ErrArgument)
	default:
		c.reason = clip(b)
		s[0] = status(abi.OK)
	}
}

// clip copies a message, cut at its bound on a character's boundary.
func clip(b []byte) string {
	if len(b) > abi.MaxMessage {
		n := abi.MaxMessage
		for !boundary(b, n) {
			n--
		}
		b = b[:n]
	}
	return string(b)
}

func metric(c *call, s []uint64) {
	name, st := c.name(s[0], s[1])
	v := api.DecodeF64(s[2])
	switch {
	case !c.within(inWork):
		st = abi.ErrDenied
	case st != abi.OK:
	case math.IsNaN(v) || math.IsInf(v, 0) || v < 0:
		st = abi.ErrArgument
	default:
		counter := c.in.counters[name]
		if counter == nil {
			st = abi.ErrDenied
			break
		}
		if !c.rehearses() {
			addFloat(counter, v)
		}
	}
	s[0] = status(st)
}

// macFuel is what a byte of a message costs: SHA-256 takes about half a nanosecond for it.
const macFuel = 12

// mac keys the guest's messages without ever showing it the plugin's secret.
func mac(c *call, s []uint64) {
	key, message := c.bytes(s[0], s[1]), c.bytes(s[2], s[3])
	dst := c.bytes(s[4], abi.MACLen)
	if !c.within(inWork) {
		s[0] = status(abi.ErrDenied)
		return
	}
	if len(message) > abi.MaxString || len(key) > abi.MaxString {
		s[0] = status(abi.ErrLimit)
		return
	}
	c.spend(int64(len(message)+len(key)+4*sha256.BlockSize) * macFuel)
	h := c.in.mac
	switch {
	case len(key) > 0:
		h = hmac.New(sha256.New, key)
	case h == nil:
		h = hmac.New(sha256.New, c.in.key[:])
		c.in.mac = h
	default:
		h.Reset()
	}
	h.Write(message)
	h.Sum(dst[:0])
	s[0] = status(abi.OK)
}

func skip(c *call, s []uint64) {
	name, st := c.name(s[0], s[1])
	switch {
	case c.hook != hookConfigure:
		st = abi.ErrDenied
	case st != abi.OK:
	case !c.in.describe.Has(name):
		st = abi.ErrArgument
	default:
		for h := hookRequest; h < hookCount; h++ {
			if h.String() == name {
				c.in.skipped |= setOf(h)
			}
		}
	}
	s[0] = status(st)
}

func watch(c *call, s []uint64) {
	phase, b := uint32(s[0]), c.bytes(s[1], s[2])
	switch {
	case c.hook != hookConfigure:
		s[0] = status(abi.ErrDenied)
	case phase >= uint32(len(c.in.watched)) || len(b) > abi.WatchMax || !ascii(b):
		s[0] = status(abi.ErrArgument)
	default:
		c.in.watched[phase] = watched{narrow: true, bytes: string(b)}
		s[0] = status(abi.OK)
	}
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func now(c *call, s []uint64) {
	if c.frame != nil && c.frame.Host != nil {
		s[0] = uint64(c.frame.Host.Now().UnixMilli())
		return
	}
	s[0] = uint64(c.in.clock().UnixMilli())
}

func random(c *call, s []uint64) {
	if uint32(s[1]) > abi.RandomMax {
		s[0] = status(abi.ErrArgument)
		return
	}
	dst := c.bytes(s[0], s[1])
	c.spend(int64(len(dst)) * randomFuel)
	c.in.chance(dst)
	s[0] = status(abi.OK)
}
