package framing

import (
	"io"
	"strings"
	"testing"
)

// counted counts the reads.
type counted struct {
	io.Reader
	reads int
}

func (c *counted) Read(b []byte) (int, error) {
	c.reads++
	return c.Reader.Read(b)
}

func TestReady(t *testing.T) {
	const stream = "data: 1\n\n\n\ndata: 2\r\n\r\n: ping\n\n\r\n\ndata: 3\n\n"
	for cut := range len(stream) {
		c := &counted{Reader: io.MultiReader(strings.NewReader(stream[:cut]), strings.NewReader(stream[cut:]))}
		r := NewReader(c, 0)
		for {
			ready, before := r.Ready(), c.reads
			_, err := r.Next()
			if ready && c.reads != before {
				t.Fatalf("cut at %d: Ready said yes, and Next read", cut)
			}
			if err != nil {
				break
			}
		}
	}
	r := NewReader(strings.NewReader(stream), 0)
	r.Next()
	if !r.Ready() {
		t.Error("Ready says no with an event in the buffer")
	}
}
