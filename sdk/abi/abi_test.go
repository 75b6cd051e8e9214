package abi_test

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"regexp"
	"strings"
	"testing"
)

// constants are the exported constants of abi.go with their values.
func constants(t *testing.T) map[string]constant.Value {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "abi.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := new(types.Config).Check("abi", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]constant.Value)
	for _, name := range pkg.Scope().Names() {
		if c, ok := pkg.Scope().Lookup(name).(*types.Const); ok && c.Exported() {
			all[name] = c.Val()
		}
	}
	return all
}

func manual(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("ABI.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every function and export has a section with its signature, and every section a function or export.
func TestSections(t *testing.T) {
	text := manual(t)
	sections := make(map[string]bool)
	for _, m := range regexp.MustCompile("(?m)^### (\\S+)\n\n(.*)$").FindAllStringSubmatch(text, -1) {
		if sections[m[1]] {
			t.Errorf("%s has two sections", m[1])
		}
		sections[m[1]] = true
		if !regexp.MustCompile("^`\\(.*\\) -> \\(.*\\)`$").MatchString(m[2]) {
			t.Errorf("section %s does not begin with a signature", m[1])
		}
	}
	for name, v := range constants(t) {
		if !strings.HasPrefix(name, "Fn") && !strings.HasPrefix(name, "Export") {
			continue
		}
		if value := constant.StringVal(v); !sections[value] {
			t.Errorf("%s: no section %q", name, value)
		} else {
			delete(sections, value)
		}
	}
	for name := range sections {
		t.Errorf("section %q stands for no constant", name)
	}
}

// Every other constant is named, and every name in code spelling is a constant.
func TestNames(t *testing.T) {
	text, all := manual(t), constants(t)
	for name, v := range all {
		if strings.HasPrefix(name, "Fn") || strings.HasPrefix(name, "Export") || strings.HasPrefix(name, "Grant") || name == "Module" {
			if !strings.Contains(text, constant.StringVal(v)) {
				t.Errorf("%s: %s is not named", name, v)
			}
			continue
		}
		if !regexp.MustCompile(`\b` + name + `\b`).MatchString(text) {
			t.Errorf("%s is not named", name)
		}
	}
	for _, m := range regexp.MustCompile("`([A-Z][a-z]+[A-Za-z]*)`").FindAllStringSubmatch(text, -1) {
		if _, ok := all[m[1]]; !ok {
			t.Errorf("`%s` is no constant", m[1])
		}
	}
}

// Where a constant stands beside a value, it is that value.
func TestValues(t *testing.T) {
	text, all := manual(t), constants(t)
	rows := 0
	for _, pattern := range []string{
		"(?m)^\\| `([A-Z]\\w+)` \\| `?([^`|]+?)`? \\|", // tables: constant, value
		"(\\d+) `([A-Z]\\w+)`",                         // 0 `KindInvalid`
		"(\\d+) ((?:Role|Text|Phase)[A-Z]\\w+)\\b",     // 0 RoleUnknown
		"([A-Z]\\w+Size) = (\\d+)",                     // TextSegmentSize = 24
		"(\\d+) (Segment(?:Final|Streamed))",           // 1 SegmentFinal
	} {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			name, value := m[1], m[2]
			if _, ok := all[name]; !ok {
				name, value = value, name
			}
			v, ok := all[name]
			if !ok {
				t.Errorf("%q: no such constant", m[0])
				continue
			}
			rows++
			got := v.ExactString()
			if v.Kind() == constant.String {
				got = constant.StringVal(v)
			}
			if got != value {
				t.Errorf("%s is %s, the manual says %s", name, got, value)
			}
		}
	}
	if rows < 60 {
		t.Errorf("only %d values compared, so a pattern has gone stale", rows)
	}
}
