package togemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// think sets how much the model thinks, and the other settings that only Google's own endpoint knows.
func (r *request) think(p *parameters) error {
	given := !codec.Absent(p.effort)
	own, err := r.extra(p, given)
	if err != nil {
		return err
	}
	if config.safety != "" && !r.out.Get("safetySettings").Exists() {
		r.out.Set("safetySettings", longmen.NewJSON(config.safety))
	}
	if own {
		return nil
	}
	at := codec.Path{Name: "reasoning_effort"}
	if !given {
		if config.thoughts == always && r.to.thinking != nil {
			r.generate().Set("thinkingConfig", longmen.NewJSON(`{"includeThoughts":true}`))
		}
		return nil
	}
	column, ok := effort(p.effort)
	if !ok {
		return codec.Invalid(&at, "expected none, minimal, low, medium, high or xhigh")
	}
	if r.to.thinking == nil {
		if column == effortNone {
			return nil
		}
		return r.Warn("reasoning_effort", "this gemini model does not think")
	}
	t := r.to.thinking[column]
	b := add(output[:0], `{"thinking`)
	if t.level != "" {
		b = add(b, `Level":"`)
		b = append(b, t.level...)
		b = append(b, '"')
	} else {
		b = add(b, `Budget":`)
		b = addInt(b, int64(t.budget))
	}
	if config.thoughts == always || config.thoughts == auto && column != effortNone {
		b = add(b, `,"includeThoughts":true`)
	}
	output = append(b, '}')
	r.generate().Set("thinkingConfig", codec.Parsed(output))
	return nil
}

// Places in errors; a path that is handed on must outlive its function.
var (
	extraBody = codec.Path{Name: "extra_body"}
	innerBody = extraBody.Member("extra_body")
)

// google finds what clients send for Google's endpoint, and where: extra_body.google, one level deeper, or at the
// top, depending on how an SDK unwraps it.
func (r *request) google(extra, top longmen.Value) (v longmen.Value, at codec.Path, err error) {
	at = codec.Path{Name: "google"}
	if k := extra.Kind(); k != longmen.KindObject && k != longmen.KindInvalid && k != longmen.KindNull {
		return 0, at, codec.Invalid(&extraBody, "expected an object")
	}
	for m := extra.First(); m.Exists(); m = m.Next() {
		switch k := codec.Key(m); string(k) {
		case "google":
			if !codec.Absent(m) {
				top, at = m, extraBody.Member("google")
			}
		case "extra_body":
			if v := m.Get("google"); !codec.Absent(v) {
				top, at = v, innerBody.Member("google")
			}
		default:
			if err := r.unknown("extra_body", k, m, &extraBody); err != nil {
				return 0, at, err
			}
		}
	}
	if codec.Absent(top) {
		return 0, at, nil
	}
	if top.Kind() != longmen.KindObject {
		return 0, at, codec.Invalid(&at, "expected an object")
	}
	return top, at, nil
}

// extra reads what clients send for Google's endpoint. It tells whether that sets the thinking.
func (r *request) extra(p *parameters, effort bool) (thinking bool, err error) {
	if !p.extra.Exists() && !p.google.Exists() {
		return false, nil
	}
	google, at, err := r.google(p.extra, p.google)
	if err != nil {
		return false, err
	}
	for m, next := google.First(), longmen.Value(0); m.Exists(); m = next {
		if next = m.Next(); codec.Absent(m) {
			continue
		}
		name := string(codec.Key(m))
		here := at.Member(name)
		switch name {
		case "thinking_config", "thinkingConfig":
			if effort {
				return false, codec.Invalid(&here, "expected either this or reasoning_effort")
			}
			thinking = true
			if r.to.thinking == nil {
				if err := r.Warn(here.String(), "this gemini model does not think"); err != nil {
					return false, err
				}
				continue
			}
			if err := r.ownThinking(m, &here); err != nil {
				return false, err
			}
		case "cached_content", "cachedContent":
			if !codec.Text(m) {
				return false, codec.Invalid(&here, "expected the name of a cached content")
			}
			r.out.Set("cachedContent", m)
		case "safety_settings", "safetySettings":
			if m.Kind() != longmen.KindArray {
				return false, codec.Invalid(&here, "expected an array of settings")
			}
			r.out.Set("safetySettings", m)
		case "labels":
			if r.quirk("vertex") && m.Kind() == longmen.KindObject {
				r.out.Set("labels", m)
				continue
			}
			if err := r.Warn(here.String(), "not supported by the gemini api"); err != nil {
				return false, err
			}
		case "task_type":
			if err := r.Warn(here.String(), "not supported by the gemini api"); err != nil {
				return false, err
			}
		default:
			return false, codec.Unsupported(&here, "expected thinking_config, cached_content or safety_settings")
		}
	}
	return thinking, nil
}

// ownThinking takes a thinking_config in either spelling over.
func (r *request) ownThinking(v longmen.Value, at *codec.Path) error {
	if v.Kind() != longmen.KindObject {
		return codec.Invalid(at, "expected an object")
	}
	c := longmen.NewObject()
	for m, next := v.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		name := string(codec.Key(m))
		switch name {
		case "thinking_budget", "thinkingBudget":
			c.Set("thinkingBudget", m)
		case "thinking_level", "thinkingLevel":
			c.Set("thinkingLevel", m)
		case "include_thoughts", "includeThoughts":
			c.Set("includeThoughts", m)
		default:
			here := at.Member(name)
			return codec.Unsupported(&here, "expected thinking_budget, thinking_level or include_thoughts")
		}
	}
	r.generate().Set("thinkingConfig", c)
	return nil
}
