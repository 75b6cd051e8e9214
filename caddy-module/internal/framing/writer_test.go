package framing

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// recorder counts the writes and flushes of a response.
type recorder struct {
	http.ResponseWriter
	body    strings.Builder
	writes  int
	flushes int
}

func (r *recorder) Write(b []byte) (int, error) { r.writes++; return r.body.Write(b) }
func (r *recorder) FlushError() error           { r.flushes++; return nil }

func TestWriter(t *testing.T) {
	tests := []struct {
		name   string
		write  func(w *Writer)
		writes int
		want   string
	}{
		{"event", func(w *Writer) { w.Event(nil, []byte("{}")) }, 1, "data: {}\n\n"},
		{"named", func(w *Writer) { w.Event([]byte("ping"), []byte("{}")) }, 1, "event: ping\ndata: {}\n\n"},
		{"empty data", func(w *Writer) { w.Event(nil, nil) }, 1, "data: \n\n"},
		{"lines", func(w *Writer) { w.Event(nil, []byte("a\nb\r\nc\rd\n")) }, 1,
			"data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n"},
		{"leading space", func(w *Writer) { w.Event(nil, []byte(" a")) }, 1, "data:  a\n\n"},
		{"comment", func(w *Writer) { w.Comment("keep-alive") }, 1, ": keep-alive\n\n"},
		{"comment lines", func(w *Writer) { w.Comment("a\ndata: b") }, 1, ": a\n: data: b\n\n"},
		{"raw", func(w *Writer) { w.Raw([]byte("id:1\r\n\r\n")); w.Event(nil, []byte("x")) }, 2, "id:1\r\n\r\ndata: x\n\n"},
		{"nothing", func(w *Writer) { w.Raw(nil) }, 0, ""},
		{"unfinished raw", func(w *Writer) { w.Raw([]byte("data: a")); w.Event(nil, []byte("x")) }, 2, "data: a\n\ndata: x\n\n"},
		{"unfinished raws", func(w *Writer) { w.Raw([]byte("data: a\n")); w.Raw([]byte("data: b\n\n")); w.Comment("") }, 3,
			"data: a\n\n\ndata: b\n\n: \n\n"},
		{"late LF", func(w *Writer) { w.Raw([]byte("data: a\r\n\r")); w.Raw([]byte("\n")); w.Event(nil, []byte("x")) }, 2,
			"data: a\r\n\r\ndata: x\n\n"},
		{"LF that was no LF", func(w *Writer) { w.Raw([]byte("data: a\r\r")); w.Raw([]byte("data: b\n\n")) }, 2,
			"data: a\r\r\ndata: b\n\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &recorder{}
			tt.write(NewWriter(r))
			if got := r.body.String(); got != tt.want || r.writes != tt.writes {
				t.Errorf("%d writes of %q, want %d of %q", r.writes, got, tt.writes, tt.want)
			}
		})
	}
}

func TestWriterRefusesNamesWithLineBreaks(t *testing.T) {
	r := &recorder{}
	w := NewWriter(r)
	for _, name := range []string{"a\nb", "a\rb", "\n"} {
		if err := w.Event([]byte(name), []byte("x")); err != ErrName || r.writes != 0 {
			t.Errorf("Event(%q) = %v after %d writes, want ErrName", name, err, r.writes)
		}
	}
}

func TestWriterFlush(t *testing.T) {
	r := &recorder{}
	if err := NewWriter(r).Flush(); err != nil || r.flushes != 1 {
		t.Errorf("Flush = %v, %d flushes", err, r.flushes)
	}
	if err := NewWriter(plain{}).Flush(); !errors.Is(err, http.ErrNotSupported) {
		t.Errorf("Flush of a plain writer = %v, want %v", err, http.ErrNotSupported)
	}
}

type plain struct{}

func (plain) Header() http.Header         { return nil }
func (plain) Write(b []byte) (int, error) { return len(b), nil }
func (plain) WriteHeader(int)             {}

func TestWriterGivesLargeBuffersBack(t *testing.T) {
	w := NewWriter(&recorder{})
	w.Event(nil, make([]byte, 1<<20))
	if cap(w.buf) > startBuffer {
		t.Errorf("%d bytes kept", cap(w.buf))
	}
}

// TestWriterToReader sends events over HTTP and reads them back.
func TestWriterToReader(t *testing.T) {
	data := []string{`{"a":1}`, "", "two\nlines", strings.Repeat("龙", 9000)}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		w := NewWriter(rw)
		for _, d := range data {
			if err := errors.Join(w.Event([]byte("e"), []byte(d)), w.Flush()); err != nil {
				t.Error(err)
			}
		}
	}))
	defer server.Close()
	res, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	r := NewReader(res.Body, 0)
	for _, d := range data {
		if e, err := r.Next(); err != nil || string(e.Name) != "e" || string(e.Data) != d {
			t.Fatalf("got %q of %d bytes, %v; want %d bytes", e.Name, len(e.Data), err, len(d))
		}
	}
	if _, err := r.Next(); err != io.EOF {
		t.Errorf("behind the last event: %v, want EOF", err)
	}
}
