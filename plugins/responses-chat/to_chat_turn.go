package responseschat

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// turn is the assistant message that is being put together: items that follow each other without a
// result or another speaker between them are one message in chat completions, which wants the results
// right behind their calls.
type turn struct {
	open      bool
	said      bool         // a message item went into it
	text      codec.Joined // of message items
	calls     longmen.Value
	reasoning codec.Joined
	reasoned  bool          // there is reasoning
	blocks    longmen.Value // thinking_blocks
	images    longmen.Value // that were generated
	signature longmen.Value // of the message
	ahead     thought       // reasoning whose item comes yet
}

// thought is what reasoning items hold for the item after them.
type thought struct {
	text      codec.Joined
	said      bool // there is text
	blocks    longmen.Value
	signature longmen.Value
}

// flush appends the message.
func (r *toChat) flush() {
	t := &r.turn
	if t.open {
		m := longmen.NewJSON(`{"role":"assistant","content":null}`)
		if v := t.text.Value(); v.Exists() {
			m.Set("content", v)
		} else if !t.calls.Exists() {
			m.SetString("content", "")
		}
		if v := t.reasoning.Value(); v.Exists() {
			m.Set("reasoning_content", v)
		}
		set(m, "thinking_blocks", t.blocks)
		set(m, "images", t.images)
		if t.calls.Exists() {
			m.Set("tool_calls", t.calls)
		}
		if t.signature.Exists() {
			m.Set("extra_content", signed(t.signature))
		}
		r.messages.Append(m)
	}
	*t = turn{}
}

// signed is Gemini's extra_content.
func signed(signature longmen.Value) longmen.Value {
	e := longmen.NewJSON(`{"google":{}}`)
	e.First().Set("thought_signature", signature)
	return e
}

// attach takes what reasoning items before this one held into the message, and gives their signature.
func (t *turn) attach() (signature longmen.Value) {
	a := &t.ahead
	if a.said {
		if t.reasoned {
			t.reasoning.AddString("\n\n")
		}
		t.reasoning.Add(a.text.Value())
		t.reasoned = true
	}
	switch {
	case !a.blocks.Exists():
	case !t.blocks.Exists():
		t.blocks = a.blocks
	default:
		for v, next := a.blocks.First(), longmen.Value(0); v.Exists(); v = next {
			next = v.Next()
			t.blocks.Append(v)
		}
	}
	signature = a.signature
	*a = thought{}
	t.open = true
	return signature
}

// spoke takes an assistant's message item.
func (r *toChat) spoke(text longmen.Value) {
	t := &r.turn
	r.show()
	if t.said && !t.calls.Exists() {
		ahead := t.ahead
		t.ahead = thought{}
		r.flush()
		t.ahead = ahead
	}
	t.attach()
	t.said = true
	t.text.Add(text)
}

// call takes a function_call or custom_tool_call item.
func (r *toChat) call(f *item, input longmen.Value, custom bool, at *codec.Path) error {
	r.show()
	if !codec.Text(f.callID) {
		where := at.Member("call_id")
		return codec.Invalid(&where, "expected the id of the call")
	}
	pass := custom && config.custom && codec.Absent(f.space)
	var buffer [maxToolName + 1]byte
	name, err := r.sentName(f.name, short(f.space, buffer[:]), custom && !pass, at)
	if err != nil {
		return err
	}
	var c longmen.Value
	switch {
	case pass:
		c = longmen.NewJSON(`{"id":"","type":"custom","custom":{"name":"","input":""}}`)
		to := c.Get("custom")
		to.Set("name", name)
		set(to, "input", input)
	default:
		c = longmen.NewJSON(`{"id":"","type":"function","function":{"name":"","arguments":"{}"}}`)
		to := c.Get("function")
		to.Set("name", name)
		switch {
		case custom:
			o := longmen.NewJSON(`{"input":""}`)
			if input.Kind() != longmen.KindString && !codec.Absent(input) {
				where := at.Member("input")
				return codec.Invalid(&where, "expected a string")
			}
			set(o, "input", input)
			to.Set("arguments", o.Stringify())
		case codec.Text(input):
			to.Set("arguments", input)
		case input.Kind() == longmen.KindObject: // some clients forget to encode them
			to.Set("arguments", input.Stringify())
		case input.Kind() != longmen.KindString && !codec.Absent(input):
			where := at.Member("arguments")
			return codec.Invalid(&where, "expected a string that holds JSON")
		}
	}
	c.Set("id", f.callID)
	t := &r.turn
	if s := t.attach(); s.Exists() {
		c.Set("extra_content", signed(s))
	}
	if !t.calls.Exists() {
		t.calls = longmen.NewArray()
	}
	t.calls.Append(c)
	return nil
}

// picture takes an image_generation_call item, such as this codec makes of an image in an answer. Only another
// codec can take it: chat completions have no place for an assistant's images.
func (r *toChat) picture(f *item) error {
	if r.wire {
		return r.Warn("input[].type", "image_generation_call is not supported by chat completions")
	}
	made := imageElement(f.picture, f.format, none)
	if !made.Exists() {
		return nil // it failed
	}
	r.show()
	t := &r.turn
	t.attach()
	if !t.images.Exists() {
		t.images = longmen.NewArray()
	}
	t.images.Append(made)
	return nil
}

// reason takes a reasoning item: the gateway's own envelope is opened, anything else that is encrypted is
// another provider's and means nothing here.
func (r *toChat) reason(f *item, at *codec.Path) error {
	a := &r.turn.ahead
	if !r.wire || r.quirks.Has("reasoning_content") {
		found := false
		for _, list := range [...]longmen.Value{f.summary, f.content} {
			for v := list.First(); v.Exists(); v = v.Next() {
				if err := r.step(at); err != nil {
					return err
				}
				text := v.Get("text")
				if codec.Text(text) {
					if a.said {
						a.text.AddString("\n\n")
					}
					a.text.Add(text)
					a.said, found = true, true
				}
			}
			if found {
				break
			}
		}
	}
	if r.wire && !r.quirks.Has("extra_content") {
		return nil
	}
	opened := unseal(f.encrypted)
	if blocks := opened.Get("thinking_blocks"); !r.wire && blocks.Kind() == longmen.KindArray {
		if a.blocks.Exists() {
			for v, next := blocks.First(), longmen.Value(0); v.Exists(); v = next {
				next = v.Next()
				a.blocks.Append(v)
			}
		} else {
			a.blocks = blocks
		}
	}
	if s := opened.Get("thought_signature"); codec.Text(s) {
		if opened.Get("message").Bool() {
			r.turn.signature = s
		} else {
			a.signature = s
		}
	}
	return nil
}

// sealedHead is what an envelope of the hub's values begins with.
var sealedHead = codec.Seal(codec.SealedHub, "")

// unseal is what an envelope holds; zero when it is none, or not the gateway's.
func unseal(v longmen.Value) longmen.Value {
	var head [32]byte
	if string(v.Prefix(head[:len(sealedHead)])) != sealedHead {
		return 0
	}
	n := v.Len()
	if n > codec.MaxSealed {
		return 0
	}
	opened, ok := v.Slice(len(sealedHead), n-len(sealedHead)).Parse()
	if !ok || opened.Kind() != longmen.KindObject {
		return 0
	}
	return opened
}

// result takes the output of a call. It stands where it came, right behind the calls.
func (r *toChat) result(f *item, at *codec.Path) error {
	r.flush()
	if !codec.Text(f.callID) {
		where := at.Member("call_id")
		return codec.Invalid(&where, "expected the id of the call")
	}
	where := at.Member("output")
	var content longmen.Value
	switch f.output.Kind() {
	case longmen.KindString:
		content = f.output
	case longmen.KindArray:
		var err error
		if content, err = r.outputs(f.output, &where); err != nil {
			return err
		}
	case longmen.KindObject: // some clients forget to encode it
		content = f.output.Stringify()
	default:
		return codec.Invalid(&where, "expected a string or an array of parts")
	}
	m := longmen.NewJSON(`{"role":"tool","tool_call_id":"","content":""}`)
	m.Set("tool_call_id", f.callID)
	set(m, "content", content)
	r.messages.Append(m)
	return nil
}

// outputs is the content of a tool message. Text is joined; media stay in it where a codec follows or the
// upstream takes them, and else wait for a message of the user's.
func (r *toChat) outputs(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	var text codec.Joined
	var list longmen.Value
	stay := !r.wire || r.quirks.Has("tool_images")
	i := 0
	for p, next := v.First(), longmen.Value(0); p.Exists(); p = next {
		next = p.Next()
		here := at.Element(i)
		i++
		var f part
		if err := r.readPart(&f, p, &here); err != nil {
			return 0, err
		}
		switch {
		case f.text.Exists() && !list.Exists():
			text.Add(f.text)
		case f.text.Exists():
			list.Append(f.made())
		case !stay:
			r.pictures = append(r.pictures, f.made())
		default:
			if !list.Exists() {
				list = longmen.NewArray()
				if t := text.Value(); t.Exists() {
					before := part{text: t}
					list.Append(before.made())
				}
			}
			list.Append(f.made())
		}
	}
	if list.Exists() {
		return list, nil
	}
	return text.Value(), nil
}

// show appends the media of the tool results before it as a message of the user's: chat completions take
// only text from a tool.
func (r *toChat) show() {
	if len(r.pictures) == 0 {
		return
	}
	list := longmen.NewArray()
	for _, p := range r.pictures {
		list.Append(p)
	}
	r.pictures = r.pictures[:0]
	r.say("user", list)
}
