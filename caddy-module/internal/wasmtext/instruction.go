package wasmtext

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
