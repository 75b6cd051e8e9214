//go:build unix

package wasm

import "syscall"

// reserve gives n zeroed bytes of address space; pages take memory when they are first touched. It
// returns nil if there is none.
func reserve(n uint64) []byte {
	if n == 0 {
		return nil
	}
	b, err := syscall.Mmap(-1, 0, int(n), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON|noReserve)
	if err != nil {
		return nil
	}
	keepSmallPages(b)
	return b
}

// release gives the memory back to the system at once.
func release(b []byte) { _ = syscall.Munmap(b) }
