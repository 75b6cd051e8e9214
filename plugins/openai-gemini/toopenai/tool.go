package toopenai

import (
	"bytes"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// maxFunctions bounds the functions of one request, as Gemini does.
const maxFunctions = 512

// declare turns the tools into OpenAI's: one for each function.
func (r *request) declare(tools longmen.Value) error {
	at := codec.Path{Name: "tools"}
	var w items
	if !w.walk(tools) {
		return invalid(&at, "expected an array of tools")
	}
	var list longmen.Value
	i := 0
	for v := w.next(); v.Exists(); v = w.next() {
		here := at.Element(i)
		i++
		if err := r.step(&here); err != nil {
			return err
		}
		if v.Kind() != longmen.KindObject {
			return invalid(&here, "expected a tool object")
		}
		var functions longmen.Value
		search := false
		for m := v.First(); m.Exists(); m = m.Next() {
			if m.Kind() == longmen.KindNull {
				continue
			}
			name := field(m)
			switch string(name) {
			case "functionDeclarations":
				functions = m
			case "googleSearch", "googleSearchRetrieval":
				search = true
			default:
				where := here.Member(string(name))
				return unsupported(&where, "expected functionDeclarations or googleSearch: the provider has no such tool")
			}
		}
		if search {
			if err := r.search(&here); err != nil {
				return err
			}
		}
		where := here.Member("functionDeclarations")
		var d items
		if !d.walk(functions) {
			return invalid(&where, "expected an array of declarations")
		}
		j := 0
		for f := d.next(); f.Exists(); f = d.next() {
			place := where.Element(j)
			j++
			if r.functions++; r.functions > maxFunctions {
				return unsupported(&where, "expected at most 512 functions")
			}
			made, err := r.declaration(f, &place)
			if err != nil {
				return err
			}
			if !list.Exists() {
				list = longmen.NewArray()
				r.out.Set("tools", list)
			}
			list.Append(made)
		}
	}
	return nil
}

// search asks for a web search. Only the models of OpenAI's that are made for it take the member, others
// refuse the request.
func (r *request) search(at *codec.Path) error {
	if r.wire && !bytes.Contains(r.model, []byte("search")) {
		where := at.Member("googleSearch")
		return r.Warn(spelled(&where), "not supported by this model of openai's")
	}
	r.out.Set("web_search_options", longmen.NewObject())
	return nil
}

// declaration is the function tool for a functionDeclaration.
func (r *request) declaration(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	if err := r.step(at); err != nil {
		return 0, err
	}
	var name, description, parameters, schema longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch k := field(m); string(k) {
		case "name":
			name = m
		case "description":
			description = m
		case "parameters":
			parameters = m
		case "parametersJsonSchema", "_parametersJsonSchema":
			schema = m
		case "response", "responseJsonSchema":
			// says what the function returns: no effect on the call
		default:
			if err := r.unknown("tools[].functionDeclarations[]", m, at); err != nil {
				return 0, err
			}
		}
	}
	sent, err := r.name(name, at)
	if err != nil {
		return 0, err
	}
	b := add(output[:0], `{"type":"function","function":{"name":`)
	b = codec.AppendQuoted(b, sent)
	made := parsed(add(b, `}}`))
	f := made.Get("function")
	if codec.Text(description) {
		f.Set("description", description)
	}
	switch {
	case !codec.Absent(schema):
		where := at.Member("parametersJsonSchema")
		if schema.Kind() != longmen.KindObject {
			return 0, invalid(&where, "expected a JSON Schema object")
		}
		f.Set("parameters", schema)
	case !codec.Absent(parameters):
		where := at.Member("parameters")
		if err := r.lower(parameters, 0, lasting(&where)); err != nil {
			return 0, err
		}
		if parameters.Get("type").Is("object") && !parameters.Get("properties").Exists() {
			parameters.Set("properties", longmen.NewObject()) // a missing one is refused
		}
		f.Set("parameters", parameters)
	}
	return made, nil
}

// choose turns the function calling mode into tool_choice.
func (r *request) choose(v longmen.Value) error {
	if codec.Absent(v) {
		return nil
	}
	at := codec.Path{Name: "toolConfig"}
	if v.Kind() != longmen.KindObject {
		return invalid(&at, "expected an object")
	}
	var calling longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch k := field(m); string(k) {
		case "functionCallingConfig":
			calling = m
		default:
			if err := r.unknown("toolConfig", m, &at); err != nil {
				return err
			}
		}
	}
	if codec.Absent(calling) || r.functions == 0 {
		return nil
	}
	at = codec.Path{Up: &codec.Path{Name: "toolConfig"}, Name: "functionCallingConfig"}
	var mode, names longmen.Value
	for m := calling.First(); m.Exists(); m = m.Next() {
		switch k := field(m); string(k) {
		case "mode":
			mode = m
		case "allowedFunctionNames":
			names = m
		default:
			if err := r.unknown("toolConfig.functionCallingConfig", m, &at); err != nil {
				return err
			}
		}
	}
	var choice string
	if !codec.Absent(mode) && mode.Kind() != longmen.KindString {
		where := at.Member("mode")
		return invalid(&where, "expected AUTO, ANY, NONE or VALIDATED")
	}
	switch string(codec.Word(mode)) {
	case "", "AUTO", "auto", "VALIDATED", "validated", "MODE_UNSPECIFIED":
		choice = "auto"
	case "ANY", "any":
		choice = "required"
	case "NONE", "none":
		r.out.SetString("tool_choice", "none")
		return nil
	default:
		where := at.Member("mode")
		return invalid(&where, "expected AUTO, ANY, NONE or VALIDATED")
	}
	allowed, n, err := r.allowed(names, &at)
	switch {
	case err != nil:
		return err
	case n == 1 && choice == "required":
		r.out.Set("tool_choice", allowed.First())
	case n > 0:
		c := longmen.NewJSON(`{"type":"allowed_tools","allowed_tools":{"mode":"` + choice + `"}}`)
		c.Get("allowed_tools").Set("tools", allowed)
		r.out.Set("tool_choice", c)
	case choice == "required":
		r.out.SetString("tool_choice", choice)
	}
	return nil
}

// allowed is the list of tools that allowedFunctionNames names.
func (r *request) allowed(names longmen.Value, at *codec.Path) (list longmen.Value, n int, err error) {
	if codec.Absent(names) {
		return 0, 0, nil
	}
	where := at.Member("allowedFunctionNames")
	if names.Kind() != longmen.KindArray {
		return 0, 0, invalid(&where, "expected an array of names")
	}
	list = longmen.NewArray()
	var buffer [maxClientName]byte
	for v := names.First(); v.Exists(); v = v.Next() {
		here := where.Element(n)
		sent, known := r.Sent(v.Prefix(buffer[:]))
		if !known {
			return 0, 0, invalid(&here, "expected the name of one of the functionDeclarations")
		}
		if n++; n > maxFunctions {
			return 0, 0, invalid(&here, "expected at most 512 names")
		}
		b := add(output[:0], `{"type":"function","function":{"name":`)
		b = codec.AppendQuoted(b, sent)
		list.Append(parsed(add(b, `}}`)))
	}
	return list, n, nil
}
