package fuel

import "fmt"

// The sections that declare what code uses: types, imports, functions, tables, memory, globals.

// writeTypes appends the type of the refuel function.
func (m *module) writeTypes(out []byte, r *reader) []byte {
	n := 0
	if m.section[sectionType].present {
		n = r.count("types", MaxTypes, 3)
	}
	m.params = make([]uint16, 0, n)
	from := r.pos
	for range n {
		if form := r.byte(); form != 0x60 && r.err == nil {
			r.failBefore("type %d begins with %#x, 0x60 (function) expected", len(m.params), form)
		}
		params := r.valueTypes("parameters")
		r.valueTypes("results")
		if r.err != nil {
			return out
		}
		m.params = append(m.params, uint16(params))
	}
	out = appendU32(out, uint32(n+1))
	out = append(out, r.b[from:r.pos]...)
	return append(out, 0x60, 0, 0)
}

func (r *reader) valueTypes(what string) int {
	n := r.count(what, MaxArity, 1)
	for range n {
		if t := r.byte(); !isValueType(t) {
			r.failBefore("%#x is not a value type of WebAssembly 2.0", t)
		}
	}
	return n
}

// typeIndex reads the index of a type. The appended type must not make a wrong one right.
func (m *module) typeIndex(r *reader) uint32 {
	i := r.u32()
	if r.err == nil && int(i) >= len(m.params) {
		r.failf("type %d of %d", i, len(m.params))
	}
	return i
}

// writeImports appends the import of the refuel function. It stands last among the imports, so that
// only defined functions get other numbers.
func (m *module) writeImports(out []byte, r *reader) []byte {
	n := 0
	if m.section[sectionImport].present {
		n = r.count("imports", MaxImports, 4)
	}
	from := r.pos
	for range n {
		module, name := r.name(), r.name()
		kind := r.byte()
		if r.err != nil {
			return out
		}
		if kind != kindFunction {
			r.failf("import %q.%q is a %s, only functions can be imported: a guest defines its own memory, tables and globals",
				module, name, kindName(kind))
			return out
		}
		if string(module) == m.options.RefuelModule && string(name) == m.options.RefuelName {
			r.failf("import %q.%q is reserved for the host", module, name)
			return out
		}
		m.typeIndex(r)
	}
	m.imports = n
	m.refuel = uint32(n)
	out = appendU32(out, uint32(n+1))
	out = append(out, r.b[from:r.pos]...)
	out = appendName(out, m.options.RefuelModule)
	out = appendName(out, m.options.RefuelName)
	out = append(out, kindFunction)
	return appendU32(out, uint32(len(m.params)))
}

func kindName(kind byte) string {
	switch kind {
	case kindFunction:
		return "function"
	case kindTable:
		return "table"
	case kindMemory:
		return "memory"
	case kindGlobal:
		return "global"
	}
	return fmt.Sprintf("thing of unknown kind %d", kind)
}

func (m *module) writeFunctions(out []byte, r *reader) []byte {
	if !m.section[sectionFunction].present {
		return out
	}
	n := r.count("functions", MaxFunctions, 1)
	m.functions = make([]uint32, n)
	for i := range m.functions {
		m.functions[i] = m.typeIndex(r)
	}
	return append(out, r.b...)
}

// writeTables gives each table a maximum: its elements are memory too.
func (m *module) writeTables(out []byte, r *reader) []byte {
	if !m.section[sectionTable].present {
		return out
	}
	n := r.count("tables", MaxTables, 3)
	out = appendU32(out, uint32(n))
	for i := range n {
		t := r.byte()
		if r.err == nil && !isRefType(t) {
			r.failBefore("table %d has type %#x, funcref or externref expected", i, t)
		}
		low, declared := r.limits()
		if r.err != nil {
			return out
		}
		high := uint32(MaxTableElements)
		if low > high {
			r.failf("table %d begins with %d elements (%d KiB), at most %d (%d KiB) expected",
				i, low, low/128, MaxTableElements, MaxTableElements/128)
			return out
		}
		if declared != nil {
			if *declared < low {
				r.failf("table %d begins with %d elements, its maximum is %d", i, low, *declared)
				return out
			}
			high = min(high, *declared)
		}
		out = append(out, t, 1)
		out = appendU32(out, low)
		out = appendU32(out, high)
	}
	return out
}

// writeMemory caps the memory.
func (m *module) writeMemory(out []byte, r *reader) []byte {
	if !m.section[sectionMemory].present {
		return out
	}
	n := r.u32()
	if n > 1 && r.err == nil {
		r.failf("%d memories, at most one expected", n)
	}
	if n == 0 || r.err != nil {
		return append(out, 0)
	}
	low, declared := r.limits()
	if r.err != nil {
		return out
	}
	high := m.options.MaxPages
	if low > high {
		r.failf("memory begins with %s, at most %s are allowed", pages(low), pages(high))
		return out
	}
	if declared != nil {
		if *declared < low || *declared > 1<<16 {
			r.failf("memory begins with %s, its maximum is %s", pages(low), pages(*declared))
			return out
		}
		high = min(high, *declared)
	}
	m.pages = low
	out = append(out, 1, 1)
	out = appendU32(out, low)
	return appendU32(out, high)
}

// pages says how much memory n pages are.
func pages(n uint32) string {
	if n%16 == 0 {
		return fmt.Sprintf("%d MiB", n/16)
	}
	return fmt.Sprintf("%d KiB", uint64(n)*64)
}

// writeGlobals appends the fuel global.
func (m *module) writeGlobals(out []byte, r *reader) []byte {
	n := 0
	if m.section[sectionGlobal].present {
		n = r.count("globals", MaxGlobals, 3)
	}
	m.globals = n
	m.fuel = uint32(n)
	out = appendU32(out, uint32(n+1))
	for i := range n {
		t, mutable := r.byte(), r.byte()
		if r.err == nil && (!isValueType(t) || mutable > 1) {
			r.failf("global %d has type %#x %#x, a value type and 0 or 1 expected", i, t, mutable)
			return out
		}
		out = append(out, t, mutable)
		out = m.writeConst(out, r)
	}
	return append(out, typeI64, 1, opI64Const, 0, opEnd)
}

// writeConst copies a constant expression.
func (m *module) writeConst(out []byte, r *reader) []byte {
	for r.err == nil {
		from := r.pos
		switch op := r.byte(); op {
		case opEnd:
			return append(out, opEnd)
		case opI32Const:
			r.number(5)
		case opI64Const:
			r.number(10)
		case opF32Const:
			r.bytes(4)
		case opF64Const:
			r.bytes(8)
		case opVector:
			if r.byte() != opVecConst {
				r.failBefore("vector instruction other than v128.const in a constant expression")
			}
			r.bytes(16)
		case opGlobalGet:
			if i := r.u32(); int(i) >= m.globals {
				r.failf("global %d of %d", i, m.globals)
			}
		case opRefNull:
			if t := r.byte(); !isRefType(t) {
				r.failf("ref.null of type %#x, funcref or externref expected", t)
			}
		case opRefFunc:
			out = append(out, opRefFunc)
			out = appendU32(out, m.function(r))
			continue
		default:
			r.failBefore("opcode %#x in a constant expression", op)
		}
		if r.err == nil {
			out = append(out, r.b[from:r.pos]...)
		}
	}
	return out
}
