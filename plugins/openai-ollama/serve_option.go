package openaiollama

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// maxStops is how many stop sequences OpenAI takes.
const maxStops = 4

// choose reads the options: those that OpenAI has too move, those about the server's memory have no
// effect on the answer.
func (r *serve) choose(options longmen.Value) error {
	at := codec.Path{Name: "options"}
	if codec.Absent(options) {
		return nil
	}
	if options.Kind() != longmen.KindObject {
		return codec.Invalid(&at, "expected an object")
	}
	for m := options.First(); m.Exists(); m = m.Next() {
		if m.Kind() == longmen.KindNull {
			continue
		}
		var err error
		switch name := codec.Key(m); string(name) {
		case "num_predict":
			err = r.limit(m, &at)
		case "temperature":
			err = r.number(m, "temperature", &at)
		case "top_p":
			err = r.number(m, "top_p", &at)
		case "presence_penalty":
			err = r.number(m, "presence_penalty", &at)
		case "frequency_penalty":
			err = r.number(m, "frequency_penalty", &at)
		case "seed":
			err = r.number(m, "seed", &at)
		case "top_k":
			if r.takes("top_k") {
				err = r.number(m, "top_k", &at)
			} else {
				err = r.unknown("options", name, m, &at)
			}
		case "stop":
			err = r.stops(m, &at)
		case "num_ctx", "num_keep", "num_batch", "num_gpu", "main_gpu", "num_thread", "num_gqa", "low_vram", "f16_kv",
			"vocab_only", "use_mmap", "use_mlock", "numa", "logits_all", "embedding_only", "rope_frequency_base", "rope_frequency_scale":
			// how a server of Ollama's manages its memory
		default:
			err = r.unknown("options", name, m, &at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// number remembers an option that OpenAI knows by the same name.
func (r *serve) number(v longmen.Value, name string, at *codec.Path) error {
	if v.Kind() != longmen.KindNumber {
		return codec.InvalidIn(at, name, "expected a number")
	}
	r.settings = append(r.settings, setting{name, v})
	return nil
}

// limit bounds the answer; with a negative number Ollama does not.
func (r *serve) limit(v longmen.Value, at *codec.Path) error {
	where := at.Member("num_predict")
	n, _, err := codec.Integer(v, &where)
	if err != nil {
		return err
	}
	if n > 0 {
		r.settings = append(r.settings, setting{r.limitName(), v})
	}
	return nil
}

// stops takes the stop sequences over.
func (r *serve) stops(v longmen.Value, at *codec.Path) error {
	where := at.Member("stop")
	n := 0
	switch v.Kind() {
	case longmen.KindString:
		if !codec.Text(v) {
			return nil
		}
	case longmen.KindArray:
		i := 0
		for s := v.First(); s.Exists(); s = s.Next() {
			here := where.Element(i)
			i++
			if err := r.step(&here); err != nil {
				return err
			}
			switch {
			case s.Kind() != longmen.KindString:
				return codec.Invalid(&here, "expected a string")
			case codec.Text(s):
				n++
			default: // it would end every answer at once
				r.leave(s)
			}
		}
		if n == 0 {
			r.drop = r.drop[:0]
			return nil
		}
		r.clean()
	default:
		return codec.Invalid(&where, "expected a string or an array of strings")
	}
	if n > maxStops && !r.takes("max_stop_any") {
		return codec.Unsupported(&where, "expected at most 4 stop sequences")
	}
	r.settings = append(r.settings, setting{"stop", v})
	return nil
}
