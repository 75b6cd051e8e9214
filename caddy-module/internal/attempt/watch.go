package attempt

import (
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

// Silence is why an attempt was given up: the upstream took longer than it may.
type Silence struct {
	What  string // "first_token", "between_tokens", "stream" or "answer": the option that bounds it
	Limit time.Duration
}

func (s *Silence) Error() string { return "no answer within " + s.What + " " + s.Limit.String() }

// error is what the client is told.
func (s *Silence) error(p *provider.Provider) *dialect.Error {
	return late("provider " + p.Name + " took longer than " + s.Limit.String() + " (" + s.What + ")")
}

func late(message string) *dialect.Error {
	return &dialect.Error{Status: http.StatusGatewayTimeout, Type: dialect.TypeOf(http.StatusGatewayTimeout), Code: "upstream_timeout", Message: message}
}

// looks is how often silence is looked for within its limit: an answer is given up at most an eighth too late,
// and its events cost no more than a flag.
const looks = 8

// watch gives an attempt up when its upstream is silent.
type watch struct {
	limits provider.Timeouts
	cancel context.CancelCauseFunc
	heard  atomic.Bool

	mu    sync.Mutex
	timer *time.Timer // of the phase
	end   *time.Timer // of the whole attempt
	quiet int         // looks in a row that heard nothing
	done  bool
}

// begin waits for the answer to begin.
func (w *watch) begin(stream bool) {
	first, total := Silence{"first_token", w.limits.FirstToken}, Silence{"stream", w.limits.Stream}
	if !stream {
		first, total = Silence{}, Silence{"answer", w.limits.Answer}
	}
	if first.Limit > 0 {
		w.timer = time.AfterFunc(first.Limit, func() { w.cancel(&first) })
	}
	if total.Limit > 0 {
		w.end = time.AfterFunc(total.Limit, func() { w.cancel(&total) })
	}
}

// begun tells that a streamed answer says something: from here on silence counts.
func (w *watch) begun() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
	if w.limits.BetweenTokens > 0 && !w.done {
		w.timer = time.AfterFunc(w.limits.BetweenTokens/looks, w.look)
	}
}

func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.done {
		return
	}
	if w.heard.Swap(false) {
		w.quiet = 0
	} else if w.quiet++; w.quiet > looks {
		w.cancel(&Silence{"between_tokens", w.limits.BetweenTokens})
		return
	}
	w.timer.Reset(w.limits.BetweenTokens / looks)
}

// stop ends the watch, and what is left of the attempt.
func (w *watch) stop() {
	w.mu.Lock()
	w.done = true
	if w.timer != nil {
		w.timer.Stop()
	}
	if w.end != nil {
		w.end.Stop()
	}
	w.mu.Unlock()
	w.cancel(nil)
}

// heardBody is an answer's body whose bytes break the silence.
type heardBody struct {
	io.ReadCloser
	watch *watch
}

// Read implements io.Reader.
func (b *heardBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 && !b.watch.heard.Load() {
		b.watch.heard.Store(true)
	}
	return n, err
}
