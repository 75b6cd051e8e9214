package openaiollama

import (
	"bytes"
	"strconv"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// converse makes the messages fit where they stand: most need no change at all. They are a new list only
// where images of tools have to become a message of the user's.
func (r *serve) converse(messages longmen.Value) (longmen.Value, error) {
	at := codec.Path{Name: "messages"}
	if messages.Kind() != longmen.KindArray {
		return 0, codec.Invalid(&at, "expected an array of messages")
	}
	i := 0
	var shows []show
	for m, next := messages.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		here := at.Element(i)
		if err := r.message(i, m, &here); err != nil {
			return 0, err
		}
		if r.pictures.Exists() && !next.Get("role").Is("tool") { // the results of one turn stay together
			shows = append(shows, show{behind: i, pictures: r.pictures})
			r.pictures = 0
		}
		i++
	}
	if i == 0 {
		return 0, codec.Invalid(&at, "expected at least one message: there is nothing to load")
	}
	if len(shows) == 0 {
		return messages, nil
	}
	list := longmen.NewArray()
	i = 0
	for m, next := messages.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		list.Append(m)
		if len(shows) > 0 && shows[0].behind == i {
			user := longmen.NewJSON(`{"role":"user"}`)
			user.Set("content", shows[0].pictures)
			list.Append(user)
			shows = shows[1:]
		}
		i++
	}
	return list, nil
}

// show is a message of the user's with the images of the results before it: chat completions take only
// text from a tool.
type show struct {
	behind   int // place of the last result
	pictures longmen.Value
}

// uttered is the members of a message of Ollama's; zero when absent.
type uttered struct {
	role, content, thinking, images, calls, toolName, callID longmen.Value
}

func (r *serve) message(i int, m longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	var f uttered
	for v := m.First(); v.Exists(); v = v.Next() {
		switch name := codec.Key(v); string(name) {
		case "role":
			f.role = v
		case "content":
			f.content = v
		case "thinking":
			f.thinking = v
		case "images":
			f.images = v
		case "tool_calls":
			f.calls = v
		case "tool_name", "name":
			r.leave(f.toolName)
			f.toolName = v
		case "tool_call_id":
			f.callID = v
		default:
			if err := r.unknown("messages[]", name, v, at); err != nil {
				return err
			}
			if err := r.forget(v, at); err != nil {
				return err
			}
		}
	}
	if m.Kind() != longmen.KindObject {
		return codec.Invalid(at, "expected a message object")
	}
	r.clean() // before a member that is set replaces one that was to be left out
	role := string(codec.Word(f.role))
	switch role {
	case "user", "system":
		r.leave(f.thinking, f.calls, f.toolName, f.callID)
	case "assistant":
		r.leave(f.toolName, f.callID)
		if err := r.reply(i, m, &f, at); err != nil {
			return err
		}
	case "tool":
		r.leave(f.thinking, f.calls, f.toolName)
		if err := r.result(m, &f, at); err != nil {
			return err
		}
	default:
		return codec.InvalidIn(at, "role", "expected system, user, assistant or tool")
	}
	if k := f.content.Kind(); codec.Absent(f.content) {
		m.SetString("content", "")
	} else if k != longmen.KindString {
		return codec.InvalidIn(at, "content", "expected a string")
	}
	if f.images.First().Exists() {
		where := at.Member("images")
		if role == "assistant" {
			return codec.Unsupported(&where, "expected images of the user or of a tool: the model's provider takes none here")
		}
		if role == "tool" && !r.takes("tool_images") {
			if !r.pictures.Exists() {
				r.pictures = longmen.NewArray()
			}
			if err := r.depict(r.pictures, f.images, &where); err != nil {
				return err
			}
		} else {
			parts, err := r.parts(m.Get("content"), f.images, &where)
			if err != nil {
				return err
			}
			m.Set("content", parts)
		}
	} else if !codec.Absent(f.images) && f.images.Kind() != longmen.KindArray {
		return codec.InvalidIn(at, "images", "expected an array of images")
	}
	r.leave(f.images)
	r.clean()
	return nil
}

// parts is the content of a message with images.
func (r *serve) parts(content, images longmen.Value, at *codec.Path) (longmen.Value, error) {
	parts := longmen.NewArray()
	if codec.Text(content) {
		p := longmen.NewJSON(`{"type":"text","text":""}`)
		p.Set("text", content)
		parts.Append(p)
	}
	return parts, r.depict(parts, images, at)
}

// depict appends a part for each image.
func (r *serve) depict(parts, images longmen.Value, at *codec.Path) error {
	i := 0
	for v, next := images.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		i++
		if err := r.step(&here); err != nil {
			return err
		}
		url, err := imageURL(v, &here)
		if err != nil {
			return err
		}
		p := longmen.NewJSON(`{"type":"image_url","image_url":{"url":""}}`)
		p.Get("image_url").Set("url", url)
		parts.Append(p)
	}
	return nil
}

// signatures are the beginnings of images in base64, with what they are.
var signatures = []struct{ head, kind string }{
	{"iVBORw0KGgo", "image/png"},
	{"/9j/", "image/jpeg"},
	{"R0lGOD", "image/gif"},
	{"UklGR", "image/webp"},
}

// imageURL is the data URL of an image, whose media type Ollama's clients do not say: it stands in the
// first bytes.
func imageURL(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	var buffer [16]byte
	head := v.Prefix(buffer[:])
	if codec.IsDataURL(head) { // some clients put one where bare base64 belongs
		return v, nil
	}
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.head)) {
			url, ok := codec.NewDataURL(s.kind, v)
			if !ok {
				return 0, codec.Invalid(at, "expected base64")
			}
			return url, nil
		}
	}
	return 0, codec.Unsupported(at, "expected a PNG, JPEG, GIF or WebP image in base64")
}

// reply makes an assistant's thoughts and calls fit.
func (r *serve) reply(i int, m longmen.Value, f *uttered, at *codec.Path) error {
	if codec.Text(f.thinking) && r.takes("reasoning_content") {
		m.Set("reasoning_content", f.thinking)
	} else {
		r.leave(f.thinking)
	}
	r.turn.reset()
	where := at.Member("tool_calls")
	switch f.calls.Kind() {
	case longmen.KindInvalid:
		return nil
	case longmen.KindNull:
		r.leave(f.calls)
		return nil
	case longmen.KindArray:
	default:
		return codec.Invalid(&where, "expected an array of tool calls")
	}
	n := 0
	for v, next := f.calls.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := where.Element(n)
		if n == maxCalls {
			return codec.Unsupported(&here, "expected at most 256 calls in one message")
		}
		if err := r.call(i, n, v, &here); err != nil {
			return err
		}
		n++
	}
	if n == 0 { // OpenAI refuses an empty list
		r.leave(f.calls)
	}
	return nil
}

// call makes one call of the history fit. One without an id gets one from its place, the same every time
// the history is sent.
func (r *serve) call(i, n int, v longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	var id, function, kind, name, arguments longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "id":
			id = m
		case "function":
			function = m
		case "type":
			kind = m
		default:
			if err := r.forget(m, at); err != nil {
				return err
			}
		}
	}
	where := at.Member("function")
	for m := function.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "name":
			name = m
		case "arguments":
			arguments = m
		default: // index, description
			if err := r.forget(m, &where); err != nil {
				return err
			}
		}
	}
	if !codec.Text(name) {
		return codec.InvalidIn(&where, "name", "expected the name of the function")
	}
	c := call{from: len(r.turn.ids), name: name}
	if id.Len() > maxID {
		return codec.InvalidIn(at, "id", "expected at most 65536 bytes")
	}
	if r.turn.ids = id.AppendString(r.turn.ids); len(r.turn.ids) == c.from {
		r.turn.ids = append(r.turn.ids, `call_`...)
		r.turn.ids = strconv.AppendInt(r.turn.ids, int64(i), 10)
		r.turn.ids = append(r.turn.ids, '_')
		r.turn.ids = strconv.AppendInt(r.turn.ids, int64(n), 10)
		v.SetString("id", string(r.turn.ids[c.from:]))
	}
	c.to = len(r.turn.ids)
	r.turn.calls = append(r.turn.calls, c)
	if !kind.Exists() {
		v.SetString("type", "function")
	}
	switch arguments.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		function.SetString("arguments", "{}")
	case longmen.KindObject:
		function.Set("arguments", arguments.Stringify())
	case longmen.KindString: // some clients send them as OpenAI's do
		if _, ok := arguments.Parse(); ok {
			break
		}
		fallthrough
	default:
		return codec.InvalidIn(&where, "arguments", "expected an object")
	}
	return nil
}

// result gives a tool's answer the id of its call: by the id that it carries, else by the function's
// name, else by order.
func (r *serve) result(m longmen.Value, f *uttered, at *codec.Path) error {
	var buffer [512]byte
	if codec.Text(f.callID) && f.callID.Len() <= maxID {
		if c := r.turn.find(f.callID.AppendString(buffer[:0])); c != nil {
			c.answered = true
			return nil
		}
	}
	name := f.toolName.Prefix(buffer[:])
	for i := range r.turn.calls {
		c := &r.turn.calls[i]
		if c.answered || len(name) > 0 && !c.name.Is(codec.View(name)) {
			continue
		}
		c.answered = true
		m.SetString("tool_call_id", string(r.turn.ids[c.from:c.to]))
		return nil
	}
	return codec.InvalidIn(at, "tool_name", "expected the name of a function that the assistant message before calls")
}

// compose makes the messages of a generate request.
func (r *serve) compose(p *wishes) error {
	for _, v := range [...]struct {
		value longmen.Value
		name  string
	}{{p.prompt, "prompt"}, {p.system, "system"}, {p.suffix, "suffix"}, {p.template, "template"}} {
		if v.value.Kind() != longmen.KindString && !codec.Absent(v.value) {
			return codec.Invalid(&codec.Path{Name: v.name}, "expected a string")
		}
	}
	if codec.Text(p.suffix) {
		return codec.Unsupported(&codec.Path{Name: "suffix"}, "the model's provider fills no gaps: expected a prompt alone")
	}
	if p.context.First().Exists() {
		return codec.Unsupported(&codec.Path{Name: "context"}, "only the server that made it can read it: send the conversation to /api/chat")
	}
	raw, err := boolean(p.raw, &codec.Path{Name: "raw"})
	if err != nil {
		return err
	}
	if raw {
		if err := r.Warn("raw", "not supported by the model's provider, which has a template of its own"); err != nil {
			return err
		}
	}
	if codec.Text(p.template) {
		if err := r.Warn("template", "not supported by the model's provider, which has a template of its own"); err != nil {
			return err
		}
	}
	at := codec.Path{Name: "images"}
	if !codec.Absent(p.images) && p.images.Kind() != longmen.KindArray {
		return codec.Invalid(&at, "expected an array of images")
	}
	pictured := p.images.First().Exists()
	if !codec.Text(p.prompt) && !pictured {
		return codec.Invalid(&codec.Path{Name: "prompt"}, "expected a prompt: there is nothing to load")
	}
	p.messages = longmen.NewArray()
	if codec.Text(p.system) {
		m := longmen.NewJSON(`{"role":"system"}`)
		m.Set("content", p.system)
		p.messages.Append(m)
	}
	content := p.prompt
	if pictured {
		if content, err = r.parts(p.prompt, p.images, &at); err != nil {
			return err
		}
	}
	m := longmen.NewJSON(`{"role":"user"}`)
	m.Set("content", content)
	p.messages.Append(m)
	return nil
}
