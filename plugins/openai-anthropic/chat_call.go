package openaianthropic

import (
	"strconv"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// calls appends the tool_use blocks of tool_calls.
func (r *chat) calls(list, calls longmen.Value, at *codec.Path) error {
	if calls.Kind() != longmen.KindArray {
		return codec.Invalid(at, "expected an array of tool calls")
	}
	i := 0
	for v, next := calls.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		i++
		var id, function, kind longmen.Value
		for m := v.First(); m.Exists(); m = m.Next() {
			switch string(codec.Key(m)) {
			case "id":
				id = m
			case "function":
				function = m
			case "type":
				kind = m
			}
		}
		if !codec.Absent(kind) && string(codec.Word(kind)) != "function" {
			return codec.UnsupportedIn(&here, "type", "expected function: anthropic has no other calls")
		}
		where := here.Member("id")
		clientID, err := readID(id, &where)
		if err != nil {
			return err
		}
		where = here.Member("function")
		c := call{id: clientID, member: "tool_calls", index: i - 1}
		if err := r.call(list, function, c, &where); err != nil {
			return err
		}
	}
	return nil
}

// call appends one tool_use block.
func (r *chat) call(list, function longmen.Value, c call, at *codec.Path) error {
	var name, arguments longmen.Value
	for m := function.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "name":
			name = m
		case "arguments":
			arguments = m
		}
	}
	var err error
	if c.name, err = r.name(name, at); err != nil {
		return err
	}
	input, err := input(arguments, at)
	if err != nil {
		return err
	}
	return r.use(list, c, input, at)
}

// use appends a tool_use block and waits for its result.
func (r *chat) use(list longmen.Value, c call, input longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	if len(r.open) == maxCalls {
		return codec.Unsupported(at, "expected at most 256 calls in one message")
	}
	c.sent = r.newCallID(c.id)
	made := output.Start(`{"type":"tool_use","id":`).Quote(c.sent).Put(`,"name":`).Quote(c.name).Put(`,"input":{}}`).Parse()
	if input.Exists() {
		made.Set("input", input)
	}
	list.Append(made)
	r.open = append(r.open, c)
	if r.used == "" {
		r.used = c.name
	}
	return nil
}

// newCallID is the id to send for a call's. Ids repeat from turn to turn in practice, which Anthropic
// refuses: a repeated one gets a number.
func (r *chat) newCallID(id string) string {
	key := []byte(id)
	if _, known := r.ids.Sent(key); known {
		r.repeats++
		n := len(r.ids.Restored)
		sent := r.ids.Send(append(append(key, 0), strconv.Itoa(r.repeats)...))
		r.ids.Restored = r.ids.Restored[:n] // the client knows no such id
		return sent
	}
	return r.callID(id)
}

// input is the object that an arguments string says, 0 for an empty one.
func input(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	if !codec.Text(v) {
		switch v.Kind() {
		case longmen.KindInvalid, longmen.KindNull, longmen.KindString:
			return 0, nil
		case longmen.KindObject: // some clients forget to encode them
			return v, nil
		}
		return 0, codec.InvalidIn(at, "arguments", "expected a string that holds a JSON object")
	}
	args, ok := v.Parse()
	if !ok {
		if blank(v) {
			return 0, nil
		}
		return 0, codec.InvalidIn(at, "arguments", "expected a string that holds JSON")
	}
	switch args.Kind() {
	case longmen.KindObject:
	case longmen.KindNull: // as some models say that there are none
		return 0, nil
	default:
		wrapped := longmen.NewObject()
		wrapped.Set("value", args)
		return wrapped, nil
	}
	return args, nil
}

// nativeCall takes a tool_use block over that stands among the parts.
func (r *chat) nativeCall(list, v longmen.Value, at *codec.Path) error {
	where := at.Member("id")
	id, err := readID(v.Get("id"), &where)
	if err != nil {
		return err
	}
	c := call{id: id, member: "content", index: at.Index}
	if c.name, err = r.name(v.Get("name"), at); err != nil {
		return err
	}
	input := v.Get("input")
	if input.Kind() != longmen.KindObject {
		return codec.InvalidIn(at, "input", "expected an object")
	}
	return r.use(list, c, input, at)
}
