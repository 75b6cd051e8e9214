package openaianthropic

import (
	"strings"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// completion are the members of OpenAI's answer, and of its chunks; zero when absent.
type completion struct{ id, model, choices, usage longmen.Value }

func (c *completion) read(v longmen.Value) {
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "id":
			c.id = m
		case "model":
			c.model = m
		case "choices":
			c.choices = m
		case "usage":
			c.usage = m
		}
	}
}

// choice are the members of a choice, and of its message or delta; zero when absent.
type choice struct {
	message, finish, sequence, index                                               longmen.Value
	content, reasoning, refusal, calls, legacyCall, thinking, extra, images, audio longmen.Value
}

func (c *choice) read(v longmen.Value) {
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "message", "delta":
			c.message = m
		case "finish_reason":
			c.finish = m
		case "stop_sequence":
			c.sequence = m
		case "index":
			c.index = m
		}
	}
	for m := c.message.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "content":
			c.content = m
		case "reasoning_content":
			c.reasoning = m
		case "reasoning":
			if !c.reasoning.Exists() {
				c.reasoning = m
			}
		case "refusal":
			c.refusal = m
		case "tool_calls":
			c.calls = m
		case "function_call":
			c.legacyCall = m
		case "thinking_blocks":
			c.thinking = m
		case "extra_content":
			c.extra = m
		case "images":
			c.images = m
		case "audio":
			c.audio = m
		}
	}
}

// toolCall are the members of a tool call; zero when absent.
type toolCall struct{ index, id, name, arguments, extra longmen.Value }

func (c *toolCall) read(v longmen.Value) {
	*c = toolCall{}
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "index":
			c.index = m
		case "id":
			c.id = m
		case "function":
			c.function(m)
		case "extra_content":
			c.extra = m
		}
	}
}

func (c *toolCall) function(v longmen.Value) {
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "name":
			c.name = m
		case "arguments":
			c.arguments = m
		}
	}
}

// google is Gemini's signature on a call or a message.
func google(extra longmen.Value) longmen.Value {
	if s := extra.Pointer("/google/thought_signature"); codec.Text(s) && s.Len() <= codec.MaxSealed {
		return s
	}
	return 0
}

// answerMessages turns an openai.chat answer into an anthropic.messages answer.
func answerMessages(doc longmen.Value, text []byte) error {
	var s messagesStream
	s.load(text)
	var r completion
	r.read(doc)
	first := r.choices.First()
	if !first.Exists() {
		return codec.Malformed(&codec.Path{Name: "choices"}, "at least one choice")
	}
	var c choice
	c.read(first)
	if c.message.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "choices[0].message"}, "a message object")
	}
	content := longmen.NewArray()
	if err := c.think(content); err != nil {
		return err
	}
	for _, v := range [...]longmen.Value{c.content, c.refusal} {
		switch {
		case codec.Text(v):
			content.Append(block(v))
		case v.Kind() == longmen.KindArray: // some servers answer in parts
			var text codec.Joined
			n := 0
			for p := v.First(); p.Exists(); p = p.Next() {
				if n++; n > maxBlocks {
					return codec.Malformed(&codec.Path{Name: "choices[0].message.content"}, "at most 4096 parts")
				}
				text.Add(p.Get("text"))
			}
			if t := text.Value(); t.Exists() {
				content.Append(block(t))
			}
		}
	}
	finish := string(codec.Word(c.finish))
	n, err := c.use(content, finish == "length")
	if err != nil {
		return err
	}
	if c.images.First().Exists() || !codec.Absent(c.audio) {
		longmen.Warn("answer", "media of the answer are left out: anthropic's clients know none")
	}
	b := output.Start(`{"id":`)
	r.writeHead(b, s.tail)
	b.Put(`,"content":[],`)
	writeStop(b, finish, n, c.sequence)
	s.tokens.readOpenAI(r.usage)
	b.Put(`,"usage":`)
	s.tokens.writeAnthropic(b)
	out := b.Put(`}`).Parse()
	out.Set("content", content)
	doc.Replace(out)
	return nil
}

// writeHead writes the members of a message up to its content, from the value of id on. model is the
// requested model's name as JSON.
func (r *completion) writeHead(b *codec.JSON, model []byte) {
	var buffer [maxKept + 1]byte
	id := r.id.Prefix(buffer[:])
	if len(id) == 0 || len(id) > maxKept {
		b.Quote(codec.RandomID("msg_", 24))
	} else {
		name := strings.TrimPrefix(codec.View(id), "chatcmpl-")
		if !strings.HasPrefix(name, "msg_") {
			name = "msg_" + name
		}
		b.Quote(name)
	}
	b.Put(`,"type":"message","role":"assistant","model":`)
	if name := r.model.Prefix(buffer[:]); len(name) > 0 && len(name) <= maxKept {
		b.Quote(codec.View(name))
	} else {
		b.Put(codec.View(model))
	}
}

// think appends the blocks of thinking: those that Claude signed, or the text of the reasoning, signed
// by Gemini or by nobody.
func (c *choice) think(content longmen.Value) error {
	n := 0
	for b, next := c.thinking.First(), longmen.Value(0); b.Exists() && n < maxThoughts; b = next {
		next = b.Next()
		if b.Kind() == longmen.KindObject {
			content.Append(b)
			n++
		}
	}
	if n > 0 {
		return nil
	}
	var signature longmen.Value
	first := c.calls.First()
	if !first.Exists() { // that of a text beside calls would come back as the first call's
		signature = google(c.extra)
	}
	for v, i := first, 0; v.Exists() && i < maxCalls && !signature.Exists(); v, i = v.Next(), i+1 {
		signature = google(v.Get("extra_content"))
	}
	text := codec.Text(c.reasoning)
	if !text && !signature.Exists() {
		return nil
	}
	b := longmen.NewJSON(`{"type":"thinking","thinking":"","signature":""}`)
	if text {
		b.Set("thinking", c.reasoning)
	}
	if signature.Exists() {
		b.SetString("signature", codec.Seal(codec.SealedGoogle, signature.String()))
	}
	content.Append(b)
	return nil
}

// use appends the tool_use blocks and tells how many. cut: the answer was cut off, perhaps in the middle
// of a call.
func (c *choice) use(content longmen.Value, cut bool) (n int, err error) {
	if codec.Absent(c.calls) && !codec.Absent(c.legacyCall) {
		var t toolCall
		t.function(c.legacyCall)
		return 1, t.use(content, cut, &codec.Path{Name: "choices[0].message.function_call"})
	}
	at := codec.Path{Name: "choices[0].message.tool_calls"}
	for v, next := c.calls.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(n)
		if n++; n > maxCalls {
			return n, codec.Malformed(&here, "at most 256 calls")
		}
		var t toolCall
		t.read(v)
		if err := t.use(content, cut, &here); err != nil {
			return n, err
		}
	}
	return n, nil
}

// use appends the tool_use block for a call.
func (c *toolCall) use(content longmen.Value, cut bool, at *codec.Path) error {
	if !codec.Text(c.name) {
		return codec.MalformedIn(at, "function.name", "the name of a function")
	}
	c.writeUse(output.Start(""))
	made := output.Put("}").Parse()
	switch {
	case codec.Text(c.arguments):
		args, ok := c.arguments.Parse()
		if !ok && blank(c.arguments) {
			break
		}
		if !ok && cut { // a call that the client could not run
			longmen.Warn("answer", "a tool call that was cut off by max_tokens is left out")
			return nil
		}
		if args.Kind() != longmen.KindObject {
			return codec.MalformedIn(at, "function.arguments", "a string that holds a JSON object")
		}
		made.Set("input", args)
	case c.arguments.Kind() == longmen.KindObject:
		made.Set("input", c.arguments)
	}
	content.Append(made)
	return nil
}

// writeUse writes a tool_use block without its last brace.
func (c *toolCall) writeUse(b *codec.JSON) {
	b.Put(`{"type":"tool_use","id":`).Quote(clientID(c.id)).Put(`,"name":`).Value(original(c.name, "names")).Put(`,"input":{}`)
}

// clientID is the id of a call as Anthropic's clients may have it.
func clientID(v longmen.Value) string {
	var buffer [maxClientID]byte
	id := original(v, "ids").Prefix(buffer[:])
	if len(id) == 0 {
		return codec.RandomID("toolu_", 24)
	}
	for i := 0; i < len(id); i++ {
		if !plain(id[i], false) {
			n := codec.Names{Form: &claudeIDs}
			return n.Send([]byte(strings.ToValidUTF8(string(id), "_")))
		}
	}
	return string(id)
}

// writeStop writes the members that tell why an answer ended. Some servers say stop where they call a
// tool.
func writeStop(b *codec.JSON, finish string, calls int, sequence longmen.Value) {
	reason := "end_turn"
	switch finish {
	case "length":
		reason = "max_tokens"
	case "content_filter":
		reason = "refusal"
	default:
		switch {
		case calls > 0:
			reason = "tool_use"
		case codec.Text(sequence):
			b.Put(`"stop_reason":"stop_sequence","stop_sequence":`).Value(sequence)
			return
		}
	}
	b.Put(`"stop_reason":"`).Put(reason).Put(`","stop_sequence":null`)
}
