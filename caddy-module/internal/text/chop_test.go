package text

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
)

// recording is a stream of a dialect, and how its text is taken out and put back in other pieces.
type recording struct {
	dialect string
	file    string
	ops     func(testing.TB, [][]byte) []op
	render  func([]op, *rand.Rand) [][]byte
}

var recordings = []recording{
	{"openai.chat", "openai.jsonl", openAIOps, always(openAIRender)},
	{"gemini.generate", "gemini.jsonl", geminiOps, func(ops []op, r *rand.Rand) [][]byte {
		return geminiRender(ops, func() bool { return r != nil && r.IntN(3) == 0 })
	}},
	{"anthropic.messages", "anthropic-text.jsonl", anthropicOps, always(anthropicRender)},
	{"anthropic.messages", "anthropic-tools.jsonl", anthropicOps, always(anthropicRender)},
	{"anthropic.messages", "anthropic-search.jsonl", anthropicOps, always(anthropicRender)},
	{"openai.responses", "responses-text.jsonl", responsesOps, always(responsesRender)},
	{"openai.responses", "responses-tools.jsonl", responsesOps, always(responsesRender)},
	{"openai.responses", "responses-incomplete.jsonl", responsesOps, always(responsesRender)},
	{"ollama.chat", "ollama-tools.jsonl", ollamaOps, always(ollamaRender)},
	{"openai.completions", "completions.jsonl", completionsOps, always(completionsRender)},
}

func always(render func([]op) [][]byte) func([]op, *rand.Rand) [][]byte {
	return func(ops []op, _ *rand.Rand) [][]byte { return render(ops) }
}

func must(t testing.TB, name string) *dialect.Dialect {
	t.Helper()
	d, ok := dialect.Get(name)
	if !ok {
		t.Fatalf("no dialect %s", name)
	}
	return d
}

// restored is what a client has to understand of ops behind the restoring plugin.
func restored(t testing.TB, ops []op) map[string]string {
	t.Helper()
	ops = slices.Clone(ops)
	texts := map[string]*op{} // a channel's whole text, at its first piece
	for i := range ops {
		o := &ops[i]
		if o.what == "whole" {
			o.raw = restoreJSON(t, o.raw)
		}
		if !o.isText() {
			continue
		}
		key := fmt.Sprint(o.choice, o.what, o.call)
		if first := texts[key]; first != nil {
			first.text += o.text
			o.text = ""
		} else {
			texts[key] = o
		}
	}
	for _, o := range texts {
		if o.what == "args" {
			raw := o.text
			o.text = restoreArgs(raw)
			var got any
			if err := json.Unmarshal([]byte(o.text), &got); err != nil {
				t.Fatalf("restored arguments are not JSON: %v\n%s", err, o.text)
			}
			again, _ := json.Marshal(got)
			if want := restoreJSON(t, []byte(raw)); string(again) != string(want) {
				t.Fatalf("restored arguments mean %s, want %s", again, want)
			}
		} else {
			o.text = restorer.Replace(o.text)
		}
	}
	return told(ops)
}

// restoreArgs replaces literals in the strings of a JSON text and leaves all else as it is. Literals are
// written plainly or with \u003c and \u003e.
func restoreArgs(raw string) string {
	var x lexer
	tokens, _ := x.feed(nil, []byte(raw), &paths{})
	var out []byte
	for _, tok := range tokens {
		part := raw[tok.start:tok.end]
		if !tok.text {
			out = append(out, part...)
			continue
		}
		segs := []Segment{{Text: appendUnescaped(nil, []byte(part))}}
		var reply Reply
		restore(segs, &reply)
		out = appendRawEdited(out, []byte(part), reply.Edits)
	}
	return string(out)
}

func restoreJSON(t testing.TB, raw []byte) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	var walk func(any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case string:
			return restorer.Replace(v)
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
		case map[string]any:
			for k := range v {
				v[k] = walk(v[k])
			}
		}
		return v
	}
	b, _ := json.Marshal(walk(v))
	return b
}

// normal makes JSON of whole arguments comparable.
func normal(t testing.TB, ops []op) []op {
	for i := range ops {
		if o := &ops[i]; o.what == "whole" {
			var v any
			if err := json.Unmarshal(o.raw, &v); err != nil {
				t.Fatal(err)
			}
			o.raw, _ = json.Marshal(v)
		}
	}
	return ops
}

func (rec *recording) check(t *testing.T, d *dialect.Dialect, events [][]byte, want map[string]string) {
	t.Helper()
	got := told(normal(t, rec.ops(t, replay(t, d, events, restore))))
	if diff := cmp.Diff(want, got); diff != "" {
		for _, e := range events {
			t.Logf("%s", e)
		}
		t.Fatalf("the client's view differs (-want +got):\n%s", diff)
	}
}

func TestRecordingIsRestored(t *testing.T) {
	for _, rec := range recordings {
		t.Run(rec.file, func(t *testing.T) {
			events := fixture(t, rec.file)
			ops := rec.ops(t, events)
			want := restored(t, ops)
			for key, text := range want {
				for _, l := range literals {
					if key[2:] != "order" && text == "" || strings.Contains(text, l) {
						t.Fatalf("%s: the expectation still has %s: %q", key, l, text)
					}
				}
			}
			rec.check(t, must(t, rec.dialect), events, want)
		})
	}
}

// TestChop cuts the recordings' text at every offset: the client must not see the difference.
func TestChop(t *testing.T) {
	for _, rec := range recordings {
		t.Run(rec.file, func(t *testing.T) {
			d := must(t, rec.dialect)
			ops := join(rec.ops(t, fixture(t, rec.file)))
			want := restored(t, ops)
			rec.check(t, d, rec.render(ops, nil), want)
			cuts := 0
			for i := range ops {
				for at := range ops[i].text {
					if at == 0 {
						continue
					}
					if cuts++; cuts%cutEvery != 0 {
						continue
					}
					left, right := ops[i], ops[i]
					left.text, right.text = ops[i].text[:at], ops[i].text[at:]
					cut := slices.Concat(ops[:i], []op{left, right}, ops[i+1:])
					rec.check(t, d, rec.render(cut, nil), want)
				}
			}
			t.Logf("%d cuts", cuts)
		})
	}
}

// TestChopMany cuts the recordings' text at many random offsets at once, and interleaves calls and choices anew.
func TestChopMany(t *testing.T) {
	for _, rec := range recordings {
		t.Run(rec.file, func(t *testing.T) {
			d := must(t, rec.dialect)
			ops := join(rec.ops(t, fixture(t, rec.file)))
			want := restored(t, ops)
			for seed := range cutsRounds {
				r := rand.New(rand.NewPCG(uint64(seed), 7))
				cut := shuffle(shred(ops, r, 1+seed%24), r)
				rec.check(t, d, rec.render(cut, r), want)
			}
		})
	}
}

// shred cuts texts into pieces of one to size characters.
func shred(ops []op, r *rand.Rand, size int) (out []op) {
	for _, o := range ops {
		for o.isText() && o.text != "" {
			end, n := 0, 1+r.IntN(size)
			for ; n > 0 && end < len(o.text); n-- {
				_, w := utf8.DecodeRuneInString(o.text[end:])
				end += w
			}
			part := o
			part.text, o.text = o.text[:end], o.text[end:]
			out = append(out, part)
		}
		if !o.isText() {
			out = append(out, o)
		}
	}
	return out
}

// shuffle interleaves what has no order: choices, and the arguments of parallel calls.
func shuffle(ops []op, r *rand.Rand) []op {
	ops = slices.Clone(ops)
	for range len(ops) * 8 {
		i := r.IntN(len(ops) - 1)
		x, y := &ops[i], &ops[i+1]
		free := x.choice != y.choice && x.choice >= 0 && y.choice >= 0 ||
			x.what == "args" && y.what == "args" && x.call != y.call
		if free {
			*x, *y = *y, *x
		}
	}
	return ops
}
