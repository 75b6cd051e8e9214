package gateway

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/tracing"
)

// Hedge has a second attempt made beside the first when that says nothing for long. The zero Hedge does not.
type Hedge struct {
	On bool
	// After is how long the first may say nothing; 0 means as long as 95 % of the candidate's answers of late took,
	// and no hedging as long as that is not known.
	After time.Duration
}

// quantile is the share of answers that hedging does not concern.
const quantile = 0.95

// after is when to hedge; false is never.
func (h *Hedge) after(c *attempt.Candidate) (time.Duration, bool) {
	switch {
	case !h.On:
		return 0, false
	case h.After > 0:
		return h.After, true
	}
	return c.Latency.Quantile(quantile)
}

// ask sends an attempt and gives the answer that says something first.
func (x *exchange) ask(ctx context.Context, t *trip, f attempt.Flight, in *attempt.Request) (*attempt.Answer, error) {
	try, err := x.launch(ctx, f, in)
	if err != nil {
		return nil, err
	}
	began := x.since()
	defer func() { x.idled += x.record.Upstream - began }()
	after, hedges := x.chosen.Hedge.after(f.Candidate)
	if !hedges || !x.replayable() {
		answer, err := try.Send()
		return x.arrived(try, answer, err)
	}
	return x.race(ctx, t, try, in, after)
}

// launch prepares an attempt.
func (x *exchange) launch(ctx context.Context, f attempt.Flight, in *attempt.Request) (*attempt.Try, error) {
	x.begin(f.Candidate)
	f.Span = x.span(ctx, &f)
	try, err := attempt.Prepare(ctx, f, in)
	if err != nil {
		x.attempted(&f, nil, err)
	}
	return try, err
}

// arrived notes how an attempt went, and closes one that failed.
func (x *exchange) arrived(try *attempt.Try, answer *attempt.Answer, err error) (*attempt.Answer, error) {
	x.attempted(&try.Flight, answer, err)
	if err != nil {
		class, wait := blame(err)
		try.Close(class, wait, 0)
	}
	return answer, err
}

// landing is what became of one of two attempts.
type landing struct {
	try    *attempt.Try
	answer *attempt.Answer
	err    error
}

// errSlower is what became of an attempt beside which another one was faster.
var errSlower = errors.New("another attempt was faster")

// race waits for an attempt, and after a while for a second one beside it. The slower one is cancelled.
func (x *exchange) race(ctx context.Context, t *trip, first *attempt.Try, in *attempt.Request, after time.Duration) (*attempt.Answer, error) {
	landings := make(chan landing, 2)
	send := func(try *attempt.Try) {
		l := landing{try: try}
		defer func() {
			if p := recover(); p != nil { // what net/http does for the exchange's own goroutine
				l = landing{try: try, err: fmt.Errorf("attempt panicked: %v", p)}
			}
			landings <- l
		}()
		l.answer, l.err = try.Send()
	}
	go send(first)
	timer := time.NewTimer(after)
	defer timer.Stop()
	flying := []*attempt.Try{first}
	for {
		select {
		case <-timer.C:
			f, ok := t.beside(ctx)
			if !ok {
				continue
			}
			f.Hedge = true
			second, err := x.launch(ctx, f, in)
			if err != nil {
				continue // it does the first one no harm
			}
			flying = append(flying, second)
			go send(second)
		case l := <-landings:
			flying = slices.DeleteFunc(flying, func(t *attempt.Try) bool { return t == l.try })
			answer, err := x.arrived(l.try, l.answer, l.err)
			if err != nil && len(flying) > 0 && ctx.Err() == nil {
				continue
			}
			for _, slow := range flying {
				slow.Cancel()
				x.attempted(&slow.Flight, nil, errSlower)
				go func() { // until it notices
					l := <-landings
					l.try.Close(failure.Canceled, 0, 0)
				}()
			}
			if err == nil {
				x.begin(l.try.Candidate)
			}
			return answer, err
		}
	}
}

// landed ends an attempt whose answer has begun.
func (x *exchange) landed(answer *attempt.Answer, err error) {
	tokens := x.record.Tokens
	ended := tracing.Outcome{Status: answer.HTTP.StatusCode, Model: x.answering, Tokens: tokens}
	x.answering = ""
	if err == nil {
		answer.Try().Close(failure.None, 0, tokens.Prompt+tokens.Completion)
		answer.Try().Span.End(ended)
		return
	}
	class, wait := blame(err)
	if isPluginError(err) {
		class = failure.None // the upstream did its part
	}
	if class != failure.None {
		x.brokeOff(class, err)
		ended.Error = reason(class, "canceled")
	}
	answer.Try().Close(class, wait, tokens.Prompt+tokens.Completion)
	answer.Try().Span.End(ended)
}

// blame is why an attempt ended with err, as far as that is an upstream's matter, and how long the upstream asked to be left
// alone.
func blame(err error) (failure.Class, time.Duration) {
	var (
		failed  *attempt.Failure
		broken  *brokenStream
		silence *attempt.Silence
		away    *clientGone
	)
	switch {
	case errors.As(err, &failed):
		return failed.Class, failed.Wait
	case errors.As(err, &away), errors.Is(err, context.Canceled): // also of a stream that broke because the client left
		return failure.Canceled, 0
	case errors.As(err, &silence):
		return failure.Timeout, 0
	case errors.As(err, &broken):
		return failure.ServerError, 0
	}
	return failure.BadRequest, 0
}
