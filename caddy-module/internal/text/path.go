package text

// paths turns key paths into strings and knows those that it made lately, because a leaf comes in many
// pieces and tools are called again and again.
type paths struct{ known map[string]string }

const (
	maxKnown     = 512 // paths that are remembered
	maxKnownPath = 128 // bytes of a path that is
)

func (p *paths) of(path []byte) string {
	if len(path) == 0 {
		return ""
	}
	if s, ok := p.known[string(path)]; ok {
		return s
	}
	s := string(path)
	if len(s) <= maxKnownPath {
		if p.known == nil || len(p.known) >= maxKnown {
			p.known = make(map[string]string)
		}
		p.known[s] = s
	}
	return s
}

// appendToken appends a member's name as a reference token of RFC 6901.
func appendToken(dst, name []byte) []byte {
	dst = append(dst, '/')
	for _, c := range name {
		switch c {
		case '~':
			dst = append(dst, '~', '0')
		case '/':
			dst = append(dst, '~', '1')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
