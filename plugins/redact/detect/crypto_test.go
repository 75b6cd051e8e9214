package detect

import (
	"fmt"
	"testing"
)

func TestHashes(t *testing.T) {
	a, b := sha256([]byte("abc")), sha256([]byte("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnop"))
	for _, c := range []struct {
		name, got, want string
	}{
		{"sha256 abc", sum(a), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"sha256 52 bytes", sum(b)[:8], "ad03feb4"},
		{"keccak256 of nothing", sum(keccak256(nil)), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
		{"keccak256 abc", sum(keccak256([]byte("abc"))), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, c.got, c.want)
		}
	}
}

func sum(b [32]byte) string { return fmt.Sprintf("%x", b) }
