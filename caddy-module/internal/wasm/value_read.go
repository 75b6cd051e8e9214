package wasm

import (
	"bytes"
	"math"
	"unsafe"

	"github.com/tetratelabs/wazero/api"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// The host functions that read documents. Handles that were not given out read as nothing. What takes
// time that grows with the document is charged by it.

// view lends guest memory as a string for the time of a host call.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func kindOf(c *call, s []uint64) {
	if a, n, _ := c.value(s[0]); a != nil {
		s[0] = uint64(a.Kind(n))
		return
	}
	s[0] = 0
}

func lenOf(c *call, s []uint64) {
	a, n, _ := c.walkable(s[0])
	if a == nil {
		s[0] = 0
		return
	}
	before := a.Added()
	length := a.Len(n)
	c.visited(a, before)
	s[0] = status(int32(length))
}

// walkable resolves a handle whose children are about to be visited. Some values have nodes for their children
// only once they are visited: copies, and long lists of numbers. That memory counts as added by the call, and
// once too much is, there is nothing more to see.
func (c *call) walkable(h uint64) (*document.Arena, document.Node, arena) {
	if !c.room(0) {
		return nil, 0, 0
	}
	return c.value(h)
}

// visited accounts for the nodes that reading made.
func (c *call) visited(a *document.Arena, before int) {
	if a.Added() != before {
		c.grown(a, before)
	}
}

// search charges for the members that a search in n by name goes past.
func (c *call) search(a *document.Arena, n document.Node) {
	if passes := a.Passes(n); passes > 0 {
		c.spend(int64(passes) * memberFuel)
	}
}

func get(c *call, s []uint64) {
	a, n, id := c.walkable(s[0])
	if a == nil {
		s[0] = 0
		return
	}
	name := c.bytes(s[1], s[2])
	before := a.Added()
	c.search(a, n)
	n = a.Get(n, view(name))
	c.visited(a, before)
	s[0] = c.handle(id, n)
}

func pointer(c *call, s []uint64) {
	a, n, id := c.walkable(s[0])
	path := c.bytes(s[1], s[2])
	if a == nil || len(path) > 0 && path[0] != '/' {
		s[0] = 0
		return
	}
	for len(path) > 0 && n != 0 {
		end := 1 + bytes.IndexByte(path[1:], '/')
		if end == 0 {
			end = len(path)
		}
		c.spend(int64(end) * copyFuel)
		before := a.Added()
		c.search(a, n)
		n = a.Pointer(n, view(path[:end]))
		c.visited(a, before)
		path = path[end:]
	}
	s[0] = c.handle(id, n)
}

func index(c *call, s []uint64) {
	a, n, id := c.walkable(s[0])
	if a == nil {
		s[0] = 0
		return
	}
	i := int(int32(uint32(s[1])))
	before := a.Added()
	steps := min(i, a.Len(n)-i)
	if c.walk.of == n {
		steps = min(steps, max(i-c.walk.at, c.walk.at-i))
	}
	c.spend(int64(max(0, steps)) * memberFuel)
	c.walk.of, c.walk.at = n, i
	n = a.Index(n, i)
	c.visited(a, before)
	s[0] = c.handle(id, n)
}

func first(c *call, s []uint64) {
	a, n, id := c.walkable(s[0])
	if a == nil {
		s[0] = 0
		return
	}
	before := a.Added()
	n = a.First(n)
	c.visited(a, before)
	s[0] = c.handle(id, n)
}

func next(c *call, s []uint64) {
	a, n, id := c.value(s[0])
	if a == nil || n == c.root && id == arenaDoc {
		s[0] = 0
		return
	}
	s[0] = c.handle(id, a.Next(n))
}

func key(c *call, s []uint64) {
	a, n, _ := c.value(s[0])
	if a == nil {
		s[0] = status(abi.ErrHandle)
		return
	}
	name := a.Key(n)
	c.spend(int64(len(name)) * copyFuel)
	s[0] = c.fill(s[1], s[2], name)
}

func stringOf(c *call, s []uint64) {
	a, n, _ := c.value(s[0])
	switch {
	case a == nil:
		s[0] = status(abi.ErrHandle)
	case a.Kind(n) != abi.KindString:
		s[0] = status(abi.ErrKind)
	default:
		text, shared := a.Text(n)
		if !shared {
			c.spend(int64(len(text)) * decodeFuel)
		}
		s[0] = c.fill(s[1], s[2], text)
	}
}

// print writes a value as JSON. The text is valid until the next print; ok is false if it would be
// longer than limit.
func (c *call) print(a *document.Arena, n document.Node, limit int) (text []byte, ok bool) {
	if raw, unedited := a.Raw(n); unedited {
		return raw, len(raw) <= limit
	}
	size := a.Size(n)
	c.spend(int64(min(size, abi.MaxReply)) * copyFuel)
	if size > limit {
		return nil, false
	}
	in := c.in
	if size > cap(in.text) {
		in.forget()
		in.text = make([]byte, 0, size)
	}
	in.text = a.AppendJSON(in.text[:0], n)
	in.printed = max(in.printed, len(in.text))
	return in.text, true
}

// keepText bounds, in bytes, the buffer that an instance keeps for printed values.
const keepText = 64 << 10

// forget overwrites the values that the call has printed.
func (in *instance) forget() {
	clear(in.text[:in.printed])
	in.printed = 0
	if cap(in.text) > keepText {
		in.text = nil
	}
}

func jsonOf(c *call, s []uint64) {
	a, n, _ := c.value(s[0])
	if a == nil {
		s[0] = status(abi.ErrHandle)
		return
	}
	if uint32(s[2]) == 0 { // asked for the length only
		size := a.Size(n)
		c.spend(int64(min(size, abi.MaxReply)) * copyFuel)
		s[0] = status(int32(min(size, math.MaxInt32)))
		return
	}
	text, ok := c.print(a, n, abi.MaxReply)
	if !ok {
		s[0] = status(abi.ErrLimit)
		return
	}
	s[0] = c.fill(s[1], s[2], text)
}

func intOf(c *call, s []uint64) {
	a, n, _ := c.value(s[0])
	if a == nil {
		s[0] = 0
		return
	}
	s[0] = uint64(integer(a, n))
}

// integer is a number cut towards zero and clamped to 64 bits, 1 for true, 0 for anything else.
func integer(a *document.Arena, n document.Node) int64 {
	if v, ok := a.Int(n); ok {
		return v
	}
	if v, ok := a.Bool(n); ok {
		if v {
			return 1
		}
		return 0
	}
	f, _ := a.Float(n)
	switch {
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	case f != f:
		return 0
	}
	return int64(f)
}

func floatOf(c *call, s []uint64) {
	a, n, _ := c.value(s[0])
	if a == nil {
		s[0] = 0
		return
	}
	if v, ok := a.Bool(n); ok {
		if v {
			s[0] = api.EncodeF64(1)
		} else {
			s[0] = api.EncodeF64(0)
		}
		return
	}
	f, _ := a.Float(n)
	s[0] = api.EncodeF64(f)
}

func root(c *call, s []uint64) {
	which := int32(uint32(s[0]))
	s[0] = 0
	switch {
	case which == abi.RootConfig && c.within(inWork):
		s[0] = c.handle(arenaConfig, c.in.configRoot(c))
	case which == abi.RootState && c.within(inExchange) && c.frame != nil:
		a, n := c.frame.state()
		c.arenas[arenaState] = a
		s[0] = c.handle(arenaState, n)
	case which == abi.RootRecord && c.hook == hookEnd && c.root != 0:
		s[0] = c.handle(arenaDoc, c.root)
	}
}
