package togemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// object converts properties, required and additionalProperties.
func (s *schemas) object(n *node, v longmen.Value, k kinds, depth int, at *codec.Path) error {
	if !k.object && !k.any {
		for _, m := range [...]longmen.Value{n.properties, n.required, n.additional} {
			m.Delete()
		}
		return nil
	}
	if n.properties.Exists() {
		where := at.Member("properties")
		if n.properties.Kind() != longmen.KindObject {
			return codec.Invalid(&where, "expected an object of schemas")
		}
		for p, next := n.properties.First(), longmen.Value(0); p.Exists(); p = next {
			next = p.Next()
			name, err := s.name(p, &where)
			if err != nil {
				return err
			}
			here := where.Member(name)
			keep, err := s.child(p, depth, &here)
			if err != nil {
				return err
			}
			if !keep {
				p.Delete()
			}
		}
	}
	if n.required.Exists() {
		if err := s.demand(n, at); err != nil {
			return err
		}
	}
	if !n.additional.Exists() {
		return nil
	}
	if s.subset {
		free := n.additional.Kind() == longmen.KindObject && !n.properties.Exists()
		n.additional.Delete()
		if free {
			return s.lost("additionalProperties was dropped: gemini gets an object without properties there")
		}
		return nil
	}
	if n.additional.Kind() == longmen.KindObject {
		here := at.Member("additionalProperties")
		return s.node(n.additional, depth+1, &here)
	}
	return nil
}

// demand keeps the required names that name a property.
func (s *schemas) demand(n *node, at *codec.Path) error {
	where := at.Member("required")
	if n.required.Kind() != longmen.KindArray {
		n.required.Delete() // draft 3 has a boolean
		return nil
	}
	left := 0
	for e, next := n.required.First(), longmen.Value(0); e.Exists(); e = next {
		next = e.Next()
		if err := s.r.step(&where); err != nil {
			return err
		}
		if e.Len() > maxURL {
			return codec.Invalid(&where, "expected names of at most 8192 bytes")
		}
		if e.Kind() != longmen.KindString || !n.properties.Get(e.String()).Exists() {
			e.Delete()
			continue
		}
		left++
	}
	if left == 0 {
		n.required.Delete()
	}
	return nil
}

// child converts a subschema that may be a boolean; false means that nothing can stand there.
func (s *schemas) child(v longmen.Value, depth int, at *codec.Path) (keep bool, err error) {
	if v.Kind() == longmen.KindBool {
		if !v.Bool() {
			return false, nil
		}
		v.Replace(longmen.NewObject())
	}
	return true, s.node(v, depth+1, at)
}

// array converts items and prefixItems.
func (s *schemas) array(n *node, v longmen.Value, k kinds, depth int, at *codec.Path) error {
	if !k.array && !k.any {
		n.items.Delete()
		n.prefix.Delete()
		return nil
	}
	where := at.Member("items")
	if n.items.Kind() == longmen.KindArray { // the tuple of older drafts
		n.prefix = n.items
		if !s.subset {
			v.Set("prefixItems", n.items)
		}
		n.items = 0
	}
	if n.prefix.Exists() {
		if n.prefix.Kind() != longmen.KindArray {
			return codec.Invalid(&where, "expected an array of schemas")
		}
		if s.subset {
			either := longmen.NewObject()
			either.Set("anyOf", n.prefix)
			v.Set("items", either)
			n.items = either
		} else if err := s.list(n.prefix, depth, &where); err != nil {
			return err
		}
	}
	switch n.items.Kind() {
	case longmen.KindInvalid:
		if s.subset && k.array {
			v.Set("items", longmen.NewJSON(`{"type":"STRING"}`)) // a missing one is refused
		}
		return nil
	case longmen.KindBool:
		n.items.Delete()
		if s.subset {
			v.Set("items", longmen.NewJSON(`{"type":"STRING"}`))
		}
		return nil
	}
	if err := s.node(n.items, depth+1, &where); err != nil {
		return err
	}
	return s.noNull(n.items)
}

// noNull takes null out of the types of items, which Gemini refuses.
func (s *schemas) noNull(items longmen.Value) error {
	if s.subset {
		items.Get("nullable").Delete()
		return nil
	}
	list := items.Get("type")
	if list.Kind() != longmen.KindArray {
		return nil
	}
	for e, next := list.First(), longmen.Value(0); e.Exists(); e = next {
		if next = e.Next(); e.Is("null") {
			e.Delete()
		}
	}
	if first := list.First(); first.Exists() && !first.Next().Exists() {
		list.Replace(first)
	}
	return nil
}

// list converts an array of schemas.
func (s *schemas) list(v longmen.Value, depth int, at *codec.Path) error {
	i := 0
	for b, next := v.First(), longmen.Value(0); b.Exists(); b = next {
		next = b.Next()
		here := at.Element(i)
		i++
		keep, err := s.child(b, depth, &here)
		if err != nil {
			return err
		}
		if !keep {
			b.Delete()
		}
	}
	return nil
}

// alternatives tells whether the branches of a node that has a type say only which properties there have to be.
// Gemini has no word for that, and branches without a type of their own would contradict the node's.
func (k kinds) alternatives(list longmen.Value) bool {
	first := list.First()
	if k.any || !first.Exists() {
		return false
	}
	for b := first; b.Exists(); b = b.Next() {
		only := b.First()
		if !only.KeyIs("required") || only.Next().Exists() {
			return false
		}
	}
	return true
}

// branches converts anyOf and oneOf.
func (s *schemas) branches(n *node, v longmen.Value, k kinds, depth int, at *codec.Path) error {
	name, list := "anyOf", n.anyOf
	if !list.Exists() {
		name, list = "oneOf", n.oneOf
	} else if n.oneOf.Exists() {
		n.oneOf.Delete()
		if err := s.lost("oneOf beside anyOf was dropped"); err != nil {
			return err
		}
	}
	if !list.Exists() {
		return nil
	}
	where := at.Member(name)
	if list.Kind() != longmen.KindArray {
		return codec.Invalid(&where, "expected an array of schemas")
	}
	if k.alternatives(list) {
		list.Delete()
		return nil
	}
	if s.subset {
		s.separate(list, v)
		if name == "oneOf" {
			v.Set("anyOf", list)
		}
	}
	if err := s.list(list, depth, &where); err != nil {
		return err
	}
	if !s.subset {
		return nil
	}
	only := list.First()
	switch {
	case !only.Exists():
		list.Delete()
	case !only.Next().Exists(): // a single branch is merged up
		list.Delete()
		for m, next := only.First(), longmen.Value(0); m.Exists(); m = next {
			next = m.Next()
			k, err := s.name(m, at)
			if err != nil {
				return err
			}
			if !v.Get(k).Exists() {
				v.Set(k, m)
			}
		}
	}
	return nil
}

// separate takes {type: null} out of the branches and makes the node nullable instead.
func (s *schemas) separate(list, v longmen.Value) {
	for b, next := list.First(), longmen.Value(0); b.Exists(); b = next {
		next = b.Next()
		if b.Get("type").Is("null") {
			b.Delete()
			v.SetBool("nullable", true)
		}
	}
}
