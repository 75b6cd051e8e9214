package record

import (
	"bytes"
	"io"

	"github.com/longmen-gateway/longmen/caddy-module/internal/chain"
)

// tail is what a file ends with.
type tail struct {
	size    int64
	last    chain.Line // the last line of the chain, if one was found
	found   bool
	open    bool // the file ends within a line
	foreign bool // behind the last line, or without one, stands what no torn write leaves
}

// How much of a file's end is read: at first, and at most, which is room for two of the longest lines.
const (
	firstLook int64 = 16 << 10
	lastLook  int64 = 2 * (MaxLine + int64(chain.Overhead) + 1)
)

// tail finds the last line of the chain in the file.
func (c *Chained) tail() (t tail, err error) {
	info, err := c.f.Stat()
	if err != nil {
		return t, err
	}
	t.size = info.Size()
	for look := firstLook; ; look *= 8 {
		look = min(look, lastLook, t.size)
		b := make([]byte, look)
		if _, err := c.f.ReadAt(b, t.size-look); err != nil && err != io.EOF {
			return t, err
		}
		if t.find(b, look == t.size); t.found || look == t.size || look == lastLook {
			return t, nil
		}
	}
}

// find looks in the end of a file, which is all of it if whole.
func (t *tail) find(b []byte, whole bool) {
	t.open = len(b) > 0 && b[len(b)-1] != '\n'
	var behind [][]byte // lines behind the one that is looked at, last one first
	rest := bytes.TrimSuffix(b, []byte{'\n'})
	for len(rest) > 0 {
		i := bytes.LastIndexByte(rest, '\n')
		if i < 0 && !whole {
			t.foreign = true // no line is as long as what was read
			return
		}
		line := rest[i+1:]
		if l, err := chain.Parse(line); err == nil {
			t.last, t.found = l, true
			t.foreign = len(behind) > 1 || len(behind) == 1 && !chain.Torn(behind[0], l.Head())
			return
		}
		behind = append(behind, line)
		rest = rest[:max(i, 0)]
	}
	t.foreign = len(behind) > 1 || len(behind) == 1 && !chain.Torn(behind[0], chain.Head{})
}
