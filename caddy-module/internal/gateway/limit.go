package gateway

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/auth"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/queue"
)

// enter takes a place of the route, and waits for one if it must. The place is held until the answer has ended.
func (x *exchange) enter(ctx context.Context, r *Route) (queue.Place, error) {
	if place, ok := r.Gate.TryEnter(); ok {
		return place, nil
	}
	return x.wait(ctx, r.Gate, "route", r.Name)
}

// enterProvider takes a place of a candidate's provider for one attempt. If it may not wait, because there is
// another candidate, a full gate is an *overloaded error at once.
func (x *exchange) enterProvider(ctx context.Context, c *attempt.Candidate, wait bool) (queue.Place, error) {
	place, ok := c.Gate.TryEnter()
	switch {
	case ok:
		return place, nil
	case !wait:
		return queue.Place{}, &overloaded{"provider", c.Provider.Name, c.Gate.Refuse()}
	}
	return x.wait(ctx, c.Gate, "provider", c.Provider.Name)
}

// wait enters a gate that had no free place.
func (x *exchange) wait(ctx context.Context, g *queue.Gate, kind, name string) (queue.Place, error) {
	// A server sees that its client leaves only once it has read the request.
	if x.body == nil {
		if err := x.buffer(); err != nil {
			return queue.Place{}, err
		}
		if x.input.Body != nil {
			x.prepare() // attempts were to read it as it comes
		}
	}
	began := x.gateway.Now()
	place, err := g.Enter(ctx, x.caller(), x.priority())
	x.record.Queued += x.gateway.Now().Sub(began)
	if full, ok := err.(*queue.Full); ok {
		return place, &overloaded{kind, name, full}
	}
	return place, err
}

// caller tells callers apart that queues are fair to: by their keys, else by their addresses. In IPv6 that is
// the network, of whose addresses a client may have any number.
func (x *exchange) caller() string {
	if x.who.ID != "" {
		return x.who.ID
	}
	return network(x.record.ClientIP)
}

// network is the address, or in IPv6 the network that it is of.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || !ip.Unmap().Is6() {
		return address
	}
	network, _ := ip.WithZone("").Prefix(64)
	return network.String()
}

// priority is that of the caller's key, else of the route.
func (x *exchange) priority() queue.Class {
	if class, ok := queue.ParseClass(x.who.Labels[auth.Priority]); ok {
		return class
	}
	return x.chosen.Priority
}

// overloaded is the error of a gate that refused.
type overloaded struct {
	kind, name string // "route" or "provider", and which
	*queue.Full
}

// Unwrap gives the gate's own error.
func (e *overloaded) Unwrap() error { return e.Full }

// Error is for the client, too.
func (e *overloaded) Error() string {
	said := fmt.Sprintf("%s %s has as many requests in progress as it may", e.kind, e.name)
	switch e.Reason {
	case queue.WaitedOut:
		said += fmt.Sprintf(", and none of them ended in %s", e.Waited.Round(time.Millisecond))
	case queue.QueueFull, queue.PushedOut:
		said += ", and its queue is full"
	}
	return said
}

// told is what the client is told.
func (e *overloaded) told() *dialect.Error {
	refusal := fault(http.StatusTooManyRequests, "overloaded", e.Error())
	refusal.RetryAfter = e.RetryAfter
	return refusal
}

// maxBody bounds the request body in bytes: by the route once it is known, by the gateway always.
func (x *exchange) maxBody() int64 {
	if r := x.chosen; r != nil && r.MaxBody > 0 {
		return min(r.MaxBody, x.gateway.MaxBody)
	}
	return x.gateway.MaxBody
}

// fits refuses a request that is known to be too large for its route.
func (x *exchange) fits() error {
	if limit := x.maxBody(); int64(len(x.body)) > limit || x.request.ContentLength > limit {
		return x.tooLarge()
	}
	return nil
}

// tooLarge tells the client whose limit its body has passed.
func (x *exchange) tooLarge() *dialect.Error {
	limit, of := x.maxBody(), "this gateway"
	if x.chosen != nil && limit == x.chosen.MaxBody {
		of = "route " + x.chosen.Name
	}
	return fault(http.StatusRequestEntityTooLarge, "request_too_large", fmt.Sprintf("the request body has more than %d bytes, the max_body of %s", limit, of))
}
