package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// tool appends one to the tools.
func (r *chat) tool(v longmen.Value) {
	if !r.outTools.Exists() {
		r.outTools = longmen.NewArray()
		r.out.Set("tools", r.outTools)
	}
	r.outTools.Append(v)
}

// declare turns tools, or the functions of old, into Anthropic's.
func (r *chat) declare(p *chatParameters) error {
	tools, at := p.tools, codec.Path{Name: "tools"}
	legacy := codec.Absent(tools) && !codec.Absent(p.functions)
	if !codec.Absent(p.functions) {
		why := "left out: the request has tools"
		if legacy {
			why = "deprecated: calls are answered as tool_calls"
			tools, at = p.functions, codec.Path{Name: "functions"}
		}
		if err := r.Warn("functions", why); err != nil {
			return err
		}
	}
	if !codec.Absent(tools) && tools.Kind() != longmen.KindArray {
		return codec.Invalid(&at, "expected an array of tools")
	}
	i := 0
	for v, next := tools.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		i++
		if err := r.step(&here); err != nil {
			return err
		}
		function, where, cache := v, here, longmen.Value(0)
		if !legacy {
			var kind longmen.Value
			function = 0
			for m := v.First(); m.Exists(); m = m.Next() {
				switch name := codec.Key(m); string(name) {
				case "type":
					kind = m
				case "function":
					function = m
				case "cache_control":
					cache = m
				default:
					if err := r.unknown("tools[]", name, m, &here); err != nil {
						return err
					}
				}
			}
			if string(codec.Word(kind)) != "function" {
				return codec.UnsupportedIn(&here, "type", "expected function: anthropic has no tools of this type")
			}
			where = here.Member("function")
		}
		if err := r.function(function, cache, &where); err != nil {
			return err
		}
	}
	return r.search(p.search)
}

// noParameters is the schema of a function that has none.
const noParameters = `{"type":"object","properties":{}}`

// function declares one function.
func (r *chat) function(function, cache longmen.Value, at *codec.Path) error {
	var name, description, parameters, strict longmen.Value
	for m := function.First(); m.Exists(); m = m.Next() {
		switch k := codec.Key(m); string(k) {
		case "name":
			name = m
		case "description":
			description = m
		case "parameters":
			parameters = m
		case "strict":
			strict = m
		case "cache_control":
			cache = m
		default:
			if err := r.unknown("tools[].function", k, m, at); err != nil {
				return err
			}
		}
	}
	sent, err := r.name(name, at)
	if err != nil {
		return err
	}
	var buffer [maxClientName]byte
	if r.allowed != nil && !r.allowed[string(name.Prefix(buffer[:]))] {
		return nil // tool_choice leaves it out
	}
	t := output.Start(`{"name":`).Quote(sent).Put(`}`).Parse()
	if codec.Text(description) {
		t.Set("description", description)
	}
	switch {
	case codec.Absent(parameters), parameters.Kind() == longmen.KindObject && !parameters.First().Exists():
		parameters = longmen.NewJSON(noParameters)
	case parameters.Kind() != longmen.KindObject:
		return codec.InvalidIn(at, "parameters", "expected a JSON Schema of an object")
	case !parameters.Get("type").Exists():
		parameters.SetString("type", "object") // Anthropic insists on it
	}
	t.Set("input_schema", parameters)
	if strict.Bool() && r.to.format {
		t.Set("strict", strict)
	}
	cached(t, cache)
	r.tool(t)
	return nil
}

// search declares Anthropic's search of the web.
func (r *chat) search(v longmen.Value) error {
	if codec.Absent(v) {
		return nil
	}
	at := codec.Path{Name: "web_search_options"}
	if v.Kind() != longmen.KindObject {
		return codec.Invalid(&at, "expected an object")
	}
	t := longmen.NewJSON(`{"type":"web_search_20250305","name":"web_search"}`)
	for m, next := v.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		switch name := codec.Key(m); string(name) {
		case "user_location":
			place := m.Get("approximate")
			if place.Kind() != longmen.KindObject {
				place = m
			}
			if place.Kind() != longmen.KindObject {
				continue
			}
			place.SetString("type", "approximate")
			t.Set("user_location", place)
		default:
			if err := r.unknown("web_search_options", name, m, &at); err != nil {
				return err
			}
		}
	}
	r.tool(t)
	return nil
}
