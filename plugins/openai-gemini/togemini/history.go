package togemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

const (
	maxID         = 64 << 10 // bytes of a call's id: some clients hide a signature in it
	maxClientName = 512      // bytes of a function name that a client chose
	maxCalls      = 256      // in one assistant message
	maxNames      = 1024     // different function names in one request
)

// call is one function call of the history.
type call struct {
	id       []byte // the client's
	name     string // as sent
	response longmen.Value
	media    []longmen.Value // parts that the result holds besides text
}

// assistant appends an assistant's message: its text, then its calls.
func (r *request) assistant(i int, f *message, at *codec.Path) error {
	c := longmen.NewJSON(`{"role":"model","parts":[]}`)
	parts := c.Get("parts")
	var last longmen.Value
	say := func(v longmen.Value) { last = appendText(parts, v) }
	if codec.Text(f.content) {
		say(f.content)
	} else {
		where := at.Member("content")
		var found []longmen.Value // moved only after the walk
		if err := r.texts(f.content, &where, func(v longmen.Value) { found = append(found, v) }); err != nil {
			return err
		}
		for _, v := range found {
			say(v)
		}
	}
	if codec.Text(f.refusal) {
		say(f.refusal)
	}
	if last.Exists() {
		if s := signature(f.extra, f.provider); s.Exists() {
			last.Set("thoughtSignature", s)
		}
	}
	shown, err := r.pictures(parts, f.images, at)
	if err != nil {
		return err
	}
	r.open, r.openAt, r.answered = r.open[:0], i, 0
	if f.calls.Exists() {
		where := at.Member("tool_calls")
		if err := r.calls(parts, f.calls, &where); err != nil {
			return err
		}
	}
	if len(r.open) == 0 && !codec.Absent(f.legacyCall) {
		where := at.Member("function_call")
		if err := r.call(parts, f.legacyCall, call{}, 0, 0, &where); err != nil {
			return err
		}
	}
	if !last.Exists() && !shown && len(r.open) == 0 {
		return nil // it says nothing: gemini refuses a content without parts
	}
	r.say(c)
	r.tail, r.tailAt = true, i
	return nil
}

// pictures appends the images of an earlier answer, and tells whether there were any.
func (r *request) pictures(parts, images longmen.Value, at *codec.Path) (shown bool, err error) {
	if codec.Absent(images) {
		return false, nil
	}
	where := at.Member("images")
	if images.Kind() != longmen.KindArray {
		return false, codec.Invalid(&where, "expected an array of images")
	}
	i := 0
	for v, next := images.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := where.Element(i)
		i++
		if err := r.step(&here); err != nil {
			return false, err
		}
		inner := here.Member("image_url")
		made, err := r.media(v.Get("image_url"), &inner)
		if err != nil {
			return false, err
		}
		parts.Append(made)
	}
	return i > 0, nil
}

// calls appends the functionCall parts of tool_calls.
func (r *request) calls(parts, calls longmen.Value, at *codec.Path) error {
	switch calls.Kind() {
	case longmen.KindNull:
		return nil
	case longmen.KindArray:
	default:
		return codec.Invalid(at, "expected an array of tool calls")
	}
	i := 0
	for v := calls.First(); v.Exists(); v = v.Next() {
		here := at.Element(i)
		i++
		var id, function, kind, extra, provider longmen.Value
		for m := v.First(); m.Exists(); m = m.Next() {
			switch string(codec.Key(m)) {
			case "id":
				id = m
			case "function":
				function = m
			case "type":
				kind = m
			case "extra_content":
				extra = m
			case "provider_specific_fields":
				provider = m
			}
		}
		if !codec.Absent(kind) && string(codec.Word(kind)) != "function" {
			where := here.Member("type")
			return codec.Unsupported(&where, "expected function: gemini has no other calls")
		}
		c := call{}
		if id.Len() > maxID {
			where := here.Member("id")
			return codec.Invalid(&where, "expected at most 65536 bytes")
		}
		c.id = id.AppendString(nil)
		if len(c.id) == 0 {
			where := here.Member("id")
			return codec.Invalid(&where, "expected the id of the call")
		}
		where := here.Member("function")
		if err := r.call(parts, function, c, extra, provider, &where); err != nil {
			return err
		}
	}
	return nil
}

// call appends one functionCall part. Its signature is looked for in the call's and the function's extra_content,
// then in their provider_specific_fields, then at the end of the id.
func (r *request) call(parts, function longmen.Value, c call, extra, provider longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	if len(r.open) == maxCalls {
		return codec.Unsupported(at, "expected at most 256 calls in one message")
	}
	var name, arguments, inner, innermost longmen.Value
	for m := function.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "name":
			name = m
		case "arguments":
			arguments = m
		case "extra_content":
			inner = m
		case "provider_specific_fields":
			innermost = m
		}
	}
	sign := signature(extra, 0)
	if !sign.Exists() {
		sign = signature(inner, provider)
	}
	if !sign.Exists() {
		sign = signature(0, innermost)
	}
	sent, err := r.name(name, at)
	if err != nil {
		return err
	}
	c.name = sent

	b := add(output[:0], `{"functionCall":{"name":`)
	b = codec.AppendQuoted(b, sent)
	id, hidden := splitID(c.id)
	if len(id) > 0 && r.sendsIDs() {
		b = add(b, `,"id":`)
		b = codec.AppendQuoted(b, string(id))
	}
	b = add(b, `,"args":{}}`)
	switch {
	case sign.Exists():
	case signs(hidden):
		b = add(b, `,"thoughtSignature":`)
		b = codec.AppendQuoted(b, string(hidden))
	case len(r.open) == 0 && r.keeps(): // its siblings have none
		if sign = r.from.stored(c.id); !sign.Exists() && r.to.signed {
			b = append(b, `,"thoughtSignature":"`+anySignature+`"`...)
		}
	}
	output = append(b, '}')
	p := codec.Parsed(output)
	if sign.Exists() {
		p.Set("thoughtSignature", sign)
	}
	if err := r.arguments(p.First(), arguments, at); err != nil {
		return err
	}
	parts.Append(p)
	r.open = append(r.open, c)
	return nil
}

// arguments sets args to what the string says, an object.
func (r *request) arguments(call, v longmen.Value, at *codec.Path) error {
	if !codec.Text(v) {
		switch v.Kind() {
		case longmen.KindInvalid, longmen.KindNull, longmen.KindString:
			return nil // no arguments: {}
		case longmen.KindObject: // some clients forget to encode them
			call.Set("args", v)
			return nil
		}
		where := at.Member("arguments")
		return codec.Invalid(&where, "expected a string that holds a JSON object")
	}
	args, ok := v.Parse()
	if !ok {
		where := at.Member("arguments")
		return codec.Invalid(&where, "expected a string that holds JSON")
	}
	switch args.Kind() {
	case longmen.KindObject:
	case longmen.KindNull:
		return nil // no arguments, too
	default:
		wrapped := longmen.NewObject()
		wrapped.Set("value", args)
		args = wrapped
	}
	call.Set("args", args)
	return nil
}

// name is the name to send for a function's.
func (r *request) name(v longmen.Value, at *codec.Path) (string, error) {
	var buffer [maxClientName + 1]byte
	b := v.Prefix(buffer[:])
	if len(b) == 0 || len(b) > maxClientName {
		where := at.Member("name")
		return "", codec.Invalid(&where, "expected the name of the function, at most 512 bytes")
	}
	if r.Names.Len() >= maxNames {
		where := at.Member("name")
		return "", codec.Unsupported(&where, "expected at most 1024 different function names")
	}
	return r.Send(b), nil
}

func (r *request) sendsIDs() bool {
	return config.ids == always || config.ids == auto && r.to.ids && !r.quirk("no_call_ids")
}
