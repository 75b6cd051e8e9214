package attempt

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

// Failure is an attempt that gave no answer. Nothing of it has reached the client.
type Failure struct {
	Class  failure.Class
	Err    *dialect.Error // for the client
	Status int            // HTTP status of the upstream, 0 when there was none
	Wait   time.Duration  // for which the upstream asks to be left alone, 0 when it does not say
	Cause  error
	Unsent bool // the upstream has seen nothing of the request

	// Speaks and Said are the dialect and the headers of an upstream's refusal, nil when there was none.
	Speaks *dialect.Dialect
	Said   http.Header
}

// Error is for logs. It leaves out an upstream's own words, which may repeat prompts.
func (f *Failure) Error() string {
	switch {
	case f.Cause != nil:
		return f.Cause.Error()
	case f.Status != 0:
		return fmt.Sprintf("upstream answered %d: %s %s", f.Status, f.Err.Type, f.Err.Code)
	}
	return f.Err.Message
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Cause }

// refused reads an error answer.
func (t *Try) refused(resp *http.Response) *Failure {
	p, d := t.Provider, t.answer.Way.Dialect
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxError))
	e := d.ParseError(resp.StatusCode, resp.Header, body)
	o := t.Lane.Refused(e, resp.Header, p.Now())
	f := &Failure{Class: o.Class, Status: resp.StatusCode, Wait: o.Wait, Speaks: d, Said: resp.Header}
	if t.Lane.Owned() && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden) {
		// The key is the gateway's: the client can do nothing about it and must not take it for its own,
		// and the provider's words may quote a part of it.
		e = unavailable("upstream_auth", "provider "+p.Name+" refused the gateway's credentials")
	}
	f.Err = conceal(p, e)
	return f
}

// Reported is the failure that an answer tells of which began well.
func Reported(p *provider.Provider, e *dialect.Error, status int) *Failure {
	return &Failure{Class: failure.Of(e, p.OwnsKeys()), Err: conceal(p, e), Status: status, Wait: e.RetryAfter}
}

// Garbled is the failure of an answer that is none, or that broke off before anything of it was used.
func Garbled(p *provider.Provider, status int, cause error) *Failure {
	class, e := failure.ServerError, unavailable("upstream_broken", "provider "+p.Name+" broke off its answer")
	var silence *Silence
	if errors.As(cause, &silence) {
		class, e = failure.Timeout, silence.error(p)
	}
	return &Failure{Class: class, Err: e, Status: status, Cause: cause}
}

// Misspoken makes a *Failure of an error by which a codec says that the answer is none of its dialect: another candidate may do better. Others
// stay as they are.
func (answer *Answer) Misspoken(err error) error {
	var refused *pipeline.Rejection
	if !errors.As(err, &refused) || refused.Err.Status < http.StatusInternalServerError || !answer.Codecs.Has(refused.Plugin) {
		return err
	}
	class := failure.Of(refused.Err, false)
	if !class.Sick() && class != failure.ContentPolicy {
		class = failure.ServerError
	}
	return &Failure{Class: class, Err: refused.Err, Status: answer.HTTP.StatusCode}
}

func conceal(p *provider.Provider, e *dialect.Error) *dialect.Error {
	e.Message, e.Code, e.Param = p.Conceal(e.Message), p.Conceal(e.Code), p.Conceal(e.Param)
	return e
}

// NoAPI is the code of the failure of a candidate that has not what the client calls.
const NoAPI = "unsupported_api"

// noWay tells a client that the provider has not what it calls: the next candidate may.
func noWay(c *Candidate, client *dialect.Dialect) *Failure {
	return &Failure{Class: failure.ModelNotFound, Unsent: true, Err: &dialect.Error{
		Status: http.StatusNotFound, Type: dialect.TypeOf(http.StatusNotFound), Code: NoAPI,
		Message: "provider " + c.Provider.Name + " has no API for " + client.Name + " requests, and no codec plugin translates them for it",
	}}
}

// noStream tells a client that it gets no stream there: events that nobody translates would be none of its dialect.
func noStream(c *Candidate, s *Step) *Failure {
	return &Failure{Class: failure.ModelNotFound, Unsent: true, Err: &dialect.Error{
		Status: http.StatusNotFound, Type: dialect.TypeOf(http.StatusNotFound), Code: NoAPI,
		Message: "provider " + c.Provider.Name + " has no streams for " + s.Client + " requests: the codec plugin " + s.Codec.Name + " translates none",
	}}
}

func unavailable(code, message string) *dialect.Error {
	return &dialect.Error{Status: http.StatusBadGateway, Type: dialect.TypeOf(http.StatusBadGateway), Code: code, Message: message}
}
