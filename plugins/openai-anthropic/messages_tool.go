package openaianthropic

import (
	"bytes"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// declare turns tools into OpenAI's.
func (r *messages) declare(tools longmen.Value) error {
	at := codec.Path{Name: "tools"}
	if codec.Absent(tools) {
		return nil
	}
	if tools.Kind() != longmen.KindArray {
		return codec.Invalid(&at, "expected an array of tools")
	}
	var list longmen.Value
	i := 0
	for v, next := tools.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		i++
		t, err := r.tool(v, &here)
		if err != nil {
			return err
		}
		if !t.Exists() {
			continue
		}
		if !list.Exists() {
			list = longmen.NewArray()
		}
		list.Append(t)
		r.tools++
	}
	if list.Exists() {
		r.out.Set("tools", list)
	}
	return nil
}

// tool is the function tool for a client's tool; none for a search of the web, which is no tool at OpenAI.
func (r *messages) tool(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	if err := r.step(at); err != nil {
		return 0, err
	}
	if kind := v.Get("type"); !codec.Absent(kind) && !kind.Is("custom") {
		return 0, r.serverTool(v, kind, at)
	}
	var name, description, schema, strict, cache longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch k := codec.Key(m); string(k) {
		case "type":
		case "name":
			name = m
		case "description":
			description = m
		case "input_schema":
			schema = m
		case "strict":
			strict = m
		case "cache_control":
			cache = m
		case "defer_loading", "eager_input_streaming", "allowed_callers", "input_examples":
			// how Anthropic loads and streams it: every tool is declared
		default:
			if err := r.unknown("tools[]", k, m, at); err != nil {
				return 0, err
			}
		}
	}
	if v.Kind() != longmen.KindObject {
		return 0, codec.Invalid(at, "expected a tool object")
	}
	if err := r.uncached(cache, at); err != nil {
		return 0, err
	}
	sent, err := r.name(name, at)
	if err != nil {
		return 0, err
	}
	t := output.Start(`{"type":"function","function":{"name":`).Quote(sent).Put(`}}`).Parse()
	function := t.Get("function")
	if codec.Text(description) {
		function.Set("description", description)
	}
	switch schema.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
	case longmen.KindObject:
		if r.openai && !schema.Get("properties").Exists() && schema.Get("type").Is("object") {
			schema.Set("properties", longmen.NewObject()) // OpenAI insists on it
		}
		function.Set("parameters", schema)
	default:
		return 0, codec.InvalidIn(at, "input_schema", "expected a JSON Schema of an object")
	}
	if strict.Bool() {
		function.Set("strict", strict)
	}
	if r.caches {
		cached(t, cache)
	}
	return t, nil
}

// serverTool takes a tool that Anthropic runs itself: OpenAI can only search the web.
func (r *messages) serverTool(v, kind longmen.Value, at *codec.Path) error {
	if !bytes.HasPrefix(codec.Word(kind), []byte("web_search_")) {
		return codec.UnsupportedIn(at, "type", "expected a tool of the client's or web_search: openai has no tools of this type")
	}
	options := longmen.NewObject()
	for m, next := v.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		switch name := codec.Key(m); string(name) {
		case "type", "name":
		case "cache_control":
			if err := r.uncached(m, at); err != nil {
				return err
			}
		case "user_location":
			if m.Kind() != longmen.KindObject {
				continue
			}
			m.Get("type").Delete()
			place := longmen.NewJSON(`{"type":"approximate"}`)
			place.Set("approximate", m)
			options.Set("user_location", place)
		default:
			if err := r.unknown("tools[]", name, m, at); err != nil {
				return err
			}
		}
	}
	r.out.Set("web_search_options", options)
	return nil
}

// choose turns tool_choice over.
func (r *messages) choose(v longmen.Value) error {
	if codec.Absent(v) || r.tools == 0 {
		return nil
	}
	at := codec.Path{Name: "tool_choice"}
	var kind, name, serial longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch k := codec.Key(m); string(k) {
		case "type":
			kind = m
		case "name":
			name = m
		case "disable_parallel_tool_use":
			serial = m
		default:
			if err := r.unknown("tool_choice", k, m, &at); err != nil {
				return err
			}
		}
	}
	switch string(codec.Word(kind)) {
	case "auto":
		r.out.SetString("tool_choice", "auto")
	case "any":
		r.out.SetString("tool_choice", "required")
	case "none":
		r.out.SetString("tool_choice", "none")
	case "tool":
		var buffer [maxClientName]byte
		sent, ok := r.names.Sent(name.Prefix(buffer[:]))
		if !ok {
			return codec.InvalidIn(&at, "name", "expected the name of one of the tools")
		}
		r.out.Set("tool_choice", output.Start(`{"type":"function","function":{"name":`).Quote(sent).Put(`}}`).Parse())
	default:
		return codec.InvalidIn(&at, "type", "expected auto, any, tool or none")
	}
	if serial.Bool() {
		r.out.SetBool("parallel_tool_calls", false)
	}
	return nil
}
