package openaiollama

import (
	"bytes"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// eventOllama turns one chunk of an openai.chat stream into the lines of a stream of Ollama's. No value
// at all is the end of the stream: only then the last line goes out, because OpenAI counts the tokens
// after the answer's end.
func (s *memory) eventOllama(doc longmen.Value) error {
	if !doc.Exists() {
		if s.finish == 0 {
			return truncated()
		}
		s.lastLine().Emit("")
		return nil
	}
	longmen.Drop()
	var choices, usage longmen.Value
	for m := doc.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "choices":
			choices = m
		case "usage":
			usage = m
		}
	}
	if !choices.Exists() && doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "$"}, "an object")
	}
	if usage.Kind() == longmen.KindObject {
		s.count(usage)
	}
	if !codec.Absent(choices) && choices.Kind() != longmen.KindArray {
		return codec.Malformed(&choicesAt, "an array of choices")
	}
	var p picked
	if s.finish == 0 && p.first(choices) {
		if err := s.delta(&p); err != nil {
			return err
		}
	}
	if s.changed {
		s.save()
	}
	return nil
}

// delta emits the lines for what a chunk adds.
func (s *memory) delta(p *picked) error {
	if !codec.Absent(p.delta) && p.delta.Kind() != longmen.KindObject {
		return codec.Malformed(&deltaAt, "an object")
	}
	var t said
	t.read(p.delta)
	if !textual(t.content) || !textual(t.reasoning) || !textual(t.refusal) {
		return codec.Malformed(&deltaAt, "texts that are strings")
	}
	s.line(`,"thinking":`, t.reasoning, 0)
	var list longmen.Value
	if s.probable {
		if list = p.logprobs.Get("content"); list.Kind() != longmen.KindArray || !list.First().Exists() {
			list = 0
		}
	}
	s.line("", t.content, list)
	s.line("", t.refusal, 0)
	if s.way == fromChat {
		if err := s.fragments(t.calls); err != nil {
			return err
		}
	}
	if t.images.First().Exists() && s.way == fromChat {
		line := s.openLine(longmen.NowMillis()).Put(`""},"done":false}`).Parse()
		if err := pictures(line.Get("message"), t.images); err != nil {
			return err
		}
		longmen.Emit(line, "")
	}
	if p.finish.Kind() != longmen.KindString || !codec.Text(p.finish) {
		return nil
	}
	s.end(p.finish)
	return s.join()
}

// line emits a line with a text, if there is any: after member if it is not the answer itself.
func (s *memory) line(member string, text, logprobs longmen.Value) {
	if codec.Absent(text) && !logprobs.Exists() {
		return
	}
	now := longmen.NowMillis()
	b := s.openLine(now)
	if member != "" {
		b.Put(`""`).Put(member)
	}
	n := len(b.Bytes())
	if codec.Absent(text) {
		b.Put(`""`)
	} else {
		b.Value(text)
	}
	if len(b.Bytes()) == n+len(`""`) && !logprobs.Exists() {
		return
	}
	if s.first == 0 {
		s.first, s.changed = now, true
	}
	if s.way == fromChat {
		b.Put(`}`)
	}
	b.Put(`,"done":false}`)
	if !logprobs.Exists() {
		b.Emit("")
		return
	}
	line := b.Parse()
	line.Set("logprobs", logprobs)
	longmen.Emit(line, "")
}

// maxHeld bounds the arguments that wait in the state for the rest of their calls, in bytes.
const maxHeld = 512 << 10

// fragments keeps pieces of tool calls in the state until they are whole: an array of
// {"i": index, "id", "name", "a": [pieces of the arguments]}.
func (s *memory) fragments(calls longmen.Value) error {
	if codec.Absent(calls) {
		return nil
	}
	if calls.Kind() != longmen.KindArray {
		return codec.Malformed(&deltaCallsAt, "an array of calls")
	}
	i := 0
	for v := calls.First(); v.Exists(); v = v.Next() {
		at := deltaCallsAt.Element(i)
		i++
		var index, id, function, name, arguments longmen.Value
		for m := v.First(); m.Exists(); m = m.Next() {
			switch string(codec.Key(m)) {
			case "index":
				index = m
			case "id":
				id = m
			case "function":
				function = m
			}
		}
		for m := function.First(); m.Exists(); m = m.Next() {
			switch string(codec.Key(m)) {
			case "name":
				name = m
			case "arguments":
				arguments = m
			}
		}
		c, err := s.pending(index, id, name, &at)
		if err != nil {
			return err
		}
		if arguments.Kind() == longmen.KindObject { // some servers do not encode them
			arguments = arguments.Stringify()
		}
		if !codec.Text(arguments) {
			continue
		}
		if s.held += int64(arguments.Len()); s.held > maxHeld {
			return codec.Malformed(&at, "at most 512 KiB of arguments")
		}
		c.Get("a").Append(arguments)
		s.changed = true
	}
	return nil
}

// pending is the call in the state that a piece belongs to: that of its index, or the last one where the
// index is left out, unless the piece begins another.
func (s *memory) pending(index, id, name longmen.Value, at *codec.Path) (longmen.Value, error) {
	list := longmen.State().Get("f")
	n := int64(-1)
	if !codec.Absent(index) {
		n = max(index.Int(), 0)
	}
	for i := s.calls - 1; i >= 0; i-- {
		c := list.Index(int(i))
		if n >= 0 && c.Get("i").Int() != n {
			continue
		}
		if codec.Text(name) {
			if begins(c, id, n >= 0) {
				break
			}
			if !c.Get("name").Exists() {
				c.Set("name", name)
			}
		}
		return c, nil
	}
	if s.calls == maxCalls {
		return 0, codec.Malformed(at, "at most 256 calls")
	}
	if s.calls == 0 {
		longmen.State().Set("f", longmen.NewArray())
		list = longmen.State().Get("f")
	}
	c := output.Start(`{"i":`).Int(n).Put(`,"a":[]}`).Parse()
	if codec.Text(name) {
		c.Set("name", name)
	}
	if codec.Text(id) {
		c.Set("id", id)
	}
	list.Append(c)
	s.calls++
	s.changed = true
	return list.Index(int(s.calls - 1)), nil
}

// begins tells whether a piece with a name, which could be c's, begins another call: some servers give all
// calls one index, and some repeat the name.
func begins(c, id longmen.Value, indexed bool) bool {
	own := c.Get("id")
	switch {
	case codec.Text(id) && own.Exists():
		var a, b [128]byte
		return !bytes.Equal(own.Prefix(a[:]), id.Prefix(b[:]))
	case !c.Get("name").Exists():
		return false
	case !indexed:
		return true
	}
	args := c.Get("a")
	if !args.First().Exists() {
		return false
	}
	_, whole := object(args.Join())
	return whole
}

// join emits one line with all calls, whole.
func (s *memory) join() error {
	if s.calls == 0 {
		return nil
	}
	all := longmen.NewArray()
	i := 0
	for c := longmen.State().Get("f").First(); c.Exists(); c = c.Next() {
		args, ok := object(c.Get("a").Join())
		name := c.Get("name")
		ok = ok && name.Exists()
		if !ok {
			if s.finish == 'l' { // cut off in the middle: not a call to run
				continue
			}
			return codec.Malformed(&deltaCallsAt, "names, and arguments that hold JSON objects")
		}
		all.Append(toolCall(i, c.Get("id"), name, args))
		i++
	}
	if i == 0 {
		return nil
	}
	line := s.openLine(longmen.NowMillis()).Put(`""},"done":false}`).Parse()
	line.Get("message").Set("tool_calls", all)
	longmen.Emit(line, "")
	return nil
}
