package gateway

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// stream leads a streamed answer, event by event, through codec and plugins to the client.
func (x *exchange) stream(ctx context.Context, answer *attempt.Answer) error {
	speaks := answer.Way.Dialect
	a := document.Borrow()
	defer document.Return(a)

	// What goes out unedited goes out as it came, framing included.
	var came document.Node
	opening, event := answer.Opening, answer.First
	if len(opening) > 0 {
		event = opening[0]
	}
	same := len(answer.Codecs) == 0 && answer.Framing == x.framing()
	s := x.chain.Stream(ctx, x.chain.Len(), answer.Codecs, func(a *document.Arena, root document.Node, name []byte) error {
		if x.readsAnswers && x.dialect.Numbered() {
			x.dialect.Renumber(a, root, x.events)
		}
		x.events++
		if same && root == came && a.Intact(root, event.Data) {
			return x.sink.raw(event.Raw)
		}
		x.sink.buf = a.AppendJSON(x.sink.buf[:0], root)
		return x.sink.event(name, x.sink.buf)
	})
	// What the upstream said of itself goes out with the first event.
	x.sink.headers(func() { x.forwardHeaders(speaks, answer.HTTP.Header) })

	finished, done := answer.Framing == framing.Document, false // a document is all there, whether or not it says so
	for !done {
		switch {
		case event.Comment || len(event.Data) == 0:
			if same && x.sink.said {
				if err := x.sink.raw(event.Raw); err != nil {
					return err
				}
			}
		case string(event.Data) == attempt.DoneMark && (finished || speaks.Done == attempt.DoneMark):
			done = true
			continue
		default:
			a.Reset()
			root, err := a.Parse(event.Data)
			if err != nil {
				return x.broken(s, a, &brokenStream{provider: answer.Provider().Name, cause: err})
			}
			if e := speaks.EventError(a, root); e != nil {
				return x.broken(s, a, attempt.Reported(answer.Provider(), e, http.StatusOK))
			}
			speaks.Usage(a, root, &x.record.Tokens)
			x.answersAs(answer, a, root)
			x.charge(answer, a, root)
			finished = finished || speaks.Finished(a, root)
			if answer.Counted && speaks.OnlyUsage(a, root) {
				break
			}
			came = root
			if err := s.Event(a, root, event.Name); err != nil {
				return x.broken(s, a, err)
			}
		}
		if x.sink.said {
			x.letGo()
		}
		// Events that came together leave together; nothing waits for what has not come.
		if !answer.Events.Ready() {
			if err := x.sink.flush(); err != nil {
				return err
			}
		}
		if len(opening) > 0 {
			if opening = opening[1:]; len(opening) > 0 {
				event = opening[0]
			} else {
				event = answer.First
			}
			continue
		}
		var err error
		if event, err = x.next(answer); err != nil {
			if !errors.Is(err, io.EOF) || !finished {
				return x.broken(s, a, &brokenStream{provider: answer.Provider().Name, cause: answer.Cause(err)})
			}
			done = true
		}
	}
	came = 0
	a.Reset()
	if err := s.End(a); err != nil {
		return x.broken(s, a, err)
	}
	return x.finish()
}

// finish ends a stream cleanly in the client's dialect.
func (x *exchange) finish() error {
	if x.dialect.Done != "" {
		if err := x.sink.event(nil, []byte(x.dialect.Done)); err != nil {
			return err
		}
	}
	if err := x.sink.end(); err != nil {
		return err
	}
	return x.sink.flush()
}

// broken lets out what plugins hold, so that the client has all that the model said, and passes cause on.
func (x *exchange) broken(s *pipeline.Stream, a *document.Arena, cause error) error {
	var away *clientGone
	if x.sink.said && !errors.As(cause, &away) && !isPluginError(cause) {
		a.Reset()
		if err := s.Flush(a); err != nil {
			return err
		}
	}
	return cause
}

// replay plays an answer of events that a plugin gave. Its tokens are not counted: no provider was asked.
func (x *exchange) replay(ctx context.Context, answer *pipeline.Answer) error {
	a := answer.Arena
	s := x.chain.Stream(ctx, answer.Stage, nil, func(a *document.Arena, root document.Node, name []byte) error {
		if x.dialect.Numbered() {
			x.dialect.Renumber(a, root, x.events)
		}
		x.events++
		x.sink.buf = a.AppendJSON(x.sink.buf[:0], root)
		return x.sink.event(name, x.sink.buf)
	})
	for n := a.First(answer.Root); n != 0; n = a.Next(n) {
		data := a.Get(n, "data")
		if data == 0 {
			return &dialect.Error{Status: http.StatusInternalServerError, Type: dialect.TypeOf(500), Code: "plugin_error", Message: "a plugin's answer has an event without data"}
		}
		name := bytes.Clone(a.AppendString(nil, a.Get(n, "event")))
		if err := s.Event(a, data, name); err != nil {
			return err
		}
	}
	if err := s.End(a); err != nil {
		return err
	}
	return x.finish()
}
