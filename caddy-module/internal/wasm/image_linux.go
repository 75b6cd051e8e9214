package wasm

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// mapping is a file in memory that nobody can write to.
type mapping struct {
	fd   int
	size uint64 // whole pages
}

// newMapping makes one of size bytes, which fill writes. It is false if the system has no such files.
func newMapping(size uint64, fill func(b []byte)) (mapping, bool) {
	page := uint64(unix.Getpagesize())
	m := mapping{size: (size + page - 1) / page * page}
	var err error
	if m.fd, err = unix.MemfdCreate("longmen-guest", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING); err != nil {
		return mapping{}, false
	}
	if unix.Ftruncate(m.fd, int64(m.size)) == nil {
		if b, err := unix.Mmap(m.fd, 0, int(m.size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err == nil {
			fill(b)
			if err := unix.Munmap(b); err == nil && m.seal() {
				return m, true
			}
		}
	}
	m.close()
	return mapping{}, false
}

func (m mapping) seal() bool {
	_, err := unix.FcntlInt(uintptr(m.fd), unix.F_ADD_SEALS, unix.F_SEAL_SEAL|unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_WRITE)
	return err == nil
}

// place puts the file in place of the beginning of b, which has whole pages; what is written there stays in b alone.
func (m mapping) place(b []byte) bool {
	_, err := unix.MmapPtr(m.fd, 0, unsafe.Pointer(unsafe.SliceData(b)), uintptr(m.size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_FIXED)
	if err != nil {
		_, err = unix.Pread(m.fd, b[:m.size], 0)
	}
	return err == nil
}

func (m mapping) close() {
	if m.size > 0 {
		_ = unix.Close(m.fd)
	}
}
