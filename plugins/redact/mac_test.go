package redact

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"testing"
)

func TestMACIsTheStandardLibrarys(t *testing.T) {
	for k := 0; k < 150; k += 7 {
		key := bytes.Repeat([]byte{byte(k + 1)}, k)
		m := newMAC(key)
		for n := range 300 {
			message := bytes.Repeat([]byte{byte(n)}, n)
			h := hmac.New(sha256.New, key)
			h.Write(message)
			if got := m.sum(message); !bytes.Equal(got[:], h.Sum(nil)) {
				t.Fatalf("key of %d, message of %d bytes: got %x, want %x", k, n, got, h.Sum(nil))
			}
		}
	}
}

func BenchmarkMAC(b *testing.B) {
	m := newMAC([]byte("0123456789abcdef0123456789abcdef"))
	message := []byte("email\x00jane.doe@example.com")
	b.ReportAllocs()
	for b.Loop() {
		m.sum(message)
	}
}
