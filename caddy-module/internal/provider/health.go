package provider

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	failuresToSick = 5
	sickness       = 30 * time.Second
)

// health counts failures in a row. Nothing is sent to find out: what clients ask for is enough.
type health struct {
	failures atomic.Int32
	sick     atomic.Int64 // Unix nanoseconds until which the provider counts as sick
}

func (h *health) well(now time.Time) bool { return h.sick.Load() <= now.UnixNano() }

func (h *health) answered() {
	if h.failures.Load() != 0 {
		h.failures.Store(0)
		h.sick.Store(0)
	}
}

func (h *health) failed(now time.Time) {
	if h.failures.Add(1) >= failuresToSick {
		h.sick.Store(now.Add(sickness).UnixNano())
	}
}

// watch learns from every answer on its way.
type watch struct {
	p    *Provider
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (w *watch) RoundTrip(req *http.Request) (*http.Response, error) {
	p := w.p
	resp, err := w.next.RoundTrip(req)
	switch {
	case err != nil:
		// A client that went away says nothing of the provider.
		if !errors.Is(err, context.Canceled) {
			p.health.failed(p.now())
		}
	case resp.StatusCode >= 500:
		p.health.failed(p.now())
	default:
		p.health.answered()
		if resp.StatusCode >= 400 {
			p.keys.observe(p.keyOf(req.Header), resp)
		}
	}
	return resp, err
}
