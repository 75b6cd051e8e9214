package openaigemini

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what the plugin does into testdata/*.txtar")

// A case of testdata/*.txtar is the files <case>/<part>:
//
//	set       what surrounds it, one "name value" a line: model, strict_params, config
//	client    the client's request, in openai.chat; a short one if there is none
//	upstream  the request that the provider has to get
//	answer    the provider's answer, in gemini.generate
//	reply     the answer that the client has to get
//	events    the provider's events, one a line
//	chunks    the chunks that the client has to get, one a line
//	warnings  what x-gateway-warning has to say, one a line
//	error     the refusal, in place of upstream, reply or the rest of chunks
type golden struct {
	name string
	part map[string]string
}

const (
	defaultModel  = "gemini-2.5-flash"
	defaultClient = `{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}`
)

func readGoldens(t testing.TB, file string) (*txtar.Archive, []golden) {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []golden
	for _, f := range a.Files {
		name, part, ok := strings.Cut(f.Name, "/")
		if !ok {
			t.Fatalf("%s: file %q: want <case>/<part>", file, f.Name)
		}
		i := slices.IndexFunc(all, func(g golden) bool { return g.name == name })
		if i < 0 {
			all = append(all, golden{name: name, part: map[string]string{}})
			i = len(all) - 1
		}
		all[i].part[part] = strings.TrimRight(string(f.Data), "\n")
	}
	return a, all
}

// open configures the plugin as the case says and gives it its attributes.
func (g *golden) open(t testing.TB) *longmentest.Plugin {
	t.Helper()
	config, attributes := "", map[string]any{"upstream.model": defaultModel}
	for line := range strings.Lines(g.part["set"]) {
		switch name, value, _ := strings.Cut(strings.TrimSpace(line), " "); name {
		case "model":
			attributes["upstream.model"] = value
		case "strict_params":
			attributes["strict_params"] = value == "true"
		case "config":
			config = value
		default:
			t.Fatalf("set %q: want model, strict_params or config", name)
		}
	}
	p := longmentest.New(t, config, longmentest.Named("openai-gemini"))
	p.Attributes = attributes
	return p
}

func (g *golden) client() string {
	if c, ok := g.part["client"]; ok {
		return c
	}
	return defaultClient
}

// play runs the case and returns the parts that it makes.
func (g *golden) play(t testing.TB, p *longmentest.Plugin) map[string]string {
	t.Helper()
	made := map[string]string{}
	r := p.Request(g.client())
	if !succeeded(t, made, r, "upstream") {
		made["warnings"] = strings.Join(p.Warnings, "\n")
		return made
	}
	if _, ok := g.part["client"]; !ok {
		delete(made, "upstream")
	}
	if answer, ok := g.part["answer"]; ok {
		r := p.Response(answer)
		succeeded(t, made, r, "reply")
	}
	if events, ok := g.part["events"]; ok {
		x := p.Event(strings.Split(events, "\n")...)
		chunks := x.Events
		if x.Err == nil && x.Rejection == nil {
			x = p.EndOfStream()
			chunks = append(chunks, x.Events...)
		}
		var b strings.Builder
		for _, c := range chunks {
			b.WriteString(c.JSON + "\n")
		}
		made["chunks"] = strings.TrimRight(b.String(), "\n")
		refused(t, made, x)
	}
	made["warnings"] = strings.Join(p.Warnings, "\n")
	return made
}

func succeeded(t testing.TB, made map[string]string, r longmentest.Result, part string) bool {
	t.Helper()
	if refused(t, made, r) {
		return false
	}
	if !json.Valid([]byte(r.JSON)) {
		t.Fatalf("%s is no JSON:\n%s", part, r.JSON)
	}
	made[part] = lines([]byte(r.JSON))
	return true
}

// lines breaks a JSON text so that each value of the first two levels has a line, and is otherwise as
// it was written.
func lines(text []byte) string {
	const levels = 2
	var b bytes.Buffer
	depth, quoted := 0, false
	line := func() {
		b.WriteByte('\n')
		for range depth {
			b.WriteString("  ")
		}
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted && c == '\\':
			b.WriteByte(c)
			i++
			c = text[i]
		case c == '"':
			quoted = !quoted
		case quoted:
		case (c == '{' || c == '[') && text[i+1] == c+2: // empty
		case c == '{' || c == '[':
			b.WriteByte(c)
			if depth++; depth <= levels {
				line()
			}
			continue
		case (c == '}' || c == ']') && text[i-1] != c-2:
			if depth--; depth < levels {
				line()
			}
		case c == ',' && depth <= levels:
			b.WriteByte(c)
			line()
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func refused(t testing.TB, made map[string]string, r longmentest.Result) bool {
	t.Helper()
	if r.Rejection != nil {
		made["error"] = fmt.Sprintf("%d %s\nparam: %s\n%s", r.Rejection.Status, r.Rejection.Code, r.Rejection.Param, r.Rejection.Message)
		return true
	}
	if r.Err != nil {
		t.Fatalf("hook failed: %v", r.Err)
	}
	return false
}

// order is how the parts of a case are written.
var order = []string{"set", "client", "upstream", "answer", "reply", "events", "chunks", "warnings", "error"}

func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("finding testdata/*.txtar: %v, %d files", err, len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, all := readGoldens(t, file)
			var out []txtar.File
			for _, g := range all {
				t.Run(g.name, func(t *testing.T) {
					got := g.play(t, g.open(t))
					for _, part := range order {
						_, given := map[string]bool{"set": true, "client": true, "answer": true, "events": true}[part]
						text := got[part]
						if given {
							text = g.part[part]
						} else if !*update {
							if diff := cmp.Diff(g.part[part], text); diff != "" {
								t.Errorf("%s (-want +got):\n%s", part, diff)
							}
						}
						if text != "" {
							out = append(out, txtar.File{Name: g.name + "/" + part, Data: []byte(text + "\n")})
						}
					}
				})
			}
			if *update {
				a.Files = out
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
