package wasmtext

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// node is an atom, a string or a list of the source.
type node struct {
	line, column int
	text         string  // of an atom; content of a string
	kind         byte    // 'a'tom, 's'tring, 'l'ist
	list         []*node // of a list
}

func (n *node) isID() bool { return n.kind == 'a' && n.text[0] == '$' }

func (n *node) isList(head string) bool {
	return n.kind == 'l' && len(n.list) > 0 && n.list[0].kind == 'a' && n.list[0].text == head
}

// String describes the node in an error.
func (n *node) String() string {
	switch {
	case n.kind == 's':
		return "a string"
	case n.kind == 'a':
		return n.text
	case len(n.list) > 0 && n.list[0].kind == 'a':
		return "(" + n.list[0].text + " …)"
	}
	return "a list"
}

// maxDepth bounds the nesting of lists.
const maxDepth = 1000

type parser struct {
	src          string
	pos          int
	line, column int
}

func parse(src string) (*node, error) {
	p := &parser{src: src, line: 1, column: 1}
	root, err := p.next(0)
	if err != nil {
		return nil, err
	}
	if root == nil || root.kind != 'l' {
		return nil, p.fail("(module …) expected")
	}
	more, err := p.next(0)
	if err != nil {
		return nil, err
	}
	if more != nil {
		return nil, more.fail("nothing expected after the module")
	}
	return root, nil
}

func (p *parser) fail(problem string) error { return &Error{p.line, p.column, problem} }

func (p *parser) skip(n int) {
	for range n {
		if p.src[p.pos] == '\n' {
			p.line++
			p.column = 0
		}
		p.pos++
		p.column++
	}
}

// space skips white space and comments.
func (p *parser) space() error {
	for p.pos < len(p.src) {
		rest := p.src[p.pos:]
		switch {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			p.skip(1)
		case strings.HasPrefix(rest, ";;"):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest)
			}
			p.skip(n)
		case strings.HasPrefix(rest, "(;"):
			depth := 0
			for {
				rest = p.src[p.pos:]
				switch {
				case rest == "":
					return p.fail("comment without end")
				case strings.HasPrefix(rest, "(;"):
					depth++
					p.skip(2)
				case strings.HasPrefix(rest, ";)"):
					depth--
					p.skip(2)
				default:
					p.skip(1)
				}
				if depth == 0 {
					break
				}
			}
		default:
			return nil
		}
	}
	return nil
}

// next reads a node, nil at the end of the source.
func (p *parser) next(depth int) (*node, error) {
	if err := p.space(); err != nil {
		return nil, err
	}
	if p.pos == len(p.src) {
		return nil, nil
	}
	n := &node{line: p.line, column: p.column}
	switch c := p.src[p.pos]; {
	case c == '(':
		if depth > maxDepth {
			return nil, p.fail("too many nested lists")
		}
		n.kind = 'l'
		p.skip(1)
		for {
			if err := p.space(); err != nil {
				return nil, err
			}
			if p.pos == len(p.src) {
				return nil, n.fail("( without )")
			}
			if p.src[p.pos] == ')' {
				p.skip(1)
				return n, nil
			}
			item, err := p.next(depth + 1)
			if err != nil {
				return nil, err
			}
			n.list = append(n.list, item)
		}
	case c == ')':
		return nil, p.fail(") without (")
	case c == '"':
		n.kind = 's'
		return n, p.str(n)
	default:
		n.kind = 'a'
		end := p.pos
		for end < len(p.src) && p.src[end] > ' ' && p.src[end] < 0x7f && strings.IndexByte("()\";,[]{}", p.src[end]) < 0 {
			end++
		}
		if end == p.pos {
			return nil, p.fail("unexpected character " + strconv.QuoteRune(rune(c)))
		}
		n.text = p.src[p.pos:end]
		p.skip(end - p.pos)
		return n, nil
	}
}

// str reads a string into n.
func (p *parser) str(n *node) error {
	var b strings.Builder
	p.skip(1)
	for {
		if p.pos == len(p.src) || p.src[p.pos] == '\n' {
			return n.fail("string without end")
		}
		c := p.src[p.pos]
		if c == '"' {
			p.skip(1)
			n.text = b.String()
			return nil
		}
		if c != '\\' {
			b.WriteByte(c)
			p.skip(1)
			continue
		}
		rest := p.src[p.pos+1:]
		if rest == "" {
			return n.fail("string without end")
		}
		size := 2
		switch rest[0] {
		case 't':
			b.WriteByte('\t')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case '"', '\'', '\\':
			b.WriteByte(rest[0])
		case 'u':
			end := strings.IndexByte(rest, '}')
			if !strings.HasPrefix(rest, "u{") || end < 0 {
				return p.fail(`\u{…} expected`)
			}
			v, err := strconv.ParseUint(rest[2:end], 16, 32)
			if err != nil || !utf8.ValidRune(rune(v)) {
				return p.fail("no Unicode character")
			}
			b.WriteRune(rune(v))
			size = end + 2
		default:
			if len(rest) < 2 {
				return p.fail("unknown escape")
			}
			v, err := strconv.ParseUint(rest[:2], 16, 8)
			if err != nil {
				return p.fail("unknown escape")
			}
			b.WriteByte(byte(v))
			size = 3
		}
		p.skip(size)
	}
}
