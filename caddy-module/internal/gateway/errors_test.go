package gateway

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// refusal is an error in neutral words.
type refusal struct {
	name       string
	status     int    // upstream's
	openAI     string // type and code of it at an OpenAI server
	anthropic  string // type at Anthropic's
	gemini     string // status at Google's
	message    string
	want       int    // status for the client
	wantOpenAI string // type and code for it
	wantAnth   string
	wantGemini string
	wantWords  string // in the message
}

var refusals = []refusal{
	{"bad request", 400, "invalid_request_error bad_value", "invalid_request_error", "INVALID_ARGUMENT", "temperature is too hot", 400, "invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT", "temperature is too hot"},
	{"key refused", 401, "authentication_error invalid_api_key", "authentication_error", "UNAUTHENTICATED", "Incorrect API key provided: upstream-key", 502, "server_error upstream_auth", "api_error", "UNAVAILABLE", "provider up refused"},
	{"key forbidden", 403, "permission_error ", "permission_error", "PERMISSION_DENIED", "upstream-key may not", 502, "server_error upstream_auth", "api_error", "UNAVAILABLE", "provider up refused"},
	{"no such model", 404, "invalid_request_error model_not_found", "not_found_error", "NOT_FOUND", "no model m", 404, "invalid_request_error", "not_found_error", "NOT_FOUND", "no model m"},
	{"too large", 413, "invalid_request_error ", "request_too_large", "INVALID_ARGUMENT", "too large", 413, "invalid_request_error", "request_too_large", "INVALID_ARGUMENT", "too large"},
	{"rate limit", 429, "rate_limit_error rate_limit_exceeded", "rate_limit_error", "RESOURCE_EXHAUSTED", "slow down", 429, "rate_limit_error", "rate_limit_error", "RESOURCE_EXHAUSTED", "slow down"},
	{"broken", 500, "server_error ", "api_error", "INTERNAL", "boom", 500, "server_error", "api_error", "INTERNAL", "boom"},
	{"overloaded", 503, "server_error ", "overloaded_error", "UNAVAILABLE", "try later", 503, "server_error", "overloaded_error", "UNAVAILABLE", "try later"},
	{"too slow", 504, "server_error ", "timeout_error", "DEADLINE_EXCEEDED", "too slow", 504, "server_error", "timeout_error", "DEADLINE_EXCEEDED", "too slow"},
}

// said is the error as an upstream of that dialect says it.
func (r *refusal) said(dialect string) *http.Response {
	kind, code, _ := strings.Cut(r.openAI, " ")
	status, body := r.status, ""
	switch dialect {
	case "anthropic.messages":
		if status == 503 {
			status = 529
		}
		body = `{"type":"error","error":{"type":"` + r.anthropic + `","message":"` + r.message + `"},"request_id":"req_1"}`
	case "gemini.generate":
		body = `{"error":{"code":` + strconv.Itoa(status) + `,"message":"` + r.message + `","status":"` + r.gemini + `","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"6.2s"}]}}`
	case "ollama.chat":
		body = `{"error":"` + r.message + `"}`
	default:
		body = `{"error":{"message":"` + r.message + `","type":"` + kind + `","param":null,"code":"` + code + `"}}`
	}
	resp := answered(status, "application/json", strings.NewReader(body))
	if r.status == 429 && dialect != "gemini.generate" {
		resp.Header.Set("Retry-After", "7")
	}
	return resp
}

// refusalIn is an error answer: what a client of the dialect calls it, and its message.
func refusalIn(t *testing.T, dialect, body string) (kind, message string) {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if dialect == "ollama.chat" {
		message, _ = v["error"].(string)
		return "", message
	}
	message, _ = pick(v, "error", "message").(string)
	name := "type"
	switch dialect {
	case "gemini.generate":
		name = "status"
	case "anthropic.messages":
		if v["type"] != "error" {
			t.Errorf("type is %v", v["type"])
		}
	default:
		for _, member := range []string{"param", "code"} {
			if _, ok := v["error"].(map[string]any)[member]; !ok {
				t.Errorf("no %s: %s", member, body)
			}
		}
	}
	kind, _ = pick(v, "error", name).(string)
	if code, _ := pick(v, "error", "code").(string); code == "upstream_auth" {
		kind += " " + code
	}
	return kind, message
}

// TestRefusals: what an upstream refuses is told with its status in the client's dialect, also of streams,
// as long as nothing of them has reached the client.
func TestRefusals(t *testing.T) {
	for i := range refusals {
		r := &refusals[i]
		t.Run(r.name, func(t *testing.T) {
			pairs(t, func(t *testing.T, client, speaks string) {
				for _, stream := range []bool{false, true} {
					u := &upstream{answer: func(int, *http.Request, string) *http.Response { return r.said(speaks) }}
					g, _ := gatewayOf(t, upstreamOf(t, "up", speaks, u))
					w := post(g, pathOf(client, stream), askOf(toolAsk[client], stream))
					r.check(t, client, speaks, w.Code, w.Header(), w.Body.String())
				}
			})
		})
	}
}

func (r *refusal) check(t *testing.T, client, speaks string, status int, header http.Header, body string) {
	t.Helper()
	want, kind := r.want, r.wantOpenAI
	switch client {
	case "anthropic.messages":
		if kind = r.wantAnth; want == 503 {
			want = 529
		}
	case "gemini.generate":
		kind = r.wantGemini
	case "ollama.chat":
		kind = ""
	}
	if status != want {
		t.Errorf("status %d, want %d: %s", status, want, body)
	}
	if got := header.Get("Content-Type"); got != "application/json" {
		t.Errorf("content type %s", got)
	}
	got, message := refusalIn(t, client, body)
	if got != kind || !strings.Contains(message, r.wantWords) || strings.Contains(body, "upstream-key") {
		t.Errorf("%s, want %s and %s", body, kind, r.wantWords)
	}
	if after := header.Get("Retry-After"); r.want == 429 && after != "7" {
		t.Errorf("Retry-After %q, want 7", after)
	}
}

// TestWrongAnswers: an upstream that answers with success, but not with an answer.
func TestWrongAnswers(t *testing.T) {
	for _, tc := range []struct {
		name, contentType, body string
		translated              bool // passes to clients of the provider's own dialect, who see it as it is
	}{
		{"HTML", "text/html", "<html>502 Bad Gateway</html>", true},
		{"empty", "application/json", "", true},
		{"no object", "application/json", `"hello"`, true},
		{"an error", "application/json", `{"type":"error","error":{"code":500,"type":"server_error","message":"boom","status":"INTERNAL"}}`, true},
		{"nothing in it", "application/json", `{}`, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pairs(t, func(t *testing.T, client, speaks string) {
				if client == speaks && tc.translated {
					return
				}
				u := &upstream{answer: func(int, *http.Request, string) *http.Response {
					return answered(200, tc.contentType, strings.NewReader(tc.body))
				}}
				g, accounts := gatewayOf(t, upstreamOf(t, "up", speaks, u))
				w := post(g, pathOf(client, false), askOf(toolAsk[client], false))
				if w.Code < 500 {
					t.Errorf("%d %s", w.Code, w.Body)
				}
				if _, message := refusalIn(t, client, w.Body.String()); message == "" {
					t.Errorf("no message: %s", w.Body)
				}
				if got := (*accounts)[0].Outcome; got != usage.UpstreamError {
					t.Errorf("outcome %s", got)
				}
			})
		})
	}
}

// TestBreaksInStream: a stream that ends in the middle ends for the client in an error of its own dialect, and
// no mark of a good end follows; before the first event it is an answer with a status.
func TestBreaksInStream(t *testing.T) {
	for _, rec := range recordings(t) {
		if !strings.HasSuffix(rec.name, "_tools") && !strings.HasSuffix(rec.name, "-tools") {
			continue
		}
		events, err := clientOf(rec.speaks).frames(rec.stream)
		if err != nil {
			t.Fatal(err)
		}
		end := len(events) - 2
		if rec.speaks == "openai.chat" {
			end-- // what comes after the finish may be missing
		}
		for _, tc := range []struct {
			name   string
			frames []frame
			broken bool
			status int
		}{
			{"after the first text", events[:len(events)/3], false, 200},
			{"connection lost", events[:len(events)/3], true, 200},
			{"before the end", events[:end], false, 200},
			{"at once", nil, false, 502},
		} {
			for _, c := range clients {
				t.Run(rec.name+"/"+tc.name+"/"+c.name, func(t *testing.T) {
					stream := join(t, rec.speaks, tc.frames)
					u := &upstream{answer: func(int, *http.Request, string) *http.Response {
						resp := wire(rec.speaks, stream)
						if tc.broken {
							resp.Body = io.NopCloser(broken{resp.Body})
						}
						return resp
					}}
					// Without a plugin that reads it a stream of the client's own passes as it is.
					g, accounts := gatewayOf(t, upstreamOf(t, "up", rec.speaks, u), named(t, "redact", ""))
					w := post(g, c.path, conversation(c.dialect))
					if w.Code != tc.status {
						t.Fatalf("%d %s", w.Code, w.Body)
					}
					if tc.status != 200 {
						if _, message := refusalIn(t, c.dialect, w.Body.String()); !strings.Contains(message, "ended the stream before its first event") {
							t.Errorf("%s", w.Body)
						}
						return
					}
					d := c.decode(w.Body.String())
					if d.said.Finish != "error" || len(d.wrong) > 0 {
						t.Errorf("ends with %q\n%s", d.said.Finish, strings.Join(d.wrong, "\n"))
					}
					if strings.Contains(w.Body.String(), "10.0.0.7") {
						t.Error("the client was told an address of the inside")
					}
					if got := (*accounts)[0].Outcome; got != usage.UpstreamError {
						t.Errorf("outcome %s", got)
					}
				})
			}
		}
	}
}

// errorEvents are errors as events, with the statuses that they mean.
var errorEvents = map[string]struct {
	event frame
	want  int
}{
	"openai.chat":        {frame{"", `{"error":{"message":"slow down","type":"rate_limit_error","code":"rate_limit_exceeded"}}`}, 429},
	"openai.responses":   {frame{"error", `{"type":"error","code":"rate_limit_exceeded","message":"slow down","param":null,"sequence_number":0}`}, 429},
	"anthropic.messages": {frame{"error", `{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}`}, 429},
	"gemini.generate":    {frame{"", `{"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED"}}`}, 429},
	"ollama.chat":        {frame{"", `{"error":"slow down"}`}, 502},
}

// TestFirstEventFails: an error in place of the first event has the status that it means.
func TestFirstEventFails(t *testing.T) {
	pairs(t, func(t *testing.T, client, speaks string) {
		fail := errorEvents[speaks]
		stream := join(t, speaks, []frame{fail.event})
		u := &upstream{answer: func(int, *http.Request, string) *http.Response { return wire(speaks, stream) }}
		g, _ := gatewayOf(t, upstreamOf(t, "up", speaks, u), named(t, "redact", ""))
		w := post(g, pathOf(client, true), conversation(client))
		_, message := refusalIn(t, client, w.Body.String())
		if w.Code != fail.want || message != "slow down" || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%d %s, want %d", w.Code, w.Body, fail.want)
		}
	})
}

// TestFirstEventFallsThrough: a stream with a good status that says an error instead of its first word costs the client nothing,
// also when it has opened as good ones do.
func TestFirstEventFallsThrough(t *testing.T) {
	for _, rec := range recordings(t) {
		if !strings.HasSuffix(rec.name, "tools") {
			continue
		}
		d, _ := dialect.Get(rec.speaks)
		events, err := clientOf(rec.speaks).frames(rec.stream)
		if err != nil {
			t.Fatal(err)
		}
		opening := 0
		for a := new(document.Arena); ; opening++ {
			a.Reset()
			if root, err := a.Parse([]byte(events[opening].data)); err != nil || !d.Opens(a, root) {
				break
			}
		}
		if says := rec.speaks != "gemini.generate" && rec.speaks != "ollama.chat"; says != (opening > 0) {
			t.Errorf("%s opens with %d events", rec.name, opening)
		}
		for _, c := range clients {
			for opened := range opening + 1 {
				for _, plugin := range []string{"", "redact"} {
					t.Run(fmt.Sprintf("%s to %s after %d %s", rec.name, c.name, opened, plugin), func(t *testing.T) {
						failing := join(t, rec.speaks, append(events[:opened:opened], errorEvents[rec.speaks].event))
						first := &upstream{answer: func(int, *http.Request, string) *http.Response { return wire(rec.speaks, failing) }}
						second := &upstream{answer: func(int, *http.Request, string) *http.Response { return wire(rec.speaks, rec.stream) }}
						g, accounts := gatewayOf(t, upstreamOf(t, "one", rec.speaks, first))
						g.Routes[0].Candidates = append(g.Routes[0].Candidates, candidate(t, upstreamOf(t, "two", rec.speaks, second)))
						if plugin != "" {
							g.Routes[0].Plugins = append(g.Routes[0].Plugins, named(t, plugin, ""))
						}
						w := post(g, c.path, conversation(c.dialect))
						got := c.decode(w.Body.String())
						if w.Code != 200 || len(got.wrong) > 0 || strings.Contains(w.Body.String(), "slow down") || w.Header().Get("X-Longmen-Provider") != "two" {
							t.Errorf("%d %s\n%s", w.Code, strings.Join(got.wrong, "\n"), w.Body)
						}
						if lost := clientOf(rec.speaks).decode(rec.stream).said.lost(got.said, rec.speaks, c.dialect); lost != "" {
							t.Error(lost)
						}
						if r := (*accounts)[0]; len(first.asked) != 1 || len(second.asked) != 1 || r.Outcome != usage.OK || len(r.Attempts) != 2 || r.Attempts[0].Class == failure.None {
							t.Errorf("%d and %d asked, account %+v", len(first.asked), len(second.asked), r)
						}
					})
				}
			}
		}
	}
}
