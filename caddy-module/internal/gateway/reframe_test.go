package gateway

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

// TestFramings: a stream comes in the framing that the client's dialect has, whatever the provider's is.
func TestFramings(t *testing.T) {
	for _, rec := range recordings(t) {
		if strings.Contains(rec.name, "error") || strings.Contains(rec.name, "failed") {
			continue
		}
		for _, c := range clients {
			u := &upstream{answer: func(int, *http.Request, string) *http.Response { return wire(rec.speaks, rec.stream) }}
			g, _ := gatewayOf(t, upstreamOf(t, "up", rec.speaks, u))
			w := post(g, c.path, conversation(c.dialect))
			want := "text/event-stream"
			switch {
			case c.array:
				want = "application/json"
			case c.dialect == "ollama.chat":
				want = "application/x-ndjson"
			}
			if got, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";"); got != want {
				t.Errorf("%s to %s: content type %s, want %s", rec.name, c.name, got, want)
			}
			if _, err := c.frames(w.Body.String()); err != nil {
				t.Errorf("%s to %s: %v", rec.name, c.name, err)
			}
			if c.array {
				if got := u.seen[0].URL.RawQuery; rec.speaks == "gemini.generate" && got != "alt=sse" {
					t.Errorf("the provider was asked with %q", got)
				}
			}
		}
	}
}

// TestArrayElements: every element leaves at once, behind what came before it, and the array is closed.
func TestArrayElements(t *testing.T) {
	element := func(text string) string {
		return `{"candidates":[{"content":{"parts":[{"text":"` + text + `"}],"role":"model"},"index":0}],"modelVersion":"g","responseId":"r"}`
	}
	last := `{"candidates":[{"finishReason":"STOP","index":0}],"usageMetadata":{"totalTokenCount":1},"modelVersion":"g","responseId":"r"}`
	body, upstreamSide := io.Pipe()
	u := &upstream{answer: func(int, *http.Request, string) *http.Response { return answered(200, "text/event-stream", body) }}
	g, _ := gatewayOf(t, upstreamOf(t, "up", "gemini.generate", u))
	w := &arrivals{h: http.Header{}, came: make(chan string)}
	done := make(chan struct{})
	go func() {
		r, _ := http.NewRequest("POST", "/v1beta/models/m:streamGenerateContent", strings.NewReader(strings.Replace(simpleAsk["gemini.generate"], "$", "", 1)))
		g.ServeHTTP(w, r)
		close(done)
	}()
	for i, data := range []string{element("a"), element("b"), last} {
		go io.WriteString(upstreamSide, "data: "+data+"\r\n\r\n")
		got := strings.Trim(<-w.came, "[],\n ")
		if got != data {
			t.Errorf("element %d is %q, want %q", i, got, data)
		}
	}
	upstreamSide.Close()
	for tail := ""; ; {
		select {
		case piece := <-w.came:
			tail += piece
			continue
		case <-done:
		}
		if strings.TrimSpace(tail) != "]" {
			t.Errorf("ends with %q", tail)
		}
		break
	}
}

// arrivals is a client that tells what came with each flush.
type arrivals struct {
	h    http.Header
	b    []byte
	came chan string
}

func (a *arrivals) Header() http.Header         { return a.h }
func (a *arrivals) Write(b []byte) (int, error) { a.b = append(a.b, b...); return len(b), nil }
func (a *arrivals) WriteHeader(int)             {}
func (a *arrivals) Flush() {
	if len(a.b) > 0 {
		a.came <- string(a.b)
		a.b = a.b[:0]
	}
}

// TestOllamaDefault: a client of Ollama's that does not say otherwise wants a stream, of its own provider and of
// others, and one that says so does not.
func TestOllamaDefault(t *testing.T) {
	for _, speaks := range dialects {
		for members, streams := range map[string]bool{``: true, `"stream":true,`: true, `"stream":null,`: true, `"stream":false,`: false} {
			u := &upstream{answer: func(int, *http.Request, string) *http.Response {
				if streams {
					return wire(speaks, streamOf(t, speaks))
				}
				return whole(wordAnswer[speaks])
			}}
			g, accounts := gatewayOf(t, upstreamOf(t, "up", speaks, u))
			w := post(g, "/api/chat", `{`+members+`"model":"m","messages":[{"role":"user","content":"hi"}]}`)
			lines := strings.Count(w.Body.String(), "\n")
			if w.Code != 200 || streams != (lines > 1) {
				t.Errorf("%s %s: %d, %d lines", speaks, members, w.Code, lines)
			}
			var sent map[string]any
			_ = json.Unmarshal([]byte(u.asked[0]), &sent)
			asked := sent["stream"] == true
			switch speaks {
			case "gemini.generate":
				asked = strings.Contains(u.seen[0].URL.Path, "stream")
			case "ollama.chat":
				asked = sent["stream"] != false
			}
			if asked != streams {
				t.Errorf("%s %s: sent %s", speaks, members, u.asked[0])
			}
			if speaks != "ollama.chat" && (*accounts)[0].Stream != streams {
				t.Errorf("%s %s: accounted as stream %t", speaks, members, (*accounts)[0].Stream)
			}
		}
	}
}

// TestRenumbered: the events of a Responses stream are numbered without gaps, however many come out of one.
func TestRenumbered(t *testing.T) {
	for _, rec := range recordings(t) {
		if rec.speaks != "openai.responses" {
			continue
		}
		held := 0
		slow := (&scripted{text: func(_ *wasm.Frame, phase uint8, segs []text.Segment, r *text.Reply) error {
			for i := range segs {
				if phase == abi.PhaseAnswer && segs[i].Flags&abi.SegmentFinal == 0 && len(segs[i].Text) > 3 {
					held++
					r.Holds = append(r.Holds, text.Hold{Segment: uint32(i), Bytes: 1})
				}
			}
			return nil
		}}).plugin("slow")
		u := &upstream{answer: func(int, *http.Request, string) *http.Response { return wire(rec.speaks, rec.stream) }}
		g, _ := gatewayOf(t, upstreamOf(t, "up", rec.speaks, u), slow)
		w := post(g, "/v1/responses", conversation(rec.speaks))
		d := clientOf(rec.speaks).decode(w.Body.String())
		if len(d.wrong) > 0 {
			t.Errorf("%s: %s", rec.name, strings.Join(d.wrong, "\n"))
		}
		if held == 0 {
			t.Errorf("%s: nothing was held", rec.name)
		}
		if lost := clientOf(rec.speaks).decode(rec.stream).said.lost(d.said, rec.speaks, rec.speaks); lost != "" {
			t.Errorf("%s: %s", rec.name, lost)
		}
	}
}

// TestPings: silence is filled with what each dialect's clients can read.
func TestPings(t *testing.T) {
	first := map[string]string{"openai.chat": "data: " + `{"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"a"},"finish_reason":null}]}` + "\n\n"}
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			// Compiling is not for the clock of a bubble.
			g, _ := gatewayOf(t, upstreamOf(t, "up", "openai.chat", &upstream{}), &pipeline.Plugin{Name: "reader", Hooks: reader{}, Has: pipeline.HasText})
			warm := &upstream{answer: func(int, *http.Request, string) *http.Response {
				return streamed(first["openai.chat"], stop, "data: [DONE]\n\n")
			}}
			p := upstreamOf(t, "up", "openai.chat", warm)
			g.Routes[0].Candidates[0].Provider = p
			post(g, c.path, conversation(c.dialect))
			synctest.Test(t, func(t *testing.T) {
				body, upstreamSide := io.Pipe()
				warm.answer = func(int, *http.Request, string) *http.Response { return answered(200, "text/event-stream", body) }
				go func() {
					_, _ = io.WriteString(upstreamSide, first["openai.chat"])
					time.Sleep(time.Minute)
					_, _ = io.WriteString(upstreamSide, stop+"data: [DONE]\n\n")
					upstreamSide.Close()
				}()
				g.KeepAlive = 10 * time.Second
				w := post(g, c.path, conversation(c.dialect))
				stream := w.Body.String()
				ping := map[string]string{"anthropic.messages": "event: ping\ndata: {\"type\":\"ping\"}\n\n", "ollama.chat": " ", "gemini.array": " "}[c.name]
				if ping == "" {
					ping = ": keep-alive\n\n"
				}
				if n := strings.Count(stream, ping); n < 4 || c.name != "ollama.chat" && c.name != "gemini.array" && n > 14 {
					t.Errorf("%d pings in %q", n, stream)
				}
				d := c.decode(stream)
				if len(d.wrong) > 0 || d.said.Text != "a" || d.said.Finish != "stop" {
					t.Errorf("%+v %s\n%s", d.said, strings.Join(d.wrong, "\n"), stream)
				}
			})
		})
	}
}
