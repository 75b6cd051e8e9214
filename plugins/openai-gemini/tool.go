package openaigemini

import "github.com/longmen-gateway/longmen/sdk/go/longmen"

// maxFunctions is how many function declarations Gemini takes.
const maxFunctions = 512

// declare turns tools, or the functions of old, into one Gemini tool.
func (r *request) declare(p *parameters) error {
	var declarations longmen.Value
	tools, name := p.tools, "tools"
	legacy := absent(tools) && !absent(p.functions)
	if legacy {
		if err := r.warn("functions", "deprecated: calls are answered as tool_calls"); err != nil {
			return err
		}
		tools, name = p.functions, "functions"
	} else if !absent(p.functions) {
		if err := r.warn("functions", "left out: the request has tools"); err != nil {
			return err
		}
	}
	at := path{name: name}
	if absent(tools) {
		return nil
	}
	if tools.Kind() != longmen.KindArray {
		return invalid(&at, "expected an array of tools")
	}
	i := 0
	for v := tools.First(); v.Exists(); v = v.Next() {
		here := at.element(i)
		i++
		if i > maxFunctions {
			return unsupported(&here, "expected at most 512 functions")
		}
		function, where := v, here
		if !legacy {
			var kind longmen.Value
			function = 0
			for m := v.First(); m.Exists(); m = m.Next() {
				switch name := key(m); string(name) {
				case "type":
					kind = m
				case "function":
					function = m
				case "cache_control":
				default:
					if err := r.unknown("tools[]", name, m, &here); err != nil {
						return err
					}
				}
			}
			if string(word(kind)) != "function" {
				where := here.member("type")
				return unsupported(&where, "expected function: gemini has no tools of this type")
			}
			where = here.member("function")
		}
		d, err := r.declaration(function, &where)
		if err != nil {
			return err
		}
		if !declarations.Exists() {
			tool := longmen.NewJSON(`[{"functionDeclarations":[]}]`)
			declarations = tool.Pointer("/0/functionDeclarations")
			r.out.Set("tools", tool)
		}
		declarations.Append(d)
	}
	r.functions = i
	return nil
}

// declaration is the functionDeclaration for a function.
func (r *request) declaration(function longmen.Value, at *path) (longmen.Value, error) {
	var name, description, parameters longmen.Value
	for m := function.First(); m.Exists(); m = m.Next() {
		switch k := key(m); string(k) {
		case "name":
			name = m
		case "description":
			description = m
		case "parameters":
			parameters = m
		case "strict":
			// gemini keeps to the schema as well as it can
		default:
			if err := r.unknown("tools[].function", k, m, at); err != nil {
				return 0, err
			}
		}
	}
	sent, err := r.name(name, at)
	if err != nil {
		return 0, err
	}
	b := append(output[:0], `{"name":`...)
	b = appendQuoted(b, sent)
	output = append(b, '}')
	d := parsed(output)
	if text(description) {
		d.Set("description", description)
	}
	if absent(parameters) {
		return d, nil
	}
	where := at.member("parameters")
	if err := r.target(d, parameters, "parametersJsonSchema", "parameters", true, &where); err != nil {
		return 0, err
	}
	return d, nil
}

// choose turns tool_choice, or the function_call of old, into the function calling mode.
func (r *request) choose(p *parameters) error {
	if r.functions == 0 {
		return nil
	}
	v, at := p.toolChoice, path{name: "tool_choice"}
	if absent(v) {
		v, at = p.functionCall, path{name: "function_call"}
	}
	mode, allowed := "", longmen.Value(0)
	switch v.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return nil
	case longmen.KindString:
		switch string(word(v)) {
		case "auto":
			return nil
		case "none":
			mode = "NONE"
		case "required":
			mode = "ANY"
		default:
			return invalid(&at, "expected none, auto, required or an object")
		}
	case longmen.KindObject:
		mode = "ANY"
		function := v.Get("function")
		where := at.member("function")
		switch {
		case at.name == "function_call":
			function, where = v, at
		case v.Get("type").Is("allowed_tools"):
			var err error
			if mode, allowed, err = r.subset(v, &at); err != nil {
				return err
			}
		case !v.Get("type").Is("function"):
			where := at.member("type")
			return unsupported(&where, "expected function or allowed_tools")
		}
		if !allowed.Exists() {
			name, err := r.chosen(function.Get("name"), &where)
			if err != nil {
				return err
			}
			allowed = longmen.NewArray()
			allowed.Append(longmen.NewString(name))
		}
	default:
		return invalid(&at, "expected a string or an object")
	}
	c := longmen.NewJSON(`{"functionCallingConfig":{"mode":"` + mode + `"}}`)
	if allowed.Exists() {
		c.First().Set("allowedFunctionNames", allowed)
	}
	r.out.Set("toolConfig", c)
	return nil
}

// subset reads the tool_choice of type allowed_tools.
func (r *request) subset(v longmen.Value, at *path) (mode string, allowed longmen.Value, err error) {
	here := at.member("allowed_tools")
	set := v.Get("allowed_tools")
	switch where := here.member("mode"); string(word(set.Get("mode"))) {
	case "auto":
		mode = "VALIDATED" // names are taken with ANY and VALIDATED only
	case "required":
		mode = "ANY"
	default:
		return "", 0, invalid(&where, "expected auto or required")
	}
	where := here.member("tools")
	allowed = longmen.NewArray()
	i := 0
	for t := set.Get("tools").First(); t.Exists(); t = t.Next() {
		element := where.element(i)
		i++
		if !t.Get("type").Is("function") {
			where := element.member("type")
			return "", 0, unsupported(&where, "expected function: gemini has no tools of this type")
		}
		function := t.Get("function")
		if !function.Exists() {
			function = t
		}
		name, err := r.chosen(function.Get("name"), &element)
		if err != nil {
			return "", 0, err
		}
		allowed.Append(longmen.NewString(name))
	}
	if i == 0 || i > maxFunctions {
		return "", 0, invalid(&where, "expected an array of 1 to 512 tools")
	}
	return mode, allowed, nil
}

// chosen is the name to send for a function that tool_choice names: one of the declared.
func (r *request) chosen(v longmen.Value, at *path) (string, error) {
	var buffer [maxClientName]byte
	sent, ok := r.sent[string(v.Prefix(buffer[:]))]
	if !ok {
		where := at.member("name")
		return "", invalid(&where, "expected the name of one of the tools")
	}
	return sent, nil
}
