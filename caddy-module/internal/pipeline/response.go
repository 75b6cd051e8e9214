package pipeline

import (
	"context"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Response leads a whole answer through the plugins before place end, last one first.
func (x *Exchange) Response(ctx context.Context, end int, a *document.Arena, root document.Node) error {
	for i := end - 1; i >= 0; i-- {
		m := x.members[i]
		m.answering = true
		if m.Has&HasResponse != 0 {
			if err := m.response(ctx, a, root); err != nil {
				return err
			}
		}
		if m.Has&HasText != 0 {
			if err := m.wholeText(ctx, abi.PhaseAnswer, a, root); err != nil {
				return err
			}
		}
	}
	return nil
}

// ResponseBody offers an answer that is not a document to the plugins that ask for such bodies.
func (x *Exchange) ResponseBody(ctx context.Context, body []byte) ([]byte, error) {
	for i := len(x.members) - 1; i >= 0; i-- {
		m := x.members[i]
		if m.Has&HasBody == 0 {
			continue
		}
		m.answering = true
		var err error
		if body, err = m.body(ctx, body); err != nil {
			return nil, err
		}
	}
	return body, nil
}

func (m *member) response(ctx context.Context, a *document.Arena, root document.Node) error {
	return m.whole(abi.HookResponse, a, root, func() error {
		return m.Hooks.Response(ctx, &m.frame, root)
	})
}
