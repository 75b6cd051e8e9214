package gateway

import (
	"context"
	"slices"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
)

// Dimension is a text by which exchanges are told apart in their accounts.
type Dimension struct {
	Name  string
	Value *route.Text
}

// classify notes the dimensions of the request, once its route is known. The body is read if one asks for it, but for raw calls, which need not
// have a document: in what is not known a dimension is "".
func (x *exchange) classify(ctx context.Context) error {
	dimensions := x.gateway.Dimensions
	if len(dimensions) == 0 {
		return nil
	}
	reads := slices.ContainsFunc(dimensions, func(d Dimension) bool { return d.Value.Needs().Read(x.named) })
	if reads && x.root == 0 && x.named.Service != dialect.Raw {
		if err := x.read(ctx); err != nil {
			return err
		}
	}
	env := lendEnv(x.facts())
	defer returnEnv(env)
	x.record.Dimensions = make([]string, len(dimensions))
	for i, d := range dimensions {
		if v, err := d.Value.Value(env); err == nil { // int("…") of what is no number says nothing of the request
			x.record.Dimensions[i] = v
		}
	}
	return nil
}
