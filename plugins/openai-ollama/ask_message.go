package openaiollama

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// converse makes the messages fit where they stand: most need no change at all.
func (r *ask) converse(messages longmen.Value) error {
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
	if i == 0 {
		return codec.Invalid(&at, "expected at least one message")
	}
	return nil
}

// message is one message's members; zero when absent.
type message struct {
	role, content, refusal, calls, legacyCall, callID, name, reasoning, failed longmen.Value
}

func (r *ask) message(m longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	var f message
	for v := m.First(); v.Exists(); v = v.Next() {
		var err error
		switch name := codec.Key(v); string(name) {
		case "role":
			f.role = v
		case "content":
			f.content = v
		case "tool_calls":
			f.calls = v
		case "tool_call_id":
			f.callID = v
		case "name":
			f.name = v // names a function's result; a participant's name has no place in ollama
		case "refusal":
			f.refusal = v
		case "function_call":
			f.legacyCall = v
		case "reasoning_content", "reasoning":
			if f.reasoning.Exists() {
				err = r.forget(f.reasoning, at)
			}
			f.reasoning = v
		case "is_error":
			f.failed = v
		case "extra_content", "provider_specific_fields", "thinking_blocks", "reasoning_details", "annotations", "audio", "id", "cache_control":
			// what an answer carried besides its text, sent back with the history, and hints
			err = r.forget(v, at)
		default:
			if err = r.unknown("messages[]", name, v, at); err == nil {
				err = r.forget(v, at)
			}
		}
		if err != nil {
			return err
		}
	}
	if m.Kind() != longmen.KindObject {
		return codec.Invalid(at, "expected a message object")
	}
	r.clean() // before a member that is set replaces one that was to be left out
	r.leave(f.failed)
	if f.failed.Exists() && f.failed.Bool() {
		here := at.Member("is_error")
		if err := r.WarnAt(&here, here.Name, "not supported by ollama: the result begins with Error"); err != nil {
			return err
		}
	}
	switch string(codec.Word(f.role)) {
	case "user", "system":
		return r.say(m, &f, "\n", at)
	case "developer":
		f.role.Replace(longmen.NewString("system"))
		return r.say(m, &f, "\n", at)
	case "assistant":
		return r.reply(m, &f, at)
	case "tool", "function":
		return r.result(m, &f, at)
	}
	return codec.InvalidIn(at, "role", "expected system, developer, user, assistant or tool")
}

// say makes the text and images of any message fit; texts of several parts are joined by separator.
func (r *ask) say(m longmen.Value, f *message, separator string, at *codec.Path) error {
	r.leave(f.name, f.refusal, f.calls, f.legacyCall, f.callID, f.reasoning)
	return r.content(m, f, separator, at)
}

// content makes content a string, and images of it the message's images.
func (r *ask) content(m longmen.Value, f *message, separator string, at *codec.Path) error {
	where := at.Member("content")
	failed := f.failed.Exists() && f.failed.Bool()
	switch f.content.Kind() {
	case longmen.KindString:
		if failed {
			var said codec.Joined
			said.AddString(failure)
			said.Add(f.content)
			m.Set("content", said.Value())
		}
		r.clean()
		return nil
	case longmen.KindInvalid, longmen.KindNull:
		m.SetString("content", "")
		r.clean()
		return nil
	case longmen.KindArray:
	default:
		return codec.Invalid(&where, "expected a string or an array of parts")
	}
	var said codec.Joined
	if failed {
		said.AddString(failure)
	}
	var images longmen.Value
	several := false
	i := 0
	for v, next := f.content.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := where.Element(i)
		i++
		text, image, err := r.part(v, &here)
		if err != nil {
			return err
		}
		if image.Exists() {
			if !images.Exists() {
				images = longmen.NewArray()
			}
			images.Append(image)
		} else if codec.Text(text) {
			if several {
				said.AddString(separator)
			}
			several = said.Add(text)
		}
	}
	text := said.Value()
	if !text.Exists() {
		text = longmen.NewString("")
	}
	m.Set("content", text)
	if images.Exists() {
		m.Set("images", images)
	}
	r.clean()
	return nil
}

// failure stands before what a tool said that failed: Ollama has no other place for it.
const failure = "Error: "

// part is the text or the image of a content part.
func (r *ask) part(v longmen.Value, at *codec.Path) (text, image longmen.Value, err error) {
	if err := r.step(at); err != nil {
		return 0, 0, err
	}
	var kind, url longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "type":
			kind = m
		case "text", "refusal":
			text = m
		case "image_url":
			url = m
		case "cache_control", "annotations", "prompt_cache_breakpoint":
			// hints
		case "input_audio", "file", "video_url":
			// refused by their type
		default:
			if err := r.unknown("messages[].content[]", name, m, at); err != nil {
				return 0, 0, err
			}
		}
	}
	switch string(codec.Word(kind)) {
	case "text", "input_text", "output_text", "refusal":
		if text.Kind() != longmen.KindString {
			return 0, 0, codec.InvalidIn(at, "text", "expected a string")
		}
		return text, 0, nil
	case "image_url":
		where := at.Member("image_url")
		image, err = picture(url, &where)
		return 0, image, err
	}
	where := at.Member("type")
	if v.Kind() != longmen.KindObject {
		return 0, 0, codec.Invalid(at, "expected a content part object")
	}
	return 0, 0, codec.Unsupported(&where, "expected text or image_url: ollama takes no other content")
}

// picture is the bare base64 of an image: a slice of its data URL, which stays in the gateway.
func picture(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	url, where := v, *at
	if v.Kind() == longmen.KindObject {
		url, where = v.Get("url"), at.Member("url")
	}
	var buffer [codec.MaxHead]byte
	head := url.Prefix(buffer[:])
	switch {
	case len(head) == 0:
		return 0, codec.Invalid(&where, "expected a URL")
	case !codec.IsDataURL(head):
		return 0, codec.Unsupported(&where, "ollama fetches no URLs: expected a data: URL")
	}
	kind, data, err := codec.DataURL(url, head, &where)
	if err != nil {
		return 0, err
	}
	if len(kind) < 6 || kind[:6] != "image/" {
		return 0, codec.Unsupported(&where, "expected an image: ollama takes no other media")
	}
	return data, nil
}
