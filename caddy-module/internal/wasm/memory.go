package wasm

import (
	"sync/atomic"

	"github.com/tetratelabs/wazero/experimental"
)

// pageSize is the unit of linear memory.
const pageSize = 64 << 10

// linear is the memory of one instance. It reserves all that the instance may ever take as address
// space, so that growing neither copies nor moves, and gives it back when it is freed, without waiting
// for the garbage collector.
type linear struct {
	limit uint64 // bytes that the instance may grow to
	total *atomic.Int64
	image *image // that it begins with
	buf   []byte // the reservation
	size  uint64 // bytes in use
}

var (
	_ experimental.MemoryAllocator = (*linear)(nil)
	_ experimental.LinearMemory    = (*linear)(nil)
)

// Allocate implements experimental.MemoryAllocator. An instance has at most one memory: the rewriter
// refuses more.
func (l *linear) Allocate(_, most uint64) experimental.LinearMemory {
	l.buf = reserve(min(most, l.limit))
	if !l.image.begin(l.buf) {
		release(l.buf)
		l.buf = nil
	}
	return l
}

// Reallocate implements experimental.LinearMemory.
func (l *linear) Reallocate(size uint64) []byte {
	if size > uint64(len(l.buf)) {
		return nil
	}
	l.total.Add(int64(size) - int64(l.size))
	l.size = size
	return l.buf[:size:size]
}

// Free implements experimental.LinearMemory. It may be called more than once.
func (l *linear) Free() {
	l.total.Add(-int64(l.size))
	l.size = 0
	if l.buf != nil {
		release(l.buf)
		l.buf = nil
	}
}
