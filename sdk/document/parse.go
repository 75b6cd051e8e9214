package document

import (
	"math"
	"slices"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// Parse reads a JSON text as RFC 8259 defines it and returns its value. Several texts may be parsed
// into one arena. The arena keeps src, which must not change until Reset.
//
// The text must be valid UTF-8 without byte order mark, nest at most MaxDepth levels and have at most
// MaxValues values; elements of an array of numbers alone count apart. Escaped lone surrogates (\ud800) are accepted, read as U+FFFD, and stay as they are in unedited text. Duplicate
// members are all kept. The error is a *SyntaxError; the arena then is as before the call.
func (a *Arena) Parse(src []byte) (Node, error) {
	a.begin()
	if uint64(len(src)) > maxText {
		return 0, &SyntaxError{Expected: "a text of at most 4 GiB"}
	}
	if len(a.texts) > 0xffff {
		if uint64(len(a.texts[0]))+uint64(len(src)) > maxText {
			return 0, &SyntaxError{Expected: "an arena with room for the text"}
		}
		start := len(a.texts[0])
		a.texts[0] = append(a.texts[0], src...)
		n, err := a.document(0, a.texts[0], start)
		if err != nil {
			a.texts[0] = a.texts[0][:start]
			return 0, err
		}
		return n, nil
	}
	a.texts = append(a.texts, src)
	n, err := a.document(uint16(len(a.texts)-1), src, 0)
	if err != nil {
		a.texts[len(a.texts)-1] = nil
		a.texts = a.texts[:len(a.texts)-1]
		return 0, err
	}
	return n, nil
}

// document parses src from pos to its end as one value.
func (a *Arena) document(text uint16, src []byte, pos int) (Node, error) {
	begin := pos
	before := len(a.nodes)
	pos = skipSpace(src, pos)
	n := Node(before)
	a.nodes = append(a.nodes, node{text: text, start: uint32(pos)})
	var err *SyntaxError
	if pos < len(src) && (src[pos] == '{' || src[pos] == '[') {
		pos, err = a.build(text, src, pos, n, false)
	} else {
		pos, err = a.nodes[n].scalar(src, pos)
	}
	if err == nil {
		if pos = skipSpace(src, pos); pos < len(src) {
			err = &SyntaxError{pos, "end of text"}
		}
	}
	if err != nil {
		a.nodes = a.nodes[:before]
		err.Offset -= begin
		return 0, err
	}
	return n, nil
}

// build makes the nodes below the array or object that opens at src[pos], whose node is top, and
// returns the offset behind it. It needs no stack: the way back is in the nodes. After an error the
// arena has no new nodes.
//
// A long array of numbers alone (an embedding, tokens) gets no nodes before it is visited: they would
// take many times the memory of its text. visit says that top is being visited.
func (a *Arena) build(text uint16, src []byte, pos int, top Node, visit bool) (int, *SyntaxError) {
	nodes := a.nodes
	most := len(nodes) + MaxValues
	if visit {
		most = math.MaxInt
	}
	nodes[top].open(src[pos])
	closer := src[pos] + 2 // '[' 0x5b ']' 0x5d, '{' 0x7b '}' 0x7d
	cur, last := top, Node(0)
	depth, opened := 1, true
	pos = skipSpace(src, pos+1)
	for {
		if !opened || pos >= len(src) || src[pos] != closer {
			nd := node{text: text, parent: cur, prev: last}
			if closer == '}' {
				var err *SyntaxError
				if pos, err = nd.name(src, pos, opened); err != nil {
					return 0, err
				}
			}
			n := Node(len(nodes))
			if last != 0 {
				nodes[last].next = n
			} else {
				nodes[cur].first = n
			}
			nodes[cur].count++
			nd.start = uint32(pos)
			if len(nodes) >= most {
				return 0, &SyntaxError{pos, "at most 1048576 values"}
			}
			if len(nodes) == cap(nodes) {
				nodes = slices.Grow(nodes, len(nodes)) // append alone would grow large slices in small steps
			}
			if pos < len(src) && (src[pos] == '{' || src[pos] == '[') {
				if depth++; depth > MaxDepth {
					return 0, &SyntaxError{pos, "at most 512 levels of nesting"}
				}
				closer, opened = src[pos]+2, true
				nd.open(src[pos])
				nodes = append(nodes, nd)
				cur, last = n, 0
				pos = skipSpace(src, pos+1)
				continue
			}
			var err *SyntaxError
			if pos, err = nd.scalar(src, pos); err != nil {
				return 0, err
			}
			nodes = append(nodes, nd)
			last = n
			pos = skipSpace(src, pos)
			if nodes[cur].count == longNumbers && closer == ']' && !(visit && cur == top) && numbers(nodes[cur+1:]) {
				end, count, err := skipNumbers(src, pos)
				if err != nil {
					return 0, err
				}
				if end != 0 {
					nodes = nodes[:cur+1]
					nd := &nodes[cur]
					nd.flags |= flagLazy
					nd.first, nd.count = 0, uint32(longNumbers+count)
					last, pos = 0, end
				}
			}
		}
		// Behind a value: close what ends here, up to the next comma.
		for {
			if pos >= len(src) || src[pos] != ',' && src[pos] != closer {
				if closer == '}' {
					return 0, &SyntaxError{pos, "comma or closing brace"}
				}
				return 0, &SyntaxError{pos, "comma or closing bracket"}
			}
			pos++
			if src[pos-1] == ',' {
				pos = skipSpace(src, pos)
				opened = false
				break
			}
			nd := &nodes[cur]
			nd.end = uint32(pos)
			if last != 0 {
				nodes[nd.first].prev = last
			}
			if cur == top {
				a.nodes = nodes
				return pos, nil
			}
			last, cur = cur, nd.parent
			up := &nodes[cur]
			up.height = max(up.height, nd.height+1)
			closer = ']'
			if up.kind == abi.KindObject {
				closer = '}'
			}
			depth--
			pos = skipSpace(src, pos)
		}
	}
}

// numbers tells whether the nodes behind an array's are its elements and all numbers.
func numbers(nodes []node) bool {
	if len(nodes) != longNumbers {
		return false
	}
	for i := range nodes {
		if nodes[i].kind != abi.KindNumber {
			return false
		}
	}
	return true
}

// skipNumbers goes over further elements of an array as long as they are numbers, to its closing
// bracket. end is 0 when it meets something else.
func skipNumbers(src []byte, pos int) (end, count int, err *SyntaxError) {
	for pos < len(src) && src[pos] == ',' {
		pos = skipSpace(src, pos+1)
		if pos >= len(src) || src[pos] != '-' && src[pos]-'0' > 9 {
			return 0, 0, nil
		}
		if pos, err = scanNumber(src, pos); err != nil {
			return 0, 0, err
		}
		if count++; count >= MaxValues {
			return 0, 0, &SyntaxError{pos, "at most 1048576 numbers"}
		}
		pos = skipSpace(src, pos)
	}
	if pos < len(src) && src[pos] == ']' {
		return pos, count, nil
	}
	return 0, 0, nil
}

// open makes nd an array or object, by its opening bracket.
func (nd *node) open(bracket byte) {
	nd.kind, nd.height = abi.KindArray, 1
	if bracket == '{' {
		nd.kind = abi.KindObject
	}
}

// name reads a member name and its colon, up to the value.
func (nd *node) name(src []byte, pos int, first bool) (int, *SyntaxError) {
	if pos >= len(src) || src[pos] != '"' {
		if first {
			return 0, &SyntaxError{pos, "member name in double quotes or closing brace"}
		}
		return 0, &SyntaxError{pos, "member name in double quotes"}
	}
	end, escaped, err := scanString(src, pos+1)
	if err != nil {
		return 0, err
	}
	nd.keyText, nd.key, nd.keyEnd = nd.text, uint32(pos+1), uint32(end)
	if escaped {
		nd.flags = flagKeyEscaped
	}
	if pos = skipSpace(src, end+1); pos >= len(src) || src[pos] != ':' {
		return 0, &SyntaxError{pos, "colon"}
	}
	return skipSpace(src, pos+1), nil
}

// scalar reads the string, number or literal at src[pos] into nd.
func (nd *node) scalar(src []byte, pos int) (int, *SyntaxError) {
	if pos >= len(src) {
		return 0, &SyntaxError{pos, "value"}
	}
	end, literal := 0, ""
	switch c := src[pos]; c {
	case '"':
		close, escaped, err := scanString(src, pos+1)
		if err != nil {
			return 0, err
		}
		nd.kind = abi.KindString
		if escaped {
			nd.flags |= flagEscaped
		}
		end = close + 1
	case 't':
		nd.kind, literal = abi.KindBool, "true"
	case 'f':
		nd.kind, literal = abi.KindBool, "false"
	case 'n':
		nd.kind, literal = abi.KindNull, "null"
	default:
		if c != '-' && (c < '0' || c > '9') {
			return 0, &SyntaxError{pos, "value"}
		}
		var err *SyntaxError
		if end, err = scanNumber(src, pos); err != nil {
			return 0, err
		}
		nd.kind = abi.KindNumber
	}
	if literal != "" {
		if end = pos + len(literal); end > len(src) || string(src[pos:end]) != literal {
			return 0, &SyntaxError{pos, literal}
		}
	}
	nd.end = uint32(end)
	return end, nil
}
