package togemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// maxFunctions is how many function declarations Gemini takes.
const maxFunctions = 512

// declare turns tools, or the functions of old, into one Gemini tool.
func (r *request) declare(p *parameters) error {
	var declarations longmen.Value
	tools, name := p.tools, "tools"
	if p.functions.Exists() && tools.Kind() == longmen.KindArray && !tools.First().Exists() {
		tools = 0 // an empty list is none
	}
	legacy := codec.Absent(tools) && !codec.Absent(p.functions)
	if legacy {
		if err := r.Warn("functions", "deprecated: calls are answered as tool_calls"); err != nil {
			return err
		}
		tools, name = p.functions, "functions"
	} else if !codec.Absent(p.functions) {
		if err := r.Warn("functions", "left out: the request has tools"); err != nil {
			return err
		}
	}
	if codec.Absent(tools) {
		return nil
	}
	at := codec.Path{Name: name}
	if tools.Kind() != longmen.KindArray {
		return codec.Invalid(&at, "expected an array of tools")
	}
	i := 0
	for v := tools.First(); v.Exists(); v = v.Next() {
		here := at.Element(i)
		i++
		if i > maxFunctions {
			return codec.Unsupported(&here, "expected at most 512 functions")
		}
		function, where := v, here
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
				default:
					if err := r.unknown("tools[]", name, m, &here); err != nil {
						return err
					}
				}
			}
			if string(codec.Word(kind)) != "function" {
				where := here.Member("type")
				return codec.Unsupported(&where, "expected function: gemini has no tools of this type")
			}
			where = here.Member("function")
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
func (r *request) declaration(function longmen.Value, at *codec.Path) (longmen.Value, error) {
	var name, description, parameters longmen.Value
	for m := function.First(); m.Exists(); m = m.Next() {
		switch k := codec.Key(m); string(k) {
		case "name":
			name = m
		case "description":
			description = m
		case "parameters":
			parameters = m
		case "strict", "cache_control":
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
	b := add(output[:0], `{"name":`)
	b = codec.AppendQuoted(b, sent)
	output = append(b, '}')
	d := codec.Parsed(output)
	if codec.Text(description) {
		d.Set("description", description)
	}
	if codec.Absent(parameters) {
		return d, nil
	}
	where := at.Member("parameters")
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
	v, at := p.toolChoice, codec.Path{Name: "tool_choice"}
	if r.searching {
		defer r.validate()
	}
	if codec.Absent(v) {
		v, at = p.functionCall, codec.Path{Name: "function_call"}
	}
	mode, allowed := "", longmen.Value(0)
	switch v.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return nil
	case longmen.KindString:
		switch string(codec.Word(v)) {
		case "auto":
			return nil
		case "none":
			mode = "NONE"
		case "required":
			mode = "ANY"
		default:
			return codec.Invalid(&at, "expected none, auto, required or an object")
		}
	case longmen.KindObject:
		mode = "ANY"
		function := v.Get("function")
		where := at.Member("function")
		switch {
		case at.Name == "function_call":
			function, where = v, at
		case v.Get("type").Is("allowed_tools"):
			var err error
			if mode, allowed, err = r.subset(v, &at); err != nil {
				return err
			}
		case !v.Get("type").Is("function"):
			where := at.Member("type")
			return codec.Unsupported(&where, "expected function or allowed_tools")
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
		return codec.Invalid(&at, "expected a string or an object")
	}
	c := longmen.NewJSON(`{"functionCallingConfig":{"mode":"` + mode + `"}}`)
	if allowed.Exists() {
		c.First().Set("allowedFunctionNames", allowed)
	}
	r.out.Set("toolConfig", c)
	return nil
}

// validate sets the mode that Gemini wants where functions stand beside its own tools.
func (r *request) validate() {
	c := r.out.Get("toolConfig")
	if !c.Exists() {
		r.out.Set("toolConfig", longmen.NewJSON(`{"functionCallingConfig":{"mode":"VALIDATED"}}`))
	}
}

// subset reads the tool_choice of type allowed_tools.
func (r *request) subset(v longmen.Value, at *codec.Path) (mode string, allowed longmen.Value, err error) {
	here := at.Member("allowed_tools")
	set := v.Get("allowed_tools")
	switch where := here.Member("mode"); string(codec.Word(set.Get("mode"))) {
	case "auto":
		mode = "VALIDATED" // names are taken with ANY and VALIDATED only
	case "required":
		mode = "ANY"
	default:
		return "", 0, codec.Invalid(&where, "expected auto or required")
	}
	where := here.Member("tools")
	allowed = longmen.NewArray()
	i := 0
	for t := set.Get("tools").First(); t.Exists(); t = t.Next() {
		element := where.Element(i)
		i++
		if !t.Get("type").Is("function") {
			where := element.Member("type")
			return "", 0, codec.Unsupported(&where, "expected function: gemini has no tools of this type")
		}
		function, where := t.Get("function"), element.Member("function")
		if !function.Exists() {
			function, where = t, element
		}
		name, err := r.chosen(function.Get("name"), &where)
		if err != nil {
			return "", 0, err
		}
		allowed.Append(longmen.NewString(name))
	}
	if i == 0 || i > maxFunctions {
		return "", 0, codec.Invalid(&where, "expected an array of 1 to 512 tools")
	}
	return mode, allowed, nil
}

// chosen is the name to send for a function that tool_choice names: one of the declared.
func (r *request) chosen(v longmen.Value, at *codec.Path) (string, error) {
	var buffer [maxClientName]byte
	sent, ok := r.Sent(v.Prefix(buffer[:]))
	if !ok {
		where := at.Member("name")
		return "", codec.Invalid(&where, "expected the name of one of the tools")
	}
	return sent, nil
}
