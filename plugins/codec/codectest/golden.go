// Package codectest plays the goldens of codec plugins: a request in, what the provider has to get, the
// provider's answer or events, what the client has to get; and mutates their documents for fuzzing. The
// tests of the plugins beside it call it.
package codectest

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what the plugin does into the golden files")

// Codec is one direction of a codec plugin under test.
type Codec struct {
	Plugin           string // name in the manifest
	Client, Provider string // the pair
	From, To         string // the ends of the whole way; "" is the pair's
	Model            string // upstream.model where a case sets none
	Request          string // the client's request where a case has none
	Files            string // pattern of the goldens
}

// A Case is the files <name>/<part> of a golden:
//
//	set       what surrounds it, one "name value" a line: config, or the name of an attribute
//	client    the client's request; Codec.Request if there is none
//	upstream  the request that the provider has to get
//	answer    the provider's answer
//	reply     the answer that the client has to get
//	events    the provider's events, one a line; "name: {…}" gives one its name
//	chunks    the events that the client has to get, likewise; a name that the event's type repeats is left out
//	warnings  what x-gateway-warning has to say, one a line
//	error     the refusal, in place of upstream, reply or the rest of chunks
type Case struct {
	Name  string
	Part  map[string]string
	codec *Codec
}

// given are the parts that -update leaves as they are.
var given = map[string]bool{"set": true, "client": true, "answer": true, "events": true}

// order is how the parts of a case are written.
var order = []string{"set", "client", "upstream", "answer", "reply", "events", "chunks", "warnings", "error"}

// Run plays all cases. With -update it writes what came out.
func (c *Codec) Run(t *testing.T) {
	for _, file := range c.files(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, all := c.read(t, file)
			var out []txtar.File
			for i := range all {
				g := &all[i]
				t.Run(g.Name, func(t *testing.T) {
					got := g.play(t)
					for _, part := range order {
						text := got[part]
						if given[part] {
							text = g.Part[part]
						} else if !*update {
							if diff := cmp.Diff(g.Part[part], text); diff != "" {
								t.Errorf("%s (-want +got):\n%s", part, diff)
							}
						}
						if text != "" {
							out = append(out, txtar.File{Name: g.Name + "/" + part, Data: []byte(text + "\n")})
						}
					}
				})
			}
			if *update {
				archive.Files = out
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func (c *Codec) files(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(c.Files)
	if err != nil || len(files) == 0 {
		t.Fatalf("finding %s: %v, %d files", c.Files, err, len(files))
	}
	return files
}

func (c *Codec) read(t testing.TB, file string) (*txtar.Archive, []Case) {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []Case
	for _, f := range a.Files {
		name, part, ok := strings.Cut(f.Name, "/")
		if !ok || !slices.Contains(order, part) {
			t.Fatalf("%s: file %q: want <case>/<part>, part one of %s", file, f.Name, strings.Join(order, ", "))
		}
		i := slices.IndexFunc(all, func(g Case) bool { return g.Name == name })
		if i < 0 {
			all = append(all, Case{Name: name, Part: map[string]string{}, codec: c})
			i = len(all) - 1
		}
		all[i].Part[part] = strings.TrimRight(string(f.Data), "\n")
	}
	return a, all
}

// Open configures the plugin and gives it the attributes of a codec; set are lines as in a case.
func (c *Codec) Open(t testing.TB, set string) *longmentest.Plugin {
	t.Helper()
	config, attributes := "", c.Attributes()
	for line := range strings.Lines(set) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case name == "config":
			config = value
		case name == "model":
			attributes["upstream.model"] = value
		case value == "true" || value == "false":
			attributes[name] = value == "true"
		default:
			attributes[name] = value
			if n, err := strconv.ParseInt(value, 10, 64); err == nil {
				attributes[name] = n
			}
		}
	}
	p := longmentest.New(t, config, longmentest.Named(c.Plugin))
	p.Attributes = attributes
	return p
}

// Attributes are those that the gateway gives a codec.
func (c *Codec) Attributes() map[string]any {
	from, to := c.From, c.To
	if from == "" {
		from = c.Client
	}
	if to == "" {
		to = c.Provider
	}
	return map[string]any{
		"codec.client": c.Client, "codec.provider": c.Provider, "dialect": from, "upstream.dialect": to,
		"upstream.model": c.Model, "upstream.quirks": "", "stream": false, "strict_params": false, "key.id": "",
	}
}

// NewExchange begins another exchange of p with the same attributes.
func NewExchange(p *longmentest.Plugin) *longmentest.Exchange {
	x := p.NewExchange()
	x.Attributes = maps.Clone(p.Attributes)
	return x
}

// Open configures the plugin as the case says.
func (g *Case) Open(t testing.TB) *longmentest.Plugin {
	t.Helper()
	return g.codec.Open(t, g.Part["set"])
}

// Client is the client's request.
func (g *Case) Client() string {
	if c, ok := g.Part["client"]; ok {
		return c
	}
	return g.codec.Request
}

// play runs the case and returns the parts that it makes.
func (g *Case) play(t testing.TB) map[string]string {
	t.Helper()
	p := g.Open(t)
	made := map[string]string{}
	r := p.Request(g.Client())
	if !succeeded(t, made, r, "upstream") {
		made["warnings"] = strings.Join(p.Warnings, "\n")
		return made
	}
	if _, ok := g.Part["client"]; !ok {
		delete(made, "upstream")
	}
	if answer, ok := g.Part["answer"]; ok {
		succeeded(t, made, p.Response(answer), "reply")
	}
	if events, ok := g.Part["events"]; ok {
		var chunks []longmentest.Event
		var last longmentest.Result
		for line := range strings.Lines(events) {
			last = p.NamedEvent(SplitEvent(strings.TrimRight(line, "\n")))
			if chunks = append(chunks, last.Events...); last.Err != nil || last.Rejection != nil {
				break
			}
		}
		if last.Err == nil && last.Rejection == nil {
			last = p.EndOfStream()
			chunks = append(chunks, last.Events...)
		}
		var b strings.Builder
		for _, c := range chunks {
			b.WriteString(joinEvent(t, c) + "\n")
		}
		made["chunks"] = strings.TrimRight(b.String(), "\n")
		refused(t, made, last)
	}
	made["warnings"] = strings.Join(p.Warnings, "\n")
	return made
}

// Streams gives f every case whose stream ends well, for tests that cut or mix streams.
func (c *Codec) Streams(t *testing.T, f func(t *testing.T, g *Case, events []string)) {
	t.Helper()
	n := 0
	for _, file := range c.files(t) {
		_, all := c.read(t, file)
		for i := range all {
			g := &all[i]
			if events, ok := g.Part["events"]; ok && g.Part["error"] == "" {
				n++
				t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+g.Name, func(t *testing.T) {
					f(t, g, strings.Split(events, "\n"))
				})
			}
		}
	}
	if n == 0 {
		t.Fatal("found no streams")
	}
}

// SplitEvent reads an event of a golden. An event without a name has the one that its type repeats: so do
// the dialects whose events have names.
func SplitEvent(line string) (name, data string) {
	if !strings.HasPrefix(line, "{") {
		if n, d, ok := strings.Cut(line, ": "); ok {
			return n, d
		}
	}
	return eventType(line), line
}

func eventType(data string) string {
	var e struct{ Type string }
	json.Unmarshal([]byte(data), &e)
	return e.Type
}

func joinEvent(t testing.TB, e longmentest.Event) string {
	t.Helper()
	if !json.Valid([]byte(e.JSON)) {
		t.Fatalf("event is no JSON:\n%s", e.JSON)
	}
	if e.Name == eventType(e.JSON) {
		return e.JSON
	}
	return e.Name + ": " + e.JSON
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
