package detect

import "unsafe"

// load64 reads eight bytes at i, little-endian; i+8 <= len(b). WebAssembly loads need no alignment,
// but Go's compiler does not combine byte loads for it, so this one is spelled out.
func load64(b []byte, i int) uint64 {
	return *(*uint64)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), i))
}
