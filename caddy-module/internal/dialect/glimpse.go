package dialect

import (
	"bytes"
	"unicode/utf8"
)

// maxName is how long a model's name may be, in bytes, to be seen by who does not read the document.
const maxName = 256

// Glimpse tells of a request whose body nobody reads otherwise which model it asks for, "" if that is not plain to see, and whether it asks
// for a stream. It sees what a reader of the document would see, if the body is one and spells both members and the model without escapes,
// and costs a small part of reading it.
func (d *Dialect) Glimpse(body []byte) (model string, stream bool) {
	named, streams := glimpse(body, d.modelKey, d.streamKey)
	model = plainName(named)
	switch {
	case bytes.HasPrefix(streams, yes):
		return model, true
	case bytes.HasPrefix(streams, no):
		return model, false
	}
	return model, d.desc.Request.Streams
}

// plainName is the JSON string with which text begins, "" if that is none, too long, or has escapes.
func plainName(text []byte) string {
	if len(text) < 2 || text[0] != '"' {
		return ""
	}
	name, _, ended := bytes.Cut(text[1:min(len(text), maxName+2)], []byte{'"'})
	if !ended || bytes.IndexByte(name, '\\') >= 0 || !utf8.Valid(name) {
		return ""
	}
	return string(name)
}

var yes, no = []byte("true"), []byte("false")

// glimpse finds what stands behind two members of the object that body is, behind the last ones of their names, which are given in quotes. It
// steps over strings and judges nothing.
func glimpse(body, one, two []byte) (behindOne, behindTwo []byte) {
	depth := 0
	for pos := 0; pos < len(body); pos++ {
		switch body[pos] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			end := closing(body, pos+1)
			if depth == 1 {
				switch name := body[pos:end]; {
				case bytes.Equal(name, one):
					behindOne = behind(body[end:], behindOne)
				case bytes.Equal(name, two):
					behindTwo = behind(body[end:], behindTwo)
				}
			}
			pos = end - 1
		}
	}
	return behindOne, behindTwo
}

// behind is the value in front of which the colon stands with which rest begins; else it is what it was.
func behind(rest, was []byte) []byte {
	if rest = bytes.TrimLeft(rest, " \t\r\n"); len(rest) == 0 || rest[0] != ':' {
		return was
	}
	return bytes.TrimLeft(rest[1:], " \t\r\n")
}

// closing is where the string ends whose first byte is body[pos], behind its quote.
func closing(body []byte, pos int) int {
	for {
		at := bytes.IndexByte(body[pos:], '"')
		if at < 0 {
			return len(body)
		}
		pos += at + 1
		slashes := 0
		for body[pos-2-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return pos
		}
	}
}
