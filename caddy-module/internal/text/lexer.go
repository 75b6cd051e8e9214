package text

import "strconv"

// lexer cuts the pieces of a JSON text, as they come in, into strings that are values and everything
// else. It never needs bytes twice, except those of an open string that were held back: those come
// again in front of the next piece.
type lexer struct {
	state lexState
	plain bool // the text is not JSON: all of it is one string
	word  string
	stack []frame
	path  []byte // of the value that is being read
	key   []byte // what has gone out of the open key, as it stands
	name  string // path of the open string, of an open key that of its object
}

// frame is an open array or object.
type frame struct {
	array bool
	index int64
	base  int // length of the path in front of what is inside
}

type lexState uint8

const (
	lexValue   lexState = iota // a value has to come
	lexElement                 // a value or ]
	lexMember                  // a key or }
	lexKey                     // inside a key
	lexColon
	lexString // inside a string that is a value
	lexWord   // inside true, false or null
	lexNumber
	lexBehind // behind a value
)

const (
	maxLexDepth = 512
	maxLexPath  = 4 << 10 // bytes of a path; longer ones are cut
	maxLexKey   = 1 << 10 // bytes of a key that count
)

// token is a stretch of a JSON text.
type token struct {
	start, end int
	text       bool // a string's inside, not structure
	plain      bool // not JSON: stands as it is
	key        bool // the string is the name of a member
	closed     bool // nothing more of this string follows
	escaped    bool
	path       string
	seg        int32 // its segment, -1 if it has none
}

// feed appends the tokens of raw, which cover it up to the returned length: what is behind belongs to
// an escape that is not complete.
func (x *lexer) feed(dst []token, raw []byte, names *paths) ([]token, int) {
	i := 0
	for i < len(raw) {
		if x.plain {
			return append(dst, token{start: i, end: len(raw), text: true, plain: true, seg: -1}), len(raw)
		}
		if x.state != lexString && x.state != lexKey {
			start := i
			i = x.structure(raw, i, names)
			if i > start {
				dst = append(dst, token{start: start, end: i, seg: -1})
			}
			continue
		}
		t := token{start: i, text: true, key: x.state == lexKey, path: x.name, seg: -1}
		t.end, t.escaped = stringEnd(raw, i)
		i = t.end
		switch {
		case i == len(raw):
		case raw[i] == '"':
			t.closed = true
			if x.state = lexBehind; t.key {
				x.named(raw[t.start:t.end])
			}
			i++
		default:
			n := unit(raw[i:])
			if n == 0 { // an escape that goes on in the next piece
				return append(dst, t), i
			}
			x.plain, t.closed = true, true
		}
		dst = append(dst, t)
		if t.closed && !x.plain {
			dst = append(dst, token{start: i - 1, end: i, seg: -1})
		}
	}
	return dst, len(raw)
}

// stringEnd is where the string that raw is inside of at i ends: at a quote, at an escape that is not
// complete or none at all, or at the end of raw.
func stringEnd(raw []byte, i int) (end int, escaped bool) {
	for i < len(raw) {
		switch raw[i] {
		case '"':
			return i, escaped
		case '\\':
			n := unit(raw[i:])
			if n <= 0 {
				return i, escaped
			}
			escaped = true
			i += n
		default:
			i++
		}
	}
	return i, escaped
}

// structure reads up to the inside of the next string that is a value, to the end of raw, or to where
// raw is no JSON, which it notes.
func (x *lexer) structure(raw []byte, i int, names *paths) int {
	for i < len(raw) {
		c := raw[i]
		switch x.state {
		case lexWord:
			if x.word != "" && c == x.word[0] {
				if x.word = x.word[1:]; x.word == "" {
					x.state = lexBehind
				}
				i++
				continue
			}
			x.plain = true
			return i
		case lexNumber:
			if c >= '0' && c <= '9' || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-' {
				i++
				continue
			}
			x.state = lexBehind
			continue
		}
		if c == ' ' || c == '\t' || c == '\n' || c == '\r' {
			i++
			continue
		}
		if !x.punctuation(c) {
			x.plain = true
			return i
		}
		i++
		switch x.state {
		case lexString:
			x.name = names.of(x.path)
			return i
		case lexKey:
			x.name = names.of(x.path[:x.stack[len(x.stack)-1].base])
			return i
		}
	}
	return i
}

// punctuation takes one character outside of strings, numbers and words; false when it may not stand here.
func (x *lexer) punctuation(c byte) bool {
	switch x.state {
	case lexElement, lexValue:
		if c == ']' && x.state == lexElement {
			return x.pop(true)
		}
		return x.value(c)
	case lexMember:
		switch c {
		case '"':
			x.state, x.key = lexKey, x.key[:0]
			return true
		case '}':
			return x.pop(false)
		}
	case lexColon:
		x.state = lexValue
		return c == ':'
	case lexBehind:
		if len(x.stack) == 0 {
			// Some servers send the arguments of several calls as one text.
			return (c == '{' || c == '[') && x.value(c)
		}
		top := &x.stack[len(x.stack)-1]
		switch {
		case c == ',' && top.array:
			top.index++
			x.element(top)
			x.state = lexValue
			return true
		case c == ',':
			x.path = x.path[:top.base]
			x.state = lexMember
			return true
		case c == ']':
			return x.pop(true)
		case c == '}':
			return x.pop(false)
		}
	}
	return false
}

// value takes a value's first character.
func (x *lexer) value(c byte) bool {
	switch c {
	case '"':
		x.state = lexString
	case '{', '[':
		if len(x.stack) >= maxLexDepth {
			return false
		}
		x.stack = append(x.stack, frame{array: c == '[', base: len(x.path)})
		x.state = lexMember
		if c == '[' {
			x.state = lexElement
			x.element(&x.stack[len(x.stack)-1])
		}
	case 't':
		x.state, x.word = lexWord, "rue"
	case 'f':
		x.state, x.word = lexWord, "alse"
	case 'n':
		x.state, x.word = lexWord, "ull"
	default:
		x.state = lexNumber
		return c == '-' || c >= '0' && c <= '9'
	}
	return true
}

// element makes the path lead to the array's current element.
func (x *lexer) element(top *frame) {
	if x.path = x.path[:top.base]; len(x.path) < maxLexPath {
		x.path = strconv.AppendInt(append(x.path, '/'), top.index, 10)
	}
}

func (x *lexer) pop(array bool) bool {
	last := len(x.stack) - 1
	if last < 0 || x.stack[last].array != array {
		return false
	}
	x.path = x.path[:x.stack[last].base]
	x.stack = x.stack[:last]
	x.state = lexBehind
	return true
}

// named makes the path lead to the member whose name ends with rest.
func (x *lexer) named(rest []byte) {
	x.passed(rest)
	top := &x.stack[len(x.stack)-1]
	if x.path = x.path[:top.base]; len(x.path) < maxLexPath {
		var buf [64]byte
		x.path = appendToken(x.path, appendUnescaped(buf[:0], x.key))
	}
	x.state, x.key = lexColon, x.key[:0]
}

// passed notes what has gone out of the open key.
func (x *lexer) passed(raw []byte) {
	x.key = append(x.key, raw[:min(len(raw), maxLexKey-len(x.key))]...)
}
