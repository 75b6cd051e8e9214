package gateway

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// legacyRead is what a client of an old API got: its text, why it ended, and what breaks its rules.
func legacyRead(dialect, body string, stream bool) (text, finish string, wrong []string) {
	lines := []string{body}
	if stream {
		lines = nil
		for line := range strings.SplitSeq(body, "\n") {
			if line = strings.TrimPrefix(line, "data: "); strings.TrimSpace(line) != "" && line != "[DONE]" {
				lines = append(lines, line)
			}
		}
		if dialect == "openai.completions" && !strings.HasSuffix(body, "data: [DONE]\n\n") {
			wrong = append(wrong, "no [DONE]")
		}
	}
	for _, line := range lines {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			wrong = append(wrong, err.Error()+": "+line)
			continue
		}
		if finish != "" && v["usage"] == nil {
			wrong = append(wrong, "goes on after the end: "+line)
		}
		if dialect == "ollama.generate" {
			s, ok := v["response"].(string)
			if !ok || v["model"] == nil || v["created_at"] == nil {
				wrong = append(wrong, "a line "+line)
			}
			if text += s; v["done"] == true {
				finish, _ = v["done_reason"].(string)
				if v["eval_count"] == nil {
					wrong = append(wrong, "no counts: "+line)
				}
			}
			continue
		}
		if v["object"] != "text_completion" || v["id"] == nil {
			wrong = append(wrong, "an answer "+line)
		}
		for _, choice := range list(v["choices"]) {
			s, ok := choice["text"].(string)
			if !ok {
				wrong = append(wrong, "a choice "+line)
			}
			text += s
			if f, _ := choice["finish_reason"].(string); f != "" {
				finish = f
			}
		}
	}
	return text, finish, wrong
}

// generated is what stands in an answer of Ollama's chat and not in one of its generate.
var generated = regexp.MustCompile(`"message":\{"role":"assistant","content":("[^"]*")\}`)

// TestLegacy: the APIs of old, at providers that never had them.
func TestLegacy(t *testing.T) {
	for _, client := range []struct{ dialect, path, ask string }{
		{"openai.completions", "/v1/completions", `{"model":"m","prompt":"Say hello","max_tokens":50,"stream":$}`},
		{"ollama.generate", "/api/generate", `{"model":"m","prompt":"Say hello","system":"Be brief.","options":{"num_predict":50},"stream":$}`},
	} {
		for _, speaks := range dialects {
			for _, stream := range []bool{false, true} {
				name := client.dialect + " to " + speaks
				if stream {
					name += " streamed"
				}
				t.Run(name, func(t *testing.T) {
					said, streamed := wordAnswer[speaks], streamOf(t, speaks)
					if speaks == "ollama.chat" { // whose own completions are nearer than its chat
						said, streamed = generated.ReplaceAllString(said, `"response":$1`), generated.ReplaceAllString(streamed, `"response":$1`)
					}
					u := &upstream{answer: func(int, *http.Request, string) *http.Response {
						if stream {
							return wire(speaks, streamed)
						}
						return whole(said)
					}}
					// A provider that has it by another name only.
					p := upstreamOf(t, "up", speaks, u)
					for i, d := range p.Dialects {
						if d.Name == client.dialect && speaks != "ollama.chat" {
							p.Dialects = append(p.Dialects[:i:i], p.Dialects[i+1:]...)
							break
						}
					}
					g, _ := gatewayOf(t, p)
					w := post(g, client.path, strings.Replace(client.ask, "$", map[bool]string{true: "true", false: "false"}[stream], 1))
					if w.Code != 200 {
						t.Fatalf("%d %s", w.Code, w.Body)
					}
					text, finish, wrong := legacyRead(client.dialect, w.Body.String(), stream)
					want := readAnswer(speaks, wordAnswer[speaks]).said
					if stream {
						want = clientOf(speaks).decode(streamOf(t, speaks)).said
					}
					if text != want.Text || finish != want.Finish || len(wrong) > 0 {
						t.Errorf("%q, ended by %q, want %q and %q\n%s\n%s", text, finish, want.Text, want.Finish, strings.Join(wrong, "\n"), w.Body)
					}
					if !strings.Contains(u.asked[0], "Say hello") || client.dialect == "ollama.generate" && !strings.Contains(u.asked[0], "Be brief.") || !strings.Contains(u.asked[0], "50") {
						t.Errorf("sent %s", u.asked[0])
					}
				})
			}
		}
	}
}
