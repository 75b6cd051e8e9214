package responseschat

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// item is one input item's members; zero when absent.
type item struct {
	kind, role, content, callID, name, space     longmen.Value
	arguments, input, output, encrypted, summary longmen.Value
	picture, format                              longmen.Value // of image_generation_call
}

// converse turns the input into messages.
func (r *toChat) converse(input longmen.Value) error {
	at := codec.Path{Name: "input"}
	switch input.Kind() {
	case longmen.KindString:
		r.say("user", input)
		return nil
	case longmen.KindArray:
	default:
		return codec.Invalid(&at, "expected a string or an array of items")
	}
	i := 0
	for v, next := input.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		i++
		if err := r.item(v, &here); err != nil {
			return err
		}
	}
	r.flush()
	r.show()
	if !r.messages.First().Exists() {
		return codec.Invalid(&at, "expected at least one item that says something")
	}
	return nil
}

func (r *toChat) item(v longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	if v.Kind() != longmen.KindObject {
		return codec.Invalid(at, "expected an item object")
	}
	var f item
	odd := false // it has members that nothing here knows
	for m := v.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "type":
			f.kind = m
		case "role":
			f.role = m
		case "content":
			f.content = m
		case "call_id":
			f.callID = m
		case "name":
			f.name = m
		case "namespace":
			f.space = m
		case "arguments":
			f.arguments = m
		case "input":
			f.input = m
		case "output":
			f.output = m
		case "encrypted_content":
			f.encrypted = m
		case "summary":
			f.summary = m
		case "result":
			f.picture = m
		case "output_format":
			f.format = m
		case "id", "status", "phase", "caller", "async", "created_by", "action", "queries", "results", "background", "quality", "revised_prompt", "size":
			// what an answer carried besides what it said
		default:
			if !odd {
				odd = true
				if kind := v.Get("type"); !codec.Absent(kind) && !itemTypes[string(codec.Word(kind))] {
					return unknownItem(at) // rather than a warning of what belongs to it
				}
			}
			if err := r.unknown("input[]", name, m, at); err != nil {
				return err
			}
		}
	}
	kind := string(codec.Word(f.kind))
	if codec.Absent(f.kind) {
		if kind = "message"; codec.Absent(f.role) {
			kind = "item_reference" // the API takes a bare id for one
		}
	}
	switch kind {
	case "message":
		return r.message(&f, at)
	case "function_call":
		return r.call(&f, f.arguments, false, at)
	case "custom_tool_call":
		return r.call(&f, f.input, true, at)
	case "function_call_output", "custom_tool_call_output":
		return r.result(&f, at)
	case "reasoning":
		return r.reason(&f, at)
	case "web_search_call":
		return r.Warn("input[].type", "web_search_call is not supported by chat completions")
	case "image_generation_call":
		return r.picture(&f)
	case "item_reference":
		return codec.Unsupported(at, "this upstream keeps no items: expected the item itself")
	}
	return unknownItem(at)
}

// itemTypes are the types of items that have a place in chat completions, or a warning of their own.
var itemTypes = map[string]bool{
	"message": true, "function_call": true, "custom_tool_call": true, "function_call_output": true, "custom_tool_call_output": true,
	"reasoning": true, "web_search_call": true, "image_generation_call": true, "item_reference": true,
}

func unknownItem(at *codec.Path) error {
	where := at.Member("type")
	return codec.Unsupported(&where, "expected message, reasoning, function_call, custom_tool_call or the output of one: this upstream has no tools of its own")
}

// message takes a message item.
func (r *toChat) message(f *item, at *codec.Path) error {
	where := at.Member("content")
	role := ""
	switch string(codec.Word(f.role)) {
	case "user":
		role = "user"
	case "system", "developer":
		role = r.system
	case "assistant":
		text, err := r.joined(f.content, &where)
		if err == nil {
			r.spoke(text)
		}
		return err
	default:
		where := at.Member("role")
		return codec.Invalid(&where, "expected user, assistant, system or developer")
	}
	r.flush()
	r.show()
	content, err := r.content(f.content, &where)
	if err != nil || !content.Exists() {
		return err
	}
	r.say(role, content)
	return nil
}

// content is the content of a message: a string if there is nothing but one text.
func (r *toChat) content(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	switch v.Kind() {
	case longmen.KindString:
		return v, nil
	case longmen.KindArray:
	default:
		return 0, codec.Invalid(at, "expected a string or an array of parts")
	}
	var list longmen.Value
	i := 0
	for p, next := v.First(), longmen.Value(0); p.Exists(); p = next {
		next = p.Next()
		here := at.Element(i)
		i++
		var f part
		if err := r.readPart(&f, p, &here); err != nil {
			return 0, err
		}
		if i == 1 && !next.Exists() && f.text.Exists() && !f.breakpoint.Exists() {
			return f.text, nil
		}
		made := f.made()
		if !list.Exists() {
			list = longmen.NewArray()
		}
		list.Append(made)
	}
	return list, nil
}

// joined is the text of a content that may hold nothing else; zero when there is none.
func (r *toChat) joined(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	switch v.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return 0, nil
	case longmen.KindString:
		return v, nil
	case longmen.KindArray:
	default:
		return 0, codec.Invalid(at, "expected a string or an array of parts")
	}
	var text codec.Joined
	i := 0
	for p := v.First(); p.Exists(); p = p.Next() {
		here := at.Element(i)
		i++
		var f part
		if err := r.readPart(&f, p, &here); err != nil {
			return 0, err
		}
		if !f.text.Exists() {
			where := here.Member("type")
			return 0, codec.Unsupported(&where, "expected a text part: an assistant's message has only text in chat completions")
		}
		text.Add(f.text)
	}
	return text.Value(), nil
}

// part is a content part on its way: text, or one that is made already.
type part struct {
	text, other, breakpoint longmen.Value
}

// made is the part in chat's spelling.
func (p *part) made() longmen.Value {
	made := p.other
	if !made.Exists() {
		made = longmen.NewJSON(`{"type":"text"}`)
		made.Set("text", p.text)
	}
	set(made, "prompt_cache_breakpoint", p.breakpoint)
	return made
}

// readPart reads a content part.
func (r *toChat) readPart(p *part, v longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	var kind, text, refusal, url, detail, fileID, fileURL, data, filename, audio longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "type":
			kind = m
		case "text":
			text = m
		case "refusal":
			refusal = m
		case "image_url":
			url = m
		case "detail":
			detail = m
		case "file_id":
			fileID = m
		case "file_url":
			fileURL = m
		case "file_data":
			data = m
		case "filename":
			filename = m
		case "input_audio":
			audio = m
		case "prompt_cache_breakpoint":
			if m.Kind() == longmen.KindObject {
				p.breakpoint = m
			}
		case "annotations", "logprobs":
			// what an answer carried besides its text
		default:
			if err := r.unknown("input[].content[]", name, m, at); err != nil {
				return err
			}
		}
	}
	member := "text"
	switch string(codec.Word(kind)) {
	case "input_text", "output_text", "text":
		p.text = text
	case "refusal":
		p.text, member = refusal, "refusal"
	case "input_image":
		return r.image(p, url, fileID, detail, at)
	case "input_file":
		return r.file(p, fileID, fileURL, data, filename, at)
	case "input_audio":
		p.other = longmen.NewJSON(`{"type":"input_audio"}`)
		if audio.Kind() != longmen.KindObject {
			where := at.Member("input_audio")
			return codec.Invalid(&where, "expected an object with data and format")
		}
		p.other.Set("input_audio", audio)
		return nil
	default:
		if v.Kind() != longmen.KindObject {
			return codec.Invalid(at, "expected a content part")
		}
		where := at.Member("type")
		return codec.Unsupported(&where, "expected input_text, output_text, refusal, input_image, input_file or input_audio")
	}
	if p.text.Kind() != longmen.KindString {
		where := at.Member(member)
		return codec.Invalid(&where, "expected a string")
	}
	return nil
}

func (r *toChat) image(p *part, url, id, detail longmen.Value, at *codec.Path) error {
	switch {
	case codec.Text(url):
	case codec.Text(id):
		where := at.Member("file_id")
		return codec.Unsupported(&where, "expected image_url: chat completions take no images by file_id")
	default:
		where := at.Member("image_url")
		return codec.Invalid(&where, "expected a URL")
	}
	p.other = longmen.NewJSON(`{"type":"image_url","image_url":{}}`)
	to := p.other.Get("image_url")
	to.Set("url", url)
	switch string(codec.Word(detail)) {
	case "low", "high", "auto":
		to.Set("detail", detail)
	case "original":
		to.SetString("detail", "high")
	}
	return nil
}

func (r *toChat) file(p *part, id, url, data, name longmen.Value, at *codec.Path) error {
	p.other = longmen.NewJSON(`{"type":"file","file":{}}`)
	to := p.other.Get("file")
	switch {
	case codec.Text(data):
		to.Set("file_data", data)
		set(to, "filename", name)
	case codec.Text(id):
		to.Set("file_id", id)
	case codec.Text(url):
		where := at.Member("file_url")
		return codec.Unsupported(&where, "expected file_data: chat completions take no files by URL")
	default:
		where := at.Member("file_data")
		return codec.Invalid(&where, "expected the data of the file")
	}
	return nil
}
