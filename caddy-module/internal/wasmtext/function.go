package wasmtext

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
