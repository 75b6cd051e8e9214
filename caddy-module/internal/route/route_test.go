package route

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// request is a Values for tests.
type request struct {
	model, user, dialect, ip string
	stream                   bool
	maxTokens                int
	messages, tools, images  int
	texts                    []string
	headers, key             map[string]string
	providers                map[string]Figures
	attributes               map[string]any
	asked                    map[string]int // calls by method
}

func (r *request) ask(what string) {
	if r.asked != nil {
		r.asked[what]++
	}
}

func (r *request) Model() string             { r.ask("model"); return r.model }
func (r *request) Stream() bool              { r.ask("stream"); return r.stream }
func (r *request) MaxTokens() int            { r.ask("max_tokens"); return r.maxTokens }
func (r *request) Messages() int             { r.ask("messages"); return r.messages }
func (r *request) Tools() int                { r.ask("tools"); return r.tools }
func (r *request) Images() int               { r.ask("images"); return r.images }
func (r *request) User() string              { r.ask("user"); return r.user }
func (r *request) Dialect() string           { r.ask("dialect"); return r.dialect }
func (r *request) ClientIP() string          { r.ask("client_ip"); return r.ip }
func (r *request) Header(name string) string { r.ask("header"); return r.headers[name] }
func (r *request) Key(label string) string   { r.ask("key"); return r.key[label] }
func (r *request) Provider(n string) Figures { r.ask("provider"); return r.providers[n] }
func (r *request) Attribute(name string) any { r.ask("attribute"); return r.attributes[name] }
func (r *request) Texts(yield func([]byte) bool) {
	r.ask("texts")
	for _, t := range r.texts {
		if !yield([]byte(t)) {
			return
		}
	}
}

var testSchema = Schema{
	Attributes: map[string]Type{"pii.email": Int, "pii.score": Float, "pii.found": Bool, "lang.name": String, "a.b.c": Int},
	Late:       map[string]string{"late.count": "scan"},
	Providers:  []string{"openai", "local"},
}

func testRequest() *request {
	return &request{
		model: "gpt-5-mini", user: "ann", dialect: "openai.chat", ip: "10.1.2.3", stream: true, maxTokens: 3000,
		messages: 3, tools: 2, images: 1,
		texts:      []string{"Hello, 世界", "Привет"},
		headers:    map[string]string{"x-team": "legal", "authorization": "Bearer top"},
		key:        map[string]string{"id": "ab12", "name": "ci", "team": "legal", "cost-center": "7"},
		providers:  map[string]Figures{"openai": {Healthy: true, Ready: true, Latency: 1500 * time.Millisecond, Busy: 3, Left: 0.25, Failing: 0.125}},
		attributes: map[string]any{"pii.email": int64(2), "pii.score": 0.5, "pii.found": true, "lang.name": "de"},
	}
}

func TestMatch(t *testing.T) {
	tests := []struct {
		rule string
		want bool
	}{
		{`true`, true},
		{`model == "gpt-5-mini"`, true},
		{`model == "gpt-5"`, false},
		{`model startsWith "gpt-" && stream`, true},
		{`model matches "^gpt-[0-9]"`, true},
		{`model in ["a", "gpt-5-mini"]`, true},
		{`model not in ["a", "b"]`, true},
		{`not stream`, false},
		{`max_tokens > 2999`, true},
		{`1000 < max_tokens < 5000`, true},
		{`0 < prompt.chars < 5`, false},
		{`max_tokens in [1, 3000]`, true},
		{`max_tokens / 2 == 1500.0`, true},
		{`messages == 3 && tools == 2 && images == 1`, true},
		{`prompt.chars == 15`, true},
		{`prompt.tokens == 7`, true},
		{`prompt.contains("世界")`, true},
		{`prompt.contains("hello")`, false},
		{`language == "zh"`, true},
		{`user == "ann" || client_ip == "x"`, true},
		{`client_ip startsWith "10."`, true},
		{`dialect == "openai.chat"`, true},
		{`key.team == "legal"`, true},
		{`key["cost-center"] == "7"`, true},
		{`key.none == ""`, true},
		{`header("x-team") == key.team`, true},
		{`header("author" + "ization") == ""`, true},
		{`provider("openai").healthy`, true},
		{`provider("local").healthy`, false},
		{`provider("openai").ready && provider("openai").latency == 1.5 && provider("openai").busy == 3`, true},
		{`provider("openai").left > 0.2 && provider("openai").failing < 0.2`, true},
		{`provider("local").latency < provider("openai").latency`, true},
		{`0 < provider("openai").busy < 4`, true},
		{`pii.email > 1`, true},
		{`pii.email > 1 && pii.score > 0.4 && pii.found && lang.name == "de"`, true},
		{`a.b.c == 0`, true},
		{`lower(model) == model`, true},
		{`len(model) == 10`, true},
		{`model | hasPrefix("gpt")`, true},
		{`(stream ? "a" : "b") == "a"`, true},
		{`int(key["cost-center"]) > 6`, true},
		{"model == \"gpt-5-mini\"\n  && stream", true},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			rule, err := Compile(tt.rule, testSchema)
			if err != nil {
				t.Fatal(err)
			}
			var env Env
			env.Reset(testRequest())
			for range 2 {
				got, err := rule.Match(&env)
				if err != nil {
					t.Fatal(err)
				}
				if got != tt.want {
					t.Errorf("got %v, want %v", got, tt.want)
				}
			}
		})
	}
}

func TestNilRule(t *testing.T) {
	var rule *Rule
	matched, err := rule.Match(nil)
	if !matched || err != nil || rule.String() != "" {
		t.Errorf("got %v, %v, %q", matched, err, rule.String())
	}
	if diff := cmp.Diff(Needs{}, rule.Needs()); diff != "" {
		t.Error(diff)
	}
}

func TestNeeds(t *testing.T) {
	tests := []struct {
		rule string
		want Needs
	}{
		{`true`, Needs{}},
		{`dialect == "" || client_ip == "" || key.team == "" || header("x") == "" || provider("local").healthy`, Needs{}},
		{`model == "x"`, Needs{Body: true, Model: true}},
		{`stream`, Needs{Body: true, Stream: true}},
		{`max_tokens > 1`, Needs{Body: true, Document: true}},
		{`user == ""`, Needs{Body: true, Document: true}},
		{`prompt.contains("a")`, Needs{Body: true, Prompt: true}},
		{`model == "x" || prompt.tokens > 1`, Needs{Body: true, Model: true, Prompt: true}},
		{`pii.email > 0 || pii.found || pii.email > 3`, Needs{Attributes: []string{"pii.email", "pii.found"}}},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			rule, err := Compile(tt.rule, testSchema)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, rule.Needs()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestLazy shows that what a rule does not name is not asked for, and that what costs is asked for
// once, and only when the evaluation gets there.
func TestLazy(t *testing.T) {
	tests := []struct {
		rules []string
		want  map[string]int
	}{
		{[]string{`model == "x"`, `model == "y"`}, map[string]int{"model": 1}},
		{[]string{`model == "x" && prompt.chars > 1`}, map[string]int{"model": 1}},
		{[]string{`prompt.chars > 1000`, `prompt.tokens > 5 && language == "zh"`}, map[string]int{"texts": 1}},
		{[]string{`pii.email > 5`, `pii.email > 6`}, map[string]int{"attribute": 1}},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.rules, " ; "), func(t *testing.T) {
			r := testRequest()
			r.asked = map[string]int{}
			var env Env
			env.Reset(r)
			for _, src := range tt.rules {
				rule, err := Compile(src, testSchema)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := rule.Match(&env); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(tt.want, r.asked); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestReset shows that nothing of one request is seen by the next.
func TestReset(t *testing.T) {
	rule, err := Compile(`model == "gpt-5-mini" && prompt.chars == 15 && pii.email == 2`, testSchema)
	if err != nil {
		t.Fatal(err)
	}
	var env Env
	env.Reset(testRequest())
	if got, err := rule.Match(&env); !got || err != nil {
		t.Fatalf("first request: got %v, %v", got, err)
	}
	env.Reset(&request{model: "gpt-5-mini"})
	if got, err := rule.Match(&env); got || err != nil {
		t.Fatalf("second request: got %v, %v", got, err)
	}
}

func TestRuntimeError(t *testing.T) {
	tests := []struct{ rule, want string }{
		{`10 % max_tokens == 1`, "integer divided by zero (1:4)\n | 10 % max_tokens == 1\n | ...^"},
		{`int(header("x")) > 1`, "text is not a number (1:1)\n | int(header(\"x\")) > 1\n | ^"},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			rule, err := Compile(tt.rule, testSchema)
			if err != nil {
				t.Fatal(err)
			}
			var env Env
			env.Reset(&request{headers: map[string]string{"x": "s3cret"}})
			_, err = rule.Match(&env)
			if err == nil {
				t.Fatal("got no error")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTakes(t *testing.T) {
	tests := []struct {
		rule           string
		openai, gemini bool
	}{
		{`true`, true, true},
		{`false`, false, false},
		{`stream`, true, true},
		{`dialect == "openai.chat"`, true, false},
		{`"openai.chat" == dialect`, true, false},
		{`dialect != "openai.chat"`, false, true},
		{`!(dialect == "openai.chat")`, false, true},
		{`dialect == "openai.chat" && stream`, true, false},
		{`dialect == "openai.chat" || stream`, true, true},
		{`dialect in ["gemini.generate", "ollama.chat"]`, false, true},
		{`dialect not in ["gemini.generate"]`, true, false},
		{`dialect in [model, "gemini.generate"]`, true, true},
		{`stream ? dialect == "gemini.generate" : dialect == "gemini.generate" && tools > 0`, false, true},
		{`dialect == "gemini.generate" ? stream : false`, false, true},
		{`dialect startsWith "gemini"`, true, true},
		{`dialect == model`, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			rule, err := Compile(tt.rule, testSchema)
			if err != nil {
				t.Fatal(err)
			}
			if openai, gemini := rule.Takes("openai.chat"), rule.Takes("gemini.generate"); openai != tt.openai || gemini != tt.gemini {
				t.Errorf("got %v, %v, want %v, %v", openai, gemini, tt.openai, tt.gemini)
			}
		})
	}
	if !(*Rule)(nil).Takes("openai.chat") {
		t.Error("no rule: got false, want true")
	}
}
