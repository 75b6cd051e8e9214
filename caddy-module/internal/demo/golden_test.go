package demo

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what the demo answers into testdata")

// TestGolden: each file has requests ("name.request": method and path, header lines, a blank line, the
// body) and behind each of them what the demo answers.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no goldens", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{}
			var requests []txtar.File
			for _, f := range archive.Files {
				if name, ok := strings.CutSuffix(f.Name, ".answer"); ok {
					want[name] = string(f.Data)
				} else {
					requests = append(requests, f)
				}
			}
			out := &txtar.Archive{Comment: archive.Comment}
			for _, f := range requests {
				name := strings.TrimSuffix(f.Name, ".request")
				got := ask(t, f.Data)
				if diff := cmp.Diff(want[name], got); diff != "" && !*update {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
				out.Files = append(out.Files, f, txtar.File{Name: name + ".answer", Data: []byte(got)})
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// ask sends a request as a golden has it. Line ends of the answer are LF, with CR visible.
func ask(t *testing.T, request []byte) string {
	t.Helper()
	head, body, _ := bytes.Cut(request, []byte("\n\n"))
	lines := bufio.NewScanner(bytes.NewReader(head))
	lines.Scan()
	method, path, _ := strings.Cut(lines.Text(), " ")
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	new(Server).ServeHTTP(w, r)
	text := strings.ReplaceAll(w.Body.String(), "\r", "␍")
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return fmt.Sprintf("%d %s\n%s", w.Code, w.Header().Get("Content-Type"), text)
}

// dialects has the same question for every dialect: % is the model, ? the user's text.
var dialects = map[string]struct{ path, body, streamed string }{
	"openai.chat":        {chat, `{"model":"%","messages":[{"role":"user","content":"?"}]}`, `"stream":true,`},
	"openai.responses":   {"/v1/responses", `{"model":"%","input":"?"}`, `"stream":true,`},
	"openai.completions": {"/v1/completions", `{"model":"%","prompt":"?"}`, `"stream":true,`},
	"anthropic.messages": {"/v1/messages", `{"max_tokens":100,"model":"%","messages":[{"role":"user","content":"?"}]}`, `"stream":true,`},
	"gemini.generate":    {"/v1beta/models/%:generateContent", `{"contents":[{"parts":[{"text":"?"}]}]}`, ""},
	"ollama.chat":        {"/api/chat", `{"stream":false,"model":"%","messages":[{"role":"user","content":"?"}]}`, `"stream":true,`},
	"ollama.generate":    {"/api/generate", `{"stream":false,"model":"%","prompt":"?"}`, `"stream":true,`},
}

// request is a dialect's question to a model.
func request(dialect, model, text string, streamed bool) *http.Request {
	d := dialects[dialect]
	path, body := strings.Replace(d.path, "%", model, 1), strings.Replace(strings.Replace(d.body, "%", model, 1), "?", text, 1)
	if streamed {
		path = strings.Replace(path, ":generateContent", ":streamGenerateContent?alt=sse", 1)
		body = "{" + d.streamed + strings.TrimPrefix(body, "{")
		body = strings.Replace(body, `"stream":false,`, "", 1)
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Anthropic-Version", "2023-06-01")
	return r
}

func TestEveryDialect(t *testing.T) {
	for dialect := range dialects {
		for _, tt := range []struct {
			name, model string
			streamed    bool
			status      int
			want        []string
			not         string
		}{
			{"whole", "demo", false, 200, []string{"You said: one two"}, "Thinking"},
			{"streamed", "demo", true, 200, []string{`"You "`, `"said: "`, `"one "`, `"two"`}, "Thinking"},
			{"refused", "demo-error-429", false, 429, []string{"always refuses"}, "You said"},
			{"refused stream", "demo-error-503", true, 503, []string{"always refuses"}, "You said"},
			{"fails", "demo-fails", true, 200, []string{`"said: "`, failed}, "two"},
		} {
			t.Run(dialect+"/"+tt.name, func(t *testing.T) {
				w := httptest.NewRecorder()
				new(Server).ServeHTTP(w, request(dialect, tt.model, "one two", tt.streamed))
				body := w.Body.String()
				for _, want := range tt.want {
					if !strings.Contains(body, want) {
						t.Errorf("no %s", want)
					}
				}
				if w.Code != tt.status || strings.Contains(body, tt.not) {
					t.Errorf("status %d, want %d without %s", w.Code, tt.status, tt.not)
				}
				if t.Failed() {
					t.Log(body)
				}
			})
		}
	}
}
