package toopenai

import (
	"bytes"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// maxDepth bounds a schema.
const maxDepth = 64

// lower turns a schema of Gemini's OpenAPI subset into JSON Schema, where it stands: types in lower case,
// null as one of the types, numbers where proto JSON has strings.
func (r *request) lower(v longmen.Value, depth int, at *codec.Path) error {
	if depth > maxDepth {
		return invalid(at, "expected a schema at most 64 deep")
	}
	if err := r.step(at); err != nil {
		return err
	}
	if v.Kind() != longmen.KindObject {
		return invalid(at, "expected a schema object")
	}
	var kind, enum, format, nullable longmen.Value
	for m, next := v.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		if m.Kind() == longmen.KindNull { // as some libraries write what is not set
			m.Delete()
			continue
		}
		name := string(field(m))
		switch name {
		case "type":
			kind = m
		case "enum":
			enum = m
		case "format":
			format = m
		case "nullable":
			nullable = m
		case "properties", "$defs", "defs":
			where := at.Member(name)
			if err := r.lowerEach(m, depth, &where); err != nil {
				return err
			}
		case "items", "additionalProperties":
			if m.Kind() != longmen.KindObject {
				continue
			}
			where := at.Member(name)
			if err := r.lower(m, depth+1, &where); err != nil {
				return err
			}
			respell(v, m, name)
		case "anyOf", "prefixItems":
			where := at.Member(name)
			if err := r.lowerEach(m, depth, &where); err != nil {
				return err
			}
			respell(v, m, name)
		case "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties":
			if m.Kind() == longmen.KindString { // int64 is a string in proto JSON
				m.Replace(longmen.NewInt(decimal(codec.Word(m))))
				m = v.Get(m.Key())
				if !m.Exists() {
					continue
				}
			}
			respell(v, m, name)
		case "propertyOrdering", "example":
			m.Delete()
		default:
			if err := r.step(at); err != nil {
				return err
			}
		}
	}
	name := bytes.ToLower(codec.Word(kind))
	if kind.Kind() == longmen.KindString {
		if len(name) == 0 || string(name) == "type_unspecified" {
			kind.Delete()
		} else {
			v.SetString("type", string(name))
		}
	}
	for e, next := kind.First(), longmen.Value(0); e.Exists(); e = next { // not in the subset, but seen
		if next = e.Next(); e.Kind() == longmen.KindString {
			e.Replace(longmen.NewString(string(bytes.ToLower(codec.Word(e)))))
		}
	}
	numeric := string(name) == "number" || string(name) == "integer"
	if enum.Exists() && string(codec.Word(format)) == "enum" {
		format.Delete()
	}
	if numeric && enum.Exists() {
		if err := r.numbers(enum, at); err != nil {
			return err
		}
	}
	yes := nullable.Bool()
	if nullable.Delete(); yes {
		orNull(v, enum)
	}
	return nil
}

// lowerEach converts the schemas in a list or in an object's members.
func (r *request) lowerEach(list longmen.Value, depth int, at *codec.Path) error {
	named := list.Kind() == longmen.KindObject
	if !named && list.Kind() != longmen.KindArray {
		return invalid(at, "expected schemas")
	}
	i := 0
	for v, next := list.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		if named {
			here = at.Member(string(codec.Key(v)))
		}
		i++
		if err := r.lower(v, depth+1, &here); err != nil {
			return err
		}
	}
	return nil
}

// respell gives a member that has underscores the name that JSON Schema knows.
func respell(v, m longmen.Value, name string) {
	if !m.KeyIs(name) {
		copied := m.Copy()
		m.Delete()
		v.Set(name, copied)
	}
}

// numbers makes an enum's strings the numbers that they spell.
func (r *request) numbers(enum longmen.Value, at *codec.Path) error {
	for e, next := enum.First(), longmen.Value(0); e.Exists(); e = next {
		next = e.Next()
		if err := r.step(at); err != nil {
			return err
		}
		if n, ok := e.Parse(); ok && n.Kind() == longmen.KindNumber {
			e.Replace(n)
		}
	}
	return nil
}

// orNull lets a schema be null as well.
func orNull(v, enum longmen.Value) {
	if kind := v.Get("type"); kind.Kind() == longmen.KindString {
		list := longmen.NewArray()
		list.Append(kind.Copy())
		list.Append(longmen.NewString("null"))
		v.Set("type", list)
	} else if either := v.Get("anyOf"); either.Kind() == longmen.KindArray {
		either.Append(longmen.NewJSON(`{"type":"null"}`))
	}
	if enum.Kind() == longmen.KindArray {
		enum.Append(longmen.NewNull())
	}
}

// decimal reads a whole number.
func decimal(b []byte) (n int64) {
	for _, c := range b {
		if c < '0' || c > '9' || n > 1<<40 {
			break
		}
		n = n*10 + int64(c-'0')
	}
	return n
}
