package detect

import (
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// mint makes a random value of a shape that passes the row's check, "" if none comes up.
func mint(r *rand.Rand, d *Detector, shape string) string {
	const digits, letters = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	text, value := make([]byte, 0, maxChunk), make([]byte, 0, maxChunk)
	sep := " -"[r.IntN(2)]
	if r.IntN(3) == 0 {
		sep = 0
	}
	for range 1 << 18 {
		text, value = text[:0], value[:0]
		for i := range len(shape) {
			c := shape[i]
			switch {
			case c == '9':
				c = digits[r.IntN(10)]
			case c == 'A':
				c = letters[r.IntN(26)]
			case c == 'X':
				c = (digits + letters)[r.IntN(36)]
			case c == '~':
				if c = sep; c == 0 {
					continue
				}
			case class[c]&isLower != 0:
				c -= 0x20
			}
			text = append(text, c)
			if class[c]&isAlnum != 0 {
				value = append(value, c)
			}
		}
		if d.Valid == nil || d.Valid(value) {
			return string(text)
		}
	}
	return ""
}

// TestMinted: values of every row, made by its shapes and check, are found behind the row's words in the scripts of the world.
func TestMinted(t *testing.T) {
	s := New(All())
	for _, d := range detectors {
		if d.Match != nil || d.Type == CryptoAddress || d.Type == SWIFTBIC {
			continue // a hash does not come up, and eight letters are a word
		}
		ascii, other := "value", "内容"
		for w := range strings.SplitSeq(d.Words, " ") {
			if w == "" {
				continue
			}
			if w[0] < 0x80 && ascii == "value" {
				ascii = w
			} else if utf8.RuneLen([]rune(w)[0]) == 3 && other == "内容" {
				other = w
			}
		}
		for _, shape := range d.Shapes {
			h := fnv.New64()
			h.Write([]byte(d.Type.String() + shape))
			r := rand.New(rand.NewPCG(h.Sum64(), 4)) // the values of a row do not depend on the others
			for range 4 {
				v := mint(r, d, shape)
				if v == "" {
					t.Errorf("%s: no value of %s comes up", d.Type, shape)
					break
				}
				frames := []string{ascii + ": %", `{"` + ascii + `":"%"}`, `"{\"` + ascii + `\": \"%\"}"`, ascii + "=%&x=1", "name," + ascii + "\nBo,%\n"}
				if other != "内容" {
					frames = append(frames, other+"%。", "我的"+other+"是%，谢谢")
				}
				for _, f := range frames {
					text := strings.ReplaceAll(f, "%", v)
					at := strings.Index(text, v)
					found := false
					var got []string
					for _, sp := range s.Scan([]byte(text)) {
						found = found || sp.Start == at && sp.End == at+len(v) && sp.Type == d.Type
						got = append(got, sp.Type.String()+" "+text[sp.Start:sp.End])
					}
					if !found {
						t.Errorf("%s %s: %q: found %q", d.Type, shape, text, got)
					}
				}
			}
		}
	}
}
