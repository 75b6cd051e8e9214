package gateway

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
)

// The chop test: every recorded stream, cut at every byte offset and its text cut anew at every offset,
// through every chain. The client sees the same thing every time.
func TestChop(t *testing.T) {
	files, err := filepath.Glob("testdata/streams/*.sse")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded streams: %v", err)
	}
	for _, file := range files {
		recorded, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".sse")
		speaks := "openai.chat"
		if strings.HasPrefix(name, "gemini") {
			speaks = "gemini.generate"
		}
		t.Run(name+"/no plugin", func(t *testing.T) { chop(t, string(recorded), speaks, speaks, nil) })
		t.Run(name+"/redact", func(t *testing.T) { chop(t, string(recorded), speaks, speaks, nil, "redact") })
		if speaks == "gemini.generate" {
			codec := named(t, "openai-gemini", "")
			t.Run(name+"/openai-gemini", func(t *testing.T) { chop(t, string(recorded), "openai.chat", speaks, codec) })
			t.Run(name+"/redact+openai-gemini+audit", func(t *testing.T) {
				chop(t, string(recorded), "openai.chat", speaks, codec, "redact", "audit")
			})
		}
	}
}

const (
	mail  = "jane.doe@example.com"
	card  = "4111 1111 1111 1111"
	phone = "+49 30 9018 2099"
)

var placeholder = regexp.MustCompile(`<[A-Z_]+_[0-9A-Z]+>`)

func chop(t *testing.T, recorded, client, speaks string, codec *pipeline.Plugin, chain ...string) {
	u := &upstream{}
	var plugins []*pipeline.Plugin
	for _, name := range chain {
		plugins = append(plugins, named(t, name, ""))
	}
	g, _ := gatewayOf(t, upstreamOf(t, "up", speaks, u), plugins...)
	path, request := "/v1/chat/completions", `{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"`+mail+`, `+card+`, `+phone+`"}]}`
	if client == "gemini.generate" {
		path, request = "/v1beta/models/m:streamGenerateContent?alt=sse", `{"contents":[{"role":"user","parts":[{"text":"`+mail+`, `+card+`, `+phone+`"}]}]}`
	}
	play := func(pieces ...string) string {
		u.answer = func(int, *http.Request, string) *http.Response { return streamed(pieces...) }
		w := post(g, path, request)
		if w.Code != 200 {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
		return w.Body.String()
	}

	// The placeholders are known from the first request on: the same value has the same one each time.
	want := mail + "|" + card + "|" + phone
	play(recorded)
	stream := recorded
	if len(chain) > 0 {
		tokens := placeholder.FindAllString(u.asked[0], -1)
		if len(tokens) != 3 || strings.Contains(u.asked[0], "jane") {
			t.Fatalf("the upstream saw %s", u.asked[0])
		}
		stream = fill(recorded, tokens)
	} else {
		want = ""
	}
	first := play(stream)
	reference := decode(client, first)
	for _, value := range strings.Split(want, "|") {
		if strings.Contains(recorded, marker[value]) && !strings.Contains(reference, value) {
			t.Fatalf("%q did not come back:\n%s", value, reference)
		}
	}
	if strings.Contains(reference, "error") || strings.Contains(reference, "no JSON") {
		t.Fatalf("the uncut stream fails:\n%s\n%s", reference, first)
	}
	if len(chain) == 0 && codec == nil && first != stream {
		t.Errorf("passthrough changed the bytes:\n%q\n%q", first, stream)
	}

	step := 1
	if raceEnabled || testing.Short() {
		step = 17 // every offset takes minutes under the race detector
	}
	for k := 1; k < len(stream); k += step {
		if got := decode(client, play(stream[:k], stream[k:])); got != reference {
			t.Fatalf("cut at byte %d (%q|%q):\n%s\nwant\n%s", k, tailOf(stream[:k]), headOf(stream[k:]), got, reference)
		}
	}
	for i, cut := range recut(t, stream, speaks) {
		if i%step != 0 {
			continue
		}
		if got := decode(client, play(cut)); got != reference {
			t.Fatalf("text cut %d:\n%s\nwant\n%s\nstream\n%s", i, got, reference, cut)
		}
	}
}

var marker = map[string]string{mail: "{{EM", card: "{{CA", phone: "{{PHO"}

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

// recut gives the stream with each text of each event cut in two at each offset, and once with every
// character an event of its own.
func recut(t *testing.T, stream, speaks string) []string {
	events := frames(stream)
	var out []string
	var all []string
	for i, data := range events {
		cuts := splits(t, data, speaks, -1)
		if len(cuts) == 0 {
			all = append(all, data)
			continue
		}
		all = append(all, splits(t, data, speaks, 0)[0]...)
		for _, cut := range cuts {
			out = append(out, join(append(append(append([]string{}, events[:i]...), cut...), events[i+1:]...)))
		}
	}
	return append(out, join(all))
}

func join(events []string) string {
	var b strings.Builder
	for _, data := range events {
		b.WriteString("data: " + strings.ReplaceAll(data, "\n", "\ndata: ") + "\n\n")
	}
	return b.String()
}

// frames are the data of a stream's events, comments left out.
func frames(stream string) []string {
	var out []string
	for _, block := range strings.Split(strings.ReplaceAll(strings.TrimPrefix(stream, "\ufeff"), "\r\n", "\n"), "\n\n") {
		var data []string
		for _, line := range strings.Split(block, "\n") {
			if v, ok := strings.CutPrefix(line, "data: "); ok {
				data = append(data, v)
			}
		}
		if len(data) > 0 {
			out = append(out, strings.Join(data, "\n"))
		}
	}
	return out
}

// splits cuts the text of one event: into two at every offset (every = -1), or into single characters.
func splits(t *testing.T, data, speaks string, every int) [][]string {
	var v map[string]any
	if json.Unmarshal([]byte(data), &v) != nil {
		return nil
	}
	slot := textSlot(v, speaks)
	if slot == nil {
		return nil
	}
	text := slot("")
	if utf8.RuneCountInString(text) < 2 {
		return nil
	}
	event := func(part string) string {
		slot(part)
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if every >= 0 {
		var one []string
		for _, r := range text {
			one = append(one, event(string(r)))
		}
		return [][]string{one}
	}
	var out [][]string
	for k := range text {
		if k > 0 {
			out = append(out, []string{event(text[:k]), event(text[k:])})
		}
	}
	return out
}

// textSlot finds the one text of an event; the function it returns puts another text there and gives
// the one that was. Nil if the event has none that a provider could cut elsewhere.
func textSlot(v map[string]any, speaks string) func(string) string {
	at := func(m map[string]any, key string) func(string) string {
		if s, ok := m[key].(string); ok && s != "" {
			return func(put string) string {
				was := m[key].(string)
				m[key] = put
				return was
			}
		}
		return nil
	}
	if speaks == "gemini.generate" {
		candidate := v["candidates"].([]any)[0].(map[string]any)
		parts, _ := candidate["content"].(map[string]any)["parts"].([]any)
		if len(parts) == 0 || candidate["finishReason"] != nil {
			return nil
		}
		return at(parts[0].(map[string]any), "text")
	}
	choices, _ := v["choices"].([]any)
	if len(choices) == 0 {
		return nil
	}
	delta := choices[0].(map[string]any)["delta"].(map[string]any)
	for _, key := range []string{"content", "reasoning_content"} {
		if slot := at(delta, key); slot != nil {
			return slot
		}
	}
	if calls, ok := delta["tool_calls"].([]any); ok {
		call := calls[0].(map[string]any)
		if call["id"] == nil {
			return at(call["function"].(map[string]any), "arguments")
		}
	}
	return nil
}

func tailOf(s string) string { return s[max(0, len(s)-20):] }
func headOf(s string) string { return s[:min(20, len(s))] }
