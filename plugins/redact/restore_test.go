package redact_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

func TestOrdinaryAnswersWaitForNothing(t *testing.T) {
	p := longmentest.New(t, config)
	edit(t, p.Exchange, letter)
	seg := longmen.Segment{Role: longmen.RoleAssistant, Streamed: true}
	for _, c := range []struct {
		text        string
		held, calls int
	}{
		{"an ordinary piece of an answer", 0, 0},
		{"if a < b && c", 0, 0},
		{"<div>", 0, 0},
		{"List<String", 0, 0},
		{"<EMAILS", 0, 0},
		{"<EMAIL_7q", 0, 0},
		{"<API_KEY_" + strings.Repeat("A", 30), 0, 0},
		{"a <", 1, 2},
		{"a <E", 2, 4},
		{"a <EMAIL_0", 0, 0},
	} {
		seg.Text = []byte(c.text)
		var r longmentest.Result
		calls := p.HostCalls(func() { r = p.Text(longmen.PhaseAnswer, seg) })
		if r.Err != nil || r.Held[0] != c.held || r.Text[0] != c.text[:len(c.text)-c.held] || calls > c.calls {
			t.Errorf("%q: held %d bytes with %d host calls, text %q, error %v; want %d and at most %d", c.text, r.Held[0], calls, r.Text[0], r.Err, c.held, c.calls)
		}
	}
	x := p.NewExchange()
	edit(t, x, "nothing personal")
	seg.Text = []byte("a <EMAIL_")
	if r := x.Text(longmen.PhaseAnswer, seg); r.Held[0] != 0 {
		t.Errorf("held %d bytes in an exchange without placeholders", r.Held[0])
	}
}

func TestOnlyLivePlaceholdersAreHeld(t *testing.T) {
	p := longmentest.New(t, config)
	name := form.FindString(edit(t, p.Exchange, "jane.doe@example.com")[0])
	seg := longmen.Segment{Role: longmen.RoleAssistant, Streamed: true}
	for n := 1; n <= len(name); n++ {
		seg.Text = []byte("x" + name[:n])
		want := n
		if n == len(name) {
			want = 0
		}
		if r := p.Text(longmen.PhaseAnswer, seg); r.Held[0] != want {
			t.Errorf("%q: held %d bytes, want %d", seg.Text, r.Held[0], want)
		}
	}
	for _, other := range []string{"<PHONE_", "<P", "<EMAIL_2", "<A"} {
		if strings.HasPrefix(name, other) {
			continue
		}
		seg.Text = []byte(other)
		if r := p.Text(longmen.PhaseAnswer, seg); r.Held[0] != 0 {
			t.Errorf("%q is held, though only %q is live", other, name)
		}
	}
	seg.Text, seg.Final = []byte(name[:5]), true
	if r := p.Text(longmen.PhaseAnswer, seg); r.Err != nil || r.Held[0] != 0 || r.Text[0] != name[:5] {
		t.Errorf("at the end: %+v", r)
	}
	if r := p.Text(longmen.PhaseAnswer, longmentest.Assistant(name+name+"<"+name)); r.Text[0] != "jane.doe@example.comjane.doe@example.com<jane.doe@example.com" {
		t.Errorf("got %q", r.Text[0])
	}
}

// TestRoundTrip: whatever a request contains, an answer that repeats what the model saw is what the client wrote.
func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	pieces := append([]string{" ", "，", "<", ">", "\n", "name ", "EMAIL_", "<EMAIL_", "<EMAIL_2345>", "_", "客户", "13812345678", "+86 13812345678", "１３８１２３４５６７８", "Jane.Doe@Example.com", "tom＠example.com", "。"}, originals...)
	p := longmentest.New(t, config)
	for range 40 {
		var texts []string
		for range 1 + r.IntN(3) {
			var b strings.Builder
			for range 1 + r.IntN(7) {
				b.WriteString(pieces[r.IntN(len(pieces))])
			}
			texts = append(texts, b.String())
		}
		x := p.NewExchange()
		for i, got := range edit(t, x, texts...) {
			if back := x.Chop(got); back != texts[i] {
				t.Fatalf("%q went out as %q and came back as %q", texts[i], got, back)
			}
		}
	}
}

// FuzzRestore: an answer means the same in one piece and in two.
func FuzzRestore(f *testing.F) {
	p := longmentest.New(f, config)
	names := form.FindAllString(p.Text(longmen.PhaseRequest, longmentest.User(letter)).Text[0], -1)
	for i, n := range names {
		f.Add("to "+n+", "+n[:i+3]+"<"+n, uint(i+5))
	}
	f.Add("<<<EMAIL_<PHONE_2345>", uint(3))
	f.Fuzz(func(t *testing.T, text string, cut uint) {
		text = strings.ToValidUTF8(strings.ReplaceAll(text, "$", names[0]), "")
		k := int(cut % uint(len(text)+1))
		for k > 0 && k < len(text) && text[k]&0xC0 == 0x80 {
			k--
		}
		x := longmentest.New(t, config)
		edit(t, x.Exchange, letter)
		want := x.Stream(longmen.PhaseAnswer, text)
		if got := x.Stream(longmen.PhaseAnswer, text[:k], text[k:]); got != want {
			t.Fatalf("%q | %q: the client reads %q, in one piece %q", text[:k], text[k:], got, want)
		}
	})
}

func BenchmarkDelta(b *testing.B) {
	p := longmentest.New(b, config)
	p.Text(longmen.PhaseRequest, longmentest.User(letter))
	seg := longmen.Segment{Role: longmen.RoleAssistant, Streamed: true, Text: []byte(" an ordinary piece")}
	for b.Loop() {
		p.Text(longmen.PhaseAnswer, seg)
	}
}
