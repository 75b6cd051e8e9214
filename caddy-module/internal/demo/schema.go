package demo

import (
	"bytes"
	"encoding/json"
	"strings"
)

// schema is what the demo reads of a JSON Schema, in JSON Schema's spelling or Gemini's.
type schema struct {
	Type       any               `json:"type"`
	Properties map[string]schema `json:"properties"`
	Items      *schema           `json:"items"`
	Enum       []any             `json:"enum"`
	Const      any               `json:"const"`
	Minimum    *float64          `json:"minimum"`
	AnyOf      []schema          `json:"anyOf"`
	OneOf      []schema          `json:"oneOf"`
	Ref        string            `json:"$ref"`
	Defs       map[string]schema `json:"$defs"`
}

// UnmarshalJSON takes what is no object, as true and false, for a schema that allows all.
func (s *schema) UnmarshalJSON(b []byte) error {
	if b = bytes.TrimSpace(b); len(b) == 0 || b[0] != '{' {
		return nil
	}
	type plain schema
	return json.Unmarshal(b, (*plain)(s))
}

// object is sample values for a schema's properties.
func (s schema) object(text string) map[string]any {
	return sampler{text, s.Defs}.object(s, 8)
}

// sampler makes values that fit a schema; strings among them are text.
type sampler struct {
	text string
	defs map[string]schema
}

// object stops at a depth, because a schema may refer to itself.
func (m sampler) object(s schema, depth int) map[string]any {
	if d, ok := m.defs[strings.TrimPrefix(s.Ref, "#/$defs/")]; ok {
		s = d
	}
	out := map[string]any{}
	if depth > 0 {
		for name, p := range s.Properties {
			out[name] = m.value(p, depth-1)
		}
	}
	return out
}

func (m sampler) value(s schema, depth int) any {
	if d, ok := m.defs[strings.TrimPrefix(s.Ref, "#/$defs/")]; ok {
		s = d
	}
	switch {
	case s.Const != nil:
		return s.Const
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.AnyOf) > 0 && depth > 0:
		return m.value(s.AnyOf[0], depth-1)
	case len(s.OneOf) > 0 && depth > 0:
		return m.value(s.OneOf[0], depth-1)
	}
	switch s.kind() {
	case "integer", "number":
		if s.Minimum != nil && *s.Minimum > 1 {
			return *s.Minimum
		}
		return 1
	case "boolean":
		return true
	case "null":
		return nil
	case "array":
		if s.Items == nil || depth == 0 {
			return []any{}
		}
		return []any{m.value(*s.Items, depth-1)}
	case "object":
		return m.object(s, depth)
	}
	return m.text
}

// kind is the type, or the first of several that is not null.
func (s schema) kind() string {
	if all, ok := s.Type.([]any); ok {
		for _, t := range all {
			if name, ok := t.(string); ok && name != "null" {
				return strings.ToLower(name)
			}
		}
	}
	name, _ := s.Type.(string)
	return strings.ToLower(name)
}
