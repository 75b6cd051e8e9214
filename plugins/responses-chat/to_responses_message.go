package responseschat

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// chatMessage is one message's members; zero when absent.
type chatMessage struct {
	role, content, refusal, calls, callID, reasoning, extra, failed longmen.Value
}

// converse turns the messages into input items.
func (r *toResponses) converse(messages longmen.Value) error {
	at := codec.Path{Name: "messages"}
	if messages.Kind() != longmen.KindArray {
		return codec.Invalid(&at, "expected an array of messages")
	}
	i := 0
	for m, next := messages.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		here := at.Element(i)
		i++
		if err := r.message(m, &here); err != nil {
			return err
		}
	}
	if !r.said {
		return codec.Invalid(&at, "expected at least one message that says something")
	}
	return nil
}

func (r *toResponses) message(m longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	var f chatMessage
	for v := m.First(); v.Exists(); v = v.Next() {
		switch name := codec.Key(v); string(name) {
		case "role":
			f.role = v
		case "content":
			f.content = v
		case "refusal":
			f.refusal = v
		case "tool_calls":
			f.calls = v
		case "tool_call_id":
			f.callID = v
		case "reasoning_content":
			f.reasoning = v
		case "extra_content":
			f.extra = v
		case "is_error":
			f.failed = v
		case "thinking_blocks":
			if v.First().Exists() {
				if err := r.parted("messages[].content[].thinking", "signed thinking of earlier turns is "+lost); err != nil {
					return err
				}
			}
		case "cache_control":
			if err := r.parted("cache_control", lost); err != nil {
				return err
			}
		case "name", "reasoning", "reasoning_details", "annotations", "images", "id", "audio":
			// a participant's name has no place here; the rest is what answers carried besides their text
		case "function_call":
			if !codec.Absent(v) {
				where := at.Member("function_call")
				return codec.Unsupported(&where, "the Responses API has no functions of old: expected tool_calls")
			}
		default:
			if err := r.unknown("messages[]", name, v, at); err != nil {
				return err
			}
		}
	}
	where := at.Member("content")
	switch string(codec.Word(f.role)) {
	case "user":
		return r.told("user", f.content, &where)
	case "system":
		return r.told("system", f.content, &where)
	case "developer":
		return r.told("developer", f.content, &where)
	case "assistant":
		return r.assistant(&f, at)
	case "tool":
		return r.result(&f, at)
	}
	if m.Kind() != longmen.KindObject {
		return codec.Invalid(at, "expected a message object")
	}
	where = at.Member("role")
	return codec.Invalid(&where, "expected system, developer, user, assistant or tool")
}

// add appends an input item.
func (r *toResponses) add(item longmen.Value) {
	r.input.Append(item)
	r.said = true
}

// item appends a message item.
func (r *toResponses) item(role string, content longmen.Value) {
	b := append(output[:0], `{"type":"message","role":"`...)
	b = append(b, role...)
	m := parsed(append(b, `"}`...))
	m.Set("content", content)
	r.add(m)
}

// told appends what a user or the system said.
func (r *toResponses) told(role string, content longmen.Value, at *codec.Path) error {
	switch content.Kind() {
	case longmen.KindString:
		r.item(role, content)
		return nil
	case longmen.KindNull, longmen.KindInvalid:
		return codec.Invalid(at, "expected a string or an array of parts")
	}
	list, err := r.parts(content, at)
	if err == nil && list.Exists() {
		r.item(role, list)
	}
	return err
}

// parts are the content parts of the input; zero when there are none.
func (r *toResponses) parts(content longmen.Value, at *codec.Path) (longmen.Value, error) {
	switch content.Kind() {
	case longmen.KindNull, longmen.KindInvalid:
		return 0, nil
	case longmen.KindArray:
	default:
		return 0, codec.Invalid(at, "expected a string or an array of parts")
	}
	var list longmen.Value
	i := 0
	for v, next := content.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		i++
		made, err := r.inputPart(v, &here)
		if err != nil {
			return 0, err
		}
		if !list.Exists() {
			list = longmen.NewArray()
		}
		list.Append(made)
	}
	return list, nil
}

// inputPart is a content part of the input.
func (r *toResponses) inputPart(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	if err := r.step(at); err != nil {
		return 0, err
	}
	var kind, text, image, file, breakpoint longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "type":
			kind = m
		case "text":
			text = m
		case "image_url":
			image = m
		case "file":
			file = m
		case "prompt_cache_breakpoint":
			breakpoint = m
		case "cache_control":
			if err := r.parted("cache_control", lost); err != nil {
				return 0, err
			}
		case "input_audio":
		default:
			if err := r.unknown("messages[].content[]", name, m, at); err != nil {
				return 0, err
			}
		}
	}
	var made longmen.Value
	switch string(codec.Word(kind)) {
	case "text", "input_text":
		if text.Kind() != longmen.KindString {
			where := at.Member("text")
			return 0, codec.Invalid(&where, "expected a string")
		}
		made = longmen.NewJSON(`{"type":"input_text"}`)
		made.Set("text", text)
	case "image_url":
		made = longmen.NewJSON(`{"type":"input_image"}`)
		url, where := image, at.Member("image_url")
		inner := where.Member("url")
		place := &where
		if image.Kind() == longmen.KindObject {
			url, place = image.Get("url"), &inner
			set(made, "detail", image.Get("detail"))
		}
		if !codec.Text(url) {
			return 0, codec.Invalid(place, "expected a URL")
		}
		made.Set("image_url", url)
	case "file":
		made = longmen.NewJSON(`{"type":"input_file"}`)
		where := at.Member("file")
		if err := r.move(made, file, "messages[].content[].file", &where, "file_data", "filename", "file_id"); err != nil {
			return 0, err
		}
		if !codec.Text(made.Get("file_data")) && !codec.Text(made.Get("file_id")) {
			return 0, codec.Invalid(&where, "expected file_data or file_id")
		}
	default:
		if v.Kind() != longmen.KindObject {
			return 0, codec.Invalid(at, "expected a content part")
		}
		where := at.Member("type")
		return 0, codec.Unsupported(&where, "expected text, image_url or file: the Responses API takes nothing else")
	}
	set(made, "prompt_cache_breakpoint", breakpoint)
	return made, nil
}

// assistant appends the items of an assistant's message: its reasoning, its text, its calls.
func (r *toResponses) assistant(f *chatMessage, at *codec.Path) error {
	if e := f.extra.Get("openai"); e.Exists() {
		if v := e.Get("encrypted_content"); codec.Text(v) {
			item := longmen.NewJSON(`{"type":"reasoning","summary":[]}`)
			if id := e.Get("id"); codec.Text(id) {
				item.Set("id", id)
			}
			if codec.Text(f.reasoning) {
				part := longmen.NewJSON(`{"type":"summary_text"}`)
				part.Set("text", f.reasoning)
				item.Get("summary").Append(part)
			}
			item.Set("encrypted_content", v)
			r.add(item)
			r.sealed = true
		}
	}
	if err := r.unsigned(f.extra.Get("google")); err != nil {
		return err
	}
	where := at.Member("content")
	switch {
	case codec.Text(f.content):
		r.item("assistant", f.content)
	case f.content.Kind() == longmen.KindString:
	default:
		if err := r.spoken(f.content, &where); err != nil {
			return err
		}
	}
	if codec.Text(f.refusal) {
		list := longmen.NewJSON(`[{"type":"refusal"}]`)
		list.First().Set("refusal", f.refusal)
		r.item("assistant", list)
	}
	if codec.Absent(f.calls) {
		return nil
	}
	where = at.Member("tool_calls")
	if f.calls.Kind() != longmen.KindArray {
		return codec.Invalid(&where, "expected an array of tool calls")
	}
	i := 0
	for v, next := f.calls.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := where.Element(i)
		i++
		if err := r.call(v, &here); err != nil {
			return err
		}
	}
	return nil
}

// spoken appends the item for content parts of an assistant's message.
func (r *toResponses) spoken(content longmen.Value, at *codec.Path) error {
	switch content.Kind() {
	case longmen.KindNull, longmen.KindInvalid:
		return nil
	case longmen.KindArray:
	default:
		return codec.Invalid(at, "expected a string or an array of parts")
	}
	list := longmen.NewArray()
	i := 0
	for v, next := content.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		i++
		if err := r.step(&here); err != nil {
			return err
		}
		var made, text longmen.Value
		member := "text"
		switch string(codec.Word(v.Get("type"))) {
		case "text", "output_text":
			made, text = longmen.NewJSON(`{"type":"output_text","annotations":[]}`), v.Get("text")
		case "refusal":
			made, text, member = longmen.NewJSON(`{"type":"refusal"}`), v.Get("refusal"), "refusal"
		default:
			where := here.Member("type")
			return codec.Unsupported(&where, "expected text or refusal")
		}
		if text.Kind() != longmen.KindString {
			where := here.Member(member)
			return codec.Invalid(&where, "expected a string")
		}
		made.Set(member, text)
		list.Append(made)
	}
	if i > 0 {
		r.item("assistant", list)
	}
	return nil
}

// call appends the item of a call.
func (r *toResponses) call(v longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	var c call
	c.read(v)
	if !codec.Text(c.id) {
		where := at.Member("id")
		return codec.Invalid(&where, "expected the id of the call")
	}
	kind, member := "function", "arguments"
	if c.input {
		kind, member = "custom", "input"
	}
	inner := at.Member(kind)
	if !codec.Text(c.name) {
		where := inner.Member("name")
		return codec.Invalid(&where, "expected the name of the function")
	}
	if k := c.arguments.Kind(); k != longmen.KindString && !codec.Absent(c.arguments) {
		where := inner.Member(member)
		return codec.Invalid(&where, "expected a string")
	}
	if err := r.unsigned(c.signature); err != nil {
		return err
	}
	if c.input {
		if r.custom == nil {
			r.custom = make(map[string]bool)
		}
		var buffer [257]byte
		r.custom[string(short(c.id, buffer[:]))] = true
		item := longmen.NewJSON(`{"type":"custom_tool_call","call_id":"","name":"","input":""}`)
		item.Set("call_id", c.id.Copy())
		item.Set("name", c.name)
		set(item, "input", c.arguments)
		r.add(item)
		return nil
	}
	item := longmen.NewJSON(`{"type":"function_call","call_id":"","name":"","arguments":"{}"}`)
	item.Set("call_id", c.id)
	item.Set("name", c.name)
	if codec.Text(c.arguments) {
		item.Set("arguments", c.arguments)
	}
	r.add(item)
	return nil
}

// result appends the output of a call.
func (r *toResponses) result(f *chatMessage, at *codec.Path) error {
	if !codec.Text(f.callID) {
		where := at.Member("tool_call_id")
		return codec.Invalid(&where, "expected the id of the call")
	}
	item := longmen.NewJSON(`{"type":"function_call_output","call_id":"","output":""}`)
	if r.custom != nil {
		var buffer [257]byte
		if r.custom[string(short(f.callID, buffer[:]))] {
			item.SetString("type", "custom_tool_call_output")
		}
	}
	item.Set("call_id", f.callID)
	content := f.content
	if content.Kind() != longmen.KindString {
		where := at.Member("content")
		var err error
		if content, err = r.parts(f.content, &where); err != nil {
			return err
		}
	}
	if f.failed.Bool() {
		if err := r.Warn("is_error", lost+": the result begins with Error"); err != nil {
			return err
		}
		content = failed(content)
	}
	set(item, "output", content)
	r.add(item)
	return nil
}

// failed says in front of a result what only its text can say: the tool failed.
func failed(content longmen.Value) longmen.Value {
	const mark = "Error: "
	if content.Kind() != longmen.KindArray {
		var text codec.Joined
		text.AddString(mark)
		text.Add(content)
		return text.Value()
	}
	list := longmen.NewJSON(`[{"type":"input_text","text":"` + mark + `"}]`)
	for v, next := content.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		list.Append(v)
	}
	return list
}
