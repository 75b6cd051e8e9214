package gateway

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

// providerAt makes a provider of that dialect below a base URL.
func providerAt(t testing.TB, name, dialect, base string, u http.RoundTripper) *provider.Provider {
	t.Helper()
	p, err := provider.New(provider.Config{Name: name, BaseURL: base, Dialects: []string{dialect}, Keys: []string{"upstream-key"}, Transport: u})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// credentials are all places in which clients spell theirs.
var credentials = map[string]string{"Authorization": "Bearer client-key", "X-Api-Key": "client-key", "X-Goog-Api-Key": "client-key", "Api-Key": "client-key", "Cookie": "session=client-key"}

// TestNative: a provider of the client's own dialect gets the request byte for byte, at the right place, with
// its own credential and no other, also when a plugin reads it.
func TestNative(t *testing.T) {
	const (
		openAI    = "https://up.example/v1"
		gemini    = "https://up.example/v1beta"
		ollama    = "https://up.example"
		odd       = "{ \"zebra\" :1.50e+02,\"model\": \"m\" ,\n\t\"unknown\":{\"b\":[ ],\"a\":9007199254740993 ,\"a\":\"\\u00e9\\/\"}, $ , \"seed\":-0.0 }  \r\n"
		messages  = `"messages" : [ {"content":"h\u0069" ,"role":"user", "x":null} ]`
		contents  = `"contents" : [ {"parts":[ {"text":"h\u0069" , "x":null} ]} ]`
		inBearer  = "Authorization: Bearer upstream-key"
		inKey     = "X-Api-Key: upstream-key"
		inGoogKey = "X-Goog-Api-Key: upstream-key"
	)
	for _, tc := range []struct{ path, speaks, base, members, url, credential string }{
		{"/v1/chat/completions", "openai.chat", openAI, messages, "/v1/chat/completions", inBearer},
		{"/chat/completions", "openai.chat", openAI, messages, "/v1/chat/completions", inBearer},
		{"/v1/chat/completions", "openai.chat", "https://up.example/openai/v1?api-version=3", messages, "/openai/v1/chat/completions?api-version=3", inBearer},
		{"/v1/responses", "openai.responses", openAI, `"input" : "h\u0069"`, "/v1/responses", inBearer},
		{"/v1/completions", "openai.completions", openAI, `"prompt" : "h\u0069"`, "/v1/completions", inBearer},
		{"/v1/embeddings", "openai.embeddings", openAI, `"input" : "h\u0069"`, "/v1/embeddings", inBearer},
		{"/v1/messages?beta=true", "anthropic.messages", openAI, `"max_tokens":7, ` + messages, "/v1/messages", inKey},
		{"/v1/messages/count_tokens", "anthropic.messages", openAI, messages, "/v1/messages/count_tokens", inKey},
		{"/v1beta/models/gemini-3-pro:generateContent?key=client-key", "gemini.generate", gemini, contents, "/v1beta/models/gemini-3-pro:generateContent", inGoogKey},
		{"/v1/models/gemini-3-pro:streamGenerateContent?alt=sse&key=client-key", "gemini.generate", gemini, contents, "/v1beta/models/gemini-3-pro:streamGenerateContent?alt=sse", inGoogKey},
		{"/v1beta/models/gemini-3-pro:countTokens", "gemini.generate", gemini, contents, "/v1beta/models/gemini-3-pro:countTokens", inGoogKey},
		{"/v1beta/models/e:embedContent", "gemini.generate", gemini, `"content": {"parts":[{"text":"a"}]}`, "/v1beta/models/e:embedContent", inGoogKey},
		{"/v1beta/models/e:batchEmbedContents", "gemini.generate", gemini, `"requests": [{"content": {"parts":[{"text":"a"}]}}]`, "/v1beta/models/e:batchEmbedContents", inGoogKey},
		{"/v1beta/tunedModels/mine:generateContent", "gemini.generate", gemini, contents, "/v1beta/tunedModels/mine:generateContent", inGoogKey},
		{"/api/chat", "ollama.chat", ollama, messages, "/api/chat", inBearer},
		{"/api/generate", "ollama.chat", ollama, `"prompt": "h\u0069"`, "/api/generate", inBearer},
		{"/api/embed", "ollama.chat", ollama, `"input": "h\u0069"`, "/api/embed", inBearer},
	} {
		for _, plugin := range []string{"", "redact"} {
			t.Run(tc.path+" "+plugin, func(t *testing.T) {
				answer := "{ \"error\":null , \"odd\" :1.0,\"choices\":[ ] }\n"
				u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(answer) }}
				p := providerAt(t, "up", tc.speaks, tc.base, u)
				g, _ := gatewayOf(t, p)
				if plugin != "" {
					g.Routes[0].Plugins = append(g.Routes[0].Plugins, named(t, plugin, ""))
				}
				g.Routes[0].Candidates = []*attempt.Candidate{{Provider: p, Ways: codecs(t).Ways(p)}}
				request := strings.Replace(odd, "$", tc.members, 1)
				r := httptest.NewRequest("POST", tc.path, strings.NewReader(request))
				r.Header.Set("Content-Type", "application/json; charset=utf-8")
				for name, value := range credentials {
					r.Header.Set(name, value)
				}
				w := httptest.NewRecorder()
				g.ServeHTTP(w, r)
				if len(u.asked) != 1 || w.Code != 200 || w.Body.String() != answer {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
				if u.asked[0] != request {
					t.Errorf("sent\n%q, want\n%q", u.asked[0], request)
				}
				seen := u.seen[0]
				if got := seen.URL.RequestURI(); got != tc.url || seen.Method != "POST" || seen.Host != "up.example" {
					t.Errorf("sent to %s %s %s, want %s", seen.Method, seen.Host, got, tc.url)
				}
				found := false
				for name, values := range seen.Header {
					line := name + ": " + strings.Join(values, ", ")
					found = found || line == tc.credential
					if strings.Contains(line, "client-key") || strings.Contains(line, "upstream-key") && line != tc.credential {
						t.Errorf("sent with %s", line)
					}
				}
				if !found {
					t.Errorf("sent without %s: %v", tc.credential, seen.Header)
				}
			})
		}
	}
}

// TestRenamed: a request whose model has another name upstream is otherwise the client's.
func TestRenamed(t *testing.T) {
	for _, tc := range []struct{ path, speaks, request, sent, url string }{
		{"/v1/chat/completions", "openai.chat", `{ "model" : "m", "messages":[ ] }`, `{ "model" : "real", "messages":[ ] }`, "/v1/chat/completions"},
		{"/v1/messages", "anthropic.messages", `{ "model" : "m", "messages":[ ] }`, `{ "model" : "real", "messages":[ ] }`, "/v1/messages"},
		{"/v1/responses", "openai.responses", `{ "model" : "m", "input":[ ] }`, `{ "model" : "real", "input":[ ] }`, "/v1/responses"},
		{"/api/chat", "ollama.chat", `{ "model" : "m", "messages":[ ] }`, `{ "model" : "real", "messages":[ ] }`, "/v1/api/chat"},
		{"/v1beta/models/m:generateContent", "gemini.generate", `{ "contents":[ ] }`, `{ "contents":[ ] }`, "/v1/models/real:generateContent"},
		{"/v1beta/models/m:batchEmbedContents", "gemini.generate", `{"requests":[ {"model":"models/m", "content":{}} ]}`, `{"requests":[ {"model":"models/real", "content":{}} ]}`, "/v1/models/real:batchEmbedContents"},
		{"/v1/chat/completions", "openai.chat", `{ "messages":[ ] }`, `{ "messages":[ ] ,"model":"real"}`, "/v1/chat/completions"},
	} {
		t.Run(tc.path, func(t *testing.T) {
			u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole("{}") }}
			p := upstreamOf(t, "up", tc.speaks, u)
			g, _ := gatewayOf(t, p)
			only(t, g, p, "real")
			w := post(g, tc.path, tc.request)
			if len(u.asked) != 1 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if strings.ReplaceAll(u.asked[0], " ", "") != strings.ReplaceAll(tc.sent, " ", "") {
				t.Errorf("sent %s, want %s", u.asked[0], tc.sent)
			}
			if got := u.seen[0].URL.RequestURI(); got != tc.url {
				t.Errorf("sent to %s, want %s", got, tc.url)
			}
		})
	}
}
