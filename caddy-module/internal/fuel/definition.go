package fuel

// The sections that use what was declared, except code and data: exports, start, elements.

// writeExports appends the export of the fuel global.
func (m *module) writeExports(out []byte, r *reader) []byte {
	n := 0
	if m.section[sectionExport].present {
		n = r.count("exports", MaxExports, 3)
	}
	out = appendU32(out, uint32(n+1))
	for range n {
		name := r.name()
		kind := r.byte()
		if r.err != nil {
			return out
		}
		if string(name) == m.options.GlobalName {
			r.failf("export %q is reserved for the host", name)
			return out
		}
		out = appendU32(out, uint32(len(name)))
		out = append(append(out, name...), kind)
		switch kind {
		case kindFunction:
			out = appendU32(out, m.function(r))
		case kindTable, kindMemory:
			out = appendU32(out, r.u32())
		case kindGlobal:
			i := r.u32()
			if r.err == nil && int(i) >= m.globals {
				r.failf("export %q: global %d of %d", name, i, m.globals)
			}
			out = appendU32(out, i)
		default:
			r.failf("export %q is a %s", name, kindName(kind))
		}
	}
	out = appendName(out, m.options.GlobalName)
	out = append(out, kindGlobal)
	return appendU32(out, m.fuel)
}

func (m *module) writeStart(out []byte, r *reader) []byte {
	if !m.section[sectionStart].present {
		return out
	}
	return appendU32(out, m.function(r))
}

// writeElements copies element segments with their functions renumbered. Bit 0 of a segment's flags
// says that it is not active, bit 1 that a table index or, with bit 0, declarative; bit 2 that items
// are expressions.
func (m *module) writeElements(out []byte, r *reader) []byte {
	if !m.section[sectionElement].present {
		return out
	}
	n := r.count("element segments", MaxSegments, 2)
	out = appendU32(out, uint32(n))
	for i := range n {
		flags := r.u32()
		if r.err == nil && flags > 7 {
			r.failf("element segment %d begins with %d, 0 to 7 expected", i, flags)
		}
		if r.err != nil {
			return out
		}
		out = append(out, byte(flags))
		if flags&1 == 0 {
			if flags&2 != 0 {
				out = appendU32(out, r.u32())
			}
			out = m.writeConst(out, r)
		}
		if flags&3 != 0 {
			t := r.byte()
			if r.err == nil && (flags&4 == 0 && t != 0 || flags&4 != 0 && !isRefType(t)) {
				r.failf("element segment %d has items of type %#x", i, t)
			}
			out = append(out, t)
		}
		items := r.count("items of an element segment", MaxElementItems, 1)
		if m.elements += items; m.elements > MaxElementItems {
			r.failf("more than %d items in all element segments", MaxElementItems)
		}
		out = appendU32(out, uint32(items))
		for range items {
			if r.err != nil {
				return out
			}
			if flags&4 != 0 {
				out = m.writeConst(out, r)
			} else {
				out = appendU32(out, m.function(r))
			}
		}
	}
	return out
}

func (m *module) writeDataCount(out []byte, r *reader) []byte {
	if !m.section[sectionDataCount].present {
		return out
	}
	return appendU32(out, r.u32())
}

// namesOfFunctions numbers a subsection of the name section.
const namesOfFunctions = 1

// writeNames appends a name section with the names of the functions, which make the stack traces of
// traps readable and cost 130 KiB for a Go guest with encoding/json. Names of locals are dropped.
func (m *module) writeNames(out []byte) []byte {
	before := len(out)
	out = append(out, sectionCustom, 0, 0, 0, 0, 0)
	start := len(out)
	out = appendName(out, "name")
	r := m.names.reader()
	for r.pos < len(r.b) {
		id := r.byte()
		b := r.bytes(r.u32())
		if r.err != nil || id != namesOfFunctions {
			continue
		}
		out = append(out, namesOfFunctions, 0, 0, 0, 0, 0)
		from := len(out)
		in := reader{b: b}
		n := in.count("names of functions", MaxImports+MaxFunctions, 2)
		out = appendU32(out, uint32(n))
		for range n {
			i := in.u32()
			name := in.name()
			if in.err != nil || i >= m.functionCount() {
				break
			}
			out = appendU32(out, m.shift(i))
			out = appendU32(out, uint32(len(name)))
			out = append(out, name...)
		}
		if in.err != nil || in.pos < len(in.b) {
			break
		}
		putSize(out[from-5:from], len(out)-from)
		putSize(out[start-5:start], len(out)-start)
		return out
	}
	// There are no names, or they are malformed, which a module may be without being wrong.
	return out[:before]
}
