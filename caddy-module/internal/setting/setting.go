// Package setting turns the texts of a plugin's config into the types that the plugin's JSON Schema wants,
// because a Caddyfile has only texts. caddyllm calls it before the config is judged.
package setting

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
)

// maxFit bounds how deep a config is followed along its schema, so that a schema that refers to itself ends.
const maxFit = 64

// Fit turns the texts of a config into what the plugin's JSON Schema wants where it wants no text: numbers,
// booleans, lists. What does not fit is left as it is, for the schema to judge. It follows properties,
// items, additionalProperties, allOf and $ref; where anyOf or oneOf leave a choice it follows none. The
// error is that of a schema that is not JSON.
func Fit(schema, config []byte) ([]byte, error) {
	if len(bytes.TrimSpace(config)) == 0 || len(bytes.TrimSpace(schema)) == 0 {
		return config, nil
	}
	var root any
	if err := json.Unmarshal(schema, &root); err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(config))
	decoder.UseNumber() // numbers keep their spelling
	var value any
	if err := decoder.Decode(&value); err != nil {
		return config, nil // the check of the config says where
	}
	f := &fitter{root: root}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(f.fit(root, value, 0)); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

type fitter struct{ root any }

func (f *fitter) fit(schema, value any, depth int) any {
	s, ok := schema.(map[string]any)
	if !ok || depth > maxFit {
		return value
	}
	if ref, ok := s["$ref"].(string); ok {
		value = f.fit(plugin.Resolve(f.root, ref), value, depth+1)
	}
	if all, ok := s["allOf"].([]any); ok {
		for _, part := range all {
			value = f.fit(part, value, depth+1)
		}
	}
	types := typesOf(s)
	// One value, or a block, where a list is wanted.
	if types["array"] {
		switch v := value.(type) {
		case string:
			if !types["string"] {
				value = []any{v}
			}
		case map[string]any:
			if !types["object"] {
				value = []any{v}
			}
		}
	}
	switch v := value.(type) {
	case string:
		return scalar(types, v)
	case []any:
		for i := range v {
			v[i] = f.fit(s["items"], v[i], depth+1)
		}
	case map[string]any:
		properties, _ := s["properties"].(map[string]any)
		for name, child := range v {
			if property, ok := properties[name]; ok {
				v[name] = f.fit(property, child, depth+1)
			} else {
				v[name] = f.fit(s["additionalProperties"], child, depth+1)
			}
		}
	}
	return value
}

// scalar reads a text as the type that is wanted, if no text is.
func scalar(types map[string]bool, text string) any {
	if types["string"] {
		return text
	}
	switch {
	case types["boolean"] && (text == "true" || text == "on" || text == "yes"):
		return true
	case types["boolean"] && (text == "false" || text == "off" || text == "no"):
		return false
	case types["integer"] || types["number"]:
		if n := json.Number(text); validNumber(text) {
			return n
		}
	}
	return text
}

// validNumber tells whether text is a JSON number.
func validNumber(text string) bool {
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		return false
	}
	return json.Valid([]byte(text)) && !strings.ContainsAny(text, " \t\r\n")
}

// typesOf are the types that a schema names, or that its enum or const has.
func typesOf(s map[string]any) map[string]bool {
	types := make(map[string]bool)
	switch t := s["type"].(type) {
	case string:
		types[t] = true
	case []any:
		for _, v := range t {
			if name, ok := v.(string); ok {
				types[name] = true
			}
		}
	}
	if len(types) > 0 {
		return types
	}
	values, _ := s["enum"].([]any)
	if c, ok := s["const"]; ok {
		values = append(values, c)
	}
	for _, v := range values {
		switch v.(type) {
		case string:
			types["string"] = true
		case float64:
			types["number"] = true
		case bool:
			types["boolean"] = true
		}
	}
	return types
}
