package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// one reads n: Anthropic gives one answer.
func (r *chat) one(v longmen.Value) error {
	at := codec.Path{Name: "n"}
	if n, ok, err := integer(v, &at); err != nil {
		return err
	} else if ok && n != 1 {
		return codec.Unsupported(&at, "expected 1: anthropic gives one answer")
	}
	return nil
}

// bound finds max_tokens, which Anthropic requires.
func (r *chat) bound(p *chatParameters) error {
	v, at := p.maxCompletion, codec.Path{Name: "max_completion_tokens"}
	if codec.Absent(v) {
		v, at = p.maxTokens, codec.Path{Name: "max_tokens"}
	}
	n, ok, err := integer(v, &at)
	switch {
	case err != nil:
		return err
	case !ok && config.maxTokens > 0:
		r.limit = config.maxTokens
		return nil
	case !ok:
		r.limit = r.to.max
		return nil
	case n < 1:
		return codec.Invalid(&at, "expected at least 1")
	}
	r.limit = n
	if r.to.prefix != "" && n > r.to.max { // a 400 at Anthropic; clients ask for what other models can do
		r.limit = r.to.max
		return r.Warn(at.Name, "lowered to what this claude model can answer")
	}
	return nil
}

// sample sets what steers and bounds the answer, and who asks.
func (r *chat) sample(p *chatParameters) error {
	if r.count {
		return nil
	}
	if err := r.stops(p.stop); err != nil {
		return err
	}
	temperature := !codec.Absent(p.temperature)
	for _, s := range [...]struct {
		name string
		v    longmen.Value
	}{{"temperature", p.temperature}, {"top_p", p.topP}, {"top_k", p.topK}} {
		if codec.Absent(s.v) {
			continue
		}
		at := codec.Path{Name: s.name}
		if s.v.Kind() != longmen.KindNumber {
			return codec.Invalid(&at, "expected a number")
		}
		why := ""
		switch {
		case r.to.sampling == sampleNone:
			why = "this claude model chooses its sampling itself"
		case r.reason.on:
			why = "left out: claude chooses its sampling itself while it thinks"
		case s.name == "top_p" && temperature && r.to.sampling == sampleOne:
			why = "left out: this claude model takes it only without temperature"
		}
		if why != "" {
			if err := r.Warn(s.name, why); err != nil {
				return err
			}
			continue
		}
		if s.name == "temperature" {
			if n := s.v.Float(); n < 0 || n > 1 {
				if err := r.Warn("temperature", "brought into anthropic's range from 0 to 1"); err != nil {
					return err
				}
				r.out.SetInt("temperature", int64(min(max(n, 0), 1)))
				continue
			}
		}
		r.out.Set(s.name, s.v)
	}
	return r.account(p)
}

// stops moves the stop sequences; Anthropic refuses those of white space alone.
func (r *chat) stops(v longmen.Value) error {
	at := codec.Path{Name: "stop"}
	var list longmen.Value
	add := func(s longmen.Value) error {
		if blank(s) {
			return r.Warn("stop", "anthropic takes no stop sequence of white space alone")
		}
		if !list.Exists() {
			list = longmen.NewArray()
		}
		list.Append(s)
		return nil
	}
	switch v.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return nil
	case longmen.KindString:
		if err := add(v); err != nil {
			return err
		}
	case longmen.KindArray:
		i := 0
		for s, next := v.First(), longmen.Value(0); s.Exists(); s = next {
			next = s.Next()
			here := at.Element(i)
			i++
			if err := r.step(&here); err != nil {
				return err
			}
			if s.Kind() != longmen.KindString {
				return codec.Invalid(&here, "expected a string")
			}
			if err := add(s); err != nil {
				return err
			}
		}
	default:
		return codec.Invalid(&at, "expected a string or an array of strings")
	}
	if list.Exists() {
		r.out.Set("stop_sequences", list)
	}
	return nil
}

// maxUser bounds metadata.user_id, in bytes.
const maxUser = 256

// account tells who asks and on which terms.
func (r *chat) account(p *chatParameters) error {
	user, name := p.safety, "safety_identifier"
	if codec.Absent(user) {
		user, name = p.user, "user"
	}
	if !codec.Absent(user) {
		var buffer [maxUser + 1]byte
		b := user.Prefix(buffer[:])
		opaque := len(b) <= maxUser
		for _, c := range b {
			opaque = opaque && c != '@'
		}
		switch {
		case user.Kind() != longmen.KindString:
			return codec.Invalid(&codec.Path{Name: name}, "expected a string")
		case !opaque:
			if err := r.Warn(name, "left out: anthropic takes opaque identifiers of at most 256 bytes"); err != nil {
				return err
			}
		case len(b) > 0:
			m := longmen.NewObject()
			m.Set("user_id", user)
			r.out.Set("metadata", m)
		}
	}
	switch string(codec.Word(p.tier)) {
	case "auto":
		r.out.SetString("service_tier", "auto")
	case "default":
		r.out.SetString("service_tier", "standard_only")
	}
	return nil
}
