package toopenai

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/plugins/openai-gemini/memory"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// RequestCount turns a gemini.count request into an openai.count request, which is a chat request.
func RequestCount(doc longmen.Value) error {
	r := begin(doc)
	asked := doc
	for m := doc.First(); m.Exists(); m = m.Next() {
		if string(field(m)) == "generateContentRequest" && m.Kind() == longmen.KindObject {
			asked, r.client.below = m, m.Key()
		}
	}
	if err := r.translate(asked, false); err != nil {
		return err
	}
	memory.Begin(memory.GenerateCount, nil, nil)
	doc.Replace(r.out)
	return nil
}

// ResponseCount turns an openai.count answer into a gemini.count answer.
func ResponseCount(doc longmen.Value) error {
	n := doc.Get("input_tokens")
	if n.Kind() != longmen.KindNumber {
		return codec.Malformed(&codec.Path{Name: "input_tokens"}, "a number")
	}
	b := addInt(add(output[:0], `{"totalTokens":`), count(n))
	doc.Replace(parsed(append(b, '}')))
	return nil
}
