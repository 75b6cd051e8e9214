package gateway

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
)

// TestDoneMark: servers that are compatible with several dialects end the streams of all with OpenAI's mark.
func TestDoneMark(t *testing.T) {
	for _, rec := range recordings(t) {
		said := clientOf(rec.speaks).decode(rec.stream).said
		if rec.speaks == "openai.chat" || rec.speaks == "ollama.chat" || said.Finish == "error" {
			continue
		}
		stream := strings.TrimRight(rec.stream, "\r\n") + "\n\ndata: [DONE]\n\n"
		for _, c := range clients {
			u := &upstream{answer: func(int, *http.Request, string) *http.Response { return wire(rec.speaks, stream) }}
			g, _ := gatewayOf(t, upstreamOf(t, "up", rec.speaks, u), named(t, "redact", ""))
			w := post(g, c.path, conversation(c.dialect))
			d := c.decode(w.Body.String())
			if lost := said.lost(d.said, rec.speaks, c.dialect); lost != "" {
				t.Errorf("%s to %s: %s", rec.name, c.name, lost)
			}
			if strings.Contains(w.Body.String(), "[DONE]") != (c.dialect == "openai.chat") {
				t.Errorf("%s to %s ends with %q", rec.name, c.name, w.Body.String()[max(0, w.Body.Len()-80):])
			}
		}
	}
}

// TestUnaskedCounts: a client of chat completions that does not ask for counts gets none in its stream, and the
// account has them all the same.
func TestUnaskedCounts(t *testing.T) {
	for _, rec := range recordings(t) {
		said := clientOf(rec.speaks).decode(rec.stream).said
		if rec.speaks == "openai.chat" || said.Finish == "error" {
			continue
		}
		for _, options := range []string{``, `"stream_options":null,`, `"stream_options":{},`, `"stream_options":{"include_usage":false},`} {
			u := &upstream{answer: func(int, *http.Request, string) *http.Response { return wire(rec.speaks, rec.stream) }}
			g, accounts := gatewayOf(t, upstreamOf(t, "up", rec.speaks, u))
			w := post(g, chatPath, `{"model":"m",`+options+`"stream":true,"messages":[{"role":"user","content":"hi"}]}`)
			d := clientOf("openai.chat").decode(w.Body.String())
			if strings.Contains(w.Body.String(), `"total_tokens"`) || len(d.wrong) > 0 {
				t.Errorf("%s %s: %s\n%s", rec.name, options, strings.Join(d.wrong, "\n"), w.Body)
			}
			if (*accounts)[0].Tokens.Completion == 0 {
				t.Errorf("%s: counted %+v", rec.name, (*accounts)[0].Tokens)
			}
		}
	}
}

// TestReplays: an answer that a plugin kept is played again in the client's dialect, streamed and whole, whichever
// provider gave it.
func TestReplays(t *testing.T) {
	for _, c := range clients {
		for _, speaks := range dialects {
			for _, stream := range []bool{true, false} {
				if !stream && c.array {
					continue
				}
				name := c.name + " of " + speaks
				if stream {
					name += " streamed"
				}
				t.Run(name, func(t *testing.T) {
					kept := streamOf(t, speaks)
					if speaks == "ollama.chat" { // what was cut off at its length is not kept for all clients
						kept = strings.Replace(kept, `"length"`, `"stop"`, 1)
					}
					u := &upstream{answer: func(n int, _ *http.Request, _ string) *http.Response {
						if n > 0 {
							return answered(500, "application/json", strings.NewReader(`{}`))
						}
						if stream {
							return wire(speaks, kept)
						}
						return whole(callAnswer[speaks])
					}}
					g, _ := gatewayOf(t, upstreamOf(t, "up", speaks, u), named(t, "answers", `{}`))
					path := c.path
					if !stream {
						path = pathOf(c.dialect, false)
					}
					ask := strings.Replace(conversationOf(c.dialect, stream), mail, fmt.Sprint("a question of ", name, rand.Int64()), 1) // the store outlives the test
					first := post(g, path, ask)
					again := post(g, path, ask)
					if first.Code != 200 || again.Code != 200 || len(u.asked) != 1 {
						t.Fatalf("%d, then %d %s, asked %d times", first.Code, again.Code, again.Body, len(u.asked))
					}
					if stream {
						one, two := c.decode(first.Body.String()), c.decode(again.Body.String())
						if one.String() != two.String() || len(two.wrong) > 0 && speaks != c.dialect {
							t.Errorf("%s\n%s", diff(two.String(), one.String()), again.Body)
						}
						return
					}
					one, two := readAnswer(c.dialect, first.Body.String()), readAnswer(c.dialect, again.Body.String())
					if one.String() != two.String() || literal(one.said) != literal(two.said) {
						t.Errorf("%s\n%s", two.said, one.said)
					}
				})
			}
		}
	}
}
