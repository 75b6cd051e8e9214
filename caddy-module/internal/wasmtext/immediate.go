package wasmtext

import (
	"encoding/binary"
	"strings"
)

func isIndex(n *node) bool { return n.isID() || n.kind == 'a' && n.text[0] >= '0' && n.text[0] <= '9' }

func (f *body) index(c *cursor, s *space) error {
	n, err := c.next("name or number of a " + s.kind)
	if err != nil {
		return err
	}
	i, err := s.find(n)
	f.out = appendU(f.out, i)
	return err
}

// optional reads an index that is 0 when it is left out.
func (f *body) optional(c *cursor, s *space) error {
	if n := c.peek(); n != nil && isIndex(n) {
		return f.index(c, s)
	}
	f.out = append(f.out, 0)
	return nil
}

func (f *body) block(c *cursor) error {
	label := ""
	if id := c.id(); id != nil {
		label = id.text
	}
	f.labels = append(f.labels, label)
	use := c.peek() != nil && c.peek().isList("type")
	at := c.i
	s, _, err := f.a.signature(c)
	if err != nil {
		return err
	}
	switch {
	case !use && len(s.params) == 0 && len(s.results) == 0:
		f.out = append(f.out, 0x40)
	case !use && len(s.params) == 0 && len(s.results) == 1:
		f.out = append(f.out, s.results[0])
	default:
		c.i = at
		index, _, _, err := f.a.typeUse(c)
		if err != nil {
			return err
		}
		f.out = appendS(f.out, int64(index))
	}
	return nil
}

func (f *body) label(c *cursor) error {
	n, err := c.next("label")
	if err != nil {
		return err
	}
	if !n.isID() {
		v, err := n.uint(32)
		f.out = appendU(f.out, uint32(v))
		return err
	}
	for i := len(f.labels) - 1; i >= 0; i-- {
		if f.labels[i] == n.text {
			f.out = appendU(f.out, uint32(len(f.labels)-1-i))
			return nil
		}
	}
	return n.fail("unknown label %s", n)
}

// memory reads offset=… and align=….
func (f *body) memory(c *cursor, align byte) error {
	var offset uint64
	for n := c.peek(); n != nil && n.kind == 'a'; n = c.peek() {
		name, value, ok := strings.Cut(n.text, "=")
		if !ok || name != "offset" && name != "align" {
			break
		}
		c.i++
		v, err := (&node{line: n.line, column: n.column, kind: 'a', text: value}).uint(32)
		if err != nil {
			return err
		}
		if name == "offset" {
			offset = v
			continue
		}
		if v == 0 || v&(v-1) != 0 || v > 16 {
			return n.fail("alignment of a power of two up to 16 expected, got %s", n)
		}
		align = 0
		for ; v > 1; v >>= 1 {
			align++
		}
	}
	f.out = appendU(append(f.out, align), uint32(offset))
	return nil
}

func (f *body) lanes(c *cursor, count int) error {
	for range count {
		n, err := c.next("lane")
		if err != nil {
			return err
		}
		v, err := n.uint(8)
		if err != nil {
			return err
		}
		f.out = append(f.out, byte(v))
	}
	return nil
}

func (f *body) constant(c *cursor, imm immediate) error {
	if imm == immV128 {
		if !c.atom("i64x2") {
			return c.n.fail("i64x2 and two numbers expected after v128.const")
		}
		for range 2 {
			n, err := c.next("number")
			if err != nil {
				return err
			}
			v, err := n.int(64)
			if err != nil {
				return err
			}
			f.out = binary.LittleEndian.AppendUint64(f.out, uint64(v))
		}
		return nil
	}
	n, err := c.next("number")
	if err != nil {
		return err
	}
	var v int64
	var d float64
	switch imm {
	case immI32:
		v, err = n.int(32)
		f.out = appendS(f.out, v)
	case immI64:
		v, err = n.int(64)
		f.out = appendS(f.out, v)
	case immF32:
		d, err = n.float(32)
		f.out = appendF32(f.out, d)
	case immF64:
		d, err = n.float(64)
		f.out = appendF64(f.out, d)
	}
	return err
}
