package gateway

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// writes collects a log.
type writes struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *writes) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *writes) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// logged makes g log everything there is.
func logged(g *Gateway) *writes {
	w := &writes{}
	g.Log = zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(w), zap.DebugLevel), zap.AddStacktrace(zap.DebugLevel))
	return w
}

// few are canaries of every kind that fit into one text.
func few() (values []string, text string) {
	var b strings.Builder
	for _, c := range canaries(16) {
		values = append(values, c.value)
		b.WriteString(c.text() + "\n")
	}
	return values, b.String()
}

// TestCanaryModes: what is masked, hashed or dropped never comes back, though the provider says all that it was
// asked again.
func TestCanaryModes(t *testing.T) {
	values, text := few()
	for _, mode := range []string{"mask", "hash", "drop"} {
		t.Run(mode, func(t *testing.T) {
			pairs(t, func(t *testing.T, client, speaks string) {
				if spared(client, speaks) {
					return
				}
				for _, stream := range []bool{false, true} {
					ask := spelt(t, planted(t, marked(client), stream, func(string, int) string { return text }))
					asked := ""
					u := &upstream{answer: func(_ int, _ *http.Request, got string) *http.Response {
						asked = got
						s := speech{reasoning: got, text: got, calls: []call{{"weather", `{"all":` + quoted(got) + `}`}}}
						if stream {
							return wire(speaks, s.stream(speaks)...)
						}
						return whole(s.whole(speaks))
					}}
					p := upstreamOf(t, "up", speaks, u)
					g, _ := gatewayOf(t, p)
					only(t, g, p, upstreamModel[speaks])
					log := logged(g)
					g.Routes[0].Plugins = append(g.Routes[0].Plugins, named(t, "redact", `{"mode":"`+mode+`"}`))
					w := post(g, pathOf(client, stream), ask)
					if w.Code != 200 {
						t.Fatalf("%s: %d %s", mode, w.Code, w.Body)
					}
					leaks(t, values, asked, w.Body.String(), fmt.Sprint(w.Header()), log.String())
				}
			})
		})
	}
}

// TestCanaryRecords: what stands behind redact, and what stands before it without seeing texts, keeps none of the values: the
// store of answers, records with bodies, the account, logs.
func TestCanaryRecords(t *testing.T) {
	values, text := few()
	for _, client := range dialects {
		for _, stream := range []bool{false, true} {
			t.Run(fmt.Sprint(client, " ", stream), func(t *testing.T) {
				ask := spelt(t, planted(t, marked(client), stream, func(string, int) string { return text }))
				u := parrot(client, stream, everyToken)
				p := upstreamOf(t, "up", client, u)
				config := `{"scope":"global","max_bytes":393216}`
				g, accounts := gatewayOf(t, p, named(t, "redact", ""), named(t, "answers", config), named(t, "audit", `{"bodies":true,"max_body":196608}`))
				only(t, g, p, upstreamModel[client])
				log := logged(g)
				records.take()
				first := post(g, pathOf(client, stream), ask).Body.String()
				again := post(g, pathOf(client, stream), ask)
				if first != again.Body.String() || again.Header().Get("X-Longmen-Cache") != "hit" || len(u.asked) != 1 {
					t.Errorf("%s, the provider was asked %d times, the stored answer is another one: %s", again.Header().Get("X-Longmen-Cache"), len(u.asked), diff(again.Body.String(), first))
				}
				shelf, _ := kept.Load("answers" + config)
				stored, trail := shelf.(interface{ all() string }).all(), strings.Join(records.take(), "\n")
				if !placeholder.MatchString(stored) || !strings.Contains(trail, "API_KEY_") {
					t.Errorf("nothing is kept: %.300s\n%.300s", stored, trail)
				}
				leaks(t, values, u.asked[0], stored, trail, log.String(), fmt.Sprint((*accounts)[0], (*accounts)[1]), fmt.Sprint(again.Header()))
				for _, v := range values {
					if in := quoted(v); !strings.Contains(first, in[1:len(in)-1]) {
						t.Errorf("%q did not come back", v)
					}
				}
			})
		}
	}
}

// TestCanaryErrors: whatever goes wrong, nobody but the client learns a value, and what the client is told tells
// it that something went wrong.
func TestCanaryErrors(t *testing.T) {
	values, text := few()
	type outcome struct {
		status int
		body   string // pattern
		asked  bool   // the provider is
		ended  bool   // with an error in the stream
	}
	for _, client := range dialects {
		path := pathOf(client, true)
		ask := spelt(t, planted(t, marked(client), true, func(string, int) string { return text }))
		quote := func(_ int, _ *http.Request, asked string) *http.Response {
			resp := whole(`{"error":{"message":` + quoted("bad request: "+asked) + `,"type":"invalid_request_error","code":"x","status":"INVALID_ARGUMENT"}}`)
			resp.StatusCode = 400
			return resp
		}
		hangUp := func(_ int, _ *http.Request, asked string) *http.Response {
			all := everyToken(placeholder.FindAllString(asked, -1)).stream(client)
			part := strings.Join(all[:len(all)/3], "")
			resp := wire(client, part)
			resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(part), failing{}))
			return resp
		}
		var zipped bytes.Buffer
		z := gzip.NewWriter(&zipped)
		_, _ = z.Write([]byte(ask))
		_ = z.Close()
		good := func(_ int, _ *http.Request, asked string) *http.Response {
			return wire(client, everyToken([]string{"<EMAIL_2345>"}).stream(client)...)
		}
		for _, tc := range []struct {
			name, method, path, body string
			header                   []string
			answer                   func(int, *http.Request, string) *http.Response
			outcome
		}{
			{"provider quotes the request", "POST", path, ask, nil, quote, outcome{400, "bad request", true, false}},
			{"provider hangs up", "POST", path, ask, nil, hangUp, outcome{200, "broke off", true, true}},
			{"provider cannot be read", "POST", path, ask, nil, func(_ int, _ *http.Request, asked string) *http.Response { return wire(client, "data: {"+asked+"\n\n") }, outcome{502, "broke", true, false}},
			{"no JSON", "POST", path, ask[:len(ask)-9], nil, good, outcome{400, "request body", false, false}},
			{"no JSON at all", "POST", path, text, nil, good, outcome{400, "request body", false, false}},
			{"no object", "POST", path, "[" + ask + "]", nil, good, outcome{400, "expected a JSON object", false, false}},
			{"more behind it", "POST", path, ask + ask, nil, good, outcome{400, "request body", false, false}},
			{"unknown encoding", "POST", path, ask, []string{"Content-Encoding", "br"}, good, outcome{415, "content-encoding", false, false}},
			{"packed", "POST", path, zipped.String(), []string{"Content-Encoding", "gzip"}, good, outcome{200, "", true, false}},
			{"unknown path", "POST", "/v1/unknown", ask, nil, good, outcome{404, "no dialect", false, false}},
			{"raw, a form", "POST", "/v1/files", text, []string{"Content-Type", "multipart/form-data; boundary=x"}, good, outcome{415, "no JSON document", false, false}},
			{"raw, a text", "POST", "/v1/audio/speech", text, []string{"Content-Type", "text/plain"}, good, outcome{415, "no JSON document", false, false}},
			{"raw, a text that calls itself JSON", "POST", "/v1/audio/speech", text, nil, good, outcome{400, "request body", false, false}},
			{"raw, in the query", "GET", "/v1/files?after=" + values[0], "", nil, good, outcome{400, "path or the query", false, false}},
			{"raw, in the path", "DELETE", "/v1/files/" + values[0], "", nil, good, outcome{400, "path or the query", false, false}},
		} {
			t.Run(client+" "+tc.name, func(t *testing.T) {
				u := &upstream{answer: tc.answer}
				speaks := client
				if strings.HasPrefix(tc.name, "raw") {
					speaks = "openai.chat"
				}
				g, accounts := gatewayOf(t, upstreamOf(t, "up", speaks, u), named(t, "redact", ""), named(t, "audit", `{"bodies":true}`))
				log := logged(g)
				records.take()
				header := append([]string{"X-Private", values[0], "User-Agent", values[0], "Cookie", "who=" + values[0]}, tc.header...)
				w := send(g, tc.method, tc.path, "application/json", tc.body, header...)
				if w.Code != tc.status || !regexp.MustCompile(tc.outcome.body).MatchString(w.Body.String()) || (len(u.asked) > 0) != tc.asked {
					t.Errorf("%d %.400s, the provider was asked %d times", w.Code, w.Body, len(u.asked))
				}
				if tc.ended {
					d := clientOf(client).decode(w.Body.String())
					if d.said.Finish != "error" || strings.Contains(w.Body.String(), "[DONE]") || placeholder.MatchString(w.Body.String()) {
						t.Errorf("the stream ends with %q: %v: %.400s", d.said.Finish, d.wrong, w.Body)
					}
				} else {
					leaks(t, values, w.Body.String())
				}
				seen := ""
				for i := range u.asked {
					seen += fmt.Sprint(u.asked[i], u.seen[i].URL, u.seen[i].Header)
				}
				leaks(t, values, seen, log.String(), strings.Join(records.take(), "\n"), fmt.Sprint(w.Header()), fmt.Sprint((*accounts)[0]))
			})
		}
	}
}

// failing is a connection that breaks.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

// leaver is a client that takes n bytes and leaves.
type leaver struct {
	*httptest.ResponseRecorder
	n int
}

func (l *leaver) Write(p []byte) (int, error) {
	if l.n -= len(p); l.n < 0 {
		return 0, errors.New("broken pipe")
	}
	return l.ResponseRecorder.Write(p)
}

// TestCanaryAbort: a client that leaves in the middle of an answer leaves nothing behind.
func TestCanaryAbort(t *testing.T) {
	values, text := few()
	for _, client := range dialects {
		ask := spelt(t, planted(t, marked(client), true, func(string, int) string { return text }))
		u := parrot(client, true, everyToken)
		config := `{"scope":"global","ttl":"1m"}`
		g, accounts := gatewayOf(t, upstreamOf(t, "up", client, u), named(t, "redact", ""), named(t, "answers", config), named(t, "audit", `{"bodies":true}`))
		log := logged(g)
		for _, n := range []int{0, 700, 5000} {
			records.take()
			r := httptest.NewRequest("POST", pathOf(client, true), strings.NewReader(ask))
			g.ServeHTTP(&leaver{httptest.NewRecorder(), n}, r)
			trail := strings.Join(records.take(), "\n")
			if !strings.Contains(trail, "aborted") {
				t.Errorf("%s: after %d bytes: %.300s", client, n, trail)
			}
			shelf, _ := kept.Load("answers" + config)
			leaks(t, values, u.asked[len(u.asked)-1], log.String(), trail, shelf.(interface{ all() string }).all(), fmt.Sprint((*accounts)[len(*accounts)-1]))
		}
	}
}
