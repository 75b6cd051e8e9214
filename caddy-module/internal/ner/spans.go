package ner

import (
	"context"
	"fmt"
)

// spans speaks an API that is easily put in front of any model: one POST with all texts.
//
//	{"texts": ["Hi Jörg!", "ok"], "language": "de", "entities": ["PERSON", "LOCATION"], "min_score": 0.5}
//
// The answer has a list for each text, in their order:
//
//	{"spans": [[{"start": 3, "end": 8, "type": "PERSON", "score": 0.85}], []], "unit": "byte"}
//
// start and end count bytes of UTF-8, or code points (as Python does) when unit is "codepoint". score may be absent: 1.
type spans struct{ *service }

// question is the body of a request.
type question struct {
	Texts    []string `json:"texts"`
	Language string   `json:"language"`
	Entities []string `json:"entities,omitempty"`
	MinScore float64  `json:"min_score"`
}

type span struct {
	Start *int     `json:"start"`
	End   *int     `json:"end"`
	Type  string   `json:"type"`
	Score *float64 `json:"score"`
}

// errOffset is the answer of a service that counts otherwise than it says.
var errOffset = fmt.Errorf("%w: a span does not fit its text", ErrAnswer)

// find implements adapter.
func (s *spans) find(ctx context.Context, texts []string, lang string) ([][]Span, error) {
	var answer struct {
		Spans [][]span `json:"spans"`
		Unit  string   `json:"unit"`
	}
	if err := s.post(ctx, s.url.String(), question{texts, lang, s.entities, s.minScore}, &answer); err != nil {
		return nil, err
	}
	switch {
	case len(answer.Spans) != len(texts):
		return nil, fmt.Errorf("%w: %d lists of spans for %d texts", ErrAnswer, len(answer.Spans), len(texts))
	case answer.Unit != "" && answer.Unit != "byte" && answer.Unit != "codepoint":
		return nil, fmt.Errorf("%w: an unknown unit, expected byte or codepoint", ErrAnswer)
	}
	out := make([][]Span, len(texts))
	for i, list := range answer.Spans {
		if list == nil { // null: to take it for "nothing found" would let names pass
			return nil, fmt.Errorf("%w: expected a list of spans for each text", ErrAnswer)
		}
		out[i] = make([]Span, 0, len(list))
		for _, f := range list {
			if f.Start == nil || f.End == nil {
				return nil, fmt.Errorf("%w: a span without start or end", ErrAnswer)
			}
			score := 1.0
			if f.Score != nil {
				score = *f.Score
			}
			out[i] = append(out[i], Span{*f.Start, *f.End, f.Type, score})
		}
		if answer.Unit == "codepoint" && !toBytes(texts[i], out[i]) {
			return nil, errOffset
		}
	}
	return out, nil
}
