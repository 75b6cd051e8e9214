package document

import (
	"testing"
	"unsafe"
)

func TestNodeSize(t *testing.T) {
	if got := unsafe.Sizeof(node{}); got != nodeSize {
		t.Errorf("size of node = %d, want %d", got, nodeSize)
	}
}

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
