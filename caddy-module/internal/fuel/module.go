package fuel

import (
	"bytes"
	"errors"
	"fmt"
)

// Section numbers of the binary format.
const (
	sectionCustom    = 0
	sectionType      = 1
	sectionImport    = 2
	sectionFunction  = 3
	sectionTable     = 4
	sectionMemory    = 5
	sectionGlobal    = 6
	sectionExport    = 7
	sectionStart     = 8
	sectionElement   = 9
	sectionCode      = 10
	sectionData      = 11
	sectionDataCount = 12
	sectionTag       = 13
	sections         = 13
)

var sectionNames = [sections]string{
	"custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data",
	"data count",
}

// sectionOrder is the order in which sections stand in a file.
var sectionOrder = [...]byte{
	sectionType, sectionImport, sectionFunction, sectionTable, sectionMemory, sectionGlobal, sectionExport, sectionStart,
	sectionElement, sectionDataCount, sectionCode, sectionData,
}

// kinds of imports and exports.
const (
	kindFunction = 0
	kindTable    = 1
	kindMemory   = 2
	kindGlobal   = 3
)

// module is one module on its way through Rewrite.
type module struct {
	wasm    []byte
	options Options

	section [sections]section
	names   section // the "name" custom section

	params    []uint16 // number of parameters, by type
	imports   int      // imported functions
	functions []uint32 // type of each defined function
	globals   int
	elements  int // items of all element segments
	pages     uint32
	apart     bool   // data segments are to be taken out
	data      []Data // that were taken out

	refuel uint32 // index of the refuel function = number of functions imported by the guest
	fuel   uint32 // index of the fuel global
	meter  meter
}

// section is the content of one section, without number and size.
type section struct {
	b       []byte
	base    int // offset of b in the file
	present bool
}

func (s section) reader() reader { return reader{b: s.b, base: s.base} }

var (
	magic   = []byte("\x00asm")
	version = []byte{1, 0, 0, 0}
)

// split finds the sections and checks their order.
func (m *module) split() error {
	if len(m.wasm) > MaxModuleSize {
		return fmt.Errorf("%d bytes, at most %d expected", len(m.wasm), MaxModuleSize)
	}
	if !bytes.HasPrefix(m.wasm, magic) {
		return errors.New("no WebAssembly module: it does not begin with \\0asm")
	}
	if len(m.wasm) < 8 || !bytes.Equal(m.wasm[4:8], version) {
		return errors.New("version of the binary format is not 1, a core module is expected")
	}
	rank := 0
	r := reader{b: m.wasm, pos: 8}
	for r.pos < len(r.b) && r.err == nil {
		at := r.pos
		id := r.byte()
		b := r.bytes(r.u32())
		if r.err != nil {
			break
		}
		s := section{b: b, base: r.pos - len(b), present: true}
		switch {
		case id == sectionCustom:
			m.custom(&r, s)
			continue
		case id == sectionTag:
			r.failf("tag section at %#x: exceptions are not supported", at)
			continue
		case id >= sections:
			r.failf("unknown section %d at %#x", id, at)
			continue
		}
		n := bytes.IndexByte(sectionOrder[:], id) + 1
		if n <= rank {
			r.failf("%s section at %#x is repeated or out of order", sectionNames[id], at)
			continue
		}
		rank = n
		m.section[id] = s
	}
	return r.err
}

// custom keeps the first name section. All others, such as DWARF, would only take up memory.
func (m *module) custom(r *reader, s section) {
	in := s.reader()
	name := in.name()
	if in.err != nil {
		r.failf("custom section: %w", in.err)
		return
	}
	if string(name) == "name" && !m.names.present {
		m.names = section{b: in.b[in.pos:], base: in.base + in.pos, present: true}
	}
}

// write yields the rewritten module, section by section.
func (m *module) write() ([]byte, error) {
	out := make([]byte, 0, len(m.wasm)+len(m.wasm)/8+256)
	out = append(append(out, magic...), version...)
	for _, id := range sectionOrder {
		before := len(out)
		out = append(out, id, 0, 0, 0, 0, 0)
		start := len(out)
		r := m.section[id].reader()
		out = m.writeSection(out, id, &r)
		if r.err == nil && r.pos < len(r.b) {
			r.failf("%d bytes too many", len(r.b)-r.pos)
		}
		if r.err != nil {
			return nil, fmt.Errorf("%s section: %w", sectionNames[id], r.err)
		}
		if len(out) == start {
			out = out[:before]
			continue
		}
		putSize(out[before+1:start], len(out)-start)
	}
	return m.writeNames(out), nil
}

func (m *module) writeSection(out []byte, id byte, r *reader) []byte {
	switch id {
	case sectionType:
		return m.writeTypes(out, r)
	case sectionImport:
		return m.writeImports(out, r)
	case sectionFunction:
		return m.writeFunctions(out, r)
	case sectionTable:
		return m.writeTables(out, r)
	case sectionMemory:
		return m.writeMemory(out, r)
	case sectionGlobal:
		return m.writeGlobals(out, r)
	case sectionExport:
		return m.writeExports(out, r)
	case sectionStart:
		return m.writeStart(out, r)
	case sectionElement:
		return m.writeElements(out, r)
	case sectionDataCount:
		return m.writeDataCount(out, r)
	case sectionCode:
		return m.writeCode(out, r, m.meter.weigh)
	}
	return m.writeData(out, r)
}

// putSize fills b with n, as a number as wide as b.
func putSize(b []byte, n int) {
	for i := range b {
		b[i] = byte(n&0x7f) | 0x80
		n >>= 7
	}
	b[len(b)-1] &= 0x7f
}

// number of functions of the guest, imported and defined; indexes from here on are wrong.
func (m *module) functionCount() uint32 { return uint32(m.imports + len(m.functions)) }

// function reads the index of a function and yields it as it is in the rewritten module.
func (m *module) function(r *reader) uint32 {
	i := r.u32()
	if r.err == nil && i >= m.functionCount() {
		r.failf("function %d of %d", i, m.functionCount())
	}
	return m.shift(i)
}

func (m *module) shift(function uint32) uint32 {
	if function >= m.refuel {
		function++
	}
	return function
}
