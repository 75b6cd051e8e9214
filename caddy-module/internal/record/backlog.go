package record

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Bounds of what waits for a file that takes nothing.
const (
	MaxWaiting      = 4096
	MaxWaitingBytes = 8 << 20
)

// Outcome is what became of a record.
type Outcome uint8

// Outcomes of records.
const (
	Written Outcome = iota // it is in the file
	Delayed                // the file did not take it; it waits in memory, and will be Written or Lost
	Lost                   // it will never be in the file
)

var outcomes = [...]string{"written", "delayed", "lost"}

// String is the outcome as metrics spell it.
func (o Outcome) String() string { return outcomes[o] }

// A failure that took longer than slowFailure is not tried again for slowPause: everybody would wait for it in turn.
const (
	slowFailure = 100 * time.Millisecond
	slowPause   = time.Second
)

// Backlog is a sink whose records wait when the sink behind it fails, and are written in order once it works again.
// So a disk that is full for a while costs no record, as long as the process lives and the bounds are kept.
type Backlog struct {
	mu      sync.Mutex
	to      Sink
	told    func(o Outcome, n int, err error)
	waiting [][]byte
	bytes   int
	closed  bool

	now    func() time.Time
	until  time.Time // nothing is tried before
	failed error     // the last slow failure
}

var _ Sink = (*Backlog)(nil)

// NewBacklog puts a backlog before a sink. told hears what becomes of records, n at a time, and the sink's error if they
// are not written. It is called under a lock and must not call the backlog.
func NewBacklog(to Sink, told func(o Outcome, n int, err error)) *Backlog {
	return &Backlog{to: to, told: told, now: time.Now}
}

// Write implements Sink. A record that waits is taken, without an error.
func (b *Backlog) Write(line []byte) error {
	if err := check(line); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return ErrClosed
	}
	err := b.flush()
	if err == nil {
		if err = b.try(line); err == nil {
			b.told(Written, 1, nil)
			return nil
		}
	}
	if len(b.waiting) == MaxWaiting || b.bytes+len(line) > MaxWaitingBytes {
		b.told(Lost, 1, err)
		return fmt.Errorf("%d records wait already: %w", len(b.waiting), err)
	}
	b.waiting = append(b.waiting, bytes.Clone(line))
	b.bytes += len(line)
	b.told(Delayed, 1, err)
	return nil
}

// flush writes what waits.
func (b *Backlog) flush() error {
	n := 0
	defer func() {
		if n > 0 {
			b.waiting = append(b.waiting[:0:0], b.waiting[n:]...)
			b.told(Written, n, nil)
		}
	}()
	for _, line := range b.waiting {
		if err := b.try(line); err != nil {
			return err
		}
		b.bytes -= len(line)
		n++
	}
	return nil
}

// try writes a line, unless a slow failure was just met.
func (b *Backlog) try(line []byte) error {
	before := b.now()
	if before.Before(b.until) {
		return b.failed
	}
	err := b.to.Write(line)
	if after := b.now(); err != nil && after.Sub(before) > slowFailure {
		b.failed, b.until = err, after.Add(slowPause)
	}
	return err
}

// Check implements Sink: it writes what waits.
func (b *Backlog) Check() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return ErrClosed
	}
	return errors.Join(b.flush(), b.to.Check())
}

// Close implements Sink. What cannot be written then is lost.
func (b *Backlog) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil
	}
	b.closed, b.until = true, time.Time{}
	err := b.flush()
	if n := len(b.waiting); n > 0 {
		b.told(Lost, n, err)
		b.waiting, b.bytes = nil, 0
	}
	return errors.Join(err, b.to.Close())
}
