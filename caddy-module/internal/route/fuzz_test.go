package route

import (
	"errors"
	"testing"
	"unicode/utf8"
)

// FuzzRule: compiling never panics, every rejection has a place, and a rule that compiled gives an
// answer or an error, never a panic, for whatever request, and is explained as what it came to.
func FuzzRule(f *testing.F) {
	for _, rule := range []string{
		`model == "gpt-5" && prompt.chars > 5000`,
		`1 < max_tokens < 5 || header("x") in ["a", "b"]`,
		`provider("openai").healthy ? pii.email % max_tokens > 0 : key["a b"] matches "^a+$"`,
		`prompt.contains("x") and not (language == "zh") or prompt.tokens ** 2 > 3e9`,
		`-max_tokens / 0 > len(model) | abs()`,
		"user == \"\\u00e9\"\n|| \"\xff\" == model",
		`let a = 1; a.b?.c[1:2] ?? {"x": #}`,
		`int(model) > 9223372036854775807 + 1`,
	} {
		f.Add(rule, "gpt-5", 7)
	}
	f.Fuzz(func(t *testing.T, src, text string, n int) {
		rule, err := Compile(src, testSchema)
		if err != nil {
			var located *Error
			if !errors.As(err, &located) || located.Line < 1 || located.Column < 1 {
				t.Errorf("error has no place: %#v", err)
			}
			if utf8.ValidString(src) && !utf8.ValidString(err.Error()) {
				t.Errorf("error is not UTF-8: %q", err)
			}
			return
		}
		r := testRequest()
		r.model, r.user, r.texts, r.maxTokens, r.messages = text, text, []string{text, src}, n, n
		r.headers["x"] = text
		var env Env
		for _, values := range []Values{r, &request{}} {
			env.Reset(values)
			matched, err := rule.Match(&env)
			want := outcomeOf(matched)
			if err != nil {
				want = Broken
			}
			if reason := rule.Explain(&env); reason.Outcome != want {
				t.Errorf("%q is %s, and explained as %s: %s", src, want, reason.Outcome, reason.Error)
			}
		}
	})
}
