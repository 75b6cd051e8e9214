package responseschat

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// answerFromChat turns an openai.chat answer into a response of the Responses API.
func answerFromChat(doc, state longmen.Value) error {
	s := &answering
	s.load(stateBuffer)
	var c chunk
	c.read(doc)
	if doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "$"}, "an object")
	}
	var f choice
	if f.find(c.choices); f.delta.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "choices"}, "an array of at least one choice")
	}
	s.finish = finished(f.finish)
	chances := f.chances
	var d said
	d.read(f.delta)
	head := s.begin(&c)
	list := longmen.NewArray()
	if err := s.reasonings(&d, list); err != nil {
		return err
	}
	if s.chances {
		chances = chances.Get("content")
	} else {
		chances = 0
	}
	if err := s.spoken(&d, chances, list); err != nil {
		return err
	}
	if d.calls.Exists() && d.calls.Kind() != longmen.KindNull {
		if err := s.called(d.calls, list, state); err != nil {
			return err
		}
	}
	if n := len(s.items); n > 0 && s.status() != "completed" && s.items[n-1].kind != kindReasoning && s.items[n-1].kind != kindImage {
		list.Index(n-1).SetString("status", "incomplete")
	}
	status := s.status()
	b := s.envelope(output[:0], head, state, status)
	b = appendUsage(b, c.usage)
	out := parsed(append(b, `,"output":[]}`...))
	out.Get("output").Replace(list)
	doc.Replace(out)
	return nil
}

// next appends an item that was made, and its place.
func (s *answerState) next(list, made longmen.Value, kind byte) error {
	if len(s.items) == maxItems {
		return tooLong()
	}
	s.items = append(s.items, answerItem{kind: kind})
	list.Append(made)
	return nil
}

// made is an item with the members of its type.
func (s *answerState) made(kind byte, members string) longmen.Value {
	b := append(output[:0], `{"id":"`...)
	b = s.appendKindID(b, kind, len(s.items))
	b = append(b, `",`...)
	return parsed(append(b, members...))
}

// reasonings appends the items of the message's reasoning: one with its text and all that signs thoughts,
// and, if Gemini signed the text, one for that signature.
func (s *answerState) reasonings(d *said, list longmen.Value) error {
	var sealed longmen.Value
	if s.sealed && d.blocks.Kind() == longmen.KindArray && d.blocks.First().Exists() {
		sealed = seal("thinking_blocks", d.blocks, false)
	}
	if k := d.reasoning.Kind(); k != longmen.KindString && k != longmen.KindNull && k != longmen.KindInvalid {
		return codec.Malformed(&codec.Path{Name: "choices[0].message.reasoning_content"}, "a string")
	}
	if said := codec.Text(d.reasoning); said || sealed.Exists() {
		item := s.made(kindReasoning, `"type":"reasoning","summary":[]}`)
		if said {
			part := longmen.NewJSON(`{"type":"summary_text"}`)
			part.Set("text", d.reasoning)
			item.Get("summary").Append(part)
		}
		if sealed.Exists() {
			item.Set("encrypted_content", sealed)
		} else if s.sealed {
			item.SetString("encrypted_content", emptySeal)
		}
		if err := s.next(list, item, kindReasoning); err != nil {
			return err
		}
	}
	if !s.sealed {
		return nil
	}
	return s.signedItem(d.extra.Pointer("/google/thought_signature"), true, list)
}

// signedItem appends a reasoning item for a signature of Gemini's.
func (s *answerState) signedItem(signature longmen.Value, message bool, list longmen.Value) error {
	if !codec.Text(signature) {
		return nil
	}
	sealed := seal("thought_signature", signature, message)
	if !sealed.Exists() {
		return nil
	}
	item := s.made(kindReasoning, `"type":"reasoning","summary":[]}`)
	item.Set("encrypted_content", sealed)
	return s.next(list, item, kindReasoning)
}

// spoken appends the message item and those of images.
func (s *answerState) spoken(d *said, chances, list longmen.Value) error {
	for _, v := range [...]longmen.Value{d.content, d.refusal} {
		if k := v.Kind(); k != longmen.KindString && k != longmen.KindNull && k != longmen.KindInvalid {
			return codec.Malformed(&codec.Path{Name: "choices[0].message.content"}, "a string")
		}
	}
	text, refused := codec.Text(d.content), codec.Text(d.refusal)
	if text || refused {
		item := s.made(kindMessage, `"type":"message","status":"completed","role":"assistant","content":[]}`)
		content := item.Get("content")
		if text {
			part := longmen.NewJSON(`{"type":"output_text","text":"","annotations":[],"logprobs":[]}`)
			part.Set("text", d.content)
			if chances.Kind() == longmen.KindArray {
				part.Set("logprobs", chances)
			}
			annotations := part.Get("annotations")
			for v := d.annotations.First(); v.Exists(); v = v.Next() {
				if made := citation(v); made.Exists() {
					annotations.Append(made)
				}
			}
			content.Append(part)
		}
		if refused {
			part := longmen.NewJSON(`{"type":"refusal"}`)
			part.Set("refusal", d.refusal)
			content.Append(part)
		}
		if err := s.next(list, item, kindMessage); err != nil {
			return err
		}
	}
	for v := d.images.First(); v.Exists(); v = v.Next() {
		data, format := imageData(v)
		if !data.Exists() {
			longmen.Warn("answer", "an image that is no data URL is left out")
			continue
		}
		item := s.made(kindImage, `"type":"image_generation_call","status":"completed"}`)
		if format != "" {
			item.SetString("output_format", format)
		}
		item.Set("result", data)
		if err := s.next(list, item, kindImage); err != nil {
			return err
		}
	}
	if d.audio.Kind() == longmen.KindObject {
		longmen.Warn("answer", "audio is not supported by the Responses API")
	}
	return nil
}

// called appends the items of calls.
func (s *answerState) called(calls, list, state longmen.Value) error {
	at := codec.Path{Name: "choices[0].message.tool_calls"}
	if calls.Kind() != longmen.KindArray {
		return codec.Malformed(&at, "an array of calls")
	}
	i := 0
	for v, next := calls.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		i++
		var c call
		c.read(v)
		if !codec.Text(c.name) {
			return codec.Malformed(&here, "a call with the name of a function")
		}
		if c.arguments.Kind() == longmen.KindObject { // some servers forget to encode them
			c.arguments = c.arguments.Stringify()
		}
		if k := c.arguments.Kind(); k != longmen.KindString && k != longmen.KindNull && k != longmen.KindInvalid {
			return codec.Malformed(&here, "arguments that are a string")
		}
		if s.sealed && c.signature.Exists() {
			if err := s.signedItem(c.signature, false, list); err != nil {
				return err
			}
		}
		var it answerItem
		item := s.callItem(&it, len(s.items), &c, state)
		item.SetString("status", "completed")
		switch {
		case it.kind == kindCustom:
			input := c.arguments
			if args, ok := input.Parse(); ok && args.Get("input").Kind() == longmen.KindString {
				input = args.Get("input")
			}
			set(item, "input", input)
		case it.kind == kindInput:
			set(item, "input", c.arguments)
		case codec.Text(c.arguments):
			item.Set("arguments", c.arguments)
		default:
			item.SetString("arguments", "{}")
		}
		if err := s.next(list, item, it.kind); err != nil {
			return err
		}
	}
	return nil
}
