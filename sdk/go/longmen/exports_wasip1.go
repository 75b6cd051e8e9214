package longmen

import (
	"unsafe"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// The directives take literals: exports_test.go holds them against the names of sdk/abi.

// Answers that the host reads after the hook returned stay referenced here until the next call.
var outgoing []byte

func span(b []byte, ok bool) uint64 {
	if !ok {
		return failedSpan
	}
	if b == nil {
		return 0
	}
	outgoing = b
	if len(b) == 0 {
		return abi.Span(uint32(uintptr(unsafe.Pointer(&scratch))), 0)
	}
	return abi.Span(uint32(uintptr(unsafe.Pointer(unsafe.SliceData(b)))), uint32(len(b)))
}

const failedSpan = 1<<64 - 1 // negative as an i64

//go:wasmexport longmen_v1_manifest
func exportManifest() uint64 { return span(manifest(), true) }

//go:wasmexport longmen_v1_buffer
func exportBuffer(size uint32) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(buffer(size))) }

//go:wasmexport longmen_v1_configure
func exportConfigure(plugin int32) int32 {
	status := callConfigure(plugin)
	settle()
	return status
}

//go:wasmexport longmen_v1_request
func exportRequest(document uint32) int32 { return callDocument(active.Request, document) }

//go:wasmexport longmen_v1_response
func exportResponse(document uint32) int32 { return callDocument(active.Response, document) }

//go:wasmexport longmen_v1_event
func exportEvent(document uint32) int32 { return callEvent(document) }

//go:wasmexport longmen_v1_text
func exportText(p unsafe.Pointer, n uint32) uint64 {
	return span(callText(unsafe.Slice((*byte)(p), n)))
}

//go:wasmexport longmen_v1_body
func exportBody(p unsafe.Pointer, n uint32) uint64 {
	return span(callBody(unsafe.Slice((*byte)(p), n)))
}

//go:wasmexport longmen_v1_end
func exportEnd(record uint32) int32 { return callDocument(active.End, record) }
