package document

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// buffers remembers every buffer that an arena has had.
type buffers map[*byte][]byte

func (all buffers) note(a *Arena) {
	for _, b := range append([][]byte{a.scratch, a.name}, a.texts...) {
		if cap(b) > 0 {
			b = b[:cap(b)]
			all[&b[0]] = b
		}
	}
}

// left tells in how many of them something is left of secret.
func (all buffers) left(secret string) int {
	n := 0
	for _, b := range all {
		if bytes.Contains(b, []byte(secret)) {
			n++
		}
	}
	return n
}

// TestZeroise makes and reads documents in all ways that leave bytes in an arena, and looks at every buffer that the
// arena has had, those that it outgrew as well.
func TestZeroise(t *testing.T) {
	const secret = "planted-original"
	value := secret + "\n\"quoted\"\u2028\x01" + strings.Repeat("ä", 30) + secret
	for _, zeroise := range []bool{true, false} {
		a := &Arena{Zeroise: zeroise}
		other := &Arena{}
		from, err := other.Parse([]byte(`{"k":["` + secret + `"]}`))
		if err != nil {
			t.Fatal(err)
		}
		all := buffers{}
		for range 2 {
			root := a.NewObject()
			for i := range 200 {
				key := fmt.Sprintf("%s\n%d", value, i)
				v := a.NewString([]byte(value))
				a.Set(root, key, v)
				all.note(a)
				if !a.Is(v, value) || a.Is(v, value+"x") || !a.KeyIs(v, key) || string(a.Key(v)) != key {
					t.Fatal("the value or its name reads as another")
				}
				a.Text(v)
				a.SetString(v, []byte(secret+strings.Repeat("\n", i)))
				a.Text(v)
				a.Append(root, a.CopyFrom(other, from))
				if _, err := a.NewJSON([]byte(`["` + secret + `"]`)); err != nil {
					t.Fatal(err)
				}
				if _, err := a.NewJSON([]byte(`["` + secret + `"`)); err == nil {
					t.Fatal("half a text was read")
				}
				all.note(a)
			}
			a.NewString(bytes.Repeat([]byte(secret+"\n"), ownText/len(secret)))
			if _, err := a.Parse([]byte(`"` + secret + `"`)); err != nil {
				t.Fatal(err)
			}
			all.note(a)
			a.Reset()
		}
		if n := all.left(secret); (n == 0) != zeroise {
			t.Errorf("zeroise %v: the secret is left in %d of %d buffers", zeroise, n, len(all))
		}
	}
}

func TestEqualDecoded(t *testing.T) {
	for _, s := range []struct {
		raw, text string
		equal     bool
	}{
		{``, ``, true},
		{`a`, ``, false},
		{`abc`, `abc`, true},
		{`abc`, `abcd`, false},
		{`abcd`, `abc`, false},
		{`a\nb`, "a\nb", true},
		{`a\nb`, "a\n", false},
		{`a\n`, "a", false},
		{`\u00e4\ud83d\ude00\ud83d`, "ä😀\uFFFD", true},
		{`\u00e4`, "\xc3", false},
		{`\\\"\/`, `\"/`, true},
		{`ab\n`, `x`, false},
	} {
		if got := equalDecoded([]byte(s.raw), s.text); got != s.equal || got != (string(appendDecoded(nil, []byte(s.raw))) == s.text) {
			t.Errorf("%q, %q: %v", s.raw, s.text, got)
		}
	}
}

// TestEscapedBound: what escaping appends stays within the bound, whatever the bytes.
func TestEscapedBound(t *testing.T) {
	for i := range 256 {
		for _, s := range [][]byte{{byte(i)}, {byte(i), 'a', byte(i)}, []byte(string(rune(i))), []byte("\u2028"), []byte("\u4e2d\xff")} {
			if b, _ := appendEscaped(nil, s); len(b) > escapedBound(s) {
				t.Errorf("%q takes %d bytes, bound %d", s, len(b), escapedBound(s))
			}
		}
	}
}
