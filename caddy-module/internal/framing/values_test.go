package framing

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// elements is what a reader gives of a stream, and how it ends.
type elements struct {
	Data []string
	Raw  []string
	Err  error
}

func read(kind Kind, in string, size int) elements {
	r := Open(kind, &pieces{in: []byte(in), size: size}, 0)
	var all elements
	for {
		e, err := r.Next()
		if err != nil {
			all.Err = err
			return all
		}
		all.Data = append(all.Data, string(e.Data))
		all.Raw = append(all.Raw, string(e.Raw))
	}
}

// chopped reads in in pieces of every size and cut once at each offset, and wants what it gives whole.
func chopped(t *testing.T, kind Kind, in string) {
	t.Helper()
	want := read(kind, in, len(in)+1).Data
	end := read(kind, in, len(in)+1).Err
	check := func(got elements, how string, n int) {
		t.Helper()
		if diff := cmp.Diff(want, got.Data); diff != "" || got.Err != end {
			t.Fatalf("%s %d: %v, want %v; -whole +chopped:\n%s", how, n, got.Err, end, diff)
		}
	}
	for n := 1; n <= min(len(in), 64); n++ {
		check(read(kind, in, n), "pieces of", n)
	}
	for i := range in {
		r := Open(kind, io.MultiReader(strings.NewReader(in[:i]), strings.NewReader(in[i:])), 0)
		var got elements
		for got.Err == nil {
			var e Event
			if e, got.Err = r.Next(); got.Err == nil {
				got.Data = append(got.Data, string(e.Data))
			}
		}
		check(got, "cut at", i)
	}
}

func TestLines(t *testing.T) {
	tests := []struct {
		name, in  string
		data, raw []string
	}{
		{"nothing", "", nil, nil},
		{"lines", "{\"a\":1}\n{\"b\":2}\n", []string{`{"a":1}`, `{"b":2}`}, []string{"{\"a\":1}\n", "{\"b\":2}\n"}},
		{"crlf", "{}\r\n[]\r\n", []string{"{}", "[]"}, []string{"{}\r\n", "[]\r\n"}},
		{"cr", "{}\r[]\r", []string{"{}", "[]"}, []string{"{}\r", "[]\r"}},
		{"no last end", "{}\n{\"龙\":\"门\"}", []string{"{}", `{"龙":"门"}`}, []string{"{}\n", `{"龙":"门"}`}},
		{"blank lines", "\n\r\n \t\n{}\n\n\n{}\n \n  ", []string{"{}", "{}"}, []string{"{}\n", "{}\n"}},
		{"spaces", "  {} \n", []string{"  {} "}, []string{"  {} \n"}},
		{"byte order mark", "\xef\xbb\xbf{}\n", []string{"{}"}, []string{"{}\n"}},
		{"escapes", `{"a":"\n\r\\"}` + "\n", []string{`{"a":"\n\r\\"}`}, []string{`{"a":"\n\r\\"}` + "\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(elements{tt.data, tt.raw, io.EOF}, read(Lines, tt.in, 1<<20), cmp.Comparer(sameError)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			chopped(t, Lines, tt.in)
		})
	}
}

func sameError(a, b error) bool { return a == b }

func TestArray(t *testing.T) {
	tests := []struct {
		name, in string
		want     []string
		err      error
	}{
		{"nothing", "", nil, io.ErrUnexpectedEOF},
		{"white space", " \r\n", nil, io.ErrUnexpectedEOF},
		{"empty", "[]", nil, io.EOF},
		{"gemini", "[{\"a\":[1,{}]}\n,\r\n{\"b\":2}\n]", []string{`{"a":[1,{}]}`, `{"b":2}`}, io.EOF},
		{"compact", `[{},{}]`, []string{`{}`, `{}`}, io.EOF},
		{"brackets in strings", `[{"a":"]},[{\"\\"},["[]"]]`, []string{`{"a":"]},[{\"\\"}`, `["[]"]`}, io.EOF},
		{"strings", `["a","\"]\"" , "\\"]`, []string{`"a"`, `"\"]\""`, `"\\"`}, io.EOF},
		{"words and numbers", `[1, true,null ,-1.5e3]`, []string{"1", "true", "null", "-1.5e3"}, io.EOF},
		{"byte order mark", "\xef\xbb\xbf [{}] ", []string{`{}`}, io.EOF},
		{"behind the end", "[{}] ]{}", []string{`{}`}, io.EOF},
		{"lines in an element", "[{\n  \"a\": 1\r\n}\n]", []string{"{\n  \"a\": 1\r\n}"}, io.EOF},
		{"object alone", ` {"error":{"code":500}} `, []string{`{"error":{"code":500}}`}, io.EOF},
		{"no bracket at the end", `[{},{}`, []string{`{}`, `{}`}, io.ErrUnexpectedEOF},
		{"comma at the end", `[{},`, []string{`{}`}, io.ErrUnexpectedEOF},
		{"half an element", `[{},{"a":"b`, []string{`{}`}, io.ErrUnexpectedEOF},
		{"half an escape", `[{},{"a":"b\`, []string{`{}`}, io.ErrUnexpectedEOF},
		{"half a word", `[tru`, nil, io.ErrUnexpectedEOF},
		{"half an object alone", `{"error":{"code":500}`, nil, io.ErrUnexpectedEOF},
		{"no array", `upstream error`, nil, errNoArray},
		{"html", `<html>[]`, nil, errNoArray},
		// Not JSON, but with places where elements end: the parser of the elements says what is wrong.
		{"wrong brackets", `[{],}]`, []string{`{]`, `}`}, io.EOF},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := read(Array, tt.in, 1<<20)
			if diff := cmp.Diff(tt.want, got.Data); diff != "" || got.Err != tt.err {
				t.Errorf("ends with %v, want %v; -want +got:\n%s", got.Err, tt.err, diff)
			}
			if diff := cmp.Diff(got.Data, got.Raw); diff != "" {
				t.Errorf("-data +raw:\n%s", diff)
			}
			chopped(t, Array, tt.in)
		})
	}
}

func TestValuesTooLarge(t *testing.T) {
	long := `{"a":"` + strings.Repeat("x", 92) + `"}`
	for _, tt := range []struct {
		name string
		kind Kind
		in   string
		want error
	}{
		{"line", Lines, long[1:] + "\n" + long[1:] + "\n", io.EOF},
		{"long line", Lines, long + "xx\n", ErrTooLarge},
		{"line without end", Lines, strings.Repeat("x", 1<<20), ErrTooLarge},
		{"blank lines", Lines, strings.Repeat("\n", 1<<20), io.EOF},
		{"element", Array, "[" + long + "," + long + "]", io.EOF},
		{"long element", Array, "[[" + long + "]]", ErrTooLarge},
		{"element without end", Array, "[" + strings.Repeat("[", 1<<20), ErrTooLarge},
		{"white space", Array, "[" + strings.Repeat(" ,\n", 1<<20) + "]", io.EOF},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, size := range []int{1, 50, 1 << 20} {
				r := Open(tt.kind, &pieces{in: []byte(tt.in), size: size}, 100)
				var err error
				for err == nil {
					_, err = r.Next()
				}
				if err != tt.want || cap(r.buf) > 2*startBuffer {
					t.Errorf("pieces of %d: %v with a buffer of %d, want %v", size, err, cap(r.buf), tt.want)
				}
			}
		})
	}
}

// TestValuesDoNotWait: an element is there as soon as its bytes are.
func TestValuesDoNotWait(t *testing.T) {
	for _, tt := range []struct {
		kind      Kind
		in, later string
	}{
		{Lines, "{}\n", "{}\n"}, {Lines, "{}\r\n", "{}\n"}, {Lines, "{}\r", "\n{}\r"}, {Lines, "\n\n{}\n", "{}\n"},
		{Array, "[{}", ",{}"}, {Array, "[[1]", "\n,\r\n{}"}, {Array, `["a"`, `,"b"`}, {Array, "[1,", "2]"},
	} {
		s := &stalled{t, []byte(tt.in)}
		r := Open(tt.kind, s, 0)
		if _, err := r.Next(); err != nil {
			t.Errorf("%q: %v", tt.in, err)
		}
		s.in = []byte(tt.later)
		if _, err := r.Next(); err != nil {
			t.Errorf("%q behind %q: %v", tt.later, tt.in, err)
		}
	}
}

func TestValuesReady(t *testing.T) {
	for _, tt := range []struct {
		kind   Kind
		stream string
	}{
		{Lines, "{}\n{}\r\n\r\n  {\"a\":1}\r \n\n{}"},
		{Array, "[{\"a\":\"\\\"}\"}\n,\r\n[{}], 12 ,\"s\", true]"},
	} {
		yes := 0
		for cut := range len(tt.stream) {
			c := &counted{Reader: io.MultiReader(strings.NewReader(tt.stream[:cut]), strings.NewReader(tt.stream[cut:]))}
			r := Open(tt.kind, c, 0)
			for {
				ready, before := r.Ready(), c.reads
				_, err := r.Next()
				if ready && (c.reads != before || err != nil) {
					t.Fatalf("kind %d, cut at %d: Ready said yes, and Next read: %v", tt.kind, cut, err)
				}
				if ready {
					yes++
				}
				if err != nil {
					break
				}
			}
		}
		if yes < len(tt.stream) {
			t.Errorf("kind %d: Ready said yes only %d times", tt.kind, yes)
		}
	}
}

func TestWriterOfValues(t *testing.T) {
	event := func(s string) func(*Writer) { return func(w *Writer) { w.Event([]byte("name"), []byte(s)) } }
	raw := func(s string) func(*Writer) { return func(w *Writer) { w.Raw([]byte(s)) } }
	comment := func(w *Writer) { w.Comment("keep-alive") }
	end := func(w *Writer) { w.End() }
	tests := []struct {
		name  string
		kind  Kind
		write []func(*Writer)
		want  string
	}{
		{"lines", Lines, []func(*Writer){event(`{"a":1}`), event("{}"), end}, "{\"a\":1}\n{}\n"},
		{"line breaks", Lines, []func(*Writer){event("{\n\"a\":\r\n1}\n")}, "{ \"a\":  1}\n"},
		{"raw lines", Lines, []func(*Writer){raw("{}\r\n"), raw("{}\r"), raw("{}")}, "{}\n{}\n{}\n"},
		{"no line", Lines, []func(*Writer){event(""), raw("\n")}, ""},
		{"kept alive", Lines, []func(*Writer){comment, event("{}"), comment, comment, event("{}")}, " {}\n  {}\n"},
		{"array", Array, []func(*Writer){event(`{"a":1}`), event("{}"), end, end}, "[{\"a\":1},\n{}]"},
		{"raw elements", Array, []func(*Writer){raw(`{}`), event("[\n]"), end}, "[{},\n[\n]]"},
		{"no element", Array, []func(*Writer){event(""), end}, "[]"},
		{"array kept alive", Array, []func(*Writer){comment, comment, event("{}"), comment, event("{}"), comment, end}, "[ {} ,\n{} ]"},
		{"array kept alive without elements", Array, []func(*Writer){comment, end}, "[]"},
		{"array broken off", Array, []func(*Writer){event("{}")}, "[{}"},
		{"sse", SSE, []func(*Writer){event("{}"), end}, "event: name\ndata: {}\n\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &recorder{}
			w := Create(tt.kind, r)
			for _, f := range tt.write {
				f(w)
			}
			if got := r.body.String(); got != tt.want {
				t.Errorf("wrote %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWriterToReaderOfValues(t *testing.T) {
	data := []string{`{"a":"]\"\\"}`, `{}`, `[[],"龙门"]`, `{"long":"` + strings.Repeat("x", 9000) + `"}`}
	for _, kind := range []Kind{SSE, Lines, Array} {
		rec := httptest.NewRecorder()
		w := Create(kind, rec)
		for _, d := range data {
			w.Comment("keep-alive")
			w.Event(nil, []byte(d))
			w.Flush()
		}
		w.End()
		r := Open(kind, rec.Body, 0)
		var got []string
		for {
			e, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if !e.Comment {
				got = append(got, string(bytes.TrimSpace(e.Data)))
			}
		}
		if diff := cmp.Diff(data, got); diff != "" {
			t.Errorf("kind %d: -written +read:\n%s", kind, diff)
		}
	}
}

func TestSteadyStateDoesNotAllocate(t *testing.T) {
	for kind, event := range steady {
		r := Open(Kind(kind), &endless{chunk: bytes.Repeat([]byte(event), 10)}, 0)
		if kind == int(Array) {
			r.array.place = within
		}
		w := Create(Kind(kind), &sink{})
		if n := testing.AllocsPerRun(100, func() {
			e, err := r.Next()
			if err != nil || w.Event(nil, e.Data) != nil || w.Raw(e.Raw) != nil {
				t.Fatal(err)
			}
			r.Ready()
		}); n != 0 {
			t.Errorf("kind %d: %v allocations an event", kind, n)
		}
	}
}

// steady is an event of each kind as it repeats.
var steady = [...]string{SSE: chunk + "\n\n", Lines: chunk[6:] + "\n", Array: chunk[6:] + "\n,\r\n"}

func TestKind(t *testing.T) {
	for _, tt := range []struct {
		contentType string
		kind        Kind
		ok          bool
	}{
		{"text/event-stream", SSE, true},
		{"Text/Event-Stream; charset=utf-8", SSE, true},
		{"application/x-ndjson", Lines, true},
		{"application/jsonl ;a=b", Lines, true},
		{"application/json-lines", Lines, true},
		{"application/ndjson", Lines, true},
		{"application/json", 0, false},
		{"text/event-stream2", 0, false},
		{"", 0, false},
	} {
		if kind, ok := KindOf(tt.contentType); kind != tt.kind || ok != tt.ok {
			t.Errorf("KindOf(%q) = %d, %v", tt.contentType, kind, ok)
		}
	}
	for _, k := range []Kind{SSE, Lines} {
		if got, ok := KindOf(k.ContentType()); got != k || !ok {
			t.Errorf("KindOf(%q) = %d, %v", k.ContentType(), got, ok)
		}
	}
	if got := Array.ContentType(); got != "application/json" {
		t.Error(got)
	}
}

// FuzzValues: cuts change nothing, and elements of JSON are those that encoding/json finds.
func FuzzValues(f *testing.F) {
	for _, s := range []string{
		"{\"a\":1}\n{}\n", "{}\r\n\r\n{}", "[{\"a\":\"]\\\"\"}\n,\r\n[1]]", `[1,"a",null]`, `{"error":{}}`, "[{", "\xef\xbb\xbf[]", `["\\"]`,
	} {
		f.Add([]byte(s), uint8(0))
		f.Add([]byte(s), uint8(3))
	}
	f.Fuzz(func(t *testing.T, in []byte, size uint8) {
		for _, kind := range []Kind{Lines, Array} {
			whole, cut := read(kind, string(in), len(in)+1), read(kind, string(in), 1+int(size))
			if diff := cmp.Diff(whole.Data, cut.Data); diff != "" || whole.Err != cut.Err {
				t.Fatalf("kind %d: %v, %v; -whole +cut:\n%s", kind, whole.Err, cut.Err, diff)
			}
			if kind == Lines {
				continue
			}
			var want []json.RawMessage
			if json.Unmarshal(in, &want) != nil || want == nil {
				continue
			}
			var got []string
			for _, e := range want {
				got = append(got, string(e))
			}
			if diff := cmp.Diff(got, whole.Data); diff != "" || whole.Err != io.EOF {
				t.Fatalf("%v; -encoding/json +reader:\n%s", whole.Err, diff)
			}
		}
	})
}

// TestDocument: an answer in one piece is one event, however it comes; nothing is none.
func TestDocument(t *testing.T) {
	for in, want := range map[string]string{
		"{\n\t\"a\": \"x\n\ndata: y\"\n}\n": "{\n\t\"a\": \"x\n\ndata: y\"\n}",
		"\xef\xbb\xbf \r\n[1]":              "[1]",
		"no JSON":                           "no JSON",
		strings.Repeat("x", 40<<10):         strings.Repeat("x", 40<<10),
	} {
		if got := read(Document, in, 4096); len(got.Data) != 1 || got.Data[0] != want || got.Err != io.EOF {
			t.Errorf("%.40q gives %.200q, %v", in, got.Data, got.Err)
		}
		if len(in) < 100 {
			chopped(t, Document, in)
		}
	}
	for _, in := range []string{"", " \r\n\t ", "\xef\xbb\xbf"} {
		if got := read(Document, in, 1); len(got.Data) != 0 || got.Err != io.EOF {
			t.Errorf("%q gives %q, %v", in, got.Data, got.Err)
		}
	}
	if _, err := Open(Document, strings.NewReader(strings.Repeat("x", 9000)), 8000).Next(); err != ErrTooLarge {
		t.Errorf("too much gives %v", err)
	}
	broken := io.MultiReader(strings.NewReader("{}"), iotest.ErrReader(io.ErrUnexpectedEOF))
	if _, err := Open(Document, broken, 0).Next(); err != io.ErrUnexpectedEOF {
		t.Errorf("what breaks off gives %v", err)
	}
	r := Open(Document, strings.NewReader("{}"), 0)
	if _, err := r.Next(); err != nil || r.Ready() {
		t.Errorf("%v, ready %t", err, r.Ready())
	}
}
