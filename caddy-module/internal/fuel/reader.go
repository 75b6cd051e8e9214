package fuel

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// reader decodes one section. The first error sticks: later reads yield zero values, so that callers
// may check err once per item.
type reader struct {
	b    []byte
	pos  int
	base int // offset of b[0] in the file
	err  error
}

var (
	errShort = errors.New("unexpected end, more bytes expected")
	errLEB   = errors.New("malformed number, LEB128 of its width expected")
)

// fail keeps the first error, about what stands at pos.
func (r *reader) fail(pos int, err error) {
	if r.err == nil {
		r.err = fmt.Errorf("offset %#x: %w", r.base+pos, err)
		r.pos = len(r.b)
	}
}

func (r *reader) failf(format string, args ...any) { r.fail(r.pos, fmt.Errorf(format, args...)) }

// failBefore is about the byte that was read last.
func (r *reader) failBefore(format string, args ...any) { r.fail(r.pos-1, fmt.Errorf(format, args...)) }

func (r *reader) byte() byte {
	if r.pos >= len(r.b) {
		r.fail(r.pos, errShort)
		return 0
	}
	c := r.b[r.pos]
	r.pos++
	return c
}

func (r *reader) u32() uint32 {
	v, n := uleb32(r.b, r.pos)
	if n == 0 {
		r.failNumber()
		return 0
	}
	r.pos += n
	return v
}

// number skips a number of up to width bytes: 5 for 32 bits, 10 for 64 bits.
func (r *reader) number(width int) {
	n := skipLEB(r.b, r.pos, width)
	if n == 0 {
		r.failNumber()
		return
	}
	r.pos += n
}

func (r *reader) failNumber() {
	if r.pos >= len(r.b) {
		r.fail(r.pos, errShort)
	} else {
		r.fail(r.pos, errLEB)
	}
}

func (r *reader) bytes(n uint32) []byte {
	if uint64(n) > uint64(len(r.b)-r.pos) {
		r.fail(r.pos, errShort)
		return nil
	}
	b := r.b[r.pos : r.pos+int(n)]
	r.pos += int(n)
	return b
}

func (r *reader) name() []byte {
	b := r.bytes(r.u32())
	if !utf8.Valid(b) {
		r.failf("name is not UTF-8")
		return nil
	}
	return b
}

// count reads the length of a vector of what, each item of which takes at least size bytes.
func (r *reader) count(what string, limit, size int) int {
	n := r.u32()
	if r.err != nil {
		return 0
	}
	if uint64(n) > uint64(limit) {
		r.failf("%d %s, at most %d expected", n, what, limit)
		return 0
	}
	if int(n)*size > len(r.b)-r.pos {
		r.fail(r.pos, errShort)
		return 0
	}
	return int(n)
}

// limits reads the limits of a table or memory. max is nil when there is none.
func (r *reader) limits() (min uint32, max *uint32) {
	switch flags := r.byte(); {
	case r.err != nil:
	case flags == 0:
		min = r.u32()
	case flags == 1:
		min = r.u32()
		v := r.u32()
		max = &v
	case flags == 2, flags == 3:
		r.failBefore("shared memory is not supported")
	case flags >= 4 && flags <= 7:
		r.failBefore("64-bit memory is not supported")
	default:
		r.failBefore("limits begin with %#x, 0x00 or 0x01 expected", flags)
	}
	return min, max
}

// uleb32 decodes an unsigned number at pos and its length, 0 if it is malformed.
func uleb32(b []byte, pos int) (uint32, int) {
	if uint(pos) < uint(len(b)) && b[pos] < 0x80 {
		return uint32(b[pos]), 1
	}
	var v uint32
	for i := range 5 {
		if pos+i >= len(b) {
			return 0, 0
		}
		c := b[pos+i]
		v |= uint32(c&0x7f) << (7 * i)
		if c < 0x80 {
			if i == 4 && c > 0x0f {
				return 0, 0
			}
			return v, i + 1
		}
	}
	return 0, 0
}

// skipLEB is the length of a number of at most width bytes at pos, 0 if it is malformed.
func skipLEB(b []byte, pos, width int) int {
	for i := range width {
		if pos+i >= len(b) {
			return 0
		}
		if b[pos+i] < 0x80 {
			return i + 1
		}
	}
	return 0
}

func appendU32(b []byte, v uint32) []byte {
	for v >= 0x80 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}

func appendI64(b []byte, v int64) []byte {
	for {
		c := byte(v & 0x7f)
		v >>= 7
		if v == 0 && c&0x40 == 0 || v == -1 && c&0x40 != 0 {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}

func appendName(b []byte, s string) []byte {
	return append(appendU32(b, uint32(len(s))), s...)
}
