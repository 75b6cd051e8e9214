package togemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// value converts what bounds single values: const, enum, format and the bounds of numbers.
func (s *schemas) value(n *node, v longmen.Value, at *codec.Path) error {
	if n.constant.Exists() {
		if n.enum.Exists() {
			n.enum.Delete()
		}
		if kind := n.constant.Kind(); kind != longmen.KindString && kind != longmen.KindNumber && kind != longmen.KindNull {
			s.only(n, v, kind)
		}
		list := longmen.NewArray()
		list.Append(n.constant)
		v.Set("enum", list)
		v.Get("const").Delete()
		n.enum = v.Get("enum")
	}
	if n.enum.Exists() {
		if err := s.enumeration(n, v, at); err != nil {
			return err
		}
	}
	if n.format.Exists() && s.subset {
		switch string(codec.Word(n.format)) {
		case "date-time", "enum", "float", "double", "int32", "int64":
		default:
			n.format.Delete()
		}
	}
	if err := s.exclusive(n.exclusiveMinimum, n.minimum, v, "minimum", 1); err != nil {
		return err
	}
	return s.exclusive(n.exclusiveMaximum, n.maximum, v, "maximum", -1)
}

// only puts a constant that no enum can hold into the description, and its type beside it. The enum that is made
// of it goes away again.
func (s *schemas) only(n *node, v longmen.Value, kind longmen.Kind) {
	var text []byte
	if codec.Text(n.description) {
		text = append(n.description.AppendString(text), ' ')
	}
	v.SetString("description", string(n.constant.AppendJSON(add(text, "Always "))))
	if n.kind.Exists() {
		return
	}
	name := "boolean"
	switch kind {
	case longmen.KindObject:
		name = "object"
	case longmen.KindArray:
		name = "array"
	}
	v.SetString("type", name)
	n.kind = v.Get("type")
}

// exclusive turns an exclusive bound into an inclusive one; inward is 1 for a lower bound and -1 for an
// upper one.
func (s *schemas) exclusive(bound, other, v longmen.Value, name string, inward int64) error {
	if !bound.Exists() {
		return nil
	}
	bound.Delete()
	switch bound.Kind() {
	case longmen.KindNumber:
		if other.Kind() == longmen.KindNumber && (bound.Float()-other.Float())*float64(inward) < 0 {
			return nil // the inclusive one is narrower
		}
	case longmen.KindBool: // of draft 4: makes the other bound exclusive
		if !bound.Bool() || other.Kind() != longmen.KindNumber {
			return nil
		}
		bound = other
	default:
		return nil
	}
	if v.Get("type").Is("integer") {
		n, f := bound.Int(), bound.Float()
		if f == float64(n) || (f > 0) == (inward > 0) {
			n += inward
		}
		v.SetInt(name, n)
		return nil
	}
	if bound != other {
		v.Set(name, bound)
	}
	return s.lost("an exclusive bound became inclusive")
}

// enumeration takes out what Gemini refuses in an enum: it has strings and numbers, target S strings
// only.
func (s *schemas) enumeration(n *node, v longmen.Value, at *codec.Path) error {
	where := at.Member("enum")
	if n.enum.Kind() != longmen.KindArray {
		return codec.Invalid(&where, "expected an array")
	}
	left, words, others, null := 0, false, false, false
	for e, next := n.enum.First(), longmen.Value(0); e.Exists(); e = next {
		next = e.Next()
		if err := s.r.step(&where); err != nil {
			return err
		}
		switch e.Kind() {
		case longmen.KindString:
			if e.Len() == 0 {
				e.Delete()
				continue
			}
			words = true
		case longmen.KindNull:
			if s.subset {
				e.Delete()
				null = true
				continue
			}
		case longmen.KindNumber:
			if s.subset {
				e.Replace(longmen.NewString(e.JSON()))
				others = true
			}
		default: // no way to say it
			if e.Kind() == longmen.KindBool && !n.kind.Exists() {
				v.SetString("type", "boolean")
				n.kind = v.Get("type")
			}
			n.enum.Delete()
			return nil
		}
		left++
	}
	if null {
		v.SetBool("nullable", true)
	}
	switch {
	case left == 0:
		n.enum.Delete()
	case others:
		v.SetString("format", "enum")
		if !n.kind.Exists() && !words { // else it would become a string
			v.SetString("type", "number")
			n.kind = v.Get("type")
		}
	}
	return nil
}
