package togemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// maxStops is how many stop sequences Gemini takes.
const maxStops = 5

// generate is the generationConfig, made when the first setting needs it.
func (r *request) generate() longmen.Value {
	if !r.generation.Exists() {
		r.generation = longmen.NewObject()
	}
	return r.generation
}

// number moves a number into the generationConfig, in the client's spelling.
func (r *request) number(v longmen.Value, name, to string) error {
	switch v.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return nil
	case longmen.KindNumber:
		r.generate().Set(to, v)
		return nil
	}
	return codec.Invalid(&codec.Path{Name: name}, "expected a number")
}

// numbers moves the settings that are numbers.
func (r *request) numbers(p *parameters) error {
	if err := r.sample(p.temperature, "temperature", "temperature"); err != nil {
		return err
	}
	if err := r.sample(p.topP, "top_p", "topP"); err != nil {
		return err
	}
	if err := r.sample(p.topK, "top_k", "topK"); err != nil {
		return err
	}
	if err := r.number(p.presencePenalty, "presence_penalty", "presencePenalty"); err != nil {
		return err
	}
	return r.number(p.frequencyPenalty, "frequency_penalty", "frequencyPenalty")
}

// sample moves a sampling setting, which the newest models no longer follow.
func (r *request) sample(v longmen.Value, name, to string) error {
	if r.to.sampling {
		return r.number(v, name, to)
	}
	switch v.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return nil
	case longmen.KindNumber:
		return r.Warn(name, "this gemini model chooses its sampling itself")
	}
	return codec.Invalid(&codec.Path{Name: name}, "expected a number")
}

// unknown warns of a member that nothing here knows.
func (r *request) unknown(where string, name []byte, v longmen.Value, at *codec.Path) error {
	if len(name) == 0 || codec.Absent(v) {
		return nil
	}
	if err := r.step(at); err != nil {
		return err
	}
	return r.Warn(codec.Item(where, name), "not supported by gemini")
}

// maxSteps bounds the messages, parts, calls and schema nodes of one request, so that no client can
// spend the plugin's whole time: a request of the largest agents has some thousands.
const maxSteps = 30000

// step counts one of them.
func (r *request) step(at *codec.Path) error {
	if r.steps++; r.steps > maxSteps {
		return codec.Invalid(at, "the request has too many parts: expected at most 30000 messages, content parts, calls and schema nodes")
	}
	return nil
}

// limit sets what bounds and steers the answer.
func (r *request) limit(p *parameters) error {
	if err := r.numbers(p); err != nil {
		return err
	}
	v, at := p.maxCompletion, codec.Path{Name: "max_completion_tokens"}
	if codec.Absent(v) {
		v, at = p.maxTokens, codec.Path{Name: "max_tokens"}
	}
	if n, ok, err := codec.Integer(v, &at); err != nil {
		return err
	} else if ok {
		if n < 1 || n > 1<<31-1 {
			return codec.Invalid(&at, "expected an integer from 1 to 2147483647")
		}
		r.generate().SetInt("maxOutputTokens", n)
	}
	if err := r.stops(p.stop); err != nil {
		return err
	}
	at = codec.Path{Name: "n"}
	if n, ok, err := codec.Integer(p.n, &at); err != nil {
		return err
	} else if ok && n != 1 {
		switch {
		case n < 1 || n > 128:
			return codec.Invalid(&at, "expected an integer from 1 to 128")
		case !r.to.many:
			return codec.Unsupported(&at, "this gemini model gives one answer at a time: expected 1")
		}
		r.generate().SetInt("candidateCount", n)
	}
	at = codec.Path{Name: "seed"}
	if n, ok, err := codec.Integer(p.seed, &at); err != nil {
		return err
	} else if ok {
		if n != int64(int32(n)) {
			n &= 1<<31 - 1 // gemini's seed has 32 bits; the same seed still gives the same answer
		}
		r.generate().SetInt("seed", n)
	}
	if err := r.probabilities(p); err != nil {
		return err
	}
	if err := r.modes(p); err != nil {
		return err
	}
	return r.service(p)
}

// stops sets the stop sequences.
func (r *request) stops(stop longmen.Value) error {
	at := codec.Path{Name: "stop"}
	switch stop.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return nil
	case longmen.KindString:
		if !codec.Text(stop) {
			return nil
		}
		list := longmen.NewArray()
		list.Append(stop)
		r.generate().Set("stopSequences", list)
		return nil
	case longmen.KindArray:
	default:
		return codec.Invalid(&at, "expected a string or an array of strings")
	}
	var list longmen.Value
	i, n := 0, 0
	for v, next := stop.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		i++
		if !codec.Text(v) {
			if v.Kind() != longmen.KindString {
				return codec.Invalid(&here, "expected a string")
			}
			if err := r.step(&here); err != nil {
				return err
			}
			continue
		}
		if n++; n > maxStops {
			return codec.Unsupported(&at, "expected at most 5 stop sequences")
		}
		if !list.Exists() {
			list = longmen.NewArray()
		}
		list.Append(v)
	}
	if list.Exists() {
		r.generate().Set("stopSequences", list)
	}
	return nil
}

// probabilities sets logprobs.
func (r *request) probabilities(p *parameters) error {
	if codec.Absent(p.logprobs) {
		return nil
	}
	if p.logprobs.Kind() != longmen.KindBool {
		return codec.Invalid(&codec.Path{Name: "logprobs"}, "expected a boolean")
	}
	if !p.logprobs.Bool() {
		return nil
	}
	r.generate().SetBool("responseLogprobs", true)
	at := codec.Path{Name: "top_logprobs"}
	n, ok, err := codec.Integer(p.topLogprobs, &at)
	if err != nil {
		return err
	}
	if ok {
		if n < 0 || n > 20 {
			return codec.Invalid(&at, "expected an integer from 0 to 20")
		}
		r.generate().SetInt("logprobs", n)
	}
	return nil
}

// modes sets the kinds of output. Text alone is what Gemini does anyway.
func (r *request) modes(p *parameters) error {
	v, at := p.modalities, codec.Path{Name: "modalities"}
	if codec.Absent(v) {
		if codec.Absent(p.audio) {
			return nil
		}
		return r.Warn("audio", "no sound was asked for in modalities")
	}
	if v.Kind() != longmen.KindArray {
		return codec.Invalid(&at, "expected an array of strings")
	}
	image, words, sound := false, false, false
	i := 0
	for m := v.First(); m.Exists(); m = m.Next() {
		here := at.Element(i)
		if i++; i > 8 {
			return codec.Invalid(&here, "expected at most 8 modalities")
		}
		switch string(codec.Word(m)) {
		case "text":
			words = true
		case "image":
			image = true
		case "audio":
			sound = true
		default:
			return codec.Unsupported(&here, "expected text, image or audio")
		}
	}
	switch {
	case sound:
		// OpenAI's clients ask for text as well, where they mean the transcript; gemini speaks or writes.
		r.generate().Set("responseModalities", longmen.NewJSON(`["AUDIO"]`))
		return r.voice(p.audio)
	case image && words:
		r.generate().Set("responseModalities", longmen.NewJSON(`["TEXT","IMAGE"]`))
	case image:
		r.generate().Set("responseModalities", longmen.NewJSON(`["IMAGE"]`))
	}
	return nil
}

// service sets the service tier and what else stands beside the generationConfig.
func (r *request) service(p *parameters) error {
	if !codec.Absent(p.tier) {
		switch string(codec.Word(p.tier)) {
		case "auto":
		case "default":
			r.out.SetString("serviceTier", "standard")
		case "flex":
			r.out.SetString("serviceTier", "flex")
		case "priority":
			r.out.SetString("serviceTier", "priority")
		default:
			if err := r.Warn("service_tier", "not supported by gemini"); err != nil {
				return err
			}
		}
	}
	if err := r.labels(p); err != nil {
		return err
	}
	if err := r.streams(p); err != nil {
		return err
	}
	if !r.hasUsage && p.stream.Bool() {
		// Another codec needs the usage in every case, whatever the chat request between the two says.
		r.hasUsage = !longmen.Attr(abi.AttrDialect).Is(codec.Hub)
	}
	return nil
}

// labels are what Vertex AI calls metadata; the Gemini API has none.
func (r *request) labels(p *parameters) error {
	if !p.metadata.First().Exists() || !r.quirk("vertex") {
		return nil
	}
	if p.metadata.Kind() != longmen.KindObject {
		return codec.Invalid(&codec.Path{Name: "metadata"}, "expected an object")
	}
	r.out.Set("labels", p.metadata)
	return nil
}

// streams reads the stream's options.
func (r *request) streams(p *parameters) error {
	if codec.Absent(p.streamOptions) {
		return nil
	}
	at := codec.Path{Name: "stream_options"}
	if p.streamOptions.Kind() != longmen.KindObject {
		return codec.Invalid(&at, "expected an object")
	}
	for m := p.streamOptions.First(); m.Exists(); m = m.Next() {
		switch k := codec.Key(m); string(k) {
		case "include_usage":
			r.hasUsage = m.Bool()
		case "include_obfuscation":
			// there is none
		default:
			if err := r.unknown("stream_options", k, m, &at); err != nil {
				return err
			}
		}
	}
	return nil
}
