package host

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// The directives of the wasm build cannot name constants. Here they are held against ABI.md, which
// sdk/abi's test holds against the constants: every host function is imported, under its name, with
// its types.
func TestImports(t *testing.T) {
	manual, err := os.ReadFile("../../../abi/ABI.md")
	if err != nil {
		t.Fatal(err)
	}
	want := make(map[string]string)
	for _, m := range regexp.MustCompile("(?m)^### (\\w+)\n\n`(.*)`$").FindAllStringSubmatch(string(manual), -1) {
		if !strings.HasPrefix(m[1], "longmen_v1_") && m[1] != abi.FnRefuel {
			want[m[1]] = onlyTypes(m[2])
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), "imports_wasip1.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		var name string
		for _, c := range f.Doc.List {
			if rest, ok := strings.CutPrefix(c.Text, "//go:wasmimport "+abi.Module+" "); ok {
				name = rest
			}
		}
		got := "(" + list(t, f.Type.Params) + ") -> (" + list(t, f.Type.Results) + ")"
		if want[name] != got {
			t.Errorf("%s imports %q with %s, the manual says %s", f.Name.Name, name, got, want[name])
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("%s is not imported", name)
	}
}

// onlyTypes turns "(h i32, n i64) -> (status i32)" into "(i32 i64) -> (i32)".
func onlyTypes(signature string) string {
	return regexp.MustCompile(`\w+ (i32|i64|f64),?`).ReplaceAllString(signature, "$1")
}

// list is the wasm types of Go parameters.
func list(t *testing.T, fields *ast.FieldList) string {
	t.Helper()
	var b bytes.Buffer
	for _, f := range fields.List {
		typ := ""
		switch e := f.Type.(type) {
		case *ast.StarExpr:
			typ = "i32"
		case *ast.Ident:
			typ = map[string]string{"uint32": "i32", "int32": "i32", "int64": "i64", "float64": "f64", "string": "i32 i32"}[e.Name]
		}
		if typ == "" {
			t.Fatalf("a parameter type that this test does not know: %v", f.Type)
		}
		for range max(1, len(f.Names)) {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(typ)
		}
	}
	return b.String()
}
