package toopenai

import (
	"strconv"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

const (
	maxID         = 4096 // bytes of a call's id
	maxClientName = 512  // bytes of a function name that a client chose
	maxCalls      = 256  // in one turn
	maxNames      = 1024 // different function names in one request
)

// call is one function call of the last turn of the model's.
type call struct {
	id            string // the client's, "" if it sent none
	sent          string // as sent
	name          string // as sent
	content, part int    // where it stands
	done          bool   // it has its result
}

// call adds a function call to the turn.
func (r *request) call(v, sign longmen.Value, content, part int, at *codec.Path) error {
	if len(r.open) == maxCalls {
		return unsupported(at, "expected at most 256 calls in one turn")
	}
	var name, args, id longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(field(m)) {
		case "name":
			name = m
		case "args":
			args = m
		case "id":
			id = m
		}
	}
	if id.Len() > maxID {
		where := at.Member("id")
		return invalid(&where, "expected at most 4096 bytes")
	}
	sent, err := r.name(name, at)
	if err != nil {
		return err
	}
	c := call{id: id.String(), name: sent, content: content, part: part}
	c.sent = r.id(c.id, content, part)
	b := add(output[:0], `{"id":`)
	b = codec.AppendQuoted(b, c.sent)
	b = add(b, `,"type":"function","function":{"name":`)
	b = codec.AppendQuoted(b, sent)
	made := parsed(add(b, `,"arguments":"{}"}}`))
	switch args.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
	case longmen.KindObject:
		made.Get("function").Set("arguments", args.Stringify())
	default:
		where := at.Member("args")
		return invalid(&where, "expected an object")
	}
	if sign.Exists() {
		made.Set("extra_content", extraContent(sign))
	}
	if !r.turn.calls.Exists() {
		r.turn.calls = longmen.NewArray()
	}
	r.turn.calls.Append(made)
	r.open = append(r.open, c)
	r.waiting++
	return nil
}

// id is the id to send for a call: the client's if OpenAI takes it and no other call has it, else one that
// follows from the place of the call, so that the same history makes the same request.
func (r *request) id(client string, content, part int) string {
	longest := 64
	if r.wire {
		longest = 40
	}
	good := client != "" && len(client) <= longest && !r.used[client]
	for i := 0; good && i < len(client); i++ {
		good = client[i] > ' ' && client[i] < 0x7f
	}
	sent := client
	if !good {
		sent = "call_" + strconv.Itoa(content) + "_" + strconv.Itoa(part)
		for r.used[sent] {
			sent += "x"
		}
	}
	if r.used == nil {
		r.used = make(map[string]bool)
	}
	r.used[sent] = true
	return sent
}

// name is the name to send for a function's.
func (r *request) name(v longmen.Value, at *codec.Path) (string, error) {
	var buffer [maxClientName + 1]byte
	b := v.Prefix(buffer[:])
	where := at.Member("name")
	if len(b) == 0 || len(b) > maxClientName {
		return "", invalid(&where, "expected the name of the function, at most 512 bytes")
	}
	if r.Names.Len() >= maxNames {
		return "", unsupported(&where, "expected at most 1024 different function names")
	}
	return r.Send(b), nil
}

// result appends the tool message for a functionResponse. Media that came with it goes into s, the user's
// message behind the results, unless the other side takes it in the tool message.
func (r *request) result(v longmen.Value, s *said, at *codec.Path) error {
	var name, response, id, parts longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(field(m)) {
		case "name":
			name = m
		case "response":
			response = m
		case "id":
			id = m
		case "parts":
			parts = m
		}
	}
	c, err := r.answers(id, name, at)
	if c == nil || err != nil {
		return err
	}
	c.done = true
	r.waiting--
	if codec.Text(id) {
		if r.answered == nil {
			r.answered = make(map[string]bool)
		}
		r.answered[id.String()] = true
	}
	b := add(output[:0], `{"role":"tool","tool_call_id":`)
	b = codec.AppendQuoted(b, c.sent)
	m := parsed(add(b, `,"content":"{}"}`))
	content := longmen.Value(0)
	switch response.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
	case longmen.KindObject:
		if !r.wire && response.Get("error").Exists() {
			m.SetBool("is_error", true)
		}
		content = response.Stringify()
		m.Set("content", content)
	default:
		where := at.Member("response")
		return invalid(&where, "expected an object")
	}
	if parts.First().Exists() {
		where := at.Member("parts")
		if err := r.resultMedia(m, parts, s, &where); err != nil {
			return err
		}
	}
	r.messages.Append(m)
	return nil
}

// resultMedia places the media of a result.
func (r *request) resultMedia(message, parts longmen.Value, s *said, at *codec.Path) error {
	inside := r.takes("tool_images")
	var list said
	if inside {
		list.addText(message.Get("content"))
	} else {
		list = *s
	}
	var w items
	if !w.walk(parts) {
		return invalid(at, "expected an array of parts")
	}
	i := 0
	for v := w.next(); v.Exists(); v = w.next() {
		here := at.Element(i)
		i++
		var p part
		if err := r.readPart(&p, v, &here); err != nil {
			return err
		}
		made, err := r.userPart(&p, &here)
		if err != nil {
			return err
		}
		if made.Exists() {
			list.add(made)
		}
	}
	if !inside {
		*s = list
	} else if list.parts.Exists() {
		message.Set("content", list.parts)
	}
	return nil
}

// answers finds the call of the last turn that a result answers: by its id, or by its name among those
// that wait. None and no error is a repeated result, which sessions of Gemini CLI hold when they were
// resumed.
func (r *request) answers(id, name longmen.Value, at *codec.Path) (*call, error) {
	where := at.Member("id")
	if id.Len() > maxID {
		return nil, invalid(&where, "expected at most 4096 bytes")
	}
	if key := id.String(); key != "" {
		for i := range r.open {
			if c := &r.open[i]; !c.done && c.id == key {
				return c, nil
			}
		}
		if r.answered[key] {
			return nil, nil
		}
	}
	var buffer [maxClientName]byte
	b := name.Prefix(buffer[:])
	sent, known := r.Sent(b)
	var other *call // with an id that is not the result's
	for i := range r.open {
		c := &r.open[i]
		switch {
		case c.done || len(b) > 0 && (!known || c.name != sent):
		case c.id == "" || !codec.Text(id):
			return c, nil
		case other == nil:
			other = c
		}
	}
	if other != nil {
		return other, nil
	}
	return nil, invalid(at, "expected the result of a functionCall in the content of role model before, by its id or its name")
}

// settle ends the last turn of the model's: every call needs its result.
func (r *request) settle() error {
	if r.waiting > 0 {
		for i := range r.open {
			if c := &r.open[i]; !c.done {
				contents := codec.Path{Name: "contents"}
				content := contents.Element(c.content)
				parts := content.Member("parts")
				part := parts.Element(c.part)
				where := part.Member("functionCall")
				return invalid(&where, "expected a functionResponse for each functionCall in the content after it")
			}
		}
	}
	r.release()
	r.open, r.waiting = r.open[:0], 0
	return nil
}
