package wasmtext

// The fields of a module.

func (a *assembler) typeField(f *node) error {
	c := &cursor{f, 1}
	id := c.id()
	fc := c.list("func")
	if fc == nil {
		return f.fail("(func …) expected in a type")
	}
	s, names, err := a.signature(fc)
	if err != nil {
		return err
	}
	_ = names // names of parameters in a type mean nothing
	if err := fc.end(); err != nil {
		return err
	}
	if _, err := a.types.define(id); err != nil {
		return err
	}
	a.signatures = append(a.signatures, s)
	return c.end()
}

// signature reads (param …)* (result …)* and the names of the parameters, nil for those without.
func (a *assembler) signature(c *cursor) (s signature, names []*node, err error) {
	for p := c.list("param"); p != nil; p = c.list("param") {
		id := p.id()
		for p.peek() != nil {
			t, err := p.valueType()
			if err != nil {
				return s, nil, err
			}
			s.params = append(s.params, t)
			names = append(names, id)
		}
		if id != nil && len(p.n.list) != 3 {
			return s, nil, p.n.fail("one type expected after the name of a parameter")
		}
	}
	for r := c.list("result"); r != nil; r = c.list("result") {
		for r.peek() != nil {
			t, err := r.valueType()
			if err != nil {
				return s, nil, err
			}
			s.results = append(s.results, t)
		}
	}
	return s, names, nil
}

// typeUse reads (type …)? and a signature.
func (a *assembler) typeUse(c *cursor) (index uint32, s signature, names []*node, err error) {
	use := c.list("type")
	s, names, err = a.signature(c)
	if err != nil {
		return 0, s, nil, err
	}
	if use == nil {
		return a.typeIndex(s), s, names, nil
	}
	n, err := use.next("type")
	if err != nil {
		return 0, s, nil, err
	}
	if index, err = a.types.find(n); err != nil {
		return 0, s, nil, err
	}
	if int(index) >= len(a.signatures) {
		return 0, s, nil, n.fail("unknown type %s", n)
	}
	named := a.signatures[index]
	if len(s.params)+len(s.results) > 0 && !s.equal(named) {
		return 0, s, nil, n.fail("parameters or results differ from those of type %s", n)
	}
	if len(names) == 0 {
		names = make([]*node, len(named.params))
	}
	return index, named, names, use.end()
}

func (a *assembler) importField(c *cursor) error {
	if a.defined {
		return c.n.fail("imports have to stand before what the module defines")
	}
	module, err := c.str("module name")
	if err != nil {
		return err
	}
	name, err := c.str("name")
	if err != nil {
		return err
	}
	d, err := c.next("description of the import")
	if err != nil {
		return err
	}
	if d.kind != 'l' || len(d.list) == 0 {
		return d.fail("description of the import expected, got %s", d)
	}
	b := appendText(appendText(nil, module), name)
	dc := &cursor{d, 1}
	id := dc.id()
	switch d.list[0].text {
	case "func":
		if _, err = a.funcs.define(id); err != nil {
			return err
		}
		index, _, _, err := a.typeUse(dc)
		if err != nil {
			return err
		}
		b = appendU(append(b, kindFunc), index)
	case "memory":
		if _, err = a.mems.define(id); err != nil {
			return err
		}
		l, err := dc.limits()
		if err != nil {
			return err
		}
		b = append(append(b, kindMemory), l...)
	case "table":
		if _, err = a.tables.define(id); err != nil {
			return err
		}
		l, err := dc.limits()
		if err != nil {
			return err
		}
		t, err := dc.valueType()
		if err != nil {
			return err
		}
		b = append(append(b, kindTable, t), l...)
	case "global":
		if _, err = a.globals.define(id); err != nil {
			return err
		}
		t, err := a.globalType(dc)
		if err != nil {
			return err
		}
		b = append(append(b, kindGlobal), t...)
	default:
		return d.fail("func, memory, table or global expected, got %s", d)
	}
	a.imports = append(a.imports, b)
	if err := dc.end(); err != nil {
		return err
	}
	return c.end()
}

func (a *assembler) exportField(c *cursor) error {
	name, err := c.str("name")
	if err != nil {
		return err
	}
	d, err := c.next("description of the export")
	if err != nil {
		return err
	}
	if d.kind != 'l' || len(d.list) != 2 {
		return d.fail("description of the export expected, got %s", d)
	}
	var kind byte
	var s *space
	switch d.list[0].text {
	case "func":
		kind, s = kindFunc, &a.funcs
	case "memory":
		kind, s = kindMemory, &a.mems
	case "table":
		kind, s = kindTable, &a.tables
	case "global":
		kind, s = kindGlobal, &a.globals
	default:
		return d.fail("func, memory, table or global expected, got %s", d)
	}
	a.later = append(a.later, func() error {
		i, err := s.find(d.list[1])
		if err != nil {
			return err
		}
		a.export(name, kind, i)
		return nil
	})
	return c.end()
}

func (a *assembler) export(name string, kind byte, index uint32) {
	a.exports = append(a.exports, appendU(append(appendText(nil, name), kind), index))
}

// inlineExports reads (export "…")*.
func (a *assembler) inlineExports(c *cursor, kind byte, index uint32) error {
	for e := c.list("export"); e != nil; e = c.list("export") {
		name, err := e.str("name")
		if err != nil {
			return err
		}
		a.export(name, kind, index)
		if err := e.end(); err != nil {
			return err
		}
	}
	return nil
}

func (a *assembler) memoryField(c *cursor) error {
	a.defined = true
	i, err := a.mems.define(c.id())
	if err != nil {
		return err
	}
	if err := a.inlineExports(c, kindMemory, i); err != nil {
		return err
	}
	l, err := c.limits()
	if err != nil {
		return err
	}
	a.memDefs = append(a.memDefs, l)
	return c.end()
}

func (a *assembler) tableField(c *cursor) error {
	a.defined = true
	i, err := a.tables.define(c.id())
	if err != nil {
		return err
	}
	if err := a.inlineExports(c, kindTable, i); err != nil {
		return err
	}
	l, err := c.limits()
	if err != nil {
		return err
	}
	t, err := c.valueType()
	if err != nil {
		return err
	}
	a.tableDefs = append(a.tableDefs, append([]byte{t}, l...))
	return c.end()
}

// globalType reads a value type or (mut …).
func (a *assembler) globalType(c *cursor) ([]byte, error) {
	if m := c.list("mut"); m != nil {
		t, err := m.valueType()
		if err != nil {
			return nil, err
		}
		return []byte{t, 1}, m.end()
	}
	t, err := c.valueType()
	return []byte{t, 0}, err
}

func (a *assembler) globalField(c *cursor) error {
	a.defined = true
	i, err := a.globals.define(c.id())
	if err != nil {
		return err
	}
	if err := a.inlineExports(c, kindGlobal, i); err != nil {
		return err
	}
	t, err := a.globalType(c)
	if err != nil {
		return err
	}
	at := len(a.globalDefs)
	a.globalDefs = append(a.globalDefs, nil)
	a.later = append(a.later, func() error {
		init, err := a.expression(c)
		a.globalDefs[at] = append(t, init...)
		return err
	})
	return nil
}

func (a *assembler) startField(c *cursor) error {
	n, err := c.next("function")
	if err != nil {
		return err
	}
	a.later = append(a.later, func() error {
		i, err := a.funcs.find(n)
		a.start = appendU(nil, i)
		return err
	})
	return c.end()
}

// dataField reads (data $id? (memory 0)? (i32.const …)? "…"*); without an offset it is passive.
func (a *assembler) dataField(c *cursor) error {
	if _, err := a.datas.define(c.id()); err != nil {
		return err
	}
	offset := c.peek()
	if offset != nil && offset.kind == 'l' {
		c.i++
	} else {
		offset = nil
	}
	var content string
	for c.peek() != nil {
		s, err := c.str("data")
		if err != nil {
			return err
		}
		content += s
	}
	at := len(a.dataDefs)
	a.dataDefs = append(a.dataDefs, nil)
	a.later = append(a.later, func() error {
		b := []byte{1}
		if offset != nil {
			init, err := a.offset(offset)
			if err != nil {
				return err
			}
			b = append([]byte{0}, init...)
		}
		a.dataDefs[at] = appendText(b, content)
		return nil
	})
	return nil
}

// offset assembles an offset: an instruction or (offset …).
func (a *assembler) offset(n *node) ([]byte, error) {
	if n.isList("offset") {
		return a.expression(&cursor{n, 1})
	}
	return a.expression(&cursor{&node{line: n.line, column: n.column, kind: 'l', list: []*node{n}}, 0})
}

// elemField reads (elem $id? declare? (table $t)? (offset)? func? $f*), or with a reference type and
// expressions in place of the functions.
func (a *assembler) elemField(c *cursor) error {
	if _, err := a.elems.define(c.id()); err != nil {
		return err
	}
	declare := c.atom("declare")
	table := c.list("table")
	var offset *node
	if n := c.peek(); n != nil && n.kind == 'l' && !n.isList("item") && !n.isList("ref.func") && !n.isList("ref.null") {
		offset = n
		c.i++
	}
	var refType byte
	if !c.atom("func") {
		if n := c.peek(); n != nil && n.kind == 'a' && valueTypes[n.text] != 0 {
			refType = valueTypes[n.text]
			c.i++
		}
	}
	items := c.n.list[c.i:]
	at := len(a.elemDefs)
	a.elemDefs = append(a.elemDefs, nil)
	a.later = append(a.later, func() error {
		var flags byte
		var b []byte
		if refType != 0 {
			flags |= 4
		}
		switch {
		case declare:
			flags |= 3
		case offset == nil:
			flags |= 1
		default:
			if table != nil || refType != 0 && refType != valueTypes["funcref"] {
				flags |= 2
				var t uint32
				if table != nil {
					n, err := table.next("table")
					if err != nil {
						return err
					}
					if t, err = a.tables.find(n); err != nil {
						return err
					}
				}
				b = appendU(b, t)
			}
			init, err := a.offset(offset)
			if err != nil {
				return err
			}
			b = append(b, init...)
		}
		if flags&3 != 0 {
			b = append(b, refType) // 0 is the kind of functions
		}
		b = appendU(append([]byte{flags}, b...), uint32(len(items)))
		for _, item := range items {
			if refType == 0 {
				i, err := a.funcs.find(item)
				if err != nil {
					return err
				}
				b = appendU(b, i)
				continue
			}
			c := &cursor{&node{line: item.line, column: item.column, kind: 'l', list: []*node{item}}, 0}
			if item.isList("item") {
				c = &cursor{item, 1}
			}
			init, err := a.expression(c)
			if err != nil {
				return err
			}
			b = append(b, init...)
		}
		a.elemDefs[at] = b
		return nil
	})
	return nil
}
