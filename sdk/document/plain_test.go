package document

import (
	"bytes"
	"fmt"
	"testing"
)

// TestPlain puts each byte at each place of a long run and holds what is passed against the definition.
func TestPlain(t *testing.T) {
	stops := func(c byte) bool { return c < ' ' || c == '"' || c == '\\' }
	for name, c := range map[string]struct {
		f    func([]byte) (int, bool)
		step int
	}{"plain": {plain, block}, "words": {plainWords, block}} {
		src := bytes.Repeat([]byte{'a'}, 2*block+100)
		for _, at := range []int{0, 1, 31, 32, 63, 127, 128, 129, 300, block - 1, block, 2*block - 1, 2 * block, 2*block + 99} {
			for b := range 256 {
				src[at] = byte(b)
				n, ascii := c.f(src)
				if stops(byte(b)) && n > at || n > len(src) {
					t.Fatalf("%s: passed %d bytes with %#x at %d", name, n, b, at)
				}
				if want := b < 0x80 || n <= at; ascii != want {
					t.Fatalf("%s: %#x at %d, passed %d: ASCII %t", name, b, at, n, ascii)
				}
				if left := len(src) - n; left >= c.step && !(stops(byte(b)) && at >= n && at < n+c.step) {
					t.Fatalf("%s: %d bytes left with %#x at %d", name, left, b, at)
				}
				src[at] = 'a'
			}
		}
		for n := range 300 {
			if got, ascii := c.f(src[:n]); got > n || !ascii {
				t.Fatalf("%s: passed %d of %d bytes, ASCII %t", name, got, n, ascii)
			}
		}
	}
}

func BenchmarkPlain(b *testing.B) {
	for _, n := range []int{16 << 10, 7 << 20} {
		src := bytes.Repeat([]byte("iVBORw0KGgoAAAANSUhEUgAA"), n/24)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(n))
			for b.Loop() {
				plain(src)
			}
		})
	}
}
