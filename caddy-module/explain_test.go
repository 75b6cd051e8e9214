package caddyllm

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
)

func TestQuestion(t *testing.T) {
	const document = `{"model":"m"}`
	tests := []struct{ name, text, want string }{
		{"nothing said", `{}`, "POST / localhost /v1/chat/completions 127.0.0.1:0 [] "},
		{"everything", `{"method":"PUT","path":"/v1/messages?a=b","headers":{"x-team":"legal"},"client_ip":"10.0.0.1","body":{"model":"m"}}`,
			"PUT / localhost /v1/messages?a=b 10.0.0.1:0 [application/json]legal " + document},
		{"body as text", `{"body":"{\"model\":\"m\"}","headers":{"Content-Type":"text/plain"}}`, "POST / localhost /v1/chat/completions 127.0.0.1:0 [text/plain] " + document},
		{"over the wire", "POST /v1/messages HTTP/1.1\r\nHost: llm.example\r\nX-Team: legal\r\nContent-Length: 3\r\n\r\n" + document,
			"POST / llm.example /v1/messages 127.0.0.1:0 [application/json]legal " + document},
		{"with plain line ends", "\nPOST /v1/messages HTTP/1.1\nX-Team: legal\n\n{\n\n}", "POST / localhost /v1/messages 127.0.0.1:0 [application/json]legal {\n\n}"},
		{"without body", "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET / localhost /v1/models 127.0.0.1:0 [] "},
		{"neither", "model", "neither a JSON object nor an HTTP request"},
		{"unknown member", `{"model":"m"}`, `unknown field "model"`},
		{"no path", `{"path":"v1"}`, `path "v1" does not begin with a slash`},
		{"no address", `{"client_ip":"x"}`, `client_ip "x" is no IP address`},
		{"no method", `{"method":"P T"}`, "path or method cannot be sent"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q, err := readQuestion([]byte(tt.text))
			got := ""
			if err == nil {
				var r *http.Request
				if r, err = q.request(t.Context()); err == nil {
					body, _ := io.ReadAll(r.Body)
					got = strings.Join([]string{r.Method, "/", r.Host, r.URL.RequestURI(), r.RemoteAddr,
						"[" + r.Header.Get("Content-Type") + "]" + r.Header.Get("X-Team"), string(body)}, " ")
				}
			}
			if err != nil {
				got = err.Error()
			}
			if got != tt.want && (err == nil || !strings.Contains(got, tt.want)) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestExplainHandlers: of several handlers one is named.
func TestExplainHandlers(t *testing.T) {
	a, h := configure(t, `{"providers":{"demo":{}}}`, `{"source":"Caddyfile:9","routes":[{"name":"first","to":["demo"]}]}`)
	ask := func(q question) string {
		e, err := a.explain(t.Context(), &q)
		if err != nil {
			return err.Error()
		}
		return e.Route
	}
	if got := ask(question{}); got != "first" {
		t.Errorf("the only one: got %s", got)
	}
	second := *h
	second.Source = ""
	a.handlers = append(a.handlers, &second)
	for place, want := range map[string]string{
		"":            "there are several llm_gateway handlers, expected handler with one of Caddyfile:9, 2",
		"Caddyfile:9": "first", "2": "first",
		"1": `there is no llm_gateway handler at "1", expected one of Caddyfile:9, 2`,
	} {
		if got := ask(question{Handler: place}); got != want {
			t.Errorf("%q: got %s, want %s", place, got, want)
		}
	}
	if _, err := new(App).explain(t.Context(), new(question)); err == nil || err.Error() != "no llm_gateway handler runs" {
		t.Errorf("without a handler: %v", err)
	}
	_ = a.Cleanup()
	if got := ask(question{Handler: "2"}); got != errReloaded.Error() {
		t.Errorf("after the configuration: got %s", got)
	}
}

const explained = `{
	llm_gateway {
		provider demo {
			prices {
				m 1 10
			}
		}
		provider far demo {
			dialect gemini.generate
		}
	}
}

:8080 {
	llm_gateway {
		auth keys {
			key ann sk-of-ann-12345 team=legal
		}
		route long ` + "`prompt.chars > 5000 || key.team == \"none\"`" + ` {
			to far
		}
		route {
			use redact
			to demo far
		}
	}
}
`

// TestExplainCommand: what the command prints, offline and from a gateway that runs.
func TestExplainCommand(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"Caddyfile": explained, "broken.caddyfile": ":8080 {\n\tllm_gateway {\n\t\troute\n\t}\n}\n",
		"ask.json": `{"model":"m","max_tokens":100,"logit_bias":{"5":1},"messages":[{"role":"user","content":"hi there"}]}`,
		"wire.txt": "POST /v1/messages HTTP/1.1\r\nX-Api-Key: sk-of-ann-12345\r\n\r\n{\"model\":\"m\",\"messages\":[]}",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var asked []byte
	admin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, _ = io.ReadAll(r.Body)
		if r.URL.Path != "/llm_gateway/explain" || r.Method != http.MethodPost {
			w.WriteHeader(http.StatusNotFound)
		}
		_ = json.NewEncoder(w).Encode(gateway.Explanation{Dialect: "openai.chat", ClientIP: "10.0.0.1", Lists: true})
	}))
	defer admin.Close()
	address := strings.TrimPrefix(admin.URL, "http://")
	const routes = `routes   long not matched: prompt.chars > 5000 is false (prompt.chars is 8) and key.team == "none" is false (key.team is "legal")
         route_2 matched: it has no rule
route    route_2
plugins  redact
`
	tests := []struct {
		name string
		args []string
		in   string
		out  string // all of it, or if it begins with … a part
		err  string
	}{
		{"offline", []string{"--config", "Caddyfile", "--key", "ann", "ask.json"}, "", `dialect  openai.chat
model    m
stream   false
caller   ann (key 0ce1118e29ab) from 127.0.0.1
` + routes + `tokens   about 2 in, up to 100 out

1. demo/m
   ready, native openai.chat, about $0.001002

2. far/m
   ready, to gemini.generate by openai-gemini, price unknown
   loses logit_bias: not supported by gemini
`, ""},
		{"standard input", []string{"-c", "Caddyfile", "--header", "Authorization: Bearer sk-of-ann-12345", "--client-ip", "10.0.0.1", "-"}, `{"model":"m"}`, "…(key 0ce1118e29ab) from 10.0.0.1", ""},
		{"over the wire", []string{"-c", "Caddyfile", "wire.txt"}, "", "…anthropic.messages", ""},
		{"JSON", []string{"-c", "Caddyfile", "--key", "ann", "--json", "ask.json"}, "", "…\"route\": \"route_2\"", ""},
		{"refused", []string{"-c", "Caddyfile", "ask.json"}, "", "…refused  401 invalid_api_key: no API key was given", ""},
		{"from the gateway", []string{"--address", address, "--key", "ann", "--path", "/v1/models", "--method", "GET", "--handler", "Caddyfile:9"}, "",
			"dialect  openai.chat\nstream   false\ncaller   10.0.0.1\nanswer   the list of models\n", ""},
		{"no configuration", []string{"-c", "broken.caddyfile", "ask.json"}, "", "", "no candidate, expected to"},
		{"no file", []string{"-c", "Caddyfile", "missing.json"}, "", "", "reading the request: open missing.json"},
		{"no header", []string{"-c", "Caddyfile", "--header", "x", "ask.json"}, "", "", "header has no name, expected name:value"},
		{"both", []string{"-c", "Caddyfile", "--address", address, "ask.json"}, "", "", "config and address exclude each other"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], append([]string{"llm-explain"}, tt.args...)...)
			cmd.Env = append(os.Environ(), asCaddy+"=1")
			cmd.Stdin = strings.NewReader(tt.in)
			var out, problems bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &problems
			err := cmd.Run()
			if (err != nil) != (tt.err != "") || !strings.Contains(problems.String(), tt.err) {
				t.Errorf("got %v, want %q:\n%s", err, tt.err, problems.String())
			}
			if part, ok := strings.CutPrefix(tt.out, "…"); ok {
				if !strings.Contains(out.String(), part) {
					t.Errorf("%q is missing in\n%s", part, out.String())
				}
			} else if diff := cmp.Diff(tt.out, out.String()); diff != "" {
				t.Error(diff)
			}
			if text := out.String() + problems.String(); strings.Contains(text, "hi there") || strings.Contains(text, "sk-of-ann") {
				t.Errorf("a prompt or a key is printed:\n%s", text)
			}
		})
	}
	if want := `{"method":"GET","path":"/v1/models","key":"ann","handler":"Caddyfile:9"}`; string(asked) != want {
		t.Errorf("the gateway was asked %s, want %s", asked, want)
	}
	if left, _ := filepath.Glob("*.jsonl"); len(left) > 0 {
		t.Errorf("files were written: %v", left)
	}
}
