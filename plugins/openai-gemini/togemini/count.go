package togemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/plugins/openai-gemini/memory"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// RequestCount turns an openai.count request, which is a chat request, into a gemini.count request.
func RequestCount(doc longmen.Value) error {
	r := begin(doc)
	if err := r.translate(); err != nil {
		return err
	}
	for _, name := range [...]string{"generationConfig", "safetySettings", "serviceTier", "labels"} {
		r.out.Get(name).Delete() // without effect on the prompt
	}
	memory.Begin(memory.ChatCount, nil, nil)
	if codec.ReadQuirks().Has("vertex") {
		doc.Replace(r.out) // takes the contents at the top
		return nil
	}
	r.out.SetString("model", modelPath(r.model))
	out := longmen.NewObject()
	out.Set("generateContentRequest", r.out)
	doc.Replace(out)
	return nil
}

// ResponseCount turns a gemini.count answer into an openai.count answer.
func ResponseCount(doc longmen.Value) error {
	total := doc.Get("totalTokens")
	if !codec.Absent(total) && total.Kind() != longmen.KindNumber || doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "totalTokens"}, "a number")
	}
	b := add(output[:0], `{"object":"response.input_tokens","input_tokens":`)
	b = addInt(b, count(total)) // proto JSON leaves a 0 out
	output = append(b, '}')
	doc.Replace(codec.Parsed(output))
	return nil
}
