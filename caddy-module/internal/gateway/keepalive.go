package gateway

import (
	"cmp"
	"maps"
	"net/http"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
)

// KeepAlive is what clients of a route hear while there is nothing to say.
type KeepAlive struct {
	// Streams is the longest silence on a streamed answer before a ping; 0 is as the gateway has it.
	Streams time.Duration
	// Answers is how often a space is sent before an answer in one piece, which is JSON, and white space before that means nothing.
	// The first one sends the status, which then is 200 whatever follows. 0 is never.
	Answers time.Duration
}

// await keeps the client waiting while no upstream has said anything: of a stream with pings, of an answer in one piece with spaces
// if the route has it so.
func (x *exchange) await() {
	known, every := x.glimpse(), x.chosen.KeepAlive
	switch {
	case known && x.record.Stream:
		x.sink.await(cmp.Or(every.Streams, x.gateway.KeepAlive))
	case known && every.Answers > 0 && x.named.Service == dialect.Generate:
		x.sink.pad(every.Answers)
	}
}

// await sends headers, and pings, after a period of silence.
func (s *sink) await(period time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.period, s.early, s.quiet = period, maps.Clone(s.x.chain.Answer), true
	s.timer = time.AfterFunc(period, s.keepAlive)
}

// pad sends headers, and spaces, after each period until the answer.
func (s *sink) pad(period time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.period, s.early, s.pads = period, maps.Clone(s.x.chain.Answer), true
	s.timer = time.AfterFunc(period, s.space)
}

// space sends one.
func (s *sink) space() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer == nil {
		return
	}
	if !s.committed {
		s.advance("application/json")
	}
	if _, err := s.w.Write([]byte{' '}); err != nil {
		return // the client is gone, and its request ends
	}
	_ = http.NewResponseController(s.w).Flush()
	s.timer.Reset(s.period)
}

// advance sends a good status and headers in the middle of an attempt: only what was known before may be told. The caller has locked.
func (s *sink) advance(contentType string) {
	s.sign(s.early)
	s.committed, s.status = true, http.StatusOK
	s.frame(contentType)
	s.w.WriteHeader(http.StatusOK)
}

// unpad ends the spaces before an answer in one piece.
func (s *sink) unpad() {
	if !s.pads {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopPadding()
}

// stopPadding is unpad of who has locked.
func (s *sink) stopPadding() {
	s.pads = s.committed
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
}

// unasked ends the spaces before a stream that nobody has asked for, which is a failure if the client has headers of an answer in one
// piece already.
func (x *exchange) unasked(answer *attempt.Answer) error {
	if !x.sink.pads {
		return nil
	}
	if _, streams := framing.KindOf(answer.HTTP.Header.Get("Content-Type")); !streams {
		return nil
	}
	x.sink.mu.Lock()
	defer x.sink.mu.Unlock()
	if !x.sink.committed {
		x.sink.stopPadding()
		return nil
	}
	name := answer.Provider().Name
	return &attempt.Failure{
		Class: failure.ServerError, Status: answer.HTTP.StatusCode,
		Err: fault(http.StatusBadGateway, "upstream_streams", "provider "+name+" streamed its answer, which was asked for in one piece"),
	}
}
