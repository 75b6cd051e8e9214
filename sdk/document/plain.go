package document

import (
	"bytes"
	"encoding/binary"
)

// block is the part of a string that plainWords looks at for one thing after the other: it stays in the nearest
// cache meanwhile.
const block = 4 << 10

// plainWords is plain in steps of a block. It looks for quotes and backslashes as fast as bytes.IndexByte does,
// which leaves fewer questions to ask of each word than special has to.
func plainWords(src []byte) (n int, ascii bool) {
	var seen uint64
	for len(src)-n >= block {
		b := src[n : n+block]
		if bytes.IndexByte(b, '"') >= 0 || bytes.IndexByte(b, '\\') >= 0 {
			break
		}
		for len(b) >= 64 {
			w0, w1, w2, w3 := word(b[0:]), word(b[8:]), word(b[16:]), word(b[24:])
			w4, w5, w6, w7 := word(b[32:]), word(b[40:]), word(b[48:]), word(b[56:])
			all := w0 | w1 | w2 | w3 | w4 | w5 | w6 | w7
			less := (w0 - low*0x20) | (w1 - low*0x20) | (w2 - low*0x20) | (w3 - low*0x20) |
				(w4 - low*0x20) | (w5 - low*0x20) | (w6 - low*0x20) | (w7 - low*0x20)
			if (all|less)&high != 0 {
				for i := 0; i < 64; i += 8 {
					w := word(b[i:])
					if (w-low*0x20)&^w&high != 0 {
						return n + block - len(b), seen&high == 0
					}
				}
			}
			seen |= all
			b = b[64:]
		}
		n += block
	}
	return n, seen&high == 0
}

func word(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }
