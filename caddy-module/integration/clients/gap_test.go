package clients

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// gap is cells of the table that the wire formats cannot fill.
type gap struct {
	client    string // an API's dialect, "" any
	upstream  string // "" any
	behaviour string // its name begins so
	why       string
	// instead checks what holds there.
	instead func(t *testing.T, s scene)
}

// gaps: the first that fits a cell counts.
var gaps = []gap{
	{"openai.responses", "", "stop sequence",
		"the Responses API has no stop sequences, so a client cannot ask for one", nothing},
	{"", "openai.responses", "stop sequence",
		"the Responses API has no stop sequences", warned("stop")},
	{"openai.chat", "", "tool that fails",
		"tools of Chat Completions only have texts, so a client cannot say it", nothing},
	{"openai.responses", "", "tool that fails",
		"a function's output has no word for failure, so a client cannot say it", nothing},
	{"ollama.chat", "", "tool that fails",
		"a tool's message has no word for failure, so a client cannot say it", nothing},
	{"ollama.chat", "", "error 401",
		"Ollama's client keeps the status alone", unauthorized},
	{"openai.chat", "", "tool that gives an image",
		"tools of Chat Completions only have texts, so a client cannot give one", nothing},
	{"openai.chat", "openai.responses", "thinking", sealed, unsealed},
	{"ollama.chat", "openai.responses", "thinking", sealed, unsealed},
	{"anthropic.messages", "openai.responses", "thinking", sealed, unsealed},
	{"gemini.generate", "openai.responses", "thinking", sealed, unsealed},
}

// sealed is why thoughts of Responses models are lost between turns.
const sealed = "only clients of the Responses API have a place for its encrypted reasoning; models do without it"

func gapOf(c client, upstream, behaviour string) *gap {
	for i := range gaps {
		g := &gaps[i]
		if (g.client == "" || g.client == c.dialect) && (g.upstream == "" || g.upstream == upstream) && strings.HasPrefix(behaviour, g.behaviour) {
			return g
		}
	}
	return nil
}

// TestGaps: a gap is not wider than the table.
func TestGaps(t *testing.T) {
	for _, g := range gaps {
		used := slices.ContainsFunc(behaviours, func(b behaviour) bool { return strings.HasPrefix(b.name, g.behaviour) }) &&
			(g.upstream == "" || slices.Contains(upstreams, g.upstream)) &&
			(g.client == "" || slices.ContainsFunc(clients, func(c client) bool { return c.dialect == g.client }))
		if !used || g.why == "" {
			t.Errorf("%+v is in no cell, or without a reason", g)
		}
	}
}

// nothing is what there is to check where a client cannot even ask.
func nothing(*testing.T, scene) {}

// unauthorized: the status arrives.
func unauthorized(t *testing.T, s scene) {
	_, err := s.begin(question{model: "demo-error-401", text: "hello"}).next(context.Background())
	if f := s.fault(err); f == nil || f.status != 401 {
		t.Errorf("error = %v, want the SDK's 401", err)
	}
}

// unsealed: the tool loop works without the thoughts.
func unsealed(t *testing.T, s scene) { loop(t, s) }

// warned: a stop sequence that is lost is said to be lost, and the answer comes.
func warned(param string) func(*testing.T, scene) {
	return func(t *testing.T, s scene) {
		a, err := s.begin(question{model: "demo", text: "one two halt three", stop: "halt", streamed: s.streamed}).next(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if want := "You said: one two halt three"; a.text != want {
			t.Errorf("text = %q, want %q", a.text, want)
		}
		warnings := s.headers.get("X-Gateway-Warning")
		if !slices.ContainsFunc(warnings, func(w string) bool { return strings.Contains(w, param) }) {
			t.Errorf("warnings = %q, want one of %s", warnings, param)
		}
	}
}
