package responseschat

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// declare turns the tools, whose members the Responses API has beside their type.
func (r *toResponses) declare(tools longmen.Value) error {
	at := codec.Path{Name: "tools"}
	if codec.Absent(tools) {
		return nil
	}
	if tools.Kind() != longmen.KindArray {
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
		var kind, inner longmen.Value
		for m := v.First(); m.Exists(); m = m.Next() {
			switch name := codec.Key(m); string(name) {
			case "type":
				kind = m
			case "function", "custom":
				inner = m
			case "cache_control":
				if err := r.parted("cache_control", lost); err != nil {
					return err
				}
			default:
				if err := r.unknown("tools[]", name, m, &here); err != nil {
					return err
				}
			}
		}
		switch string(codec.Word(kind)) {
		case "function":
			where := here.Member("function")
			if err := r.named(inner, &where); err != nil {
				return err
			}
			t := longmen.NewJSON(`{"type":"function","name":"","parameters":null,"strict":false}`) // chat's default is false, this API's true
			if err := r.move(t, inner, "tools[].function", &where, "name", "description", "parameters", "strict"); err != nil {
				return err
			}
			r.tool(t)
		case "custom":
			where := here.Member("custom")
			if err := r.named(inner, &where); err != nil {
				return err
			}
			t := longmen.NewJSON(`{"type":"custom","name":""}`)
			if err := r.move(t, inner, "tools[].custom", &where, "name", "description", "format"); err != nil {
				return err
			}
			if g := t.Pointer("/format/grammar"); g.Kind() == longmen.KindObject {
				g.SetString("type", "grammar")
				t.Set("format", g)
			}
			r.tool(t)
		default:
			if v.Kind() != longmen.KindObject {
				return codec.Invalid(&here, "expected a tool object")
			}
			where := here.Member("type")
			return codec.Unsupported(&where, "expected function or custom")
		}
	}
	return nil
}

// named demands a tool's name.
func (r *toResponses) named(v longmen.Value, at *codec.Path) error {
	if !codec.Text(v.Get("name")) {
		where := at.Member("name")
		return codec.Invalid(&where, "expected the name of the tool")
	}
	return nil
}

// choose turns tool_choice. searches tells whether there will be a web search tool.
func (r *toResponses) choose(v longmen.Value, searches bool) error {
	at := codec.Path{Name: "tool_choice"}
	if codec.Absent(v) {
		return nil
	}
	switch v.Kind() {
	case longmen.KindString:
		switch string(codec.Word(v)) {
		case "auto", "none":
			if r.tools.Exists() {
				r.out.Set("tool_choice", v)
			}
			return nil
		case "required":
			if !r.tools.Exists() && !searches {
				return codec.Invalid(&at, "expected tools to choose from")
			}
			r.out.Set("tool_choice", v)
			return nil
		}
		return codec.Invalid(&at, "expected none, auto, required or an object")
	case longmen.KindObject:
	default:
		return codec.Invalid(&at, "expected a string or an object")
	}
	if !r.tools.Exists() {
		return codec.Invalid(&at, "expected tools to choose from")
	}
	if !v.Get("type").Is("allowed_tools") {
		c, err := r.chosen(v, &at)
		if err == nil {
			r.out.Set("tool_choice", c)
		}
		return err
	}
	set := v.Get("allowed_tools")
	c := longmen.NewJSON(`{"type":"allowed_tools","mode":"auto","tools":[]}`)
	if m := set.Get("mode"); !codec.Absent(m) {
		c.Set("mode", m)
	}
	list := c.Get("tools")
	inner := at.Member("allowed_tools")
	where := inner.Member("tools")
	if set.Get("tools").Kind() != longmen.KindArray {
		return codec.Invalid(&where, "expected an array of tools")
	}
	i := 0
	for t, next := set.Get("tools").First(), longmen.Value(0); t.Exists(); t = next {
		next = t.Next()
		here := where.Element(i)
		i++
		if err := r.step(&here); err != nil {
			return err
		}
		made, err := r.chosen(t, &here)
		if err != nil {
			return err
		}
		list.Append(made)
	}
	r.out.Set("tool_choice", c)
	return nil
}

// chosen is one tool that tool_choice names.
func (r *toResponses) chosen(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	kind := ""
	switch string(codec.Word(v.Get("type"))) {
	case "function":
		kind = "function"
	case "custom":
		kind = "custom"
	default:
		where := at.Member("type")
		return 0, codec.Unsupported(&where, "expected function, custom or allowed_tools")
	}
	where := at.Member(kind)
	name := v.Get(kind).Get("name")
	if err := r.named(v.Get(kind), &where); err != nil {
		return 0, err
	}
	c := longmen.NewObject()
	c.SetString("type", kind)
	c.Set("name", name)
	return c, nil
}
