package gateway

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasmtext"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

// limited is redact with less room than it has by default.
func limited(t *testing.T, config string, limits plugin.Limits) *pipeline.Plugin {
	t.Helper()
	m, err := sandbox()
	if err != nil {
		t.Fatal(err)
	}
	pool, err := m.Pool(t.Context(), wasm.Spec{Plugin: "redact", Config: []byte(config), Key: [32]byte{1}, Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return &pipeline.Plugin{Name: "redact", Hooks: pool, Has: pipeline.SetOf(pool.Has), MaxHold: pool.Limits().Hold}
}

// breaking is a guest that does what misdeed says with the fourth text of an answer.
func breaking(t *testing.T, misdeed string) *pipeline.Plugin {
	t.Helper()
	manifest := `{"plugins":[{"name":"breaking","version":"1","purpose":"p","abi":1,"hooks":["text"]}]}`
	code, err := wasmtext.Assemble(fmt.Sprintf(`(module
		(memory (export "memory") 2)
		(global $calls (mut i32) (i32.const 0))
		(data (i32.const 16) %q)
		(func (export "_initialize"))
		(func (export "longmen_v1_manifest") (result i64) (i64.const %d))
		(func (export "longmen_v1_buffer") (param i32) (result i32) (i32.const 0x10000))
		(func (export "longmen_v1_configure") (param i32) (result i32) (i32.const 0))
		(func (export "longmen_v1_text") (param $message i32) (param $len i32) (result i64)
			(if (i32.ne (i32.load8_u (local.get $message)) (i32.const %d)) (then (return (i64.const 0))))
			(global.set $calls (i32.add (global.get $calls) (i32.const 1)))
			(if (i32.lt_u (global.get $calls) (i32.const 4)) (then (return (i64.const 0))))
			%s))`, manifest, 16<<32|len(manifest), abi.PhaseAnswer, misdeed))
	if err != nil {
		t.Fatal(err)
	}
	r, err := wasm.NewRuntime(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close(context.Background()) })
	m, err := r.Load(t.Context(), code, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	pool, err := m.Pool(t.Context(), wasm.Spec{Plugin: "breaking", Limits: plugin.Limits{CPU: 5 * time.Millisecond, Memory: 1 << 20}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return &pipeline.Plugin{Name: "breaking", Hooks: pool, Has: pipeline.SetOf(pool.Has)}
}

// TestCanaryRequestFailures: when redact cannot do its work on a request, no provider is asked, and nothing of the request
// is told to anybody.
func TestCanaryRequestFailures(t *testing.T) {
	var many strings.Builder
	for i := range 75_000 {
		fmt.Fprintf(&many, "mail %d to person%d@a-subsidiary-with-a-long-name-of-corp%d.example.com now\n", i, i, i%97)
	}
	values, text := few()
	for name, tc := range map[string]struct {
		plugin *pipeline.Plugin
		fill   string
		status int
		says   string
	}{
		"out of fuel":      {limited(t, "{}", plugin.Limits{CPU: time.Millisecond}), text + many.String()[:1<<20], 500, `plugin \\?"redact\\?" failed`},
		"out of memory":    {limited(t, "{}", plugin.Limits{Memory: 10 << 20, CPU: time.Minute}), text + many.String()[:2<<20], 500, `plugin \\?"redact\\?" failed`},
		"too many to keep": {limited(t, "{}", plugin.Limits{Memory: 256 << 20, CPU: time.Minute}), text + many.String(), 500, `plugin \\?"redact\\?" failed`},
		"blocked":          {limited(t, `{"mode":"block"}`, plugin.Limits{}), text, 400, "this route takes no"},
	} {
		for _, client := range dialects {
			if client != "openai.chat" && name == "too many to keep" || raceEnabled && name != "blocked" {
				continue // the same hook with the same megabytes, which take a minute under the race detector
			}
			t.Run(name+" "+client, func(t *testing.T) {
				u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(`{}`) }}
				g, accounts := gatewayOf(t, upstreamOf(t, "up", client, u), tc.plugin, named(t, "audit", `{"bodies":true}`))
				log := logged(g)
				records.take()
				w := post(g, pathOf(client, true), spelt(t, planted(t, conversationMarked(client), true, func(string, int) string { return tc.fill })))
				if w.Code != tc.status || !regexp.MustCompile(tc.says).MatchString(w.Body.String()) || len(u.asked) > 0 {
					t.Errorf("%d %.300s, the provider was asked %d times", w.Code, w.Body, len(u.asked))
				}
				out := []string{w.Body.String(), fmt.Sprint(w.Header()), log.String(), strings.Join(records.take(), "\n"), fmt.Sprint((*accounts)[0])}
				leaks(t, append(values, "person1@", "person74999@"), out...)
			})
		}
	}
}

// conversationMarked is a request with one mark.
func conversationMarked(client string) string {
	return strings.NewReplacer(mail+", "+card+", "+phone, "§").Replace(conversation(client))
}

// TestCanaryStreamFailures: when a plugin breaks in the middle of an answer, the client has what came before, restored, and an
// error as the last event: nothing that looks like an end, no half of a placeholder, nothing of what is held.
func TestCanaryStreamFailures(t *testing.T) {
	values, text := few()
	redact := named(t, "redact", "")
	for name, chain := range map[string][]*pipeline.Plugin{
		"trap":           {redact, breaking(t, "unreachable")},
		"out of fuel":    {redact, breaking(t, "(loop $l (br $l)) unreachable")},
		"out of memory":  {redact, breaking(t, "(if (i32.eq (memory.grow (i32.const 64)) (i32.const -1)) (then (unreachable))) (i64.const 0)")},
		"nonsense":       {redact, breaking(t, "(i64.const 0x7fffffff_7fffffff)")},
		"held too long":  {limited(t, "{}", plugin.Limits{Hold: 3})},
		"redact itself":  {limited(t, `{"answers":"mask"}`, plugin.Limits{CPU: 3 * time.Millisecond})},
		"answer blocked": {named(t, "redact", `{"answers":"block"}`)},
	} {
		for _, c := range clients {
			t.Run(name+" "+c.name, func(t *testing.T) {
				u := &upstream{answer: func(_ int, _ *http.Request, asked string) *http.Response {
					all := placeholder.FindAllString(asked, -1)
					s := everyToken(all)
					switch name {
					case "redact itself":
						s.text = "first words, █" + s.text
						return wire(c.dialect, strings.ReplaceAll(strings.Join(s.stream(c.dialect), ""), "█", strings.Repeat("12 34 5678 90 and ", 60_000)))
					case "answer blocked":
						s.text = "first words, then jane@corp.example.org and more"
					}
					return wire(c.dialect, s.stream(c.dialect)...)
				}}
				g, accounts := gatewayOf(t, upstreamOf(t, "up", c.dialect, u), chain...)
				log := logged(g)
				w := post(g, c.path, spelt(t, planted(t, conversationMarked(c.dialect), true, func(string, int) string { return text })))
				d := c.decode(w.Body.String())
				if w.Code == 200 && (d.said.Finish != "error" || strings.Contains(w.Body.String(), "[DONE]")) || w.Code != 200 && w.Code < 500 {
					t.Errorf("%d, the stream ends with %q %v: %.600s", w.Code, d.said.Finish, d.wrong, w.Body)
				}
				if left := placeholder.FindString(w.Body.String()); left != "" {
					t.Errorf("%s reached the client: %.600s", left, w.Body)
				}
				if regexp.MustCompile(`<[A-Z]{2,}[A-Z_0-9]*["\\]`).MatchString(w.Body.String()) {
					t.Errorf("half a placeholder reached the client: %.900s", w.Body)
				}
				leaks(t, values, u.asked[0], log.String(), fmt.Sprint((*accounts)[0]), fmt.Sprint(w.Header()))
			})
		}
	}
}
