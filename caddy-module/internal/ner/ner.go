// Package ner finds names, places and the like in texts by asking a service over HTTP: the capability behind the grant
// of that name. caddyllm makes a Recogniser from a Caddyfile and the sandbox's host function ner asks it.
//
// A service is spoken to by an adapter: presidio is the REST API of the Presidio analyzer, spans an API that is
// small enough to be put in front of any other model. What a service answers is foreign: spans that do
// not fit the text make the whole answer count as none, because a recogniser that is wrong about places
// may be wrong about anything.
package ner

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/caddy-module/internal/egress"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

// Defaults of Options.
const (
	DefaultTimeout  = 2 * time.Second
	DefaultBudget   = 5 * time.Second
	DefaultCache    = 10 * time.Minute
	DefaultMinScore = 0.5
	DefaultLanguage = "en"
)

// DefaultEntities are looked for when Options name none. What has a form (numbers, addresses of e-mail) is found
// without a service.
var DefaultEntities = []string{"PERSON", "LOCATION"}

const (
	parallel    = 8        // requests that one service gets at once
	maxRequest  = 32 << 20 // bytes; control characters of a text take six
	maxResponse = 8 << 20
	maxType     = 64 // bytes of the name of a type
	maxLanguage = 35 // bytes, RFC 5646 section 4.4.1
)

// Why texts were not looked at, besides the errors of package egress and the context's. None quotes a text or an answer.
var (
	ErrTooMuch  = errors.New("more texts than one call may have")
	ErrLanguage = errors.New("language is none, expected a code such as en or zh-CN")
	ErrBudget   = errors.New("the time that an exchange has for the recogniser is used up")
	ErrResting  = errors.New("the recogniser did not answer several times and is left alone for a moment")
	ErrAnswer   = errors.New("the recogniser does not answer as it should")
)

// Span is an entity in a text.
type Span struct {
	Start int     `json:"start"` // bytes
	End   int     `json:"end"`
	Type  string  `json:"type"` // as the service spells it
	Score float64 `json:"score"`
}

// Options describe a service and what it is asked for.
type Options struct {
	URL      string
	API      string        // a name of APIs
	Timeout  time.Duration // of one call
	Budget   time.Duration // of all calls of an exchange
	Language string        // of texts whose language the caller does not know
	Entities []string      // types; empty for all that the service knows
	MinScore float64
	Cache    time.Duration // how long answers are kept, 0 for not at all
	Header   http.Header   // of requests, such as Authorization
}

// adapter speaks a service's API. What it returns is aligned with texts and in bytes, but not judged. With an error
// the texts that were answered all the same have lists that are not nil.
type adapter interface {
	find(ctx context.Context, texts []string, lang string) ([][]Span, error)
}

// adapters make what speaks an API, by its name.
var adapters = map[string]func(*service) adapter{
	"presidio": func(s *service) adapter { return newPresidio(s) },
	"spans":    func(s *service) adapter { return &spans{s} },
}

// APIs are the names that Options.API may have.
var APIs = []string{"presidio", "spans"}

// Recogniser asks one service. It is safe for concurrent use.
type Recogniser struct {
	service  *service
	adapter  adapter
	cache    *cache // nil for none
	breaker  breaker
	timeout  time.Duration
	budget   time.Duration
	language string
	types    map[string]bool // wanted, in capitals; nil for all
	minScore float64
}

// New makes a recogniser. Nothing is sent until it is asked.
func New(o Options) (*Recogniser, error) {
	u, err := url.Parse(o.URL)
	switch speaks := adapters[o.API]; {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "":
		// Not quoted: it may carry a password.
		return nil, errors.New("reading URL of the recogniser: expected http or https, a host and maybe a path, credentials go into a header")
	case speaks == nil:
		return nil, fmt.Errorf("unknown api %q, expected %s", o.API, strings.Join(APIs, " or "))
	case o.Timeout <= 0 || o.Budget <= 0 || o.Cache < 0:
		return nil, errors.New("timeout and budget are durations above zero, cache one that is not below")
	case !(o.MinScore >= 0 && o.MinScore <= 1):
		return nil, fmt.Errorf("min_score is %v, expected a number from 0 to 1", o.MinScore)
	case !isLanguage(o.Language):
		return nil, ErrLanguage
	}
	r := &Recogniser{timeout: o.Timeout, budget: o.Budget, language: o.Language, minScore: o.MinScore, breaker: breaker{now: time.Now}}
	for _, e := range o.Entities {
		if !isType(e) {
			return nil, fmt.Errorf("entity %q is none, expected a word such as PERSON", e)
		}
		if r.types == nil {
			r.types = make(map[string]bool)
		}
		r.types[strings.ToUpper(e)] = true
	}
	if r.service, err = newService(u, o); err != nil {
		return nil, err
	}
	r.adapter = adapters[o.API](r.service)
	if o.Cache > 0 {
		r.cache = newCache(o.Cache, time.Now)
	}
	return r, nil
}

// Close lets go of idle connections.
func (r *Recogniser) Close() { r.service.client.Close() }

// Find finds the entities of each text, sorted by start. lang is "" where the caller does not know it. spent is how
// long the exchange has waited so far, and grows by the time of this call; what is known already takes none.
func (r *Recogniser) Find(ctx context.Context, texts []string, lang string, spent *time.Duration) ([][]Span, error) {
	size := 0
	for _, t := range texts {
		size += len(t)
	}
	if lang == "" {
		lang = r.language
	}
	switch {
	case len(texts) > abi.MaxNERTexts || size > abi.MaxNERBytes:
		return nil, ErrTooMuch
	case !isLanguage(lang):
		return nil, ErrLanguage
	}
	out := make([][]Span, len(texts))
	var ask []string          // each text once
	place := map[string]int{} // in ask
	var of []int              // place in ask for each text, -1 for none
	for i, t := range texts {
		of = append(of, -1)
		if strings.TrimSpace(t) == "" {
			continue
		}
		if n, again := place[t]; again {
			of[i] = n
			continue
		}
		if known, ok := r.cache.get(lang, t); ok {
			out[i] = known
			continue
		}
		of[i], place[t] = len(ask), len(ask)
		ask = append(ask, t)
	}
	if len(ask) == 0 {
		return out, nil
	}
	found, err := r.ask(ctx, ask, lang, spent)
	if err != nil {
		return nil, err
	}
	for i, n := range of {
		if n >= 0 {
			out[i] = found[n]
		}
	}
	return out, nil
}

// ask asks the service, judges its answer and keeps it.
func (r *Recogniser) ask(ctx context.Context, texts []string, lang string, spent *time.Duration) ([][]Span, error) {
	left := r.budget - *spent
	if left <= 0 {
		return nil, ErrBudget
	}
	if !r.breaker.allow() {
		return nil, ErrResting
	}
	asking, cancel := context.WithTimeout(ctx, min(r.timeout, left))
	defer cancel()
	began := time.Now()
	found, err := r.adapter.find(asking, texts, lang)
	*spent += time.Since(began)
	short := left < r.timeout && asking.Err() != nil // the exchange had less time than a call may take
	switch {
	case err == nil, errors.Is(err, ErrAnswer), errors.Is(err, egress.ErrTooLarge):
		r.breaker.done(answered)
	case ctx.Err() != nil, short:
		r.breaker.done(abandoned)
	default:
		r.breaker.done(unanswered)
	}
	for i := range found {
		if found[i] == nil {
			continue
		}
		judged, ok := r.judge(texts[i], found[i])
		if !ok {
			return nil, fmt.Errorf("%w: a span does not fit its text", ErrAnswer)
		}
		found[i] = judged
		r.cache.put(lang, texts[i], judged)
	}
	switch {
	case err == nil:
		return found, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case short:
		return nil, ErrBudget
	}
	return nil, err
}

// judge checks the spans of a text, drops what nobody asked for and sorts the rest. It is false when one
// cannot be.
func (r *Recogniser) judge(text string, list []Span) ([]Span, bool) {
	out := make([]Span, 0, len(list))
	for _, s := range list {
		switch {
		case s.Start < 0 || s.End <= s.Start || s.End > len(text) || !starts(text, s.Start) || !starts(text, s.End):
			return nil, false
		case !isType(s.Type) || !(s.Score >= 0 && s.Score <= 1+1e-6):
			return nil, false
		case s.Score < r.minScore, r.types != nil && !r.types[strings.ToUpper(s.Type)]:
			continue
		}
		s.Score = math.Min(s.Score, 1)
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b Span) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	return out, true
}

// starts tells whether a character begins, or the text ends, at i.
func starts(text string, i int) bool { return i == len(text) || utf8.RuneStart(text[i]) }

// isType tells whether a name can be the name of a type.
func isType(s string) bool { return isWord(s, maxType) }

func isLanguage(s string) bool { return isWord(s, maxLanguage) }

// isWord tells whether s is a word of ASCII letters, digits and a few signs.
func isWord(s string, most int) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == '-', c == '.', c == ' ' && i > 0:
		default:
			return false
		}
	}
	return s != "" && len(s) <= most
}
