package openaiollama

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// maxInputs is how many inputs one request of OpenAI's embeddings may have.
const maxInputs = 2048

// embedding is one translation of a request for embeddings, in either direction.
type embedding struct {
	walk
	input, dimensions, encoding, options, keepAlive, truncate longmen.Value
}

// texts refuses inputs that are no texts, or empty ones.
func (r *embedding) texts() error {
	at := codec.Path{Name: "input"}
	switch r.input.Kind() {
	case longmen.KindString:
		if !codec.Text(r.input) {
			return codec.Invalid(&at, "expected a text that is not empty")
		}
		return nil
	case longmen.KindArray:
	default:
		return codec.Invalid(&at, "expected a string or an array of strings")
	}
	i := 0
	for v := r.input.First(); v.Exists(); v = v.Next() {
		here := at.Element(i)
		if i++; i > maxInputs {
			return codec.Unsupported(&here, "expected at most 2048 inputs")
		}
		switch {
		case v.Kind() == longmen.KindNumber, v.Kind() == longmen.KindArray:
			return codec.Unsupported(&here, "expected text: "+r.peer+" takes no tokens")
		case v.Kind() != longmen.KindString:
			return codec.Invalid(&here, "expected a string")
		case !codec.Text(v):
			return codec.Invalid(&here, "expected a text that is not empty")
		}
	}
	if i == 0 {
		return codec.Invalid(&at, "expected at least one input")
	}
	return nil
}

// width refuses dimensions that are none.
func (r *embedding) width() error {
	at := codec.Path{Name: "dimensions"}
	n, ok, err := codec.Integer(r.dimensions, &at)
	if err != nil || !ok {
		r.dimensions = 0
		return err
	}
	if n < 1 || n > 1<<20 {
		return codec.Invalid(&at, "expected an integer from 1 to 1048576")
	}
	return nil
}

// requestEmbed turns an openai.embeddings request into an ollama.embed request.
func requestEmbed(doc longmen.Value) error {
	r := embedding{walk: walk{peer: "ollama"}}
	if err := r.readOpenAI(doc, nil); err != nil {
		return err
	}
	if err := r.texts(); err != nil {
		return err
	}
	if err := r.width(); err != nil {
		return err
	}
	s := memory{way: embedToOllama}
	switch at := (codec.Path{Name: "encoding_format"}); {
	case codec.Absent(r.encoding), string(codec.Word(r.encoding)) == "float":
	case string(codec.Word(r.encoding)) == "base64":
		s.base64 = true
	default:
		return codec.Invalid(&at, "expected float or base64")
	}
	b := output.Start(`{"model":`)
	n := len(b.Bytes())
	tailBuffer = append(tailBuffer[:0], b.Value(longmen.Attr(abi.AttrUpstreamModel)).Bytes()[n:]...)
	s.tail = tailBuffer
	if codec.Absent(r.keepAlive) && config.keepAlive != "" {
		b.Put(`,"keep_alive":`).Quote(config.keepAlive)
	}
	out := b.Put(`}`).Parse()
	out.Set("input", r.input)
	for _, m := range [...]setting{{"dimensions", r.dimensions}, {"options", r.options}, {"keep_alive", r.keepAlive}, {"truncate", r.truncate}} {
		if !codec.Absent(m.value) {
			out.Set(m.name, m.value)
		}
	}
	s.save()
	doc.Replace(out)
	return nil
}

// readOpenAI finds the members of a request, or of its extra_body.
func (r *embedding) readOpenAI(doc longmen.Value, at *codec.Path) error {
	for m := doc.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "input":
			r.input = m
		case "dimensions":
			r.dimensions = m
		case "encoding_format":
			r.encoding = m
		case "options":
			r.options = m
		case "keep_alive":
			r.keepAlive = m
		case "truncate":
			r.truncate = m
		case "model", "stream", "user":
			// the gateway's, or without effect
		case "extra_body":
			if at == nil && m.Kind() == longmen.KindObject {
				if err := r.readOpenAI(m, &codec.Path{Name: "extra_body"}); err != nil {
					return err
				}
			}
		default:
			if err := r.unknown(at.String(), name, m, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// Where the walk over vectors is.
var (
	vectorsAt = codec.Path{Name: "embeddings"}
	dataAt    = codec.Path{Name: "data"}
)

// answerEmbeddings turns an ollama.embed answer into an openai.embeddings answer.
func (s *memory) answerEmbeddings(doc longmen.Value) error {
	var l line
	l.read(doc)
	vectors := l.vectors
	if vectors.Kind() != longmen.KindArray {
		return codec.Malformed(&vectorsAt, "an array of vectors")
	}
	tokens := count(l.prompt)
	b := output.Start(`{"object":"list","data":[],"model":`)
	s.writeModel(b, l.model)
	b.Put(`,"usage":{"prompt_tokens":`).Int(tokens).Put(`,"total_tokens":`).Int(tokens)
	out := b.Put(`}}`).Parse()
	data := out.Get("data")
	i := 0
	for v, next := vectors.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		at := vectorsAt.Element(i)
		if v.Kind() != longmen.KindArray {
			return codec.Malformed(&at, "a vector")
		}
		b := output.Start(`{"object":"embedding","index":`).Int(int64(i)).Put(`,"embedding":`)
		if s.base64 {
			packed, ok := pack(v)
			if !ok {
				return codec.Malformed(&at, "a vector of numbers")
			}
			data.Append(b.Put(`"`).Put(codec.View(packed)).Put(`"}`).Parse())
		} else {
			e := b.Put(`null}`).Parse()
			e.Set("embedding", v)
			data.Append(e)
		}
		i++
	}
	doc.Replace(out)
	return nil
}

// requestEmbeddings turns an ollama.embed request into an openai.embeddings request.
func requestEmbeddings(doc longmen.Value) error {
	r := embedding{walk: walk{peer: "the model's provider"}}
	for m := doc.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "input":
			r.input = m
		case "dimensions":
			r.dimensions = m
		case "truncate":
			r.truncate = m
		case "model", "stream", "keep_alive", "options":
			// the gateway's, or how a server of Ollama's manages its memory
		default:
			if err := r.unknown("", name, m, nil); err != nil {
				return err
			}
		}
	}
	if err := r.texts(); err != nil {
		return err
	}
	if err := r.width(); err != nil {
		return err
	}
	if on, err := boolean(r.truncate, &codec.Path{Name: "truncate"}); err != nil {
		return err
	} else if on {
		if err := r.Warn("truncate", "not supported by the model's provider: an input that is too long is refused"); err != nil {
			return err
		}
	}
	out := output.Start(`{"model":`).Value(longmen.Attr(abi.AttrUpstreamModel)).Put(`,"encoding_format":"float"}`).Parse()
	out.Set("input", r.input)
	if r.dimensions.Exists() {
		out.Set("dimensions", r.dimensions)
	}
	s := memory{way: fromEmbed, start: longmen.NowMillis(), tail: asked()}
	s.save()
	doc.Replace(out)
	return nil
}

// answerEmbed turns an openai.embeddings answer into an ollama.embed answer: vectors by their index.
func (s *memory) answerEmbed(doc longmen.Value) error {
	data := doc.Get("data")
	if data.Kind() != longmen.KindArray {
		return codec.Malformed(&dataAt, "an array of embeddings")
	}
	var order [maxInputs]longmen.Value
	n, top := 0, 0
	for e := data.First(); e.Exists(); e = e.Next() {
		at := dataAt.Element(n)
		if n == maxInputs {
			return codec.Malformed(&at, "at most 2048 embeddings")
		}
		vector, index := longmen.Value(0), n
		for m := e.First(); m.Exists(); m = m.Next() {
			switch string(codec.Key(m)) {
			case "embedding":
				vector = m
			case "index":
				index = int(min(max(m.Int(), -1), maxInputs))
			}
		}
		if vector.Kind() != longmen.KindArray {
			return codec.MalformedIn(&at, "embedding", "an array of numbers")
		}
		if index < 0 || index >= maxInputs || order[index].Exists() {
			return codec.MalformedIn(&at, "index", "an index of its own")
		}
		order[index] = vector
		top = max(top, index+1)
		n++
	}
	if top != n {
		return codec.Malformed(&dataAt, "an embedding for each index")
	}
	s.count(doc.Get("usage"))
	b := output.Start(`{"model":`).Put(codec.View(s.tail)).Put(`,"embeddings":[],"total_duration":`).Int(nanoseconds(longmen.NowMillis() - s.start))
	b.Put(`,"load_duration":1,"prompt_eval_count":`).Int(s.prompt)
	out := b.Put(`}`).Parse()
	list := out.Get("embeddings")
	for _, v := range order[:n] {
		list.Append(v)
	}
	doc.Replace(out)
	return nil
}
