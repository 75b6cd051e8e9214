package wasm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// The hook calls. A hook that the plugin does not have does nothing. Errors are *Failure (the plugin said
// no), *Trap (it broke), *Open (it rests), ErrClosed, or wrap the context's error.

// Request calls the request hook with the document root of f.Doc.
func (p *Pool) Request(ctx context.Context, f *Frame, root document.Node) error {
	_, err := p.document(ctx, hookRequest, f, root)
	return err
}

// Response calls the response hook with the document root of f.Doc.
func (p *Pool) Response(ctx context.Context, f *Frame, root document.Node) error {
	_, err := p.document(ctx, hookResponse, f, root)
	return err
}

// Event calls the event hook with the document root of f.Doc, or with 0 at the clean end of the stream. It
// reports whether the event is to be dropped.
func (p *Pool) Event(ctx context.Context, f *Frame, root document.Node) (drop bool, err error) {
	verdict, err := p.document(ctx, hookEvent, f, root)
	return verdict == abi.EventDrop, err
}

// End calls the end hook with the record of f.Doc, which may be 0. ctx should outlive the exchange's, which
// may be over already.
func (p *Pool) End(ctx context.Context, f *Frame, record document.Node) error {
	_, err := p.document(ctx, hookEnd, f, record)
	return err
}

// document calls a hook that is handed a document.
func (p *Pool) document(ctx context.Context, h hook, f *Frame, root document.Node) (int32, error) {
	if !p.has.has(h) {
		return 0, nil
	}
	if root != 0 && f.Doc == nil {
		return 0, fmt.Errorf("calling plugin %s: %s: a document without its arena", p.name, h)
	}
	in, start, err := p.enter(ctx, h)
	if err != nil {
		return 0, err
	}
	c := &in.call
	c.begin(ctx, h, f)
	size := 0
	if root != 0 {
		c.root = root
		size = f.Doc.Size(root)
	}
	fuel := budget(p.limits.CPU, size)
	st, err := in.enter(h, in.hooks[h], fuel, c.handle(arenaDoc, root))
	verdict := int32(st)
	if err == nil {
		err = in.judge(h, verdict)
	}
	if err == nil && c.shared && root != 0 {
		if grown := f.Doc.Size(root); grown > size+abi.MaxString {
			err = in.broken(h, "made a document of %d bytes from one of %d, expected at most %d more", grown, size, abi.MaxString)
		}
	}
	return verdict, p.leave(in, h, start, fuel, err)
}

// Text calls the text hook with all segments at once and fills reply with its answer, checked. reply is
// reset first; its texts are the caller's until the next call with it.
func (p *Pool) Text(ctx context.Context, f *Frame, phase uint8, segs []text.Segment, reply *text.Reply) error {
	reply.Reset()
	if !p.has.has(hookText) || len(segs) == 0 || !p.watched[phase&1].by(segs) {
		return nil
	}
	in, start, err := p.enter(ctx, hookText)
	if err != nil {
		return err
	}
	c := &in.call
	c.begin(ctx, hookText, f)
	size, input := packedSize(segs)
	fuel := budget(p.limits.CPU, input)
	c.fund(fuel, start)
	var span uint64
	dst, err := in.lend(hookText, size)
	if err == nil {
		packText(dst, phase, segs)
		span, err = in.exchange(hookText, uint32(size))
	}
	if err == nil && span != 0 {
		var b []byte
		if b, err = in.answer(hookText, span); err == nil {
			if uerr := unpackReply(b, segs, input, reply); uerr != nil {
				reply.Reset()
				err = in.broken(hookText, "%v", uerr)
			}
		}
	}
	return p.leave(in, hookText, start, fuel, err)
}

// Body calls the body hook. It reports whether the plugin replaced the body, and with what.
func (p *Pool) Body(ctx context.Context, f *Frame, body []byte) (replaced []byte, changed bool, err error) {
	if !p.has.has(hookBody) {
		return nil, false, nil
	}
	in, start, err := p.enter(ctx, hookBody)
	if err != nil {
		return nil, false, err
	}
	c := &in.call
	c.begin(ctx, hookBody, f)
	fuel := budget(p.limits.CPU, len(body))
	c.fund(fuel, start)
	var span uint64
	dst, err := in.lend(hookBody, len(body))
	if err == nil {
		copy(dst, body)
		span, err = in.exchange(hookBody, uint32(len(body)))
	}
	if err == nil && span != 0 {
		var b []byte
		if b, err = in.answer(hookBody, span); err == nil {
			replaced, changed = append(make([]byte, 0, len(b)), b...), true
		}
	}
	return replaced, changed, p.leave(in, hookBody, start, fuel, err)
}

// minBuffer is the least that the guest is asked for.
const minBuffer = 4096

// lend gives n bytes of the guest's memory to fill. The guest is only asked when it gave less before.
func (in *instance) lend(h hook, n int) ([]byte, error) {
	if uint32(n) > in.room || in.room == 0 {
		if uint64(n) > in.memory.limit/2 {
			return nil, &Failure{Plugin: in.name, Hook: h.String(), Message: fmt.Sprintf(
				"input of %d bytes is too large for a memory limit of %d bytes", n, in.memory.limit)}
		}
		want := uint32(minBuffer)
		for want < uint32(n) {
			want *= 2
		}
		in.room = 0
		in.stack[0] = uint64(want)
		if err := in.grow.CallWithStack(&in.call, in.stack[:1]); err != nil {
			return nil, in.broke(h, err)
		}
		in.buffer, in.room = uint32(in.stack[0]), want
	}
	dst, ok := in.mem.Read(in.buffer, in.room)
	if !ok || in.buffer == 0 {
		at := in.buffer
		room := in.room
		in.room = 0
		return nil, in.broken(h, "gave a buffer of %d bytes at %d, outside of its %d bytes of memory", room, at, in.mem.Size())
	}
	return dst[:n], nil
}

// exchange calls a hook that takes n bytes from the buffer and answers with a span.
func (in *instance) exchange(h hook, n uint32) (uint64, error) {
	in.stack[0], in.stack[1] = uint64(in.buffer), uint64(n)
	if err := in.hooks[h].CallWithStack(&in.call, in.stack[:2]); err != nil {
		return 0, in.broke(h, err)
	}
	if int64(in.stack[0]) < 0 {
		return 0, in.refused(h)
	}
	return in.stack[0], nil
}

// answer is the guest's memory that a span stands for.
func (in *instance) answer(h hook, span uint64) ([]byte, error) {
	ptr, n := abi.Unspan(span)
	if n > abi.MaxReply {
		return nil, in.broken(h, "answer of %d bytes, expected at most %d", n, abi.MaxReply)
	}
	b, ok := in.mem.Read(ptr, n)
	if !ok {
		return nil, in.broken(h, "answer of %d bytes at %d, outside of its %d bytes of memory", n, ptr, in.mem.Size())
	}
	return b, nil
}

// enter leases an instance for a call of h.
func (p *Pool) enter(ctx context.Context, h hook) (*instance, time.Duration, error) {
	m := &p.metrics.hooks[h]
	if err := p.breaker.allow(p.name); err != nil {
		m.calls[OutcomeOpen].Add(1)
		return nil, 0, err
	}
	in, err := p.get(ctx)
	if err == nil {
		return in, uptime(), nil
	}
	switch {
	case ctx.Err() != nil || errors.Is(err, ErrClosed):
		m.calls[OutcomeCanceled].Add(1)
		p.breaker.abandon()
	default:
		m.calls[OutcomeStart].Add(1)
		p.breaker.done(err)
	}
	return nil, 0, err
}

// deep is how long a call may take before the stack that it ran on is dropped: wazero keeps a function's stack
// as large, up to 100 MB, as recursion once made it, and that takes its time.
const deep = 2 * time.Millisecond

// leave ends a call: it counts it and gives the instance back, or throws it away.
func (p *Pool) leave(in *instance, h hook, start time.Duration, fuel int64, err error) error {
	m := &p.metrics.hooks[h]
	took := uptime() - start
	m.nanos.Add(int64(took))
	m.fuel.Add(fuel - in.call.left())
	f := in.call.frame
	in.call.end()
	if f != nil && f.State != nil {
		f.compact()
	}
	outcome := outcomeOf(err)
	m.calls[outcome].Add(1)
	switch outcome {
	case OutcomeOK, OutcomeFailed:
		p.breaker.done(nil)
		if took > deep {
			in.hooks[h] = in.mod.ExportedFunction(hookExports[h])
		}
		if in.memory.size > in.recycle {
			p.discard(in)
		} else {
			p.put(in)
		}
	case OutcomeCanceled:
		p.breaker.abandon()
		p.discard(in)
	default:
		p.breaker.done(err)
		p.discard(in)
	}
	return err
}

// outcomeOf tells what kind of end an error is.
func outcomeOf(err error) Outcome {
	switch err.(type) { // never wrapped here
	case nil:
		return OutcomeOK
	case *Failure:
		return OutcomeFailed
	case *Trap:
		return OutcomeTrapped
	case exhausted:
		return OutcomeExhausted
	case invalid:
		return OutcomeInvalid
	}
	return OutcomeCanceled
}
