package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// reply are the members of Anthropic's message; zero when absent.
type reply struct {
	id, model, content, stop, sequence, details, usage longmen.Value
}

func (r *reply) read(v longmen.Value) {
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "id":
			r.id = m
		case "model":
			r.model = m
		case "content":
			r.content = m
		case "stop_reason":
			r.stop = m
		case "stop_sequence":
			r.sequence = m
		case "stop_details":
			r.details = m
		case "usage":
			r.usage = m
		}
	}
}

// maxBlocks bounds the blocks of one answer.
const maxBlocks = 4096

// maxKept bounds the ids and model names of an answer, in bytes.
const maxKept = 256

// said is what the blocks of an answer say.
type said struct {
	content, reasoning          codec.Joined
	thinking, calls, links      longmen.Value // arrays; zero when empty
	n                           int           // calls
	quotes                      int           // citations
	first                       longmen.Value // id of the first call
	tool                        string        // whose input is the answer
	kind, text, signature       longmen.Value // of the current block
	id, name, input, data, cite longmen.Value
}

// answerChat turns an anthropic.messages answer into an openai.chat answer.
func answerChat(doc longmen.Value, text []byte) error {
	var s chatStream
	s.load(text)
	var r reply
	r.read(doc)
	a := said{tool: s.json}
	at := codec.Path{Name: "content"}
	if r.content.Kind() != longmen.KindArray {
		return codec.Malformed(&at, "an array of blocks")
	}
	i := 0
	for b, next := r.content.First(), longmen.Value(0); b.Exists(); b = next {
		next = b.Next()
		here := at.Element(i)
		if i++; i > maxBlocks {
			return codec.Malformed(&here, "at most 4096 blocks")
		}
		if err := a.block(b, &here); err != nil {
			return err
		}
	}
	native := stopReason(r.stop)
	b := output.Start(`{`)
	r.writeHead(b, s.tail, "chat.completion")
	b.Put(`,"choices":[{"index":0,"message":{"role":"assistant","content":null},`)
	writeFinish(b, native, a.n)
	b.Put(`}]`)
	if r.usage.Kind() == longmen.KindObject {
		s.tokens.read(r.usage)
		b.Put(`,"usage":`)
		s.tokens.write(b)
	}
	out := b.Put(`}`).Parse()
	choice := out.Pointer("/choices/0")
	message := choice.Get("message")
	if v := a.content.Value(); v.Exists() {
		message.Set("content", v)
	}
	if v := r.details.Get("explanation"); native == "refusal" && codec.Text(v) {
		message.Set("refusal", v)
	}
	if v := a.reasoning.Value(); v.Exists() {
		message.Set("reasoning_content", v)
	}
	if a.n > 0 {
		store(a.first.String(), a.thinking, s.marks)
	}
	if a.thinking.Exists() && s.shows {
		message.Set("thinking_blocks", a.thinking)
	}
	if a.calls.Exists() {
		message.Set("tool_calls", a.calls)
	}
	if a.links.Exists() {
		message.Set("annotations", a.links)
	}
	if native == "stop_sequence" && codec.Text(r.sequence) {
		choice.Set("stop_sequence", r.sequence)
	}
	doc.Replace(out)
	return nil
}

// read finds the members of a block.
func (a *said) read(v longmen.Value) {
	a.kind, a.text, a.signature, a.id, a.name, a.input, a.data, a.cite = 0, 0, 0, 0, 0, 0, 0, 0
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "type":
			a.kind = m
		case "text", "thinking":
			a.text = m
		case "signature":
			a.signature = m
		case "id":
			a.id = m
		case "name":
			a.name = m
		case "input":
			a.input = m
		case "data":
			a.data = m
		case "citations":
			a.cite = m
		}
	}
}

// block takes one block of the answer.
func (a *said) block(v longmen.Value, at *codec.Path) error {
	if a.read(v); v.Kind() != longmen.KindObject {
		return codec.Malformed(at, "a block object")
	}
	switch string(codec.Word(a.kind)) {
	case "text":
		if !a.content.Add(a.text) && a.text.Kind() != longmen.KindString {
			return codec.MalformedIn(at, "text", "a string")
		}
		return a.quote(a.cite)
	case "thinking":
		if codec.Text(a.signature) {
			a.think(v.Copy()) // before its text goes elsewhere too
		}
		a.reasoning.Add(a.text)
	case "redacted_thinking":
		a.think(v)
	case "tool_use":
		return a.call(at)
	}
	return nil // what Anthropic's own tools do and bring is in the text
}

func (a *said) think(block longmen.Value) {
	if !a.thinking.Exists() {
		a.thinking = longmen.NewArray()
	}
	a.thinking.Append(block)
}

// call takes a tool_use block; that of the tool whose input is the answer becomes text.
func (a *said) call(at *codec.Path) error {
	if !codec.Text(a.name) {
		return codec.MalformedIn(at, "name", "the name of a tool")
	}
	arguments := longmen.Value(0)
	switch a.input.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
	case longmen.KindObject:
		arguments = a.input.Stringify()
	default:
		return codec.MalformedIn(at, "input", "an object")
	}
	if a.tool != "" && a.name.Is(a.tool) {
		if !arguments.Exists() {
			arguments = longmen.NewString("{}")
		}
		a.content.Add(arguments)
		return nil
	}
	made, id := newCall(a.id, a.name, -1, "{}")
	if arguments.Exists() {
		made.Get("function").Set("arguments", arguments)
	}
	if !a.calls.Exists() {
		a.calls, a.first = longmen.NewArray(), id
	}
	a.calls.Append(made)
	a.n++
	return nil
}

// newCall is a tool call with its index in a stream, or -1 for whole answers, which have none.
func newCall(id, name longmen.Value, index int, arguments string) (made, clientID longmen.Value) {
	b := output.Start(`{`)
	if index >= 0 {
		b.Put(`"index":`).Int(int64(index)).Put(`,`)
	}
	b.Put(`"id":`)
	if n := id.Len(); n == 0 || n > maxClientID || id.Kind() != longmen.KindString {
		b.Quote(codec.RandomID("call_", 24))
	} else {
		b.Value(original(id, "ids"))
	}
	b.Put(`,"type":"function","function":{"name":`).Value(original(name, "names")).Put(`,"arguments":"`).Put(arguments)
	made = b.Put(`"}}`).Parse()
	return made, made.Get("id")
}

// maxLinks bounds the citations of one answer.
const maxLinks = 1024

// quote takes the citations of a text: pages of the web. Anthropic gives no offsets.
func (a *said) quote(citations longmen.Value) error {
	for c := citations.First(); c.Exists() && a.quotes < maxLinks; c = c.Next() {
		a.quotes++
		if l := link(c); l.Exists() {
			if !a.links.Exists() {
				a.links = longmen.NewArray()
			}
			a.links.Append(l)
		}
	}
	return nil
}

// link is the annotation for a citation, if it cites a page of the web.
func link(c longmen.Value) longmen.Value {
	var url, title longmen.Value
	for m := c.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "url":
			url = m
		case "title":
			title = m
		}
	}
	if !codec.Text(url) {
		return 0
	}
	l := longmen.NewJSON(`{"type":"url_citation","url_citation":{"start_index":0,"end_index":0,"title":""}}`)
	to := l.Get("url_citation")
	to.Set("url", url)
	if codec.Text(title) {
		to.Set("title", title)
	}
	return l
}

// writeHead writes the members that an answer, or every chunk of one, begins with. model is the
// requested model's name as JSON.
func (r *reply) writeHead(b *codec.JSON, model []byte, object string) {
	var buffer [maxKept + 1]byte
	b.Put(`"id":`)
	if id := r.id.Prefix(buffer[len("chatcmpl-"):]); len(id) > 0 && len(id) <= maxKept-len("chatcmpl-") {
		copy(buffer[:], "chatcmpl-")
		b.Quote(codec.View(buffer[:len("chatcmpl-")+len(id)]))
	} else {
		b.Quote(codec.RandomID("chatcmpl-", 24))
	}
	b.Put(`,"object":"`).Put(object).Put(`","created":`).Int(longmen.NowMillis() / 1000).Put(`,"model":`)
	if name := r.model.Prefix(buffer[:]); len(name) > 0 && len(name) <= maxKept {
		b.Quote(codec.View(name))
	} else {
		b.Put(codec.View(model))
	}
}

// stopReason is Anthropic's reason, "" when the answer goes on.
func stopReason(v longmen.Value) string {
	return string(codec.AppendName(nil, string(codec.Word(v))))
}

// finishReason is the finish_reason for a stop_reason; calls are those that the client sees.
func finishReason(native string, calls int) string {
	switch native {
	case "tool_use":
		if calls > 0 {
			return "tool_calls"
		}
	case "max_tokens", "model_context_window_exceeded":
		return "length"
	case "refusal":
		return "content_filter"
	}
	return "stop"
}

// writeFinish writes the members that end a choice.
func writeFinish(b *codec.JSON, native string, calls int) {
	b.Put(`"finish_reason":"`).Put(finishReason(native, calls)).Put(`","native_finish_reason":`)
	if native == "" {
		b.Put("null")
	} else {
		b.Quote(native)
	}
}
