package ner

import (
	"context"
	"fmt"
	"strings"
	"sync"
)

// presidio speaks the REST API of the Presidio analyzer: POST /analyze, a text at a time. Its offsets count code points,
// as Python's strings do.
type presidio struct {
	*service
	to string
}

// analyze is the body of a request.
type analyze struct {
	Text     string   `json:"text"`
	Language string   `json:"language"`
	Entities []string `json:"entities,omitempty"`
	MinScore float64  `json:"score_threshold"`
}

// recognised is an element of the answer.
type recognised struct {
	Type  string   `json:"entity_type"`
	Start int      `json:"start"`
	End   int      `json:"end"`
	Score *float64 `json:"score"`
}

// newPresidio takes the analyzer's URL with or without the path of its operation.
func newPresidio(s *service) *presidio {
	u := *s.url
	if !strings.HasSuffix(u.Path, "/analyze") {
		u.Path = strings.TrimSuffix(u.Path, "/") + "/analyze"
		u.RawPath = ""
	}
	return &presidio{s, u.String()}
}

// find implements adapter. The first text that fails ends it, because the answer is whole or none.
func (p *presidio) find(ctx context.Context, texts []string, lang string) ([][]Span, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out := make([][]Span, len(texts))
	next := make(chan int)
	var (
		wg     sync.WaitGroup
		once   sync.Once
		failed error
	)
	for range min(parallel, len(texts)) {
		wg.Go(func() {
			for i := range next {
				found, err := p.analyze(ctx, texts[i], lang)
				if err != nil {
					once.Do(func() { failed = err; cancel() })
					continue
				}
				out[i] = found
			}
		})
	}
	for i := range texts {
		next <- i
	}
	close(next)
	wg.Wait()
	return out, failed
}

func (p *presidio) analyze(ctx context.Context, text, lang string) ([]Span, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var answer []recognised
	if err := p.post(ctx, p.to, analyze{text, lang, p.entities, p.minScore}, &answer); err != nil {
		return nil, err
	}
	if answer == nil { // null: to take it for "nothing found" would let names pass
		return nil, fmt.Errorf("%w: expected a list", ErrAnswer)
	}
	out := make([]Span, 0, len(answer))
	for _, r := range answer {
		if r.Score == nil {
			return nil, fmt.Errorf("%w: a result without score", ErrAnswer)
		}
		out = append(out, Span{r.Start, r.End, r.Type, *r.Score})
	}
	if !toBytes(text, out) {
		return nil, errOffset
	}
	return out, nil
}
