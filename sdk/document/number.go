package document

import (
	"math"
	"strconv"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// Int gives a number that is an integer within int64, however it is spelled: 12, -0, 1e3 and 2.50e1
// are integers. The spelling is never rounded through a float.
func (a *Arena) Int(n Node) (int64, bool) {
	_, nd := a.ref(n)
	if nd.kind != abi.KindNumber {
		return 0, false
	}
	return parseInt(a.raw(nd))
}

// Float gives a number rounded to float64; false for other kinds and for numbers beyond its range.
func (a *Arena) Float(n Node) (float64, bool) {
	_, nd := a.ref(n)
	if nd.kind != abi.KindNumber {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(a.raw(nd)), 64)
	return f, err == nil
}

// parseInt reads the integer that a JSON number stands for.
func parseInt(s []byte) (int64, bool) {
	negative := len(s) > 0 && s[0] == '-'
	if negative {
		s = s[1:]
	}
	var v uint64         // the digits up to the last one that is not 0
	var zeros int64      // zeros behind them
	var point, exp int64 // digits behind the decimal point; the exponent
	fraction := false
	for i, c := range s {
		switch {
		case c == '.':
			fraction = true
			continue
		case c == 'e' || c == 'E':
			exp = parseExponent(s[i+1:])
		case c == '0':
			if fraction {
				point++
			}
			if v != 0 {
				zeros++
			}
			continue
		case c >= '1' && c <= '9':
			if fraction {
				point++
			}
			for ; zeros >= 0; zeros-- {
				if v > math.MaxUint64/10 {
					return 0, false
				}
				v *= 10
			}
			zeros = 0
			if v += uint64(c - '0'); v < uint64(c-'0') {
				return 0, false
			}
			continue
		}
		break
	}
	if v == 0 {
		return 0, len(s) > 0
	}
	if exp += zeros - point; exp < 0 {
		return 0, false
	}
	for ; exp > 0; exp-- {
		if v > math.MaxUint64/10 {
			return 0, false
		}
		v *= 10
	}
	if negative {
		if v > 1<<63 {
			return 0, false
		}
		return -int64(v), true
	}
	return int64(v), v <= math.MaxInt64
}

// parseExponent reads an exponent, bounded so that sums with lengths of texts do not overflow.
func parseExponent(s []byte) int64 {
	negative := len(s) > 0 && s[0] == '-'
	v := int64(0)
	for _, c := range s {
		if c >= '0' && c <= '9' && v < 1<<40 {
			v = v*10 + int64(c-'0')
		}
	}
	if negative {
		return -v
	}
	return v
}

// appendFloat spells f as ECMAScript does, like encoding/json.
func appendFloat(dst []byte, f float64) []byte {
	abs := math.Abs(f)
	if abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
		// e-09 to e-9
		if n := len(dst); n >= 4 && dst[n-4] == 'e' && dst[n-3] == '-' && dst[n-2] == '0' {
			dst[n-2] = dst[n-1]
			dst = dst[:n-1]
		}
		return dst
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}
