package redact

import "github.com/longmen-gateway/longmen/plugins/redact/detect"

// visible is how many characters of a masked value stay readable at its end.
const visible = 4

// appendMask appends the masked form of an entity: asterisks for all but the last four digits of numbers, whose
// separators stay; all but the domain of an address; all but the end of a key, without its length.
func appendMask(dst []byte, typ detect.Type, value []byte) []byte {
	switch typ {
	case detect.Email:
		at := len(value)
		for i := len(value) - 1; i >= 0; i-- {
			if c := value[i]; c == '@' || c == '%' || c == 0xEF {
				at = i
				break
			}
		}
		dst = append(dst, "****"...)
		return append(dst, value[at:]...)
	case detect.APIKey, detect.JWT:
		dst = append(dst, "****"...)
		return append(dst, value[len(value)-visible:]...)
	}
	if k := typ.Kind(); k.Family == detect.Secret || k.Family == detect.Personal {
		return append(dst, "****"...) // any part of it tells too much
	}
	digits := 0
	for i := range value {
		if digitEnds(value, i) {
			digits++
		}
	}
	for i := 0; i < len(value); i++ {
		switch {
		case value[i] == 0xEF && i+2 < len(value) && digitEnds(value, i+2):
			if digits--; digits < visible {
				dst = append(dst, value[i:i+3]...)
			} else {
				dst = append(dst, '*')
			}
			i += 2
		case digitEnds(value, i):
			if digits--; digits < visible {
				dst = append(dst, value[i])
			} else {
				dst = append(dst, '*')
			}
		default:
			dst = append(dst, value[i])
		}
	}
	return dst
}

// digitEnds tells whether the last byte of an ASCII or full-width digit, or of the check character X, stands at i.
func digitEnds(b []byte, i int) bool {
	c := b[i]
	if c < 0x80 {
		return c >= '0' && c <= '9' || c|0x20 == 'x'
	}
	return i >= 2 && b[i-2] == 0xEF && (b[i-1] == 0xBC && (c >= 0x90 && c <= 0x99 || c == 0xB8) || b[i-1] == 0xBD && c == 0x98)
}
