package gateway

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
)

// Shadow has requests of a route sent to another candidate, too, whose answers are compared and thrown away. Clients do not notice: a
// shadow runs on its own, is not tried again and is left out where it would need too much.
type Shadow struct {
	Candidate *attempt.Candidate
	// Share of the requests, above 0 to 1.
	Share float64

	flying atomic.Int32
}

// Bounds of shadows.
const (
	maxShadows    = 16              // of a route that are under way
	maxShadowed   = 4 << 20         // bytes of a request's body
	maxKept       = 2 << 20         // bytes of an answer that are looked at
	shadowTimeout = 5 * time.Minute // for the whole of one
)

// cast sends the request's shadow, if it is to have one. What the route's plugins have made of the request is what it gets.
func (x *exchange) cast(s *Shadow) {
	if s == nil || x.named.Service != dialect.Generate || s.Candidate.Way(x.dialect) == nil || rand.Float64() >= s.Share {
		return
	}
	pair := &pair{gateway: x.gateway, dialect: x.dialect}
	pair.said.ID, pair.said.Route, pair.said.Result, pair.said.Dimensions = x.record.ID, x.record.Route, ShadowSkipped, x.record.Dimensions
	switch {
	case x.body == nil:
		pair.skip("unread")
		return
	case len(x.body) > maxShadowed:
		pair.skip("too_large")
		return
	}
	if s.flying.Add(1) > maxShadows {
		s.flying.Add(-1)
		pair.skip("busy")
		return
	}
	until, done := x.gateway.Outlive()
	if until == nil {
		s.flying.Add(-1)
		pair.skip("reloaded")
		return
	}
	// The client may leave, and its connection have its next request.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(x.request.Context()), shadowTimeout)
	stop := context.AfterFunc(until, cancel)
	shadow := x.reflect(ctx)
	kept := &keeper{ResponseWriter: x.sink.w}
	x.sink.w, x.kept, x.pair = kept, kept, pair
	go func() {
		defer done()
		defer s.flying.Add(-1)
		defer cancel()
		defer stop()
		shadow.follow(ctx, s, pair)
	}()
}

// reflect is an exchange like x that belongs to nobody: its client takes everything and keeps the beginning.
func (x *exchange) reflect(ctx context.Context) *shade {
	body := bytes.Clone(x.body)
	if x.root != 0 {
		body = x.arena.AppendJSON(body[:0], x.root)
	}
	r := x.request.Clone(ctx)
	r.Body, r.ContentLength = http.NoBody, int64(len(body))
	r.Header.Del("Content-Encoding")
	kept := &keeper{ResponseWriter: &nowhere{header: make(http.Header)}}
	own := x.gateway.open(kept, r, x.dialect, x.named)
	own.identify(x.who)
	own.shadow = true
	own.body, own.model, own.record.Route = body, x.model, x.record.Route
	own.chain.Upstream = x.chain.Upstream.Clone()
	return &shade{exchange: own, kept: kept}
}

// keeper is a client's connection of which the beginning of the answer is kept.
type keeper struct {
	http.ResponseWriter
	body []byte
	more bool // there was more than is kept
}

// Write implements http.ResponseWriter.
func (k *keeper) Write(b []byte) (int, error) {
	if room := maxKept - len(k.body); len(b) > room {
		k.more = true
	} else if !k.more {
		k.body = append(k.body, b...)
	}
	return k.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (k *keeper) Unwrap() http.ResponseWriter { return k.ResponseWriter }
