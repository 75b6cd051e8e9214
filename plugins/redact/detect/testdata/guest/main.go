// Package main is the scanner alone as a wasm module, for BenchmarkSandbox.
package main

import (
	"unsafe"

	"github.com/longmen-gateway/longmen/plugins/redact/detect"
)

var (
	text    []byte
	scanner = detect.New(detect.All())
)

//go:wasmexport buffer
func buffer(n uint32) unsafe.Pointer {
	text = make([]byte, n)
	return unsafe.Pointer(unsafe.SliceData(text))
}

//go:wasmexport scan
func scan() uint32 { return uint32(len(scanner.Scan(text))) }

func main() {}
