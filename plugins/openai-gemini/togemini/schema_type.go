package togemini

import (
	"strings"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// kinds are the types that a node allows.
type kinds struct{ any, object, array, other bool }

// kind reads the type and, for target S, rewrites it.
func (s *schemas) kind(n *node, v longmen.Value, at *codec.Path) (k kinds, err error) {
	where := at.Member("type")
	switch n.kind.Kind() {
	case longmen.KindInvalid:
		switch {
		case n.properties.Exists():
			v.SetString("type", s.spell("object"))
			k.object = true
		case n.items.Exists() || n.prefix.Exists():
			v.SetString("type", s.spell("array"))
			k.array = true
		case s.subset && n.additional.Exists():
			v.SetString("type", "OBJECT")
			k.object = true
		case s.subset && !n.anyOf.Exists() && !n.oneOf.Exists(): // a missing type is refused
			v.SetString("type", "STRING")
			k.other = true
		default:
			k.any = true
		}
	case longmen.KindString:
		name := string(codec.Word(n.kind))
		k.add(name)
		if s.subset {
			if name == "null" {
				name = "string"
				v.SetBool("nullable", true)
			}
			v.SetString("type", s.spell(name))
		}
	case longmen.KindArray:
		return s.union(n, v, &where)
	default:
		return k, codec.Invalid(&where, "expected a string or an array of strings")
	}
	if n.isNullable.Exists() && !s.subset {
		yes := n.isNullable.Bool()
		n.isNullable.Delete()
		if yes && n.kind.Kind() == longmen.KindString {
			list := longmen.NewJSON(`["null"]`)
			null := list.First()
			list.Append(longmen.NewString(n.kind.String()))
			list.Append(null)
			v.Set("type", list)
		}
	}
	return k, nil
}

// union handles a list of types.
func (s *schemas) union(n *node, v longmen.Value, at *codec.Path) (k kinds, err error) {
	var names []string
	null := false
	for e := n.kind.First(); e.Exists(); e = e.Next() {
		name := string(codec.Word(e))
		if name == "" || len(names) == 8 {
			return k, codec.Invalid(at, "expected an array of the names of types")
		}
		if name == "null" {
			null = true
			continue
		}
		names = append(names, name)
		k.add(name)
	}
	if !s.subset {
		return k, nil
	}
	if null {
		v.SetBool("nullable", true)
	}
	switch len(names) {
	case 0:
		v.SetString("type", "STRING")
		return kinds{other: true}, nil
	case 1:
		v.SetString("type", s.spell(names[0]))
		return k, nil
	}
	v.Get("type").Delete()
	if n.anyOf.Exists() || n.oneOf.Exists() {
		return k, nil
	}
	branches := longmen.NewArray()
	for _, name := range names {
		b := longmen.NewJSON(`{"type":` + string(codec.AppendQuoted(nil, name)) + `}`)
		switch name {
		case "object":
			for _, m := range [...]longmen.Value{n.properties, n.required} {
				if m.Exists() {
					b.Set(m.Key(), m)
				}
			}
		case "array":
			if n.items.Exists() {
				b.Set("items", n.items)
			}
		}
		branches.Append(b)
	}
	n.properties, n.required, n.items = 0, 0, 0
	v.Set("anyOf", branches)
	n.anyOf = v.Get("anyOf")
	return kinds{any: true}, nil
}

func (k *kinds) add(name string) {
	switch strings.ToLower(name) {
	case "object":
		k.object = true
	case "array":
		k.array = true
	default:
		k.other = true
	}
}

// spell is a type's name as the target has it.
func (s *schemas) spell(name string) string {
	if s.subset {
		return strings.ToUpper(name)
	}
	return name
}
