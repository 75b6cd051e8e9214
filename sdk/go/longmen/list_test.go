//go:build !wasip1

package longmen_test

import (
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

var kindNames = map[longmen.Kind]string{
	longmen.KindNull: "null", longmen.KindBool: "bool", longmen.KindNumber: "number", longmen.KindString: "string",
	longmen.KindArray: "array", longmen.KindObject: "object",
}

// TestWalk: a walk sees what stands in the document, however long it is, and also when it is edited on the way.
func TestWalk(t *testing.T) {
	names := func(doc longmen.Value) string {
		var out []string
		for m := doc.First(); m.Exists(); m = m.Next() {
			out = append(out, m.Key()+":"+kindNames[m.Kind()])
		}
		return strings.Join(out, " ")
	}
	long := strings.Repeat("n", 61)
	many, elements := strings.Repeat(`"k":1,`, 300), strings.Repeat("1,", 1000)
	for _, tc := range []struct {
		name, doc, want string
		walk            func(doc longmen.Value) string
	}{
		{"empty", `{}`, "", names},
		{"a string", `"x"`, "", names},
		{"kinds", `{"a":null,"b":true,"c":1,"d":"","e":[],"f":{}}`, "a:null b:bool c:number d:string e:array f:object", names},
		{"long and escaped names", `{"` + long + `":1,"\u00e9\n":2}`, long + ":number é\n:number", names},
		{"more than one list holds", `{` + many + `"last":null}`, strings.Repeat("k:number ", 300) + "last:null", names},
		{"nested", `{"a":{"x":1,"y":2},"b":{"z":3}}`, "a(x:number y:number) b(z:number)", func(doc longmen.Value) string {
			var out []string
			for m := doc.First(); m.Exists(); m = m.Next() {
				out = append(out, m.Key()+"("+names(m)+")")
			}
			return strings.Join(out, " ")
		}},
		{"nested deeper than lists are kept", `[` + strings.Repeat(`[`+elements+`1],`, 20) + `[]]`, "20020", func(doc longmen.Value) string {
			n := 0
			for a := doc.First(); a.Exists(); a = a.Next() {
				for e := a.First(); e.Exists(); e = e.Next() {
					n++
				}
			}
			return longmen.NewInt(int64(n)).JSON()
		}},
		{"deleting on the way", `{"a":1,"b":2,"c":3}`, "b:number", func(doc longmen.Value) string {
			for m := doc.First(); m.Exists(); {
				next := m.Next()
				if !m.KeyIs("b") {
					m.Delete()
				}
				m = next
			}
			return names(doc)
		}},
		{"replacing on the way", `{"a":1,"b":2}`, "a:string b:number", func(doc longmen.Value) string {
			doc.First().Replace(longmen.NewString("x"))
			return names(doc)
		}},
		{"adding behind the last", `{"a":1}`, "true", func(doc longmen.Value) string {
			m := doc.First()
			doc.SetInt("b", 2)
			return longmen.NewBool(m.Next().KeyIs("b")).JSON()
		}},
		{"setting another kind", `{"a":1}`, "string", func(doc longmen.Value) string {
			m := doc.First()
			doc.SetString("a", "x")
			_ = m
			return kindNames[doc.First().Kind()]
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got string
			r := run(t, tc.doc, func(doc longmen.Value) error {
				got = tc.walk(doc)
				return nil
			})
			if r.Err != nil || got != tc.want {
				t.Errorf("got %q, %v, want %q", got, r.Err, tc.want)
			}
		})
	}
}
