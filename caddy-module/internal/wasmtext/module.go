package wasmtext

import "slices"

// assembler collects the sections of a module.
type assembler struct {
	types, funcs, tables, mems, globals, elems, datas space

	signatures []signature
	imports    [][]byte
	functions  [][]byte // function section
	tableDefs  [][]byte
	memDefs    [][]byte
	globalDefs [][]byte
	exports    [][]byte
	start      []byte
	elemDefs   [][]byte
	codes      [][]byte
	dataDefs   [][]byte
	dataCount  bool // an instruction names a data segment

	defined bool    // something was defined: no more imports
	later   []later // what may name things that follow
}

// later assembles the rest of a field when all names are known.
type later func() error

type signature struct{ params, results []byte }

func (s signature) equal(t signature) bool {
	return slices.Equal(s.params, t.params) && slices.Equal(s.results, t.results)
}

// Kinds of imports and exports.
const (
	kindFunc   = 0
	kindTable  = 1
	kindMemory = 2
	kindGlobal = 3
)

var valueTypes = map[string]byte{
	"i32": 0x7f, "i64": 0x7e, "f32": 0x7d, "f64": 0x7c, "v128": 0x7b, "funcref": 0x70, "externref": 0x6f,
}

func (a *assembler) module(root *node) ([]byte, error) {
	if !root.isList("module") {
		return nil, root.fail("(module …) expected")
	}
	c := cursor{root, 1}
	c.id()
	fields := root.list[c.i:]
	// Types first: any field may refer to them.
	for _, f := range fields {
		if f.isList("type") {
			if err := a.typeField(f); err != nil {
				return nil, err
			}
		}
	}
	for _, f := range fields {
		if err := a.field(f); err != nil {
			return nil, err
		}
	}
	for _, f := range a.later {
		if err := f(); err != nil {
			return nil, err
		}
	}
	return a.encode(), nil
}

func (a *assembler) field(f *node) error {
	if f.kind != 'l' || len(f.list) == 0 || f.list[0].kind != 'a' {
		return f.fail("field of a module expected, got %s", f)
	}
	c := &cursor{f, 1}
	switch head := f.list[0].text; head {
	case "type":
		return nil
	case "import":
		return a.importField(c)
	case "export":
		return a.exportField(c)
	case "func":
		return a.funcField(c)
	case "memory":
		return a.memoryField(c)
	case "table":
		return a.tableField(c)
	case "global":
		return a.globalField(c)
	case "start":
		return a.startField(c)
	case "elem":
		return a.elemField(c)
	case "data":
		return a.dataField(c)
	default:
		return f.fail("unknown field %s", head)
	}
}

func (a *assembler) encode() []byte {
	var types [][]byte
	for _, s := range a.signatures {
		t := appendText([]byte{0x60}, string(s.params))
		types = append(types, appendText(t, string(s.results)))
	}
	b := []byte("\x00asm\x01\x00\x00\x00")
	b = appendSection(b, 1, types)
	b = appendSection(b, 2, a.imports)
	b = appendSection(b, 3, a.functions)
	b = appendSection(b, 4, a.tableDefs)
	b = appendSection(b, 5, a.memDefs)
	b = appendSection(b, 6, a.globalDefs)
	b = appendSection(b, 7, a.exports)
	if a.start != nil {
		b = append(b, 8, byte(len(a.start)))
		b = append(b, a.start...)
	}
	b = appendSection(b, 9, a.elemDefs)
	if a.dataCount {
		n := appendU(nil, uint32(len(a.dataDefs)))
		b = append(b, 12, byte(len(n)))
		b = append(b, n...)
	}
	b = appendSection(b, 10, a.codes)
	return appendSection(b, 11, a.dataDefs)
}

// typeIndex yields the index of s, which it adds if it is new.
func (a *assembler) typeIndex(s signature) uint32 {
	for i, t := range a.signatures {
		if t.equal(s) {
			return uint32(i)
		}
	}
	a.signatures = append(a.signatures, s)
	a.types.n++
	return uint32(len(a.signatures) - 1)
}

// cursor walks the items of a list.
type cursor struct {
	n *node
	i int
}

func (c *cursor) peek() *node {
	if c.i < len(c.n.list) {
		return c.n.list[c.i]
	}
	return nil
}

func (c *cursor) next(what string) (*node, error) {
	n := c.peek()
	if n == nil {
		return nil, c.n.fail("%s expected in %s", what, c.n)
	}
	c.i++
	return n, nil
}

// id takes a name if there is one.
func (c *cursor) id() *node {
	if n := c.peek(); n != nil && n.isID() {
		c.i++
		return n
	}
	return nil
}

// list takes a list with that head if there is one, and yields what follows the head.
func (c *cursor) list(head string) *cursor {
	if n := c.peek(); n != nil && n.isList(head) {
		c.i++
		return &cursor{n, 1}
	}
	return nil
}

func (c *cursor) atom(text string) bool {
	if n := c.peek(); n != nil && n.kind == 'a' && n.text == text {
		c.i++
		return true
	}
	return false
}

func (c *cursor) str(what string) (string, error) {
	n, err := c.next(what)
	if err != nil {
		return "", err
	}
	if n.kind != 's' {
		return "", n.fail("%s in quotes expected, got %s", what, n)
	}
	return n.text, nil
}

func (c *cursor) end() error {
	if n := c.peek(); n != nil {
		return n.fail("unexpected %s in %s", n, c.n)
	}
	return nil
}

func (c *cursor) valueType() (byte, error) {
	n, err := c.next("value type")
	if err != nil {
		return 0, err
	}
	t, ok := valueTypes[n.text]
	if n.kind != 'a' || !ok {
		return 0, n.fail("value type expected, got %s", n)
	}
	return t, nil
}

// limits reads a minimum and perhaps a maximum.
func (c *cursor) limits() ([]byte, error) {
	n, err := c.next("size")
	if err != nil {
		return nil, err
	}
	low, err := n.uint(32)
	if err != nil {
		return nil, err
	}
	if m := c.peek(); m != nil && m.kind == 'a' && m.text[0] >= '0' && m.text[0] <= '9' {
		c.i++
		high, err := m.uint(32)
		if err != nil {
			return nil, err
		}
		return appendU(appendU([]byte{1}, uint32(low)), uint32(high)), nil
	}
	return appendU([]byte{0}, uint32(low)), nil
}
