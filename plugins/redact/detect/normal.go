package detect

// AppendNormal appends the normal form of an entity: what two spellings of one value have in common. Addresses
// are lower case; numbers are their digits, phone numbers without the country code where the national
// form is known (China, North America), otherwise with a plus; keys stay as they are.
func AppendNormal(dst []byte, typ Type, value []byte) []byte {
	switch typ {
	case Email:
		for i := 0; i < len(value); i++ {
			c := value[i]
			switch {
			case c == wideLead && i+2 < len(value) && value[i+1] == 0xBC && value[i+2] == 0xA0:
				c = '@'
				i += 2
			case c == '%' && i+2 < len(value) && value[i+1] == '4' && value[i+2] == '0':
				c = '@'
				i += 2
			}
			dst = append(dst, lower(c))
		}
		return dst
	case Phone, PaymentCard, CNResidentID:
	default:
		switch typ.Kind().Family {
		case Identity, Finance, Health:
			return appendCode(dst, value)
		}
		return append(dst, value...)
	}
	from := len(dst)
	plus := false
	for i := 0; i < len(value); {
		if w := digitAt(value, i); w != 0 {
			dst = append(dst, '0'+value[i+w-1]&0x0f)
			i += w
			continue
		}
		if v, w := numeral(value, i); w != 0 {
			dst = append(dst, '0'+v)
			i += w
			continue
		}
		if typ == CNResidentID {
			if w := checkX(value, i); w != 0 {
				dst = append(dst, 'X')
				i += w
				continue
			}
		}
		if i == 0 && (value[0] == '+' || value[0] == '%' || value[0] == wideLead) {
			plus = true
			if value[0] == '%' { // %2B
				i = min(3, len(value))
				continue
			}
		}
		if value[i] == '(' && i+2 < len(value) && value[i+1] == '0' && value[i+2] == ')' {
			i += 3 // a trunk zero
			continue
		}
		plus = plus || value[i] == '+'
		i++
	}
	if typ != Phone {
		return dst
	}
	d := dst[from:]
	strip := 0
	switch {
	case len(d) == 15 && string(d[:4]) == "0086":
		strip = 4
	case len(d) == 13 && string(d[:3]) == "861":
		strip = 2
	case len(d) == 11 && d[0] == '1':
		if p := uint(d[1]-'0')*10 + uint(d[2]-'0'); plus || mobilePrefixes[p>>6]>>(p&63)&1 == 0 {
			strip = 1
		}
	case plus:
		dst = append(dst, 0)
		copy(dst[from+1:], dst[from:])
		dst[from] = '+'
		return dst
	}
	copy(d, d[strip:])
	return dst[:len(dst)-strip]
}

// appendCode appends the letters and digits of a code, in capitals.
func appendCode(dst, value []byte) []byte {
	for i := 0; i < len(value); i++ {
		c := value[i]
		if c >= 0x80 {
			k, w := plain(value, i)
			if w == 0 {
				dst = append(dst, c)
				continue
			}
			c = k
			i += w - 1
		}
		if class[c]&isLower != 0 {
			c -= 0x20
		}
		if class[c]&isAlnum != 0 {
			dst = append(dst, c)
		}
	}
	return dst
}
