package answers

import (
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

const (
	ask   = `{"model":"m","messages":[{"role":"user","content":"hi"}]}`
	reply = `{"id":"1","choices":[{"index":0,"message":{"content":"hello"},"finish_reason":"stop"}]}`
)

// caller begins an exchange of a caller.
func caller(p *longmentest.Plugin, id string) *longmentest.Exchange {
	x := p.NewExchange()
	x.Attributes["model"], x.Attributes["dialect"], x.Attributes["stream"] = "m", "openai.chat", false
	if id != "" {
		x.Attributes["key.id"] = id
	}
	return x
}

// fill lets an exchange miss and be answered.
func fill(t *testing.T, x *longmentest.Exchange, request, answer string) {
	t.Helper()
	if r := x.Request(request); r.Err != nil || r.Answer != nil {
		t.Fatalf("asking: answer %v, error %v", r.Answer, r.Err)
	}
	if r := x.Response(answer); r.Err != nil {
		t.Fatal(r.Err)
	}
}

func TestWholeAnswer(t *testing.T) {
	p := longmentest.New(t, `{}`)
	first := caller(p, "k1")
	fill(t, first, ask, reply)
	if got := first.SetHeaders["x-longmen-cache"]; got != "miss" {
		t.Errorf("first: header is %q, want miss", got)
	}
	second := caller(p, "k1")
	r := second.Request(ask)
	if r.Answer == nil || r.Answer.JSON != reply || r.Answer.Status != 200 || r.Answer.Stream {
		t.Fatalf("got %+v, want the stored answer", r.Answer)
	}
	if got := second.SetHeaders["x-longmen-cache"]; got != "hit" {
		t.Errorf("second: header is %q, want hit", got)
	}
	if h, m, s := p.Metric(hits), p.Metric(misses), p.Metric(stores); h != 1 || m != 1 || s != 1 {
		t.Errorf("counters: %v hits, %v misses, %v stores, want 1 each", h, m, s)
	}
	p.Now += 3600_000
	if r := caller(p, "k1").Request(ask); r.Answer != nil {
		t.Error("the answer outlived its ttl")
	}
}

func TestWhoShares(t *testing.T) {
	tests := []struct {
		name, config string
		set          func(x *longmentest.Exchange)
		request      string
		hit          bool
	}{
		{"same caller", `{}`, func(x *longmentest.Exchange) {}, ask, true},
		{"another key", `{}`, func(x *longmentest.Exchange) { x.Attributes["key.id"] = "k2" }, ask, false},
		{"another key, global", `{"scope":"global"}`, func(x *longmentest.Exchange) { x.Attributes["key.id"] = "k2" }, ask, true},
		{"a key that is the address", `{}`, func(x *longmentest.Exchange) {
			delete(x.Attributes, "key.id")
			x.Attributes["client_ip"] = "k1"
		}, ask, false},
		{"nobody", `{}`, func(x *longmentest.Exchange) { delete(x.Attributes, "key.id") }, ask, false},
		{"another model", `{}`, func(x *longmentest.Exchange) { x.Attributes["model"] = "n" }, ask, false},
		{"another dialect", `{}`, func(x *longmentest.Exchange) { x.Attributes["dialect"] = "gemini.generate" }, ask, false},
		{"a stream", `{}`, func(x *longmentest.Exchange) { x.Attributes["stream"] = true }, ask, false},
		{"another route", `{}`, func(x *longmentest.Exchange) { x.Attributes["route"] = "other" }, ask, false},
		{"another document", `{}`, func(x *longmentest.Exchange) {}, strings.Replace(ask, "hi", "ho", 1), false},
		{"no-cache", `{}`, func(x *longmentest.Exchange) { x.Header["Cache-Control"] = "No-Cache" }, ask, false},
		{"no-store", `{}`, func(x *longmentest.Exchange) { x.Header["cache-control"] = "max-age=1, no-store" }, ask, false},
		{"another directive", `{}`, func(x *longmentest.Exchange) { x.Header["cache-control"] = "max-age=10" }, ask, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := longmentest.New(t, tt.config)
			fill(t, caller(p, "k1"), ask, reply)
			x := caller(p, "k1")
			tt.set(x)
			if got := x.Request(tt.request).Answer != nil; got != tt.hit {
				t.Errorf("hit: got %v, want %v", got, tt.hit)
			}
		})
	}
}

func TestAnonymousCallersWithOneAddressShare(t *testing.T) {
	p := longmentest.New(t, `{}`)
	one, two, three := caller(p, ""), caller(p, ""), caller(p, "")
	one.Attributes["client_ip"], two.Attributes["client_ip"], three.Attributes["client_ip"] = "127.0.0.1", "127.0.0.1", "127.0.0.2"
	fill(t, one, ask, reply)
	if two.Request(ask).Answer == nil || three.Request(ask).Answer != nil {
		t.Error("want the same address to share and another not to")
	}
}

func TestCacheControl(t *testing.T) {
	p := longmentest.New(t, `{}`)
	x := caller(p, "k1")
	x.Header["cache-control"] = "no-store"
	fill(t, x, ask, reply)
	if len(p.Keys()) != 0 || x.SetHeaders["x-longmen-cache"] != "" {
		t.Error("no-store stored, or called itself a miss")
	}
	x = caller(p, "k1")
	x.Header["cache-control"] = "no-cache"
	fill(t, x, ask, reply)
	if len(p.Keys()) != 1 {
		t.Error("no-cache did not renew the answer")
	}
}

func TestOnlyCompleteAnswers(t *testing.T) {
	tests := []struct {
		name, answer string
		stored       bool
	}{
		{"openai.chat", reply, true},
		{"openai.chat with two choices", `{"choices":[{"finish_reason":"stop"},{"finish_reason":"length"}]}`, true},
		{"openai.chat with an open choice", `{"choices":[{"finish_reason":"stop"},{"finish_reason":null}]}`, false},
		{"openai.chat without choices", `{"choices":[]}`, false},
		{"finish reason error", `{"choices":[{"finish_reason":"error"}]}`, false},
		{"error beside choices", `{"error":{"message":"x"},"choices":[{"finish_reason":"stop"}]}`, false},
		{"null error", `{"error":null,"choices":[{"finish_reason":"stop"}]}`, true},
		{"gemini.generate", `{"candidates":[{"finishReason":"STOP"}]}`, true},
		{"gemini.generate, blocked prompt", `{"promptFeedback":{"blockReason":"SAFETY"}}`, false},
		{"anthropic.messages", `{"type":"message","stop_reason":"end_turn"}`, true},
		{"anthropic.messages, error", `{"type":"error","error":{"type":"overloaded_error"}}`, false},
		{"openai.responses", `{"object":"response","status":"completed","error":null}`, true},
		{"openai.responses, incomplete", `{"object":"response","status":"incomplete","error":null}`, false},
		{"ollama.chat", `{"message":{"content":"x"},"done":true}`, true},
		{"openai.embeddings", `{"object":"list","data":[{"embedding":[0.1]}]}`, true},
		{"something else", `{"ok":true}`, false},
		{"too long", `{"choices":[{"finish_reason":"stop"}],"pad":"` + strings.Repeat("x", 300) + `"}`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := longmentest.New(t, `{"max_bytes":300}`)
			fill(t, caller(p, "k1"), ask, tt.answer)
			if got := len(p.Keys()) == 1; got != tt.stored {
				t.Errorf("stored: got %v, want %v", got, tt.stored)
			}
		})
	}
	t.Run("another status", func(t *testing.T) {
		p := longmentest.New(t, `{}`)
		x := caller(p, "k1")
		x.Attributes["status"] = 206
		fill(t, x, ask, reply)
		if len(p.Keys()) != 0 {
			t.Error("stored an answer with status 206")
		}
	})
}

func TestStream(t *testing.T) {
	delta := `{"choices":[{"index":0,"delta":{"content":"hel"},"finish_reason":null}]}`
	last := `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`
	usage := `{"choices":[],"usage":{"total_tokens":3}}`
	tests := []struct {
		name   string
		events []string
		clean  bool
		want   string // what the next caller is played
	}{
		{"complete", []string{delta, last, usage}, true,
			`[{"data":` + delta + `},{"data":` + last + `},{"data":` + usage + `}]`},
		{"aborted", []string{delta, last}, false, ""},
		{"never finished", []string{delta}, true, ""},
		{"error event", []string{delta, `{"error":{"message":"x"}}`, last}, true, ""},
		{"too long", []string{delta, `{"pad":"` + strings.Repeat("x", 2000) + `"}`, last}, true, ""},
		{"empty", nil, true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := longmentest.New(t, `{"max_bytes":2000}`)
			x := caller(p, "k1")
			x.Request(ask)
			if r := x.Event(tt.events...); r.Err != nil || len(r.Events) != len(tt.events) {
				t.Fatalf("%d of %d events went on, error %v", len(r.Events), len(tt.events), r.Err)
			}
			if tt.clean {
				x.EndOfStream()
			}
			if len(tt.events) > 0 && x.SetHeaders["x-longmen-cache"] != "miss" {
				t.Error("the miss has no header")
			}
			a := caller(p, "k1").Request(ask).Answer
			switch {
			case tt.want == "" && a != nil:
				t.Errorf("got %s, want nothing stored", a.JSON)
			case tt.want != "" && (a == nil || !a.Stream || a.JSON != tt.want):
				t.Errorf("got %+v, want %s", a, tt.want)
			}
		})
	}
}

func TestNamedEvents(t *testing.T) {
	p := longmentest.New(t, `{}`)
	x := caller(p, "k1")
	x.Request(ask)
	x.NamedEvent("message_delta", `{"type":"message_delta","delta":{"stop_reason":"end_turn"}}`)
	x.NamedEvent("message_stop", `{"type":"message_stop"}`)
	x.EndOfStream()
	want := `[{"event":"message_delta","data":{"type":"message_delta","delta":{"stop_reason":"end_turn"}}},{"event":"message_stop","data":{"type":"message_stop"}}]`
	if a := caller(p, "k1").Request(ask).Answer; a == nil || a.JSON != want {
		t.Errorf("got %+v, want %s", a, want)
	}
}

func TestHostCalls(t *testing.T) {
	p := longmentest.New(t, `{}`)
	x := caller(p, "k1")
	x.Header["cache-control"] = "no-store"
	x.Request(ask)
	if n := x.HostCalls(func() { x.Event(`{"choices":[{"delta":{"content":"x"}}]}`) }); n > 2 {
		t.Errorf("an event that is not collected costs %d host calls, want at most 2", n)
	}
	x = caller(p, "k1")
	x.Request(ask)
	x.Event(`{}`)
	if n := x.HostCalls(func() { x.Event(`{"choices":[{"delta":{"content":"x"}}]}`) }); n > 18 {
		t.Errorf("a collected event costs %d host calls, want at most 18", n)
	}
}

func TestTTLIsADuration(t *testing.T) {
	if err := longmentest.ConfigError(t, `{"ttl":"soon"}`); err == nil {
		t.Error("a ttl that is no duration was taken")
	}
}
