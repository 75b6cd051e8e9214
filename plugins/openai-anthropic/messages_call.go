package openaianthropic

import (
	"strconv"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Calls of one answer may come at the same time at OpenAI; blocks come one after another at Anthropic. The
// first call streams, the others wait in the state until it has ended, which is when its arguments are
// a whole JSON object, or the answer ends.

// call takes a piece of a tool call.
func (s *messagesStream) call(t *toolCall) error {
	i := s.find(t)
	c := &s.calls[i]
	switch {
	case i >= maxCalls:
		return codec.Malformed(&codec.Path{Name: "choices[0].delta.tool_calls"}, "at most 256 calls")
	case c.phase == callDone:
		return nil // white space behind the object
	case c.phase == callOpen:
		s.arguments(c, t.arguments)
	case s.kind != blockCall && i == s.waiting() && codec.Text(t.name) && !s.queued(i).Exists():
		s.start(c, t)
		s.arguments(c, t.arguments)
	default:
		if s.queue(i, t); s.err != nil {
			return s.err
		}
	}
	if s.kind != blockCall {
		return s.next(false)
	}
	return nil
}

// find is the number of the call that a piece belongs to: that of its index, unless another id says that a
// new one begins there.
func (s *messagesStream) find(t *toolCall) int {
	index := min(max(t.index.Int(), 0), 1<<30)
	id := string(codec.AppendName(nil, string(codec.Word(t.id))))
	for i := len(s.calls) - 1; i >= 0; i-- {
		c := &s.calls[i]
		if c.index != index {
			continue
		}
		if c.phase == callDone && id == "" && codec.Text(t.name) {
			break // some servers count no calls and name none
		}
		if id != "" && c.id != "" && c.id != id && codec.Text(t.name) {
			break
		}
		if c.id == "" && id != "" {
			c.id, s.changed = id, true
		}
		return i
	}
	s.calls = append(s.calls, callState{index: index, phase: callWaits, id: id})
	s.changed = true
	return len(s.calls) - 1
}

// waiting is the number of the first call that waits, or that of the calls.
func (s *messagesStream) waiting() int {
	for i := range s.calls {
		if s.calls[i].phase == callWaits {
			return i
		}
	}
	return len(s.calls)
}

// start opens the block of a call, behind the signature that it has.
func (s *messagesStream) start(c *callState, t *toolCall) {
	if t.extra.Exists() {
		if v := google(t.extra); v.Exists() {
			s.seal(v)
		}
	}
	s.close()
	b := s.event(blockStart).Put(`,"content_block":`)
	t.writeUse(b)
	b.Put(`}}`).Emit(blockStart)
	s.kind, s.changed = blockCall, true
	c.phase, s.json = callOpen, jsonText{}
}

// arguments emits a piece of the open call's arguments, and closes it when they are whole.
func (s *messagesStream) arguments(c *callState, v longmen.Value) {
	if v.Kind() == longmen.KindObject { // some servers do not encode them
		v = v.Stringify()
	}
	if !codec.Text(v) {
		return
	}
	b := s.event(blockDelta).Put(jsonDelta)
	n := len(b.Bytes()) + len(`"`)
	text := b.Value(v).Bytes()
	whole := s.json.scan(text[n : len(text)-len(`"`)])
	b.Put(`}}`).Emit(blockDelta)
	if s.changed = true; whole {
		c.phase = callDone
		s.close()
	}
}

// stop closes the open call; one without arguments has an empty object.
func (s *messagesStream) stop(c *callState) {
	if !s.json.begun {
		s.event(blockDelta).Put(jsonDelta).Put(`"{}"}}`).Emit(blockDelta)
	}
	c.phase = callDone
	s.close()
}

// queued is what is kept of a call that waits.
func (s *messagesStream) queued(i int) longmen.Value {
	return longmen.State().Get("x").Get("q").Get(strconv.Itoa(i))
}

// queue keeps a piece of a call that has to wait.
func (s *messagesStream) queue(i int, t *toolCall) {
	x := kept()
	all := x.Get("q")
	if !all.Exists() {
		x.Set("q", longmen.NewObject())
		all = x.Get("q")
	}
	name := strconv.Itoa(i)
	q := all.Get(name)
	if !q.Exists() {
		all.Set(name, longmen.NewJSON(`{"args":[]}`))
		q = all.Get(name)
	}
	if codec.Text(t.id) && !q.Get("id").Exists() {
		q.Set("id", t.id)
	}
	if codec.Text(t.name) && !q.Get("name").Exists() {
		q.Set("name", t.name)
	}
	if t.extra.Exists() && google(t.extra).Exists() {
		q.Set("extra", t.extra)
	}
	if t.arguments.Kind() == longmen.KindObject {
		t.arguments = t.arguments.Stringify()
	}
	if codec.Text(t.arguments) {
		q.Get("args").Append(t.arguments)
		s.weigh(t.arguments)
	}
}

// next opens the calls that waited, one after another, until one of them goes on; with all set, it ends
// them.
func (s *messagesStream) next(all bool) error {
	for i := s.waiting(); i < len(s.calls); i = s.waiting() {
		c := &s.calls[i]
		q := s.queued(i)
		t := toolCall{id: q.Get("id"), name: q.Get("name"), extra: q.Get("extra")}
		if !codec.Text(t.name) {
			if all {
				return codec.Malformed(&codec.Path{Name: "choices[0].delta.tool_calls"}, "the name of a function")
			}
			return nil
		}
		s.start(c, &t)
		var text codec.Joined
		for p := q.Get("args").First(); p.Exists(); p = p.Next() {
			text.Add(p)
		}
		s.arguments(c, text.Value())
		q.Delete()
		if c.phase != callOpen {
			continue
		}
		if !all {
			return nil
		}
		s.stop(c)
	}
	return nil
}

// finishCalls ends the open call and all that wait.
func (s *messagesStream) finishCalls() error {
	for i := range s.calls {
		if s.calls[i].phase == callOpen {
			s.stop(&s.calls[i])
		}
	}
	return s.next(true)
}

// jsonText follows a JSON text that comes in pieces, to see the end of its object.
type jsonText struct {
	depth          int64
	begun          bool // something came
	quoted, escape bool // inside of a string, behind a backslash
}

func (j *jsonText) flags() byte {
	b := byte('0')
	for i, set := range [...]bool{j.begun, j.quoted, j.escape} {
		if set {
			b |= 1 << i
		}
	}
	return b
}

func (j *jsonText) setFlags(b byte) { j.begun, j.quoted, j.escape = b&1 != 0, b&2 != 0, b&4 != 0 }

// scan reads a piece, which is escaped as in a JSON string, and tells whether the object ends in it.
func (j *jsonText) scan(piece []byte) (whole bool) {
	for i := 0; i < len(piece); i++ {
		c := piece[i]
		if c == '\\' && i+1 < len(piece) {
			i++
			switch c = piece[i]; c {
			case '"', '\\', '/':
			case 'u': // some servers write quotes and braces so
				c, i = escaped(piece, i), i+4
			default:
				c = ' '
			}
		}
		switch {
		case j.escape:
			j.escape = false
		case j.quoted:
			j.escape = c == '\\'
			j.quoted = c != '"'
		case c == '"':
			j.quoted = true
		case c == '{', c == '[':
			j.depth++
		case c == '}', c == ']':
			if j.depth--; j.depth <= 0 {
				whole, j.depth = true, 0
			}
		}
		j.begun = j.begun || c != ' '
	}
	return whole
}

// escaped is the character that \u means, whose u stands at i: one of those that JSON is made of, a blank, or
// any other.
func escaped(piece []byte, i int) byte {
	var n uint
	for k := i + 1; k <= i+4 && k < len(piece); k++ {
		n = n<<4 | uint(codec.HexDigit(piece[k]))
	}
	switch {
	case n <= ' ':
		return ' '
	case n < 0x80:
		return byte(n)
	}
	return 'u'
}
