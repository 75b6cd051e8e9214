package document

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

func TestNumbers(t *testing.T) {
	const none = math.MinInt64 + 1 // no int64
	const beyond = 12345           // no float64
	tests := []struct {
		src string
		i   int64
		f   float64
	}{
		{"0", 0, 0},
		{"-0", 0, math.Copysign(0, -1)},
		{"0.000", 0, 0},
		{"0e999999999999999999999", 0, 0},
		{"1", 1, 1},
		{"-12", -12, -12},
		{"1e3", 1000, 1000},
		{"1E+3", 1000, 1000},
		{"1.50e1", 15, 15},
		{"2.50e1", 25, 25},
		{"1500e-2", 15, 15},
		{"0.00001e5", 1, 1},
		{"100.00", 100, 100},
		{"1050.0e-1", 105, 105},
		{"1.5", none, 1.5},
		{"1e-1", none, 0.1},
		{"15e-2", none, 0.15},
		{"9223372036854775807", math.MaxInt64, 9223372036854775807},
		{"9223372036854775807.000", math.MaxInt64, 9223372036854775807},
		{"9223372036854775808", none, 9223372036854775808},
		{"-9223372036854775808", math.MinInt64, -9223372036854775808},
		{"-9223372036854775809", none, -9223372036854775809},
		{"18446744073709551616", none, 18446744073709551616},
		{"18446744073709551619", none, 18446744073709551619},
		{"99999999999999999999999", none, 99999999999999999999999.},
		{"1e18", 1e18, 1e18},
		{"1e19", none, 1e19},
		{"9007199254740993", 9007199254740993, 9007199254740992},
		{"1" + strings.Repeat("0", 300) + "e-300", 1, 1},
		{"1e99999999999999999999999", none, beyond},
	}
	var a Arena
	for _, tt := range tests {
		t.Run(tt.src, func(t *testing.T) {
			n := mustParse(t, &a, tt.src)
			if i, ok := a.Int(n); ok != (tt.i != none) || ok && i != tt.i {
				t.Errorf("Int = %d, %v; want %d", i, ok, tt.i)
			}
			if f, ok := a.Float(n); ok != (tt.f != beyond) || ok && f != tt.f {
				t.Errorf("Float = %v, %v; want %v", f, ok, tt.f)
			}
			if _, ok := a.Int(a.NewString([]byte(tt.src))); ok {
				t.Error("Int of a string")
			}
		})
	}
}

// FuzzInt compares with exact arithmetic, by spelling the number out.
func FuzzInt(f *testing.F) {
	f.Add(int64(12), 3, -2)
	f.Fuzz(func(t *testing.T, v int64, point, exp int) {
		// v with a decimal point put in, and the exponent that takes it out again.
		digits := strconv.FormatInt(v, 10)
		sign := ""
		if v < 0 {
			sign, digits = "-", digits[1:]
		}
		point, exp = (point%40+40)%40, exp%40
		digits = strings.Repeat("0", max(0, point+1-len(digits))) + digits
		cut := len(digits) - point
		whole := strings.TrimLeft(digits[:cut], "0")
		if whole == "" {
			whole = "0"
		}
		src := sign + whole
		if point > 0 {
			src += "." + digits[cut:]
		}
		var a Arena
		if got, ok := a.Int(mustParse(t, &a, src+"e"+strconv.Itoa(point))); !ok || got != v {
			t.Fatalf("Int of %se%d = %d, %v; want %d", src, point, got, ok, v)
		}
		if got, ok := a.Int(mustParse(t, &a, src+"E+"+strconv.Itoa(point)+strings.Repeat(" ", 3))); !ok || got != v {
			t.Fatalf("Int = %d, %v; want %d", got, ok, v)
		}
		if v == 0 {
			return
		}
		exp = max(0, exp)
		if got, ok := a.Int(mustParse(t, &a, strconv.FormatInt(v, 10)+strings.Repeat("0", exp)+"e-"+strconv.Itoa(exp))); !ok || got != v {
			t.Fatalf("Int = %d, %v; want %d", got, ok, v)
		}
	})
}

func TestNewNumbers(t *testing.T) {
	var a Arena
	for _, f := range []float64{0, 1, -1.5, 1e20, 1e21, 1e-6, 1e-7, 1.0 / 3, math.MaxFloat64, math.SmallestNonzeroFloat64, -1e-9} {
		want, _ := json.Marshal(f)
		if got := string(a.AppendJSON(nil, a.NewFloat(f))); got != string(want) {
			t.Errorf("NewFloat(%v) = %s, want %s", f, got, want)
		}
	}
	for _, i := range []int64{0, math.MaxInt64, math.MinInt64} {
		if got, ok := a.Int(a.NewInt(i)); !ok || got != i {
			t.Errorf("NewInt(%d) reads as %d, %v", i, got, ok)
		}
	}
	for _, f := range []float64{math.Inf(1), math.Inf(-1), math.NaN()} {
		if n := a.NewFloat(f); n != 0 {
			t.Errorf("NewFloat(%v) = %d, want 0", f, n)
		}
	}
}

func TestPointer(t *testing.T) {
	var a Arena
	// The example of RFC 6901 section 5, and more.
	n := mustParse(t, &a, `{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8,
		"o":{"":{"0":9,"01":10}}, "d":1, "d":11}`)
	for ptr, want := range map[string]string{
		"/foo": `["bar","baz"]`, "/foo/0": `"bar"`, "/foo/1": `"baz"`, "/": "0", "/a~1b": "1", "/c%d": "2", "/e^f": "3", "/g|h": "4",
		"/i\\j": "5", "/k\"l": "6", "/ ": "7", "/m~0n": "8", "/o//0": "9", "/o//01": "10", "/d": "11",
		"/foo/2": "", "/foo/-": "", "/foo/01": "", "/foo/-1": "", "/foo/": "", "/foo/0/0": "", "/foo/99999999999": "", "/foo/4294967296": "",
		"foo": "", "/nope": "", "/m~n": "", "/m~": "", "/m~2n": "", "/nope/deeper": "",
	} {
		if got := string(a.AppendJSON(nil, a.Pointer(n, ptr))); got != want {
			t.Errorf("Pointer(%q) = %s, want %s", ptr, got, want)
		}
	}
	if a.Pointer(n, "") != n {
		t.Error("the empty pointer is not the value itself")
	}
}

func TestStrings(t *testing.T) {
	var a Arena
	for _, tt := range []struct{ src, want string }{
		{`""`, ""}, {`"plain"`, "plain"}, {`"\"\\\/\b\f\n\r\t"`, "\"\\/\b\f\n\r\t"}, {`"\u0041\u00e9\u9F99"`, "Aé龙"},
		{`"\ud83d\ude00"`, "😀"}, {`"\ud83d"`, "\uFFFD"}, {`"\ude00x"`, "\uFFFDx"}, {`"\ud83d\ud83d\ude00"`, "\uFFFD😀"},
		{`"\ud83d\n"`, "\uFFFD\n"}, {`"\ud83d\u0041"`, "\uFFFDA"}, {`"é龙😀"`, "é龙😀"},
	} {
		n := mustParse(t, &a, tt.src)
		text, shared := a.Text(n)
		if string(text) != tt.want || shared == strings.Contains(tt.src, `\`) {
			t.Errorf("Text(%s) = %q, %v", tt.src, text, shared)
		}
		if got := a.String(n); got != tt.want {
			t.Errorf("String(%s) = %q", tt.src, got)
		}
		if got := string(a.AppendString([]byte("x"), n)); got != "x"+tt.want {
			t.Errorf("AppendString(%s) = %q", tt.src, got)
		}
		if !a.Is(n, tt.want) || a.Is(n, tt.want+"x") || a.Len(n) != len(tt.want) || a.Len(n) != len(tt.want) {
			t.Errorf("Is or Len of %s", tt.src)
		}
		o := mustParse(t, &a, "{"+tt.src+":1}")
		if c := a.Get(o, tt.want); c == 0 || string(a.Key(c)) != tt.want || string(a.AppendKey(nil, c)) != tt.want || !a.KeyIs(c, tt.want) {
			t.Errorf("name %s is not found as %q", tt.src, tt.want)
		}
		if got := string(a.AppendJSON(nil, n)); got != tt.src {
			t.Errorf("%s is written as %s", tt.src, got)
		}
	}
	if a.Is(a.NewInt(1), "1") {
		t.Error("a number is a string")
	}
}

func TestNewStrings(t *testing.T) {
	var a Arena
	for _, tt := range []struct{ text, want string }{
		{"", `""`}, {"a<b>&", `"a<b>&"`}, {"\"\\/\b\f\n\r\t\x00\x1f\x7f", `"\"\\/\b\f\n\r\t\u0000\u001f` + "\x7f\""},
		{"é龙😀", `"é龙😀"`}, {"\u2028\u2029\u2027", `"\u2028\u2029` + "\u2027\""}, {"a\xffb\xed\xa0\x80", "\"a\uFFFDb\uFFFD\uFFFD\uFFFD\""},
		{"1234567\n1234567\"12345678", `"1234567\n1234567\"12345678"`}, {"\uFFFD", "\"\uFFFD\""},
	} {
		if got := string(a.AppendJSON(nil, a.NewString([]byte(tt.text)))); got != tt.want {
			t.Errorf("NewString(%q) = %s, want %s", tt.text, got, tt.want)
		}
	}
}

// FuzzString wants every text to come back, as encoding/json reads it.
func FuzzString(f *testing.F) {
	f.Add("plain")
	f.Add("a\"b\\\n\x00\u2028é龙😀\xff")
	f.Fuzz(func(t *testing.T, text string) {
		var a Arena
		n := a.NewString([]byte(text))
		src := a.AppendJSON(nil, n)
		var want string
		if err := json.Unmarshal(src, &want); err != nil || want != strings.ToValidUTF8(text, "") && want != string([]rune(text)) {
			t.Fatalf("%q is written as %s", text, src)
		}
		if got := a.String(n); got != want || a.Len(n) != len(want) {
			t.Fatalf("%q reads as %q of %d bytes", text, got, a.Len(n))
		}
	})
}

func TestKindsAndNothing(t *testing.T) {
	var a Arena
	n := mustParse(t, &a, `[null,true,false,1,"s",[],{}]`)
	for i, kind := range []abi.Kind{abi.KindNull, abi.KindBool, abi.KindBool, abi.KindNumber, abi.KindString, abi.KindArray, abi.KindObject} {
		if got := a.Kind(a.Index(n, i)); got != kind {
			t.Errorf("Kind of element %d = %d, want %d", i, got, kind)
		}
	}
	if v, ok := a.Bool(a.Index(n, 1)); !v || !ok {
		t.Error("true is not true")
	}
	if v, ok := a.Bool(a.Index(n, 2)); v || !ok {
		t.Error("false is not false")
	}
	if raw, ok := a.Raw(n); !ok || string(raw) != `[null,true,false,1,"s",[],{}]` {
		t.Errorf("Raw = %s, %v", raw, ok)
	}
}

// TestForeignNodes wants numbers that the arena never gave out to be no value, in all functions.
func TestForeignNodes(t *testing.T) {
	var used, empty Arena
	root := mustParse(t, &used, `{"a":[1]}`)
	reset := new(Arena)
	mustParse(t, reset, `{"a":[1]}`)
	reset.Reset()
	for _, a := range []*Arena{&used, &empty, reset} {
		for _, n := range []Node{0, 4, 5, 1000, math.MaxUint32} {
			if a.Kind(n) != 0 || a.Len(n) != 0 || a.First(n) != 0 || a.Next(n) != 0 || a.Parent(n) != 0 || a.Index(n, 0) != 0 ||
				a.Get(n, "a") != 0 || a.Pointer(n, "") != 0 || a.Pointer(n, "/a") != 0 || len(a.Key(n)) != 0 || len(a.AppendKey(nil, n)) != 0 ||
				a.KeyIs(n, "") || a.Is(n, "") || len(a.AppendString(nil, n)) != 0 || a.String(n) != "" || len(a.AppendJSON(nil, n)) != 0 ||
				a.Size(n) != 0 || a.Copy(n) != 0 || a.CopyFrom(&used, n) != 0 {
				t.Errorf("node %d is something", n)
			}
			_, okInt := a.Int(n)
			_, okFloat := a.Float(n)
			_, okBool := a.Bool(n)
			_, okRaw := a.Raw(n)
			if _, okText := a.Text(n); okInt || okFloat || okBool || okRaw || okText {
				t.Errorf("node %d is a scalar", n)
			}
			if a.SetString(n, nil) != ErrNode || a.Delete(n) != ErrNode || a.Replace(n, n) != ErrNode || a.Set(n, "a", n) != ErrNode || a.Append(n, n) != ErrNode {
				t.Errorf("node %d can be edited", n)
			}
		}
	}
	if used.Set(root, "a", 99) != ErrNode || used.Replace(root, 99) != ErrNode || used.Append(used.Get(root, "a"), 0) != ErrNode {
		t.Error("no value can be put into a document")
	}
	if used.Index(root, -1) != 0 || used.Index(root, 1) != 0 || used.Index(used.Index(root, 0), math.MaxInt32) != 0 {
		t.Error("Index beyond the children is something")
	}
}

func TestIndexInAnyOrder(t *testing.T) {
	var a Arena
	n := mustParse(t, &a, "["+strings.Repeat(`"",`, 99)+`""]`)
	var want []Node
	for c := a.First(n); c != 0; c = a.Next(c) {
		want = append(want, c)
	}
	for step := range 100 {
		for i := range 100 {
			j := (i * (step + 1)) % 100
			if got := a.Index(n, j); got != want[j] {
				t.Fatalf("Index(%d) = %d, want %d", j, got, want[j])
			}
		}
	}
}
