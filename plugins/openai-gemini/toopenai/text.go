package toopenai

import "strconv"

// JSON text is made of many short pieces. An append that the compiler writes out where it stands takes several
// times the bytes of a call in a module, and each byte of a module takes eleven of the gateway's memory.

//go:noinline
func add(dst []byte, s string) []byte { return append(dst, s...) }

//go:noinline
func addInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }
