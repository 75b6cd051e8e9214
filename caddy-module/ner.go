package caddyllm

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2"
	"golang.org/x/net/http/httpguts"

	"github.com/longmen-gateway/longmen/caddy-module/internal/ner"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
)

// NERGrant lets a plugin ask a service for the names, places and the like in texts. The texts are sent to that service as
// they are: it belongs where they may be known. After five calls in a row that it did not answer it is left alone for a second,
// and calls fail at once. What it means when the service fails is the plugin's configuration.
type NERGrant struct {
	// The URL of the service, http or https. Its address may be private. For api presidio with or without the path
	// /analyze.
	URL string `json:"url,omitempty"`

	// What the service speaks: "presidio" is the REST API of the Presidio analyzer, a request for each text; "spans" takes
	// all texts in one request: {"texts": […], "language": "en", "entities": […], "min_score": 0.5} is answered with
	// {"spans": [[{"start": 3, "end": 8, "type": "PERSON", "score": 0.85}], …], "unit": "byte" or "codepoint"}, a list for
	// each text. Default: presidio.
	API string `json:"api,omitempty"`

	// How long the plugin waits for one answer. Default: 2s.
	Timeout caddy.Duration `json:"timeout,omitempty"`

	// How long the plugin may wait in all during one exchange, with its answer. What is known from before takes no
	// time. Default: 5s.
	Budget caddy.Duration `json:"budget,omitempty"`

	// The language of texts when the plugin does not know it. Default: en.
	Language string `json:"language,omitempty"`

	// The types that are looked for, as the service spells them; "all" alone for all that it knows. Default: PERSON and
	// LOCATION.
	Entities []string `json:"entities,omitempty"`

	// What is found with a lower score is left out. From 0 to 1. Default: 0.5.
	MinScore *float64 `json:"min_score,omitempty"`

	// How long answers are kept, by a hash of the text; texts are not kept. Negative for not at all. Default: 10m.
	Cache caddy.Duration `json:"cache,omitempty"`

	// Headers of requests to the service, such as Authorization. Placeholders such as {env.NER_KEY} are replaced.
	Header map[string]string `json:"header,omitempty"`
}

// allEntities is the word for all that a service knows.
const allEntities = "all"

// check judges the grant without a network.
func (g *NERGrant) check() error {
	r, err := g.open()
	if err != nil {
		return fmt.Errorf("grant ner: %w", err)
	}
	r.Close()
	return nil
}

// open makes the recogniser.
func (g *NERGrant) open() (*ner.Recogniser, error) {
	if g.Timeout < 0 || g.Budget < 0 {
		return nil, errors.New("timeout and budget are not below zero")
	}
	repl := caddy.NewReplacer()
	o := ner.Options{
		URL:      repl.ReplaceAll(g.URL, ""),
		API:      cmp.Or(g.API, ner.APIs[0]),
		Timeout:  time.Duration(cmp.Or(g.Timeout, caddy.Duration(ner.DefaultTimeout))),
		Budget:   time.Duration(cmp.Or(g.Budget, caddy.Duration(ner.DefaultBudget))),
		Language: cmp.Or(g.Language, ner.DefaultLanguage),
		Entities: g.Entities,
		MinScore: ner.DefaultMinScore,
		Cache:    max(0, time.Duration(cmp.Or(g.Cache, caddy.Duration(ner.DefaultCache)))),
		Header:   make(http.Header),
	}
	if g.MinScore != nil {
		o.MinScore = *g.MinScore
	}
	switch {
	case len(g.Entities) == 0:
		o.Entities = ner.DefaultEntities
	case len(g.Entities) == 1 && g.Entities[0] == allEntities:
		o.Entities = nil
	case slices.Contains(g.Entities, allEntities):
		return nil, errors.New("entities are all and others, expected all alone")
	}
	for name, value := range g.Header {
		value = repl.ReplaceAll(value, "")
		if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) || strings.EqualFold(name, "Host") {
			return nil, fmt.Errorf("header %q cannot be sent, expected a header such as Authorization", name)
		}
		o.Header.Set(name, value)
	}
	return ner.New(o)
}

// asker turns the JSON of the ner host function into questions, and answers into JSON; ABI.md says how.
type asker struct {
	*ner.Recogniser
	failures *outage
}

var _ wasm.NER = (*asker)(nil)

// Recognise implements wasm.NER.
func (a *asker) Recognise(ctx context.Context, request []byte, spent *time.Duration) ([]byte, error) {
	var in struct {
		Texts []string `json:"texts"`
		Lang  string   `json:"lang"`
	}
	decoder := json.NewDecoder(bytes.NewReader(request))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil || in.Texts == nil {
		return nil, fmt.Errorf("%w: request of the ner function is not as ABI.md describes it", wasm.ErrArgument)
	}
	found, err := a.Find(ctx, in.Texts, in.Lang, spent)
	if err != nil {
		if ctx.Err() == nil {
			a.failures.note(err)
		}
		return nil, refusal(err)
	}
	for i := range found {
		if found[i] == nil {
			found[i] = []ner.Span{}
		}
	}
	return json.Marshal(struct {
		Spans [][]ner.Span `json:"spans"`
	}{found})
}
