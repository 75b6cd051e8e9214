package plugintest

import (
	"context"
	"slices"

	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// exchange is one exchange's frame.
type exchange struct {
	n     *instance
	h     *effects
	frame wasm.Frame
}

var _ longmentest.Calls = (*exchange)(nil)

// enter lends the frame a document and the instance this exchange's effects. What it returns ends that.
func (x *exchange) enter(a *document.Arena) func() {
	x.n.mu.Lock()
	x.frame.Doc, x.frame.Host = a, x.h
	x.n.services.Effects = x.h.Effects
	return x.n.mu.Unlock
}

// Document implements longmentest.Calls.
func (x *exchange) Document(hook string, in []byte) ([]byte, error) {
	a := new(document.Arena)
	root, err := a.Parse(slices.Clone(in))
	if err != nil {
		return nil, err
	}
	call := map[string]func(context.Context, *wasm.Frame, document.Node) error{
		abi.HookRequest: x.n.Request, abi.HookResponse: x.n.Response, abi.HookEnd: x.n.End,
	}[hook]
	defer x.enter(a)()
	err = call(context.Background(), &x.frame, root)
	return a.AppendJSON(nil, root), failure(err)
}

// Event implements longmentest.Calls.
func (x *exchange) Event(in []byte) (out []byte, drop bool, err error) {
	a := new(document.Arena)
	var root document.Node
	if in != nil {
		if root, err = a.Parse(slices.Clone(in)); err != nil {
			return nil, false, err
		}
	}
	defer x.enter(a)()
	drop, err = x.n.Event(context.Background(), &x.frame, root)
	return a.AppendJSON(nil, root), drop, failure(err)
}

// Text implements longmentest.Calls.
func (x *exchange) Text(phase uint8, segments []longmen.Segment) (longmentest.Reply, error) {
	segs := make([]text.Segment, len(segments))
	for i, s := range segments {
		segs[i] = text.Segment{Role: s.Role, Kind: s.Kind, Channel: s.Channel, Path: s.Path, Text: s.Text}
		if s.Final {
			segs[i].Flags |= abi.SegmentFinal
		}
		if s.Streamed {
			segs[i].Flags |= abi.SegmentStreamed
		}
	}
	defer x.enter(nil)()
	var reply text.Reply
	if err := x.n.Text(context.Background(), &x.frame, phase, segs, &reply); err != nil {
		return longmentest.Reply{}, failure(err)
	}
	var r longmentest.Reply
	for _, e := range reply.Edits {
		r.Edits = append(r.Edits, longmentest.Edit{Segment: int(e.Segment), Start: int(e.Start), Length: int(e.Len), Text: slices.Clone(e.Text)})
	}
	for _, h := range reply.Holds {
		r.Holds = append(r.Holds, longmentest.Hold{Segment: int(h.Segment), Bytes: int(h.Bytes)})
	}
	return r, nil
}

// Body implements longmentest.Calls.
func (x *exchange) Body(body []byte) ([]byte, bool, error) {
	defer x.enter(nil)()
	out, changed, err := x.n.Body(context.Background(), &x.frame, body)
	return out, changed, failure(err)
}

// State implements longmentest.Calls.
func (x *exchange) State() []byte {
	if x.frame.State == nil {
		return []byte("{}")
	}
	return x.frame.State.AppendJSON(nil, x.frame.StateRoot)
}
