package integration

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

// analyzer speaks the REST API of the Presidio analyzer as its image does, with a model that knows a few names. What
// comes first in the path says how it fails.
type analyzer struct {
	*httptest.Server
	done chan struct{} // ends who waits

	mu   sync.Mutex
	seen []string // language and text of each request
}

// figures are the names that the analyzer knows.
var figures = map[string]string{
	"Jane Doe": "PERSON", "Springfield": "LOCATION", "Jörg Müller": "PERSON", "Düsseldorf": "LOCATION", "王小明": "PERSON", "杭州": "LOCATION", "Acme": "ORGANIZATION",
}

func newAnalyzer(t *testing.T) *analyzer {
	t.Helper()
	a := &analyzer{done: make(chan struct{})}
	a.Server = httptest.NewServer(a)
	t.Cleanup(func() {
		close(a.done)
		a.Close()
	})
	return a
}

// texts are what was asked about since the last call.
func (a *analyzer) texts() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer func() { a.seen = nil }()
	slices.Sort(a.seen)
	return a.seen
}

// result is an element of an answer, as RecognizerResult.to_dict of presidio_analyzer writes it.
type result struct {
	Explanation any     `json:"analysis_explanation"`
	End         int     `json:"end"`
	Type        string  `json:"entity_type"`
	Metadata    object  `json:"recognition_metadata"`
	Score       float64 `json:"score"`
	Start       int     `json:"start"`
}

// ServeHTTP answers POST /analyze.
func (a *analyzer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Text      string   `json:"text"`
		Language  string   `json:"language"`
		Entities  []string `json:"entities"`
		Threshold float64  `json:"score_threshold"`
	}
	b, err := io.ReadAll(r.Body)
	if err != nil || r.Method != http.MethodPost || json.Unmarshal(b, &in) != nil || in.Text == "" || in.Language == "" {
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, `{"error": "No text provided"}`)
		return
	}
	a.mu.Lock()
	a.seen = append(a.seen, in.Language+": "+in.Text)
	a.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	how, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch how {
	case "slow":
		select {
		case <-r.Context().Done():
		case <-a.done:
		}
		return
	case "broken":
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, `{"error": "No matching recognizers were found to serve the request."}`)
		return
	case "garbage":
		fmt.Fprint(w, `<html>`)
		return
	case "null":
		fmt.Fprint(w, `null`)
		return
	case "outside":
		fmt.Fprintf(w, `[{"entity_type": "PERSON", "start": 0, "end": %d, "score": 0.85}]`, utf8.RuneCountInString(in.Text)+1)
		return
	}
	found := []result{}
	for name, typ := range figures {
		for from := 0; ; {
			i := strings.Index(in.Text[from:], name)
			if i < 0 {
				break
			}
			start := utf8.RuneCountInString(in.Text[:from+i]) // Python counts code points
			if slices.Contains(in.Entities, typ) && in.Threshold <= 0.85 {
				found = append(found, result{End: start + utf8.RuneCountInString(name), Type: typ, Metadata: object{"recognizer_name": "SpacyRecognizer"}, Score: 0.85, Start: start})
			}
			from += i + len(name)
		}
	}
	if err := json.NewEncoder(w).Encode(found); err != nil {
		panic(err)
	}
}

// naming is a gateway whose routes ask the analyzer, by the client's model: one that works and some that fail.
func naming(t *testing.T, a *analyzer) *running {
	t.Helper()
	gone := httptest.NewServer(nil)
	gone.Close()
	var plugins, routes strings.Builder
	for name, how := range map[string]struct{ url, onError string }{
		"works": {a.URL, "block"}, "slow": {a.URL + "/slow", "block"}, "broken": {a.URL + "/broken", "block"}, "garbage": {a.URL + "/garbage", "block"},
		"null": {a.URL + "/null", "block"}, "outside": {a.URL + "/outside", "block"}, "gone": {gone.URL, "block"}, "allow": {a.URL + "/broken", "allow"},
	} {
		timeout := "30s"
		if name == "slow" {
			timeout = "20ms"
		}
		fmt.Fprintf(&plugins, "plugin %s redact {\ngrant ner %s {\nentities PERSON LOCATION ORGANIZATION\ntimeout %s\nbudget 60s\n}\nconfig {\nner {\non_error %s\nlanguage en zh\n}\n}\n}\n", name, how.url, timeout, how.onError)
		fmt.Fprintf(&routes, "route %s `model == \"%s\"` {\nuse %s audit\nto demo\n}\n", name, name, name)
	}
	return start(t, fmt.Sprintf("{\nllm_gateway {\nprovider demo {\ndialect openai.chat\n}\n%s}\n}\n:8080 {\nllm_gateway {\n%s}\n}\n", plugins.String(), routes.String()))
}

// TestNames: what has no form does not leave either, and comes back.
func TestNames(t *testing.T) {
	a := newAnalyzer(t)
	c := naming(t, a)
	for i, prompt := range []string{
		"Please write to Jane Doe in Springfield, jane@example.com, of Acme.",
		"Bitte schreib Jörg Müller in Düsseldorf, dass Jörg Müller kommt.",
		"😀请通知王小明：会议在杭州。👩‍👩‍👧王小明",
		"😀😀 Jane Doe <jane@example.com>\n\t王小明 & Jörg Müller 🏳️‍🌈 Springfield",
	} {
		for _, stream := range []bool{false, true} {
			expect(t, c.ask(chat("works", prompt, stream)), quote(prompt), stream)
			seen := c.get("/llm_gateway/demo/last")
			for name := range figures {
				if strings.Contains(seen, name) {
					t.Errorf("prompt %d: the model saw %s: %s", i, name, seen)
				}
			}
			if strings.Contains(seen, "jane@") || !strings.Contains(seen, "PERSON_") || !strings.Contains(seen, "LOCATION_") {
				t.Errorf("prompt %d: the model saw %s", i, seen)
			}
			language := "en: "
			if i == 2 {
				language = "zh: "
			}
			want := []string{language + prompt}
			if stream {
				want = nil // it is known
			}
			if got := a.texts(); !slices.Equal(got, want) {
				t.Errorf("prompt %d: the analyzer was asked %q, want %q", i, got, want)
			}
		}
	}
	// A second turn asks about what is new.
	turn := `{"model":"works","messages":[{"role":"user","content":"I am Jane Doe."},{"role":"assistant","content":"Hello, Jane Doe!"},{"role":"user","content":"Ask Jörg Müller."}]}`
	expect(t, c.ask(chat("works", "I am Jane Doe.", false)), quote("I am Jane Doe."), false)
	a.texts()
	expect(t, c.ask(turn), quote("Ask Jörg Müller."), false)
	if got, want := a.texts(), []string{"en: Ask Jörg Müller.", "en: Hello, Jane Doe!"}; !slices.Equal(got, want) {
		t.Errorf("the analyzer was asked %q, want %q", got, want)
	}
}

// TestNobodyLooked: while the analyzer cannot be relied on, requests are refused in each client's own way, and nothing of
// them reaches the model.
func TestNobodyLooked(t *testing.T) {
	c := naming(t, newAnalyzer(t))
	const marker = "nothing after this"
	expect(t, c.ask(chat("works", marker, false)), quote(marker), false)
	const said = "this route searches texts for names, and the service that finds them did not answer; try again later"
	const openai = `503 {"error":{"message":"SAID","type":"server_error","param":null,"code":"ner_unavailable"}}`
	id := regexp.MustCompile(`"request_id":"\w+"`)
	for _, model := range []string{"slow", "broken", "garbage", "null", "outside", "gone"} {
		for _, d := range []struct{ path, body, want string }{
			{"/v1/chat/completions", `{"model":"MODEL","stream":STREAM,"messages":[{"role":"user","content":"I am Jane Doe"}]}`, openai},
			{"/v1/responses", `{"model":"MODEL","stream":STREAM,"input":"I am Jane Doe"}`, openai},
			{"/v1/messages", `{"model":"MODEL","stream":STREAM,"max_tokens":9,"messages":[{"role":"user","content":"I am Jane Doe"}]}`,
				`529 {"type":"error","error":{"type":"overloaded_error","message":"SAID"},"request_id":"ID"}`},
			{"/v1beta/models/MODEL:GENERATE", `{"contents":[{"role":"user","parts":[{"text":"I am Jane Doe"}]}]}`, `503 {"error":{"code":503,"message":"SAID","status":"UNAVAILABLE"}}`},
			{"/api/chat", `{"model":"MODEL","stream":STREAM,"messages":[{"role":"user","content":"I am Jane Doe"}]}`, `503 {"error":"SAID"}`},
		} {
			for _, stream := range []string{"false", "true"} {
				fill := strings.NewReplacer("MODEL", model, "STREAM", stream, "GENERATE", map[string]string{"false": "generateContent", "true": "streamGenerateContent?alt=sse"}[stream])
				resp, err := c.client.Post(c.site+fill.Replace(d.path), "application/json", strings.NewReader(fill.Replace(d.body)))
				if err != nil {
					t.Fatal(err)
				}
				b, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil {
					t.Fatal(err)
				}
				got := fmt.Sprintf("%d %s", resp.StatusCode, id.ReplaceAllString(string(b), `"request_id":"ID"`))
				if want := strings.ReplaceAll(d.want, "SAID", said); got != want {
					t.Errorf("%s %s, stream %s: got %s, want %s", model, d.path, stream, got, want)
				}
			}
		}
	}
	if seen := c.get("/llm_gateway/demo/last"); !strings.Contains(seen, marker) {
		t.Errorf("the model saw %s", seen)
	}
}

// TestLetThrough: on_error allow passes requests on, and says so to the client and in the record.
func TestLetThrough(t *testing.T) {
	c := naming(t, newAnalyzer(t))
	const prompt = "I am Jane Doe, jane@example.com"
	for _, stream := range []bool{false, true} {
		a := c.ask(chat("allow", prompt, stream))
		expect(t, a, quote(prompt), stream)
		if w := a.header.Values("X-Gateway-Warning"); len(w) != 1 || w[0] != "redact: not searched for names: the service that finds them did not look at all texts" {
			t.Errorf("warnings are %q", w)
		}
		if seen := c.get("/llm_gateway/demo/last"); !strings.Contains(seen, "Jane Doe") || strings.Contains(seen, "jane@") {
			t.Errorf("the model saw %s", seen)
		}
	}
	eventually(t, "the records count the text", func() bool { return strings.Count(c.logged(), `"attributes":{"ner.unsearched":1,`) == 2 })
}

// TestRedactNames runs examples/redact-names.
func TestRedactNames(t *testing.T) {
	a := newAnalyzer(t)
	t.Setenv("NER_URL", a.URL)
	c := start(t, read(t, "examples/redact-names/Caddyfile"))
	for _, stream := range []bool{true, false} {
		const prompt = "Write to Jane Doe in Springfield, of Acme"
		expect(t, c.ask(chat("m", prompt, stream)), quote(prompt), stream)
		seen := c.get("/llm_gateway/demo/last")
		for name := range figures {
			if strings.Contains(seen, name) {
				t.Errorf("the outside saw %s: %s", name, seen)
			}
		}
		if !strings.Contains(seen, "ORGANIZATION_") {
			t.Errorf("the outside saw %s", seen)
		}
	}
}
