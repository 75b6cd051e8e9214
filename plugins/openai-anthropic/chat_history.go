package openaianthropic

import (
	"strconv"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// assistant appends an assistant's message: its thinking, its text, then its calls.
func (r *chat) assistant(i int, f *chatMessage, at *codec.Path) error {
	r.open, r.openAt, r.results, r.tail = r.open[:0], i, 0, 0
	plainText := f.content.Kind() == longmen.KindString || codec.Absent(f.content)
	calls := !codec.Absent(f.calls) || !codec.Absent(f.legacyCall)
	if plainText && !calls && !f.thinking.Exists() && !f.provider.Exists() && !codec.Text(f.refusal) && !f.cache.Exists() {
		if blank(f.content) {
			return nil // it says nothing: Anthropic refuses an empty message
		}
		m := longmen.NewJSON(`{"role":"assistant"}`)
		m.Set("content", f.content)
		r.tail = f.content
		return r.speak(m)
	}
	m := longmen.NewJSON(`{"role":"assistant","content":[]}`)
	list := m.Get("content")
	thoughts := r.thoughts(list, f)
	said := false
	say := func(b longmen.Value) {
		list.Append(b)
		r.tail, said = b.Get("text"), true
	}
	where := at.Member("content")
	if f.content.Kind() == longmen.KindArray {
		n, err := r.spoken(f.content, &where, list, say)
		if err != nil {
			return err
		}
		thoughts = thoughts || n
	} else if !blank(f.content) {
		say(block(f.content))
	} else if !plainText {
		return codec.Invalid(&where, "expected a string or an array of parts")
	}
	if !blank(f.refusal) {
		say(block(f.refusal))
	}
	if !codec.Absent(f.calls) {
		where := at.Member("tool_calls")
		if err := r.calls(list, f.calls, &where); err != nil {
			return err
		}
	}
	if len(r.open) == 0 && !codec.Absent(f.legacyCall) {
		where := at.Member("function_call")
		if err := r.call(list, f.legacyCall, "call_"+strconv.Itoa(i), &where); err != nil {
			return err
		}
	}
	if !said && len(r.open) == 0 {
		return nil
	}
	if len(r.open) > 0 {
		if !thoughts && r.reason.on {
			thoughts = r.recall(list)
		}
		r.loop, r.tail = true, 0
		r.signed = r.signed || thoughts
	} else {
		cached(list.Index(list.Len()-1), f.cache)
	}
	return r.speak(m)
}

// speak appends an assistant's message. The conversation has to begin with the user's.
func (r *chat) speak(m longmen.Value) error {
	if r.last == 0 {
		r.messages.Append(longmen.NewJSON(`{"role":"user","content":"."}`))
		if err := r.Warn("messages", "anthropic takes no conversation that the assistant begins: a short message is put before"); err != nil {
			return err
		}
	}
	r.messages.Append(m)
	r.last = 'a'
	return nil
}

// spoken appends what an assistant's content parts say; thought tells whether signed thinking was among
// them.
func (r *chat) spoken(v longmen.Value, at *codec.Path, list longmen.Value, say func(longmen.Value)) (thought bool, err error) {
	i := 0
	for e, next := v.First(), longmen.Value(0); e.Exists(); e = next {
		next = e.Next()
		here := at.Element(i)
		i++
		var p part
		if err := r.readPart(&p, e, &here); err != nil {
			return thought, err
		}
		switch string(codec.Word(p.kind)) {
		case "text", "output_text", "input_text":
		case "refusal":
			p.text = p.refusal
		case "thinking", "redacted_thinking":
			if r.thought(list, e) {
				thought = true
			}
			continue
		case "tool_use":
			if err := r.nativeCall(list, e, &here); err != nil {
				return thought, err
			}
			continue
		default:
			where := here.Member("type")
			return thought, codec.Unsupported(&where, "expected a text part: anthropic takes only text from the assistant")
		}
		b, err := r.text(&p, &here)
		if err != nil {
			return thought, err
		}
		if b.Exists() {
			say(b)
		}
	}
	return thought, nil
}

// maxThoughts bounds the blocks of thinking of one message.
const maxThoughts = 256

// thoughts appends the thinking that an answer was given out with, before everything else.
func (r *chat) thoughts(list longmen.Value, f *chatMessage) (any bool) {
	blocks := f.thinking
	if blocks.Kind() != longmen.KindArray {
		blocks = f.provider.Get("thinking_blocks")
	}
	n := 0
	for b, next := blocks.First(), longmen.Value(0); b.Exists() && n < maxThoughts; b = next {
		next = b.Next()
		n++
		if r.thought(list, b) {
			any = true
		}
	}
	return any
}

// thought appends one block of thinking, byte for byte; one without a signature is none that Claude takes,
// and a Claude that does not think takes none.
func (r *chat) thought(list, b longmen.Value) bool {
	if r.to.thinking == thinksNot {
		return false
	}
	switch string(codec.Word(b.Get("type"))) {
	case "thinking":
		if s := b.Get("signature"); !codec.Text(s) || codec.Sealed(string(codec.Word(s))) {
			return false
		}
	case "redacted_thinking":
		if !codec.Text(b.Get("data")) {
			return false
		}
	default:
		return false
	}
	list.Append(b)
	return true
}

// recall puts the thinking that the client lost back before the calls it led to, if the store has it.
func (r *chat) recall(list longmen.Value) bool {
	if !r.stores() {
		return false
	}
	blocks := longmen.KVGet(storeKey(r.open[0].id))
	if !blocks.First().Exists() {
		return false
	}
	rest := make([]longmen.Value, 0, 8)
	for b := list.First(); b.Exists(); b = b.Next() {
		rest = append(rest, b)
	}
	signed := r.thoughts(list, &chatMessage{thinking: blocks})
	for _, b := range rest {
		list.Append(b) // behind the thinking
	}
	return signed
}

// calls appends the tool_use blocks of tool_calls.
func (r *chat) calls(list, calls longmen.Value, at *codec.Path) error {
	if calls.Kind() != longmen.KindArray {
		return codec.Invalid(at, "expected an array of tool calls")
	}
	i := 0
	for v, next := calls.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		i++
		var id, function, kind longmen.Value
		for m := v.First(); m.Exists(); m = m.Next() {
			switch string(codec.Key(m)) {
			case "id":
				id = m
			case "function":
				function = m
			case "type":
				kind = m
			}
		}
		if !codec.Absent(kind) && string(codec.Word(kind)) != "function" {
			where := here.Member("type")
			return codec.Unsupported(&where, "expected function: anthropic has no other calls")
		}
		where := here.Member("id")
		clientID, err := readID(id, &where)
		if err != nil {
			return err
		}
		where = here.Member("function")
		if err := r.call(list, function, clientID, &where); err != nil {
			return err
		}
	}
	return nil
}

// call appends one tool_use block.
func (r *chat) call(list, function longmen.Value, id string, at *codec.Path) error {
	var name, arguments longmen.Value
	for m := function.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "name":
			name = m
		case "arguments":
			arguments = m
		}
	}
	sent, err := r.name(name, at)
	if err != nil {
		return err
	}
	input, err := input(arguments, at)
	if err != nil {
		return err
	}
	return r.use(list, id, sent, input, at)
}

// use appends a tool_use block and waits for its result.
func (r *chat) use(list longmen.Value, id, name string, input longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	if len(r.open) == maxCalls {
		return codec.Unsupported(at, "expected at most 256 calls in one message")
	}
	c := call{id: id, name: name, sent: r.newCallID(id)}
	b := append(output[:0], `{"type":"tool_use","id":`...)
	b = codec.AppendQuoted(b, c.sent)
	b = append(b, `,"name":`...)
	b = codec.AppendQuoted(b, name)
	made := build(append(b, `,"input":{}}`...))
	if input.Exists() {
		made.Set("input", input)
	}
	list.Append(made)
	r.open = append(r.open, c)
	if r.used == "" {
		r.used = name
	}
	return nil
}

// newCallID is the id to send for a call's. Ids repeat from turn to turn in practice, which Anthropic
// refuses: a repeated one gets a number.
func (r *chat) newCallID(id string) string {
	key := []byte(id)
	if _, known := r.ids.Sent(key); known {
		r.repeats++
		n := len(r.ids.Restored)
		sent := r.ids.Send(append(append(key, 0), strconv.Itoa(r.repeats)...))
		r.ids.Restored = r.ids.Restored[:n] // the client knows no such id
		return sent
	}
	return r.callID(id)
}

// input is the object that an arguments string says, 0 for an empty one.
func input(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	if !codec.Text(v) {
		switch v.Kind() {
		case longmen.KindInvalid, longmen.KindNull, longmen.KindString:
			return 0, nil
		case longmen.KindObject: // some clients forget to encode them
			return v, nil
		}
		where := at.Member("arguments")
		return 0, codec.Invalid(&where, "expected a string that holds a JSON object")
	}
	args, ok := v.Parse()
	if !ok {
		if blank(v) {
			return 0, nil
		}
		where := at.Member("arguments")
		return 0, codec.Invalid(&where, "expected a string that holds JSON")
	}
	if args.Kind() != longmen.KindObject {
		wrapped := longmen.NewObject()
		wrapped.Set("value", args)
		return wrapped, nil
	}
	return args, nil
}

// nativeCall takes a tool_use block over that stands among the parts.
func (r *chat) nativeCall(list, v longmen.Value, at *codec.Path) error {
	where := at.Member("id")
	id, err := readID(v.Get("id"), &where)
	if err != nil {
		return err
	}
	name, err := r.name(v.Get("name"), at)
	if err != nil {
		return err
	}
	input := v.Get("input")
	if input.Kind() != longmen.KindObject {
		where := at.Member("input")
		return codec.Invalid(&where, "expected an object")
	}
	return r.use(list, id, name, input, at)
}

// result appends a tool message's tool_result to the user's message after the calls.
func (r *chat) result(f *chatMessage, at *codec.Path) error {
	c, err := r.answers(f, at)
	if err != nil {
		return err
	}
	where := at.Member("content")
	if f.content.Kind() == longmen.KindString {
		r.answer(c, f.content, f.failed, f.cache)
		return nil
	}
	list, err := r.parts(f.content, &where, false)
	if err != nil {
		return err
	}
	var content longmen.Value
	if len(list.blocks) > 0 {
		content = longmen.NewArray()
		for _, b := range list.blocks {
			content.Append(b)
		}
	}
	r.answer(c, content, f.failed, f.cache)
	return nil
}

// nativeResult takes a tool_result block over that stands among the parts.
func (r *chat) nativeResult(v longmen.Value, at *codec.Path) error {
	c, err := r.waiting(v.Get("tool_use_id"), at, "tool_use_id")
	if err != nil {
		return err
	}
	r.answer(c, v.Get("content"), v.Get("is_error"), v.Get("cache_control"))
	return nil
}

// answer appends the tool_result of a call.
func (r *chat) answer(c *call, content, failed, cache longmen.Value) {
	if !r.results.Exists() {
		m := longmen.NewJSON(`{"role":"user","content":[]}`)
		r.results = m.Get("content")
		r.messages.Append(m)
		r.last, r.tail = 'u', 0
	}
	b := append(output[:0], `{"type":"tool_result","tool_use_id":`...)
	b = codec.AppendQuoted(b, c.sent)
	if failed.Bool() {
		b = append(b, `,"is_error":true`...)
	}
	made := build(append(b, '}'))
	if codec.Text(content) || content.Kind() == longmen.KindArray {
		made.Set("content", content)
	}
	cached(made, cache)
	r.results.Append(made)
	c.done = true
}

// answers finds the call of the nearest assistant turn that a tool message answers.
func (r *chat) answers(f *chatMessage, at *codec.Path) (*call, error) {
	if !codec.Absent(f.callID) {
		return r.waiting(f.callID, at, "tool_call_id")
	}
	var buffer [maxClientName]byte
	sent, ok := r.names.Sent(f.name.Prefix(buffer[:]))
	for i := range r.open {
		if c := &r.open[i]; !c.done && ok && c.name == sent {
			return c, nil
		}
	}
	where := at.Member("tool_call_id")
	return nil, codec.Invalid(&where, "expected the id of a call in the assistant message before")
}

// waiting finds the call of that id, which waits for its result.
func (r *chat) waiting(v longmen.Value, at *codec.Path, member string) (*call, error) {
	where := at.Member(member)
	id, err := readID(v, &where)
	if err != nil {
		return nil, err
	}
	known := false
	for i := range r.open {
		c := &r.open[i]
		if c.id != id {
			continue
		}
		if !c.done {
			return c, nil
		}
		known = true
	}
	if known {
		return nil, codec.Invalid(&where, "expected one result for each call: this call has its result already")
	}
	return nil, codec.Invalid(&where, "expected the id of a call in the assistant message before")
}

// settle makes sure that every call of the last assistant turn has its result.
func (r *chat) settle() error {
	for i := range r.open {
		if r.open[i].done {
			continue
		}
		messages := codec.Path{Name: "messages"}
		turn := messages.Element(r.openAt)
		where := turn.Member("tool_calls")
		here := where.Element(i)
		return codec.Invalid(&here, "expected a tool message with the result of each call after the assistant message")
	}
	r.open = r.open[:0]
	return nil
}
