package provider

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/hint"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
)

// Unanswered is the outcome of a request that err kept from an answer.
func Unanswered(err error, now time.Time) pool.Outcome {
	o := pool.Outcome{Class: failure.Connect, Now: now.UnixNano()}
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled):
		o.Class = failure.Canceled
	case Unsent(err):
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		o.Class = failure.Timeout
	}
	return o
}

// handshakeTimeout is what net/http says when a server accepts a connection and does not go on. It has no type outside of that package.
const handshakeTimeout = "TLS handshake timeout"

// Unsent tells whether err kept a request from being sent at all, because no connection was made.
func Unsent(err error) bool {
	var dial *net.OpError
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &dial) && dial.Op == "dial" || errors.As(err, &certificate) || strings.HasSuffix(err.Error(), handshakeTimeout)
}

// Refused is the outcome of a request on the lane that was answered with error e and headers h.
func (l *Lane) Refused(e *dialect.Error, h http.Header, now time.Time) pool.Outcome {
	o := pool.Outcome{Class: failure.Of(e, l.Owned()), Wait: e.RetryAfter, Now: now.UnixNano()}
	if o.Wait == 0 {
		o.Wait, _ = hint.Wait(h, now)
	}
	return o
}
