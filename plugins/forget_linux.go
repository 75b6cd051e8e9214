package plugins

import (
	"os"
	"syscall"
	"unsafe"
)

// Forget gives the memory back in which the modules stand: they are read once, when they are loaded. Whoever reads them
// again gets them from the file of the program.
func Forget() {
	page := uintptr(os.Getpagesize())
	start := uintptr(unsafe.Pointer(unsafe.SliceData(firstparty)))
	skip := (page - start%page) % page // only whole pages
	if n := uintptr(len(firstparty)); n > skip+page {
		_ = syscall.Madvise(firstparty[skip:skip+(n-skip)/page*page], syscall.MADV_DONTNEED)
	}
}
