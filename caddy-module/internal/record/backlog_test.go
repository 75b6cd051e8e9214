package record

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// moody is a sink that fails when it is told to.
type moody struct {
	lines  []string
	fails  error
	closed bool
	tried  int
	takes  func() // what a write takes
}

func (m *moody) Write(line []byte) error {
	if m.tried++; m.takes != nil {
		m.takes()
	}
	if m.fails == nil {
		m.lines = append(m.lines, string(line))
	}
	return m.fails
}

func (m *moody) Check() error { return m.fails }

func (m *moody) Close() error {
	m.closed = true
	return nil
}

var errFull = errors.New("no space left")

func TestBacklog(t *testing.T) {
	m := new(moody)
	var told []string
	b := NewBacklog(m, func(o Outcome, n int, err error) { told = append(told, fmt.Sprint(o, " ", n, " ", err)) })
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(b.Write([]byte("1")))
	must(b.Check())
	m.fails = errFull
	must(b.Write([]byte("2")))
	must(b.Write([]byte("3")))
	if err := b.Check(); !errors.Is(err, errFull) {
		t.Errorf("check of a full disk: %v, want the disk's error", err)
	}
	m.fails = nil
	must(b.Check())
	m.fails = errFull
	must(b.Write([]byte("4")))
	m.fails = nil
	must(b.Write([]byte("5")))
	m.fails = errFull
	must(b.Write([]byte("6")))
	if err := b.Close(); !errors.Is(err, errFull) || !m.closed {
		t.Errorf("close: %v, closed %v", err, m.closed)
	}
	if want := []string{"1", "2", "3", "4", "5"}; !slices.Equal(m.lines, want) {
		t.Errorf("got %q, want %q", m.lines, want)
	}
	want := []string{"written 1 <nil>", "delayed 1 no space left", "delayed 1 no space left", "written 2 <nil>",
		"delayed 1 no space left", "written 1 <nil>", "written 1 <nil>", "delayed 1 no space left", "lost 1 no space left"}
	if !slices.Equal(told, want) {
		t.Errorf("got  %q\nwant %q", told, want)
	}
	for _, err := range []error{b.Write([]byte("7")), b.Check()} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("after close: %v, want ErrClosed", err)
		}
	}
	must(b.Close())
}

// A file that lets everybody wait is left alone for a while.
func TestBacklogPauses(t *testing.T) {
	now := time.Unix(1000, 0)
	m := &moody{fails: errFull}
	m.takes = func() { now = now.Add(2 * slowFailure) }
	b := NewBacklog(m, func(Outcome, int, error) {})
	b.now = func() time.Time { return now }
	for range 3 {
		if err := b.Write([]byte("1")); err != nil {
			t.Fatal(err)
		}
		if err := b.Check(); !errors.Is(err, errFull) {
			t.Errorf("check: %v, want the disk's error", err)
		}
	}
	if m.tried != 1 {
		t.Errorf("%d tries, want 1", m.tried)
	}
	now = now.Add(slowPause)
	if m.fails = nil; b.Check() != nil || len(m.lines) != 3 {
		t.Errorf("after the pause: %d lines, want 3", len(m.lines))
	}
}

// What waits is bounded, in records and in bytes.
func TestBacklogBounds(t *testing.T) {
	for _, tt := range []struct{ size, fit int }{{1, MaxWaiting}, {MaxLine, MaxWaitingBytes / MaxLine}} {
		lost := 0
		b := NewBacklog(&moody{fails: errFull}, func(o Outcome, n int, _ error) {
			if o == Lost {
				lost += n
			}
		})
		line := []byte(strings.Repeat("1", tt.size))
		for range tt.fit {
			if err := b.Write(line); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Write(line); !errors.Is(err, errFull) || lost != 1 {
			t.Errorf("%d bytes: %v, %d lost; want the disk's error and 1", tt.size, err, lost)
		}
		if err := b.Write([]byte(strings.Repeat("1", MaxLine+1))); !errors.Is(err, ErrTooLarge) {
			t.Errorf("too long: %v, want ErrTooLarge", err)
		}
		if _ = b.Close(); lost != 1+tt.fit {
			t.Errorf("%d lost in all, want %d", lost, 1+tt.fit)
		}
	}
}
