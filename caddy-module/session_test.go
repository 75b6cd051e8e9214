package caddyllm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/redis/redistest"
)

// model is a provider that says what the member user of a request tells it to, and keeps what it sees.
type model struct {
	*httptest.Server
	mu   sync.Mutex
	seen []string
}

func newModel(t *testing.T) *model {
	m := new(model)
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		m.mu.Lock()
		m.seen = append(m.seen, string(body))
		m.mu.Unlock()
		var asked struct{ User string }
		_ = json.Unmarshal(body, &asked)
		text, _ := json.Marshal(asked.User)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":%s},"finish_reason":"stop"}]}`, text)
	}))
	t.Cleanup(m.Close)
	return m
}

// lastName is the last placeholder that the model has seen.
func (m *model) lastName(t *testing.T) string {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	names := regexp.MustCompile(`<EMAIL_[A-Z0-9]+>`).FindAllString(strings.ReplaceAll(strings.ReplaceAll(m.seen[len(m.seen)-1], `\u003c`, "<"), `\u003e`, ">"), -1)
	if len(names) == 0 {
		t.Fatalf("the model saw %s", m.seen[len(m.seen)-1])
	}
	return names[len(names)-1]
}

// takeTurn is a turn of a session: what the client says and what the model will answer.
func takeTurn(h *Handler, path, session, text, answer string) *httptest.ResponseRecorder {
	body, _ := json.Marshal(map[string]any{"model": "m", "user": answer, "max_tokens": 9, "messages": []any{map[string]any{"role": "user", "content": text}}})
	r := httptest.NewRequest(http.MethodPost, "http://localhost"+path, bytes.NewReader(body))
	r.RemoteAddr = "127.0.0.1:1"
	r.Header.Set("X-Session-Id", session)
	w := httptest.NewRecorder()
	if err := h.ServeHTTP(w, caddyhttp.PrepareRequest(r, caddy.NewReplacer(), w, nil), nil); err != nil {
		w.WriteHeader(err.(caddyhttp.HandlerError).StatusCode)
	}
	return w
}

// sessionGateway is a gateway with a session's vault. Another cpu limit gives it instances of its own, as another process has.
func sessionGateway(t *testing.T, m *model, stores, grant string, cpu int) *Handler {
	t.Helper()
	_, h := configure(t, fmt.Sprintf(`{"providers":{"up":{"base_url":%q,"dialects":["openai.chat"],"api_keys":["k"]}},"stores":{%s},
		"plugins":{"pii":{"builtin":"redact","limits":{"cpu":%d},"grants":{"kv":true%s},"config":{"key":"0123456789abcdef","session":{"header":["X-Session-Id"]}}}}}`,
		m.URL+"/v1", stores, cpu*1_000_000, grant), `{"routes":[{"use":["pii"],"to":["up"]}]}`)
	return h
}

func sharedStore(server *redistest.Server, key string) (stores, grant string) {
	return fmt.Sprintf(`"shared":{"driver":"redis","url":"redis://%s","encryption_keys":[%q]}`, server.Address, key), `,"kv_store":"shared"`
}

const chatPath = "/v1/chat/completions"

// TestSessionIsShared begins a session at one gateway and goes on at another; who has another key knows nothing of it, and neither
// does who reads all of Redis. Without Redis nothing goes to the model.
func TestSessionIsShared(t *testing.T) {
	const jane, session = "jane.roe@corp.example.com", "session-of-jane"
	server, m := redistest.Start(t), newModel(t)
	stores, grant := sharedStore(server, storeKey)
	here, there := sessionGateway(t, m, stores, grant, 401), sessionGateway(t, m, stores, grant, 402)
	stores, _ = sharedStore(server, "another-"+storeKey)
	stranger := sessionGateway(t, m, stores, grant, 403)

	if w := takeTurn(here, chatPath, session, "write to "+jane, "ok"); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	name := m.lastName(t)
	reads := func(h *Handler, session, want string) {
		t.Helper()
		w := takeTurn(h, chatPath, session, "and now?", "to "+name)
		var answer struct {
			Choices []struct{ Message struct{ Content string } }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || len(answer.Choices) != 1 || answer.Choices[0].Message.Content != want {
			t.Errorf("%d %s, want %s", w.Code, w.Body, want)
		}
	}
	reads(here, session, "to "+jane)
	reads(there, session, "to "+jane)
	reads(there, "another session", "to "+name)
	reads(stranger, session, "to "+name)
	if takeTurn(there, chatPath, session, "to "+jane+" again", "ok"); m.lastName(t) != name {
		t.Errorf("the other gateway calls her %s, want %s", m.lastName(t), name)
	}
	dump := server.Dump()
	for _, planted := range []string{jane, "jane", name, name[1 : len(name)-1], "EMAIL", session, "pii"} {
		if bytes.Contains(dump, []byte(planted)) {
			t.Errorf("%q is in Redis", planted)
		}
	}
	if n, err := server.Client.DBSize(t.Context()).Result(); n != 1 || err != nil {
		t.Errorf("%d values, %v, want the one session that has placeholders", n, err)
	}

	before := len(m.seen)
	server.Stop()
	for path, says := range map[string]string{chatPath: `"code":"session_unavailable"`, "/v1/messages": `"type":"error"`} {
		w := takeTurn(there, path, session, "write to "+jane, "ok")
		if w.Code < 500 || !strings.Contains(w.Body.String(), says) || !strings.Contains(w.Body.String(), "store of this session") || strings.Contains(w.Body.String(), "jane") {
			t.Errorf("%s without Redis: %d %s", path, w.Code, w.Body)
		}
	}
	if len(m.seen) != before {
		t.Errorf("without Redis the model saw %v", m.seen[before:])
	}
	server.Again()
	if w := takeTurn(there, chatPath, session, "write to "+jane, "ok"); w.Code != 200 {
		t.Errorf("when Redis is back: %d %s", w.Code, w.Body)
	}
}

// TestSessionHammer has many turns of one session at the same time, at two gateways, each with an address of its own, and then
// asks for all of them.
func TestSessionHammer(t *testing.T) {
	for _, shared := range []bool{false, true} {
		m := newModel(t)
		var gateways []*Handler
		if shared {
			stores, grant := sharedStore(redistest.Start(t), storeKey)
			gateways = []*Handler{sessionGateway(t, m, stores, grant, 404), sessionGateway(t, m, stores, grant, 405)}
		} else {
			gateways = []*Handler{sessionGateway(t, m, "", "", 406)}
		}
		const workers, rounds = 6, 8
		var wg sync.WaitGroup
		for i := range workers {
			wg.Go(func() {
				for k := range rounds {
					for {
						w := takeTurn(gateways[i%len(gateways)], chatPath, "hammer", fmt.Sprintf("write to user%d.%d@corp.example.com", i, k), "ok")
						if w.Code == 200 {
							break
						}
						if !strings.Contains(w.Body.String(), "session_busy") { // which asks to send it again
							t.Errorf("%d %s", w.Code, w.Body)
							return
						}
					}
				}
			})
		}
		wg.Wait()
		names := map[string]bool{}
		for _, seen := range m.seen {
			for _, n := range regexp.MustCompile(`EMAIL_[A-Z0-9]+`).FindAllString(seen, -1) {
				names["<"+n+">"] = true
			}
		}
		all := ""
		for n := range names {
			all += n + " "
		}
		w := takeTurn(gateways[0], chatPath, "hammer", "who?", all)
		for i := range workers {
			for k := range rounds {
				if address := fmt.Sprintf("user%d.%d@corp.example.com", i, k); !strings.Contains(w.Body.String(), address) {
					t.Errorf("shared %v: %s was lost", shared, address)
				}
			}
		}
	}
}

// TestPreviousResponse goes on from a streamed answer of the Responses API without repeating what was said before.
func TestPreviousResponse(t *testing.T) {
	const jane = "jane.roe@corp.example.com"
	var turns int
	var name string
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		turns++
		if turns == 1 {
			name = "<" + regexp.MustCompile(`EMAIL_[A-Z0-9]+`).FindString(string(body)) + ">"
		}
		id := fmt.Sprintf("resp_%d", turns)
		w.Header().Set("Content-Type", "text/event-stream")
		for _, event := range []string{
			`{"type":"response.created","response":{"id":"` + id + `","object":"response","status":"in_progress","output":[]}}`,
			`{"type":"response.output_text.delta","item_id":"msg","output_index":0,"content_index":0,"delta":"to ` + name[:8] + `"}`,
			`{"type":"response.output_text.delta","item_id":"msg","output_index":0,"content_index":0,"delta":"` + name[8:] + `"}`,
			`{"type":"response.completed","response":{"id":"` + id + `","object":"response","status":"completed","output":[]}}`,
		} {
			kind, _, _ := strings.Cut(strings.TrimPrefix(event, `{"type":"`), `"`)
			fmt.Fprintf(w, "event: %s\ndata: %s\n\n", kind, event)
		}
	}))
	defer upstream.Close()
	_, h := configure(t, fmt.Sprintf(`{"providers":{"up":{"base_url":%q,"dialects":["openai.responses"],"api_keys":["k"]}},
		"plugins":{"pii":{"builtin":"redact","grants":{"kv":true},"config":{"session":{"previous_response":true}}}}}`, upstream.URL+"/v1"),
		`{"routes":[{"use":["pii"],"to":["up"]}]}`)
	ask := func(body string) string {
		r := httptest.NewRequest(http.MethodPost, "http://localhost/v1/responses", strings.NewReader(body))
		r.RemoteAddr = "127.0.0.1:1"
		w := httptest.NewRecorder()
		if err := h.ServeHTTP(w, caddyhttp.PrepareRequest(r, caddy.NewReplacer(), w, nil), nil); err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, d := range regexp.MustCompile(`"delta":"([^"]*)"`).FindAllStringSubmatch(w.Body.String(), -1) {
			text += d[1]
		}
		return text
	}
	for i, body := range []string{
		`{"model":"m","stream":true,"input":"write to ` + jane + `"}`,
		`{"model":"m","stream":true,"input":"and now?","previous_response_id":"resp_1"}`,
		`{"model":"m","stream":true,"input":"and now?","previous_response_id":"resp_2"}`,
	} {
		if got := ask(body); got != "to "+jane {
			t.Errorf("turn %d: %s", i+1, got)
		}
	}
	if got := ask(`{"model":"m","stream":true,"input":"and now?","previous_response_id":"resp_9"}`); strings.Contains(got, jane) {
		t.Errorf("after an answer that nobody gave: %s", got)
	}
}
