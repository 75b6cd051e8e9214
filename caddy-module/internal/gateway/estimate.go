package gateway

import (
	"context"
	"errors"
	"net/http"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// estimable tells of a failed exchange whether the client asked for nothing but the size of its prompt, and no
// provider of the route counts it: then the gateway says what it can.
func (x *exchange) estimable(err error) bool {
	if err == nil {
		return false
	}
	var failed *attempt.Failure
	return x.dialect.Counts() && !x.sink.said && errors.As(err, &failed) && failed.Err.Code == attempt.NoAPI
}

// estimate answers with the gateway's own count, and says in a header that it is one.
func (x *exchange) estimate(ctx context.Context) error {
	if err := x.read(ctx); err != nil {
		return err
	}
	x.record.Outcome = usage.OK
	x.sink.w.Header()["X-Gateway-Estimate"] = []string{"1"}
	return x.sink.bytes(http.StatusOK, "application/json", x.dialect.RenderCount(route.Tokens(x.dialect, x.arena, x.root)))
}
