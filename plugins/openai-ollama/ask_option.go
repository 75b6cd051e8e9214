package openaiollama

import (
	"strings"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// limit reads what bounds and steers the answer.
func (r *ask) limit(p *parameters) error {
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
		r.settings = append(r.settings, setting{"num_predict", v})
	}
	at = codec.Path{Name: "n"}
	if n, ok, err := codec.Integer(p.n, &at); err != nil {
		return err
	} else if ok && n != 1 {
		return codec.Unsupported(&at, "ollama gives one answer at a time: expected 1")
	}
	if err := r.modes(p.modalities); err != nil {
		return err
	}
	if !codec.Absent(p.tier) {
		if tier := string(codec.Word(p.tier)); tier != "auto" && tier != "default" {
			if err := r.Warn("service_tier", "not supported by ollama"); err != nil {
				return err
			}
		}
	}
	usage, err := r.usageWanted(p.streamOptions)
	r.memory.usage = usage
	return err
}

// modes refuses kinds of output other than text.
func (r *ask) modes(v longmen.Value) error {
	if codec.Absent(v) {
		return nil
	}
	at := codec.Path{Name: "modalities"}
	if v.Kind() != longmen.KindArray {
		return codec.Invalid(&at, "expected an array of strings")
	}
	i := 0
	for m := v.First(); m.Exists(); m = m.Next() {
		here := at.Element(i)
		if i++; i > 8 || string(codec.Word(m)) != "text" {
			return codec.Unsupported(&here, "expected text: ollama makes nothing else")
		}
	}
	return nil
}

// ponder writes how much the model thinks.
func (r *ask) ponder(b *codec.JSON, p *parameters) error {
	at := codec.Path{Name: "reasoning_effort"}
	if !codec.Absent(p.think) {
		at := codec.Path{Name: "think"}
		if !codec.Absent(p.effort) {
			return codec.Invalid(&at, "expected either this or reasoning_effort")
		}
		switch p.think.Kind() {
		case longmen.KindBool:
			b.Put(`,"think":`).Value(p.think)
			return nil
		case longmen.KindString:
			if level := string(codec.Word(p.think)); level == "low" || level == "medium" || level == "high" || level == "max" {
				b.Put(`,"think":`).Quote(level)
				return nil
			}
		}
		return codec.Invalid(&at, "expected true, false, low, medium, high or max")
	}
	if codec.Absent(p.effort) {
		return nil
	}
	level := ""
	switch string(codec.Word(p.effort)) {
	case "none":
		b.Put(`,"think":false`)
		return nil
	case "minimal", "low":
		level = "low"
	case "medium":
		level = "medium"
	case "high":
		level = "high"
	case "xhigh", "max":
		level = "max"
	default:
		return codec.Invalid(&at, "expected none, minimal, low, medium, high, xhigh or max")
	}
	known := levelsOf(r.model)
	if config.levels == byBoolean || config.levels == byModel && known == switched {
		b.Put(`,"think":true`)
		return nil
	}
	if level == "max" && known == threeLevels {
		level = "high"
	}
	b.Put(`,"think":`).Quote(level)
	return nil
}

// levels are how a model can be told to think.
type levels uint8

const (
	anyLevel    levels = iota // low, medium, high, max
	threeLevels               // low, medium, high
	switched                  // on or off: older servers refuse a level for them
)

// thinkers are the families of models that do not take every level, by the beginning of their name in
// Ollama's library.
var thinkers = []struct {
	prefix string
	levels levels
}{
	{"gpt-oss", threeLevels},
	{"qwen3", switched},
	{"deepseek-r1", switched},
	{"deepseek-v3", switched},
	{"magistral", switched},
	{"cogito", switched},
}

func levelsOf(model string) levels {
	name := strings.ToLower(model[strings.LastIndexByte(model, '/')+1:])
	for _, t := range thinkers {
		if strings.HasPrefix(name, t.prefix) {
			return t.levels
		}
	}
	return anyLevel
}

// probabilities writes logprobs; servers older than 0.12.11 ignore it, which the answer shows.
func (r *ask) probabilities(b *codec.JSON, p *parameters) error {
	on, err := boolean(p.logprobs, &codec.Path{Name: "logprobs"})
	if err != nil || !on {
		return err
	}
	r.memory.probable = true
	b.Put(`,"logprobs":true`)
	at := codec.Path{Name: "top_logprobs"}
	n, ok, err := codec.Integer(p.topLogprobs, &at)
	if err != nil || !ok {
		return err
	}
	if n < 0 || n > 20 {
		return codec.Invalid(&at, "expected an integer from 0 to 20")
	}
	b.Put(`,"top_logprobs":`).Int(n)
	return nil
}

// shape sets the form of the answer that response_format asks for.
func (r *ask) shape(out longmen.Value, p *parameters) error {
	if codec.Absent(p.format) {
		return nil
	}
	at := codec.Path{Name: "response_format"}
	switch string(codec.Word(p.format.Get("type"))) {
	case "text":
	case "json_object":
		out.SetString("format", "json")
	case "json_schema":
		schema := p.format.Pointer("/json_schema/schema")
		switch schema.Kind() {
		case longmen.KindObject:
			out.Set("format", schema)
		case longmen.KindInvalid, longmen.KindNull:
			out.SetString("format", "json")
		default:
			inner := at.Member("json_schema")
			return codec.InvalidIn(&inner, "schema", "expected a JSON Schema object")
		}
	default:
		return codec.InvalidIn(&at, "type", "expected text, json_object or json_schema")
	}
	return nil
}

// set sets the options: the client's own, and what it said in OpenAI's words where those do not say it.
func (r *ask) set(out longmen.Value, p *parameters) error {
	own := !codec.Absent(p.options)
	if own && p.options.Kind() != longmen.KindObject {
		return codec.Invalid(&codec.Path{Name: "options"}, "expected an object")
	}
	stops, err := r.stops(p.stop)
	if err != nil {
		return err
	}
	if stops.Exists() {
		r.settings = append(r.settings, setting{"stop", stops})
	}
	options := p.options
	if !own {
		if len(r.settings) == 0 {
			return nil
		}
		options = longmen.NewObject()
	}
	for _, s := range r.settings {
		if !own || !options.Get(s.name).Exists() {
			options.Set(s.name, s.value)
		}
	}
	out.Set("options", options)
	return nil
}

// stops is the array of stop sequences, which Ollama wants in any case; zero when there are none.
func (w *walk) stops(stop longmen.Value) (longmen.Value, error) {
	at := codec.Path{Name: "stop"}
	switch stop.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return 0, nil
	case longmen.KindString:
		if !codec.Text(stop) {
			return 0, nil
		}
		list := longmen.NewArray()
		list.Append(stop)
		return list, nil
	case longmen.KindArray:
	default:
		return 0, codec.Invalid(&at, "expected a string or an array of strings")
	}
	i, n := 0, 0
	for v := stop.First(); v.Exists(); v = v.Next() {
		here := at.Element(i)
		i++
		if err := w.step(&here); err != nil {
			return 0, err
		}
		switch {
		case v.Kind() != longmen.KindString:
			return 0, codec.Invalid(&here, "expected a string")
		case !codec.Text(v): // it would end every answer at once
			w.leave(v)
		default:
			n++
		}
	}
	w.clean()
	if n == 0 {
		return 0, nil
	}
	return stop, nil
}
