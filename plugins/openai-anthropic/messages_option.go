package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// maxStops is how many stop sequences OpenAI takes.
const maxStops = 4

// bound sets what bounds and steers the answer, and who asks.
func (r *messages) bound(p *messagesParameters) error {
	if r.count {
		return r.shape(p)
	}
	at := codec.Path{Name: "max_tokens"}
	n, ok, err := integer(p.maxTokens, &at)
	if err != nil {
		return err
	}
	if ok {
		if n < 1 {
			return codec.Invalid(&at, "expected at least 1")
		}
		if r.openai && r.to.max > 0 && n > r.to.max {
			n = r.to.max // a 400 at OpenAI; clients ask for what Claude can do
			if err := r.Warn("max_tokens", "lowered to what this model can answer"); err != nil {
				return err
			}
		}
		name := "max_completion_tokens"
		if r.wire && r.quirks.Has("max_tokens") {
			name = "max_tokens"
		}
		r.out.SetInt(name, n)
	}
	for _, s := range [...]struct {
		name string
		v    longmen.Value
	}{{"temperature", p.temperature}, {"top_p", p.topP}, {"top_k", p.topK}} {
		if codec.Absent(s.v) {
			continue
		}
		if s.v.Kind() != longmen.KindNumber {
			return codec.Invalid(&codec.Path{Name: s.name}, "expected a number")
		}
		if s.name == "top_k" && r.wire && !r.quirks.Has("top_k") {
			if err := r.Warn("top_k", "not supported by openai"); err != nil {
				return err
			}
			continue
		}
		r.out.Set(s.name, s.v)
	}
	if err := r.stops(p.stops); err != nil {
		return err
	}
	if err := r.account(p); err != nil {
		return err
	}
	return r.shape(p)
}

func (r *messages) stops(v longmen.Value) error {
	at := codec.Path{Name: "stop_sequences"}
	switch v.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return nil
	case longmen.KindArray:
	default:
		return codec.Invalid(&at, "expected an array of strings")
	}
	i := 0
	for s := v.First(); s.Exists(); s = s.Next() {
		here := at.Element(i)
		i++
		if err := r.step(&here); err != nil {
			return err
		}
		if s.Kind() != longmen.KindString {
			return codec.Invalid(&here, "expected a string")
		}
	}
	if i > maxStops && r.wire && !r.quirks.Has("max_stop_any") {
		return codec.Unsupported(&at, "expected at most 4 stop sequences: openai takes no more")
	}
	if i > 0 {
		r.out.Set("stop", v)
	}
	return nil
}

// maxSafety bounds the name of who asks at OpenAI, in bytes.
const maxSafety = 64

// account tells who asks and on which terms.
func (r *messages) account(p *messagesParameters) error {
	if p.metadata.Kind() == longmen.KindObject {
		for m, next := p.metadata.First(), longmen.Value(0); m.Exists(); m = next {
			next = m.Next()
			name := codec.Key(m)
			switch {
			case string(name) != "user_id":
				at := codec.Path{Name: "metadata"}
				if err := r.unknown("metadata", name, m, &at); err != nil {
					return err
				}
			case !codec.Text(m):
			case r.openai && m.Len() > maxSafety: // Claude Code's is JSON with an account and a session
				r.out.SetString("user", opaque(m))
			default:
				r.out.Set("user", m)
			}
		}
	}
	switch string(codec.Word(p.tier)) {
	case "auto":
		r.out.SetString("service_tier", "auto")
	case "standard_only":
		r.out.SetString("service_tier", "default")
	}
	return nil
}

// opaque is a name of 64 characters for a longer one.
func opaque(v longmen.Value) string {
	digest := v.Digest()
	sum := longmen.MAC("", "user\x00"+string(digest[:]))
	return string(longmen.AppendHex(make([]byte, 0, 2*len(sum)), sum[:]))
}

// shape sets the form of the answer.
func (r *messages) shape(p *messagesParameters) error {
	format, at := p.format, codec.Path{Name: "output_format"}
	if v := p.config.Get("format"); !codec.Absent(v) {
		config := codec.Path{Name: "output_config"}
		format, at = v, config.Member("format")
	}
	if codec.Absent(format) {
		return nil
	}
	if !format.Get("type").Is("json_schema") {
		return codec.UnsupportedIn(&at, "type", "expected json_schema")
	}
	schema := format.Get("schema")
	if schema.Kind() != longmen.KindObject {
		return codec.InvalidIn(&at, "schema", "expected a JSON Schema")
	}
	f := longmen.NewJSON(`{"type":"json_schema","json_schema":{"name":"response","strict":true}}`)
	f.Get("json_schema").Set("schema", schema)
	r.out.Set("response_format", f)
	return nil
}

// think tells the model how much to think.
func (r *messages) think(p *messagesParameters) error {
	effort, param := "", "thinking"
	for m := p.config.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "effort":
			if codec.Absent(m) {
				continue
			}
			switch e := string(codec.Word(m)); e {
			case "low", "medium", "high", "xhigh", "max":
				effort, param = e, "output_config.effort"
			default:
				return codec.Invalid(&codec.Path{Name: "output_config.effort"}, "expected low, medium, high, xhigh or max")
			}
		case "format":
		default:
			at := codec.Path{Name: "output_config"}
			if err := r.unknown("output_config", name, m, &at); err != nil {
				return err
			}
		}
	}
	if !codec.Absent(p.thinking) {
		switch string(codec.Word(p.thinking.Get("type"))) {
		case "disabled":
			effort = "none"
		case "adaptive":
		case "enabled":
			param = "thinking"
			n, _, err := integer(p.thinking.Get("budget_tokens"), &codec.Path{Name: "thinking.budget_tokens"})
			switch {
			case err != nil:
				return err
			case n <= 1024:
				effort = "low"
			case n <= 8192:
				effort = "medium"
			default:
				effort = "high"
			}
		default:
			return codec.Invalid(&codec.Path{Name: "thinking.type"}, "expected enabled, adaptive or disabled")
		}
	}
	if r.openai {
		switch {
		case effort == "none":
			effort = r.to.off
		case effort != "" && r.to.top == "":
			return r.Warn(param, "this model does not think")
		case effort == "xhigh" || effort == "max":
			effort = r.to.top
		}
	}
	if effort != "" {
		r.out.SetString("reasoning_effort", effort)
	}
	return nil
}
