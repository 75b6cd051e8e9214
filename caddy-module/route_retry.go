package caddyllm

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
)

// Retry says what follows when an attempt fails before anything of its answer has reached the client.
type Retry struct {
	// How many attempts are made for one request at most, fallbacks and hedges included, 1 to 100. Default: 10.
	Attempts int `json:"attempts,omitempty"`

	// How often the candidates are gone through, as long as a failure was of a kind that may pass (connect, overload,
	// server_error, rate_limit), 1 to 100. Default: 2.
	Rounds int `json:"rounds,omitempty"`

	// How long after the request the last attempt may begin, up to 1h. Default: as long as the other bounds allow.
	Budget caddy.Duration `json:"budget,omitempty"`

	// The longest pause before the first attempt that is made again at the same place, and before the second round, up to 1h. It
	// doubles each time; a part of it, by chance, is waited. Default: 250ms.
	Backoff caddy.Duration `json:"backoff,omitempty"`

	// What the pause grows to at most, up to 1h. Default: 5s, or backoff if that is longer.
	MaxBackoff caddy.Duration `json:"max_backoff,omitempty"`

	// How long a request may wait in all while every candidate was told to wait, up to 1h. Default: 0, the client is told at once,
	// with the time after which the first candidate will be ready.
	MaxWait caddy.Duration `json:"max_wait,omitempty"`

	// What follows from failures of a class: connect, timeout, rate_limit, overload, server_error, credential, model_not_found,
	// context_length or content_policy. Default: next_key, and next_candidate for the last three.
	On map[string]*RetryRule `json:"on,omitempty"`
}

// RetryRule is what follows from failures of a class.
type RetryRule struct {
	// "same" asks the same key at the same endpoint again, "next_key" another key or endpoint of the candidate, and the next candidate
	// when it has none left, "next_candidate" the route's next candidate; "give_up" tells the client.
	Action string `json:"action,omitempty"`

	// How often same asks a candidate again, 1 to 100; next_key follows then. Default: 1.
	Times int `json:"times,omitempty"`
}

// Bounds of what routes can ask for.
const (
	maxTries  = 100
	maxPause  = time.Hour
	maxWeight = 1e6
)

// defaultRounds has all candidates asked again once: what has failed at all of them at the same moment is often over in the next.
const defaultRounds = 2

// retry is what gateways want of it. Nil has the defaults. The error lists all that is wrong.
func (r *Retry) retry() (*gateway.Retry, error) {
	made := &gateway.Retry{Policy: failure.Default(), Rounds: defaultRounds}
	if r == nil {
		return made, nil
	}
	var errs []error
	for _, n := range []struct {
		name  string
		value int
	}{{"attempts", r.Attempts}, {"rounds", r.Rounds}} {
		if n.value < 0 || n.value > maxTries {
			errs = append(errs, fmt.Errorf("retry: %s is %d, expected 1 to %d", n.name, n.value, maxTries))
		}
	}
	for _, d := range []struct {
		name  string
		value caddy.Duration
	}{{"budget", r.Budget}, {"backoff", r.Backoff}, {"the longest backoff", r.MaxBackoff}, {"max_wait", r.MaxWait}} {
		if v := time.Duration(d.value); v < 0 || v > maxPause {
			errs = append(errs, fmt.Errorf("retry: %s is %v, expected up to %v", d.name, v, maxPause))
		}
	}
	if r.MaxBackoff != 0 && r.MaxBackoff < r.Backoff {
		errs = append(errs, fmt.Errorf("retry: the longest backoff is %v, expected at least %v, the first", time.Duration(r.MaxBackoff), time.Duration(r.Backoff)))
	}
	for _, name := range slices.Sorted(maps.Keys(r.On)) {
		errs = append(errs, r.On[name].apply(name, &made.Policy))
	}
	made.Attempts, made.Budget, made.MaxWait = r.Attempts, time.Duration(r.Budget), time.Duration(r.MaxWait)
	made.Backoff, made.MaxBackoff = time.Duration(r.Backoff), time.Duration(r.MaxBackoff)
	if r.Rounds != 0 {
		made.Rounds = r.Rounds
	}
	return made, errors.Join(errs...)
}

// apply sets the rule for the class of that name.
func (r *RetryRule) apply(name string, p *failure.Policy) error {
	class, err := failureClass("retry: on", name)
	if err != nil {
		return err
	}
	if r == nil {
		return fmt.Errorf("retry: on %s is null, expected an object with action", name)
	}
	action, ok := failure.ParseAction(r.Action)
	switch {
	case !ok:
		return fmt.Errorf("retry: on %s: unknown action %q, expected one of %s", name, r.Action, list(failure.ActionNames()))
	case r.Times < 0 || r.Times > maxTries:
		return fmt.Errorf("retry: on %s: times is %d, expected 1 to %d", name, r.Times, maxTries)
	case r.Times != 0 && action != failure.Same:
		return fmt.Errorf("retry: on %s: times is for the action same, expected none with %s", name, action)
	}
	p[class] = failure.Rule{Action: action}
	if action == failure.Same {
		p[class].Times = max(r.Times, 1)
	}
	return nil
}

// failureClass finds a class of failures that something can follow from.
func failureClass(what, name string) (failure.Class, error) {
	class, ok := failure.Parse(name)
	switch {
	case ok:
		return class, nil
	case name == failure.BadRequest.String():
		return 0, fmt.Errorf("%s %s: what is wrong with the request is wrong everywhere, expected one of %s", what, name, list(failure.Names()))
	case name == failure.Canceled.String():
		return 0, fmt.Errorf("%s %s: nobody waits for an answer any more, expected one of %s", what, name, list(failure.Names()))
	}
	return 0, fmt.Errorf("%s: unknown class of failures %q, expected one of %s", what, name, list(failure.Names()))
}
