package openaiollama

import (
	"bytes"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

const (
	maxID        = 64 << 10 // bytes of a call's id: some clients hide a signature in it
	maxCalls     = 256      // in one assistant message
	maxFunctions = 512      // tools of a request
)

// turn is the calls of the last assistant message: tool messages name the function that they answer.
type turn struct {
	calls []call
	ids   []byte // the ids, one after another
}

// call is one of them. In requests of Ollama's clients, answered tells that a tool message took it.
type call struct {
	from, to int // its id, in ids
	name     longmen.Value
	answered bool
}

func (t *turn) reset() { t.calls, t.ids = t.calls[:0], t.ids[:0] }

// find is the call of that id.
func (t *turn) find(id []byte) *call {
	for i := range t.calls {
		if c := &t.calls[i]; bytes.Equal(t.ids[c.from:c.to], id) {
			return c
		}
	}
	return nil
}

// reply makes an assistant's message fit: its text, its thoughts, its calls.
func (r *ask) reply(m longmen.Value, f *message, at *codec.Path) error {
	r.leave(f.name, f.callID)
	if codec.Text(f.reasoning) {
		m.Set("thinking", f.reasoning)
	} else {
		r.leave(f.reasoning)
	}
	if codec.Text(f.refusal) && codec.Absent(f.content) {
		m.Set("content", f.refusal)
		f.content = f.refusal
	} else {
		r.leave(f.refusal)
	}
	r.turn.reset()
	where := at.Member("tool_calls")
	switch f.calls.Kind() {
	case longmen.KindInvalid:
	case longmen.KindNull:
		r.leave(f.calls)
	case longmen.KindArray:
		i := 0
		for v, next := f.calls.First(), longmen.Value(0); v.Exists(); v = next {
			next = v.Next()
			here := where.Element(i)
			if i++; i > maxCalls {
				return codec.Unsupported(&here, "expected at most 256 calls in one message")
			}
			if err := r.call(v, &here); err != nil {
				return err
			}
		}
	default:
		return codec.Invalid(&where, "expected an array of tool calls")
	}
	if !codec.Absent(f.legacyCall) && len(r.turn.calls) == 0 {
		where := at.Member("function_call")
		made := longmen.NewJSON(`[{"type":"function"}]`)
		v := made.Index(0)
		v.Set("function", f.legacyCall)
		if err := r.function(v.Get("function"), call{}, &where); err != nil {
			return err
		}
		m.Set("tool_calls", made)
	} else {
		r.leave(f.legacyCall)
	}
	return r.content(m, f, "", at)
}

// call makes one call of the history fit.
func (r *ask) call(v longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	var id, function, kind longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "id":
			id = m
		case "function":
			function = m
		case "type":
			kind = m
		default:
			if err := r.forget(m, at); err != nil {
				return err
			}
		}
	}
	if !codec.Absent(kind) && string(codec.Word(kind)) != "function" {
		return codec.UnsupportedIn(at, "type", "expected function: ollama has no other calls")
	}
	c := call{from: len(r.turn.ids)}
	r.turn.ids = id.AppendString(r.turn.ids)
	c.to = len(r.turn.ids)
	if c.to == c.from || c.to-c.from > maxID {
		return codec.InvalidIn(at, "id", "expected the id of the call, at most 65536 bytes")
	}
	where := at.Member("function")
	return r.function(function, c, &where)
}

// function makes the arguments an object and remembers the call.
func (r *ask) function(v longmen.Value, c call, at *codec.Path) error {
	var arguments longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "name":
			c.name = m
		case "arguments":
			arguments = m
		default:
			if err := r.forget(m, at); err != nil {
				return err
			}
		}
	}
	if !codec.Text(c.name) {
		return codec.InvalidIn(at, "name", "expected the name of the function")
	}
	r.turn.calls = append(r.turn.calls, c)
	args := longmen.Value(0)
	if codec.Text(arguments) {
		var ok bool
		if args, ok = arguments.Parse(); !ok && !blank(arguments) {
			return codec.InvalidIn(at, "arguments", "expected a string that holds JSON")
		}
		switch args.Kind() {
		case longmen.KindObject:
		case longmen.KindInvalid, longmen.KindNull: // as some models say that there are none
			args = longmen.NewObject()
		default:
			wrapped := longmen.NewObject()
			wrapped.Set("value", args)
			args = wrapped
		}
	} else {
		switch arguments.Kind() {
		case longmen.KindInvalid, longmen.KindNull, longmen.KindString:
			args = longmen.NewObject()
		case longmen.KindObject: // some clients forget to encode them
			return nil
		default:
			return codec.InvalidIn(at, "arguments", "expected a string that holds a JSON object")
		}
	}
	v.Set("arguments", args)
	return nil
}

// blank tells whether a short text is nothing but white space.
func blank(v longmen.Value) bool {
	b := codec.Word(v)
	return len(b) < 64 && len(bytes.TrimLeft(b, " \t\r\n")) == 0
}

// result makes a tool's answer fit: Ollama knows it by the function's name.
func (r *ask) result(m longmen.Value, f *message, at *codec.Path) error {
	r.leave(f.refusal, f.calls, f.legacyCall, f.reasoning)
	if codec.Absent(f.callID) { // the functions of old have no ids
		if !codec.Text(f.name) {
			return codec.InvalidIn(at, "tool_call_id", "expected the id of a call in the assistant message before")
		}
		if !f.role.Is("tool") {
			f.role.Replace(longmen.NewString("tool"))
		}
		m.Set("tool_name", f.name)
		return r.content(m, f, "\n", at)
	}
	var buffer [256]byte
	id := buffer[:0]
	if f.callID.Len() <= maxID {
		id = f.callID.AppendString(id)
	}
	c := r.turn.find(id)
	if c == nil {
		return codec.InvalidIn(at, "tool_call_id", "expected the id of a call in the assistant message before")
	}
	r.leave(f.name)
	m.Set("tool_name", c.name.Copy())
	return r.content(m, f, "\n", at)
}

// declare makes the tools fit, and what chooses among them.
func (r *ask) declare(p *parameters) error {
	if codec.Absent(p.tools) {
		p.tools = 0
		if !codec.Absent(p.functions) {
			if err := r.legacy(p); err != nil {
				return err
			}
		}
	} else if !codec.Absent(p.functions) {
		if err := r.Warn("functions", "left out: the request has tools"); err != nil {
			return err
		}
	}
	at := codec.Path{Name: "tools"}
	if p.tools.Exists() && p.tools.Kind() != longmen.KindArray {
		return codec.Invalid(&at, "expected an array of tools")
	}
	i := 0
	for v, next := p.tools.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		if i++; i > maxFunctions {
			return codec.Unsupported(&here, "expected at most 512 tools")
		}
		if err := r.tool(v, &here); err != nil {
			return err
		}
	}
	r.clean()
	if i == 0 {
		p.tools = 0
		return nil
	}
	if err := r.choose(p); err != nil {
		return err
	}
	parallel, err := boolean(p.parallel, &codec.Path{Name: "parallel_tool_calls"})
	if err != nil || parallel || codec.Absent(p.parallel) {
		return err
	}
	return r.Warn("parallel_tool_calls", "ollama may still call several tools at once")
}

// tool checks one tool, which goes on as it is.
func (r *ask) tool(v longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	var kind, function longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "type":
			kind = m
		case "function":
			function = m
		case "cache_control":
			if err := r.forget(m, at); err != nil {
				return err
			}
		default:
			if err := r.unknown("tools[]", name, m, at); err != nil {
				return err
			}
			if err := r.forget(m, at); err != nil {
				return err
			}
		}
	}
	if string(codec.Word(kind)) != "function" {
		return codec.UnsupportedIn(at, "type", "expected function: ollama has no tools of this type")
	}
	if function.Kind() != longmen.KindObject {
		return codec.InvalidIn(at, "function", "expected an object")
	}
	return nil
}

// legacy makes tools of the functions of old.
func (r *ask) legacy(p *parameters) error {
	at := codec.Path{Name: "functions"}
	if err := r.Warn("functions", "deprecated: calls are answered as tool_calls"); err != nil {
		return err
	}
	if p.functions.Kind() != longmen.KindArray {
		return codec.Invalid(&at, "expected an array of functions")
	}
	tools := longmen.NewArray()
	i := 0
	for v, next := p.functions.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		if i++; i > maxFunctions {
			return codec.Unsupported(&here, "expected at most 512 functions")
		}
		tool := longmen.NewJSON(`{"type":"function"}`)
		tool.Set("function", v)
		tools.Append(tool)
	}
	p.tools = tools
	return nil
}

// choose honours tool_choice as far as Ollama can: without tools none is called, and nothing makes a
// model call one.
func (r *ask) choose(p *parameters) error {
	v, at := p.toolChoice, codec.Path{Name: "tool_choice"}
	if codec.Absent(v) {
		v, at = p.functionCall, codec.Path{Name: "function_call"}
	}
	switch v.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return nil
	case longmen.KindObject:
	case longmen.KindString:
		switch string(codec.Word(v)) {
		case "auto":
			return nil
		case "none":
			p.tools = 0
			return nil
		case "required":
		default:
			return codec.Invalid(&at, "expected none, auto, required or an object")
		}
	default:
		return codec.Invalid(&at, "expected a string or an object")
	}
	return r.Warn(at.Name, "not supported by ollama: the model calls what it likes")
}
