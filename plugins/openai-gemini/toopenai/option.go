package toopenai

import (
	"strings"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// maxStops is how many stop sequences OpenAI takes.
const maxStops = 4

// settings are the members of generationConfig that take more than a move.
type settings struct {
	mime, schema, jsonSchema, thinking, stops, modalities, logprobs, topLogprobs longmen.Value
}

// generate moves what bounds and steers the answer.
func (r *request) generate(v longmen.Value) error {
	if codec.Absent(v) {
		return nil
	}
	at := codec.Path{Name: "generationConfig"}
	if v.Kind() != longmen.KindObject {
		return invalid(&at, "expected an object")
	}
	var s settings
	for m, next := v.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		if m.Kind() == longmen.KindNull {
			continue
		}
		var err error
		switch name := field(m); string(name) {
		case "temperature":
			err = r.number(m, "temperature", "temperature")
		case "topP":
			err = r.number(m, "topP", "top_p")
		case "topK":
			if r.takes("top_k") {
				err = r.number(m, "topK", "top_k")
			} else {
				err = r.lost("generationConfig", m)
			}
		case "maxOutputTokens":
			to := "max_completion_tokens"
			if r.wire && r.quirks.Has("max_tokens") {
				to = "max_tokens"
			}
			err = r.number(m, "maxOutputTokens", to)
		case "candidateCount":
			if m.Int() != 1 {
				err = r.number(m, "candidateCount", "n")
			}
		case "seed":
			err = r.number(m, "seed", "seed")
		case "presencePenalty":
			err = r.number(m, "presencePenalty", "presence_penalty")
		case "frequencyPenalty":
			err = r.number(m, "frequencyPenalty", "frequency_penalty")
		case "stopSequences":
			s.stops = m
		case "responseLogprobs":
			s.logprobs = m
		case "logprobs":
			s.topLogprobs = m
		case "responseMimeType":
			s.mime = m
		case "responseSchema":
			s.schema = m
		case "responseJsonSchema", "_responseJsonSchema":
			s.jsonSchema = m
		case "responseModalities":
			s.modalities = m
		case "thinkingConfig":
			s.thinking = m
		case "mediaResolution", "audioTimestamp":
			// hints
		default:
			err = r.unknown("generationConfig", m, &at)
		}
		if err != nil {
			return err
		}
	}
	if s.logprobs.Bool() {
		r.out.SetBool("logprobs", true)
		if s.topLogprobs.Exists() {
			if err := r.number(s.topLogprobs, "logprobs", "top_logprobs"); err != nil {
				return err
			}
		}
	}
	if err := r.stops(s.stops, &at); err != nil {
		return err
	}
	if err := r.modes(s.modalities, &at); err != nil {
		return err
	}
	if err := r.shape(&s, &at); err != nil {
		return err
	}
	return r.think(s.thinking, &at)
}

// number moves a number, in the client's spelling.
func (r *request) number(v longmen.Value, name, to string) error {
	kind := v.Kind()
	if kind == longmen.KindString { // as proto JSON may have it
		if n, ok := v.Parse(); ok {
			v, kind = n, n.Kind()
		}
	}
	if kind != longmen.KindNumber {
		at := codec.Path{Name: "generationConfig"}
		where := at.Member(name)
		return invalid(&where, "expected a number")
	}
	r.out.Set(to, v)
	return nil
}

// stops moves the stop sequences.
func (r *request) stops(v longmen.Value, at *codec.Path) error {
	where := at.Member("stopSequences")
	switch v.Kind() {
	case longmen.KindInvalid:
		return nil
	case longmen.KindArray:
	default:
		return invalid(&where, "expected an array of strings")
	}
	n := 0
	for e := v.First(); e.Exists(); e = e.Next() {
		here := where.Element(n)
		if err := r.step(&here); err != nil {
			return err
		}
		if n++; e.Kind() != longmen.KindString {
			return invalid(&here, "expected a string")
		}
	}
	if n > maxStops && !r.takes("max_stop_any") {
		return unsupported(&where, "expected at most 4 stop sequences: openai takes no more")
	}
	if n > 0 {
		r.out.Set("stop", v)
	}
	return nil
}

// modes sets the kinds of output. Text alone is what OpenAI does anyway, images only what is behind
// another codec may make.
func (r *request) modes(v longmen.Value, at *codec.Path) error {
	where := at.Member("responseModalities")
	switch v.Kind() {
	case longmen.KindInvalid:
		return nil
	case longmen.KindArray:
	default:
		return invalid(&where, "expected an array of strings")
	}
	words, image := false, false
	i := 0
	for m := v.First(); m.Exists(); m = m.Next() {
		here := where.Element(i)
		if i++; i > 8 {
			return invalid(&here, "expected at most 8 modalities")
		}
		switch mode := strings.ToUpper(string(codec.Word(m))); {
		case mode == "TEXT", mode == "MODALITY_UNSPECIFIED":
			words = true
		case mode == "IMAGE" && !r.wire:
			image = true
		default:
			return unsupported(&here, "expected TEXT: the provider's answers hold nothing else")
		}
	}
	switch {
	case image && words:
		r.out.Set("modalities", longmen.NewJSON(`["text","image"]`))
	case image:
		r.out.Set("modalities", longmen.NewJSON(`["image"]`))
	}
	return nil
}

// shape sets the form of the answer.
func (r *request) shape(s *settings, at *codec.Path) error {
	kind := ""
	if s.mime.Exists() {
		kind = string(codec.Word(s.mime))
	}
	where := at.Member("responseMimeType")
	schema := s.jsonSchema
	if !schema.Exists() && s.schema.Exists() {
		schema = s.schema
		where := at.Member("responseSchema")
		if err := r.lower(schema, 0, lasting(&where)); err != nil {
			return err
		}
	}
	switch kind {
	case "":
		if !schema.Exists() {
			return nil
		}
	case "text/plain":
		return nil
	case "application/json":
	case "text/x.enum":
		if !schema.Exists() {
			return invalid(&where, "expected a responseSchema with the enum")
		}
		r.bare = true
	default:
		return unsupported(&where, "expected text/plain, application/json or text/x.enum")
	}
	if !schema.Exists() {
		r.out.Set("response_format", longmen.NewJSON(`{"type":"json_object"}`))
		return nil
	}
	if schema.Kind() != longmen.KindObject {
		where := at.Member("responseJsonSchema")
		return invalid(&where, "expected a JSON Schema object")
	}
	f := longmen.NewJSON(`{"type":"json_schema","json_schema":{"name":"response"}}`)
	f.Get("json_schema").Set("schema", schema)
	r.out.Set("response_format", f)
	return nil
}

// think sets how much the model thinks.
func (r *request) think(v longmen.Value, at *codec.Path) error {
	if !v.Exists() {
		return nil
	}
	where := at.Member("thinkingConfig")
	if v.Kind() != longmen.KindObject {
		return invalid(&where, "expected an object")
	}
	effort := ""
	for m := v.First(); m.Exists(); m = m.Next() {
		switch name := field(m); string(name) {
		case "includeThoughts":
			r.thoughts = m.Bool()
		case "thinkingLevel":
			switch level := strings.ToLower(string(codec.Word(m))); level {
			case "minimal", "low", "medium", "high":
				effort = level
			case "", "thinking_level_unspecified":
			default:
				here := where.Member("thinkingLevel")
				return invalid(&here, "expected MINIMAL, LOW, MEDIUM or HIGH")
			}
		case "thinkingBudget":
			if m.Kind() != longmen.KindNumber {
				if codec.Absent(m) {
					continue
				}
				here := where.Member("thinkingBudget")
				return invalid(&here, "expected a number of tokens")
			}
			switch n := m.Int(); {
			case n < 0: // the model decides
			case n == 0:
				effort = "none"
			case n <= 1024:
				effort = "low"
			case n <= 8192:
				effort = "medium"
			default:
				effort = "high"
			}
		default:
			if err := r.unknown("generationConfig.thinkingConfig", m, &where); err != nil {
				return err
			}
		}
	}
	if effort != "" {
		r.out.SetString("reasoning_effort", effort)
	}
	return nil
}
