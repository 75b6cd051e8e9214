package redact

// HMAC-SHA-256 (FIPS 180-4, FIPS 198-1). crypto/sha256 and crypto/hmac would do the same but bring the FIPS 140
// module with its self-tests into the guest: 580 KB, a third of a whole plugin. The test holds this
// against them. Values are hashed to name them, a few per request, so plain code is fast enough.

// mac computes HMACs under one key. The states after the padded key are kept, so that a short message
// costs two compressions.
type mac struct{ inner, outer [8]uint32 }

const blockSize = 64

func newMAC(key []byte) *mac {
	if len(key) > blockSize {
		sum := hash(&start, 0, key)
		key = sum[:]
	}
	var block [blockSize]byte
	m := &mac{inner: start, outer: start}
	for i := range block {
		block[i] = 0x36
	}
	for i, c := range key {
		block[i] ^= c
	}
	compress(&m.inner, block[:])
	for i := range block {
		block[i] ^= 0x36 ^ 0x5c
	}
	compress(&m.outer, block[:])
	return m
}

// sum is the HMAC of a message.
func (m *mac) sum(message []byte) [32]byte {
	inner := hash(&m.inner, blockSize, message)
	return hash(&m.outer, blockSize, inner[:])
}

// hash finishes a SHA-256 that already took in before bytes, a multiple of the block size.
func hash(from *[8]uint32, before int, b []byte) (sum [32]byte) {
	h := *from
	bits := uint64(before+len(b)) * 8
	for len(b) >= blockSize {
		compress(&h, b)
		b = b[blockSize:]
	}
	var last [2 * blockSize]byte
	n := copy(last[:], b)
	last[n] = 0x80
	end := blockSize
	if n >= blockSize-8 {
		end = 2 * blockSize
	}
	for i := range 8 {
		last[end-1-i] = byte(bits >> (8 * i))
	}
	compress(&h, last[:])
	if end > blockSize {
		compress(&h, last[blockSize:])
	}
	for i, v := range h {
		sum[4*i], sum[4*i+1], sum[4*i+2], sum[4*i+3] = byte(v>>24), byte(v>>16), byte(v>>8), byte(v)
	}
	return sum
}

// compress takes in the first block of b.
func compress(h *[8]uint32, b []byte) {
	var w [64]uint32
	b = b[:blockSize]
	for i := range 16 {
		w[i] = uint32(b[4*i])<<24 | uint32(b[4*i+1])<<16 | uint32(b[4*i+2])<<8 | uint32(b[4*i+3])
	}
	for i := 16; i < 64; i++ {
		x, y := w[i-15], w[i-2]
		w[i] = w[i-16] + w[i-7] +
			((x>>7 | x<<25) ^ (x>>18 | x<<14) ^ x>>3) +
			((y>>17 | y<<15) ^ (y>>19 | y<<13) ^ y>>10)
	}
	a, bb, c, d, e, f, g, hh := h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]
	for i := range 64 {
		t1 := hh + ((e>>6 | e<<26) ^ (e>>11 | e<<21) ^ (e>>25 | e<<7)) + (e&f ^ ^e&g) + constants[i] + w[i]
		t2 := ((a>>2 | a<<30) ^ (a>>13 | a<<19) ^ (a>>22 | a<<10)) + (a&bb ^ a&c ^ bb&c)
		hh, g, f, e, d, c, bb, a = g, f, e, d+t1, c, bb, a, t1+t2
	}
	h[0] += a
	h[1] += bb
	h[2] += c
	h[3] += d
	h[4] += e
	h[5] += f
	h[6] += g
	h[7] += hh
}

var start = [8]uint32{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}

var constants = [64]uint32{
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
}
