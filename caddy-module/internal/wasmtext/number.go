package wasmtext

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
)

// digits yields the text of a number for strconv: underscores are allowed between digits only.
func (n *node) digits() (string, bool) {
	s := n.text
	if n.kind != 'a' || strings.HasSuffix(s, "_") || strings.HasPrefix(s, "_") || strings.Contains(s, "__") {
		return "", false
	}
	return strings.ReplaceAll(s, "_", ""), true
}

// base splits the prefix of a hexadecimal number off.
func base(s string) (string, int) {
	if hex, ok := strings.CutPrefix(s, "0x"); ok {
		return hex, 16
	}
	return s, 10
}

func (n *node) uint(bits int) (uint64, error) {
	s, ok := n.digits()
	if !ok || s == "" || s[0] < '0' || s[0] > '9' {
		return 0, n.fail("number expected, got %s", n)
	}
	s, b := base(s)
	v, err := strconv.ParseUint(s, b, bits)
	if err != nil {
		return 0, n.fail("number of %d bits expected, got %s", bits, n)
	}
	return v, nil
}

// int reads a number that may be written signed or unsigned and yields its signed form.
func (n *node) int(bits int) (int64, error) {
	s, ok := n.digits()
	if !ok {
		return 0, n.fail("number expected, got %s", n)
	}
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if s == "" || s[0] < '0' || s[0] > '9' {
		return 0, n.fail("number expected, got %s", n)
	}
	s, b := base(s)
	v, err := strconv.ParseUint(s, b, bits)
	if err != nil || negative && v > 1<<(bits-1) {
		return 0, n.fail("number of %d bits expected, got %s", bits, n)
	}
	if negative {
		return -int64(v), nil
	}
	shift := 64 - bits
	return int64(v<<shift) >> shift, nil
}

func (n *node) float(bits int) (float64, error) {
	s, ok := n.digits()
	if !ok || s == "" {
		return 0, n.fail("floating point number expected, got %s", n)
	}
	switch strings.TrimLeft(s, "+-") {
	case "inf", "nan":
	default:
		if c := strings.TrimLeft(s, "+-"); c == "" || c[0] < '0' || c[0] > '9' {
			return 0, n.fail("floating point number expected, got %s", n)
		}
	}
	if strings.Contains(s, "0x") && !strings.ContainsAny(s, "pP") {
		s += "p0"
	}
	if strings.HasSuffix(s, "nan") {
		s = "nan" // strconv takes no sign here, and the one of NaN says nothing
	}
	v, err := strconv.ParseFloat(s, bits)
	if err != nil {
		return 0, n.fail("floating point number of %d bits expected, got %s", bits, n)
	}
	return v, nil
}

func appendU(b []byte, v uint32) []byte { return binary.AppendUvarint(b, uint64(v)) }

func appendS(b []byte, v int64) []byte {
	for {
		c := byte(v & 0x7f)
		v >>= 7
		if v == 0 && c&0x40 == 0 || v == -1 && c&0x40 != 0 {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}

func appendF32(b []byte, v float64) []byte {
	bits := math.Float32bits(float32(v))
	if v != v {
		bits = 0x7fc00000 // the canonical NaN, Go's is another
	}
	return binary.LittleEndian.AppendUint32(b, bits)
}

func appendF64(b []byte, v float64) []byte {
	bits := math.Float64bits(v)
	if v != v {
		bits = 0x7ff8 << 48
	}
	return binary.LittleEndian.AppendUint64(b, bits)
}

func appendText(b []byte, s string) []byte { return append(appendU(b, uint32(len(s))), s...) }

// appendSection writes one section of a module: a vector of items.
func appendSection(b []byte, id byte, items [][]byte) []byte {
	if len(items) == 0 {
		return b
	}
	content := appendU(nil, uint32(len(items)))
	for _, item := range items {
		content = append(content, item...)
	}
	b = append(b, id)
	b = appendU(b, uint32(len(content)))
	return append(b, content...)
}
