//go:build unix && !linux

package wasm

const noReserve = 0

func keepSmallPages([]byte) {}
