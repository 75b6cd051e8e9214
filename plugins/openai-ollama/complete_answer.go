package openaiollama

import (
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// envelope is the members of an answer of OpenAI's, or of a chunk; zero when absent.
type envelope struct {
	id, created, model, choices, usage, fingerprint longmen.Value
}

func (e *envelope) read(doc longmen.Value) {
	for m := doc.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "id":
			e.id = m
		case "created":
			e.created = m
		case "model":
			e.model = m
		case "choices":
			e.choices = m
		case "usage":
			e.usage = m
		case "system_fingerprint":
			e.fingerprint = m
		}
	}
}

// head begins with the members that an answer, or a chunk, begins with. Ids of whatever form go on, so
// that all chunks have the same.
func (e *envelope) head() *codec.JSON {
	b := output.Start(`{"id":`)
	writeText(b, e.id)
	b.Put(`,"object":"text_completion","created":`)
	if e.created.Kind() == longmen.KindNumber {
		b.Int(e.created.Int())
	} else {
		b.Int(longmen.NowMillis() / 1000)
	}
	b.Put(`,"model":`)
	writeText(b, e.model)
	if e.fingerprint.Kind() == longmen.KindString {
		b.Put(`,"system_fingerprint":`)
		writeText(b, e.fingerprint)
	}
	return b
}

// writeText writes a short string, or "" for what is none.
func writeText(b *codec.JSON, v longmen.Value) {
	n := len(b.Bytes())
	if v.Kind() == longmen.KindString {
		b.Value(v)
	}
	if after := len(b.Bytes()); after == n || after > n+maxName {
		b.Cut(n).Put(`""`)
	}
}

// answerCompletion turns an openai.chat answer into an openai.completions answer.
func (s *memory) answerCompletion(doc longmen.Value) error {
	var e envelope
	e.read(doc)
	out := e.head().Put(`,"choices":[]}`).Parse()
	choices := out.Get("choices")
	i := 0
	for c, next := e.choices.First(), longmen.Value(0); c.Exists(); c = next {
		next = c.Next()
		at := choicesAt.Element(i)
		if i++; i > 128 {
			return codec.Malformed(&at, "at most 128 choices")
		}
		var p picked
		index := p.read(c)
		if p.message.Kind() != longmen.KindObject {
			return codec.MalformedIn(&at, "message", "an object")
		}
		var t said
		t.read(p.message)
		text, err := t.text(&at)
		if err != nil {
			return err
		}
		b := output.Start(`{"text":"","index":`).Int(index).Put(`,"logprobs":`)
		s.writeLegacy(b, p.logprobs.Get("content"), 0)
		b.Put(`,"finish_reason":`)
		writeReason(b, p.finish)
		made := b.Put(`}`).Parse()
		if text.Exists() {
			made.Set("text", text)
		}
		choices.Append(made)
	}
	if i == 0 {
		return codec.Malformed(&choicesAt, "at least one choice")
	}
	if e.usage.Kind() == longmen.KindObject {
		out.Set("usage", e.usage)
	}
	doc.Replace(out)
	return nil
}

// writeReason writes a finish_reason of the old completions, which call no tools.
func writeReason(b *codec.JSON, finish longmen.Value) {
	reason := ""
	if finish.Kind() == longmen.KindString {
		reason = string(codec.Word(finish))
	}
	switch reason {
	case "":
		b.Put(`null`)
	case "length", "content_filter":
		b.Quote(reason)
	default:
		b.Quote("stop")
	}
}

// writeLegacy writes the logprobs of the old completions, parallel lists, for those of a chat. offset
// is where the first token stands in the text, in characters; it returns where the next one will.
func (s *memory) writeLegacy(b *codec.JSON, list longmen.Value, offset int64) int64 {
	if !s.probable || list.Kind() != longmen.KindArray {
		b.Put(`null`)
		return offset
	}
	var chances, tops, offsets codec.JSON
	b.Put(`{"tokens":[`)
	var buffer [256]byte
	i := 0
	for t := list.First(); t.Exists() && i < maxLogprobs; t = t.Next() {
		if i++; i > 1 {
			b.Put(`,`)
			chances.Put(`,`)
			tops.Put(`,`)
			offsets.Put(`,`)
		}
		var token, chance, top longmen.Value
		for m := t.First(); m.Exists(); m = m.Next() {
			switch string(codec.Key(m)) {
			case "token":
				token = m
			case "logprob":
				chance = m
			case "top_logprobs":
				top = m
			}
		}
		writeText(b, token)
		writeNumber(&chances, chance)
		offsets.Int(offset)
		offset += int64(utf8.RuneCount(token.Prefix(buffer[:])))
		tops.Put(`{`)
		n := 0
		for u := top.First(); u.Exists() && n < 20; u = u.Next() {
			if n++; n > 1 {
				tops.Put(`,`)
			}
			writeText(&tops, u.Get("token"))
			writeNumber(tops.Put(`:`), u.Get("logprob"))
		}
		tops.Put(`}`)
	}
	b.Put(`],"token_logprobs":[`).Put(codec.View(chances.Bytes())).Put(`],"top_logprobs":[`).Put(codec.View(tops.Bytes()))
	b.Put(`],"text_offset":[`).Put(codec.View(offsets.Bytes())).Put(`]}`)
	return offset
}

// writeNumber writes a number, or null for what is none.
func writeNumber(b *codec.JSON, v longmen.Value) {
	if v.Kind() != longmen.KindNumber || v.Size() > 32 {
		b.Put(`null`)
		return
	}
	b.Value(v)
}

// eventCompletion turns one chunk of an openai.chat stream into those of an openai.completions stream.
func (s *memory) eventCompletion(doc longmen.Value) error {
	if !doc.Exists() {
		if s.finish == 0 {
			return truncated()
		}
		return nil
	}
	longmen.Drop()
	var e envelope
	e.read(doc)
	if !e.choices.Exists() && doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "$"}, "an object")
	}
	i := 0
	for c, next := e.choices.First(), longmen.Value(0); c.Exists(); c = next {
		next = c.Next()
		at := choicesAt.Element(i)
		if i++; i > 128 {
			return codec.Malformed(&at, "at most 128 choices")
		}
		var p picked
		index := p.read(c)
		var t said
		t.read(p.delta)
		text, err := t.text(&at)
		if err != nil {
			return err
		}
		var list longmen.Value
		if s.probable {
			list = p.logprobs.Get("content")
		}
		ended := p.finish.Kind() == longmen.KindString && codec.Text(p.finish)
		if !text.Exists() && !ended && (!s.probable || !list.First().Exists()) {
			continue
		}
		b := e.head().Put(`,"choices":[{"text":`)
		if text.Exists() {
			b.Value(text)
		} else {
			b.Put(`""`)
		}
		b.Put(`,"index":`).Int(index).Put(`,"logprobs":`)
		if after := s.writeLegacy(b, list, s.held); after != s.held {
			s.held, s.changed = after, true
		}
		b.Put(`,"finish_reason":`)
		writeReason(b, p.finish)
		b.Put(`}]}`).Emit("")
		if ended && s.finish == 0 {
			s.end(p.finish)
		}
	}
	if s.usage && e.usage.Kind() == longmen.KindObject {
		chunk := e.head().Put(`,"choices":[]}`).Parse()
		chunk.Set("usage", e.usage)
		longmen.Emit(chunk, "")
	}
	if s.changed {
		s.save()
	}
	return nil
}
