package togemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/plugins/openai-gemini/memory"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// asked makes the tool calls of an answer.
type asked struct {
	names  longmen.Value // sent to original, of names that were changed; zero when none were
	seen   []string      // ids given out in this answer
	origin bool          // names was looked for
	keep   bool          // signatures go into the store, too
	caller caller
}

// maxSeen bounds the ids that are kept to tell repeated ones, maxKept their length in bytes.
const (
	maxSeen = 256
	maxKept = 256
)

// call is the tool call for a functionCall. index is its place in the choice, or -1 for the form of
// whole answers, which has none.
func (a *asked) call(sp *speech, index int) (longmen.Value, error) {
	s := &sp.said
	var name, args, id longmen.Value
	for m := s.call.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "name":
			name = m
		case "args":
			args = m
		case "id":
			id = m
		case "partialArgs", "willContinue": // of a stream, see partial
			if m.Kind() == longmen.KindArray || m.Bool() {
				return 0, sp.malformed("functionCall", "a whole function call")
			}
		}
	}
	if !codec.Text(name) {
		return 0, sp.malformed("functionCall.name", "the name of a function")
	}
	b := append(output[:0], '{')
	if index >= 0 {
		b = add(b, `"index":`)
		b = addInt(b, int64(index))
		b = append(b, ',')
	}
	known, shown := a.id(id), s.signature.Exists()
	if shown {
		known, shown = a.carry(known, s.signature)
	}
	b = add(b, `"id":`)
	b = codec.AppendQuoted(b, known)
	b = add(b, `,"type":"function","function":{"name":`)
	b = a.original(name).AppendJSON(b)
	b = add(b, `,"arguments":"{}"}`)
	if shown {
		b = add(b, `,"extra_content":{"google":{"thought_signature":`)
		b = s.signature.AppendJSON(b)
		b = add(b, `}}`)
	}
	output = append(b, '}')
	c := codec.Parsed(output)
	switch args.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
	case longmen.KindObject:
		c.Get("function").Set("arguments", args.Stringify())
	default:
		return 0, sp.malformed("functionCall.args", "an object")
	}
	return c, nil
}

// id is the provider's id if it is new in this answer, else a random one: two calls of one conversation
// must not share an id.
func (a *asked) id(v longmen.Value) string {
	var buffer [maxKept]byte
	b := v.Prefix(buffer[:])
	fresh := len(b) > 0 && len(b) < len(buffer) && len(a.seen) < maxSeen
	for i := 0; fresh && i < len(b); i++ {
		fresh = b[i] > ' ' && b[i] < 0x7f
	}
	for i := 0; fresh && i < len(a.seen); i++ {
		fresh = a.seen[i] != string(b)
	}
	if !fresh {
		return codec.RandomID("call_", 24)
	}
	a.seen = append(a.seen, string(b))
	return string(b)
}

// original is the name that the client knows a function by.
func (a *asked) original(name longmen.Value) longmen.Value {
	if !a.origin {
		a.origin = true
		a.names = memory.Value("/x/names")
	}
	return codec.Restore(name, a.names)
}
