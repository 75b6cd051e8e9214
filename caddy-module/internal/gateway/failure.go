package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"go.uber.org/zap"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/auth"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// statusClientClosed is what the account says of a client that left before it had a status (nginx's 499).
const statusClientClosed = 499

// readError is a request body that did not come whole.
type readError struct{ cause error }

func (e *readError) Error() string { return "reading the request body: " + e.cause.Error() }
func (e *readError) Unwrap() error { return e.cause }

// clientGone is a write that the client did not take.
type clientGone struct{ cause error }

func (e *clientGone) Error() string { return "writing to the client: " + e.cause.Error() }
func (e *clientGone) Unwrap() error { return e.cause }

func clientError(err error) error {
	if err == nil {
		return nil
	}
	return &clientGone{err}
}

// brokenStream is an upstream that ended an answer in the middle, or sent what is no answer.
type brokenStream struct {
	provider string
	cause    error
}

func (e *brokenStream) Error() string {
	return fmt.Sprintf("provider %s: answer broke off: %v", e.provider, e.cause)
}
func (e *brokenStream) Unwrap() error { return e.cause }

// routeError is a rule that could not be evaluated for this request.
type routeError struct {
	route string
	cause error
}

func (e *routeError) Error() string { return fmt.Sprintf("route %q: rule: %v", e.route, e.cause) }
func (e *routeError) Unwrap() error { return e.cause }

var errAnswerTooLarge = fmt.Errorf("more than %d bytes", attempt.MaxAnswer)

func fault(status int, code, message string) *dialect.Error {
	return &dialect.Error{Status: status, Type: dialect.TypeOf(status), Code: code, Message: message}
}

func noRoute() *dialect.Error {
	return fault(http.StatusNotFound, "no_route", "no route of this gateway takes the request")
}

func unknownPath(r *http.Request) *dialect.Error {
	return fault(http.StatusNotFound, "unknown_path", fmt.Sprintf("no dialect of this gateway has %s %s", r.Method, r.URL.Path))
}

func isPluginError(err error) bool {
	var failure *pipeline.Failure
	var rejection *pipeline.Rejection
	return errors.As(err, &failure) || errors.As(err, &rejection)
}

// explain turns what went wrong into what the client and the account are told.
func explain(err error) (*dialect.Error, usage.Outcome) {
	var (
		own       *dialect.Error
		failed    *attempt.Failure
		rejection *pipeline.Rejection
		failure   *pipeline.Failure
		broken    *brokenStream
		denied    *auth.Denied
		unread    *readError
		refused   *overloaded
		spent     *overspent
	)
	switch {
	case errors.As(err, &refused):
		return refused.told(), usage.Rejected
	case errors.As(err, &spent):
		return spent.told(), usage.Rejected
	case errors.As(err, &denied):
		return fault(http.StatusUnauthorized, "invalid_api_key", denied.Error()), usage.Rejected
	case errors.As(err, &rejection):
		if rejection.Err.Status >= 500 {
			return rejection.Err, usage.UpstreamError
		}
		return rejection.Err, usage.Rejected
	case errors.As(err, &failure):
		return fault(http.StatusInternalServerError, "plugin_error", fmt.Sprintf("plugin %q failed", failure.Plugin)), usage.PluginError
	case errors.As(err, &failed):
		if failed.Err.Status < 500 && failed.Err.Status != http.StatusTooManyRequests {
			return failed.Err, usage.ClientError
		}
		return failed.Err, usage.UpstreamError
	case errors.As(err, &broken):
		return fault(http.StatusBadGateway, "upstream_broken", "provider "+broken.provider+" broke off its answer"), usage.UpstreamError
	case errors.As(err, &unread):
		return fault(http.StatusBadRequest, "unreadable_body", "the request body did not arrive whole"), usage.ClientError
	case errors.As(err, &own):
		if own.Status >= 500 {
			return own, usage.Rejected
		}
		return own, usage.ClientError
	}
	return fault(http.StatusInternalServerError, "internal_error", "the gateway could not serve the request"), usage.PluginError
}

// fail ends the exchange with an error.
func (x *exchange) fail(err error) {
	var away *clientGone
	if x.request.Context().Err() != nil || errors.As(err, &away) || errors.Is(err, context.Canceled) {
		x.record.Outcome = usage.Aborted
		if !x.sink.settle() && !x.sink.committed {
			x.sink.status = statusClientClosed
		}
		return
	}
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		err = x.tooLarge()
	}
	e, outcome := explain(err)
	x.record.Outcome, x.record.ErrorType, x.record.ErrorCode = outcome, e.Type, e.Code
	var spent *overspent
	if errors.As(err, &spent) {
		x.record.Budget = spent.Budget
	}
	if log := x.gateway.Log.Check(zap.WarnLevel, "exchange failed"); log != nil && outcome != usage.ClientError {
		log.Write(zap.String("id", x.record.ID), zap.String("route", x.record.Route), zap.String("provider", x.record.Provider),
			zap.String("outcome", string(outcome)), zap.Error(err))
	}
	var failed *attempt.Failure
	if errors.As(err, &failed) && !x.sink.settle() {
		x.forwardFailure(failed)
	}
	x.sink.fail(e)
}
