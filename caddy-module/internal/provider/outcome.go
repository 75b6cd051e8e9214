package provider

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/hint"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
)

// Unanswered is the outcome of a request that err kept from an answer.
func Unanswered(err error, now time.Time) pool.Outcome {
	o := pool.Outcome{Class: failure.Connect, Now: now.UnixNano()}
	var dial *net.OpError
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled):
		o.Class = failure.Canceled
	case errors.As(err, &dial) && dial.Op == "dial":
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		o.Class = failure.Timeout
	}
	return o
}

// Refused is the outcome of a request on the lane that was answered with error e and headers h.
func (l *Lane) Refused(e *dialect.Error, h http.Header, now time.Time) pool.Outcome {
	o := pool.Outcome{Class: failure.Of(e, l.Owned()), Wait: e.RetryAfter, Now: now.UnixNano()}
	if o.Wait == 0 {
		o.Wait, _ = hint.Wait(h, now)
	}
	return o
}
