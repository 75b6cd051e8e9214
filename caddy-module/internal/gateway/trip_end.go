package gateway

import (
	"cmp"
	"errors"
	"net/http"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
)

// earliest is how long it takes until the first candidate may be asked, tried or not; -1 is never. With force those that only the
// gateway takes for broken may be asked at once.
func (t *trip) earliest(force bool) time.Duration {
	wait := time.Duration(-1)
	choice := pool.Choice{Tokens: t.choice.Tokens, Affinity: t.choice.Affinity, Force: force}
	for _, c := range t.order {
		choice.Now, choice.Model = c.Provider.Now().UnixNano(), c.Limited(t.x.input.Model)
		if w := c.Provider.Wait(&choice); w >= 0 && (wait < 0 || w < wait) {
			wait = w
		}
	}
	return wait
}

// ended is why there is no other attempt: the last failure, or that everybody has to be left alone. Either way the
// client learns when the first will be ready.
func (t *trip) ended() error {
	wait := t.soonest
	var failed *attempt.Failure
	if t.last == nil || errors.As(t.last, &failed) && failed.Class == failure.Credential && wait > 0 {
		return t.leftAlone()
	}
	if failed == nil || failed.Class != failure.RateLimit && failed.Class != failure.Overload && failed.Wait == 0 {
		return t.last
	}
	if w := t.earliest(t.choice.Force); w >= 0 && (wait < 0 || w < wait) {
		wait = w
	}
	if wait <= 0 {
		return t.last
	}
	told, e := *failed, *failed.Err
	e.RetryAfter, told.Err = wait, &e
	return &told
}

// leftAlone is the error of a request for which nobody was asked who could have served it: everybody has to be left alone.
func (t *trip) leftAlone() error {
	status, code, why := http.StatusTooManyRequests, "rate_limit_exceeded", "every provider of route "+t.route.Name+" asks to be left alone at present"
	switch t.why {
	case failure.Overload:
		status, code = http.StatusServiceUnavailable, "overloaded"
	case failure.Credential:
		status, code, why = http.StatusBadGateway, "upstream_auth", "every provider of route "+t.route.Name+" refuses the gateway's credentials"
	}
	e := fault(status, code, why)
	e.RetryAfter = max(t.soonest, 0)
	return &attempt.Failure{Class: cmp.Or(t.why, failure.RateLimit), Err: e, Wait: e.RetryAfter}
}
