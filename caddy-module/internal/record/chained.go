package record

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/longmen-gateway/longmen/caddy-module/internal/chain"
)

// Chained is a sink of JSON lines that are bound to each other; package chain says how. Several processes may append
// to one file: each line is written under a lock, after what others have appended is known. When the file is renamed
// or removed, the next line begins another one of that name and names the last line of the old one.
//
// The end of the chain is noted in a file beside it, with .head behind its name. That file is what is locked, and it
// tells of a file that was cut off, or rotated while nobody wrote. Without it the file's last line counts.
type Chained struct {
	mu   sync.Mutex
	path string
	seal *chain.Seal
	warn func(string)

	mark *os.File // nil when closed
	f    *os.File
	info os.FileInfo
	open bool       // the file ends within a line
	last chain.Mark // the end of the chain, and how long the file was then
	buf  []byte

	noted []byte // what this process wrote to mark
}

var _ Sink = (*Chained)(nil)

// MarkSuffix is what the name of the file has behind it that notes the end of a chain.
const MarkSuffix = ".head"

// What is told when a file is not as it was left.
const (
	warnCut     = "lines were taken out of the file; the chain goes on from the last one that was written"
	warnForeign = "somebody else has written to the file; the chain goes on behind that"
	warnMark    = "the note of the chain's end was changed, or made with another key: it is written anew"
)

// OpenChained opens a file for appending, and makes it for its owner alone when there is none. A file that has lines
// has to end with one that the seal fits. What happens to the files beside that, and should not, is told to warn; the
// chain goes on from the last line that was known, so that reading it shows what is missing.
func OpenChained(path string, seal *chain.Seal, warn func(string)) (*Chained, error) {
	c := &Chained{path: path, seal: seal, warn: warn}
	if err := c.begin(); err != nil {
		for _, f := range []*os.File{c.f, c.mark} {
			if f != nil {
				_ = f.Close() // the reason to give up is the other one
			}
		}
		return nil, fmt.Errorf("opening record file: %w", err)
	}
	return c, nil
}

func (c *Chained) begin() (err error) {
	if c.mark, err = os.OpenFile(c.path+MarkSuffix, os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return err
	}
	if err := lock(c.mark); err != nil {
		return err
	}
	defer unlock(c.mark)
	c.recall()
	if err := c.reopen(); err != nil {
		return err
	}
	t, err := c.tail()
	switch {
	case err != nil:
		return err
	case !t.found && t.foreign:
		return fmt.Errorf("%s has lines that are no chain, expected a new file or one that was written with chain", c.path)
	case !t.found: // empty, or a first line that was torn
	case !c.seal.Fits(&t.last):
		return fmt.Errorf("the last line of %s was not made with this key, or was changed: expected the same key, or another file", c.path)
	case t.foreign:
		return fmt.Errorf("the last line of %s is none of the chain, expected a file to which nobody else writes", c.path)
	case t.last.Seq >= c.last.Seq:
		c.last.Head = t.last.Head()
	default:
		c.warn(warnCut)
	}
	c.last.Size, c.open = t.size, t.open
	if !c.open {
		c.note()
	}
	return nil
}

// note writes down the chain's end. If that fails, whoever writes next reads the file's end.
func (c *Chained) note() {
	c.noted = c.seal.Mark(c.last)
	_, _ = c.mark.WriteAt(c.noted, 0)
}

// recall reads the note of the chain's end, if it is later than what is known.
func (c *Chained) recall() {
	var b [chain.MarkLen]byte
	n, _ := c.mark.ReadAt(b[:], 0) // what cannot be read is no note
	if n > 0 && bytes.Equal(b[:n], c.noted) {
		return // no other process has written
	}
	m, ok := c.seal.ReadMark(b[:n])
	switch {
	case ok && m.Seq >= c.last.Seq:
		c.last, c.open = m, false
	case !ok && n > 0:
		c.warn(warnMark)
	}
}

// reopen opens the file that the path leads to.
func (c *Chained) reopen() error {
	f, err := os.OpenFile(c.path, os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close() // not used
		return err
	}
	if c.f != nil {
		_ = c.f.Close() // all of it is written
	}
	c.f, c.info = f, info
	return nil
}

// Write implements Sink.
func (c *Chained) Write(line []byte) error {
	if err := check(line); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mark == nil {
		return ErrClosed
	}
	if err := c.append(line); err != nil {
		return fmt.Errorf("writing record: %w", err)
	}
	return nil
}

func (c *Chained) append(line []byte) error {
	if err := lock(c.mark); err != nil {
		return err
	}
	defer unlock(c.mark)
	c.recall()
	if err := c.catchUp(); err != nil {
		return err
	}
	b := c.buf[:0]
	if c.open {
		b = append(b, '\n')
	}
	b, head := c.seal.Append(b, c.last.Head, appendLine(nil, line))
	b = append(b, '\n')
	if c.buf = nil; cap(b) <= keepBuffer {
		c.buf = b
	}
	if n, err := c.f.Write(b); err != nil {
		// What of the line is there goes; if it cannot, the next line begins behind it.
		if n > 0 {
			_ = c.f.Truncate(c.last.Size)
		}
		return err
	}
	c.open, c.last = false, chain.Mark{Head: head, Size: c.last.Size + int64(len(b))}
	c.note()
	return nil
}

// catchUp finds the file's end: it may have been rotated, and others may have written to it.
func (c *Chained) catchUp() error {
	info, err := os.Stat(c.path)
	rotated := false
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && !os.SameFile(info, c.info):
		rotated = true
		if err := c.reopen(); err != nil {
			return err
		}
		info = c.info
	case err != nil:
		return err
	}
	if info.Size() == c.last.Size {
		return nil
	}
	t, err := c.tail()
	if err != nil {
		return err
	}
	fits := t.found && c.seal.Fits(&t.last)
	if t.found && !fits || t.foreign {
		c.warn(warnForeign)
	}
	switch {
	case fits && t.last.Seq >= c.last.Seq:
		c.last.Head = t.last.Head()
	case fits, t.size == 0 && !rotated:
		c.warn(warnCut)
	}
	c.last.Size, c.open = t.size, t.open
	return nil
}

// Check implements Sink.
func (c *Chained) Check() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mark == nil {
		return ErrClosed
	}
	return nil
}

// Close implements Sink.
func (c *Chained) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mark == nil {
		return nil
	}
	mark, f := c.mark, c.f
	c.mark, c.f, c.buf = nil, nil, nil
	if err := errors.Join(f.Close(), mark.Close()); err != nil {
		return fmt.Errorf("closing record file: %w", err)
	}
	return nil
}
