package clients

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	imagelib "image"
	"image/png"
	"reflect"
	"strings"
	"testing"
	"time"
)

// ask begins a conversation and has its first answer.
func (s scene) ask(t *testing.T, q question) (conversation, answer) {
	t.Helper()
	q.streamed = s.streamed
	c := s.begin(q)
	return c, s.next(t, c)
}

// next has the next answer. Nothing takes long here: a stream that hangs is one that does not end.
func (s scene) next(t *testing.T, c conversation) answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	a, err := c.next(ctx)
	if err != nil {
		t.Fatalf("%v\nthe upstream saw %s", err, s.gateway.Seen(t, s.upstream))
	}
	if t.Failed() {
		t.Logf("the upstream saw %s", s.gateway.Seen(t, s.upstream))
	}
	return a
}

func text(t *testing.T, s scene) {
	const system, user = "Be brief.", "Grüße 你好 \"quoted\" \\ </b>\u2028 end"
	c, a := s.ask(t, question{model: "demo", system: system, text: user})
	if want := "You said: " + user; a.text != want {
		t.Errorf("text = %q, want %q", a.text, want)
	}
	if a.finish != finished {
		t.Errorf("finish = %q, want %q", a.finish, finished)
	}
	// The demo counts four bytes of text as a token of the prompt, and a word as a token of the answer.
	if want := int64(len(system)+len(user)+3) / 4; a.prompt != want {
		t.Errorf("%d tokens of prompt, want %d", a.prompt, want)
	}
	if want := int64(len(strings.SplitAfter("You said: "+user, " "))); a.output != want {
		t.Errorf("%d tokens of output, want %d", a.output, want)
	}
	c.say("And now?")
	if a, want := s.next(t, c), "You said: And now?"; a.text != want {
		t.Errorf("text = %q, want %q", a.text, want)
	}
}

var weatherTools = []tool{
	{"get_weather", map[string]any{"city": map[string]any{"type": "string"}, "days": map[string]any{"type": "integer"}}, []string{"city"}},
	{"get_time", map[string]any{}, nil},
}

func calls(t *testing.T, s scene) {
	const user = "get_weather and get_time, \"please\"\n"
	c, a := s.ask(t, question{model: "demo", text: user, tools: weatherTools})
	s.wantCalls(t, a, user)
	// Results may come in any order.
	c.result(a.calls[1], output{text: "noon"})
	c.result(a.calls[0], output{text: "rain 雨"})
	a = s.next(t, c)
	wantResults(t, a, "rain 雨", "noon")
	if a.finish != finished || len(a.calls) > 0 {
		t.Errorf("finish = %q with calls %v, want %q without", a.finish, a.calls, finished)
	}
}

// wantCalls stops the test if an answer does not have the two calls that weatherTools give.
func (s scene) wantCalls(t *testing.T, a answer, user string) {
	t.Helper()
	if len(a.calls) != 2 || a.finish != calling {
		t.Fatalf("calls = %v, finish %q, want two and %q", a.calls, a.finish, calling)
	}
	if a.calls[0].name != "get_weather" || a.calls[1].name != "get_time" {
		t.Errorf("calls = %v, want them in their order", a.calls)
	}
	if a.calls[0].id == a.calls[1].id && (a.calls[0].id != "" || s.dialect != "gemini.generate") {
		t.Errorf("both calls have the id %q", a.calls[0].id)
	}
	for i, want := range []map[string]any{{"city": user, "days": 1.0}, {}} {
		var got map[string]any
		if err := json.Unmarshal([]byte(a.calls[i].arguments), &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("arguments = %s, want %v", a.calls[i].arguments, want)
		}
	}
}

// wantResults: the model saw the tools' results, in any order, and Gemini's as the JSON that they are.
func wantResults(t *testing.T, a answer, results ...string) {
	t.Helper()
	for _, r := range results {
		if !strings.HasPrefix(a.text, "The tool said: ") || strings.Count(a.text, r) != 1 {
			t.Errorf("text = %q, want one result %q", a.text, r)
		}
	}
}

// failure is of a tool that fails.
func failure(t *testing.T, s scene) {
	c, a := s.ask(t, question{model: "demo", text: "get_time", tools: weatherTools})
	c.result(a.calls[0], output{text: "no clock", failed: true})
	a = s.next(t, c)
	if !strings.Contains(a.text, "no clock") || !strings.Contains(a.text, "failed: ") && !strings.Contains(strings.ToLower(a.text), "error") {
		t.Errorf("text = %q, want an error of the tool's", a.text)
	}
}

// screenshot is of a tool that gives an image.
func screenshot(t *testing.T, s scene) {
	shot := picture(t)
	c, a := s.ask(t, question{model: "demo", text: "get_time", tools: weatherTools})
	c.result(a.calls[0], output{text: "a clock", image: shot})
	a = s.next(t, c)
	if want := fmt.Sprintf("I see 1 image (%d bytes). ", len(shot)); !strings.HasPrefix(a.text, want) || !strings.Contains(a.text, "a clock") {
		t.Errorf("text = %q, want %q and the result", a.text, want)
	}
}

func structured(t *testing.T, s scene) {
	schema := map[string]any{
		"type": "object", "additionalProperties": false, "required": []string{"name", "age"},
		"properties": map[string]any{"name": map[string]any{"type": "string"}, "age": map[string]any{"type": "integer"}},
	}
	_, a := s.ask(t, question{model: "demo", text: "Jane", schema: schema})
	var got map[string]any
	want := map[string]any{"name": "Jane", "age": 1.0}
	if err := json.Unmarshal([]byte(a.text), &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("text = %q, want %v", a.text, want)
	}
	if a.finish != finished {
		t.Errorf("finish = %q, want %q", a.finish, finished)
	}
}

func image(t *testing.T, s scene) {
	b := picture(t)
	_, a := s.ask(t, question{model: "demo", text: "What is it?", image: b})
	if want := fmt.Sprintf("I see 1 image (%d bytes). You said: What is it?", len(b)); a.text != want {
		t.Errorf("text = %q, want %q", a.text, want)
	}
}

// picture is a PNG.
func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, imagelib.NewGray(imagelib.Rect(0, 0, 9, 9))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func limit(t *testing.T, s scene) {
	words := strings.Repeat("word ", 30)
	_, a := s.ask(t, question{model: "demo", text: words, limit: 20})
	if want := "You said: " + words[:18*5]; a.text != want {
		t.Errorf("text = %q, want %q", a.text, want)
	}
	if a.finish != limited || a.output != 20 {
		t.Errorf("finish = %q after %d tokens, want %q after 20", a.finish, a.output, limited)
	}
}

func stop(t *testing.T, s scene) {
	_, a := s.ask(t, question{model: "demo", text: "one two halt three", stop: "halt"})
	if want := "You said: one two "; a.text != want {
		t.Errorf("text = %q, want %q", a.text, want)
	}
	if a.finish != finished && a.finish != stopped {
		t.Errorf("finish = %q, want %q or %q", a.finish, finished, stopped)
	}
}

// thinkers are models that think, and what they want to see again when tools have answered: a model that
// signs its thoughts refuses the turn, or thinks worse, without it.
var thinkers = map[string]struct{ model, again string }{
	"openai.chat":        {"demo-think", ""}, // has no signatures
	"openai.responses":   {"demo-think", `"encrypted_content":"`},
	"anthropic.messages": {"claude-sonnet-4-5-think", `"signature":"`},
	"gemini.generate":    {"gemini-3-pro-think", `"thoughtSignature":"`},
	"ollama.chat":        {"demo-think", ""}, // has no signatures
}

func thinking(t *testing.T, s scene) {
	loop(t, s)
	s.wantSigned(t)
}

// wantSigned: the model saw again what it had signed.
func (s scene) wantSigned(t *testing.T) {
	t.Helper()
	again, seen := thinkers[s.upstream].again, s.gateway.Seen(t, s.upstream)
	if !strings.Contains(seen, again) || strings.Contains(seen, "skip_thought_signature_validator") {
		t.Errorf("the model did not see its %s again: %s", again, seen)
	}
}

// loop is two turns with a model that thinks and calls tools.
func loop(t *testing.T, s scene) {
	t.Helper()
	const user = "get_weather and get_time"
	c, a := s.ask(t, question{model: thinkers[s.upstream].model, text: user, tools: weatherTools, think: true})
	if want := "Thinking about it."; a.thoughts != want {
		t.Errorf("thoughts = %q, want %q", a.thoughts, want)
	}
	s.wantCalls(t, a, user)
	c.result(a.calls[0], output{text: "rain"})
	c.result(a.calls[1], output{text: "noon"})
	a = s.next(t, c)
	wantResults(t, a, "rain", "noon")
}

// refusal is of an upstream that answers a status.
func refusal(status int) func(*testing.T, scene) {
	return func(t *testing.T, s scene) {
		_, err := s.begin(question{model: fmt.Sprint("demo-error-", status), text: "hello", streamed: s.streamed}).next(context.Background())
		got := s.fault(err)
		if got == nil {
			t.Fatalf("error = %v, want one of the SDK's", err)
		}
		if want := s.kinds[status]; got.status != status || got.kind != want.kind {
			t.Errorf("error = %d %q, want %d %q", got.status, got.kind, status, want.kind)
		}
		if !strings.Contains(got.message, "always refuses") {
			t.Errorf("message = %q, want the provider's", got.message)
		}
	}
}

// breaks is of a model that breaks in the middle: its answer must not look like a whole one.
func breaks(model string) func(*testing.T, scene) {
	return func(t *testing.T, s scene) {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		a, err := s.begin(question{model: model, text: "one two three four", streamed: true}).next(ctx)
		if err == nil {
			t.Fatalf("the answer looks whole: %+v", a)
		}
		if errors.Is(err, errUnfinished) || ctx.Err() != nil {
			t.Errorf("error = %v, want one that the stream told", err)
		}
	}
}
