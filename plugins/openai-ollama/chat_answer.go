package openaiollama

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// line is the members of an answer of Ollama's, also of a line of a streamed one; zero when absent.
type line struct {
	model, message, done, reason, prompt, completion, logprobs longmen.Value
	total, load, promptTime, completionTime                    longmen.Value
	response, vectors                                          longmen.Value
}

func (l *line) read(doc longmen.Value) {
	for m := doc.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "model":
			l.model = m
		case "message":
			l.message = m
		case "done":
			l.done = m
		case "done_reason":
			l.reason = m
		case "prompt_eval_count":
			l.prompt = m
		case "eval_count":
			l.completion = m
		case "logprobs":
			l.logprobs = m
		case "response":
			l.response = m
		case "embeddings":
			l.vectors = m
		case "total_duration":
			l.total = m
		case "load_duration":
			l.load = m
		case "prompt_eval_duration":
			l.promptTime = m
		case "eval_duration":
			l.completionTime = m
		}
	}
}

// spoken is the members of a message in an answer; zero when absent.
type spoken struct {
	content, thinking, calls longmen.Value
}

func (p *spoken) read(v longmen.Value) {
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "content":
			p.content = m
		case "thinking":
			p.thinking = m
		case "tool_calls":
			p.calls = m
		}
	}
}

// Where the walk over an answer is; a chain that is handed down would escape to the heap for each event.
var (
	messageAt  = codec.Path{Name: "message"}
	contentAt  = messageAt.Member("content")
	thinkingAt = messageAt.Member("thinking")
	callsAt    = messageAt.Member("tool_calls")
	doneAt     = codec.Path{Name: "done"}
)

// answerChat turns an ollama.chat answer into an openai.chat answer.
func (s *memory) answerChat(doc longmen.Value) error {
	var l line
	l.read(doc)
	if l.message.Kind() != longmen.KindObject {
		return codec.Malformed(&messageAt, "an object")
	}
	if l.done.Kind() == longmen.KindBool && !l.done.Bool() {
		return codec.Malformed(&doneAt, "true: the whole answer")
	}
	var p spoken
	p.read(l.message)
	if err := p.check(); err != nil {
		return err
	}
	calls, err := s.made(p.calls, false)
	if err != nil {
		return err
	}
	b := output.Start(`{`)
	s.writeHead(b, &l, "chat.completion")
	b.Put(`,"choices":[{"index":0,"message":{"role":"assistant","content":null},`)
	s.writeFinish(b, l.reason)
	b.Put(`}],"usage":`)
	l.writeUsage(b)
	out := b.Put(`}`).Parse()
	choice := out.Pointer("/choices/0")
	message := choice.Get("message")
	if codec.Text(p.content) {
		message.Set("content", p.content)
	}
	if codec.Text(p.thinking) {
		message.Set("reasoning_content", p.thinking)
	}
	if calls.Exists() {
		message.Set("tool_calls", calls)
	}
	if s.probable {
		if l.logprobs.Kind() == longmen.KindArray {
			choice.Set("logprobs", probabilities(l.logprobs))
		} else {
			longmen.Warn("logprobs", "not supported by this ollama")
		}
	}
	doc.Replace(out)
	return nil
}

// check refuses texts that are none.
func (p *spoken) check() error {
	if !textual(p.content) {
		return codec.Malformed(&contentAt, "a string")
	}
	if !textual(p.thinking) {
		return codec.Malformed(&thinkingAt, "a string")
	}
	return nil
}

// writeHead writes the members that an answer, or every chunk of one, begins with.
func (s *memory) writeHead(b *codec.JSON, l *line, object string) {
	prefix := "chatcmpl-"
	if s.way == completeOllama {
		prefix = "cmpl-"
	}
	b.Put(`"id":`).Quote(codec.RandomID(prefix, 24)).Put(`,"object":"`).Put(object).Put(`","created":`).Int(longmen.NowMillis() / 1000).Put(`,"model":`)
	s.writeModel(b, l.model)
}

// maxName bounds the name of a model in an answer, in bytes.
const maxName = 512

// writeModel writes the name that the answer gives its model, or the requested one's.
func (s *memory) writeModel(b *codec.JSON, name longmen.Value) {
	if n := name.Len(); name.Kind() == longmen.KindString && n > 0 && n <= maxName {
		b.Value(name)
	} else {
		b.Put(codec.View(s.tail))
	}
}

// writeFinish writes the members that end a choice. An answer that was cut off with a call in it is
// not one to run tools on, so only an ordinary end becomes tool_calls.
func (s *memory) writeFinish(b *codec.JSON, native longmen.Value) {
	reason := codec.Word(native)
	b.Put(`"finish_reason":"`)
	switch {
	case string(reason) == "length":
		b.Put(`length`)
	case s.calls > 0:
		b.Put(`tool_calls`)
	default:
		b.Put(`stop`)
	}
	b.Put(`","native_finish_reason":`)
	if len(reason) == 0 {
		b.Put(`null`)
		return
	}
	var name [64]byte
	b.Quote(codec.View(codec.AppendName(name[:0], codec.View(reason))))
}

// writeUsage writes OpenAI's usage object; a prompt that was cached is not counted by Ollama.
func (l *line) writeUsage(b *codec.JSON) {
	prompt, completion := count(l.prompt), count(l.completion)
	b.Put(`{"prompt_tokens":`).Int(prompt).Put(`,"completion_tokens":`).Int(completion).Put(`,"total_tokens":`).Int(prompt + completion)
	if config.durations {
		b.Put(`,"x_ollama":{"total_duration":`).Int(l.total.Int()).Put(`,"load_duration":`).Int(l.load.Int()).Put(`,"prompt_eval_duration":`)
		b.Int(l.promptTime.Int()).Put(`,"eval_duration":`).Int(l.completionTime.Int()).Put(`}`)
	}
	b.Put(`}`)
}

// made is the tool calls for those of an answer; zero when there are none. indexed is the form of streams.
func (s *memory) made(calls longmen.Value, indexed bool) (longmen.Value, error) {
	if codec.Absent(calls) {
		return 0, nil
	}
	if calls.Kind() != longmen.KindArray {
		return 0, codec.Malformed(&callsAt, "an array of calls")
	}
	var all longmen.Value
	i := 0
	for v, next := calls.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		at := callsAt.Element(i)
		if i++; s.calls >= maxCalls {
			return 0, codec.Malformed(&at, "at most 256 calls")
		}
		c, err := s.call(v, indexed, &at)
		if err != nil {
			return 0, err
		}
		if !all.Exists() {
			all = longmen.NewArray()
		}
		all.Append(c)
	}
	return all, nil
}

// call is one tool call. Its place is counted: servers leave it out, or give several calls the same.
func (s *memory) call(v longmen.Value, indexed bool, at *codec.Path) (longmen.Value, error) {
	var id, function, name, arguments longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
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
	where := at.Member("function")
	if !codec.Text(name) {
		return 0, codec.MalformedIn(&where, "name", "the name of a function")
	}
	b := output.Start(`{`)
	if indexed {
		b.Put(`"index":`).Int(s.calls).Put(`,`)
	}
	b.Put(`"id":`)
	var buffer [65]byte
	if given := id.Prefix(buffer[:]); len(given) > 0 && len(given) < len(buffer) {
		b.Value(id)
	} else {
		b.Quote(codec.RandomID("call_", 24))
	}
	c := b.Put(`,"type":"function","function":{"name":"","arguments":"{}"}}`).Parse()
	f := c.Get("function")
	f.Set("name", name)
	switch arguments.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
	case longmen.KindObject:
		f.Set("arguments", arguments.Stringify())
	case longmen.KindString: // some servers encode them as OpenAI does
		if codec.Text(arguments) {
			if _, ok := arguments.Parse(); !ok {
				return 0, codec.MalformedIn(&where, "arguments", "an object")
			}
			f.Set("arguments", arguments)
		}
	default:
		return 0, codec.MalformedIn(&where, "arguments", "an object")
	}
	s.calls++
	s.changed = true
	return c, nil
}

// maxLogprobs bounds the tokens of one logprobs object.
const maxLogprobs = 8192

// probabilities is OpenAI's logprobs object; Ollama's tokens are written as OpenAI's, but leave out
// what is empty.
func probabilities(list longmen.Value) longmen.Value {
	i := 0
	for v, next := list.First(), longmen.Value(0); v.Exists() && i < maxLogprobs; v = next {
		next = v.Next()
		i++
		if v.Kind() == longmen.KindObject && !v.Get("top_logprobs").Exists() {
			v.Set("top_logprobs", longmen.NewArray())
		}
	}
	all := longmen.NewJSON(`{"content":null,"refusal":null}`)
	all.Set("content", list)
	return all
}
