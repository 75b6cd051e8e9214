package gateway

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
)

// Vectors of two texts, in every dialect. Their numbers are exact in 32 bits.
var vectorAnswer = map[string]string{
	"openai.chat":     `{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-0.25]},{"object":"embedding","index":1,"embedding":[1e-3,2]}],"model":"e","usage":{"prompt_tokens":7,"total_tokens":7}}`,
	"gemini.generate": `{"embeddings":[{"values":[0.5,-0.25]},{"values":[1e-3,2]}]}`,
	"ollama.chat":     `{"model":"e","embeddings":[[0.5,-0.25],[1e-3,2]],"total_duration":9,"load_duration":1,"prompt_eval_count":7}`,
}

// TestEmbeddings: texts in, vectors out, in order, in every dialect.
func TestEmbeddings(t *testing.T) {
	const openAI = `{"model":"e","input":["Grüezi","b"],"encoding_format":"float"}`
	for _, client := range []struct{ name, path, ask string }{
		{"openai.chat", "/v1/embeddings", openAI},
		{"base64", "/v1/embeddings", strings.Replace(openAI, "float", "base64", 1)},
		{"gemini.generate", "/v1beta/models/e:batchEmbedContents", `{"requests":[{"model":"models/e","content":{"parts":[{"text":"Grüezi"}]}},{"model":"models/e","content":{"parts":[{"text":"b"}]}}]}`},
		{"ollama.chat", "/api/embed", `{"model":"e","input":["Grüezi","b"]}`},
	} {
		for _, speaks := range []string{"openai.chat", "gemini.generate", "ollama.chat"} {
			t.Run(client.name+" to "+speaks, func(t *testing.T) {
				u := &upstream{answer: func(_ int, _ *http.Request, asked string) *http.Response {
					return whole(vectorAnswer[speaks])
				}}
				g, accounts := gatewayOf(t, upstreamOf(t, "up", speaks, u))
				w := post(g, client.path, client.ask)
				if w.Code != 200 || len(w.Header()["X-Gateway-Warning"]) > 0 {
					t.Fatalf("%d %q %s", w.Code, w.Header()["X-Gateway-Warning"], w.Body)
				}
				url := map[string]string{"openai.chat": "/v1/embeddings", "gemini.generate": "/v1/models/e:batchEmbedContents", "ollama.chat": "/v1/api/embed"}[speaks]
				if got := u.seen[0].URL.RequestURI(); got != url {
					t.Errorf("asked at %s, want %s", got, url)
				}
				if texts := textsOf(u.asked[0]); texts != "Grüezi|b" {
					t.Errorf("asked for %s: %s", texts, u.asked[0])
				}
				if client.name == "base64" && speaks == "openai.chat" {
					return // its business
				}
				if got := vectorsOf(t, w.Body.String()); got != "[0.5 -0.25] [0.001 2]" {
					t.Errorf("got %s: %s", got, w.Body)
				}
				if speaks != "gemini.generate" && (*accounts)[0].Tokens.Prompt != 7 {
					t.Errorf("counted %+v", (*accounts)[0].Tokens)
				}
				if strings.HasPrefix(client.path, "/v1/emb") {
					var v map[string]any
					_ = json.Unmarshal(w.Body.Bytes(), &v)
					if _, counted := pick(v, "usage", "prompt_tokens").(float64); v["object"] != "list" || v["model"] == nil || !counted || list(v["data"])[1]["index"] != 1.0 || list(v["data"])[1]["object"] != "embedding" {
						t.Errorf("%s", w.Body)
					}
				}
			})
		}
	}
}

// textsOf are the texts of a request for vectors in any dialect.
func textsOf(body string) string {
	var v map[string]any
	_ = json.Unmarshal([]byte(body), &v)
	var out []string
	input, _ := v["input"].([]any)
	for _, text := range input {
		out = append(out, fmt.Sprint(text))
	}
	for _, r := range list(v["requests"]) {
		for _, part := range list(pick(r, "content", "parts")) {
			out = append(out, fmt.Sprint(part["text"]))
		}
	}
	return strings.Join(out, "|")
}

// vectorsOf are the vectors of an answer in any dialect.
func vectorsOf(t *testing.T, body string) string {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range list(v["data"]) {
		if s, ok := e["embedding"].(string); ok {
			b, err := base64.StdEncoding.DecodeString(s)
			if err != nil || len(b)%4 != 0 {
				t.Fatalf("%v: %s", err, s)
			}
			var f []float32
			for ; len(b) > 0; b = b[4:] {
				f = append(f, math.Float32frombits(binary.LittleEndian.Uint32(b)))
			}
			out = append(out, fmt.Sprint(f))
			continue
		}
		out = append(out, fmt.Sprint(e["embedding"]))
	}
	embeddings, _ := v["embeddings"].([]any)
	for _, e := range embeddings {
		if values := pick(e, "values"); values != nil {
			e = values
		}
		out = append(out, fmt.Sprint(e))
	}
	return strings.Join(out, " ")
}

// TestEmbedOne: Gemini's form for one text, and texts that are not in a list.
func TestEmbedOne(t *testing.T) {
	one := map[string]string{
		"openai.chat":     `{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5]}],"model":"e","usage":{"prompt_tokens":1,"total_tokens":1}}`,
		"gemini.generate": `{"embeddings":[{"values":[0.5]}]}`,
		"ollama.chat":     `{"model":"e","embeddings":[[0.5]],"prompt_eval_count":1}`,
	}
	for _, tc := range []struct{ path, ask, speaks, want string }{
		{"/v1beta/models/e:embedContent", `{"content":{"parts":[{"text":"a"}]}}`, "openai.chat", `{"embedding":{"values":[0.5]}`},
		{"/v1beta/models/e:embedContent", `{"content":{"parts":[{"text":"a"}]}}`, "ollama.chat", `{"embedding":{"values":[0.5]}`},
		{"/v1/embeddings", `{"model":"e","input":"a"}`, "gemini.generate", `"embedding":[0.5]`},
		{"/v1/embeddings", `{"model":"e","input":"a"}`, "ollama.chat", `"embedding":[0.5]`},
		{"/api/embed", `{"model":"e","input":"a"}`, "openai.chat", `"embeddings":[[0.5]]`},
		{"/api/embed", `{"model":"e","input":"a"}`, "gemini.generate", `"embeddings":[[0.5]]`},
	} {
		t.Run(tc.path+" "+tc.speaks, func(t *testing.T) {
			u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(one[tc.speaks]) }}
			g, _ := gatewayOf(t, upstreamOf(t, "up", tc.speaks, u))
			w := post(g, tc.path, tc.ask)
			if w.Code != 200 || !strings.Contains(w.Body.String(), tc.want) {
				t.Errorf("%d %s, want %s", w.Code, w.Body, tc.want)
			}
		})
	}
}

// TestEmbedErrors: what cannot be asked is refused with the place in the client's request, and providers
// without vectors say so.
func TestEmbedErrors(t *testing.T) {
	for _, tc := range []struct {
		ask, speaks string
		code        int
		want        string
	}{
		{`{"model":"e","input":[[1,2,3]]}`, "gemini.generate", 400, `"param":"input`},
		{`{"model":"e","input":[1,2,3]}`, "gemini.generate", 400, `"param":"input`},
		{`{"model":"e","input":["a",""]}`, "gemini.generate", 400, `"param":"input`},
		{`{"model":"e"}`, "gemini.generate", 400, `"param":"input`},
		{`{"model":"e","input":[]}`, "ollama.chat", 400, `"param":"input`},
		{`{"model":"e","input":[[1,2,3]]}`, "ollama.chat", 400, `"param":"input`},
		{`{"model":"e","input":"a"}`, "anthropic.messages", 404, `unsupported_api`},
	} {
		u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(vectorAnswer[tc.speaks]) }}
		g, _ := gatewayOf(t, upstreamOf(t, "up", tc.speaks, u))
		w := post(g, "/v1/embeddings", tc.ask)
		if w.Code != tc.code || !strings.Contains(w.Body.String(), tc.want) || len(u.asked) > 0 {
			t.Errorf("%s to %s: %d %s, want %d %s", tc.ask, tc.speaks, w.Code, w.Body, tc.code, tc.want)
		}
	}
}
