package toopenai

import (
	"strconv"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/plugins/openai-gemini/memory"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Gemini's events hold function calls whole, OpenAI's chunks pieces of their arguments. The pieces wait in
// the exchange's state, each as a value of its own, so that adding one costs the same however many came
// before; the bound of the state bounds them all.

// Kinds of what waits for the end of a stream, each for every choice.
const (
	keptCalls  = "c" // object of calls by their index: id, name, sign, a (fragments of arguments)
	keptWord   = "e" // array: pieces of an answer that is to be unquoted
	keptBlocks = "t" // array: thinking blocks

	keptCitations = "g" // array: annotations
)

func place(kind string, choice int) string { return kind + strconv.Itoa(choice) }

// kept is what waits, 0 if nothing does.
func kept(kind string, choice int) longmen.Value { return memory.Value("/x/" + place(kind, choice)) }

// keep adds a piece to a list.
func keep(kind string, choice int, v longmen.Value) {
	list := kept(kind, choice)
	if !list.Exists() {
		x := memory.Object()
		x.Set(place(kind, choice), longmen.NewArray())
		list = x.Get(place(kind, choice))
	}
	list.Append(v)
}

// joined is the text of all pieces; 0 when there are none.
func joined(list longmen.Value) longmen.Value {
	if !list.First().Exists() {
		return 0
	}
	return list.Join()
}

// calls keeps what a delta adds to the calls of a choice.
func (s *stream) calls(c *heard, d *message, at *codec.Path) error {
	if !d.calls.Exists() && !d.legacy.Exists() {
		return nil
	}
	where := at.Member("tool_calls")
	if !codec.Absent(d.calls) && d.calls.Kind() != longmen.KindArray {
		return codec.Malformed(&where, "an array of tool calls")
	}
	i := 0
	for v, next := d.calls.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := where.Element(i)
		i++
		var number, id, function, extra longmen.Value
		for m := v.First(); m.Exists(); m = m.Next() {
			switch string(codec.Key(m)) {
			case "index":
				number = m
			case "id":
				id = m
			case "function":
				function = m
			case "extra_content":
				extra = m
			}
		}
		k := number.Int()
		if v.Kind() != longmen.KindObject || k < 0 || k >= maxCalls {
			return codec.Malformed(&here, "a tool call with an index")
		}
		fragment(c.index, int(k), id, function, signature(extra))
	}
	if i == 0 && d.legacy.Kind() == longmen.KindObject {
		fragment(c.index, 0, 0, d.legacy, 0)
	}
	return nil
}

// fragment adds to one call, or begins it.
func fragment(choice, k int, id, function, sign longmen.Value) {
	name, arguments := longmen.Value(0), longmen.Value(0)
	for m := function.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "name":
			name = m
		case "arguments":
			arguments = m
		}
	}
	if arguments.Kind() == longmen.KindObject { // some providers forget to encode them
		arguments = arguments.Stringify()
	}
	key := strconv.Itoa(k)
	call := memory.Value("/x/" + place(keptCalls, choice) + "/" + key)
	if call.Exists() && codec.Text(id) {
		if known := call.Get("id"); codec.Text(known) && known.String() != id.String() {
			// Some providers give every call the index 0.
			calls := kept(keptCalls, choice)
			calls.Set(strconv.Itoa(maxCalls+calls.Len()), call)
			call = 0
		}
	}
	if !call.Exists() {
		calls := kept(keptCalls, choice)
		if !calls.Exists() {
			x := memory.Object()
			x.Set(place(keptCalls, choice), longmen.NewObject())
			calls = x.Get(place(keptCalls, choice))
		}
		calls.Set(key, longmen.NewJSON(`{"a":[]}`))
		call = calls.Get(key)
	}
	if codec.Text(id) {
		call.Set("id", id)
	}
	if codec.Text(name) {
		call.Set("name", name)
	}
	if sign.Exists() {
		call.Set("sign", sign)
	}
	if codec.Text(arguments) {
		call.Get("a").Append(arguments)
	}
}
