package chain

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const testKey = "a key for tests only"

func seal(t testing.TB, key string) *Seal {
	t.Helper()
	s, err := NewSeal(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// file is a chain of records, a line each.
func file(s *Seal, after Head, records ...string) (text string, end Head) {
	var b []byte
	for _, r := range records {
		b, after = s.Append(b, after, []byte(r))
		b = append(b, '\n')
	}
	return string(b), after
}

// read checks files and lists what was wrong, notes in brackets.
func read(t testing.TB, s *Seal, files ...string) (problems []string, records int) {
	t.Helper()
	r := &Reader{
		Seal: s, MaxLine: 4096,
		Record: func(uint64, []byte) error { records++; return nil },
		Problem: func(p Problem) error {
			text := fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
			if p.Note {
				text = "(" + text + ")"
			}
			problems = append(problems, text)
			return nil
		},
	}
	for i, text := range files {
		if err := r.File(string(rune('a'+i)), strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	return problems, records
}

// The form is a promise: other programs read it.
func TestForm(t *testing.T) {
	text, _ := file(seal(t, ""), Head{}, `{"a":1}`)
	signed := `{"seq":1,"prev":"` + strings.Repeat("0", 64) + `","record":{"a":1}`
	sum := sha256.Sum256([]byte(signed))
	if want := signed + `,"hash":"` + hex.EncodeToString(sum[:]) + "\"}\n"; text != want {
		t.Errorf("got  %swant %s", text, want)
	}
	keyed, _ := file(seal(t, testKey), Head{}, `{"a":1}`)
	if want := signed + `,"mac":"`; !strings.HasPrefix(keyed, want) {
		t.Errorf("got %s, want it to begin with %s", keyed, want)
	}
	if _, err := NewSeal("xyzzy"); err == nil || strings.Contains(err.Error(), "xyzzy") {
		t.Errorf("a short key: %v", err)
	}
	if line, _ := seal(t, testKey).Append(nil, Head{Seq: 1<<64 - 2}, nil); len(line) > Overhead {
		t.Errorf("overhead is %d, more than %d", len(line), Overhead)
	}
}

func TestReader(t *testing.T) {
	plain, keyed := seal(t, ""), seal(t, testKey)
	records := []string{`{"n":1}`, `{"n":2}`, `{"n":3}`, `{"n":4}`}
	all, end := file(keyed, Head{}, records...)
	lines := strings.SplitAfter(all, "\n")[:4]
	join := func(l ...string) string { return strings.Join(l, "") }
	next, _ := file(keyed, end, `{"n":5}`)
	other, _ := file(keyed, Head{}, `{"n":9}`)
	open, _ := file(plain, Head{}, records...)
	tests := []struct {
		name    string
		seal    *Seal
		files   []string
		records int
		want    []string
	}{
		{"whole", keyed, []string{all}, 4, nil},
		{"without a key", plain, []string{open}, 4, nil},
		{"nothing", keyed, []string{""}, 0, nil},
		{"over two files", keyed, []string{all, next}, 5, nil},
		{"a later file alone", keyed, []string{next}, 1, []string{"(a:1: begins with number 5, after a line with the sum " + end.Sum.String() + " that is in none of the files)"}},
		{"a record changed", keyed, []string{strings.Replace(all, `"n":2`, `"n":7`, 1)}, 3, []string{"a:2: does not fit its sum: it was changed, or made with another key"}},
		{"a line taken out", keyed, []string{join(lines[0], lines[2], lines[3])}, 3, []string{"a:2: has number 3, expected 2: 1 before it are missing"}},
		{"a line twice", keyed, []string{join(lines[0], lines[1], lines[1], lines[2], lines[3])}, 5, []string{"a:3: has number 2, expected 3: it stands twice or was moved"}},
		{"a line put in", keyed, []string{join(lines[0], "{\"n\":8}\n", lines[1], lines[2], lines[3])}, 4,
			[]string{`a:2: is no line of a chain, expected {"seq":…,"prev":"…","record":…,"hash":"…"}`}},
		{"a line too long", keyed, []string{join(lines[0], strings.Repeat("x", 5000), "\n", lines[1])}, 2, []string{"a:2: is longer than 4096 bytes"}},
		{"a key that is another", seal(t, testKey+"!"), []string{lines[0]}, 0, []string{"a:1: does not fit its sum: it was changed, or made with another key"}},
		{"no key", plain, []string{lines[0]}, 0, []string{"a:1: was made with a key, which is needed to check it"}},
		{"a forger without the key", keyed, []string{open[:strings.Index(open, "\n")+1]}, 0, []string{"a:1: was made without the key"}},
		{"a chain of its own", keyed, []string{all, other}, 5, []string{"b:1: begins a chain of its own, expected number 5"}},
		{"files in the wrong order", keyed, []string{next, all}, 5, []string{
			"(a:1: begins with number 5, after a line with the sum " + end.Sum.String() + " that is in none of the files)",
			"b:1: begins a chain of its own, expected number 6"}},
		{"torn at the end", keyed, []string{join(lines[0], lines[1][:100])}, 1, []string{"(a:2: the file ends within a line, whose record was not written whole)"}},
		{"torn in the middle", keyed, []string{join(lines[0], lines[1][:30], "\n", lines[1], lines[2])}, 3, []string{"(a:2: the line was not written whole; the chain goes on behind it)"}},
		{"torn twice", keyed, []string{join(lines[0], lines[1][:30], "\n", lines[1][:40], "\n", lines[1])}, 2,
			[]string{`a:3: is no line of a chain, expected {"seq":…,"prev":"…","record":…,"hash":"…"}`}},
		{"torn in place of a line", keyed, []string{join(lines[0], lines[1][:100], "\n", lines[2])}, 2, []string{
			"(a:2: the line was not written whole; the chain goes on behind it)",
			"a:3: has number 3, expected 2: 1 before it are missing"}},
		{"no line end", keyed, []string{strings.TrimSuffix(all, "\n")}, 4, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			problems, n := read(t, tt.seal, tt.files...)
			if !slices.Equal(problems, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(problems, "\n"), strings.Join(tt.want, "\n"))
			}
			if n != tt.records {
				t.Errorf("%d records, want %d", n, tt.records)
			}
		})
	}
}

// Whoever forges a chain without a key from a line on is found by what followed it, and by its last sum.
func TestReplaced(t *testing.T) {
	plain := seal(t, "")
	all, end := file(plain, Head{}, `{"n":1}`, `{"n":2}`, `{"n":3}`)
	lines := strings.SplitAfter(all, "\n")
	first, err := Parse([]byte(strings.TrimSpace(lines[0])))
	if err != nil {
		t.Fatal(err)
	}
	forged, _ := file(plain, first.Head(), `{"n":7}`)
	problems, _ := read(t, plain, lines[0]+forged+lines[2])
	if len(problems) != 1 || !strings.Contains(problems[0], "a:3: names a line before it with the sum") {
		t.Errorf("got %q", problems)
	}
	rest, forgedEnd := file(plain, first.Head(), `{"n":7}`, `{"n":3}`)
	if problems, _ := read(t, plain, lines[0]+rest); problems != nil || forgedEnd == end {
		t.Errorf("a chain computed anew: %q, the same end: %v", problems, forgedEnd == end)
	}
}

// No byte of a chain can be changed unnoticed.
func TestEveryByteCounts(t *testing.T) {
	keyed := seal(t, testKey)
	all, _ := file(keyed, Head{}, `{"a":"b"}`, `[1, 2]`, `"x"`)
	for i := range len(all) - 1 { // the last line's end may be missing
		for _, c := range []byte{all[i] ^ 1, all[i] ^ 0x20, '\n', '"', 0} {
			if c == all[i] {
				continue
			}
			changed := []byte(all)
			changed[i] = c
			if problems, _ := read(t, keyed, string(changed)); problems == nil {
				t.Fatalf("byte %d changed from %q to %q: nothing was found", i, all[i], c)
			}
		}
	}
}

func FuzzReader(f *testing.F) {
	keyed := seal(f, testKey)
	all, _ := file(keyed, Head{}, `{"n":1}`, `{"n":2}`)
	f.Add([]byte(all))
	f.Add([]byte(all[:len(all)/2] + "\n" + all))
	f.Add([]byte(`{"seq":18446744073709551615,"prev":"`))
	f.Fuzz(func(t *testing.T, text []byte) {
		problems, n := read(t, keyed, string(text))
		lines := bytes.Count(text, []byte("\n")) + 1
		if n > lines || len(problems) > 2*lines+1 {
			t.Errorf("%d lines have %d records and %d problems", lines, n, len(problems))
		}
		// What fits and follows can be written the same again.
		line, _, _ := bytes.Cut(text, []byte("\n"))
		if l, err := Parse(line); err == nil && l.Seq > 0 && keyed.Fits(&l) {
			again, _ := keyed.Append(nil, Head{l.Seq - 1, l.Prev}, l.Record)
			if !bytes.Equal(again, line) {
				t.Errorf("read  %q\nwrote %q", line, again)
			}
		}
	})
}

func TestMark(t *testing.T) {
	keyed := seal(t, testKey)
	want := Mark{Head{Seq: 12, Sum: Sum{1, 2, 0xff}}, 3456}
	b := keyed.Mark(want)
	if len(b) != MarkLen || len(keyed.Mark(Mark{Head{Seq: 1<<64 - 1}, 1<<63 - 1})) != MarkLen {
		t.Errorf("got %q, want %d bytes", b, MarkLen)
	}
	if got, ok := keyed.ReadMark(b); got != want || !ok {
		t.Errorf("got %v, %v; want %v", got, ok, want)
	}
	for i := range b {
		changed := slices.Clone(b)
		changed[i] ^= 1
		if got, ok := keyed.ReadMark(changed); ok {
			t.Errorf("byte %d changed: got %v", i, got)
		}
	}
	for _, bad := range []string{"", strings.Repeat(" ", MarkLen), strings.Repeat("0", MarkLen), string(seal(t, "").Mark(want))} {
		if got, ok := keyed.ReadMark([]byte(bad)); ok {
			t.Errorf("%q: got %v", bad, got)
		}
	}
}

func TestExpect(t *testing.T) {
	plain := seal(t, "")
	all, end := file(plain, Head{}, `{"n":1}`, `{"n":2}`)
	for _, tt := range []struct {
		name   string
		expect Head
		want   string
	}{
		{"the last line", end, ""},
		{"another line of that number", Head{2, Sum{7}}, "a:2: has the sum " + end.Sum.String() + ", expected " + Sum{7}.String() + " as it was noted: the chain was made anew"},
		{"a later line", Head{3, Sum{7}}, ":0: line 3, which was noted, is in none of the files; the last one is 2"},
	} {
		var got string
		r := &Reader{
			Seal: plain, MaxLine: 4096, Expect: []Head{tt.expect},
			Record:  func(uint64, []byte) error { return nil },
			Problem: func(p Problem) error { got += fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text); return nil },
		}
		if err := r.File("a", strings.NewReader(all)); err != nil {
			t.Fatal(err)
		}
		if err := r.End(); err != nil || got != tt.want {
			t.Errorf("%s: got %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
	if h, err := ParseHead(fmt.Sprintf("%d:%s", end.Seq, end.Sum)); h != end || err != nil {
		t.Errorf("got %v, %v; want %v", h, err, end)
	}
	for _, bad := range []string{"", "1", "1:", "0:" + end.Sum.String(), "x:" + end.Sum.String(), "1:" + strings.ToUpper(end.Sum.String()), "1:" + end.Sum.String() + "0"} {
		if _, err := ParseHead(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestFirst(t *testing.T) {
	_, end := file(seal(t, ""), Head{}, "1", "2")
	text, _ := file(seal(t, ""), end, "3")
	for in, want := range map[string]uint64{"": 0, "x\n\n": 0, strings.Repeat("x", 9000): 0, text: 3, strings.Repeat("x", 9000) + "\n" + text: 3} {
		if got, err := First(strings.NewReader(in), 4096); got != want || err != nil {
			t.Errorf("%.20q: got %d, %v; want %d", in, got, err, want)
		}
	}
}
