package wasm

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// arena tells where a value lives.
type arena uint8

const (
	arenaDoc arena = iota
	arenaScratch
	arenaState
	arenaConfig
	arenas
)

// ref is what a handle stands for. Handles are indices, from 1, into the table of the running call: a
// guest reaches only what it was handed or has walked to in this call.
type ref struct {
	node  document.Node
	arena arena
}

// keepRefs bounds the table that an instance keeps between calls.
const keepRefs = 4 << 10

// call is one entry into a guest. It is the context that wazero hands to host functions, so that they
// find everything with one type assertion. Each instance has one and uses it again and again.
type call struct {
	in   *instance
	ctx  context.Context // of the caller
	boot context.Context // while instantiating: carries what wazero asks for by key
	hook hook

	frame    *Frame
	arenas   [arenas]*document.Arena
	fresh    arena // where new values go
	readonly uint8 // arenas that setters may not touch, by bit
	root     document.Node

	refs    []ref
	added   int  // bytes that the call added to documents
	shared  bool // it made values that share bytes: small here, but they may print long
	emits   int
	emitted int // bytes that the emitted events print as
	log     int // bytes logged

	// reserve is the fuel of the call that is not yet handed to the guest, slice is what the guest got last,
	// hosted is what host functions spent since then.
	reserve, slice, hosted int64
	began, turned          time.Duration // when the call and the slice began
	onThread               time.Duration // the thread's processor time when the slice began
	pauses                 int           // slices that ran out

	reason   string // of the failing hook, as the guest told it
	rejected bool
	// walk remembers the last element that index gave, see charge in value.go.
	walk struct {
		of document.Node
		at int
	}
}

var _ context.Context = (*call)(nil)

// Deadline implements context.Context.
func (c *call) Deadline() (time.Time, bool) { return c.ctx.Deadline() }

// Done implements context.Context.
func (c *call) Done() <-chan struct{} { return c.ctx.Done() }

// Err implements context.Context.
func (c *call) Err() error { return c.ctx.Err() }

// Value implements context.Context. wazero asks for its options on every call; there are some only
// while an instance is made.
func (c *call) Value(key any) any {
	if c.boot != nil {
		return c.boot.Value(key)
	}
	return nil
}

// abort is what host functions panic with to trap the guest.
type abort struct {
	err     error // the cause: the caller's context
	outcome Outcome
	reason  string
}

func (a *abort) Error() string { return a.reason }

func (a *abort) Unwrap() error { return a.err }

// trap ends the call: the guest broke a rule that no sound guest breaks.
func trap(format string, args ...any) {
	panic(&abort{outcome: OutcomeTrapped, reason: fmt.Sprintf(format, args...)})
}

// begin readies the call for a hook. The caller has set what is not zero by default.
func (c *call) begin(ctx context.Context, h hook, f *Frame) {
	c.ctx, c.hook, c.frame = ctx, h, f
	c.fresh, c.readonly = arenaScratch, 1<<arenaConfig
	c.arenas[arenaDoc] = nil
	if f != nil && f.Doc != nil {
		c.arenas[arenaDoc] = f.Doc
		switch h {
		case hookRequest, hookResponse, hookEvent:
			c.fresh = arenaDoc
		case hookEnd:
			c.readonly |= 1 << arenaDoc
		}
	}
	c.added, c.emits, c.emitted, c.log, c.shared = 0, 0, 0, 0, false
	c.reason, c.rejected = "", false
	c.root = 0
	c.walk.of = 0
}

// end drops what the call must not keep alive.
func (c *call) end() {
	if cap(c.refs) > keepRefs {
		c.refs = nil
	}
	c.refs = c.refs[:0]
	c.ctx, c.frame = context.Background(), nil
	c.arenas[arenaDoc], c.arenas[arenaState] = nil, nil
	if len(c.reason) > 0 {
		c.reason = ""
	}
	c.in.scratch.Reset()
	c.in.forget()
}

// handle gives the guest a value: 0 for none.
func (c *call) handle(a arena, n document.Node) uint64 {
	if n == 0 {
		return 0
	}
	if len(c.refs) >= abi.MaxHandles {
		return status(abi.ErrLimit)
	}
	c.refs = append(c.refs, ref{node: n, arena: a})
	return uint64(len(c.refs))
}

// value resolves a handle. The arena is nil for one that was not given out in this call.
func (c *call) value(h uint64) (*document.Arena, document.Node, arena) {
	if i := uint32(h) - 1; i < uint32(len(c.refs)) {
		r := c.refs[i]
		return c.arenas[r.arena], r.node, r.arena
	}
	return nil, 0, 0
}

// editable resolves a handle that a setter is about to change.
func (c *call) editable(h uint64) (*document.Arena, document.Node, arena, int32) {
	a, n, id := c.value(h)
	switch {
	case a == nil:
		return nil, 0, 0, abi.ErrHandle
	case c.readonly&(1<<id) != 0:
		return nil, 0, 0, abi.ErrDenied
	}
	return a, n, id, abi.OK
}

// bytes is the guest's memory at ptr, which is of no account when n is 0. It is valid until the guest runs.
func (c *call) bytes(ptr, n uint64) []byte {
	if uint32(n) == 0 {
		return nil
	}
	b, ok := c.in.mem.Read(uint32(ptr), uint32(n))
	if !ok {
		trap("host function was given %d bytes at %d, outside of the %d bytes of memory", uint32(n), uint32(ptr), c.in.mem.Size())
	}
	return b
}

// text is bytes that have to be UTF-8; ok tells whether they are. Reading them costs fuel.
func (c *call) text(ptr, n uint64) (b []byte, ok bool) {
	b = c.bytes(ptr, n)
	c.spend(int64(len(b)) * copyFuel)
	return b, utf8.Valid(b)
}

// fill copies as much of src as fits to the guest and tells how long all of it is.
func (c *call) fill(ptr, size uint64, src []byte) uint64 {
	dst := c.bytes(ptr, size)
	n := copy(dst, src)
	c.spend(int64(n) * copyFuel)
	return status(int32(len(src)))
}

// in reports whether the running hook is in s.
func (c *call) within(s set) bool { return s.has(c.hook) }

// status writes an i32 result.
func status(s int32) uint64 { return uint64(uint32(s)) }

// code turns the error of a Host or service into what the guest sees.
func code(err error, other int32) int32 {
	switch {
	case err == nil:
		return abi.OK
	case errors.Is(err, ErrLimit):
		return abi.ErrLimit
	case errors.Is(err, ErrArgument):
		return abi.ErrArgument
	case errors.Is(err, ErrDenied):
		return abi.ErrDenied
	}
	return other
}
