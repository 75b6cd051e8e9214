// Package inspect tells what a plugin that redacts finds in texts that are no requests: files and labelled examples. It is
// behind the commands of llm-redact. The plugin runs in the sandbox and sees what it would see in a
// gateway, the text of a chat request; what it has found is read from its edits.
package inspect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Hooks are a plugin's, configured so that it replaces everything by placeholders.
type Hooks interface {
	Text(ctx context.Context, f *wasm.Frame, phase uint8, segs []text.Segment, reply *text.Reply) error
}

// Finding is what the plugin would have replaced.
type Finding struct {
	Start, End  int    // bytes of the text
	Type        string // as in rules: email
	Placeholder string
}

// Leaf is a string of a JSON text in which something was found.
type Leaf struct {
	Path  string // RFC 6901
	Place Place
	Text  []byte // decoded
	Found []Finding
}

// Inspector shows texts to one plugin. It is not safe for concurrent use.
type Inspector struct {
	hooks   Hooks
	types   *types
	dialect *dialect.Dialect

	arena document.Arena
	doc   text.Document
	reply text.Reply
}

// New makes an inspector. attributes are those that the plugin declares: they have the names of its types.
func New(h Hooks, attributes map[string]string) *Inspector {
	d, ok := dialect.Get("openai.chat")
	if !ok {
		panic("inspect: the hub dialect is unknown")
	}
	return &Inspector{hooks: h, types: newTypes(attributes), dialect: d}
}

// Types are the types that the plugin has.
func (i *Inspector) Types() []string { return i.types.names() }

// errLarge is for callers that did not heed MaxText.
var errLarge = errors.New("building a request: the text is too large")

// A text that is long is shown to the plugin in pieces, each with what stands before and behind it.
const (
	piece  = 128 << 10
	before = 4 << 10
	behind = 16 << 10
)

// MaxText is the longest text that may be shown at once, in bytes.
const MaxText = 8 << 20

// Text finds what is in a text, as if a user had said it. It has to be UTF-8.
func (i *Inspector) Text(ctx context.Context, t []byte) ([]Finding, error) {
	if len(t) == 0 {
		return nil, nil
	}
	a := &i.arena
	a.Reset()
	m := a.NewObject()
	if err := errors.Join(a.Set(m, "role", a.NewString([]byte("user"))), a.Set(m, "content", a.NewString(t))); err != nil {
		return nil, errLarge
	}
	_, found, err := i.look(ctx, m)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// JSON finds what is in the strings of a JSON text, as if a model had called a tool with it.
func (i *Inspector) JSON(ctx context.Context, t []byte) ([]Leaf, error) {
	places := leaves(t)
	if len(places) == 0 {
		return nil, nil
	}
	a := &i.arena
	a.Reset()
	function, call, calls, m := a.NewObject(), a.NewObject(), a.NewArray(), a.NewObject()
	if err := errors.Join(
		a.Set(function, "name", a.NewString([]byte("file"))), a.Set(function, "arguments", a.NewString(t)),
		a.Set(call, "id", a.NewString([]byte("call_1"))), a.Set(call, "type", a.NewString([]byte("function"))), a.Set(call, "function", function),
		a.Append(calls, call), a.Set(m, "role", a.NewString([]byte("assistant"))), a.Set(m, "tool_calls", calls),
	); err != nil {
		return nil, errLarge
	}
	segs, found, err := i.look(ctx, m)
	if err != nil {
		return nil, err
	}
	var out []Leaf
	n := 0
	for k := range segs {
		if segs[k].Kind != abi.TextToolArgs {
			continue
		}
		if n == len(places) {
			return nil, errors.New("reading JSON: the gateway finds more strings in it than this command")
		}
		if len(found[k]) > 0 {
			out = append(out, Leaf{segs[k].Path, places[n], segs[k].Text, found[k]})
		}
		n++
	}
	if n != len(places) {
		return nil, errors.New("reading JSON: the gateway finds fewer strings in it than this command")
	}
	return out, nil
}

// look shows a message to the plugin. What it returns is valid until the next call.
func (i *Inspector) look(ctx context.Context, message document.Node) ([]text.Segment, [][]Finding, error) {
	a := &i.arena
	root, messages := a.NewObject(), a.NewArray()
	if err := errors.Join(a.Append(messages, message), a.Set(root, "model", a.NewString([]byte("m"))), a.Set(root, "messages", messages)); err != nil {
		return nil, nil, errLarge
	}
	segs := i.doc.Collect(i.dialect, abi.PhaseRequest, a, root)
	found := make([][]Finding, len(segs))
	for k, n := 0, 0; k < len(segs); k = n {
		size := 0
		for n = k; n < len(segs) && size+len(segs[n].Text) <= piece; n++ {
			size += len(segs[n].Text)
		}
		var err error
		if n > k {
			err = i.call(ctx, segs[k:n], found[k:n])
		} else {
			n = k + 1
			found[k], err = i.long(ctx, segs[k])
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return segs, found, nil
}

// long shows a long text piece by piece: the plugin's memory has no room for what can be found in megabytes.
func (i *Inspector) long(ctx context.Context, seg text.Segment) (found []Finding, err error) {
	whole := seg.Text
	for start, end := 0, 0; start < len(whole); start = end {
		end = cut(whole, start, piece)
		from, to := boundary(whole, max(0, start-before)), boundary(whole, min(len(whole), end+behind))
		seg.Text = whole[from:to]
		part := make([][]Finding, 1)
		if err := i.call(ctx, []text.Segment{seg}, part); err != nil {
			return nil, err
		}
		for _, f := range part[0] {
			f.Start, f.End = f.Start+from, f.End+from
			if last := len(found) - 1; last >= 0 && f.Start < found[last].End {
				continue // the piece before had more of it
			}
			if f.Start >= start && f.Start < end {
				found = append(found, f)
			}
		}
	}
	return found, nil
}

// cut is where a piece of about that size ends that begins at start: behind a line, if there is one.
func cut(t []byte, start, size int) int {
	if len(t)-start <= size {
		return len(t)
	}
	end := boundary(t, start+size)
	if k := bytes.LastIndexByte(t[start:end], '\n'); k > size/2 {
		end = start + k + 1
	}
	return end
}

// call shows segments to the plugin and fills in what was found in each.
func (i *Inspector) call(ctx context.Context, segs []text.Segment, found [][]Finding) error {
	h := &host{attributes: make(map[string]any)}
	f := &wasm.Frame{Host: h}
	defer f.Release()
	i.reply.Reset()
	if err := i.hooks.Text(ctx, f, abi.PhaseRequest, segs, &i.reply); err != nil {
		if h.rejected != "" {
			err = fmt.Errorf("the plugin refuses the text: %s", h.rejected)
		}
		return err
	}
	for _, e := range i.reply.Edits {
		found[e.Segment] = append(found[e.Segment], Finding{Start: int(e.Start), End: int(e.Start + e.Len), Placeholder: string(e.Text)})
	}
	i.types.name(found, h.attributes)
	return nil
}

// host is the exchange that the plugin believes to be in.
type host struct {
	attributes map[string]any
	rejected   string
}

var _ wasm.Host = (*host)(nil)

// Header implements wasm.Host.
func (h *host) Header(string) (string, bool) { return "", false }

// SetHeader implements wasm.Host.
func (h *host) SetHeader(string, string) error { return nil }

// Attr implements wasm.Host.
func (h *host) Attr(name string) (any, bool) {
	v, ok := h.attributes[name]
	if !ok && name == abi.AttrDialect {
		return "openai.chat", true
	}
	return v, ok
}

// SetAttr implements wasm.Host.
func (h *host) SetAttr(name string, v any) error {
	h.attributes[name] = v
	return nil
}

// Tag implements wasm.Host.
func (h *host) Tag(string, string) error { return nil }

// Warn implements wasm.Host.
func (h *host) Warn(string) error { return nil }

// Respond implements wasm.Host.
func (h *host) Respond(int, *document.Arena, document.Node, int32) error { return wasm.ErrDenied }

// Reject implements wasm.Host.
func (h *host) Reject(_ int, _, _, message string) error {
	h.rejected = message
	return nil
}

// Emit implements wasm.Host.
func (h *host) Emit(*document.Arena, document.Node, string) error { return wasm.ErrDenied }

// Now implements wasm.Host.
func (h *host) Now() time.Time { return time.Now() }
