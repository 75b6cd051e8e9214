package record

import (
	"fmt"
	"io"
	"os"
	"sync"
)

// keepBuffer is what a file keeps for its next line, in bytes.
const keepBuffer = 64 << 10

// File is a sink of JSON lines. Each record is one write to a file that is open for appending, so that
// several processes may share it; nothing is held back.
type File struct {
	mu   sync.Mutex
	w    io.WriteCloser // nil when closed
	buf  []byte
	torn bool // the file may end within a line
}

var _ Sink = (*File)(nil)

// OpenFile opens a file for appending, and makes it for its owner alone when there is none. The error
// is the system's. It is rotated by whoever wants to: rename it and reload.
func OpenFile(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening record file: %w", err)
	}
	return &File{w: f}, nil
}

// Write implements Sink. A line break within the record, which JSON allows between values only,
// becomes a space.
func (f *File) Write(line []byte) error {
	if err := check(line); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.w == nil {
		return ErrClosed
	}
	b := f.buf[:0]
	if f.torn {
		b = append(b, '\n')
	}
	b = append(appendLine(b, line), '\n')
	if f.buf = nil; cap(b) <= keepBuffer {
		f.buf = b
	}
	// A full disk may take half a line: the next one then starts on a line of its own.
	n, err := f.w.Write(b)
	f.torn = n < len(b) && (f.torn || n > 0)
	if err != nil {
		return fmt.Errorf("writing record: %w", err)
	}
	return nil
}

// appendLine appends a record with spaces for its line breaks.
func appendLine(b, record []byte) []byte {
	start := len(b)
	b = append(b, record...)
	for i := start; i < len(b); i++ {
		if b[i] == '\n' || b[i] == '\r' {
			b[i] = ' '
		}
	}
	return b
}

// Check implements Sink.
func (f *File) Check() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.w == nil {
		return ErrClosed
	}
	return nil
}

// Close implements Sink.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.w == nil {
		return nil
	}
	w := f.w
	f.w, f.buf = nil, nil
	if err := w.Close(); err != nil {
		return fmt.Errorf("closing record file: %w", err)
	}
	return nil
}

func check(line []byte) error {
	if len(line) > MaxLine {
		return ErrTooLarge
	}
	for _, c := range line {
		if c > ' ' {
			return nil
		}
	}
	return ErrEmpty
}
