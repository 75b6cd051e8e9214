package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// chatEvent are the members of an event; zero when absent.
type chatEvent struct{ kind, message, block, delta, usage longmen.Value }

func (e *chatEvent) read(v longmen.Value) {
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "type":
			e.kind = m
		case "message":
			e.message = m
		case "content_block":
			e.block = m
		case "delta":
			e.delta = m
		case "usage":
			e.usage = m
		}
	}
}

// streamChat turns one event of an anthropic.messages stream into the chunks of an openai.chat stream.
func streamChat(doc longmen.Value, text []byte) error {
	var s chatStream
	s.load(text)
	if !doc.Exists() {
		if s.ended {
			return nil
		}
		if s.stop == "" {
			return truncated()
		}
		s.finish()
		return nil
	}
	longmen.Drop()
	if s.ended {
		return nil
	}
	var e chatEvent
	if e.read(doc); doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "$"}, "an object")
	}
	var err error
	switch string(codec.Word(e.kind)) {
	case "content_block_delta":
		err = s.delta(e.delta)
	case "content_block_start":
		err = s.start(e.block)
	case "content_block_stop":
		s.stopBlock()
	case "message_start":
		s.begin(e.message)
	case "message_delta":
		s.tokens.read(e.usage)
		if reason := stopReason(e.delta.Get("stop_reason")); reason != "" {
			s.stop = reason
		}
		if err := s.ending(e.delta); err != nil {
			return err
		}
		s.changed = true
	case "message_stop":
		s.finish()
	}
	if err == nil {
		s.save()
	}
	return err
}

func truncated() error {
	return longmen.Reject(502, "upstream_truncated", "", "the provider's stream ended before its answer did")
}

// start opens a block.
func (s *chatStream) start(v longmen.Value) error {
	s.stopBlock()
	s.changed, s.got, s.held = true, false, 0
	var a said
	a.read(v)
	switch string(codec.Word(a.kind)) {
	case "text":
		s.kind = blockText
		s.say(contentMember, a.text)
	case "thinking":
		s.kind = blockThinking
		if s.say(reasoningMember, a.text) {
			s.piece(a.text)
		}
		s.sign(a.signature)
	case "redacted_thinking":
		s.kind = blockOther
		if codec.Text(a.data) {
			s.thinking(v)
		}
	case "tool_use":
		return s.call(&a)
	default:
		s.kind = blockOther
	}
	return nil
}

// call opens a tool_use block.
func (s *chatStream) call(a *said) error {
	if !codec.Text(a.name) {
		return codec.Malformed(&codec.Path{Name: "content_block.name"}, "the name of a tool")
	}
	s.kind = blockCall
	if s.json != "" && a.name.Is(s.json) {
		s.kind = blockJSON
	} else {
		if s.calls == maxCalls {
			return codec.Malformed(&codec.Path{Name: "content_block"}, "at most 256 calls")
		}
		made, id := newCall(a.id, a.name, int(s.calls), "")
		if s.calls == 0 {
			kept().Set("c", id.Copy())
		}
		s.sayList("tool_calls", made)
		s.calls++
	}
	if a.input.First().Exists() { // it may be all that comes
		kept().Set("i", a.input.Stringify())
	}
	return nil
}

// delta emits what a block goes on with.
func (s *chatStream) delta(v longmen.Value) error {
	var kind, text, signature, citation longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "type":
			kind = m
		case "text", "thinking", "partial_json":
			text = m
		case "signature":
			signature = m
		case "citation":
			citation = m
		}
	}
	switch string(codec.Word(kind)) {
	case "text_delta":
		if s.kind != blockOther {
			s.say(contentMember, text)
		}
	case "thinking_delta":
		if s.say(reasoningMember, text) {
			s.piece(text)
		}
	case "signature_delta":
		s.sign(signature)
	case "input_json_delta":
		return s.arguments(text)
	case "citations_delta":
		if l := link(citation); l.Exists() {
			s.sayList("annotations", l)
		}
	}
	return nil
}

// arguments emits a piece of the input of the open tool_use.
func (s *chatStream) arguments(v longmen.Value) error {
	switch s.kind {
	case blockJSON:
		if !s.say(contentMember, v) {
			return nil
		}
	case blockCall:
		if !codec.Text(v) {
			return nil
		}
		s.argumentsChunk().Value(v).Put(`}}]` + goesOn).Emit("")
	case blockOther:
		return nil // of a tool that Anthropic runs itself
	default:
		return codec.Malformed(&codec.Path{Name: "delta"}, "a delta that fits the open block")
	}
	if !s.got {
		s.got, s.changed = true, true
	}
	return nil
}

func (s *chatStream) argumentsChunk() *codec.JSON {
	b := s.chunk().Put(`"tool_calls":[{"index":`).Int(s.calls - 1)
	return b.Put(`,"function":{"arguments":`)
}

// ending emits what the last delta says beside the reason.
func (s *chatStream) ending(delta longmen.Value) error {
	if s.stop == "stop_sequence" {
		if v := delta.Get("stop_sequence"); codec.Text(v) && v.Len() <= maxKept {
			kept().Set("q", v)
		}
	}
	if s.stop == "refusal" {
		if v := delta.Pointer("/stop_details/explanation"); codec.Text(v) {
			s.say(`"refusal":`, v)
		}
	}
	return nil
}
