package toopenai

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/plugins/openai-gemini/memory"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// maxInputs bounds the texts of a batch; Gemini takes 100, OpenAI 2048.
const maxInputs = 2048

// RequestEmbed turns a gemini.embed request, of embedContent or of batchEmbedContents, into an
// openai.embeddings request.
func RequestEmbed(doc longmen.Value) error {
	r := begin(doc)
	b := add(output[:0], `{"model":`)
	b = append(b, r.model...)
	r.out = parsed(add(b, `,"input":[],"encoding_format":"float"}`))
	input := r.out.Get("input")
	var batch longmen.Value
	for m := doc.First(); m.Exists(); m = m.Next() {
		if string(field(m)) == "requests" {
			batch = m
		}
	}
	var e embedding
	if !batch.Exists() {
		text, err := r.embedding(&e, doc, nil)
		if err != nil {
			return err
		}
		r.out.Set("input", text)
	} else {
		at := codec.Path{Name: "requests"}
		if batch.Kind() != longmen.KindArray {
			return invalid(&at, "expected an array of requests")
		}
		i := 0
		for v, next := batch.First(), longmen.Value(0); v.Exists(); v = next {
			next = v.Next()
			here := at.Element(i)
			if i++; i > maxInputs {
				return unsupported(&at, "expected at most 2048 requests")
			}
			text, err := r.embedding(&e, v, &here)
			if err != nil {
				return err
			}
			input.Append(text)
		}
		if i == 0 {
			return invalid(&at, "expected at least one request")
		}
	}
	if e.dimensions > 0 {
		r.out.SetInt("dimensions", e.dimensions)
	}
	memory.Begin(memory.Embed, addInt([]byte{codec.Bit(batch.Exists())}, int64(e.n)), nil)
	doc.Replace(r.out)
	return nil
}

// embedding is what the texts of a batch have to agree on.
type embedding struct {
	dimensions int64
	n          int // texts so far
}

// embedding is the text of one request.
func (r *request) embedding(e *embedding, v longmen.Value, at *codec.Path) (longmen.Value, error) {
	if err := r.step(at); err != nil {
		return 0, err
	}
	var content, dimensions, config longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch name := field(m); string(name) {
		case "content":
			content = m
		case "outputDimensionality":
			dimensions = m
		case "embedContentConfig":
			config = m
		case "model":
		default: // taskType and title, too
			if err := r.unknown("", m, at); err != nil {
				return 0, err
			}
		}
	}
	for m := config.First(); m.Exists(); m = m.Next() {
		if name := field(m); string(name) == "outputDimensionality" {
			dimensions = m
		} else if err := r.unknown("embedContentConfig", m, at); err != nil {
			return 0, err
		}
	}
	d := int64(0)
	where := at.Member("outputDimensionality")
	if !codec.Absent(dimensions) {
		if d = dimensions.Int(); dimensions.Kind() != longmen.KindNumber || d < 1 || d > 1<<16 {
			return 0, invalid(&where, "expected an integer from 1 to 65536")
		}
	}
	if e.n++; e.n > 1 && d != e.dimensions {
		return 0, unsupported(&where, "expected the same of every request: openai embeds a batch alike")
	}
	e.dimensions = d

	inner := at.Member("content")
	parts := inner.Member("parts")
	var w items
	if content.Kind() != longmen.KindObject || !w.walk(content.Get("parts")) {
		return 0, invalid(&inner, "expected a content with parts")
	}
	var text codec.Joined
	i := 0
	for p := w.next(); p.Exists(); p = w.next() {
		here := parts.Element(i)
		i++
		var f part
		if err := r.readPart(&f, p, &here); err != nil {
			return 0, err
		}
		if f.text.Kind() != longmen.KindString {
			return 0, unsupported(&here, "expected a text part: openai embeds nothing else")
		}
		text.Add(f.text)
	}
	joined := text.Value()
	if !joined.Exists() {
		return 0, invalid(&inner, "expected a text that is not empty")
	}
	return joined, nil
}

// ResponseEmbed turns an openai.embeddings answer into a gemini.embed answer. text is what the request
// left.
func ResponseEmbed(doc longmen.Value, text []byte) error {
	var data, usage longmen.Value
	for m := doc.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "data":
			data = m
		case "usage":
			usage = m
		}
	}
	at := codec.Path{Name: "data"}
	if data.Kind() != longmen.KindArray {
		return codec.Malformed(&at, "an array of embeddings")
	}
	vectors := make([]longmen.Value, 0, 8)
	for v := data.First(); v.Exists(); v = v.Next() {
		here := at.Element(len(vectors))
		vector := v.Get("embedding")
		if vector.Kind() != longmen.KindArray || len(vectors) == maxInputs {
			where := here.Member("embedding")
			return codec.Malformed(&where, "an array of numbers")
		}
		vectors = append(vectors, vector)
	}
	ordered := make([]longmen.Value, len(vectors))
	i := 0
	for v := data.First(); v.Exists(); v = v.Next() {
		index := i
		if given := v.Get("index"); given.Kind() == longmen.KindNumber {
			index = int(min(max(given.Int(), -1), maxInputs))
		}
		if index < 0 || index >= len(ordered) || ordered[index].Exists() {
			here := at.Element(i)
			where := here.Member("index")
			return codec.Malformed(&where, "an index of its own for each embedding")
		}
		ordered[index] = vectors[i]
		i++
	}
	batch, want := len(text) > 0 && text[0] == '1', 0
	if len(text) > 1 {
		want = int(decimal(text[1:]))
	}
	if i == 0 || !batch && i != 1 || want > 0 && i != want {
		return codec.Malformed(&at, "an embedding for each text")
	}
	out := longmen.NewObject()
	if batch {
		list := longmen.NewArray()
		for _, v := range ordered {
			list.Append(values(v))
		}
		out.Set("embeddings", list)
	} else {
		out.Set("embedding", values(ordered[0]))
	}
	if usage.Kind() == longmen.KindObject {
		var c counts
		c.read(usage)
		b := addInt(add(output[:0], `{"promptTokenCount":`), c.prompt)
		b = addInt(add(b, `,"totalTokenCount":`), max(c.total, c.prompt))
		out.Set("usageMetadata", parsed(append(b, '}')))
	}
	doc.Replace(out)
	return nil
}

// values is the embedding of a vector.
func values(vector longmen.Value) longmen.Value {
	e := longmen.NewObject()
	e.Set("values", vector)
	return e
}
