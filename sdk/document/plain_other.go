//go:build !amd64

package document

func plain(b []byte) (n int, ascii bool) { return plainWords(b) }
