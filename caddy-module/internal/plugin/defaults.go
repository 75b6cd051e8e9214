package plugin

import "strings"

// maxFill bounds how deep defaults are filled in, so that a schema that refers to itself ends.
const maxFill = 64

// filler puts the defaults of a schema into a config. JSON Schema leaves "default" to the application:
// here a missing member of an object takes the default of its property, in nested objects and in the
// elements of arrays too. Branches (anyOf, oneOf, if) are not followed: which one holds is not known yet.
type filler struct{ root any }

// fill returns value with the defaults of schema.
func (f *filler) fill(schema, value any, depth int) any {
	s, ok := schema.(map[string]any)
	if !ok || depth > maxFill {
		return value
	}
	if ref, ok := s["$ref"].(string); ok {
		value = f.fill(Resolve(f.root, ref), value, depth+1)
	}
	if all, ok := s["allOf"].([]any); ok {
		for _, part := range all {
			value = f.fill(part, value, depth+1)
		}
	}
	switch v := value.(type) {
	case map[string]any:
		properties, _ := s["properties"].(map[string]any)
		for name, property := range properties {
			if _, there := v[name]; !there {
				d, has := f.defaultOf(property)
				if !has {
					continue
				}
				v[name] = clone(d)
			}
			v[name] = f.fill(property, v[name], depth+1)
		}
		if more, ok := s["additionalProperties"].(map[string]any); ok {
			for name := range v {
				if _, named := properties[name]; !named {
					v[name] = f.fill(more, v[name], depth+1)
				}
			}
		}
	case []any:
		for i := range v {
			v[i] = f.fill(s["items"], v[i], depth+1)
		}
	}
	return value
}

// defaultOf finds the default of a property, beside or behind its $ref.
func (f *filler) defaultOf(schema any) (any, bool) {
	for range maxFill {
		s, ok := schema.(map[string]any)
		if !ok {
			return nil, false
		}
		if d, ok := s["default"]; ok {
			return d, true
		}
		ref, ok := s["$ref"].(string)
		if !ok {
			return nil, false
		}
		schema = Resolve(f.root, ref)
	}
	return nil, false
}

// Resolve follows a reference inside a JSON Schema, "#" or "#/...", from its root; nil when it leads
// nowhere or out of the schema.
func Resolve(root any, ref string) any {
	path, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil
	}
	at := root
	for token := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		if token == "" {
			continue
		}
		m, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(token)]
	}
	return at
}

// clone copies a default, so that filling it in one place does not show in another.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, e := range v {
			m[k] = clone(e)
		}
		return m
	case []any:
		s := make([]any, len(v))
		for i, e := range v {
			s[i] = clone(e)
		}
		return s
	}
	return v
}
