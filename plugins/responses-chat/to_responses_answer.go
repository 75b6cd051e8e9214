package responseschat

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// response is a response object's members; zero when absent.
type response struct {
	status, output, usage, incomplete, failure longmen.Value
}

func (r *response) read(v longmen.Value) {
	*r = response{}
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "status":
			r.status = m
		case "output":
			r.output = m
		case "usage":
			r.usage = m
		case "incomplete_details":
			r.incomplete = m
		case "error":
			r.failure = m
		}
	}
}

// failed is the error for an answer that failed, nil for another.
func (r *response) failed() error {
	switch string(codec.Word(r.status)) {
	case "completed", "incomplete", "":
		return nil
	case "failed":
		return upstreamFailed(r.failure)
	}
	return codec.Malformed(&codec.Path{Name: "status"}, "completed, incomplete or failed")
}

// maxReason bounds a message of the provider's, in bytes.
const maxReason = 512

// upstreamFailed is the error that the provider's own error object tells.
func upstreamFailed(e longmen.Value) error {
	var buffer [maxReason]byte
	code := string(codec.AppendName(nil, string(codec.Word(e.Get("code")))))
	if code == "" {
		code = "upstream_failed"
	}
	message := "the provider's answer failed"
	if b := short(e.Get("message"), buffer[:]); len(b) > 0 {
		message += ": " + string(b)
	}
	return longmen.Reject(502, code, "", message)
}

// finish is the finish_reason of an answer.
func (r *response) finish(calls int) string {
	switch {
	case string(codec.Word(r.status)) == "incomplete":
		switch string(codec.Word(r.incomplete.Get("reason"))) {
		case "max_output_tokens", "max_tokens":
			return "length"
		case "content_filter":
			return "content_filter"
		}
		return "length" // for whatever reason: it is not all
	case calls > 0:
		return "tool_calls"
	}
	return "stop"
}

// outputItem is one output item's members; zero when absent.
type outputItem struct {
	kind, id, content, summary, encrypted  longmen.Value
	callID, name, arguments, input, result longmen.Value
	format                                 longmen.Value // of an image
}

func (o *outputItem) read(v longmen.Value) {
	*o = outputItem{}
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "type":
			o.kind = m
		case "id":
			o.id = m
		case "content":
			o.content = m
		case "summary":
			o.summary = m
		case "encrypted_content":
			o.encrypted = m
		case "call_id":
			o.callID = m
		case "name":
			o.name = m
		case "arguments":
			o.arguments = m
		case "input":
			o.input = m
		case "result":
			o.result = m
		case "output_format":
			o.format = m
		}
	}
}

// spoken is what a chat message is made of.
type spoken struct {
	text, refusal, reasoning            codec.Joined
	calls, annotations, chances, images longmen.Value
	reasoningID, encrypted              longmen.Value
	n                                   int
	reasoned                            bool // there is reasoning
}

// answerFromResponses turns an answer of the Responses API into an openai.chat answer.
func answerFromResponses(doc, state longmen.Value) error {
	var s chunkState
	s.load(stateBuffer)
	var r response
	if r.read(doc); doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "$"}, "an object")
	}
	if err := r.failed(); err != nil {
		return err
	}
	at := codec.Path{Name: "output"}
	if r.output.Kind() != longmen.KindArray {
		return codec.Malformed(&at, "an array of items")
	}
	var m spoken
	i := 0
	for v, next := r.output.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		if i++; i > maxItems {
			return codec.Malformed(&here, "at most 160 items")
		}
		if err := m.item(v, s.chances, &here); err != nil {
			return err
		}
	}
	s.name(doc)
	b := s.appendHead(output[:0], "chat.completion")
	b = append(b, `,"choices":[{"index":0,"message":{"role":"assistant","content":null,"refusal":null},"logprobs":null,"finish_reason":"`...)
	b = append(b, r.finish(m.n)...)
	b = append(b, `"}]`...)
	if r.usage.Kind() == longmen.KindObject {
		var c counts
		c.read(r.usage)
		b = append(b, `,"usage":`...)
		b = c.append(b, &chatCounts)
	}
	out := parsed(append(b, '}'))
	choice := out.Pointer("/choices/0")
	m.into(choice.Get("message"))
	if m.chances.Exists() {
		l := longmen.NewJSON(`{"refusal":null}`)
		l.Set("content", m.chances)
		choice.Set("logprobs", l)
	}
	doc.Replace(out)
	return nil
}

// into writes the message.
func (m *spoken) into(message longmen.Value) {
	set(message, "content", m.text.Value())
	set(message, "refusal", m.refusal.Value())
	set(message, "reasoning_content", m.reasoning.Value())
	set(message, "annotations", m.annotations)
	set(message, "images", m.images)
	set(message, "tool_calls", m.calls)
	if m.encrypted.Exists() {
		message.Set("extra_content", encrypted(m.reasoningID, m.encrypted))
	}
}

// encrypted is the extra_content that carries encrypted reasoning to the next turn.
func encrypted(id, content longmen.Value) longmen.Value {
	e := longmen.NewJSON(`{"openai":{}}`)
	set(e.First(), "id", id)
	e.First().Set("encrypted_content", content)
	return e
}

// item takes one output item.
func (m *spoken) item(v longmen.Value, chances bool, at *codec.Path) error {
	if v.Kind() != longmen.KindObject {
		return codec.Malformed(at, "an item object")
	}
	var o outputItem
	o.read(v)
	switch string(codec.Word(o.kind)) {
	case "message":
		first := o.content.First()
		if !first.Exists() {
			m.text.Add(o.content) // if it is a string, as it may be in the input
		}
		for p, next := first, longmen.Value(0); p.Exists(); p = next {
			next = p.Next()
			if err := m.part(p, chances, at); err != nil {
				return err
			}
		}
	case "reasoning":
		list := o.summary
		if !list.First().Exists() {
			list = o.content
		}
		for p := list.First(); p.Exists(); p = p.Next() {
			if text := p.Get("text"); codec.Text(text) {
				if m.reasoned {
					m.reasoning.AddString("\n\n")
				}
				m.reasoning.Add(text)
				m.reasoned = true
			}
		}
		if codec.Text(o.encrypted) {
			m.reasoningID, m.encrypted = o.id, o.encrypted
		}
	case "function_call", "custom_tool_call":
		made, err := o.call(-1, at)
		if err != nil {
			return err
		}
		if !m.calls.Exists() {
			m.calls = longmen.NewArray()
		}
		m.calls.Append(made)
		m.n++
	case "image_generation_call":
		if made := o.image(-1); made.Exists() {
			if !m.images.Exists() {
				m.images = longmen.NewArray()
			}
			m.images.Append(made)
		}
	}
	return nil
}

// part takes a content part of a message.
func (m *spoken) part(p longmen.Value, chances bool, at *codec.Path) error {
	var kind, text, refusal, annotations, logprobs longmen.Value
	for v := p.First(); v.Exists(); v = v.Next() {
		switch string(codec.Key(v)) {
		case "type":
			kind = v
		case "text":
			text = v
		case "refusal":
			refusal = v
		case "annotations":
			annotations = v
		case "logprobs":
			logprobs = v
		}
	}
	switch string(codec.Word(kind)) {
	case "output_text":
		if text.Kind() != longmen.KindString {
			return codec.Malformed(at, "text that is a string")
		}
		m.text.Add(text)
	case "refusal":
		m.refusal.Add(refusal)
	}
	if chances && logprobs.First().Exists() {
		m.chances = logprobs
	}
	for a := annotations.First(); a.Exists(); a = a.Next() {
		if made := chatCitation(a); made.Exists() {
			if !m.annotations.Exists() {
				m.annotations = longmen.NewArray()
			}
			m.annotations.Append(made)
		}
	}
	return nil
}

// chatCitation is an annotation in chat's spelling; zero for kinds that it has not.
func chatCitation(v longmen.Value) longmen.Value {
	if !v.Get("type").Is("url_citation") {
		return 0
	}
	made := longmen.NewJSON(`{"type":"url_citation","url_citation":{"url":"","title":"","start_index":0,"end_index":0}}`)
	to := made.Get("url_citation")
	for _, name := range [...]string{"url", "title", "start_index", "end_index"} {
		if m := v.Get(name); !codec.Absent(m) {
			to.Set(name, m.Copy())
		}
	}
	return made
}

// noArguments are the arguments of a call that has none: clients parse them.
const noArguments = "{}"

// call is the tool call for an item. index is its place in a stream, or -1 for the form of whole answers.
func (o *outputItem) call(index int, at *codec.Path) (longmen.Value, error) {
	if !codec.Text(o.name) {
		return 0, codec.Malformed(at, "a call with the name of a function")
	}
	b := append(output[:0], '{')
	if index >= 0 {
		b = append(b, `"index":`...)
		b = append(appendInt(b, index), ',')
	}
	b = append(b, `"id":`...)
	if codec.Text(o.callID) && o.callID.Len() <= maxCallID {
		b = o.callID.AppendJSON(b)
	} else {
		b = codec.AppendQuoted(b, codec.RandomID("call_", 24))
	}
	kind, member, arguments := "function", "arguments", o.arguments
	if o.kind.Is("custom_tool_call") {
		kind, member, arguments = "custom", "input", o.input
	}
	b = append(b, `,"type":"`...)
	b = append(b, kind...)
	b = append(b, `","`...)
	b = append(b, kind...)
	b = append(b, `":{"name":"","`...)
	b = append(b, member...)
	c := parsed(append(b, `":""}}`...))
	c.Get(kind).Set("name", o.name.Copy())
	if index < 0 {
		if arguments.Kind() == longmen.KindObject { // some servers forget to encode them
			arguments = arguments.Stringify()
		}
		if k := arguments.Kind(); k != longmen.KindString && !codec.Absent(arguments) {
			return 0, codec.Malformed(at, "arguments that are a string")
		}
		if codec.Text(arguments) {
			c.Get(kind).Set(member, arguments)
		} else if member == "arguments" {
			c.Get(kind).SetString(member, noArguments)
		}
	}
	return c, nil
}

// image is the images[] element for an image_generation_call; zero when it has no image.
func (o *outputItem) image(index int) longmen.Value { return imageElement(o.result, o.format, index) }

// imageElement is the images[] element for the base64 of an image. index is its place in a stream, or none.
func imageElement(data, format longmen.Value, index int) longmen.Value {
	kind := "image/png"
	switch string(codec.Word(format)) {
	case "jpeg":
		kind = "image/jpeg"
	case "webp":
		kind = "image/webp"
	}
	url, ok := codec.NewDataURL(kind, data)
	if !ok {
		return 0
	}
	b := append(output[:0], '{')
	if index >= 0 {
		b = append(b, `"index":`...)
		b = append(appendInt(b, index), ',')
	}
	made := parsed(append(b, `"type":"image_url","image_url":{"url":""}}`...))
	made.Get("image_url").Set("url", url)
	return made
}
