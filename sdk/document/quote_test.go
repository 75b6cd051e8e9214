package document

import (
	"encoding/json"
	"testing"
)

func TestAppendQuoted(t *testing.T) {
	for _, s := range []string{"", "plain", "\"\\\n\x01\u2028é😀<", "bad \xff utf-8"} {
		var got string
		if err := json.Unmarshal(AppendQuoted(nil, s), &got); err != nil {
			t.Fatalf("AppendQuoted(%q) is no JSON: %v", s, err)
		}
		if want := string([]rune(s)); got != want {
			t.Errorf("AppendQuoted(%q) reads back as %q", s, got)
		}
	}
}

func TestIntact(t *testing.T) {
	const src = " {\"a\":[1,{\"b\":\"x\"}]}\n"
	for _, tc := range []struct {
		name string
		edit func(a *Arena, root Node)
		want bool
	}{
		{"read", func(a *Arena, root Node) { a.String(a.Pointer(root, "/a/1/b")) }, true},
		{"value set", func(a *Arena, root Node) { a.SetString(a.Pointer(root, "/a/1/b"), []byte("y")) }, false},
		{"member added", func(a *Arena, root Node) { a.Set(root, "c", a.NewNull()) }, false},
		{"element deleted", func(a *Arena, root Node) { a.Delete(a.Pointer(root, "/a/0")) }, false},
		{"root replaced by a part of it", func(a *Arena, root Node) { a.Replace(root, a.Copy(a.Get(root, "a"))) }, false},
		{"root replaced by new JSON", func(a *Arena, root Node) { n, _ := a.NewJSON([]byte(src)); a.Replace(root, n) }, false},
		{"a copy is edited", func(a *Arena, root Node) { c := a.Copy(root); a.Delete(a.Get(c, "a")) }, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var a Arena
			text := []byte(src)
			root, err := a.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			tc.edit(&a, root)
			if got := a.Intact(root, text); got != tc.want {
				t.Errorf("Intact = %t, want %t", got, tc.want)
			}
		})
	}
}
