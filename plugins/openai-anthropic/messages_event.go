package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// streamMessages turns one chunk of an openai.chat stream into events of an anthropic.messages stream.
func streamMessages(doc longmen.Value, text []byte) error {
	var s messagesStream
	s.load(text)
	if !doc.Exists() {
		if s.ended {
			return nil
		}
		if s.finish == "" {
			return truncated()
		}
		return s.end()
	}
	longmen.Drop()
	if s.ended {
		return nil
	}
	var r completion
	if r.read(doc); doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "$"}, "an object")
	}
	if r.usage.Kind() == longmen.KindObject {
		s.tokens.readOpenAI(r.usage)
		s.changed = true
	}
	first := r.choices.First()
	if !first.Exists() {
		if s.finish != "" && r.usage.Kind() == longmen.KindObject {
			if err := s.end(); err != nil {
				return err
			}
		}
		s.save()
		return nil
	}
	var c choice
	if c.read(first); c.index.Int() != 0 {
		return nil // a client of Anthropic's asks for one
	}
	if !s.begun {
		s.begin(&r)
	}
	if err := s.delta(&c); err != nil {
		return err
	}
	if codec.Text(c.finish) && s.finish == "" {
		s.finish, s.changed = stopReason(c.finish), true
		if codec.Text(c.sequence) && c.sequence.Len() <= maxKept {
			kept().Set("e", c.sequence)
		}
	}
	s.save()
	return nil
}

// begin emits message_start. LangChain adds its output_tokens to the last count: they are 0.
func (s *messagesStream) begin(r *completion) {
	b := output.Start(`{"type":"message_start","message":{"id":`)
	r.writeHead(b, s.tail)
	b.Put(`,"content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,"output_tokens":0}}}`).Emit("message_start")
	output.Start(`{"type":"ping"}`).Emit("ping")
	s.begun, s.changed = true, true
}

// delta emits what a choice goes on with, in the order of Anthropic's blocks.
func (s *messagesStream) delta(c *choice) error {
	s.say(blockThinking, "r", c.reasoning)
	for b, next := c.thinking.First(), longmen.Value(0); b.Exists(); b = next {
		next = b.Next()
		s.signed(b)
	}
	if c.extra.Exists() && (s.kind == blockThinking || s.kind == blockNone && s.index == 0) {
		if v := google(c.extra); v.Exists() { // behind its text it has no place: the last block would be no text
			s.seal(v)
		}
	}
	s.say(blockText, "w", c.content)
	s.say(blockText, "w", c.refusal)
	for v, next := c.calls.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		var t toolCall
		t.read(v)
		if err := s.call(&t); err != nil {
			return err
		}
	}
	if c.legacyCall.Exists() {
		var t toolCall
		t.function(c.legacyCall)
		if err := s.call(&t); err != nil {
			return err
		}
	}
	return s.err
}

// say emits a piece of text or thinking, unless it is empty. While a call is open it waits under a name
// in the state.
func (s *messagesStream) say(kind byte, name string, v longmen.Value) {
	if !codec.Text(v) {
		return
	}
	if s.kind == blockCall {
		s.wait(name, v)
		return
	}
	if s.holds {
		s.release()
	}
	start, delta := textStart, textDelta
	if kind == blockThinking {
		start, delta = thinkingStart, thinkingDelta
	}
	if s.kind != kind {
		s.open(kind, start)
	}
	s.event(blockDelta).Put(delta).Value(v).Put(`}}`).Emit(blockDelta)
}

// wait keeps a piece until the open call ends.
func (s *messagesStream) wait(name string, v longmen.Value) {
	x := kept()
	list := x.Get(name)
	if !list.Exists() {
		x.Set(name, longmen.NewArray())
		list = x.Get(name)
	}
	list.Append(v)
	s.holds = true
	s.weigh(v)
}

// maxWaiting bounds what waits for the end of a call, in bytes.
const maxWaiting = 384 << 10

// weigh counts a piece that has to wait.
func (s *messagesStream) weigh(v longmen.Value) {
	s.waits, s.changed = s.waits+int64(v.Size()), true
	if s.waits > maxWaiting {
		s.err = codec.Malformed(&codec.Path{Name: "choices[0].delta"}, "at most 384 KiB beside a tool call that has not ended")
	}
}

// release emits what waited for the end of calls.
func (s *messagesStream) release() {
	s.holds, s.changed = false, true
	x := kept()
	for _, w := range [...]struct {
		kind byte
		name string
	}{{blockThinking, "r"}, {blockText, "w"}} {
		list := x.Get(w.name)
		var text codec.Joined
		for p := list.First(); p.Exists(); p = p.Next() {
			text.Add(p)
		}
		s.say(w.kind, "", text.Value())
		list.Delete()
	}
}

// signed emits a block that Claude signed: its text came before, or never comes.
func (s *messagesStream) signed(b longmen.Value) {
	if s.kind == blockCall {
		return // nothing gives them out there
	}
	switch string(codec.Word(b.Get("type"))) {
	case "thinking":
		signature := b.Get("signature")
		if !codec.Text(signature) {
			return
		}
		if s.kind != blockThinking {
			s.open(blockThinking, thinkingStart)
			s.say(blockThinking, "r", b.Get("thinking"))
		}
		s.event(blockDelta).Put(signatureDelta).Value(signature).Put(`}}`).Emit(blockDelta)
		s.close()
	case "redacted_thinking":
		s.close()
		e := s.event(blockStart).Put(`}`).Parse()
		e.Set("content_block", b)
		longmen.Emit(e, blockStart)
		s.kind = blockOther
		s.close()
	}
}

// seal emits Gemini's signature as that of a block of thinking.
func (s *messagesStream) seal(v longmen.Value) {
	if s.kind != blockThinking {
		s.open(blockThinking, thinkingStart)
	}
	s.event(blockDelta).Put(signatureDelta).Quote(codec.Seal(codec.SealedGoogle, v.String())).Put(`}}`).Emit(blockDelta)
	s.close()
}

// end emits what is left, and the two events that end the answer. It saves the state.
func (s *messagesStream) end() error {
	if !s.begun {
		s.begin(&completion{})
	}
	if err := s.finishCalls(); err != nil {
		return err
	}
	if s.holds {
		s.release()
	}
	s.close()
	b := output.Start(`{"type":"message_delta","delta":{`)
	writeStop(b, s.finish, len(s.calls), longmen.State().Pointer("/x/e"))
	b.Put(`},"usage":`)
	s.tokens.writeAnthropic(b)
	b.Put(`}`).Emit("message_delta")
	output.Start(`{"type":"message_stop"}`).Emit("message_stop")
	s.ended, s.changed = true, true
	s.save()
	s.changed = false
	return nil
}
