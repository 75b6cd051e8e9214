//go:build !wasip1

package longmen_test

import (
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// script is what the plugin of these tests does in its request hook.
var script func(doc longmen.Value) error

func init() {
	longmen.Register(longmen.Plugin{
		Name:       "script",
		Grants:     []string{"kv"},
		Attributes: map[string]string{"t.int": "int", "t.float": "float", "t.bool": "bool", "t.string": "string"},
		Request:    func(doc longmen.Value) error { return script(doc) },
		Event:      func(doc longmen.Value) error { return script(doc) },
	})
}

// run runs a script on a document.
func run(t *testing.T, doc string, f func(doc longmen.Value) error) longmentest.Result {
	t.Helper()
	script = f
	return longmentest.New(t, "").Request(doc)
}

const sample = `{"a":1,"s":"龙\n","n":[1,2.9,-3.9,1e30,true,null],"o":{"k\u0041":"x"},"a":2}`

func TestReading(t *testing.T) {
	long := strings.Repeat("龙", 3000) // longer than the SDK's buffer
	tests := []struct {
		name string
		got  func(doc longmen.Value) any
		want any
	}{
		{"get, last duplicate", func(d longmen.Value) any { return d.Get("a").Int() }, int64(2)},
		{"get of nothing", func(d longmen.Value) any { return d.Get("x").Get("y").Exists() }, false},
		{"pointer", func(d longmen.Value) any { return d.Pointer("/o/kA").String() }, "x"},
		{"index", func(d longmen.Value) any { return d.Get("n").Index(2).Int() }, int64(-3)},
		{"index out of range", func(d longmen.Value) any { return d.Get("n").Index(6).Exists() }, false},
		{"negative index", func(d longmen.Value) any { return d.Get("n").Index(-1).Exists() }, false},
		{"int is cut", func(d longmen.Value) any { return d.Pointer("/n/1").Int() }, int64(2)},
		{"int is clamped", func(d longmen.Value) any { return d.Pointer("/n/3").Int() }, int64(1<<63 - 1)},
		{"int of true", func(d longmen.Value) any { return d.Pointer("/n/4").Int() }, int64(1)},
		{"int of null", func(d longmen.Value) any { return d.Pointer("/n/5").Int() }, int64(0)},
		{"int of text", func(d longmen.Value) any { return d.Get("s").Int() }, int64(0)},
		{"float", func(d longmen.Value) any { return d.Pointer("/n/1").Float() }, 2.9},
		{"bool", func(d longmen.Value) any { return d.Pointer("/n/4").Bool() }, true},
		{"a number is not true", func(d longmen.Value) any { return d.Get("a").Bool() }, false},
		{"string", func(d longmen.Value) any { return d.Get("s").String() }, "龙\n"},
		{"string of a number", func(d longmen.Value) any { return d.Get("a").String() }, ""},
		{"json", func(d longmen.Value) any { return d.Get("n").JSON() }, `[1,2.9,-3.9,1e30,true,null]`},
		{"size", func(d longmen.Value) any { return d.Get("n").Size() }, 27},
		{"len of an object", func(d longmen.Value) any { return d.Len() }, 5},
		{"len of text", func(d longmen.Value) any { return d.Get("s").Len() }, 4},
		{"key", func(d longmen.Value) any { return d.Get("o").First().Key() }, "kA"},
		{"key of an element", func(d longmen.Value) any { return d.Get("n").First().Key() }, ""},
		{"key is", func(d longmen.Value) any { return d.Get("o").First().KeyIs("kA") }, true},
		{"key is not", func(d longmen.Value) any { return d.Get("o").First().KeyIs("kB") }, false},
		{"key prefix", func(d longmen.Value) any { return string(d.Get("o").First().KeyPrefix(make([]byte, 1))) }, "k"},
		{"is", func(d longmen.Value) any { return d.Get("s").Is("龙\n") }, true},
		{"is, same length", func(d longmen.Value) any { return d.Get("s").Is("abcd") }, false},
		{"is empty", func(d longmen.Value) any { return longmen.NewString("").Is("") }, true},
		{"a number is not empty", func(d longmen.Value) any { return d.Get("a").Is("") }, false},
		{"prefix", func(d longmen.Value) any { return string(d.Get("s").Prefix(make([]byte, 3))) }, "龙"},
		{"prefix of a number", func(d longmen.Value) any { return len(d.Get("a").Prefix(make([]byte, 3))) }, 0},
		{"append", func(d longmen.Value) any { return string(d.Get("s").AppendString([]byte("a "))) }, "a 龙\n"},
		{"append json", func(d longmen.Value) any { return string(d.Get("o").AppendJSON(nil)) }, `{"k\u0041":"x"}`},
		{"append key", func(d longmen.Value) any { return string(d.Get("o").First().AppendKey(make([]byte, 0, 9))) }, "kA"},
		{"kind", func(d longmen.Value) any { return d.Get("o").Kind() }, longmen.KindObject},
		{"kind of nothing", func(d longmen.Value) any { return longmen.Value(0).Kind() }, longmen.KindInvalid},
		{"next", func(d longmen.Value) any { return d.First().Next().Key() }, "s"},
		{"behind the last", func(d longmen.Value) any { return d.Get("o").First().Next().Exists() }, false},
		{"long string", func(d longmen.Value) any { return longmen.NewString(long).String() == long }, true},
		{"is a long string", func(d longmen.Value) any { return longmen.NewString(long).Is(long) }, true},
		{"digest", func(d longmen.Value) any { return d.Get("o").Digest() }, sha256.Sum256([]byte(`{"k\u0041":"x"}`))},
		{"parse", func(d longmen.Value) any {
			v, ok := longmen.NewString(`{"x":[1]}`).Parse()
			return ok && v.Pointer("/x/0").Int() == 1
		}, true},
		{"parse what is no JSON", func(d longmen.Value) any { _, ok := d.Get("s").Parse(); return ok }, false},
		{"parse what is no string", func(d longmen.Value) any { _, ok := d.Get("a").Parse(); return ok }, false},
		{"stringify", func(d longmen.Value) any { return d.Get("o").Stringify().String() }, `{"k\u0041":"x"}`},
		{"join", func(d longmen.Value) any { return longmen.NewJSON(`["a龙","b"]`).Join().String() }, "a龙b"},
		{"slice", func(d longmen.Value) any { return longmen.NewString("a龙b").Slice(1, 3).String() }, "龙"},
		{"forged", func(d longmen.Value) any { return longmen.Value(4711).Get("a").Exists() }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got any
			r := run(t, sample, func(doc longmen.Value) error {
				got = tt.got(doc)
				return nil
			})
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			if got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if r.JSON != sample {
				t.Errorf("reading changed the document to %s", r.JSON)
			}
		})
	}
}

func TestEditing(t *testing.T) {
	tests := []struct {
		name, in string
		edit     func(doc longmen.Value)
		want     string
		fails    string
	}{
		{"set moves", `{"a":{"b":1},"c":2}`, func(d longmen.Value) { d.Set("c", d.Pointer("/a/b")) }, `{"a":{},"c":1}`, ""},
		{"set a copy", `{"a":[1],"c":2}`, func(d longmen.Value) { d.Set("c", d.Get("a").Copy()) }, `{"a":[1],"c":[1]}`, ""},
		{"all kinds", `{}`, func(d longmen.Value) {
			d.SetString("s", "\"x\"")
			d.SetInt("i", -5)
			d.SetBool("b", true)
			d.Set("f", longmen.NewFloat(1.5))
			d.Set("z", longmen.NewNull())
			d.Set("j", longmen.NewJSON(`[ 1 ]`))
			a := longmen.NewArray()
			a.Append(longmen.NewInt(1))
			a.Append(longmen.NewBool(false))
			d.Set("a", a)
		}, `{"s":"\"x\"","i":-5,"b":true,"f":1.5,"z":null,"j":[ 1 ],"a":[1,false]}`, ""},
		{"replace the root", `{"a":1}`, func(d longmen.Value) {
			o := longmen.NewObject()
			o.Set("was", d.Get("a"))
			d.Replace(o)
		}, `{"was":1}`, ""},
		{"delete", `{"a":1,"b":2}`, func(d longmen.Value) {
			d.Get("a").Delete()
			d.Get("nothing").Delete()
		}, `{"b":2}`, ""},
		{"state is copied in and out", `{"a":[1]}`, func(d longmen.Value) {
			longmen.State().Set("kept", d.Get("a"))
			d.Set("b", longmen.State().Get("kept"))
		}, `{"a":[1],"b":[1]}`, ""},
		{"set in nothing", `{}`, func(d longmen.Value) { d.Get("x").SetInt("y", 1) }, "", "set int: no such value"},
		{"set nothing", `{}`, func(d longmen.Value) { d.Set("x", 0) }, "", "set: no such value"},
		{"set in an array", `[]`, func(d longmen.Value) { d.SetInt("x", 1) }, "", "set int: the value has another kind"},
		{"append to an object", `{}`, func(d longmen.Value) { d.Append(longmen.NewInt(1)) }, "", "append: the value has another kind"},
		{"a circle", `{"a":{}}`, func(d longmen.Value) { d.Get("a").Set("b", d) }, "", "set: an argument"},
		{"no JSON", `{}`, func(d longmen.Value) { longmen.NewJSON(`{`) }, "", "new json: not JSON"},
		{"not a number", `{}`, func(d longmen.Value) { longmen.NewFloat(nan()) }, "", "new float: an argument"},
		{"slice in a character", `{}`, func(d longmen.Value) { longmen.NewString("龙").Slice(1, 1) }, "", "slice: an argument"},
		{"the configuration is read-only", `{}`, func(d longmen.Value) { longmen.Config().SetInt("x", 1) }, "", "set int: not granted"},
		{"the first failure counts", `{}`, func(d longmen.Value) {
			d.Set("x", 0)
			d.Append(0)
			d.SetInt("y", 1)
		}, "", "set: no such value"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := run(t, tt.in, func(doc longmen.Value) error {
				tt.edit(doc)
				return nil
			})
			if tt.fails != "" {
				if r.Err == nil || !strings.Contains(r.Err.Error(), tt.fails) {
					t.Errorf("got error %v, want %q", r.Err, tt.fails)
				}
				return
			}
			if r.Err != nil || r.JSON != tt.want {
				t.Errorf("got  %s, %v\nwant %s", r.JSON, r.Err, tt.want)
			}
		})
	}
}

// A walk that meets the bound of handles fails; it does not look like the end of the document.
func TestReadingBeyondTheBound(t *testing.T) {
	r := run(t, `[1,2]`, func(doc longmen.Value) error {
		for range abi.MaxHandles {
			doc.First()
		}
		if doc.First().Exists() {
			t.Error("a handle beyond the bound")
		}
		return nil
	})
	if r.Err == nil || !strings.Contains(r.Err.Error(), "reading: a limit") {
		t.Errorf("got %v", r.Err)
	}
}

func nan() float64 {
	zero := 0.0
	return zero / zero
}

func TestErrorsComeBack(t *testing.T) {
	r := run(t, `{}`, func(doc longmen.Value) error { return errors.New("no luck") })
	if r.Err == nil || r.Err.Error() != "no luck" {
		t.Errorf("got %v", r.Err)
	}
	r = run(t, `{}`, func(doc longmen.Value) error { return longmen.Reject(200, "x", "", "") })
	if r.Err == nil || !strings.Contains(r.Err.Error(), "reject") || r.Rejection != nil {
		t.Errorf("rejecting with status 200: got %v, %v", r.Rejection, r.Err)
	}
}

func TestAttributes(t *testing.T) {
	script = func(longmen.Value) error {
		longmen.SetAttr("t.int", longmen.NewInt(longmen.Attr("in").Int()+1))
		longmen.SetAttr("t.float", longmen.NewInt(2))
		longmen.SetAttr("t.bool", longmen.NewBool(!longmen.Attr("none").Exists()))
		longmen.SetAttr("t.string", longmen.NewString("x"))
		return nil
	}
	p := longmentest.New(t, "")
	p.Attributes["in"] = 41
	if r := p.Request(`{}`); r.Err != nil {
		t.Fatal(r.Err)
	}
	for name, want := range map[string]any{"t.int": int64(42), "t.float": 2.0, "t.bool": true, "t.string": "x"} {
		if got := p.Attributes[name]; got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	script = func(longmen.Value) error {
		longmen.SetAttr("t.int", longmen.NewFloat(1.5))
		return nil
	}
	if r := p.Request(`{}`); r.Err == nil {
		t.Error("an int attribute took 1.5")
	}
	script = func(longmen.Value) error {
		longmen.SetAttr("undeclared", longmen.NewInt(1))
		return nil
	}
	if r := p.Request(`{}`); r.Err == nil {
		t.Error("an attribute that is not declared was set")
	}
}

func TestSurroundings(t *testing.T) {
	var seen struct {
		header string
		ok     bool
		now    int64
		key    [32]byte
		a, b   [600]byte
	}
	script = func(longmen.Value) error {
		seen.header, seen.ok = longmen.Header("X-A")
		seen.now, seen.key = longmen.NowMillis(), longmen.MAC("", "message")
		longmen.Random(seen.a[:])
		longmen.Random(seen.b[:])
		longmen.SetHeader("X-B", "1")
		longmen.Tag("t", "v")
		longmen.Warn("seed", "lost")
		longmen.Log(longmen.LevelInfo, "hello")
		return nil
	}
	p := longmentest.New(t, "")
	p.Header["x-a"], p.Now = strings.Repeat("y", 5000), 123
	if r := p.Request(`{}`); r.Err != nil {
		t.Fatal(r.Err)
	}
	if seen.header != p.Header["x-a"] || !seen.ok || seen.now != 123 || seen.key == [32]byte{} {
		t.Errorf("got header of %d bytes, %v, now %d, key %x", len(seen.header), seen.ok, seen.now, seen.key)
	}
	if seen.a == seen.b || seen.a[599] == 0 && seen.a[598] == 0 && seen.a[597] == 0 {
		t.Error("random bytes repeat or end early")
	}
	if p.SetHeaders["x-b"] != "1" || p.Tags["t"] != "v" || len(p.Warnings) != 1 || p.Warnings[0] != "seed: lost" || len(p.Logs()) != 1 {
		t.Errorf("got headers %v, tags %v, warnings %v, logs %v", p.SetHeaders, p.Tags, p.Warnings, p.Logs())
	}
}

// What an event hook of a codec does for each delta allocates nothing on the guest's side.
func TestHotPathAllocatesNothing(t *testing.T) {
	buf := make([]byte, 0, 256)
	var here float64
	script = func(doc longmen.Value) error {
		here = testing.AllocsPerRun(10, func() {
			if !doc.Get("text").Is("hello") || doc.First().KeyIs("other") {
				t.Error("wrong text")
			}
			buf = doc.Get("text").AppendString(buf[:0])
			longmen.Emit(doc, "")
		})
		return nil
	}
	p := longmentest.New(t, "")
	if r := p.Event(`{"text":"hello"}`); r.Err != nil {
		t.Fatal(r.Err)
	}
	// The native host copies emitted events and grows its handle table; the SDK itself adds nothing,
	// so a script with more reads has no more allocations.
	first := here
	script = func(doc longmen.Value) error {
		here = testing.AllocsPerRun(10, func() {
			for range 50 {
				buf = doc.Get("text").AppendString(buf[:0])
				if !doc.Get("text").Is("hello") {
					t.Error("wrong text")
				}
			}
			longmen.Emit(doc, "")
		})
		return nil
	}
	if r := p.Event(`{"text":"hello"}`); r.Err != nil {
		t.Fatal(r.Err)
	}
	if here > first+2 {
		t.Errorf("50 times the reads cost %v allocations, once %v", here, first)
	}
}
