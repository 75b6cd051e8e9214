package openaiollama

import (
	"strconv"
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

// append appends the members that an answer, or a chunk, begins with. Ids of whatever form go on, so
// that all chunks have the same.
func (e *envelope) append(b []byte) []byte {
	b = append(b, `{"id":`...)
	b = appendText(b, e.id)
	b = append(b, `,"object":"text_completion","created":`...)
	if e.created.Kind() == longmen.KindNumber {
		b = strconv.AppendInt(b, e.created.Int(), 10)
	} else {
		b = strconv.AppendInt(b, longmen.NowMillis()/1000, 10)
	}
	b = append(b, `,"model":`...)
	b = appendText(b, e.model)
	if e.fingerprint.Kind() == longmen.KindString {
		b = append(b, `,"system_fingerprint":`...)
		b = appendText(b, e.fingerprint)
	}
	return b
}

// appendText appends a short string, or "" for what is none.
func appendText(b []byte, v longmen.Value) []byte {
	n := len(b)
	if v.Kind() == longmen.KindString {
		b = v.AppendJSON(b)
	}
	if len(b) == n || len(b) > n+maxName {
		b = append(b[:n], `""`...)
	}
	return b
}

// answerCompletion turns an openai.chat answer into an openai.completions answer.
func (s *memory) answerCompletion(doc longmen.Value) error {
	var e envelope
	e.read(doc)
	output = append(e.append(output[:0]), `,"choices":[]}`...)
	out := codec.Parsed(output)
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
			where := at.Member("message")
			return codec.Malformed(&where, "an object")
		}
		var t said
		t.read(p.message)
		text, err := t.text(&at)
		if err != nil {
			return err
		}
		b := append(output[:0], `{"text":"","index":`...)
		b = strconv.AppendInt(b, index, 10)
		b = append(b, `,"logprobs":`...)
		b, _ = s.appendLegacy(b, p.logprobs.Get("content"), 0)
		b = append(b, `,"finish_reason":`...)
		output = append(appendReason(b, p.finish), '}')
		made := codec.Parsed(output)
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
	reuse(output)
	doc.Replace(out)
	return nil
}

// appendReason appends a finish_reason of the old completions, which call no tools.
func appendReason(b []byte, finish longmen.Value) []byte {
	if finish.Kind() != longmen.KindString {
		return append(b, `null`...)
	}
	switch reason := string(codec.Word(finish)); reason {
	case "":
		return append(b, `null`...)
	case "length", "content_filter":
		return append(append(append(b, '"'), reason...), '"')
	}
	return append(b, `"stop"`...)
}

// appendLegacy appends the logprobs of the old completions, parallel lists, for those of a chat. offset
// is where the first token stands in the text, in characters; it returns where the next one will.
func (s *memory) appendLegacy(b []byte, list longmen.Value, offset int64) ([]byte, int64) {
	if !s.probable || list.Kind() != longmen.KindArray {
		return append(b, `null`...), offset
	}
	tokens := append([]byte(nil), `{"tokens":[`...)
	chances := []byte(`],"token_logprobs":[`)
	tops := []byte(`],"top_logprobs":[`)
	offsets := []byte(`],"text_offset":[`)
	var buffer [256]byte
	i := 0
	for t := list.First(); t.Exists() && i < maxLogprobs; t = t.Next() {
		if i++; i > 1 {
			tokens, chances, tops, offsets = append(tokens, ','), append(chances, ','), append(tops, ','), append(offsets, ',')
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
		tokens = appendText(tokens, token)
		chances = appendNumber(chances, chance)
		offsets = strconv.AppendInt(offsets, offset, 10)
		offset += int64(utf8.RuneCount(token.Prefix(buffer[:])))
		tops = append(tops, '{')
		n := 0
		for u := top.First(); u.Exists() && n < 20; u = u.Next() {
			if n++; n > 1 {
				tops = append(tops, ',')
			}
			tops = append(appendText(tops, u.Get("token")), ':')
			tops = appendNumber(tops, u.Get("logprob"))
		}
		tops = append(tops, '}')
	}
	b = append(b, tokens...)
	b = append(b, chances...)
	b = append(b, tops...)
	b = append(b, offsets...)
	return append(b, `]}`...), offset
}

// appendNumber appends a number, or null for what is none.
func appendNumber(b []byte, v longmen.Value) []byte {
	if v.Kind() != longmen.KindNumber || v.Size() > 32 {
		return append(b, `null`...)
	}
	return v.AppendJSON(b)
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
		b := append(e.append(output[:0]), `,"choices":[{"text":`...)
		if text.Exists() {
			b = text.AppendJSON(b)
		} else {
			b = append(b, `""`...)
		}
		b = append(b, `,"index":`...)
		b = strconv.AppendInt(b, index, 10)
		b = append(b, `,"logprobs":`...)
		var after int64
		if b, after = s.appendLegacy(b, list, s.held); after != s.held {
			s.held, s.changed = after, true
		}
		b = append(b, `,"finish_reason":`...)
		emit(append(appendReason(b, p.finish), `}]}`...))
		if ended && s.finish == 0 {
			s.end(p.finish)
		}
	}
	if s.usage && e.usage.Kind() == longmen.KindObject {
		chunk := codec.Parsed(append(e.append(output[:0]), `,"choices":[]}`...))
		chunk.Set("usage", e.usage)
		longmen.Emit(chunk, "")
	}
	if s.changed {
		s.save()
	}
	return nil
}
