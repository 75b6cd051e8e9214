package route

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite testdata/errors.txtar")

// TestErrors compares the whole text of every rejection with testdata/errors.txtar: a file per rule,
// its name the rule's duty, its text the rule, "---", the error.
func TestErrors(t *testing.T) {
	const path = "testdata/errors.txtar"
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range archive.Files {
		t.Run(f.Name, func(t *testing.T) {
			rule, want, _ := strings.Cut(string(f.Data), "\n---\n")
			_, err := Compile(rule, testSchema)
			if err == nil {
				t.Fatalf("rule %q compiled, want an error", rule)
			}
			var located *Error
			if !errors.As(err, &located) || located.Line < 1 || located.Column < 1 {
				t.Errorf("error has no place: %#v", err)
			}
			got := err.Error() + "\n"
			if *update {
				archive.Files[i].Data = []byte(rule + "\n---\n" + got)
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	if *update {
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestHugeRules shows that no rule makes compiling expensive: too long, too many nodes, too deep, and
// comparisons whose shared halves would be visited exponentially often.
func TestHugeRules(t *testing.T) {
	shared := "1"
	for range 40 {
		shared = "(0 < " + shared + " < 2 ? 1 : 0)"
	}
	tests := []struct{ name, rule, want string }{
		{"long", `model == "` + strings.Repeat("x", MaxSource) + `"`, "too long"},
		{"wide", strings.Repeat("stream && ", 700) + "stream", "too large"},
		{"deep", strings.Repeat("(", 4000) + "stream" + strings.Repeat(")", 4000), ""},
		{"nots", strings.Repeat("!", 4000) + "stream", "too large"},
		{"shared", shared + " == 1", "too large"},
		{"pattern", `model matches "((((a{900}){900}){900}){900})"`, "error parsing regexp"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Compile(tt.rule, testSchema)
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if err != nil && len(err.Error()) > 2000 {
				t.Errorf("error has %d bytes", len(err.Error()))
			}
		})
	}
}

func TestSchemaErrors(t *testing.T) {
	tests := []struct {
		name       string
		attributes map[string]Type
		want       string
	}{
		{"type", map[string]Type{"pii.email": "integer"}, `attribute pii.email has type "integer": expected int, float, bool or string`},
		{"no group", map[string]Type{"email": Int}, "attribute email has no group: expected a dotted name, such as pii.email"},
		{"spelling", map[string]Type{"pii.e-mail": Int}, `attribute "pii.e-mail" is not a name: expected words of letters, digits and _ joined by dots, such as pii.email`},
		{"builtin", map[string]Type{"prompt.words": Int}, "attribute prompt.words hides the builtin name prompt: expected another group"},
		{"key", map[string]Type{"key.team": String}, "attribute key.team hides the builtin name key: expected another group"},
		{"model", map[string]Type{"model.size": Int}, "attribute model.size hides the builtin name model: expected another group"},
		{"keyword", map[string]Type{"in.x": Int}, "attribute in.x hides the builtin name in: expected another group"},
		{"nested", map[string]Type{"a.b": Int, "a.b.c": Int}, "attribute a.b.c lies below attribute a.b: expected one or the other"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Compile("true", Schema{Attributes: tt.attributes})
			if diff := cmp.Diff(tt.want, fmt.Sprint(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
	var s Schema
	if err := s.Declare(map[string]string{"a.b": "int"}); err != nil {
		t.Fatal(err)
	}
	err := s.Declare(map[string]string{"a.b": "float"})
	if diff := cmp.Diff("attribute a.b is declared as int and as float: expected one type", fmt.Sprint(err)); diff != "" {
		t.Error(diff)
	}
}
