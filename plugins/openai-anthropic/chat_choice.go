package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

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
		return codec.UnsupportedIn(&at, "type", "expected function or allowed_tools")
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
		return "", codec.InvalidIn(at, "name", "expected the name of one of the tools")
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
			return codec.UnsupportedIn(&element, "type", "expected function: anthropic has no tools of this type")
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
		r.tool(output.Start(`{"name":`).Quote(r.used).Put(`,"description":"Not available any more.","input_schema":` + noParameters + `}`).Parse())
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
		choice = output.Start(`{"type":"tool","name":`).Quote(sent).Put(`}`).Parse()
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
