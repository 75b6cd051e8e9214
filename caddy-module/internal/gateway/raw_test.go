package gateway

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// form is an upload that no JSON parser takes.
func form(t *testing.T) (contentType, body string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("purpose", "batch")
	part, err := w.CreateFormFile("file", "a \"b\".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	part.Write([]byte{0, 0xff, '\r', '\n', '{', '"', 0x80})
	w.Close()
	return w.FormDataContentType(), b.String()
}

// send is a request of any kind.
func send(g *Gateway, method, path, contentType, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w
}

// TestRaw: what has no dialect passes byte for byte, both ways.
func TestRaw(t *testing.T) {
	formType, upload := form(t)
	audio := string([]byte{0xff, 0xfb, 0x90, 0, '\n', '\n'})
	events := "event: image_generation.partial_image\ndata: {\"b64_json\":\"AAAA\"}\n\nevent: image_generation.completed\ndata: {\"usage\":{\"total_tokens\":5}}\n\n"
	for _, tc := range []struct{ name, method, path, contentType, body, sent, answerType, answer string }{
		{"upload", "POST", "/v1/files", formType, upload, "/v1/files", "application/json", `{ "id": "file-1" }`},
		{"without v1", "POST", "/files", formType, upload, "/v1/files", "application/json", `{"id":"file-1"}`},
		{"image form", "POST", "/v1/images/edits", formType, upload, "/v1/images/edits", "application/json", `{"data":[]}`},
		{"image", "POST", "/v1/images/generations", "application/json", `{ "model":"m", "prompt" :"a cat"}`, "/v1/images/generations", "application/json", `{"data":[{"b64_json":"AAAA"}]}`},
		{"streamed image", "POST", "/v1/images/generations", "application/json", `{"stream":true,"prompt":"a cat"}`, "/v1/images/generations", "text/event-stream", events},
		{"speech", "POST", "/v1/audio/speech", "application/json", `{"input":"hi","voice":"x"}`, "/v1/audio/speech", "audio/mpeg", audio},
		{"transcription", "POST", "/v1/audio/transcriptions", formType, upload, "/v1/audio/transcriptions", "text/plain", "hello"},
		{"moderation", "POST", "/v1/moderations", "application/json", `{"input":"hi"}`, "/v1/moderations", "application/json", `{"results":[]}`},
		{"rerank", "POST", "/v1/rerank", "application/json", `{"query":"q","documents":["a"]}`, "/v1/rerank", "application/json", `{"results":[]}`},
		{"list", "GET", "/v1/files?purpose=batch&after=file-1", "", "", "/v1/files?after=file-1&purpose=batch", "application/json", `{"data":[]}`},
		{"content", "GET", "/v1/files/file-1/content", "", "", "/v1/files/file-1/content", "application/octet-stream", audio},
		{"escaped", "GET", "/v1/files/a%3Fb%20c/content", "", "", "/v1/files/a%3Fb%20c/content", "application/json", `{}`},
		{"upward", "GET", "/v1/files/%2e%2e/organization", "", "", "", "", ""},
		{"key in the query", "GET", "/v1/batches?limit=2&key=client-key", "", "", "/v1/batches?limit=2", "application/json", `{"data":[]}`},
		{"delete", "DELETE", "/v1/files/file-1", "", "", "/v1/files/file-1", "application/json", `{"deleted":true}`},
		{"cancel", "POST", "/v1/batches/b1/cancel", "", "", "/v1/batches/b1/cancel", "application/json", `{}`},
		{"stored response", "GET", "/v1/responses/resp_1?include=x", "", "", "/v1/responses/resp_1?include=x", "application/json", `{"id":"resp_1"}`},
		{"count", "POST", "/v1/responses/input_tokens", "application/json", `{"model":"m","input":"hi"}`, "/v1/responses/input_tokens", "application/json", `{"input_tokens":1}`},
	} {
		for _, plugin := range []string{"", "redact"} {
			t.Run(tc.name+" "+plugin, func(t *testing.T) {
				status := 201
				if tc.answerType == "text/event-stream" {
					status = 200
				}
				u := &upstream{answer: func(int, *http.Request, string) *http.Response {
					resp := answered(status, tc.answerType, strings.NewReader(tc.answer))
					resp.Header.Set("Content-Disposition", "attachment")
					return resp
				}}
				g, _ := gatewayOf(t, upstreamOf(t, "up", "openai.chat", u))
				if plugin != "" {
					g.Routes[0].Plugins = append(g.Routes[0].Plugins, named(t, plugin, ""))
				}
				w := send(g, tc.method, tc.path, tc.contentType, tc.body, "Authorization", "Bearer client-key")
				if plugin != "" && tc.contentType == formType {
					// What redact cannot see must not pass it by.
					if _, message := refusalIn(t, "openai.chat", w.Body.String()); w.Code != 415 || len(u.asked) > 0 || !strings.Contains(message, "application/json") {
						t.Errorf("%d %s, asked %d times", w.Code, w.Body, len(u.asked))
					}
					return
				}
				if tc.sent == "" {
					if len(u.seen) > 0 || w.Code != 404 {
						t.Errorf("%d, sent to %s", w.Code, u.seen[0].URL)
					}
					return
				}
				if w.Code != status || len(u.asked) != 1 {
					t.Fatalf("%d %s, asked %d times", w.Code, w.Body, len(u.asked))
				}
				if w.Body.String() != tc.answer && !(plugin != "" && tc.answerType == "text/event-stream") {
					t.Errorf("answer %q, want %q", w.Body, tc.answer)
				}
				if got := w.Header().Get("Content-Type"); got != tc.answerType {
					t.Errorf("answer of type %s, want %s", got, tc.answerType)
				}
				seen := u.seen[0]
				if u.asked[0] != tc.body || seen.Method != tc.method || seen.URL.RequestURI() != tc.sent {
					t.Errorf("sent %s %s %q, want %s %s %q", seen.Method, seen.URL.RequestURI(), u.asked[0], tc.method, tc.sent, tc.body)
				}
				if got := seen.Header.Get("Content-Type"); tc.contentType != "" && got != tc.contentType {
					t.Errorf("sent as %s, want %s", got, tc.contentType)
				}
				if got := seen.Header.Get("Authorization"); got != "Bearer upstream-key" {
					t.Errorf("sent with %s", got)
				}
			})
		}
	}
}

// TestRawIsScanned: the text of raw JSON is known to plugins.
func TestRawIsScanned(t *testing.T) {
	for _, tc := range []struct{ path, body string }{
		{"/v1/images/generations", `{"prompt":"draw $"}`},
		{"/v1/audio/speech", `{"input":"say $","voice":"x"}`},
		{"/v1/moderations", `{"input":["a","$"]}`},
		{"/v1/moderations", `{"input":[{"type":"text","text":"$"}]}`},
		{"/v1/rerank", `{"query":"$","documents":["$",{"text":"$"}]}`},
		{"/v1/responses/input_tokens", `{"input":[{"role":"user","content":[{"type":"input_text","text":"$"}]}]}`},
		{"/v1/videos", `{"prompt":"$"}`},
	} {
		t.Run(tc.path, func(t *testing.T) {
			u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole("{}") }}
			g, _ := gatewayOf(t, upstreamOf(t, "up", "openai.chat", u), named(t, "redact", ""))
			body := strings.ReplaceAll(tc.body, "$", mail)
			w := send(g, "POST", tc.path, "application/json", body)
			if w.Code != 200 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if strings.Contains(u.asked[0], "jane") || len(placeholder.FindAllString(u.asked[0], -1)) != strings.Count(tc.body, "$") {
				t.Errorf("sent %s", u.asked[0])
			}
		})
	}
}

// TestRawWithout: a provider that has no such API is no dead end for the next one, and a clear 404 if it is the
// last.
func TestRawWithout(t *testing.T) {
	formType, upload := form(t)
	for _, speaks := range []string{"anthropic.messages", "gemini.generate", "ollama.chat"} {
		u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole("{}") }}
		g, _ := gatewayOf(t, upstreamOf(t, "up", speaks, u))
		w := send(g, "POST", "/v1/files", formType, upload)
		kind, message := refusalIn(t, "openai.chat", w.Body.String())
		if w.Code != 404 || kind != "invalid_request_error" || !strings.Contains(message, "provider up has no API for openai.other") || len(u.asked) > 0 {
			t.Errorf("%s: %d %s, asked %d times", speaks, w.Code, w.Body, len(u.asked))
		}
		has := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(`{"id":"file-1"}`) }}
		g.Routes[0].Candidates = append(g.Routes[0].Candidates, candidate(t, upstreamOf(t, "two", "openai.chat", has)))
		if w := send(g, "POST", "/v1/files", formType, upload); w.Code != 200 || len(has.asked) != 1 || has.asked[0] != upload {
			t.Errorf("%s, then another: %d %s", speaks, w.Code, w.Body)
		}
	}
}

// TestRawAnswerPlugin: a route's plugin that reads answers does not stop files from coming back.
func TestRawAnswerPlugin(t *testing.T) {
	file := strings.Repeat("\x00\xff{", 9000)
	u := &upstream{answer: func(int, *http.Request, string) *http.Response {
		return answered(200, "application/octet-stream", io.NopCloser(strings.NewReader(file)))
	}}
	g, _ := gatewayOf(t, upstreamOf(t, "up", "openai.chat", u), named(t, "redact", ""), named(t, "audit", ""))
	if w := send(g, "GET", "/v1/files/f/content", "", ""); w.Code != 200 || w.Body.String() != file {
		t.Errorf("%d, %d bytes of %d", w.Code, w.Body.Len(), len(file))
	}
}
