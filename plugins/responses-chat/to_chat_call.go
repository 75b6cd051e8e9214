package responseschat

import (
	"bytes"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// maxKeptID bounds an id that is kept to tell two calls of one index apart, in bytes.
const maxKeptID = 128

// call is one tool call's members, in a delta or an answer; zero when absent.
type call struct {
	index, id, name, arguments, signature longmen.Value
	input                                 bool // it is a custom tool's
}

func (c *call) read(v longmen.Value) {
	*c = call{}
	var function, extra longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "index":
			c.index = m
		case "id":
			c.id = m
		case "function":
			function = m
		case "custom":
			function, c.input = m, true
		case "extra_content":
			extra = m
		}
	}
	for m := function.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "name":
			c.name = m
		case "arguments", "input":
			c.arguments = m
		}
	}
	if extra.Exists() {
		if s := extra.Pointer("/google/thought_signature"); codec.Text(s) {
			c.signature = s
		}
	}
}

// calls emits what a chunk adds to tool calls. The Responses API names the item in every delta, so that
// calls may come in turns.
func (s *answerState) calls(list, state longmen.Value) error {
	if list.Kind() == longmen.KindNull {
		return nil
	}
	var all [16]call
	for v := list.First(); v.Exists(); {
		n := 0
		for ; v.Exists() && n < len(all); v = v.Next() { // read before anything is edited
			all[n].read(v)
			n++
		}
		for j := range all[:n] {
			if err := s.call(&all[j], state); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *answerState) call(c *call, state longmen.Value) error {
	index := int(min(max(c.index.Int(), 0), 1<<30))
	var buffer [maxKeptID + 1]byte
	id := short(c.id, buffer[:])
	i, late := none, none
	for k := range s.items {
		it := &s.items[k]
		if it.index != index || it.kind != kindCall && it.kind != kindCustom && it.kind != kindInput {
			continue
		}
		// Some servers give every call the index 0: another id and a name begin another call.
		if len(id) > 0 && len(it.id) > 0 && string(id) != string(it.id) && codec.Text(c.name) {
			continue
		}
		if it.stage == closed {
			late = k
		} else {
			i = k
		}
	}
	again := late != none && len(id) > 0 && string(id) == string(s.items[late].id)
	if i == none && (late == none || !again && codec.Text(c.name)) {
		if !codec.Text(c.name) {
			if !codec.Text(c.arguments) {
				return nil
			}
			return codec.Malformed(&callsAt, "the name of a function before its arguments")
		}
		var err error
		if i, err = s.openCall(c, index, id, state); err != nil {
			return err
		}
	}
	switch c.arguments.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return nil
	case longmen.KindObject: // some servers forget to encode them
		c.arguments = c.arguments.Stringify()
	}
	text, err := s.read(c.arguments)
	if err != nil || len(text) == 0 {
		return err
	}
	if i == none {
		if len(bytes.TrimSpace(text)) == 0 {
			return nil
		}
		return codec.Malformed(&callsAt, "whole arguments of a call before those of the next")
	}
	s.items[i].scan(text)
	if i != s.current || s.items[i].kind == kindCustom { // its input can be taken out only when all is there
		return s.wait(i, text, state)
	}
	b, name := s.deltaOf(i)
	s.add(b, name, i, text, state)
	if s.items[i].place == behindArguments {
		s.advance(state)
	}
	return s.bounded()
}

// callsAt is where the calls of a stream stand.
var callsAt = codec.Path{Name: "choices[0].delta.tool_calls"}

// openCall begins a call's item, behind a reasoning item for its signature.
func (s *answerState) openCall(c *call, index int, id []byte, state longmen.Value) (int, error) {
	if c.name.Len() > maxToolName {
		return 0, codec.Malformed(&callsAt, "a name of at most 512 bytes")
	}
	if c.signature.Exists() && s.sealed {
		if err := s.sign(c.signature, false, state); err != nil {
			return 0, err
		}
	}
	it := answerItem{index: index}
	made := s.callItem(&it, len(s.items), c, state)
	it.place = beforeArguments
	if plain(id) {
		it.id = append([]byte(nil), id...)
	}
	s.total += made.Size()
	return s.item(it, made, state)
}

// plain tells whether an id can be kept in a line of the state.
func plain(id []byte) bool {
	for _, c := range id {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}

// callItem is the item of a call that has no arguments yet. It says what kind it is.
func (s *answerState) callItem(it *answerItem, i int, c *call, state longmen.Value) longmen.Value {
	var buffer [functionNamesMax]byte
	known := state.Get("n").Get(string(c.name.Prefix(buffer[:])))
	switch {
	case c.input:
		it.kind = kindInput
	case known.Get("custom").Exists():
		it.kind = kindCustom
	default:
		it.kind = kindCall
	}
	b := append(output[:0], `{"id":"`...)
	b = s.appendKindID(b, it.kind, i)
	if it.kind == kindCall {
		b = append(b, `","type":"function_call","status":"in_progress","arguments":"","call_id":`...)
	} else {
		b = append(b, `","type":"custom_tool_call","status":"in_progress","input":"","call_id":`...)
	}
	if codec.Text(c.id) && c.id.Len() <= maxCallID {
		b = c.id.AppendJSON(b)
	} else {
		b = codec.AppendQuoted(b, codec.RandomID("call_", 24))
	}
	item := parsed(append(b, '}'))
	name := c.name.Copy()
	if v := known.Get("name"); v.Exists() {
		name = v.Copy()
	}
	item.Set("name", name)
	if v := known.Get("namespace"); v.Exists() {
		item.Set("namespace", v.Copy())
	}
	return item
}

const (
	functionNamesMax = 128      // bytes of a name that may have to be restored
	maxCallID        = 64 << 10 // bytes of a call's id
)

// closeCall emits what ends a call.
func (s *answerState) closeCall(i int, text, state longmen.Value) longmen.Value {
	item := state.Get("o").Index(i).Copy()
	status := s.itemStatus(i)
	if _, whole := text.Parse(); s.finish == finishLength && !whole && codec.Text(text) {
		status = "incomplete"
	}
	item.SetString("status", status)
	member, delta, done := "arguments", "response.function_call_arguments.delta", "response.function_call_arguments.done"
	late := false
	switch kind := s.items[i].kind; {
	case kind == kindCall && !codec.Text(text):
		text, late = longmen.NewString("{}"), true // clients parse it
	case kind == kindCustom:
		if args, ok := text.Parse(); ok && args.Get("input").Kind() == longmen.KindString {
			text = args.Get("input").Copy()
		}
		late = codec.Text(text)
		fallthrough
	case kind == kindInput:
		member, delta, done = "input", "response.custom_tool_call_input.delta", "response.custom_tool_call_input.done"
	}
	if late {
		longmen.Emit(with(append(s.about(delta, i), '}'), "delta", text.Copy()), delta)
	}
	e := with(append(s.about(done, i), '}'), member, text.Copy())
	if member == "arguments" {
		e.Set("name", item.Get("name").Copy())
	}
	longmen.Emit(e, done)
	item.Set(member, text)
	return item
}
