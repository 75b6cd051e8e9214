//go:build !linux

package wasm

// mapping is what only Linux has here.
type mapping struct{}

func newMapping(uint64, func([]byte)) (mapping, bool) { return mapping{}, false }

func (mapping) place([]byte) bool { return false }

func (mapping) close() {}
