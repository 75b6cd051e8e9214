package gateway

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// TestOddStreams: whatever a provider leaves out of a stream, says twice or says as null, clients of other
// dialects get a stream that keeps their dialect's rules, or an error that does. Nothing of it is a plugin's
// failure.
func TestOddStreams(t *testing.T) {
	for _, rec := range recordings(t) {
		events, err := clientOf(rec.speaks).frames(rec.stream)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range clients {
			if c.dialect == rec.speaks {
				continue
			}
			t.Run(rec.name+" to "+c.name, func(t *testing.T) {
				t.Parallel()
				u := &upstream{}
				g, accounts := gatewayOf(t, upstreamOf(t, "up", rec.speaks, u))
				request := conversation(c.dialect)
				n := 0
				for name, odd := range oddities(events, rec.speaks == "openai.responses") {
					if n++; (raceEnabled || testing.Short()) && n%29 != 0 {
						continue
					}
					stream := join(t, rec.speaks, odd)
					u.asked, u.seen = nil, nil
					u.answer = func(int, *http.Request, string) *http.Response { return wire(rec.speaks, stream) }
					*accounts = (*accounts)[:0]
					w := post(g, c.path, request)
					if got := (*accounts)[0].Outcome; got != usage.OK && got != usage.UpstreamError {
						t.Fatalf("%s: outcome %s, %d\n%s\nof\n%s", name, got, w.Code, w.Body, stream)
					}
					if w.Code != 200 {
						if _, message := refusalIn(t, c.dialect, w.Body.String()); message == "" {
							t.Fatalf("%s: %d %s\nof\n%s", name, w.Code, w.Body, stream)
						}
						continue
					}
					d := c.decode(w.Body.String())
					if wrong := d.beside(name); len(wrong) > 0 {
						t.Fatalf("%s breaks the rules:\n%s\n%s\nof\n%s", name, strings.Join(wrong, "\n"), w.Body, stream)
					}
				}
			})
		}
	}
}

// beside is what is wrong beside what cannot be helped: what a provider never said.
func (d *decoded) beside(name string) []string {
	var out []string
	for _, w := range d.wrong {
		lacks := strings.HasPrefix(w, "arguments of ") || strings.HasPrefix(w, "counts do not add up") || strings.HasPrefix(w, "a call without a name") || strings.HasPrefix(w, "ends for tool calls without any")
		if !lacks {
			out = append(out, w)
		}
	}
	return out
}

// oddities are streams with one event missing, doubled, or with a null in it.
func oddities(events []frame, typed bool) func(yield func(string, []frame) bool) {
	return func(yield func(string, []frame) bool) {
		with := func(i int, in ...frame) []frame {
			return append(append(append([]frame{}, events[:i]...), in...), events[i+1:]...)
		}
		for i, e := range events {
			if !yield(fmt.Sprintf("event %d missing", i), with(i)) || !yield(fmt.Sprintf("event %d twice", i), with(i, e, e)) {
				return
			}
			var v any
			if json.Unmarshal([]byte(e.data), &v) != nil {
				continue
			}
			ok := true
			nulls(v, "", func(path string) {
				if ok && !(typed && path == ".sequence_number") {
					b, _ := json.Marshal(v)
					ok = yield(fmt.Sprintf("event %d with null at %s", i, path), with(i, frame{e.name, string(b)}))
				}
			})
			if !ok {
				return
			}
		}
	}
}

// nulls calls f with each member below v set to null, one after another.
func nulls(v any, path string, f func(path string)) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			inside := v[name]
			v[name] = nil
			f(path + "." + name)
			v[name] = inside
			nulls(inside, path+"."+name, f)
		}
	case []any:
		for i, inside := range v {
			v[i] = nil
			f(fmt.Sprintf("%s[%d]", path, i))
			v[i] = inside
			nulls(inside, fmt.Sprintf("%s[%d]", path, i), f)
		}
	}
}

// TestOddRequests: whatever stands in the place of a member, a client gets an answer, or an error that tells what
// is wrong with its request; and no provider is asked for results without calls.
func TestOddRequests(t *testing.T) {
	pairs(t, func(t *testing.T, client, speaks string) {
		if client == speaks {
			return
		}
		t.Parallel()
		u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(wordAnswer[speaks]) }}
		p := upstreamOf(t, "up", speaks, u)
		g, accounts := gatewayOf(t, p)
		only(t, g, p, upstreamModel[speaks])
		var v any
		if err := json.Unmarshal([]byte(askOf(toolAsk[client], false)), &v); err != nil {
			t.Fatal(err)
		}
		n := 0
		replaced(v, "", func(path string) {
			if n++; (raceEnabled || testing.Short()) && n%29 != 0 {
				return
			}
			b, _ := json.Marshal(v)
			u.asked, u.seen, *accounts = nil, nil, (*accounts)[:0]
			w := post(g, pathOf(client, false), string(b))
			if got := (*accounts)[0].Outcome; got != usage.OK && got != usage.ClientError && got != usage.Rejected {
				t.Errorf("%s: outcome %s, %d %s", path, got, w.Code, w.Body)
			}
			if w.Code != 200 {
				if _, message := refusalIn(t, client, w.Body.String()); w.Code != 400 || message == "" || len(u.asked) > 0 {
					t.Errorf("%s: %d %s, asked %d times", path, w.Code, w.Body, len(u.asked))
				}
				return
			}
			// OpenAI's own servers know best what they take.
			alike := strings.HasPrefix(client, "openai") && strings.HasPrefix(speaks, "openai")
			if asked := readAsk(speaks, u.asked[0]); !json.Valid([]byte(u.asked[0])) || strings.Contains(asked, "a result without call") && !alike {
				t.Errorf("%s: asked\n%s\nsent %s", path, asked, u.asked[0])
			}
		})
	})
}

// TestOddAnswers: the same of whole answers.
func TestOddAnswers(t *testing.T) {
	pairs(t, func(t *testing.T, client, speaks string) {
		if client == speaks {
			return
		}
		t.Parallel()
		for _, answer := range []string{wordAnswer[speaks], callAnswer[speaks]} {
			u := &upstream{}
			p := upstreamOf(t, "up", speaks, u)
			g, accounts := gatewayOf(t, p)
			only(t, g, p, upstreamModel[speaks])
			var v any
			if err := json.Unmarshal([]byte(answer), &v); err != nil {
				t.Fatal(err)
			}
			n := 0
			replaced(v, "", func(path string) {
				if n++; (raceEnabled || testing.Short()) && n%29 != 0 {
					return
				}
				b, _ := json.Marshal(v)
				u.asked, u.seen, *accounts = nil, nil, (*accounts)[:0]
				u.answer = func(int, *http.Request, string) *http.Response { return whole(string(b)) }
				w := post(g, pathOf(client, false), askOf(toolAsk[client], false))
				if got := (*accounts)[0].Outcome; got != usage.OK && got != usage.UpstreamError && (got != usage.ClientError || !strings.Contains(path, "error")) {
					t.Errorf("%s: outcome %s, %d %s", path, got, w.Code, w.Body)
				}
				if w.Code != 200 {
					if _, message := refusalIn(t, client, w.Body.String()); message == "" {
						t.Errorf("%s: %d %s", path, w.Code, w.Body)
					}
					return
				}
				if wrong := readAnswer(client, w.Body.String()).beside(path); len(wrong) > 0 {
					t.Errorf("%s breaks the rules:\n%s\n%s\nof %s", path, strings.Join(wrong, "\n"), w.Body, b)
				}
			})
		}
	})
}

// replaced calls f with each member below v replaced by something of every kind, one after another.
func replaced(v any, path string, f func(path string)) {
	others := []any{nil, 7.0, "x", "", []any{}, map[string]any{}, true, []any{nil}}
	each := func(put func(any), inside any, path string) {
		for _, other := range others {
			put(other)
			f(fmt.Sprintf("%s = %s", path, literal(other)))
		}
		put(inside)
		replaced(inside, path, f)
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			inside := v[name]
			each(func(x any) { v[name] = x }, inside, path+"."+name)
		}
	case []any:
		for i, inside := range v {
			each(func(x any) { v[i] = x }, inside, fmt.Sprintf("%s[%d]", path, i))
		}
	}
}
