package togemini

import (
	"strings"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/plugins/openai-gemini/memory"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// maxInputs is how many texts batchEmbedContents takes. More would have to be several requests, which a
// codec cannot make.
const maxInputs = 100

// embedding is what every text of a request is embedded with; zero when absent.
type embedding struct {
	input, dimensions, format, extra, google longmen.Value
	task, title                              longmen.Value
}

// RequestEmbeddings turns an openai.embeddings request into a gemini.embed request.
func RequestEmbeddings(doc longmen.Value) error {
	r := begin(doc)
	var e embedding
	for m := doc.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "input":
			e.input = m
		case "dimensions":
			e.dimensions = m
		case "encoding_format":
			e.format = m
		case "extra_body":
			e.extra = m
		case "google":
			e.google = m
		case "model", "user":
		default:
			if err := r.unknown("", name, m, nil); err != nil {
				return err
			}
		}
	}
	encoded := false
	switch string(codec.Word(e.format)) {
	case "base64":
		encoded = true
	case "float":
	default:
		if codec.Absent(e.format) {
			break
		}
		return codec.Invalid(&codec.Path{Name: "encoding_format"}, "expected float or base64")
	}
	if err := r.embedExtra(&e); err != nil {
		return err
	}
	at := codec.Path{Name: "dimensions"}
	dimensions, given, err := codec.Integer(e.dimensions, &at)
	if err != nil {
		return err
	}
	if given && (dimensions < 1 || dimensions > 1<<16) {
		return codec.Invalid(&at, "expected an integer from 1 to 65536")
	}
	b := add(output[:0], `{"model":`)
	b = codec.AppendQuoted(b, modelPath(r.model))
	b = add(b, `,"content":{"parts":[{}]}`)
	if given {
		b = addInt(add(b, `,"outputDimensionality":`), dimensions)
	}
	if e.task.Exists() {
		b = e.task.AppendJSON(add(b, `,"taskType":`))
	}
	if e.title.Exists() {
		b = e.title.AppendJSON(add(b, `,"title":`))
	}
	output = append(b, '}')

	out := longmen.NewJSON(`{"requests":[]}`)
	n, err := r.inputs(out.First(), e.input, output)
	if err != nil {
		return err
	}
	text := append(tailBuffer[:0], codec.Bit(encoded))
	text = addInt(text, int64(n))
	text = codec.AppendQuoted(append(text, ' '), r.model)
	tailBuffer = text
	memory.Begin(memory.Embeddings, text, nil)
	doc.Replace(out)
	return nil
}

// modelPath is the name by which a request's body names a model.
func modelPath(model string) string {
	if strings.IndexByte(model, '/') >= 0 {
		return model
	}
	return "models/" + model
}

// inputs appends a request for each text; form is the request without its text.
func (r *request) inputs(requests, input longmen.Value, form []byte) (n int, err error) {
	at := codec.Path{Name: "input"}
	add := func(text longmen.Value, at *codec.Path) error {
		if !codec.Text(text) {
			if text.Kind() == longmen.KindString {
				return codec.Invalid(at, "expected a text that is not empty")
			}
			return codec.Unsupported(at, "expected a text: gemini takes no tokens")
		}
		if n++; n > maxInputs {
			return codec.Unsupported(&codec.Path{Name: "input"}, "expected at most 100 texts: gemini takes no more in one request")
		}
		q := codec.Parsed(form)
		q.Pointer("/content/parts/0").Set("text", text)
		requests.Append(q)
		return nil
	}
	switch input.Kind() {
	case longmen.KindString:
		return 1, add(input, &at)
	case longmen.KindArray:
	default:
		return 0, codec.Invalid(&at, "expected a string or an array of strings")
	}
	i := 0
	for v, next := input.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		i++
		if err := add(v, &here); err != nil {
			return n, err
		}
	}
	if n == 0 {
		return 0, codec.Invalid(&at, "expected at least one text")
	}
	return n, nil
}

// embedExtra reads what clients send for Google's endpoint.
func (r *request) embedExtra(e *embedding) error {
	google, at, err := r.google(e.extra, e.google)
	if err != nil {
		return err
	}
	for m := google.First(); m.Exists(); m = m.Next() {
		if codec.Absent(m) {
			continue
		}
		name := string(codec.Key(m))
		here := at.Member(name)
		switch name {
		case "task_type", "taskType":
			e.task = m
		case "title":
			e.title = m
		default:
			return codec.Unsupported(&here, "expected task_type or title")
		}
		if m.Kind() != longmen.KindString || m.Len() > maxClientName {
			return codec.Invalid(&here, "expected a string of at most 512 bytes")
		}
	}
	return nil
}

// ResponseEmbeddings turns a gemini.embed answer into an openai.embeddings answer. text is what the
// request left.
func ResponseEmbeddings(doc longmen.Value, text []byte) error {
	encoded, want, model := false, 0, []byte(`""`)
	if len(text) > 0 {
		encoded = text[0] == '1'
		want, model = codec.CutNumber(text[1:])
	}
	var list, usage longmen.Value
	for m := doc.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "embeddings":
			list = m
		case "embedding":
			if !list.Exists() {
				list = longmen.NewArray()
				list.Append(m.Copy())
			}
		case "usageMetadata":
			usage = m
		}
	}
	at := codec.Path{Name: "embeddings"}
	if list.Kind() != longmen.KindArray {
		return codec.Malformed(&at, "an array of embeddings")
	}
	var c counts
	c.read(usage)
	b := add(output[:0], `{"object":"list","data":[],"model":`)
	b = append(b, model...)
	b = addInt(add(b, `,"usage":{"prompt_tokens":`), c.prompt)
	b = addInt(add(b, `,"total_tokens":`), max(c.total, c.prompt))
	output = add(b, `}}`)
	out := codec.Parsed(output)
	data := out.Get("data")
	n := 0
	for v, next := list.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(n)
		where := here.Member("values")
		values := v.Get("values")
		if values.Kind() != longmen.KindArray {
			return codec.Malformed(&where, "an array of numbers")
		}
		b := addInt(add(output[:0], `{"object":"embedding","index":`), int64(n))
		var err error
		if b, err = appendVector(b, values, encoded, &where); err != nil {
			return err
		}
		output = append(b, '}')
		made := codec.Parsed(output)
		if !encoded && !config.normalize {
			made.Set("embedding", values)
		}
		data.Append(made)
		n++
	}
	if n == 0 || want > 0 && n != want {
		return codec.Malformed(&at, "an embedding for each text")
	}
	if cap(output) > maxOutput {
		output = nil
	}
	doc.Replace(out)
	return nil
}
