package route

import (
	"strings"
	"testing"
)

// TestText: an expression over the names of rules yields a string, and says what it has to know for that.
func TestText(t *testing.T) {
	for _, tt := range []struct {
		src, want string
		needs     Needs
	}{
		{`key.team`, "legal", Needs{}},
		{`key.none`, "", Needs{}},
		{`header("x-team")`, "legal", Needs{}},
		{`"all"`, "all", Needs{}},
		{`model`, "gpt-5-mini", Needs{Body: true, Model: true}},
		{`prompt.chars > 10 ? "long" : "short"`, "long", Needs{Body: true, Prompt: true}},
		{`lower(key.team) + "/" + dialect`, "legal/openai.chat", Needs{}},
	} {
		t.Run(tt.src, func(t *testing.T) {
			text, err := CompileText(tt.src, testSchema)
			if err != nil {
				t.Fatal(err)
			}
			if got := text.Needs(); got.Body != tt.needs.Body || got.Model != tt.needs.Model || got.Prompt != tt.needs.Prompt || got.Document {
				t.Errorf("needs %+v, want %+v", got, tt.needs)
			}
			r := testRequest()
			var env Env
			env.Reset(r)
			if got, err := text.Value(&env); got != tt.want || err != nil {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestTextErrors(t *testing.T) {
	for src, want := range map[string]string{
		`key.team == "x"`:                      `expression yields a bool (1:1): expected a string, such as key.team or header("x-app")`,
		`prompt.chars`:                         "expression yields an int",
		`keyy.team`:                            "unknown name keyy",
		``:                                     "rule is empty",
		`true ? "a" : 1`:                       "two values of one type",
		`["a"]`:                                "expression yields a list",
		`header("authorization")`:              "hidden from rules",
		`provider("gone").healthy ? "a" : "b"`: "gone",
	} {
		if _, err := CompileText(src, testSchema); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", src, err, want)
		}
	}
	text, err := CompileText(`"a" + (1 % len(key.none) > 0 ? "b" : "c")`, testSchema)
	if err != nil {
		t.Fatal(err)
	}
	var env Env
	env.Reset(testRequest())
	if got, err := text.Value(&env); err == nil || got != "" || !strings.Contains(err.Error(), "integer divided by zero") {
		t.Errorf("got %q, %v", got, err)
	}
}
