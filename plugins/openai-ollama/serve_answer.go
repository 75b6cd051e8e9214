package openaiollama

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// said is what an openai.chat message or delta says; zero when absent.
type said struct {
	content, reasoning, refusal, calls, images longmen.Value
}

func (p *said) read(v longmen.Value) {
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "content":
			p.content = m
		case "reasoning_content":
			p.reasoning = m
		case "reasoning":
			if !codec.Text(p.reasoning) {
				p.reasoning = m
			}
		case "refusal":
			p.refusal = m
		case "tool_calls":
			p.calls = m
		case "images":
			p.images = m
		}
	}
}

// Where the walk over an answer of OpenAI's is.
var (
	choicesAt    = codec.Path{Name: "choices"}
	choiceAt     = choicesAt.Element(0)
	saidAt       = choiceAt.Member("message")
	deltaAt      = choiceAt.Member("delta")
	deltaCallsAt = deltaAt.Member("tool_calls")
	saidCallsAt  = saidAt.Member("tool_calls")
)

// picked is the members of a choice; zero when absent.
type picked struct {
	message, delta, finish, logprobs longmen.Value
}

// read finds a choice's members and tells its index.
func (p *picked) read(c longmen.Value) (index int64) {
	*p = picked{}
	for m := c.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "index":
			index = min(max(m.Int(), 0), maxCount)
		case "message":
			p.message = m
		case "delta":
			p.delta = m
		case "finish_reason":
			p.finish = m
		case "logprobs":
			p.logprobs = m
		}
	}
	return index
}

// first finds the members of the first choice: the one that was asked for.
func (p *picked) first(choices longmen.Value) bool {
	for c := choices.First(); c.Exists(); c = c.Next() {
		if p.read(c) == 0 {
			return true
		}
	}
	return false
}

// answerOllama turns an openai.chat answer into an ollama.chat or ollama.generate answer.
func (s *memory) answerOllama(doc longmen.Value) error {
	var p picked
	if !p.first(doc.Get("choices")) || p.message.Kind() != longmen.KindObject {
		return codec.Malformed(&saidAt, "an object")
	}
	var t said
	t.read(p.message)
	content, err := t.text(&saidAt)
	if err != nil {
		return err
	}
	s.end(p.finish)
	s.count(doc.Get("usage"))
	var calls longmen.Value
	if s.way == fromChat {
		if calls, err = s.wholeCalls(t.calls); err != nil {
			return err
		}
	}
	out := s.lastLine().Parse()
	message := out
	if s.way == fromChat {
		message = out.Get("message")
	}
	if content.Exists() {
		message.Set(s.textName(), content)
	}
	if codec.Text(t.reasoning) {
		message.Set("thinking", t.reasoning)
	}
	if calls.Exists() {
		message.Set("tool_calls", calls)
	}
	if err := pictures(message, t.images); err != nil {
		return err
	}
	if s.probable {
		if list := p.logprobs.Get("content"); list.Kind() == longmen.KindArray {
			out.Set("logprobs", list)
		}
	}
	doc.Replace(out)
	return nil
}

// textName is the member that holds an answer's text.
func (s *memory) textName() string {
	if s.way == fromGenerate {
		return "response"
	}
	return "content"
}

// textual tells whether v is a string, or nothing.
func textual(v longmen.Value) bool {
	k := v.Kind()
	return k == longmen.KindString || k == longmen.KindInvalid || k == longmen.KindNull
}

// maxParts bounds the parts of an answer's content.
const maxParts = 4096

// text is what the model says to its reader: its text and its refusal.
func (p *said) text(at *codec.Path) (longmen.Value, error) {
	var text codec.Joined
	switch p.content.Kind() {
	case longmen.KindString:
		text.Add(p.content)
	case longmen.KindInvalid, longmen.KindNull:
	case longmen.KindArray: // some servers answer in parts
		n := 0
		for v, next := p.content.First(), longmen.Value(0); v.Exists() && n < maxParts; v = next {
			next = v.Next()
			n++
			text.Add(v.Get("text"))
		}
	default:
		return 0, codec.Malformed(at, "texts that are strings")
	}
	if !textual(p.reasoning) || !textual(p.refusal) {
		return 0, codec.Malformed(at, "texts that are strings")
	}
	if !codec.Absent(p.refusal) {
		text.Add(p.refusal)
	}
	return text.Value(), nil
}

// pictures puts images that the model made on the message, as bare base64.
func pictures(message, images longmen.Value) error {
	if !images.First().Exists() {
		return nil
	}
	list := longmen.NewArray()
	i := 0
	for v, next := images.First(), longmen.Value(0); v.Exists() && i < maxCalls; v = next {
		next = v.Next()
		i++
		at := saidAt.Member("images")
		url := v.Pointer("/image_url/url")
		var buffer [codec.MaxHead]byte
		head := url.Prefix(buffer[:])
		if !codec.IsDataURL(head) {
			longmen.Warn("answer", "images that are no data URLs are left out")
			continue
		}
		if _, data, err := codec.DataURL(url, head, &at); err == nil {
			list.Append(data)
		} else {
			return codec.Malformed(&at, "data URLs of images")
		}
	}
	message.Set("images", list)
	return nil
}

// end remembers how the answer ended.
func (s *memory) end(finish longmen.Value) {
	if s.finish = 's'; string(codec.Word(finish)) == "length" {
		s.finish = 'l'
	}
	s.changed = true
}

// count remembers the usage.
func (s *memory) count(usage longmen.Value) {
	for m := usage.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "prompt_tokens":
			s.prompt, s.changed = count(m), true
		case "completion_tokens":
			s.completion, s.changed = count(m), true
		}
	}
}

// wholeCalls is the calls of a whole answer as Ollama writes them; zero when there are none.
func (s *memory) wholeCalls(calls longmen.Value) (longmen.Value, error) {
	if codec.Absent(calls) {
		return 0, nil
	}
	var all longmen.Value
	i := 0
	for v, next := calls.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		at := saidCallsAt.Element(i)
		where := at.Member("function")
		if i >= maxCalls {
			return 0, codec.Malformed(&at, "at most 256 calls")
		}
		function := v.Get("function")
		name, arguments := function.Get("name"), function.Get("arguments")
		if !codec.Text(name) {
			return 0, codec.Malformed(&where, "the name of a function")
		}
		args, ok := object(arguments)
		if !ok {
			if s.finish == 'l' { // cut off in the middle: not a call to run
				continue
			}
			return 0, codec.MalformedIn(&where, "arguments", "a string that holds a JSON object")
		}
		if !all.Exists() {
			all = longmen.NewArray()
		}
		all.Append(toolCall(i, v.Get("id"), name, args))
		i++
	}
	return all, nil
}

// object is the object that arguments say; none say {}.
func object(arguments longmen.Value) (longmen.Value, bool) {
	if !codec.Text(arguments) {
		switch arguments.Kind() {
		case longmen.KindInvalid, longmen.KindNull, longmen.KindString:
			return longmen.NewObject(), true
		case longmen.KindObject: // some servers do not encode them
			return arguments, true
		}
		return 0, false
	}
	args, ok := arguments.Parse()
	return args, ok && args.Kind() == longmen.KindObject
}

// toolCall is a call as Ollama writes it.
func toolCall(i int, id, name, args longmen.Value) longmen.Value {
	c := output.Start(`{"id":"","function":{"index":`).Int(int64(i)).Put(`,"name":"","arguments":{}}}`).Parse()
	if codec.Text(id) {
		c.Set("id", id)
	} else {
		c.SetString("id", codec.RandomID("call_", 24))
	}
	f := c.Get("function")
	f.Set("name", name)
	f.Set("arguments", args)
	return c
}

// openLine begins a line: what stands before its text. now is in milliseconds since 1970.
func (s *memory) openLine(now int64) *codec.JSON {
	var stamp [24]byte
	b := output.Start(`{"model":`).Put(codec.View(s.tail)).Put(`,"created_at":"`).Put(codec.View(appendTime(stamp[:0], now)))
	if s.way == fromGenerate {
		return b.Put(`","response":`)
	}
	return b.Put(`","message":{"role":"assistant","content":`)
}

// lastLine is the last line, or a whole answer, without its text. The durations are those of the
// gateway, in nanoseconds; none is 0, because clients divide by them.
func (s *memory) lastLine() *codec.JSON {
	now := longmen.NowMillis()
	first := s.first
	if first == 0 {
		first = s.start
	}
	b := s.openLine(now)
	b.Put(`""`)
	if s.way == fromChat {
		b.Put(`}`)
	}
	b.Put(`,"done":true,"done_reason":"`)
	if s.finish == 'l' {
		b.Put(`length`)
	} else {
		b.Put(`stop`)
	}
	b.Put(`","total_duration":`).Int(nanoseconds(now - s.start)).Put(`,"load_duration":1,"prompt_eval_count":`).Int(s.prompt)
	b.Put(`,"prompt_eval_duration":`).Int(nanoseconds(first - s.start)).Put(`,"eval_count":`).Int(s.completion).Put(`,"eval_duration":`)
	b.Int(nanoseconds(now - first))
	return b.Put(`}`)
}

func nanoseconds(milliseconds int64) int64 { return max(milliseconds*1_000_000, 1) }

// appendTime appends a time as RFC 3339 in UTC; package time would make the module an eighth larger.
func appendTime(b []byte, millis int64) []byte {
	days, rest := millis/86_400_000, millis%86_400_000
	// Days to a civil date, with years that begin in March: howardhinnant.github.io/date_algorithms.html.
	days += 719_468
	era := days / 146_097
	day := days - era*146_097
	year := (day - day/1460 + day/36_524 - day/146_096) / 365
	day -= 365*year + year/4 - year/100
	month := (5*day + 2) / 153
	day -= (153*month+2)/5 - 1
	year += era * 400
	if month += 3; month > 12 {
		month -= 12
		year++
	}
	b = digits(b, year, 4)
	b = digits(append(b, '-'), month, 2)
	b = digits(append(b, '-'), day, 2)
	b = digits(append(b, 'T'), rest/3_600_000, 2)
	b = digits(append(b, ':'), rest/60_000%60, 2)
	b = digits(append(b, ':'), rest/1000%60, 2)
	b = digits(append(b, '.'), rest%1000, 3)
	return append(b, 'Z')
}

// digits appends n with leading zeros. Seven of it in one function would be 5 KB of the module.
//
//go:noinline
func digits(b []byte, n int64, width int) []byte {
	for i := len(b) + width; len(b) < i; {
		b = append(b, '0')
	}
	for i := len(b) - 1; width > 0; i, width = i-1, width-1 {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return b
}
