package document

import "golang.org/x/sys/cpu"

// plain passes bytes of b, in steps of 128, in which no quote, backslash or control character stands: n
// is where the first step with one begins, or where less than a step is left. ascii tells whether all
// that was passed is ASCII.
func plain(b []byte) (n int, ascii bool) {
	if cpu.X86.HasAVX2 {
		return plainAVX2(b)
	}
	return plainWords(b)
}

//go:noescape
func plainAVX2(b []byte) (n int, ascii bool)
