package framing

import (
	"bytes"
	"io"
	"testing"
)

// endless repeats a chunk of a stream.
type endless struct {
	chunk []byte
	at    int
}

func (e *endless) Read(b []byte) (int, error) {
	n := copy(b, e.chunk[e.at:])
	e.at = (e.at + n) % len(e.chunk)
	return n, nil
}

const chunk = `data: {"id":"chatcmpl-AyPNinnUqUDYo9SAdA52NobMflmj2","object":"chat.completion.chunk","created":1738960610,"model":"gpt-4o-2024-08-06","service_tier":"default","system_fingerprint":"fp_50cad350e4","choices":[{"index":0,"delta":{"content":" sunny"},"logprobs":null,"finish_reason":null}],"usage":null}`

func BenchmarkReader(b *testing.B) {
	for _, bench := range []struct{ name, event string }{
		{"openai", chunk + "\n\n"},
		{"crlf", chunk + "\r\n\r\n"},
		{"cr", chunk + "\r\r"},
		{"anthropic", "event: content_block_delta\n" + chunk + "\n\n"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			r := NewReader(&endless{chunk: bytes.Repeat([]byte(bench.event), 10)}, 0)
			b.SetBytes(int64(len(bench.event)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Next(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkReaderOfValues(b *testing.B) {
	for _, kind := range []Kind{Lines, Array} {
		b.Run(kind.ContentType(), func(b *testing.B) {
			r := Open(kind, &endless{chunk: bytes.Repeat([]byte(steady[kind]), 10)}, 0)
			if kind == Array {
				r.array.place = within
			}
			b.SetBytes(int64(len(steady[kind])))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Next(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkReaderLarge(b *testing.B) {
	event := append(append([]byte("data: "), bytes.Repeat([]byte("x"), 1<<20)...), "\n\n"...)
	b.SetBytes(int64(len(event)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := NewReader(bytes.NewReader(event), 0).Next(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriter(b *testing.B) {
	rec := &sink{}
	w := NewWriter(rec)
	name, data := []byte("content_block_delta"), []byte(chunk[6:])
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Event(name, data); err != nil {
			b.Fatal(err)
		}
	}
}

type sink struct{ plain }

func (sink) Write(b []byte) (int, error) { return io.Discard.Write(b) }
