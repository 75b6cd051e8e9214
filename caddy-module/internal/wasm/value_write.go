package wasm

import (
	"crypto/sha256"
	"errors"
	"math"
	"unicode/utf8"

	"github.com/tetratelabs/wazero/api"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// The host functions that make and edit values.

// room reports whether the call may add n bytes more to documents.
func (c *call) room(n int) bool { return n <= abi.MaxString-c.added }

// stateRoom reports whether the state's text may grow by n bytes. What editing added since it was last measured
// bounds its size; only when that says no, it is measured again. A state that is edited with every event of a
// stream would else be measured with each, from half of its bound on.
func (c *call) stateRoom(n int) bool {
	f := c.frame
	if n+f.known+f.State.Added() <= abi.MaxState {
		return true
	}
	size := f.State.Size(f.StateRoot)
	c.spend(int64(size) * copyFuel)
	f.known = size - f.State.Added()
	return n+size <= abi.MaxState
}

// grown charges what the last operation added to a and tells whether the bounds still hold. One
// operation cannot add more than its operands, which were bounded before.
func (c *call) grown(a *document.Arena, before int) {
	delta := a.Added() - before
	c.added += delta
	c.spend(int64(delta) * copyFuel)
}

// into gives the arena for new values.
func (c *call) into() (*document.Arena, arena) { return c.arenas[c.fresh], c.fresh }

// made hands out a new value of the fresh arena.
func (c *call) made(a *document.Arena, n document.Node, before int) uint64 {
	c.grown(a, before)
	if n == 0 {
		return status(abi.ErrLimit)
	}
	return c.handle(c.fresh, n)
}

func newEmpty(c *call, s []uint64) {
	a, _ := c.into()
	if !c.room(0) {
		s[0] = status(abi.ErrLimit)
		return
	}
	before := a.Added()
	var n document.Node
	switch abi.Kind(s[0]) {
	case abi.KindObject:
		n = a.NewObject()
	case abi.KindArray:
		n = a.NewArray()
	case abi.KindString:
		n = a.NewString(nil)
	case abi.KindNull:
		n = a.NewNull()
	default:
		s[0] = status(abi.ErrArgument)
		return
	}
	s[0] = c.made(a, n, before)
}

func newString(c *call, s []uint64) {
	text, valid := c.text(s[0], s[1])
	switch {
	case !c.room(len(text)):
		s[0] = status(abi.ErrLimit)
		return
	case !valid:
		s[0] = status(abi.ErrArgument)
		return
	}
	a, _ := c.into()
	before := a.Added()
	s[0] = c.made(a, a.NewString(text), before)
}

func newJSON(c *call, s []uint64) {
	text := c.bytes(s[0], s[1])
	a, n, st := c.parseInto(text)
	if st != abi.OK {
		s[0] = status(st)
		return
	}
	_ = a
	s[0] = c.handle(c.fresh, n)
}

// parseInto reads JSON into the arena of new values.
func (c *call) parseInto(text []byte) (*document.Arena, document.Node, int32) {
	a, _ := c.into()
	if !c.room(len(text)) {
		return nil, 0, abi.ErrLimit
	}
	c.spend(int64(len(text)) * parseFuel)
	before := a.Added()
	n, err := a.NewJSON(text)
	c.grown(a, before)
	if err != nil {
		return nil, 0, edited(err)
	}
	return a, n, abi.OK
}

func newInt(c *call, s []uint64) {
	a, _ := c.into()
	if !c.room(0) {
		s[0] = status(abi.ErrLimit)
		return
	}
	before := a.Added()
	s[0] = c.made(a, a.NewInt(int64(s[0])), before)
}

func newFloat(c *call, s []uint64) {
	v := api.DecodeF64(s[0])
	a, _ := c.into()
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		s[0] = status(abi.ErrArgument)
		return
	case !c.room(0):
		s[0] = status(abi.ErrLimit)
		return
	}
	before := a.Added()
	s[0] = c.made(a, a.NewFloat(v), before)
}

// edited turns a document's refusal into a status.
func edited(err error) int32 {
	if err == nil {
		return abi.OK // before the variable, which is on the heap
	}
	var syntax *document.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return abi.ErrSyntax
	case errors.Is(err, document.ErrNode):
		return abi.ErrHandle
	case errors.Is(err, document.ErrKind):
		return abi.ErrKind
	case errors.Is(err, document.ErrDepth), errors.Is(err, document.ErrFull):
		return abi.ErrLimit
	}
	return abi.ErrArgument
}

// adopt readies the value h to become part of arena id: a value that lives elsewhere is copied.
func (c *call) adopt(h uint64, id arena) (document.Node, int32) {
	from, v, vid := c.value(h)
	switch {
	case from == nil:
		return 0, abi.ErrHandle
	case vid == id && id != arenaState:
		return v, abi.OK
	}
	size := from.Size(v)
	c.spend(int64(min(size, abi.MaxReply)) * copyFuel)
	if id == arenaState && !c.stateRoom(size) || !c.room(size) {
		return 0, abi.ErrLimit
	}
	if vid == id {
		return v, abi.OK
	}
	a := c.arenas[id]
	before := a.Added()
	v = a.CopyFrom(from, v)
	c.grown(a, before)
	if v == 0 {
		return 0, abi.ErrLimit
	}
	return v, abi.OK
}

// put is what set, append and replace have in common: edit is called with the value in a's arena.
func (c *call) put(target, v uint64, edit func(a *document.Arena, n, v document.Node) error) uint64 {
	a, n, id, st := c.editable(target)
	if st != abi.OK {
		return status(st)
	}
	if !c.room(0) {
		return status(abi.ErrLimit)
	}
	value, st := c.adopt(v, id)
	if st != abi.OK {
		return status(st)
	}
	before := a.Added()
	err := edit(a, n, value)
	c.grown(a, before)
	return status(edited(err))
}

func setMember(c *call, s []uint64) {
	name, valid := c.text(s[1], s[2])
	if !valid {
		s[0] = status(abi.ErrArgument)
		return
	}
	c.member(s, name, func(a *document.Arena, id arena) (document.Node, int32) { return c.adopt(s[3], id) })
}

// member sets a member of the object s[0] to what value makes in the object's arena.
func (c *call) member(s []uint64, name []byte, value func(*document.Arena, arena) (document.Node, int32)) {
	a, n, id, st := c.editable(s[0])
	switch {
	case st != abi.OK:
	case a.Kind(n) != abi.KindObject:
		st = abi.ErrKind
	case !c.room(len(name)), id == arenaState && !c.stateRoom(len(name)):
		st = abi.ErrLimit
	}
	if st != abi.OK {
		s[0] = status(st)
		return
	}
	c.search(a, n)
	v, st := value(a, id)
	if st != abi.OK {
		s[0] = status(st)
		return
	}
	before := a.Added()
	err := a.Set(n, view(name), v)
	c.grown(a, before)
	s[0] = status(edited(err))
}

func setString(c *call, s []uint64) {
	name, valid := c.text(s[1], s[2])
	text, also := c.text(s[3], s[4])
	if !valid || !also {
		s[0] = status(abi.ErrArgument)
		return
	}
	c.member(s, name, func(a *document.Arena, id arena) (document.Node, int32) {
		if !c.room(len(text)) || id == arenaState && !c.stateRoom(len(text)) {
			return 0, abi.ErrLimit
		}
		before := a.Added()
		v := a.NewString(text)
		c.grown(a, before)
		if v == 0 {
			return 0, abi.ErrLimit
		}
		return v, abi.OK
	})
}

func setInt(c *call, s []uint64) {
	name, valid := c.text(s[1], s[2])
	if !valid {
		s[0] = status(abi.ErrArgument)
		return
	}
	c.member(s, name, func(a *document.Arena, _ arena) (document.Node, int32) {
		before := a.Added()
		v := a.NewInt(int64(s[3]))
		c.grown(a, before)
		if v == 0 {
			return 0, abi.ErrLimit
		}
		return v, abi.OK
	})
}

func appendTo(c *call, s []uint64) { s[0] = c.put(s[0], s[1], (*document.Arena).Append) }

func replace(c *call, s []uint64) { s[0] = c.put(s[0], s[1], (*document.Arena).Replace) }

func remove(c *call, s []uint64) {
	a, n, _, st := c.editable(s[0])
	if st != abi.OK {
		s[0] = status(st)
		return
	}
	before := a.Added()
	err := a.Delete(n)
	c.grown(a, before)
	s[0] = status(edited(err))
}

func duplicate(c *call, s []uint64) {
	from, n, id := c.value(s[0])
	if from == nil {
		s[0] = 0
		return
	}
	a, fresh := c.into()
	if id == fresh {
		if !c.room(0) {
			s[0] = status(abi.ErrLimit)
			return
		}
		before := a.Added()
		n = a.Copy(n)
		c.shared = true
		s[0] = c.made(a, n, before)
		return
	}
	v, st := c.adopt(s[0], fresh)
	if st != abi.OK {
		s[0] = status(st)
		return
	}
	s[0] = c.handle(fresh, v)
}

func slicing(c *call, s []uint64) {
	from, n, _ := c.value(s[0])
	start, length := int(int32(uint32(s[1]))), int(int32(uint32(s[2])))
	switch {
	case from == nil:
		s[0] = status(abi.ErrHandle)
		return
	case from.Kind(n) != abi.KindString:
		s[0] = status(abi.ErrKind)
		return
	case start < 0 || length < 0 || start > from.Len(n) || length > from.Len(n)-start:
		s[0] = status(abi.ErrArgument)
		return
	case !c.room(0):
		s[0] = status(abi.ErrLimit)
		return
	}
	a, _ := c.into()
	before := a.Added()
	text, shared := from.Text(n)
	if !shared {
		c.spend(int64(len(text)) * decodeFuel)
	}
	part := text[start:][:length]
	switch {
	case !boundary(text, start) || !boundary(text, start+length):
		s[0] = status(abi.ErrArgument)
	case shared && from == a: // no copy, so no bound
		made, _ := a.Slice(n, start, length)
		s[0] = c.made(a, made, before)
	case !c.room(len(part)):
		s[0] = status(abi.ErrLimit)
	default:
		s[0] = c.made(a, a.NewString(part), before)
	}
}

// boundary reports whether a character of t begins, or t ends, at i.
func boundary(t []byte, i int) bool { return i == len(t) || utf8.RuneStart(t[i]) }

func join(c *call, s []uint64) {
	from, n, _ := c.value(s[0])
	if from == nil {
		s[0] = status(abi.ErrHandle)
		return
	}
	read := from.Added()
	size := from.TextLen(n)
	c.grown(from, read) // looking at the elements may have made nodes of them
	if !c.room(size) {
		s[0] = status(abi.ErrLimit)
		return
	}
	c.spend(int64(size+from.Len(n)) * copyFuel)
	a, _ := c.into()
	before := a.Added()
	joined := a.Join(from, n)
	if joined == 0 {
		s[0] = status(abi.ErrKind)
		return
	}
	s[0] = c.made(a, joined, before)
}

func parse(c *call, s []uint64) {
	from, n, _ := c.value(s[0])
	switch {
	case from == nil:
		s[0] = 0
		return
	case from.Kind(n) != abi.KindString:
		s[0] = status(abi.ErrKind)
		return
	}
	text, shared := from.Text(n)
	if !shared {
		c.spend(int64(len(text)) * decodeFuel)
	}
	_, v, st := c.parseInto(text)
	if st != abi.OK {
		s[0] = status(st)
		return
	}
	s[0] = c.handle(c.fresh, v)
}

func stringify(c *call, s []uint64) {
	from, n, _ := c.value(s[0])
	if from == nil {
		s[0] = 0
		return
	}
	text, ok := c.print(from, n, max(0, abi.MaxString-c.added))
	if !ok {
		s[0] = status(abi.ErrLimit)
		return
	}
	c.spend(int64(len(text)) * copyFuel)
	a, _ := c.into()
	before := a.Added()
	s[0] = c.made(a, a.NewString(text), before)
}

func digest(c *call, s []uint64) {
	from, n, _ := c.value(s[0])
	dst := c.bytes(s[1], abi.DigestLen)
	if from == nil {
		s[0] = status(abi.ErrHandle)
		return
	}
	text, ok := c.print(from, n, abi.MaxReply)
	if !ok {
		s[0] = status(abi.ErrLimit)
		return
	}
	c.spend(int64(len(text)) * digestFuel)
	sum := sha256.Sum256(text)
	copy(dst, sum[:])
	s[0] = status(abi.OK)
}
