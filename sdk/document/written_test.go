package document

import (
	"errors"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

func writing(text string) func([]byte) []byte {
	return func(dst []byte) []byte { return append(dst, text...) }
}

func TestNewWritten(t *testing.T) {
	const text = `{"a":{"b":[1,{"c":"d"}]},"e":2}`
	var a Arena
	before, err := a.Parse([]byte(`{"x":1}`))
	if err != nil {
		t.Fatal(err)
	}
	n, err := a.NewWritten(4, writing(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(a.AppendJSON(nil, n)); got != text || a.Size(n) != len(text) || a.Kind(n) != abi.KindObject {
		t.Errorf("unvisited: %s, %d bytes, kind %d", got, a.Size(n), a.Kind(n))
	}
	unvisited := a.Added()
	twin := a.Copy(n)
	if got := a.String(a.Pointer(n, "/a/b/1/c")); got != "d" || a.Len(n) != 2 {
		t.Errorf("visited: %q, %d members", got, a.Len(n))
	}
	if a.Added() <= unvisited {
		t.Error("visiting was not counted")
	}
	if err := a.Set(n, "f", a.NewInt(3)); err != nil {
		t.Fatal(err)
	}
	if got, want := string(a.AppendJSON(nil, n)), text[:len(text)-1]+`,"f":3}`; got != want {
		t.Errorf("edited: got %s, want %s", got, want)
	}
	if got := string(a.AppendJSON(nil, twin)); got != text {
		t.Errorf("its copy: %s", got)
	}
	if got := string(a.AppendJSON(nil, before)); got != `{"x":1}` {
		t.Errorf("another document: %s", got)
	}
	if err := a.Set(before, "y", n); err != nil || string(a.AppendJSON(nil, a.Pointer(before, "/y/a"))) != `{"b":[1,{"c":"d"}]}` {
		t.Errorf("moved: %v %s", err, a.AppendJSON(nil, before))
	}
}

func TestNewWrittenWithinBounds(t *testing.T) {
	var a Arena
	for _, levels := range []int{0, -1, MaxDepth + 1} {
		if _, err := a.NewWritten(levels, writing("{}")); !errors.Is(err, ErrDepth) {
			t.Errorf("%d levels: %v", levels, err)
		}
	}
	n, err := a.NewWritten(MaxDepth, writing("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Append(a.NewArray(), n); !errors.Is(err, ErrDepth) {
		t.Errorf("a level more: %v", err)
	}
}

// A caller that breaks its promise breaks nothing else.
func TestNewWrittenOfNonsense(t *testing.T) {
	for _, text := range []string{"", "{", "}", "[1]", "null", ` {"a":1}`, `{"a":1} `} {
		var a Arena
		if n, err := a.NewWritten(1, writing(text)); n != 0 || !errors.Is(err, ErrKind) {
			t.Errorf("%q: %d, %v", text, n, err)
		}
	}
	for _, text := range []string{"{}}", `{"a"}`, `{"a":1}}`, `{]}`, `{"a":[}`, `{"a":"}`} {
		var a Arena
		n, err := a.NewWritten(1, writing(text))
		if err != nil {
			t.Fatal(err)
		}
		a.Get(n, "a")
		a.Len(n)
		a.AppendJSON(nil, n)
		if m, err := a.Parse([]byte(`{"b":2}`)); err != nil || string(a.AppendJSON(nil, m)) != `{"b":2}` {
			t.Errorf("%q: %v", text, err)
		}
	}
}
