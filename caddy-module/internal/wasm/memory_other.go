//go:build !unix

package wasm

// reserve takes the memory from Go's heap where there is no mmap.
func reserve(n uint64) []byte { return make([]byte, n) }

// release leaves the memory to the garbage collector.
func release([]byte) {}
