package framing

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// block is an Event that outlives the next call.
type block struct {
	Name, Data string
	NoData     bool
	Comment    bool
	Raw        string
}

func readAll(r *Reader) ([]block, error) {
	var all []block
	for {
		e, err := r.Next()
		if err != nil {
			if err == io.EOF {
				err = nil
			}
			return all, err
		}
		all = append(all, block{string(e.Name), string(e.Data), e.Data == nil, e.Comment, string(e.Raw)})
	}
}

func TestReader(t *testing.T) {
	tests := []struct {
		name, in string
		want     []block
	}{
		{"empty", "", nil},
		{"openai", "data: {\"a\":1}\n\ndata: [DONE]\n\n", []block{
			{Data: `{"a":1}`, Raw: "data: {\"a\":1}\n\n"}, {Data: "[DONE]", Raw: "data: [DONE]\n\n"}}},
		{"anthropic", "event: ping\ndata: {}\n\n", []block{{Name: "ping", Data: "{}", Raw: "event: ping\ndata: {}\n\n"}}},
		{"crlf", "event: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n", []block{
			{Name: "a", Data: "b", Raw: "event: a\r\ndata: b\r\n\r\n"}, {Data: "c", Raw: "data: c\r\n\r\n"}}},
		{"cr", "event: a\rdata: b\r\rdata: c\r\r", []block{
			{Name: "a", Data: "b", Raw: "event: a\rdata: b\r\r"}, {Data: "c", Raw: "data: c\r\r"}}},
		{"mixed ends", "data: a\ndata: b\r\ndata: c\r\n\ndata: d\r\r", []block{
			{Data: "a\nb\nc", Raw: "data: a\ndata: b\r\ndata: c\r\n\n"}, {Data: "d", Raw: "data: d\r\r"}}},
		{"lines of data", "data:a\ndata:\ndata:  b\n\n", []block{{Data: "a\n\n b", Raw: "data:a\ndata:\ndata:  b\n\n"}}},
		{"empty data", "data\n\n", []block{{Raw: "data\n\n"}}},
		{"no data", "id: 7\nretry: 9\n\n", []block{{NoData: true, Raw: "id: 7\nretry: 9\n\n"}}},
		{"name alone", "event: x\n\n", []block{{Name: "x", NoData: true, Raw: "event: x\n\n"}}},
		{"last name", "event: x\nevent: y\ndata: 1\n\n", []block{{Name: "y", Data: "1", Raw: "event: x\nevent: y\ndata: 1\n\n"}}},
		{"comment", ": OPENROUTER PROCESSING\n\ndata: a\n\n", []block{
			{NoData: true, Comment: true, Raw: ": OPENROUTER PROCESSING\n\n"}, {Data: "a", Raw: "data: a\n\n"}}},
		{"comment in event", ":x\ndata: a\n:y\n\n", []block{{Data: "a", Raw: ":x\ndata: a\n:y\n\n"}}},
		{"comment behind field", "id: 1\n:y\n\n", []block{{NoData: true, Raw: "id: 1\n:y\n\n"}}},
		{"other fields", "datax: a\n data: b\n\n", []block{{NoData: true, Raw: "datax: a\n data: b\n\n"}}},
		{"byte order mark", "\xef\xbb\xbfdata: a\n\n", []block{{Data: "a", Raw: "data: a\n\n"}}},
		{"half a mark", "\xef\xbb", []block{{NoData: true, Raw: "\xef\xbb"}}},
		{"mark alone", "\xef\xbb\xbf", nil},
		{"no blank line", "data: a\n\ndata: b\n", []block{{Data: "a", Raw: "data: a\n\n"}, {Data: "b", Raw: "data: b\n"}}},
		{"no line end", "data: a\n\ndata: b", []block{{Data: "a", Raw: "data: a\n\n"}, {Data: "b", Raw: "data: b"}}},
		{"no line end, lines", "data: a\ndata: b", []block{{Data: "a\nb", Raw: "data: a\ndata: b"}}},
		{"blank lines between", "\n\ndata: a\n\n\n\ndata: b\n\n", []block{
			{Data: "a", Raw: "\n\ndata: a\n\n"}, {Data: "b", Raw: "\n\ndata: b\n\n"}}},
		{"blank lines at the end", "data: a\n\n\n", []block{{Data: "a", Raw: "data: a\n\n"}, {NoData: true, Raw: "\n"}}},
		{"characters", "data: 龙门 \U0001F409\n\n", []block{{Data: "龙门 \U0001F409", Raw: "data: 龙门 \U0001F409\n\n"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readAll(NewReader(strings.NewReader(tt.in), 0))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
		t.Run(tt.name+" chopped", func(t *testing.T) { chop(t, tt.in) })
	}
}

// chop reads in cut once at each offset, and in single bytes, and wants the same events each time.
func chop(t *testing.T, in string) {
	t.Helper()
	whole, err := readAll(NewReader(strings.NewReader(in), 0))
	if err != nil {
		t.Fatal(err)
	}
	check := func(how string, r io.Reader) {
		t.Helper()
		got, err := readAll(NewReader(r, 0))
		if err != nil {
			t.Fatalf("%s: %v", how, err)
		}
		if raw := joinRaw(got); raw != strings.TrimPrefix(in, "\xef\xbb\xbf") {
			t.Fatalf("%s: joined Raw = %q", how, raw)
		}
		if diff := cmp.Diff(meaning(whole), meaning(got)); diff != "" {
			t.Fatalf("%s: -whole +chopped:\n%s", how, diff)
		}
	}
	for i := range in {
		check(fmt.Sprint("cut at ", i), io.MultiReader(strings.NewReader(in[:i]), strings.NewReader(in[i:])))
	}
	check("single bytes", iotest.OneByteReader(strings.NewReader(in)))
	check("error with data", iotest.DataErrReader(strings.NewReader(in)))
}

func joinRaw(all []block) string {
	var b strings.Builder
	for _, e := range all {
		b.WriteString(e.Raw)
	}
	return b.String()
}

// meaning leaves out what depends on the cut: where a late LF stands.
func meaning(all []block) []block {
	var out []block
	for _, e := range all {
		if strings.Trim(e.Raw, "\r\n") == "" {
			continue
		}
		e.Raw = ""
		out = append(out, e)
	}
	return out
}

func TestReaderLongLinesChopped(t *testing.T) {
	long := strings.Repeat("x", 3*startBuffer)
	in := "data: " + long + "\r\ndata: y\r\n\r\n" + strings.Repeat("data: z\n\n", 2000)
	whole, _ := readAll(NewReader(strings.NewReader(in), 0))
	for _, size := range []int{1, 2, 3, 7, 4095, 4096, 4097, 1 << 16} {
		got, err := readAll(NewReader(&pieces{in: []byte(in), size: size}, 0))
		if err != nil {
			t.Fatal(err)
		}
		if joinRaw(got) != in || !cmp.Equal(meaning(whole), meaning(got)) {
			t.Fatalf("pieces of %d bytes give other events", size)
		}
	}
}

// pieces gives size bytes per read, then err or io.EOF.
type pieces struct {
	in   []byte
	size int
	err  error
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.in) == 0 {
		if p.err != nil {
			return 0, p.err
		}
		return 0, io.EOF
	}
	n := copy(b, p.in[:min(p.size, len(p.in))])
	p.in = p.in[n:]
	return n, nil
}

// stalled fails the test when it is read behind its bytes.
type stalled struct {
	t  *testing.T
	in []byte
}

func (s *stalled) Read(b []byte) (int, error) {
	if len(s.in) == 0 {
		s.t.Fatal("read on, though the event was complete")
	}
	n := copy(b, s.in)
	s.in = s.in[n:]
	return n, nil
}

func TestReaderDoesNotWait(t *testing.T) {
	for _, in := range []string{"data: a\n\n", "data: a\r\n\r\n", "data: a\r\r", "data: a\r\n\r", "data: a\n\r", ": c\n\n"} {
		s := &stalled{t, []byte(in)}
		r := NewReader(s, 0)
		e, err := r.Next()
		if err != nil || string(e.Raw) != in {
			t.Errorf("Next of %q = %q, %v", in, e.Raw, err)
		}
		s.in = []byte("\ndata: b\n\n")
		if e, err = r.Next(); err != nil || string(e.Data) != "b" {
			t.Errorf("second Next of %q = %q, %v", in, e.Data, err)
		}
	}
}

func TestReaderErrors(t *testing.T) {
	broken := errors.New("connection reset")
	r := NewReader(&pieces{in: []byte("data: a\n\ndata: {\"half"), size: 5, err: broken}, 0)
	if e, err := r.Next(); err != nil || string(e.Data) != "a" {
		t.Fatalf("first event: %q, %v", e.Data, err)
	}
	for range 2 {
		if e, err := r.Next(); err != broken {
			t.Fatalf("Next = %q, %v; want the error and no half event", e.Data, err)
		}
	}
	if _, err := NewReader(empty{}, 0).Next(); err != io.ErrNoProgress {
		t.Errorf("Next of an idle reader = %v, want %v", err, io.ErrNoProgress)
	}
}

type empty struct{}

func (empty) Read([]byte) (int, error) { return 0, nil }

func TestReaderTooLarge(t *testing.T) {
	fits := "data: " + strings.Repeat("x", 92) + "\n\n"
	for _, tt := range []struct {
		name, in string
		want     error
	}{
		{"at the bound", fits + fits, nil},
		{"one line", "data: " + strings.Repeat("x", 93) + "\n\n", ErrTooLarge},
		{"without end", strings.Repeat("x", 101), ErrTooLarge},
		{"many lines", strings.Repeat("data: x\n", 100) + "\n", ErrTooLarge},
		{"huge", strings.Repeat("x", 1<<20), ErrTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, size := range []int{1, 50, 1 << 20} {
				r := NewReader(&pieces{in: []byte(tt.in), size: size}, 100)
				if _, err := readAll(r); err != tt.want {
					t.Errorf("pieces of %d: error %v, want %v", size, err, tt.want)
				}
				if tt.want != nil && cap(r.buf) > 2*startBuffer {
					t.Errorf("buffer grew to %d", cap(r.buf))
				}
			}
		})
	}
	// A flood of blank lines is no event that grows.
	if _, err := readAll(NewReader(strings.NewReader(strings.Repeat("\n", 1<<20)), 1000)); err != nil {
		t.Errorf("blank lines: %v", err)
	}
}

func TestReaderGivesLargeBuffersBack(t *testing.T) {
	in := "data: " + strings.Repeat("x", 1<<20) + "\n\n" + strings.Repeat("data: y\n\n", 2)
	r := NewReader(&pieces{in: []byte(in), size: 1 << 20}, 0)
	for range 2 {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	if cap(r.buf) > startBuffer {
		t.Errorf("buffer of %d bytes behind a large event", cap(r.buf))
	}
	in = "data: " + strings.Repeat("x", 5000) + "\n\n" + strings.Repeat("data: y\n\n", calmEvents+2)
	r = NewReader(&pieces{in: []byte(in), size: 1 << 20}, 0)
	if _, err := readAll(r); err != nil || cap(r.buf) > startBuffer {
		t.Errorf("buffer of %d bytes behind small events, %v", cap(r.buf), err)
	}
}

// FuzzReader compares with a parser that sees the whole stream at once.
func FuzzReader(f *testing.F) {
	for _, s := range []string{
		"data: a\n\n", "event: x\r\ndata: 1\r\ndata: 2\r\n\r\n", ":c\r\rdata\r\r", "\xef\xbb\xbfdata:a\n", "id:1\n\n\n\nretry:2",
		"data: a\r\n\r", "\r\n\r\n:\n", "data: é\n\n",
	} {
		f.Add([]byte(s), uint8(1))
		f.Add([]byte(s), uint8(200))
	}
	f.Fuzz(func(t *testing.T, in []byte, size uint8) {
		got, err := readAll(NewReader(&pieces{in: bytes.Clone(in), size: 1 + int(size)}, 0))
		if err != nil {
			t.Fatal(err)
		}
		if raw := joinRaw(got); raw != strings.TrimPrefix(string(in), "\xef\xbb\xbf") {
			t.Fatalf("joined Raw = %q", raw)
		}
		if diff := cmp.Diff(reference(string(in)), meaning(got)); diff != "" {
			t.Fatalf("-reference +reader:\n%s", diff)
		}
	})
}

func reference(in string) []block {
	in = strings.TrimPrefix(in, "\xef\xbb\xbf")
	in = strings.ReplaceAll(strings.ReplaceAll(in, "\r\n", "\n"), "\r", "\n")
	var out []block
	for _, lines := range bytes.Split([]byte(in), []byte("\n\n")) {
		text := strings.Trim(string(lines), "\n")
		if text == "" {
			continue
		}
		b := block{NoData: true, Comment: true}
		for line := range strings.SplitSeq(text, "\n") {
			name, value, _ := strings.Cut(line, ":")
			value = strings.TrimPrefix(value, " ")
			b.Comment = b.Comment && name == ""
			switch {
			case name == "event":
				b.Name = value
			case name == "data" && b.NoData:
				b.NoData, b.Data = false, value
			case name == "data":
				b.Data += "\n" + value
			}
		}
		out = append(out, b)
	}
	return out
}
