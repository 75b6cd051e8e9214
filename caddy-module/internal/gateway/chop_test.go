package gateway

import (
	"fmt"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
)

// The chop test: every recorded stream, cut at every byte offset and its text cut anew at every offset, to
// clients of every dialect, with and without a plugin. The client sees the same thing every time, it is what
// the provider said, and it keeps the rules of the client's dialect.
func TestChop(t *testing.T) {
	for _, rec := range recordings(t) {
		for _, c := range clients {
			for _, chain := range [][]string{nil, {"redact"}} {
				name := strings.Join(append([]string{rec.name, "to " + c.name}, chain...), "/")
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					chop(t, rec, c, chain)
				})
			}
		}
	}
}

// TestChopChain is a chain of three.
func TestChopChain(t *testing.T) {
	for _, rec := range recordings(t) {
		if rec.speaks == "gemini.generate" {
			t.Run(rec.name, func(t *testing.T) {
				t.Parallel()
				chop(t, rec, clientOf("openai.chat"), []string{"redact", "audit"})
			})
		}
	}
}

// TestChopLenient: placeholders that the model has mangled, and others, in streams of several choices and calls.
func TestChopLenient(t *testing.T) {
	for _, rec := range recordings(t) {
		switch rec.name {
		case "openai-parallel", "gemini-candidates", "anthropic_tools", "ollama_tools":
			t.Run(rec.name, func(t *testing.T) {
				t.Parallel()
				chop(t, rec, clientOf(rec.speaks), []string{"redact " + lenient})
			})
		}
	}
}

const lenient = `{"restore":"lenient"}`

// mangled are placeholders as models write them when they do not copy them.
func mangled(tokens []string) []string {
	bare := strings.Trim(tokens[1], "<>")
	return []string{strings.ToLower(tokens[0]), "[" + bare + "]", strings.Replace(tokens[2], "_", " ", 1)}
}

const (
	mail  = "jane.doe@example.com"
	card  = "4111 1111 1111 1111"
	phone = "+49 30 9018 2099"
)

var placeholder = regexp.MustCompile(`<[A-Z_]+_[0-9A-Z]+>`)

// recording is a provider's stream, with marks where texts of the request come back.
type recording struct{ name, speaks, stream string }

func recordings(t *testing.T) []recording {
	t.Helper()
	files, err := filepath.Glob("testdata/streams/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded streams: %v", err)
	}
	dialects := map[string]string{
		"openai": "openai.chat", "gemini": "gemini.generate", "anthropic": "anthropic.messages", "responses": "openai.responses", "ollama": "ollama.chat",
	}
	var out []recording
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		r := recording{name: name, speaks: dialects[name[:strings.IndexAny(name, "-_")]], stream: string(b)}
		if r.speaks == "" {
			t.Fatalf("%s: recordings are named by their dialect", file)
		}
		out = append(out, r)
	}
	return out
}

// conversation is what the clients of each dialect ask, with the texts that plugins may change.
func conversation(dialect string) string {
	text := mail + ", " + card + ", " + phone
	switch dialect {
	case "openai.responses":
		return `{"model":"m","stream":true,"input":"` + text + `"}`
	case "anthropic.messages":
		return `{"model":"m","stream":true,"max_tokens":9000,"messages":[{"role":"user","content":"` + text + `"}]}`
	case "gemini.generate":
		return `{"contents":[{"role":"user","parts":[{"text":"` + text + `"}]}],"generationConfig":{"thinkingConfig":{"includeThoughts":true}}}`
	case "ollama.chat":
		return `{"model":"m","messages":[{"role":"user","content":"` + text + `"}]}`
	}
	return `{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"` + text + `"}]}`
}

// wire is a stream as a provider of that dialect sends it.
func wire(speaks string, pieces ...string) *http.Response {
	resp := streamed(pieces...)
	if speaks == "ollama.chat" {
		resp.Header.Set("Content-Type", "application/x-ndjson")
	}
	return resp
}

// teeth is the distance of the cuts of a comb.
const teeth = 16

// cuts gives the stream cut in two at every offset, or, where that has been done for its framing already, by
// combs that together cut everywhere.
func cuts(stream string, comb bool) iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		if comb {
			for first := 1; first <= teeth; first++ {
				pieces := []string{stream[:min(first, len(stream))]}
				for k := first; k < len(stream); k += teeth {
					pieces = append(pieces, stream[k:min(k+teeth, len(stream))])
				}
				if !yield(fmt.Sprintf("cut at byte %d and every %d behind", first, teeth), pieces) {
					return
				}
			}
			return
		}
		step := 1
		if raceEnabled || testing.Short() {
			step = 97 // every offset takes minutes under the race detector
		}
		for k := 1; k < len(stream); k += step {
			if !yield(fmt.Sprintf("cut at byte %d (%q|%q)", k, stream[max(0, k-20):k], stream[k:min(k+20, len(stream))]), []string{stream[:k], stream[k:]}) {
				return
			}
		}
	}
}

// stride is how many text cuts one stands for.
func stride(speaks string, c client) int {
	switch {
	case raceEnabled || testing.Short():
		return 97
	case speaks == c.dialect, speaks == "openai.chat", c.dialect == "openai.chat":
		return 1
	}
	return 11 // two codecs, each of which the others have cut everywhere
}

func chop(t *testing.T, rec recording, c client, chain []string) {
	u := &upstream{}
	var plugins []*pipeline.Plugin
	for _, name := range chain {
		name, config, _ := strings.Cut(name, " ")
		plugins = append(plugins, named(t, name, config))
	}
	g, _ := gatewayOf(t, upstreamOf(t, "up", rec.speaks, u), plugins...)
	request := conversation(c.dialect)
	play := func(pieces ...string) string {
		u.asked = nil
		u.answer = func(int, *http.Request, string) *http.Response { return wire(rec.speaks, pieces...) }
		w := post(g, c.path, request)
		if w.Code != 200 {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
		return w.Body.String()
	}

	// The placeholders are known from the first request on: the same value has the same one each time.
	play(rec.stream)
	stream := rec.stream
	var tokens []string
	if len(chain) > 0 {
		tokens = placeholder.FindAllString(u.asked[0], -1)
		if len(tokens) != 3 || strings.Contains(u.asked[0], "jane") {
			t.Fatalf("the upstream saw %s", u.asked[0])
		}
		if strings.HasSuffix(chain[0], lenient) {
			tokens = mangled(tokens)
		}
		stream = fill(rec.stream, tokens)
	}
	first := play(stream)
	reference := c.decode(first)
	native := clientOf(rec.speaks).decode(stream)
	// What odd servers send is as odd to their own clients, and how often changes with the cuts.
	odd := rec.speaks == c.dialect && len(native.wrong) > 0
	meant := native.said
	meant.restore(tokens)
	if lost := meant.lost(reference.said, rec.speaks, c.dialect); lost != "" {
		t.Errorf("%s\nstream\n%s", lost, first)
	}
	if len(reference.wrong) > 0 && !odd {
		t.Errorf("the stream breaks its dialect's rules:\n%s\nstream\n%s", strings.Join(reference.wrong, "\n"), first)
	}
	if len(chain) == 0 && rec.speaks == c.dialect && !c.array && first != stream {
		t.Errorf("passthrough changed the bytes:\n%q\n%q", first, stream)
	}
	if reference.uncounted != "" && native.said.Usage != "" {
		t.Errorf("no counts at the end: %s", reference.uncounted)
	}
	if t.Failed() {
		return
	}

	want := ""
	read := func(stream string) string {
		if want != "" && stream == first {
			return want
		}
		d := c.decode(stream)
		if odd {
			d.wrong = nil
		}
		return d.String()
	}
	want = read(first)
	for name, pieces := range cuts(stream, rec.speaks != c.dialect) {
		if got := read(play(pieces...)); got != want {
			t.Fatalf("%s:\n%s", name, diff(got, want))
		}
	}
	step := stride(rec.speaks, c)
	for i, cut := range recut(t, stream, rec.speaks) {
		if i%step != 0 {
			continue
		}
		if got := read(play(cut)); got != want {
			t.Fatalf("text cut %d:\n%s\nstream\n%s", i, diff(got, want), cut)
		}
	}
}

// fill puts placeholders where the recording has marks, also where a mark is spread over two events.
func fill(recorded string, tokens []string) string {
	for i, mark := range []string{"EM/AIL", "CA/RD", "PHO/NE"} {
		a, b, _ := strings.Cut(mark, "/")
		token := tokens[i]
		recorded = strings.ReplaceAll(recorded, "{{"+a+b+"}}", token)
		recorded = strings.ReplaceAll(recorded, "{{"+a, token[:len(token)/2])
		recorded = strings.ReplaceAll(recorded, b+"}}", token[len(token)/2:])
	}
	return recorded
}
