package togemini

import (
	"strings"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// cut is the warning for a reference that leads back into itself.
const cut = "a recursive $ref was cut: gemini gets an object without properties there"

// expand puts the schema that a reference names in the place of the reference.
func (s *schemas) expand(v, ref longmen.Value, depth int, at *codec.Path) error {
	whole, name, err := s.resolve(v, ref, at)
	if err != nil {
		return err
	}
	if !whole.Exists() {
		v.Replace(longmen.NewJSON(`{"type":"` + s.spell("object") + `"}`))
		return s.lost(cut)
	}
	v.Replace(whole)
	s.refs = append(s.refs, name)
	err = s.node(v, depth+1, at)
	s.refs = s.refs[:len(s.refs)-1]
	return err
}

// resolve is a copy of the schema that the node v refers to, with v's other keywords over its own; no
// value if that schema is being expanded around v already.
func (s *schemas) resolve(v, ref longmen.Value, at *codec.Path) (whole longmen.Value, name string, err error) {
	where := at.Member("$ref")
	if ref.Len() > maxURL {
		return 0, "", codec.Invalid(&where, "expected at most 8192 bytes")
	}
	name = ref.String()
	for _, open := range s.refs {
		if open == name {
			return 0, name, nil
		}
	}
	target, ok := s.find(name)
	if !ok || target.Kind() != longmen.KindObject {
		return 0, "", codec.Invalid(&where, "expected a reference to a schema of this document")
	}
	whole = target.Copy()
	for m, next := v.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		k, err := s.name(m, at)
		if err != nil {
			return 0, "", err
		}
		if k != "$ref" {
			whole.Set(k, m)
		}
	}
	return whole, name, nil
}

// find resolves a reference within the document: a JSON pointer in a fragment, or the name of a
// definition.
func (s *schemas) find(ref string) (longmen.Value, bool) {
	pointer, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return 0, false
	}
	if pointer == "" {
		return s.original, true
	}
	if strings.IndexByte(pointer, '%') >= 0 {
		b := make([]byte, 0, len(pointer))
		for i := 0; i < len(pointer); i++ {
			c := pointer[i]
			if c == '%' && i+2 < len(pointer) {
				if hi, lo := codec.HexDigit(pointer[i+1]), codec.HexDigit(pointer[i+2]); hi < 16 && lo < 16 {
					c = hi<<4 | lo
					i += 2
				}
			}
			b = append(b, c)
		}
		pointer = string(b)
	}
	v := s.original.Pointer(pointer)
	return v, v.Exists()
}

// merge puts the branches of an allOf into the node: properties and required names are united, of
// other keywords the first counts.
func (s *schemas) merge(v, allOf longmen.Value, depth int, at *codec.Path) error {
	where := at.Member("allOf")
	if allOf.Kind() != longmen.KindArray {
		return codec.Invalid(&where, "expected an array of schemas")
	}
	allOf.Delete()
	outer := len(s.refs)
	i := 0
	for b, next := allOf.First(), longmen.Value(0); b.Exists(); b = next {
		next = b.Next()
		here := where.Element(i)
		i++
		if err := s.count(depth, &here); err != nil {
			return err
		}
		if ref := b.Get("$ref"); ref.Exists() {
			whole, name, err := s.resolve(b, ref, &here)
			if err != nil {
				return err
			}
			if !whole.Exists() {
				if err := s.lost(cut); err != nil {
					return err
				}
				continue
			}
			s.refs = append(s.refs, name)
			b = whole
		}
		for m, next := b.First(), longmen.Value(0); m.Exists(); m = next {
			next = m.Next()
			if err := s.unite(v, m, &here); err != nil {
				return err
			}
		}
	}
	err := s.node(v, depth+1, at)
	s.refs = s.refs[:outer]
	return err
}

// unite puts one keyword of a branch into the node v.
func (s *schemas) unite(v, m longmen.Value, at *codec.Path) error {
	name, err := s.name(m, at)
	if err != nil {
		return err
	}
	mine := v.Get(name)
	switch {
	case !mine.Exists():
		v.Set(name, m)
	case name == "properties" && mine.Kind() == longmen.KindObject:
		for p, next := m.First(), longmen.Value(0); p.Exists(); p = next {
			next = p.Next()
			k, err := s.name(p, at)
			if err != nil {
				return err
			}
			if !mine.Get(k).Exists() {
				mine.Set(k, p)
			}
		}
	case (name == "required" || name == "allOf") && mine.Kind() == longmen.KindArray:
		for e, next := m.First(), longmen.Value(0); e.Exists(); e = next {
			next = e.Next()
			if err := s.r.step(at); err != nil {
				return err
			}
			mine.Append(e)
		}
	}
	return nil
}
