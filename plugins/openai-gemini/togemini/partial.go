package togemini

import (
	"strconv"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/plugins/openai-gemini/memory"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Vertex AI may stream the arguments of a call: a functionCall with its name that will continue, others
// with values for places in the arguments, and one that does not continue. A client of OpenAI's gets calls
// whole, so the state keeps the arguments until the call is complete.

const (
	maxPath   = 1024 // bytes of a place in the arguments
	maxFields = 32   // names and indices in it
	maxItems  = 4096 // elements of one list in the arguments
)

// place is the name of what the state keeps for a choice.
func place(kind string, c *choice) string { return kind + strconv.Itoa(c.index) }

// partial takes a piece of a call. It returns the call when that is complete, and 0 before.
func (s *stream) partial(c *choice, sp *speech) (longmen.Value, error) {
	var name, id, args, pieces longmen.Value
	goesOn := false
	for m := sp.said.call.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "name":
			name = m
		case "id":
			id = m
		case "args":
			args = m
		case "partialArgs":
			pieces = m
		case "willContinue":
			goesOn = m.Bool()
		}
	}
	part := memory.Value("/x/" + place("p", c))
	if !part.Exists() {
		if !codec.Text(name) {
			return 0, sp.malformed("functionCall.name", "the name of a function")
		}
		x := memory.Object()
		x.Set(place("p", c), longmen.NewJSON(`{"functionCall":{"args":{}}}`))
		part = x.Get(place("p", c))
	}
	call := part.Get("functionCall")
	if codec.Text(name) {
		call.Set("name", name)
	}
	if codec.Text(id) {
		call.Set("id", id)
	}
	if args.Kind() == longmen.KindObject {
		call.Set("args", args)
	}
	if sp.said.signature.Exists() {
		part.Set("thoughtSignature", sp.said.signature)
	}
	for v, next := pieces.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		if !piece(call, v) {
			return 0, sp.malformed("functionCall.partialArgs", "values with a jsonPath")
		}
	}
	if c.partial = goesOn; goesOn {
		s.changed = true
		return 0, nil
	}
	s.changed = true
	whole := part.Copy()
	part.Delete()
	return whole, nil
}

// piece puts one value into the arguments; false if its place makes no sense.
func piece(call, v longmen.Value) bool {
	var path, value longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "jsonPath":
			path = m
		case "stringValue", "numberValue", "boolValue":
			value = m
		case "nullValue":
			value = longmen.NewNull()
		}
	}
	if path.Len() == 0 || path.Len() > maxPath {
		return false
	}
	if !value.Exists() {
		return true // says only that the place goes on
	}
	fields, ok := splitPath(path.String())
	if !ok {
		return false
	}
	// at is the container, field the place in it, of what has to be set.
	at, field := call, "args"
	for _, next := range fields {
		inner := child(at, field)
		want, empty := longmen.KindObject, `{}`
		if next[0] == '[' {
			want, empty = longmen.KindArray, `[]`
		}
		if inner.Kind() != want {
			if !put(at, field, longmen.NewJSON(empty)) {
				return false
			}
			inner = child(at, field)
		}
		at, field = inner, next
	}
	if len(fields) == 0 {
		return false
	}
	if old := child(at, field); old.Kind() == longmen.KindString && value.Kind() == longmen.KindString {
		pieces := longmen.NewArray()
		pieces.Append(old.Copy())
		pieces.Append(value)
		value = pieces.Join()
	}
	return put(at, field, value)
}

// splitPath reads a JSONPath of names and indices, such as $.a.b[0]['c d']: names as they are, behind a
// ".", indices behind a "[".
func splitPath(s string) (fields []string, ok bool) {
	if s == "" || s[0] != '$' {
		return nil, false
	}
	for s = s[1:]; s != ""; {
		if len(fields) == maxFields {
			return nil, false
		}
		i := 1
		switch {
		case s[0] == '.':
			for i < len(s) && s[i] != '.' && s[i] != '[' {
				i++
			}
			fields = append(fields, s[:i])
		case len(s) > 2 && s[0] == '[' && (s[1] == '\'' || s[1] == '"'):
			for i = 2; i+1 < len(s) && (s[i] != s[1] || s[i+1] != ']'); i++ {
			}
			if i+1 >= len(s) {
				return nil, false
			}
			fields = append(fields, "."+s[2:i])
			i += 2
		case s[0] == '[':
			for i < len(s) && s[i] >= '0' && s[i] <= '9' {
				i++
			}
			if i == 1 || i == len(s) || s[i] != ']' {
				return nil, false
			}
			fields = append(fields, s[:i])
			i++
		default:
			return nil, false
		}
		s = s[i:]
	}
	return fields, true
}

// child is what stands at a field; 0 if nothing does.
func child(at longmen.Value, field string) longmen.Value {
	switch field[0] {
	case '[':
		n, _ := codec.CutNumber([]byte(field[1:] + " "))
		return at.Index(min(n, maxItems))
	case '.':
		return at.Get(field[1:])
	}
	return at.Get(field)
}

// put sets a field; false for an element beyond the end of a list.
func put(at longmen.Value, field string, v longmen.Value) bool {
	switch field[0] {
	case '[':
		n, _ := codec.CutNumber([]byte(field[1:] + " "))
		switch old := child(at, field); {
		case old.Exists():
			old.Replace(v)
		case n == at.Len() && n < maxItems:
			at.Append(v)
		default:
			return false
		}
	case '.':
		at.Set(field[1:], v)
	default:
		at.Set(field, v)
	}
	return true
}
