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
				where := here.Member("type")
				return codec.Unsupported(&where, "expected function: anthropic has no tools of this type")
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
	b := append(output[:0], `{"name":`...)
	b = codec.AppendQuoted(b, sent)
	t := build(append(b, '}'))
	if codec.Text(description) {
		t.Set("description", description)
	}
	switch {
	case codec.Absent(parameters), parameters.Kind() == longmen.KindObject && !parameters.First().Exists():
		parameters = longmen.NewJSON(noParameters)
	case parameters.Kind() != longmen.KindObject:
		where := at.Member("parameters")
		return codec.Invalid(&where, "expected a JSON Schema of an object")
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

// choose reads tool_choice, or the function_call of old: what stands in the way of declaring tools.
func (r *chat) choose(p *chatParameters) error {
	v, at := p.toolChoice, codec.Path{Name: "tool_choice"}
	if codec.Absent(v) {
		v, at = p.functionCall, codec.Path{Name: "function_call"}
	}
	if codec.Absent(p.tools) && codec.Absent(p.functions) {
		return nil // nothing to choose from
	}
	switch v.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return nil
	case longmen.KindString:
		switch string(codec.Word(v)) {
		case "auto":
			r.mode = "auto"
		case "none":
			r.mode = "none"
		case "required":
			r.mode = "any"
		default:
			return codec.Invalid(&at, "expected none, auto, required or an object")
		}
		return nil
	case longmen.KindObject:
	default:
		return codec.Invalid(&at, "expected a string or an object")
	}
	function, where := v.Get("function"), at.Member("function")
	switch kind := v.Get("type"); {
	case at.Name == "function_call":
		function, where = v, at
	case kind.Is("allowed_tools"):
		return r.subset(v, &at)
	case !kind.Is("function"):
		where := at.Member("type")
		return codec.Unsupported(&where, "expected function or allowed_tools")
	}
	r.mode = "tool"
	var err error
	r.forced, err = chosen(function, &where)
	return err
}

// chosen is the client's name of a function that tool_choice names.
func chosen(function longmen.Value, at *codec.Path) (string, error) {
	var buffer [maxClientName + 1]byte
	b := function.Get("name").Prefix(buffer[:])
	if len(b) == 0 || len(b) > maxClientName {
		where := at.Member("name")
		return "", codec.Invalid(&where, "expected the name of one of the tools")
	}
	return string(b), nil
}

// maxAllowed bounds the tools that tool_choice may list.
const maxAllowed = 512

// subset reads the tool_choice of type allowed_tools: Anthropic has no word for it, but a tool that is not
// declared is not called.
func (r *chat) subset(v longmen.Value, at *codec.Path) error {
	here := at.Member("allowed_tools")
	set := v.Get("allowed_tools")
	switch where := here.Member("mode"); string(codec.Word(set.Get("mode"))) {
	case "auto":
		r.mode = "auto"
	case "required":
		r.mode = "any"
	default:
		return codec.Invalid(&where, "expected auto or required")
	}
	where := here.Member("tools")
	r.allowed = make(map[string]bool)
	i := 0
	for t := set.Get("tools").First(); t.Exists() && i <= maxAllowed; t = t.Next() {
		element := where.Element(i)
		i++
		if !t.Get("type").Is("function") {
			where := element.Member("type")
			return codec.Unsupported(&where, "expected function: anthropic has no tools of this type")
		}
		function := t.Get("function")
		if !function.Exists() {
			function = t
		}
		name, err := chosen(function, &element)
		if err != nil {
			return err
		}
		r.allowed[name] = true
	}
	if i == 0 || i > maxAllowed {
		return codec.Invalid(&where, "expected an array of 1 to 512 tools")
	}
	return nil
}

// selectTool writes tool_choice, once it is known which tools there are.
func (r *chat) selectTool(p *chatParameters) error {
	if !r.outTools.Exists() {
		if r.mode = ""; r.used == "" {
			return r.parallel(p.parallel, 0)
		}
		// Anthropic refuses a history of calls without tools; none of them may be called now.
		b := append(output[:0], `{"name":`...)
		b = codec.AppendQuoted(b, r.used)
		r.tool(build(append(b, `,"description":"Not available any more.","input_schema":`+noParameters+`}`...)))
		r.mode = "none"
	}
	var choice longmen.Value
	switch r.mode {
	case "":
	case "tool":
		sent := r.json
		if r.forced != "" {
			var ok bool
			if sent, ok = r.names.Sent([]byte(r.forced)); !ok {
				return codec.Invalid(&codec.Path{Name: "tool_choice.function.name"}, "expected the name of one of the tools")
			}
		}
		b := append(output[:0], `{"type":"tool","name":`...)
		b = codec.AppendQuoted(b, sent)
		choice = build(append(b, '}'))
	default:
		choice = longmen.NewJSON(`{"type":"` + r.mode + `"}`)
	}
	if choice.Exists() {
		if r.json != "" { // two answers would be none
			choice.SetBool("disable_parallel_tool_use", true)
		}
		r.out.Set("tool_choice", choice)
	}
	return r.parallel(p.parallel, choice)
}

// parallel forbids several calls at once.
func (r *chat) parallel(v, choice longmen.Value) error {
	switch {
	case codec.Absent(v):
		return nil
	case v.Kind() != longmen.KindBool:
		return codec.Invalid(&codec.Path{Name: "parallel_tool_calls"}, "expected a boolean")
	case v.Bool(), !r.outTools.Exists(), r.mode == "none":
		return nil
	}
	if !choice.Exists() {
		choice = longmen.NewJSON(`{"type":"auto"}`)
		r.out.Set("tool_choice", choice)
	}
	choice.SetBool("disable_parallel_tool_use", true)
	return nil
}
