package caddyllm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
)

// Expect is a request, and what the routes are expected to do with it. It is judged when the configuration is loaded,
// as if every provider were in service and had its key; nothing is sent, and plugins keep and record nothing. At
// least one of route, to, use, cost, lost and refused is expected.
type Expect struct {
	// The name in errors. Default: expectation and its number from 1.
	Name string `json:"name,omitempty"`

	// The request's method. Default: POST.
	Method string `json:"method,omitempty"`

	// The request's path, which tells its dialect. Default: /v1/chat/completions.
	Path string `json:"path,omitempty"`

	// The request's headers. Default: none but Content-Type: application/json.
	Headers map[string]string `json:"headers,omitempty"`

	// The name of one of the gateway's keys, or its ID, which the caller is taken to have shown. Default: what the
	// headers show.
	Key string `json:"key,omitempty"`

	// The client's address. Default: 127.0.0.1.
	ClientIP string `json:"client_ip,omitempty"`

	// The request's body, a document. Default: none.
	Body json.RawMessage `json:"body,omitempty"`

	// A file with the request's body, instead of body. Default: none.
	BodyFile string `json:"body_file,omitempty"`

	// The name of the route that has to take the request.
	Route string `json:"route,omitempty"`

	// The candidates that have to be tried first, in this order: provider, or provider/model with the provider's name
	// of the model. There may be more behind them.
	To []string `json:"to,omitempty"`

	// Plugins that have to run, before routing or in the route; others may, too.
	Use []string `json:"use,omitempty"`

	// What the first candidate may cost at most, in US dollars, as estimated from the prompt and the client's limit of
	// output tokens. A price that is not known is too much.
	Cost *float64 `json:"cost,omitempty"`

	// The parameters that translation to the first candidate has to lose, all of them; "none" for none.
	Lost []string `json:"lost,omitempty"`

	// The status with which the request has to be refused, by the gateway, a plugin or translation to the first
	// candidate, and optionally a space and the error's code.
	Refused string `json:"refused,omitempty"`

	// Where the expectation stands in the Caddyfile, for errors.
	Source string `json:"source,omitempty"`
}

// checkExpectations judges what the routes do with the expected requests. The error lists all that is wrong.
func (h *Handler) checkExpectations(ctx context.Context) error {
	var errs []error
	for i, e := range h.Expect {
		if e == nil {
			errs = append(errs, fmt.Errorf("expectation %d is null, expected an object", i+1))
			continue
		}
		name := fmt.Sprintf("expectation %d", i+1)
		if e.Name != "" {
			name = fmt.Sprintf("expect %q", e.Name)
		}
		if err := h.checkExpectation(ctx, e); err != nil {
			errs = append(errs, fmt.Errorf("%s%s: %w", name, at(e.Source), err))
		}
	}
	return errors.Join(errs...)
}

func (h *Handler) checkExpectation(ctx context.Context, e *Expect) error {
	if err := e.check(h); err != nil {
		return err
	}
	q := question{Method: e.Method, Path: e.Path, Headers: e.Headers, Key: e.Key, ClientIP: e.ClientIP, Body: e.Body}
	if e.BodyFile != "" {
		body, err := os.ReadFile(e.BodyFile)
		if err != nil {
			return fmt.Errorf("reading body: %w", err)
		}
		q.Body = body
	}
	r, err := q.request(ctx)
	if err != nil {
		return err
	}
	return e.judge(h.gateway.Explain(r, gateway.Assume{Key: e.Key, Service: true}))
}

// check says what is wrong with the expectation itself.
func (e *Expect) check(h *Handler) error {
	if e.Route == "" && len(e.To) == 0 && len(e.Use) == 0 && e.Cost == nil && len(e.Lost) == 0 && e.Refused == "" {
		return errors.New("nothing is expected, expected at least one of route, to, use, cost, lost and refused")
	}
	if e.Route != "" {
		var names []string
		for i := range h.Routes {
			names = append(names, h.nameOf(i))
		}
		if !slices.Contains(names, e.Route) {
			return fmt.Errorf("unknown route %q, expected one of %s", e.Route, list(names))
		}
	}
	if len(e.Body) > 0 && e.BodyFile != "" {
		return errors.New("body is given twice, expected a document or a file")
	}
	if e.Cost != nil && !(*e.Cost >= 0 && !math.IsInf(*e.Cost, 0)) {
		return fmt.Errorf("cost is %v, expected US dollars from 0", *e.Cost)
	}
	if status, _, _ := strings.Cut(e.Refused, " "); e.Refused != "" {
		if n, err := strconv.Atoi(status); err != nil || n < 400 || n > 599 {
			return fmt.Errorf("refused %q is no status, expected one from 400 to 599, and optionally the error's code", e.Refused)
		}
		if len(e.To)+len(e.Lost) > 0 || e.Cost != nil {
			return errors.New("refused stands beside to, cost or lost, expected it without them")
		}
	}
	return nil
}

// judge compares what is expected with what would happen. The error says what was expected, what happens and why.
func (e *Expect) judge(said *gateway.Explanation) error {
	refused := said.Refused
	if refused == nil && len(said.Candidates) > 0 {
		refused = said.Candidates[0].Refused
	}
	if e.Route != "" && said.Route != e.Route {
		return e.otherRoute(said)
	}
	switch {
	case e.Refused != "":
		return e.judgeRefusal(said, refused)
	case refused != nil:
		return fmt.Errorf("expected an answer%s, but it is refused with %s", by(said), refused)
	case said.Answered != "" && len(e.To)+len(e.Lost) > 0:
		return fmt.Errorf("expected a provider's answer, but plugin %s answers", said.Answered)
	}
	var errs []error
	errs = append(errs, e.judgeCandidates(said))
	for _, name := range e.Use {
		if run := append(slices.Clone(said.Before), said.Plugins...); !slices.Contains(run, name) {
			errs = append(errs, fmt.Errorf("expected plugin %s, but only %s run%s", name, list(run), by(said)))
		}
	}
	errs = append(errs, e.judgeCost(said), e.judgeLosses(said))
	return inOneLine(errs)
}

// inOneLine joins errors of one expectation.
func inOneLine(errs []error) error {
	var texts []string
	for _, err := range errs {
		if err != nil {
			texts = append(texts, err.Error())
		}
	}
	if len(texts) == 0 {
		return nil
	}
	return errors.New(strings.Join(texts, "; "))
}

// by names the route that takes the request.
func by(said *gateway.Explanation) string {
	if said.Route == "" {
		return ""
	}
	return " by route " + said.Route
}

// otherRoute says why the expected route does not take the request.
func (e *Expect) otherRoute(said *gateway.Explanation) error {
	got := "no route takes it"
	if said.Route != "" {
		got = "route " + said.Route + " takes it"
	} else if said.Refused != nil && len(said.Routes) == 0 {
		return fmt.Errorf("expected route %s, but the request is refused before routing with %s", e.Route, said.Refused)
	} else if said.Answered != "" {
		return fmt.Errorf("expected route %s, but plugin %s answers before routing", e.Route, said.Answered)
	}
	why := ""
	for _, r := range said.Routes {
		switch {
		case r.Name == e.Route && r.Outcome != gateway.NotReached:
			return fmt.Errorf("expected route %s, but %s: route %s %s, %s", e.Route, got, e.Route, misses[r.Outcome], r.Because)
		case r.Outcome == gateway.Matched || r.Outcome == gateway.RuleFailed:
			got, why = "route "+r.Name+" "+takes[r.Outcome], ": it stands before, and "+r.Because
		}
	}
	return fmt.Errorf("expected route %s, but %s%s", e.Route, got, why)
}

// What a route does that was not the expected one, and what the expected one does.
var (
	takes  = map[gateway.RouteOutcome]string{gateway.Matched: "takes it", gateway.RuleFailed: "fails"}
	misses = map[gateway.RouteOutcome]string{gateway.NotMatched: "does not match", gateway.RuleFailed: "fails"}
)

func (e *Expect) judgeRefusal(said *gateway.Explanation, refused *gateway.Refusal) error {
	if refused == nil {
		return fmt.Errorf("expected a refusal with %s, but the request is served%s", e.Refused, by(said))
	}
	status, code, coded := strings.Cut(e.Refused, " ")
	if strconv.Itoa(refused.Status) != status || coded && refused.Code != code {
		return fmt.Errorf("expected a refusal with %s, but it is refused with %s", e.Refused, refused)
	}
	return nil
}

func (e *Expect) judgeCandidates(said *gateway.Explanation) error {
	var names []string
	for _, c := range said.Candidates {
		names = append(names, c.Name())
	}
	for i, want := range e.To {
		if i < len(said.Candidates) && (said.Candidates[i].Provider == want || said.Candidates[i].Name() == want) {
			continue
		}
		return fmt.Errorf("expected to %s, but the candidates are %s%s", strings.Join(e.To, " "), list(names), by(said))
	}
	return nil
}

func (e *Expect) judgeCost(said *gateway.Explanation) error {
	switch {
	case e.Cost == nil || len(said.Candidates) == 0:
		return nil
	case said.Candidates[0].Cost == nil:
		return fmt.Errorf("expected a cost of at most $%s, but the price of %s is not known", dollars(*e.Cost), said.Candidates[0].Name())
	case *said.Candidates[0].Cost > *e.Cost:
		return fmt.Errorf("expected a cost of at most $%s, but %s may cost $%s (%d tokens in, %d out)",
			dollars(*e.Cost), said.Candidates[0].Name(), dollars(*said.Candidates[0].Cost), said.Tokens.Prompt, said.Tokens.Completion)
	}
	return nil
}

// dollars writes an amount without an exponent.
func dollars(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func (e *Expect) judgeLosses(said *gateway.Explanation) error {
	if len(e.Lost) == 0 || len(said.Candidates) == 0 {
		return nil
	}
	var lost []string
	for _, w := range said.Candidates[0].Lost {
		param, _, _ := strings.Cut(w, ":")
		lost = append(lost, param)
	}
	want := slices.Clone(e.Lost)
	if slices.Equal(want, []string{"none"}) {
		want = nil
	}
	slices.Sort(want)
	slices.Sort(lost)
	if !slices.Equal(want, lost) {
		return fmt.Errorf("expected translation to %s to lose %s, but it loses %s", said.Candidates[0].Name(), list(want), list(lost))
	}
	return nil
}
