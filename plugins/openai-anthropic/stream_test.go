package openaianthropic

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/longmen-gateway/longmen/plugins/codec/codectest"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// play streams the events and returns what goes to the client.
func play(t testing.TB, p *longmentest.Plugin, client string, events []string) []longmentest.Event {
	t.Helper()
	if r := p.Request(client); r.Err != nil || r.Rejection != nil {
		t.Fatalf("request: %v %v", r.Err, r.Rejection)
	}
	return append(feed(t, p.Exchange, events), endOf(t, p.Exchange)...)
}

func feed(t testing.TB, x *longmentest.Exchange, events []string) (out []longmentest.Event) {
	t.Helper()
	for _, e := range events {
		r := x.NamedEvent(codectest.SplitEvent(e))
		if r.Err != nil || r.Rejection != nil {
			t.Fatalf("event %s: %v %v", e, r.Err, r.Rejection)
		}
		out = append(out, r.Events...)
	}
	return out
}

func endOf(t testing.TB, x *longmentest.Exchange) []longmentest.Event {
	t.Helper()
	r := x.EndOfStream()
	if r.Err != nil || r.Rejection != nil {
		t.Fatalf("end: %v %v", r.Err, r.Rejection)
	}
	return r.Events
}

// A way is one direction with what its clients read and how its streams are cut.
type way struct {
	codec *codectest.Codec
	read  func(t testing.TB, events []longmentest.Event, ended bool) any
	cut   func(event map[string]any) []map[string]any
	other string   // another request, whose stream runs in between
	noise []string // its events
}

var ways = map[string]way{
	"to anthropic": {
		codec: &toAnthropic,
		read:  func(t testing.TB, e []longmentest.Event, ended bool) any { return readChunks(t, e, ended) },
		cut:   cutEvent,
		other: `{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"other name"}}],"stream_options":{"include_usage":true}}`,
		noise: []string{
			`{"type":"message_start","message":{"id":"other","model":"other","usage":{"input_tokens":99}}}`,
			`{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}`,
			`{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"noise"}}`,
			`{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"noise"}}`,
			`{"type":"content_block_stop","index":0}`,
			`{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"noise","name":"other_name","input":{}}}`,
			`{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"noise\""}}`,
		},
	},
	"to openai": {
		codec: &toOpenAI,
		read:  func(t testing.TB, e []longmentest.Event, ended bool) any { return readEvents(t, e, ended) },
		cut:   cutChunk,
		other: `{"max_tokens":5,"messages":[{"role":"user","content":"x"}],"tools":[{"name":"other name"}]}`,
		noise: []string{
			`{"id":"other","model":"other","choices":[{"index":0,"delta":{"reasoning_content":"noise"}}]}`,
			`{"id":"other","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"n1","function":{"name":"other_name","arguments":"{\"noise"}},{"index":1,"id":"n2","function":{"name":"other_name","arguments":"{}"}}]}}]}`,
			`{"id":"other","choices":[{"index":0,"delta":{"content":"noise"}}]}`,
		},
	},
}

// TestStreams reads every stream of the goldens as strictly as a client can.
func TestStreams(t *testing.T) {
	for name, w := range ways {
		t.Run(name, func(t *testing.T) {
			w.codec.Streams(t, func(t *testing.T, g *codectest.Case, events []string) {
				w.read(t, play(t, g.Open(t), g.Client(), events), true)
			})
		})
	}
}

// TestStreamCuts replays every stream with its texts and arguments in as many events as there can be.
func TestStreamCuts(t *testing.T) {
	for name, w := range ways {
		t.Run(name, func(t *testing.T) {
			w.codec.Streams(t, func(t *testing.T, g *codectest.Case, events []string) {
				want := w.read(t, play(t, g.Open(t), g.Client(), events), true)
				got := w.read(t, play(t, g.Open(t), g.Client(), w.pieces(t, events)), true)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("what the client reads (-whole +cut):\n%s", diff)
				}
			})
		})
	}
}

func (w *way) pieces(t testing.TB, events []string) (cut []string) {
	t.Helper()
	for _, e := range events {
		var v map[string]any
		if err := json.Unmarshal([]byte(e), &v); err != nil {
			t.Fatal(err)
		}
		for _, piece := range w.cut(v) {
			b, err := json.Marshal(piece)
			if err != nil {
				t.Fatal(err)
			}
			cut = append(cut, string(b))
		}
	}
	return cut
}

// cutEvent gives each character of a delta an event of its own.
func cutEvent(event map[string]any) (all []map[string]any) {
	delta, _ := event["delta"].(map[string]any)
	for _, member := range []string{"text", "thinking", "partial_json"} {
		text, _ := delta[member].(string)
		for _, r := range text {
			all = append(all, with(event, "delta", with(delta, member, string(r))))
		}
	}
	if len(all) == 0 {
		all = append(all, event)
	}
	return all
}

// cutChunk gives each member of a delta, and each character of a text or of arguments, a chunk of its
// own; the end comes with the last.
func cutChunk(event map[string]any) (all []map[string]any) {
	choices, _ := event["choices"].([]any)
	if len(choices) != 1 {
		return []map[string]any{event}
	}
	choice := choices[0].(map[string]any)
	delta, _ := choice["delta"].(map[string]any)
	add := func(delta any) {
		c := map[string]any{"delta": delta}
		if i, ok := choice["index"]; ok {
			c["index"] = i
		}
		chunk := with(event, "choices", []any{c})
		delete(chunk, "usage")
		all = append(all, chunk)
	}
	for _, member := range []string{"role", "reasoning_content", "reasoning", "thinking_blocks", "extra_content", "content", "refusal"} {
		switch v := delta[member].(type) {
		case nil:
		case string:
			for _, r := range v {
				add(map[string]any{member: string(r)})
			}
		default:
			add(map[string]any{member: v})
		}
	}
	calls, _ := delta["tool_calls"].([]any)
	for _, v := range calls {
		call := v.(map[string]any)
		function := call["function"].(map[string]any)
		arguments, ok := function["arguments"].(string)
		if !ok {
			add(map[string]any{"tool_calls": []any{call}})
			continue
		}
		head := with(function, "arguments", "")
		add(map[string]any{"tool_calls": []any{with(call, "function", head)}})
		for _, r := range arguments {
			piece := map[string]any{"function": map[string]any{"arguments": string(r)}}
			if i, ok := call["index"]; ok {
				piece["index"] = i
			}
			add(map[string]any{"tool_calls": []any{piece}})
		}
	}
	if v, ok := delta["function_call"]; ok {
		add(map[string]any{"function_call": v})
	}
	return append(all, with(event, "choices", []any{with(choice, "delta", map[string]any{})}))
}

func with(v map[string]any, member string, value any) map[string]any {
	c := map[string]any{}
	for k, m := range v {
		c[k] = m
	}
	c[member] = value
	return c
}

// TestStreamsInterleaved lets one instance serve two streams event by event: what belongs to a stream
// must not stay in the instance.
func TestStreamsInterleaved(t *testing.T) {
	for name, w := range ways {
		t.Run(name, func(t *testing.T) {
			w.codec.Streams(t, func(t *testing.T, g *codectest.Case, events []string) {
				want := w.read(t, play(t, g.Open(t), g.Client(), events), true)
				p := g.Open(t)
				x := codectest.NewExchange(p)
				x.Attributes["upstream.model"] = "other"
				p.Request(g.Client())
				x.Request(w.other)
				var got []longmentest.Event
				for i, e := range events {
					got = append(got, feed(t, p.Exchange, []string{e})...)
					feed(t, x, w.noise[i%len(w.noise):][:1])
				}
				got = append(got, endOf(t, p.Exchange)...)
				if diff := cmp.Diff(want, w.read(t, got, true)); diff != "" {
					t.Errorf("what the client reads (-alone +interleaved):\n%s", diff)
				}
			})
		})
	}
}

// TestRetry translates for one provider and then, in the same exchange, for another.
func TestRetry(t *testing.T) {
	for name, w := range ways {
		t.Run(name, func(t *testing.T) {
			w.codec.Streams(t, func(t *testing.T, g *codectest.Case, events []string) {
				want := w.read(t, play(t, g.Open(t), g.Client(), events), true)
				p := g.Open(t)
				p.Request(w.other)
				feed(t, p.Exchange, w.noise)
				if diff := cmp.Diff(want, w.read(t, play(t, p, g.Client(), events), true)); diff != "" {
					t.Errorf("the second attempt (-first +second):\n%s", diff)
				}
			})
		})
	}
}

// TestStreamsMutated changes two events of every stream: what comes out is a stream that a client can read,
// perhaps cut off by a 502.
func TestStreamsMutated(t *testing.T) {
	for name, w := range ways {
		t.Run(name, func(t *testing.T) {
			w.codec.Streams(t, func(t *testing.T, g *codectest.Case, events []string) {
				for seed := range uint64(40) {
					p := g.Open(t)
					p.Request(g.Client())
					w.read(t, mutated(t, p.Exchange, events, seed), false)
				}
			})
		})
	}
}

func mutated(t *testing.T, x *longmentest.Exchange, events []string, seed uint64) (out []longmentest.Event) {
	t.Helper()
	at := int(seed % uint64(len(events)))
	for i, e := range events {
		if i == at || i == (at*7+3)%len(events) {
			codectest.Mutants(e, seed+uint64(i), func(mutant string) { e = mutant })
		}
		r := x.NamedEvent(codectest.SplitEvent(e))
		if out = append(out, r.Events...); r.Err != nil {
			t.Fatalf("seed %d: event %s: %v", seed, e, r.Err)
		}
		if r.Rejection != nil {
			if r.Rejection.Status != 502 {
				t.Errorf("seed %d: event %s: %+v: want a 502", seed, e, *r.Rejection)
			}
			return out
		}
	}
	r := x.EndOfStream()
	if r.Err != nil {
		t.Fatalf("seed %d: end: %v", seed, r.Err)
	}
	return append(out, r.Events...)
}
