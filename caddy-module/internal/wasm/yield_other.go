//go:build !unix

package wasm

// ring is not known here.
func ring() bool { return false }
