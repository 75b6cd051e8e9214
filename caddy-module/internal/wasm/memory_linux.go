package wasm

import "syscall"

const noReserve = syscall.MAP_NORESERVE

// keepSmallPages keeps the kernel from backing a guest that touches a few bytes here and there with
// pages of 2 MiB.
func keepSmallPages(b []byte) { _ = syscall.Madvise(b, syscall.MADV_NOHUGEPAGE) }
