package document

import (
	"bytes"
	"strings"
	"testing"
)

// TestSpans: the pieces joined are what AppendJSON writes, and long text is not copied.
func TestSpans(t *testing.T) {
	long := strings.Repeat("QUJD", 1000)
	src := []byte(`{ "a":1, "image" : {"url":"data:image/png;base64,` + long + `"}, "n":[1,2,{"x":"` + long + `"}], "z":"end" }`)
	edits := []struct {
		name string
		edit func(a *Arena, root Node)
	}{
		{"unedited", func(*Arena, Node) {}},
		{"a value", func(a *Arena, root Node) { a.SetString(a.Get(root, "z"), []byte("new")) }},
		{"beside a long one", func(a *Arena, root Node) {
			a.Set(a.Get(root, "image"), "detail", a.NewString([]byte("low")))
		}},
		{"a member gone", func(a *Arena, root Node) { a.Delete(a.Get(root, "a")) }},
		{"a long value elsewhere", func(a *Arena, root Node) {
			part, err := a.Slice(a.Get(a.Get(root, "image"), "url"), len("data:image/png;base64,"), len(long))
			if err != nil {
				panic(err)
			}
			a.Set(root, "data", part)
			a.Delete(a.Get(root, "image"))
		}},
	}
	for _, e := range edits {
		t.Run(e.name, func(t *testing.T) {
			var a Arena
			root, err := a.Parse(src)
			if err != nil {
				t.Fatal(err)
			}
			e.edit(&a, root)
			want := a.AppendJSON(nil, root)
			for _, least := range []int{1, 7, 512, 1 << 20} {
				pieces := a.Spans(root, least, []byte("before"))
				if got := bytes.Join(pieces, nil); !bytes.Equal(got, want) {
					t.Errorf("least %d: got %s\nwant %s", least, got, want)
				}
			}
			copied := 0
			for _, p := range a.Spans(root, 512, nil) {
				if len(p) < len(long) {
					copied += len(p)
				}
			}
			if copied > 512 {
				t.Errorf("%d bytes were copied of %d", copied, len(want))
			}
		})
	}
}
