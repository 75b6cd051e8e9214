package pipeline

import (
	"context"
	"errors"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// End hands the record to every plugin that asks for it, always and last. One plugin's failure does
// not keep the record from the others.
func (x *Exchange) End(ctx context.Context, a *document.Arena, record document.Node) error {
	var errs []error
	for _, m := range x.members {
		if m.Has&HasEnd == 0 {
			continue
		}
		m.frame.Doc = a
		err := m.Hooks.End(ctx, &m.frame, record)
		m.frame.Doc = nil
		if _, err := m.settle(abi.HookEnd, err); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// HasBody reports whether any plugin of the chain can turn a body that is no document into one.
func (x *Exchange) HasBody() bool {
	for _, m := range x.members {
		if m.Has&HasBody != 0 {
			return true
		}
	}
	return false
}

// HasEnd reports whether any plugin of the chain wants the record.
func (x *Exchange) HasEnd() bool {
	for _, m := range x.members {
		if m.Has&HasEnd != 0 {
			return true
		}
	}
	return false
}
