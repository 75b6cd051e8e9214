package pipeline

import (
	"context"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Request leads the request document through the plugins from the one at place from on. A nil answer
// means that the request goes on to an upstream.
func (x *Exchange) Request(ctx context.Context, from int, a *document.Arena, root document.Node) (*Answer, error) {
	for i := from; i < len(x.members); i++ {
		m := x.members[i]
		if m.Has&HasRequest != 0 {
			if err := m.request(ctx, a, root); err != nil {
				return nil, err
			}
			if m.answer != nil {
				m.answer.Stage = i
				return m.answer, nil
			}
		}
		if m.Has&HasText != 0 {
			if err := m.wholeText(ctx, abi.PhaseRequest, a, root); err != nil {
				return nil, err
			}
		}
	}
	return nil, nil
}

// RequestText leads a document that is no request, but goes to the upstream beside one, through the text hooks from
// the plugin at place from on.
func (x *Exchange) RequestText(ctx context.Context, from int, a *document.Arena, root document.Node) error {
	for _, m := range x.members[from:] {
		if m.Has&HasText != 0 {
			if err := m.wholeText(ctx, abi.PhaseRequest, a, root); err != nil {
				return err
			}
		}
	}
	return nil
}

// RequestBody offers a request body that is not a document of the dialect to the plugins that ask for
// such bodies.
func (x *Exchange) RequestBody(ctx context.Context, from int, body []byte) ([]byte, error) {
	for _, m := range x.members[from:] {
		if m.Has&HasBody == 0 {
			continue
		}
		var err error
		if body, err = m.body(ctx, body); err != nil {
			return nil, err
		}
	}
	return body, nil
}

func (m *member) body(ctx context.Context, body []byte) ([]byte, error) {
	replaced, changed, err := m.Hooks.Body(ctx, &m.frame, body)
	if _, err := m.settle(abi.HookBody, err); err != nil {
		return nil, err
	}
	if changed && err == nil {
		return replaced, nil
	}
	return body, nil
}

// request calls the request hook. A plugin that may be skipped works on a document that can be put
// back, so that a failure half way leaves no half edit behind.
func (m *member) request(ctx context.Context, a *document.Arena, root document.Node) error {
	return m.whole(abi.HookRequest, a, root, func() error {
		return m.Hooks.Request(ctx, &m.frame, root)
	})
}

func (m *member) whole(hook string, a *document.Arena, root document.Node, call func() error) error {
	var before document.Node
	if m.OnError == Skip {
		before = a.Copy(root)
	}
	m.frame.Doc = a
	err := call()
	m.frame.Doc = nil
	skipped, err := m.settle(hook, err)
	if skipped {
		m.answer = nil
		return a.Replace(root, before)
	}
	return err
}

// wholeText calls the text hook with all segments of a whole document.
func (m *member) wholeText(ctx context.Context, phase uint8, a *document.Arena, root document.Node) error {
	x := m.x
	x.doc.JSON = x.JSON
	segs := x.doc.Collect(x.Dialect, phase, a, root)
	if len(segs) == 0 {
		return nil
	}
	x.reply.Reset()
	err := m.Hooks.Text(ctx, &m.frame, phase, segs, &x.reply)
	if skipped, err := m.settle(abi.HookText, err); skipped || err != nil {
		return err
	}
	if x.reply.Empty() {
		return nil
	}
	return x.doc.Apply(&x.reply)
}
