package document

import (
	"bytes"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

func TestSlice(t *testing.T) {
	var a Arena
	root := mustParse(t, &a, `{"plain":"data:image/png;base64,AAAA","escaped":"a\n龙b","wide":"x龙门","n":1,"empty":""}`)
	for _, tt := range []struct {
		member        string
		start, length int
		want          string
		err           error
	}{
		{"plain", 22, 4, "AAAA", nil},
		{"plain", 0, 26, "data:image/png;base64,AAAA", nil},
		{"plain", 26, 0, "", nil},
		{"plain", 26, 1, "", ErrRange},
		{"plain", -1, 1, "", ErrRange},
		{"plain", 1, -1, "", ErrRange},
		{"plain", 27, 0, "", ErrRange},
		{"plain", 1, int(^uint(0) >> 1), "", ErrRange},
		{"escaped", 1, 4, "\n龙", nil},
		{"escaped", 3, 1, "", ErrRange},
		{"wide", 1, 3, "龙", nil},
		{"wide", 4, 3, "门", nil},
		{"wide", 1, 2, "", ErrRange},
		{"wide", 2, 2, "", ErrRange},
		{"empty", 0, 0, "", nil},
		{"n", 0, 0, "", ErrKind},
		{"none", 0, 0, "", ErrNode},
	} {
		n, err := a.Slice(a.Get(root, tt.member), tt.start, tt.length)
		if err != tt.err || a.String(n) != tt.want {
			t.Errorf("Slice(%s, %d, %d) = %q, %v; want %q, %v", tt.member, tt.start, tt.length, a.String(n), err, tt.want, tt.err)
		}
		if err != nil {
			continue
		}
		if a.Kind(n) != abi.KindString || a.Len(n) != len(tt.want) || !a.Is(n, tt.want) || string(a.AppendString(nil, n)) != tt.want {
			t.Errorf("Slice(%s, %d, %d) reads as %q of %d bytes", tt.member, tt.start, tt.length, a.AppendString(nil, n), a.Len(n))
		}
	}
}

// TestPartStands: a part written in every place that a value can stand.
func TestPartStands(t *testing.T) {
	var a, b Arena
	part := func(s string, from, n int) Node {
		t.Helper()
		p, err := a.Slice(mustParse(t, &a, s), from, n)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	want := func(n Node, text string) {
		t.Helper()
		if got := string(a.AppendJSON(nil, n)); got != text || a.Size(n) != len(text) {
			t.Errorf("written as %s with Size %d, want %s", got, a.Size(n), text)
		}
		if got := string(b.AppendJSON(nil, b.CopyFrom(&a, n))); got != text {
			t.Errorf("copied to another arena: %s, want %s", got, text)
		}
	}
	alone := part(`"hello there"`, 6, 5)
	want(alone, `"there"`)
	if raw, ok := a.Raw(alone); ok {
		t.Errorf("Raw = %s of a value that has no text of its own", raw)
	}
	doc := mustParse(t, &a, ` { "a" : 1 , "b" : [ "x" ] } `)
	if err := a.Replace(a.Get(doc, "a"), part(`"hello"`, 1, 4)); err != nil {
		t.Fatal(err)
	}
	want(doc, `{ "a" : "ello" , "b" : [ "x" ] }`)
	if err := a.Replace(a.Pointer(doc, "/b/0"), part(`"龙门"`, 3, 3)); err != nil {
		t.Fatal(err)
	}
	want(doc, `{ "a" : "ello" , "b" : [ "门" ] }`)
	if err := a.SetString(a.Get(doc, "a"), []byte("set\n")); err != nil {
		t.Fatal(err)
	}
	want(doc, `{ "a" : "set\n" , "b" : [ "门" ] }`)
	of, err := a.Slice(alone, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Set(doc, "c", of); err != nil {
		t.Fatal(err)
	}
	if err := a.Append(a.Get(doc, "b"), a.Copy(of)); err != nil {
		t.Fatal(err)
	}
	want(doc, `{"a":"set\n","b":["门","her"],"c":"her"}`)
	want(a.Copy(doc), `{"a":"set\n","b":["门","her"],"c":"her"}`)
	want(a.Join(&a, a.Get(doc, "b")), `"门her"`)
	if a.Intact(alone, []byte(`"there"`)) {
		t.Error("a part is taken for a whole document")
	}
}

// photo is a chat request with an image of 5 MB in base64, prefix what comes before it in its URL.
var photo = []byte(`{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"` +
	prefix + strings.Repeat("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAf", 5<<20/40) + `"}}]}]}`)

const prefix = "data:image/png;base64,"

// translate moves the image of photo into a document of another shape.
func translate(t testing.TB, a *Arena) Node {
	root, err := a.Parse(photo)
	if err != nil {
		t.Fatal(err)
	}
	url := a.Pointer(root, "/messages/0/content/1/image_url/url")
	data, err := a.Slice(url, len(prefix), a.Len(url)-len(prefix))
	if err != nil {
		t.Fatal(err)
	}
	out := a.NewObject()
	a.Set(out, "media_type", a.NewString([]byte("image/png")))
	a.Set(out, "data", data)
	return out
}

func TestSliceCopiesNothing(t *testing.T) {
	var a Arena
	out := translate(t, &a)
	if n := a.Added(); n > 1<<10 {
		t.Errorf("%d bytes added", n)
	}
	if got := a.AppendJSON(nil, out); !bytes.Contains(got, []byte(`"data":"iVBORw0K`)) || a.Size(out) != len(got) || len(got) < 5<<20-40 {
		t.Errorf("written as %.60s… of %d bytes, Size %d", got, len(got), a.Size(out))
	}
}

// BenchmarkClone is what the others are measured by.
func BenchmarkClone(b *testing.B) {
	b.SetBytes(int64(len(photo)))
	for b.Loop() {
		bytes.Clone(photo)
	}
}

// BenchmarkCopy is the same without new memory.
func BenchmarkCopy(b *testing.B) {
	b.SetBytes(int64(len(photo)))
	var dst []byte
	for b.Loop() {
		dst = append(dst[:0], photo...)
	}
}

func BenchmarkParseLong(b *testing.B) {
	var a Arena
	b.SetBytes(int64(len(photo)))
	for b.Loop() {
		a.Reset()
		if _, err := a.Parse(photo); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTranslateLong is parse, slice and write, as a codec and the gateway do it: into new memory,
// and into a buffer that is kept.
func BenchmarkTranslateLong(b *testing.B) {
	for _, kept := range []bool{false, true} {
		b.Run(map[bool]string{false: "new", true: "kept"}[kept], func(b *testing.B) {
			var a Arena
			var dst []byte
			b.SetBytes(int64(len(photo)))
			b.ReportAllocs()
			for b.Loop() {
				a.Reset()
				out := translate(b, &a)
				if !kept {
					dst = make([]byte, 0, a.Size(out))
				}
				dst = a.AppendJSON(dst[:0], out)
			}
		})
	}
}
