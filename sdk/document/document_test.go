package document

import (
	"strings"
	"testing"
)

func mustParse(t testing.TB, a *Arena, src string) Node {
	t.Helper()
	n, err := a.Parse([]byte(src))
	if err != nil {
		t.Fatalf("Parse(%q): %v", src, err)
	}
	return n
}

func TestEditKeepsOtherBytes(t *testing.T) {
	const src = `{ "model" : "gpt",  "messages": [ {"role":"user", "content": "hi\n" , "x":1.0e0}, 2 ],"z":null }`
	tests := []struct {
		name string
		edit func(a *Arena, root Node)
		want string
	}{
		{"nothing", func(a *Arena, root Node) {}, src},
		{"string", func(a *Arena, root Node) { a.SetString(a.Pointer(root, "/messages/0/content"), []byte("a\"b")) },
			`{ "model" : "gpt",  "messages": [ {"role":"user", "content": "a\"b" , "x":1.0e0}, 2 ],"z":null }`},
		{"set old name", func(a *Arena, root Node) { a.Set(root, "model", a.NewInt(7)) },
			`{ "model" : 7,  "messages": [ {"role":"user", "content": "hi\n" , "x":1.0e0}, 2 ],"z":null }`},
		{"set new name", func(a *Arena, root Node) { a.Set(root, "n", a.NewBool(true)) },
			`{"model":"gpt","messages":[ {"role":"user", "content": "hi\n" , "x":1.0e0}, 2 ],"z":null,"n":true}`},
		{"delete below", func(a *Arena, root Node) { a.Delete(a.Pointer(root, "/messages/0/content")) },
			`{ "model" : "gpt",  "messages": [ {"role":"user","x":1.0e0}, 2 ],"z":null }`},
		{"move", func(a *Arena, root Node) { a.Append(a.Get(root, "messages"), a.Pointer(root, "/messages/0")) },
			`{ "model" : "gpt",  "messages": [2,{"role":"user", "content": "hi\n" , "x":1.0e0}],"z":null }`},
		{"replace twice", func(a *Arena, root Node) {
			a.Replace(a.Get(root, "z"), a.NewObject())
			a.Set(a.Get(root, "z"), "a/b", a.NewNull())
		}, `{ "model" : "gpt",  "messages": [ {"role":"user", "content": "hi\n" , "x":1.0e0}, 2 ],"z":{"a/b":null} }`},
		{"unwrap root", func(a *Arena, root Node) { a.Replace(root, a.Pointer(root, "/messages/0")) },
			`{"role":"user", "content": "hi\n" , "x":1.0e0}`},
		{"copy edited", func(a *Arena, root Node) {
			m := a.Get(root, "messages")
			a.SetString(a.Pointer(m, "/0/role"), []byte("tool"))
			a.Set(root, "z", a.Copy(m))
			a.SetString(a.Pointer(m, "/0/role"), []byte("x"))
		}, `{ "model" : "gpt",  "messages": [ {"role":"x", "content": "hi\n" , "x":1.0e0}, 2 ],"z":[ {"role":"tool", "content": "hi\n" , "x":1.0e0}, 2 ] }`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var a Arena
			root := mustParse(t, &a, src)
			tt.edit(&a, root)
			if got := string(a.AppendJSON(nil, root)); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
			if got := a.Size(root); got != len(tt.want) {
				t.Errorf("Size = %d, want %d", got, len(tt.want))
			}
		})
	}
}

func TestDuplicates(t *testing.T) {
	var a Arena
	n := mustParse(t, &a, `{"a": 1, "b": 2, "\u0061": 3}`)
	if v, _ := a.Int(a.Get(n, "a")); v != 3 || a.Len(n) != 3 {
		t.Errorf("Get = %d of %d members, want the last", v, a.Len(n))
	}
	a.SetString(a.Get(n, "b"), []byte("x"))
	if got, want := string(a.AppendJSON(nil, n)), `{"a": 1, "b": "x", "\u0061": 3}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// What a reader that takes the first member sees must not be an old value.
	a.Set(n, "a", a.NewInt(4))
	if got, want := string(a.AppendJSON(nil, n)), `{"b":"x","\u0061":4}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestSetWithManyDuplicates would take minutes if removing them were quadratic.
func TestSetWithManyDuplicates(t *testing.T) {
	var a Arena
	n := mustParse(t, &a, "{"+strings.Repeat(`"a":1,`, 200_000)+strings.Repeat(`"b":1,`, 200_000)+`"a":2}`)
	if err := a.Set(n, "a", a.NewInt(3)); err != nil {
		t.Fatal(err)
	}
	if v, _ := a.Int(a.Get(n, "a")); v != 3 || a.Len(n) != 200_001 || a.KeyIs(a.First(n), "a") {
		t.Errorf("%d members, a = %d", a.Len(n), v)
	}
}

func TestDepthOfEdits(t *testing.T) {
	var a Arena
	n := a.NewArray()
	for range MaxDepth - 1 {
		up := a.NewArray()
		if err := a.Append(up, n); err != nil {
			t.Fatal(err)
		}
		n = up
	}
	top := a.NewObject()
	if err := a.Set(top, "n", n); err != ErrDepth {
		t.Fatalf("Set below level %d: %v, want ErrDepth", MaxDepth, err)
	}
	deepest := n
	for c := n; c != 0; c = a.First(c) {
		deepest = c
	}
	if err := a.Append(deepest, a.NewInt(1)); err != nil {
		t.Fatal(err)
	}
	if err := a.Append(deepest, a.NewObject()); err != ErrDepth {
		t.Fatalf("Append: %v, want ErrDepth", err)
	}
	if err := a.Replace(a.First(deepest), a.NewArray()); err != ErrDepth {
		t.Fatalf("Replace: %v, want ErrDepth", err)
	}
	want := strings.Repeat("[", MaxDepth) + "1" + strings.Repeat("]", MaxDepth)
	if got := string(a.AppendJSON(nil, n)); got != want {
		t.Errorf("got %s", got)
	}
	// Heights are known of parsed values, of copies and over arenas too.
	var b Arena
	for name, deep := range map[string]Node{
		"parsed": mustParse(t, &b, want), "copy": b.Copy(mustParse(t, &b, want)), "edited copy": b.CopyFrom(&a, a.Copy(n)), "other arena": b.CopyFrom(&a, n),
	} {
		list := b.NewArray()
		if err := b.Append(list, deep); err != ErrDepth {
			t.Errorf("%s: %v, want ErrDepth", name, err)
		}
		if err := b.Append(list, b.Copy(b.First(deep))); err != nil {
			t.Errorf("first element of %s: %v", name, err)
		}
	}
}

func TestReplaceNamesTheSameValue(t *testing.T) {
	var a Arena
	root := mustParse(t, &a, `{"a":{"b":1}}`)
	first := root
	for range 1000 {
		next := a.NewObject()
		a.Set(next, "was", a.Copy(a.Get(root, "a")))
		if err := a.Replace(root, next); err != nil {
			t.Fatal(err)
		}
		// Both names are the document now.
		a.Set(next, "a", a.NewInt(1))
		root, first = next, root
	}
	if got, want := string(a.AppendJSON(nil, first)), `{"was":1,"a":1}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if a.Replace(root, first) != nil || a.Kind(root) != a.Kind(first) {
		t.Error("replacing a value by itself does something")
	}
	if a.Parent(a.Get(first, "a")) != a.Parent(a.Get(root, "a")) {
		t.Error("children have different parents")
	}
}

func TestCopyFromSurvivesReset(t *testing.T) {
	var a, b Arena
	n := mustParse(t, &b, `{"a":["x\n",1],"long":"`+strings.Repeat("y", ownText)+`"}`)
	b.SetString(b.Pointer(n, "/a/1"), []byte("z"))
	want := string(b.AppendJSON(nil, n))
	c := a.CopyFrom(&b, n)
	b.Reset()
	b.NewString([]byte(strings.Repeat("-", len(want))))
	mustParse(t, &b, want)
	if got := string(a.AppendJSON(nil, c)); got != want {
		t.Errorf("got %.40s, want %.40s", got, want)
	}
	if got := a.String(a.Pointer(c, "/a/0")); got != "x\n" {
		t.Errorf("got %q", got)
	}
}

func TestTextOfTheArenaItself(t *testing.T) {
	var a Arena
	long := strings.Repeat(`x\"`, 100)
	n := mustParse(t, &a, `{"json":"{\"a\":[1,\"é\"]}"}`)
	var all []Node
	for range 50 { // over several growths of the arena's own text
		text, _ := a.Text(a.NewString([]byte(long)))
		all = append(all, a.NewString(text))
		raw, _ := a.Raw(all[len(all)-1])
		v, err := a.NewJSON(raw)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.SetString(all[len(all)-1], text); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	for _, v := range all {
		if got := a.String(v); got != long {
			t.Fatalf("got %q", got)
		}
	}
	text, _ := a.Text(a.Get(n, "json"))
	v, err := a.NewJSON(text)
	if err != nil || a.String(a.Pointer(v, "/a/1")) != "é" {
		t.Errorf("JSON in a string: %v", err)
	}
}
