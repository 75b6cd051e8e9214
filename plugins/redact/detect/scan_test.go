package detect

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// sound fails the test when spans are not sorted, apart, inside the text and on UTF-8 boundaries, or when the
// detectors read more than a bounded number of bytes for each byte of the text.
func sound(t *testing.T, s *Scanner, text []byte) {
	t.Helper()
	valid := utf8.Valid(text)
	end := 0
	for _, sp := range s.Scan(text) {
		if sp.Start < end || sp.End <= sp.Start || sp.End > len(text) || int(sp.Type) >= NumTypes() {
			t.Fatalf("span %+v behind %d in %d bytes", sp, end, len(text))
		}
		end = sp.End
		if valid && (!utf8.RuneStart(text[sp.Start]) || end < len(text) && !utf8.RuneStart(text[end])) {
			t.Fatalf("span %+v cuts a character in %q", sp, text)
		}
	}
	if most := 80*len(text) + 2000; s.work > most {
		t.Fatalf("read %d bytes for a text of %d, want at most %d", s.work, len(text), most)
	}
}

func TestWorstCasesAreLinear(t *testing.T) {
	s := New(All())
	for _, w := range worst {
		t.Run(w.name, func(t *testing.T) {
			text := []byte(strings.Repeat(w.unit, 1<<20/len(w.unit)))
			sound(t, s, text[:1<<16])
			small := s.work
			sound(t, s, text)
			if s.work > 17*small+4000 {
				t.Errorf("read %d bytes for a MiB, %d for a sixteenth of it", s.work, small)
			}
		})
	}
}

// TestEveryPlace: an entity is found whatever its offset modulo the scan's eight bytes, and at either end.
func TestEveryPlace(t *testing.T) {
	s := New(All())
	entities := []string{"jane.doe@example.com", "13812345678", "+1 415-555-2671", "4111 1111 1111 1111", "11010519491231002X", "１３８１２３４５６７８", "AKIA" + "QWERTYUIOPASDFGH"}
	for _, e := range entities {
		for _, filler := range []string{" ", "，", "a ", "\n"} {
			for n := range 20 {
				text := strings.Repeat(filler, n) + e + strings.Repeat(" ", n%9)
				got := s.Scan([]byte(text))
				if len(got) != 1 || text[got[0].Start:got[0].End] != e {
					t.Errorf("%q: found %+v", text, got)
				}
			}
		}
	}
}

func TestTypesAreChosen(t *testing.T) {
	text := []byte("jane@example.com 13812345678 4111111111111111 11010519491231002X AKIA" + "QWERTYUIOPASDFGH")
	for i := range firstTypes {
		got := New(Set{}.With(i)).Scan(text)
		if len(got) != 1 || got[0].Type != i {
			t.Errorf("only %s: found %+v", i, got)
		}
	}
	if got := New(Set{}).Scan(text); len(got) != 0 {
		t.Errorf("no type: found %+v", got)
	}
}

func TestParseType(t *testing.T) {
	for i := range Type(NumTypes()) {
		if got, ok := ParseType(i.String()); !ok || got != i {
			t.Errorf("%s: got %v, %v", i, got, ok)
		}
	}
	if _, ok := ParseType("unknown"); ok {
		t.Error("unknown is a type")
	}
}

func TestAppendNormal(t *testing.T) {
	for _, c := range []struct {
		typ         Type
		value, want string
	}{
		{Email, "Jane@Example.COM", "jane@example.com"},
		{Email, "tom＠example.com", "tom@example.com"},
		{Email, "tom%40example.com", "tom@example.com"},
		{Phone, "13812345678", "13812345678"},
		{Phone, "+86 138-1234-5678", "13812345678"},
		{Phone, "008613812345678", "13812345678"},
		{Phone, "(+86) 138 1234 5678", "13812345678"},
		{Phone, "１３８１２３４５６７８", "13812345678"},
		{Phone, "＋８６ １３８１２３４５６７８", "13812345678"},
		{Phone, "%2B8613812345678", "13812345678"},
		{Phone, "+1 (415) 555-2671", "4155552671"},
		{Phone, "1-415-555-2671", "4155552671"},
		{Phone, "415.555.2671", "4155552671"},
		{Phone, "+44 (0)20 7946 0958", "+442079460958"},
		{PaymentCard, "4111-1111 1111 1111", "4111111111111111"},
		{CNResidentID, "110105 19491231 002x", "11010519491231002X"},
		{CNResidentID, "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"},
		{APIKey, "sk-Ab", "sk-Ab"},
	} {
		if got := string(AppendNormal([]byte("x"), c.typ, []byte(c.value))); got != "x"+c.want {
			t.Errorf("%s %q: got %q, want %q", c.typ, c.value, got[1:], c.want)
		}
	}
}

func FuzzScan(f *testing.F) {
	for _, c := range corpora {
		f.Add([]byte(c.text[:512]))
	}
	for _, w := range worst {
		f.Add([]byte(strings.Repeat(w.unit, 20)))
	}
	for _, v := range []string{"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\n-----END PRIVATE KEY-----", "+86 (0)138\u200b1234 5678x9", "１１０１０５ １９４９１２３１ ００２Ｘ", `\u0031\n138%2B8613812345678%40a.b`, "https://@host/x"} {
		f.Add([]byte(v))
	}
	s := New(All())
	f.Fuzz(func(t *testing.T, text []byte) {
		sound(t, s, text)
		for _, sp := range s.Scan(text) {
			AppendNormal(nil, sp.Type, text[sp.Start:sp.End])
		}
		if s.Scan(text); Index(text, '<', 0) != strings.IndexByte(string(text), '<') {
			t.Fatalf("%q: index of < is %d", text, Index(text, '<', 0))
		}
	})
}
