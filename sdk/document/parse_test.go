package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

func TestParseErrors(t *testing.T) {
	tests := []struct {
		src      string
		offset   int
		expected string
	}{
		{"", 0, "value"},
		{" ", 1, "value"},
		{"\xef\xbb\xbf{}", 0, "value"},
		{"{} {}", 3, "end of text"},
		{"nul", 0, "null"},
		{"nulL", 0, "null"},
		{"truefalse", 4, "end of text"},
		{"'a'", 0, "value"},
		{"[1,]", 3, "value"},
		{"[1 , ]", 5, "value"},
		{"[,]", 1, "value"},
		{"[1 2]", 3, "comma or closing bracket"},
		{"[1}", 2, "comma or closing bracket"},
		{"[", 1, "value"},
		{"[[1]", 4, "comma or closing bracket"},
		{"{", 1, "member name in double quotes or closing brace"},
		{"{]", 1, "member name in double quotes or closing brace"},
		{"{1:2}", 1, "member name in double quotes or closing brace"},
		{`{"a":1,}`, 7, "member name in double quotes"},
		{`{"a" 1}`, 5, "colon"},
		{`{"a"`, 4, "colon"},
		{`{"a":}`, 5, "value"},
		{`{"a":1]`, 6, "comma or closing brace"},
		{`{"a":{"b":2}`, 12, "comma or closing brace"},
		{"01", 1, "end of text"},
		{"-", 1, "digit"},
		{"+1", 0, "value"},
		{".5", 0, "value"},
		{"1.", 2, "digit"},
		{"1e", 2, "digit"},
		{"1e+", 3, "digit"},
		{"-a", 1, "digit"},
		{`"`, 1, "closing quote"},
		{`"abcdefghijkl`, 13, "closing quote"},
		{`"\`, 2, "escaped character"},
		{`"\x"`, 2, `one of "\/bfnrtu`},
		{`"\u12`, 5, "hexadecimal digit"},
		{`"\u12g4"`, 5, "hexadecimal digit"},
		{"\"a\nb\"", 2, "control character to be escaped"},
		{"\"abcdefgh\x00\"", 9, "control character to be escaped"},
		{"\"a\xff\"", 2, "valid UTF-8"},
		{"\"\xed\xa0\x80\"", 1, "valid UTF-8"},
		{"{\"k\x80\":1}", 3, "valid UTF-8"},
		{strings.Repeat("[", MaxDepth+1), MaxDepth, "at most 512 levels of nesting"},
		{strings.Repeat(`{"a":`, MaxDepth+1), 5 * MaxDepth, "at most 512 levels of nesting"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%.30q", tt.src), func(t *testing.T) {
			var a Arena
			kept := mustParse(t, &a, `{"kept":[1]}`)
			nodes, texts := len(a.nodes), len(a.texts)
			n, err := a.Parse([]byte(tt.src))
			var syntax *SyntaxError
			if n != 0 || !errors.As(err, &syntax) {
				t.Fatalf("Parse = %d, %v; want a SyntaxError", n, err)
			}
			if syntax.Offset != tt.offset || syntax.Expected != tt.expected {
				t.Errorf("got %q at %d, want %q at %d", syntax.Expected, syntax.Offset, tt.expected, tt.offset)
			}
			if len(a.nodes) != nodes || len(a.texts) != texts {
				t.Errorf("arena grew by %d nodes, %d texts", len(a.nodes)-nodes, len(a.texts)-texts)
			}
			if _, err := a.NewJSON([]byte(tt.src)); !errors.As(err, &syntax) || syntax.Offset != tt.offset {
				t.Errorf("NewJSON: %v, want offset %d", err, tt.offset)
			}
			if got := string(a.AppendJSON(nil, kept)); got != `{"kept":[1]}` {
				t.Errorf("other document became %s", got)
			}
		})
	}
}

func TestParseDepth(t *testing.T) {
	var a Arena
	for _, src := range []string{
		strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth),
		strings.Repeat(`{"a":`, MaxDepth) + "1" + strings.Repeat("}", MaxDepth),
		"[" + strings.Repeat("[],{},", 2*MaxDepth) + "[]]",
	} {
		n := mustParse(t, &a, src)
		if got := string(a.AppendJSON(nil, n)); got != src {
			t.Errorf("%.20s… came back changed", src)
		}
	}
}

func TestParseValues(t *testing.T) {
	list := func(n int, value string) string {
		return "[" + strings.Repeat(value+",", n-1) + value + "]"
	}
	for _, tt := range []struct {
		name, src string
		ok        bool
		most      int // nodes
	}{
		{"strings", list(MaxValues, `""`), true, MaxValues},
		{"too many strings", list(MaxValues+1, `""`), false, 0},
		{"too many arrays", list(MaxValues+1, `[]`), false, 0},
		{"numbers", list(MaxValues, "1"), true, 1},
		{"too many numbers", list(MaxValues+longNumbers, "1"), false, 0},
		{"embeddings", list(3, list(MaxValues/2, "-0.25")), true, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var a Arena
			n, err := a.Parse([]byte(tt.src))
			if (err == nil) != tt.ok {
				t.Fatalf("error %v, want none: %v", err, tt.ok)
			}
			if err == nil && (len(a.nodes)-1 > tt.most+1 || !bytes.Equal(a.AppendJSON(nil, n), []byte(tt.src))) {
				t.Errorf("%d nodes, want at most %d", len(a.nodes)-1, tt.most+1)
			}
		})
	}
}

func TestNumbersAreParsedWhenVisited(t *testing.T) {
	var a Arena
	n := mustParse(t, &a, `{"embedding": [`+strings.Repeat("0.5, ", 99)+`7 ], "index":0}`)
	list := a.Get(n, "embedding")
	if got := a.Len(list); got != 100 || len(a.nodes) != 4 {
		t.Fatalf("Len = %d with %d nodes, want 100 without visiting", got, len(a.nodes))
	}
	if v, _ := a.Int(a.Index(list, 99)); v != 7 {
		t.Errorf("last number = %d, want 7", v)
	}
	if a.Added() != 100*nodeSize {
		t.Errorf("Added = %d, want %d", a.Added(), 100*nodeSize)
	}
	if err := a.Replace(a.Index(list, 99), a.NewInt(8)); err != nil {
		t.Fatal(err)
	}
	want := `{"embedding": [` + strings.Repeat("0.5, ", 99) + `8 ], "index":0}`
	if got := string(a.AppendJSON(nil, n)); got != want {
		t.Errorf("got %s", got)
	}
}

// TestParseLongStrings puts each byte that matters at every place around the ends of blocks.
func TestParseLongStrings(t *testing.T) {
	var a Arena
	for bad, ok := range map[string]bool{"\n": false, "\x00": false, "\x1f": false, `\x`: false, "\xff": false, "\xc3": false, `"`: false, `\n`: true, "龙": true, "\x7f": true} {
		for _, size := range []int{longString, block, longString + block, longString + 2*block + 70} {
			for i := range 24 {
				at := size - 12 + i
				text := []byte(`"` + strings.Repeat("x", at) + bad + strings.Repeat("y", block+300) + `"`)
				_, err := a.Parse(text)
				if (err == nil) != ok {
					t.Fatalf("%q behind %d bytes: %v, want it accepted: %v", bad, at, err, ok)
				}
				var syntax *SyntaxError
				if errors.As(err, &syntax) && (syntax.Offset < at+1 || syntax.Offset > at+2) {
					t.Fatalf("%q behind %d bytes: %v", bad, at, err)
				}
				a.Reset()
			}
		}
	}
}

// decode turns a value into what encoding/json gives with UseNumber.
func decode(a *Arena, n Node) any {
	switch a.Kind(n) {
	case abi.KindNull:
		return nil
	case abi.KindBool:
		v, _ := a.Bool(n)
		return v
	case abi.KindNumber:
		return json.Number(a.AppendJSON(nil, n))
	case abi.KindString:
		return a.String(n)
	case abi.KindArray:
		list := []any{}
		for c := a.First(n); c != 0; c = a.Next(c) {
			list = append(list, decode(a, c))
		}
		return list
	case abi.KindObject:
		object := map[string]any{}
		for c := a.First(n); c != 0; c = a.Next(c) {
			key := string(a.Key(c)) // a call of decode in the same statement might come first
			object[key] = decode(a, c)
		}
		return object
	}
	panic("no value")
}

func unmarshal(t testing.TB, src []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(src))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// nesting is how deep brackets outside strings nest in valid JSON.
func nesting(src []byte) int {
	depth, deepest, inside := 0, 0, false
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c == '"':
			inside = !inside
		case c == '\\':
			i++
		case inside:
		case c == '[' || c == '{':
			depth++
			deepest = max(deepest, depth)
		case c == ']' || c == '}':
			depth--
		}
	}
	return deepest
}

// FuzzParse wants what encoding/json accepts, except texts that are not UTF-8 or nest too deep, with
// the same meaning, and the same bytes back.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"model":"gpt","messages":[{"role":"user","content":"hi\n"}],"temperature":0.1}`,
		` [ 1 , -0 , 1.5e+3 , true , false , null , "" , {} , [] ] `,
		`"\ud83d\ude00 \ud800 \udc00\ud800 \u0000 é 龙"`,
		`{"a":1,"a":2,"\u0061":3,"":4}`,
		`[1,]`, `{"a"}`, `01`, "\"\x00\"", "\"\xff\"", `[[[[[[[[]]]]]]]]`, `1e999`, `"abcdefgh\"ijklmno\\"`,
		strings.Repeat("[", 513) + strings.Repeat("]", 513),
		`{"embedding":[` + strings.Repeat("-0.015 , ", 40) + `1]}`,
		"[[" + strings.Repeat("1,", 33) + `"x"],[` + strings.Repeat("1,", 31) + "2],[" + strings.Repeat("1,", 31) + "[]]]",
		"[" + strings.Repeat("1,", 32) + "]", "[" + strings.Repeat("1,", 32) + "-]",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		var a Arena
		n, err := a.Parse(src)
		want := json.Valid(src) && utf8.Valid(src) && nesting(src) <= MaxDepth
		if (err == nil) != want {
			t.Fatalf("Parse: %v, want accepted = %v", err, want)
		}
		if err != nil {
			return
		}
		if got := a.AppendJSON(nil, n); !bytes.Equal(got, bytes.Trim(src, " \t\r\n")) {
			t.Fatalf("written back as %q", got)
		}
		reference := unmarshal(t, src)
		if got := decode(&a, n); !reflect.DeepEqual(got, reference) {
			t.Fatalf("got %#v, want %#v", got, reference)
		}
		// A copy is parsed again when it is visited; another arena has its own bytes.
		if got := decode(&a, a.Copy(n)); !reflect.DeepEqual(got, reference) {
			t.Fatalf("copy: got %#v, want %#v", got, reference)
		}
		var b Arena
		twin := b.CopyFrom(&a, n)
		a.Reset()
		if got := decode(&b, twin); !reflect.DeepEqual(got, reference) {
			t.Fatalf("copy in another arena: got %#v, want %#v", got, reference)
		}
	})
}
