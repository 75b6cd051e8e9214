package route

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func explained(t testing.TB, src string, values Values) *Reason {
	t.Helper()
	rule, err := Compile(src, testSchema)
	if err != nil {
		t.Fatal(err)
	}
	var env Env
	env.Reset(values)
	return rule.Explain(&env)
}

// TestExplain: what decided is said, with the values of the names that it reads, and nothing else.
func TestExplain(t *testing.T) {
	tests := []struct{ rule, want string }{
		{`prompt.chars > 5000`, `prompt.chars > 5000 is false (prompt.chars is 15)`},
		{`prompt.chars > 5000 || max_tokens > 3000`, `prompt.chars > 5000 is false (prompt.chars is 15) and max_tokens > 3000 is false (max_tokens is 3000)`},
		{`prompt.chars > 5000 || max_tokens == 3000 || stream`, `max_tokens == 3000 is true (max_tokens is 3000)`},
		{`model == "gpt-5-mini" && stream && key.team == "x"`, `key.team == "x" is false (key.team is "legal")`},
		{`model == "gpt-5-mini" and stream`, `model == "gpt-5-mini" is true (model is "gpt-5-mini") and stream is true`},
		{`false && stream`, `false`},
		{`true`, `true`},
		{`!stream`, `stream is true`},
		{`not (stream && tools > 5)`, `tools > 5 is false (tools is 2)`},
		{`!(tools > 5 || messages > 5) && images == 1`,
			`tools > 5 is false (tools is 2) and messages > 5 is false (messages is 3) and images == 1 is true (images is 1)`},
		{`stream ? tools > 1 : messages > 1`, `stream is true and tools > 1 is true (tools is 2)`},
		{`tools > 5 ? stream : language == "de"`, `tools > 5 is false (tools is 2) and language == "de" is false (language is "zh")`},
		{`1000 < max_tokens < 2000`, `max_tokens < 2000 is false (max_tokens is 3000)`},
		{`(stream ? "a" : "b") == "a"`, `(stream ? "a" : "b") == "a" is true (stream is true)`},
		{`header("x-team") == "legal"`, `header("x-team") == "legal" is true (header("x-team") is 5 characters)`},
		{`header("x-team") == header("x-none")`, `header("x-team") == header("x-none") is false (header("x-team") is 5 characters, header("x-none") is absent)`},
		{`header("author" + "ization") == ""`, `header("author" + "ization") == "" is true (header("authorization") is absent)`},
		{`prompt.contains("世界")`, `prompt.contains("世界") is true`},
		{`provider("local").healthy || provider("openai").healthy`, `provider("openai").healthy is true`},
		{`pii.email > 1 && pii.score > 0.7`, `pii.score > 0.7 is false (pii.score is 0.5)`},
		{`pii.email + pii.email > max_tokens`, `pii.email + pii.email > max_tokens is false (pii.email is 2, max_tokens is 3000)`},
		{`lang.name in ["en", "fr"]`, `lang.name in ["en", "fr"] is false (lang.name is "de")`},
		{`stream && 10 % a.b.c == 1`, `10 % a.b.c == 1 failed: integer divided by zero (a.b.c is 0)`},
		{`10 % a.b.c == 1 || stream`, `10 % a.b.c == 1 failed: integer divided by zero (a.b.c is 0)`},
		{`10 % a.b.c == 1 ? stream : stream`, `10 % a.b.c == 1 failed: integer divided by zero (a.b.c is 0)`},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, explained(t, tt.rule, testRequest()).String()); diff != "" {
				t.Error(diff)
			}
		})
	}
	if (*Rule)(nil).Explain(new(Env)) != nil {
		t.Error("no rule has a reason")
	}
}

// TestExplainTree: the parts of a rule, each with its outcome.
func TestExplainTree(t *testing.T) {
	got, err := json.Marshal(explained(t, `tools > 1 && (stream || user == "x")`, testRequest()))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"text":"tools \u003e 1 \u0026\u0026 (stream || user == \"x\")","outcome":"true","decided":true,"parts":[` +
		`{"text":"tools \u003e 1","outcome":"true","decided":true,"values":[{"name":"tools","value":2}]},` +
		`{"text":"stream || user == \"x\"","outcome":"true","decided":true,"parts":[` +
		`{"text":"stream","outcome":"true","decided":true,"values":[{"name":"stream","value":true}]},` +
		`{"text":"user == \"x\"","outcome":"skipped"}]}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

// TestExplainTellsNothingElse: texts of the request stand in an explanation only as far as the rule names them.
func TestExplainTellsNothingElse(t *testing.T) {
	r := testRequest()
	r.texts, r.headers["x-secret-plan"], r.user = []string{"canary-prompt"}, "canary-header", "canary-user"
	r.model = strings.Repeat("m", 5000)
	b, err := json.Marshal(explained(t, `prompt.contains("prompt") && prompt.chars > 3 && header("x-secret-plan") startsWith "x" || model == "" || header("x-secret-plan") matches "^canary" `, r))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "canary-") {
		t.Errorf("a text of the request is told: %s", b)
	}
	if len(b) > 2000 {
		t.Errorf("%d bytes for a long model name", len(b))
	}
}
