package wasmtext

import (
	"encoding/binary"
	"strings"
)

// body assembles one function body or constant expression.
type body struct {
	a      *assembler
	out    []byte
	locals map[string]uint32
	n      uint32 // parameters and locals
	labels []string
}

// funcField reads (func $id? (export …)* type (local …)* instruction*).
func (a *assembler) funcField(c *cursor) error {
	a.defined = true
	i, err := a.funcs.define(c.id())
	if err != nil {
		return err
	}
	if err := a.inlineExports(c, kindFunc, i); err != nil {
		return err
	}
	index, _, names, err := a.typeUse(c)
	if err != nil {
		return err
	}
	a.functions = append(a.functions, appendU(nil, index))
	f := &body{a: a, locals: map[string]uint32{}}
	for _, id := range names {
		if err := f.local(id); err != nil {
			return err
		}
	}
	var types []byte
	for l := c.list("local"); l != nil; l = c.list("local") {
		id := l.id()
		if id != nil && len(l.n.list) != 3 {
			return l.n.fail("one type expected after the name of a local")
		}
		for l.peek() != nil {
			t, err := l.valueType()
			if err != nil {
				return err
			}
			types = append(types, t)
			if err := f.local(id); err != nil {
				return err
			}
		}
	}
	at := len(a.codes)
	a.codes = append(a.codes, nil)
	a.later = append(a.later, func() error {
		f.labels = append(f.labels, "")
		if err := f.instructions(c); err != nil {
			return err
		}
		code := appendLocals(nil, types)
		code = append(append(code, f.out...), opEnd)
		a.codes[at] = append(appendU(nil, uint32(len(code))), code...)
		return nil
	})
	return nil
}

// appendLocals writes the types of locals as groups of equal ones.
func appendLocals(b, types []byte) []byte {
	var groups []byte
	count := uint32(0)
	for len(types) > 0 {
		n := 1
		for n < len(types) && types[n] == types[0] {
			n++
		}
		groups = append(appendU(groups, uint32(n)), types[0])
		types = types[n:]
		count++
	}
	return append(appendU(b, count), groups...)
}

func (f *body) local(id *node) error {
	if id != nil {
		if _, taken := f.locals[id.text]; taken {
			return id.fail("local %s is defined twice", id.text)
		}
		f.locals[id.text] = f.n
	}
	f.n++
	return nil
}

// expression assembles a constant expression and its end.
func (a *assembler) expression(c *cursor) ([]byte, error) {
	f := &body{a: a}
	if err := f.instructions(c); err != nil {
		return nil, err
	}
	return append(f.out, opEnd), nil
}

// instructions assembles what is left of c.
func (f *body) instructions(c *cursor) error {
	open := len(f.labels)
	for n := c.peek(); n != nil; n = c.peek() {
		c.i++
		if n.kind == 'l' {
			if err := f.folded(n); err != nil {
				return err
			}
			continue
		}
		if n.kind != 'a' {
			return n.fail("instruction expected, got %s", n)
		}
		if n.text == "end" || n.text == "else" {
			if len(f.labels) == open {
				return n.fail("%s without block", n.text)
			}
			c.id()
			if n.text == "else" {
				f.out = append(f.out, opElse)
				continue
			}
			f.out = append(f.out, opEnd)
			f.labels = f.labels[:len(f.labels)-1]
			continue
		}
		if err := f.one(n, c); err != nil {
			return err
		}
	}
	if len(f.labels) != open {
		return c.n.fail("block without end in %s", c.n)
	}
	return nil
}

// folded assembles (op immediates… operands…).
func (f *body) folded(n *node) error {
	if len(n.list) == 0 || n.list[0].kind != 'a' {
		return n.fail("instruction expected, got %s", n)
	}
	op := n.list[0]
	c := &cursor{n, 1}
	switch op.text {
	case "block", "loop":
		if err := f.one(op, c); err != nil {
			return err
		}
		if err := f.instructions(c); err != nil {
			return err
		}
		return f.close()
	case "if":
		// The condition stands between the type and (then …).
		start := f.out
		f.out = nil
		if err := f.one(op, c); err != nil {
			return err
		}
		head := f.out
		f.out = start
		label := f.labels[len(f.labels)-1]
		f.labels = f.labels[:len(f.labels)-1]
		for c.peek() != nil && !c.peek().isList("then") {
			if err := f.operand(c); err != nil {
				return err
			}
		}
		f.out = append(f.out, head...)
		f.labels = append(f.labels, label)
		then := c.list("then")
		if then == nil {
			return n.fail("(then …) expected in a folded if")
		}
		if err := f.instructions(then); err != nil {
			return err
		}
		if otherwise := c.list("else"); otherwise != nil {
			f.out = append(f.out, opElse)
			if err := f.instructions(otherwise); err != nil {
				return err
			}
		}
		if err := c.end(); err != nil {
			return err
		}
		return f.close()
	}
	start := f.out
	f.out = nil
	if err := f.one(op, c); err != nil {
		return err
	}
	self := f.out
	f.out = start
	for c.peek() != nil {
		if err := f.operand(c); err != nil {
			return err
		}
	}
	f.out = append(f.out, self...)
	return nil
}

func (f *body) operand(c *cursor) error {
	n := c.peek()
	c.i++
	if n.kind != 'l' {
		return n.fail("unexpected %s in %s", n, c.n)
	}
	return f.folded(n)
}

func (f *body) close() error {
	f.out = append(f.out, opEnd)
	f.labels = f.labels[:len(f.labels)-1]
	return nil
}

// one assembles the instruction op, whose immediates c stands at.
func (f *body) one(op *node, c *cursor) error {
	i, ok := instructions[op.text]
	if !ok {
		return op.fail("unknown instruction %s", op)
	}
	f.out = append(f.out, i.code...)
	switch i.immediate {
	case immNone:
	case immBlock:
		return f.block(c)
	case immLabel:
		return f.label(c)
	case immLabels:
		var depths []byte
		count := uint32(0)
		out := f.out
		f.out = nil
		for n := c.peek(); n != nil && n.kind == 'a' && (n.isID() || n.text[0] >= '0' && n.text[0] <= '9'); n = c.peek() {
			if err := f.label(c); err != nil {
				return err
			}
			count++
		}
		depths, f.out = f.out, out
		if count == 0 {
			return op.fail("label expected after br_table")
		}
		f.out = append(appendU(f.out, count-1), depths...)
	case immLocal:
		n, err := c.next("local")
		if err != nil {
			return err
		}
		if n.isID() {
			i, ok := f.locals[n.text]
			if !ok {
				return n.fail("unknown local %s", n)
			}
			f.out = appendU(f.out, i)
			return nil
		}
		v, err := n.uint(32)
		f.out = appendU(f.out, uint32(v))
		return err
	case immGlobal:
		return f.index(c, &f.a.globals)
	case immFunc:
		return f.index(c, &f.a.funcs)
	case immTable:
		return f.optional(c, &f.a.tables)
	case immTables:
		if err := f.optional(c, &f.a.tables); err != nil {
			return err
		}
		return f.optional(c, &f.a.tables)
	case immTableElem: // written table? elem, encoded elem table
		table := []byte{0}
		if n := c.peek(); c.i+1 < len(c.n.list) && n.kind == 'a' && c.n.list[c.i+1].kind == 'a' && isIndex(c.n.list[c.i+1]) {
			c.i++
			t, err := f.a.tables.find(n)
			if err != nil {
				return err
			}
			table = appendU(nil, t)
		}
		if err := f.index(c, &f.a.elems); err != nil {
			return err
		}
		f.out = append(f.out, table...)
	case immElem:
		return f.index(c, &f.a.elems)
	case immData:
		f.a.dataCount = true
		return f.index(c, &f.a.datas)
	case immDataZero:
		f.a.dataCount = true
		err := f.index(c, &f.a.datas)
		f.out = append(f.out, 0)
		return err
	case immCallIndirect:
		table := []byte{0}
		if n := c.peek(); n != nil && isIndex(n) {
			c.i++
			t, err := f.a.tables.find(n)
			if err != nil {
				return err
			}
			table = appendU(nil, t)
		}
		index, _, _, err := f.a.typeUse(c)
		if err != nil {
			return err
		}
		f.out = append(appendU(f.out, index), table...)
	case immRefType:
		n, err := c.next("func or extern")
		if err != nil {
			return err
		}
		switch n.text {
		case "func":
			f.out = append(f.out, 0x70)
		case "extern":
			f.out = append(f.out, 0x6f)
		default:
			return n.fail("func or extern expected, got %s", n)
		}
	case immSelect:
		if r := c.list("result"); r != nil {
			t, err := r.valueType()
			if err != nil {
				return err
			}
			f.out[len(f.out)-1] = 0x1c
			f.out = append(f.out, 1, t)
			return r.end()
		}
	case immMemory:
		return f.memory(c, i.align)
	case immMemoryLane:
		if err := f.memory(c, i.align); err != nil {
			return err
		}
		return f.lanes(c, 1)
	case immLane:
		return f.lanes(c, 1)
	case immShuffle:
		return f.lanes(c, 16)
	default:
		return f.constant(c, i.immediate)
	}
	return nil
}

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
