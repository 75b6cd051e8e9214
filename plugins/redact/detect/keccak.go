package detect

import "math/bits"

// keccak256 is Keccak-256 as Ethereum uses it, for messages of up to 135 bytes: SHA-3 with the padding that it had before
// it was a standard.
func keccak256(m []byte) [32]byte {
	var a [25]uint64
	for i, c := range m {
		a[i/8] ^= uint64(c) << (i % 8 * 8)
	}
	a[len(m)/8] ^= 1 << (len(m) % 8 * 8)
	a[16] ^= 1 << 63
	for _, constant := range keccakRounds {
		var c [5]uint64
		for x := range 5 {
			c[x] = a[x] ^ a[x+5] ^ a[x+10] ^ a[x+15] ^ a[x+20]
		}
		for x := range 5 {
			d := c[(x+4)%5] ^ bits.RotateLeft64(c[(x+1)%5], 1)
			for y := 0; y < 25; y += 5 {
				a[x+y] ^= d
			}
		}
		// Rotations and places of one cycle over all lanes but the first.
		lane := a[1]
		x, y := 1, 0
		for t := range 24 {
			x, y = y, (2*x+3*y)%5
			k := x + 5*y
			lane, a[k] = a[k], bits.RotateLeft64(lane, (t+1)*(t+2)/2%64)
		}
		for y := 0; y < 25; y += 5 {
			row := [5]uint64(a[y : y+5])
			for x := range 5 {
				a[y+x] = row[x] ^ ^row[(x+1)%5]&row[(x+2)%5]
			}
		}
		a[0] ^= constant
	}
	var sum [32]byte
	for i := range sum {
		sum[i] = byte(a[i/8] >> (i % 8 * 8))
	}
	return sum
}

var keccakRounds = [24]uint64{
	0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
	0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
	0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
	0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
	0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
	0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
}
