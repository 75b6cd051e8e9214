package gateway

import (
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
)

// What an exchange takes until the first byte of its answer is the gateway's own, but for what it waits for: the client's request body, places of
// routes and providers, pauses between attempts, and upstreams, from the moment when a request is handed to the transport until the first event of
// the answer, or an answer in one piece, has been read. Plugins are the gateway's own, with the services that they ask.

// idle notes that the exchange has waited since began.
func (x *exchange) idle(began time.Duration) { x.idled += x.since() - began }

// overhead is the gateway's own part of the time that has passed.
func (x *exchange) overhead(passed time.Duration) time.Duration {
	return passed - x.idled - x.record.Queued
}

// next waits for an answer's next event.
func (x *exchange) next(answer *attempt.Answer) (framing.Event, error) {
	if !x.sink.said {
		defer x.idle(x.since())
	}
	return answer.Events.Next()
}
