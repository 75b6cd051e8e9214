package redact

// What the service is shown: texts that can have names, long ones in pieces.

const (
	// maxPiece is how much of a text the service gets at once: models read a few pages, and pieces are read side by side.
	maxPiece = 16 << 10
	// overlap is how much of a piece stands in the next again where it does not end with a line, so that each name is whole in one.
	overlap = 256
)

// piece is a part of a segment that the service is shown.
type piece struct {
	segment, start, end int
	language            uint8 // in recogniser.languages
	from, to            int   // what was found, in names
}

// cut makes pieces of a text.
func (r *recogniser) cut(segment int, text []byte) {
	for start := 0; ; {
		p := piece{segment: segment, start: start, end: len(text)}
		next := len(text)
		if len(text)-start > maxPiece {
			p.end = start + maxPiece
			for !starts(text, p.end) {
				p.end--
			}
			next = p.end - overlap
			for !starts(text, next) {
				next--
			}
			for i := p.end; i > start+maxPiece/2; i-- {
				if text[i-1] == '\n' {
					p.end, next = i, i
					break
				}
			}
		}
		p.language = r.languageOf(text[p.start:p.end])
		pieces = append(pieces, p)
		if start = next; p.end == len(text) {
			return
		}
	}
}

// unbroken is how long a text without any space or punctuation has to be to be data and no words.
const unbroken = 64

// canName tells whether a text can have a name in it: it has letters, is not all data, and more than one word in small letters
// without a sentence: requests are full of "auto", "image/png" and get_weather, and nobody could tell a name among them.
func canName(text []byte) bool {
	letters, small := 0, true
	for _, c := range text {
		switch {
		case c >= 0xC3:
			return !isData(text)
		case c >= 'a' && c <= 'z':
			letters++
		case c >= 'A' && c <= 'Z':
			letters++
			small = false
		case c <= ' ':
			small = false
		}
		if letters > 1 && !small {
			return !isData(text)
		}
	}
	return false
}

// isData tells whether a text is nothing but base64 or hexadecimal digits, maybe as a data URI: one in 32 characters of it
// is a digit, which words joined by hyphens have not.
func isData(text []byte) bool {
	if len(text) > 5 && string(text[:5]) == "data:" {
		const mark = ";base64,"
		for i := 5; i < min(len(text)-len(mark), 128); i++ {
			if string(text[i:i+len(mark)]) == mark {
				text = text[i+len(mark):]
				break
			}
		}
	}
	if len(text) < unbroken {
		return false
	}
	digits := 0
	for _, c := range text {
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z', c == '+', c == '/', c == '=', c == '-', c == '_':
		case c >= '0' && c <= '9':
			digits++
		default:
			return false
		}
	}
	return digits*32 >= len(text)
}
