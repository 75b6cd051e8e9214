package gateway

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// Large request bodies (images, long histories) are read into buffers that are used again: a buffer of
// megabytes for each request would keep the garbage collector busy.
const (
	minLent = 18 // buffers of 256 KiB
	maxLent = 27 // to 128 MiB
)

// shelves hold free buffers by the power of two that they have room for.
var shelves [maxLent + 1]sync.Pool

// memory is one lent buffer. It goes back to its shelf when the last one who retains it lets go.
type memory struct {
	shelf   int
	buf     []byte
	holders atomic.Int32
}

// lend gives a buffer with room for size bytes, retained once; nil for sizes that are not kept.
func lend(size int64) *memory {
	shelf := max(bits.Len64(uint64(size-1)), minLent)
	if size <= 1<<(minLent-1) || shelf > maxLent {
		return nil
	}
	m, _ := shelves[shelf].Get().(*memory)
	if m == nil {
		m = &memory{shelf: shelf, buf: make([]byte, 0, 1<<shelf)}
	}
	m.holders.Store(1)
	return m
}

// Retain implements attempt.Memory.
func (m *memory) Retain() { m.holders.Add(1) }

// Release implements attempt.Memory.
func (m *memory) Release() {
	if m.holders.Add(-1) == 0 {
		m.buf = m.buf[:0]
		shelves[m.shelf].Put(m)
	}
}
