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
	stream bool // a streamed answer was asked for, or comes
	raw    bool // the answer may be a file of any size
	cancel context.CancelCauseFunc
	heard  atomic.Bool // bytes of the answer since the last look

	mu    sync.Mutex
	timer *time.Timer
	start time.Time
	says  bool // the answer has begun: from here on silence counts
	quiet int  // looks in a row that heard nothing
	done  bool
}

// begin waits for the answer.
func (w *watch) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.start = time.Now()
	w.timer = time.AfterFunc(w.next(), w.look)
}

// begun tells that a streamed answer says something.
func (w *watch) begun() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stream = true // though it may not have been known whether one was asked for
	if w.says = true; !w.done {
		w.timer.Reset(w.next())
	}
}

// whole is the limit of the answer from beginning to end.
func (w *watch) whole() Silence {
	if w.stream || w.raw {
		return Silence{"stream", w.limits.Stream}
	}
	return Silence{"answer", w.limits.Answer}
}

// next is how long until the next look.
func (w *watch) next() time.Duration {
	end := w.whole().Limit
	if w.says {
		return min(end, w.limits.BetweenTokens/looks)
	}
	if w.stream {
		return min(end, w.limits.FirstToken)
	}
	return end
}

func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.done {
		return
	}
	whole, since := w.whole(), time.Since(w.start)
	if since >= whole.Limit {
		w.cancel(&whole)
		return
	}
	if !w.says {
		if w.stream && since >= w.limits.FirstToken {
			w.cancel(&Silence{"first_token", w.limits.FirstToken})
			return
		}
	} else if w.heard.Swap(false) {
		w.quiet = 0
	} else if w.quiet++; w.quiet > looks {
		w.cancel(&Silence{"between_tokens", w.limits.BetweenTokens})
		return
	}
	w.timer.Reset(min(w.next(), whole.Limit-since))
}

// stop ends the watch, and what is left of the attempt.
func (w *watch) stop() {
	w.mu.Lock()
	w.done = true
	if w.timer != nil {
		w.timer.Stop()
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
