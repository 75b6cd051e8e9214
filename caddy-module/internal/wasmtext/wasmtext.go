// Package wasmtext assembles the WebAssembly text format into modules. Tests call it, so that hostile
// guests and other small modules stand in the repository as source that people can read.
//
// It knows the part of the format that those sources need: one memory; function, memory, table and
// global fields with names and inline exports; types, imports, exports, start; element and data segments;
// folded and flat instructions of WebAssembly 2.0 except for most of its vector instructions. What it does not
// know is an error with line and column. It assembles and does not validate: a test may want an invalid module.
package wasmtext

import "fmt"

// Assemble turns the source of one (module …) into its binary form. An error begins with line:column.
func Assemble(src string) ([]byte, error) {
	root, err := parse(src)
	if err != nil {
		return nil, err
	}
	a := &assembler{
		types: space{kind: "type"}, funcs: space{kind: "function"}, tables: space{kind: "table"},
		mems: space{kind: "memory"}, globals: space{kind: "global"}, elems: space{kind: "element segment"},
		datas: space{kind: "data segment"},
	}
	return a.module(root)
}

// Error is a mistake in a source.
type Error struct {
	Line, Column int // from 1
	Problem      string
}

func (e *Error) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Problem) }

func (n *node) fail(format string, args ...any) error {
	return &Error{n.line, n.column, fmt.Sprintf(format, args...)}
}

// space is one index space with its names.
type space struct {
	kind  string
	n     uint32
	names map[string]uint32
}

// define takes the next index, under the name of id unless that is nil.
func (s *space) define(id *node) (uint32, error) {
	i := s.n
	s.n++
	if id == nil {
		return i, nil
	}
	if _, taken := s.names[id.text]; taken {
		return 0, id.fail("%s %s is defined twice", s.kind, id.text)
	}
	if s.names == nil {
		s.names = map[string]uint32{}
	}
	s.names[id.text] = i
	return i, nil
}

// find yields the index that n names or is.
func (s *space) find(n *node) (uint32, error) {
	if n.isID() {
		i, ok := s.names[n.text]
		if !ok {
			return 0, n.fail("unknown %s %s", s.kind, n.text)
		}
		return i, nil
	}
	i, err := n.uint(32)
	if err != nil {
		return 0, n.fail("name or number of a %s expected, got %s", s.kind, n)
	}
	return uint32(i), nil
}
