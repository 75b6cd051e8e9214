package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// reasoning is how much the client wants the model to think.
type reasoning struct {
	param  string        // the member that says it
	on     bool          // it thinks, unless something in the request forbids it
	off    bool          // it must not think
	effort string        // output_config.effort, for models that take one
	budget int64         // budget_tokens, for models that take one
	own    longmen.Value // a thinking object in Anthropic's own form
}

// The budgets of older models for an effort, and the least that Anthropic takes.
const (
	budgetLow    = 1024
	budgetMedium = 8192
	budgetHigh   = 24576
	budgetLeast  = 1024
)

// weigh reads what the client wants of the model's thinking.
func (r *chat) weigh(p *chatParameters) error {
	w := &r.reason
	given := !codec.Absent(p.effort)
	if given {
		w.param = "reasoning_effort"
		if err := r.effort(p.effort); err != nil {
			return err
		}
	}
	if !codec.Absent(p.thinking) {
		w.param = "thinking"
		if err := r.ownThinking(p.thinking); err != nil {
			return err
		}
	}
	if r.to.thinking == thinksNot && w.on {
		w.on, w.own = false, 0
		return r.Warn(w.param, "this claude model does not think")
	}
	return nil
}

func (r *chat) effort(v longmen.Value) error {
	w := &r.reason
	w.on, w.budget = true, budgetHigh
	switch string(codec.Word(v)) {
	case "none":
		w.on, w.off = false, true
	case "minimal", "low":
		w.effort, w.budget = "low", budgetLow
	case "medium":
		w.effort, w.budget = "medium", budgetMedium
	case "high":
		w.effort = "high"
	case "xhigh":
		if w.effort = "high"; r.to.xhigh {
			w.effort = "xhigh"
		}
	case "max":
		w.effort = "max"
	default:
		return codec.Invalid(&codec.Path{Name: "reasoning_effort"}, "expected none, minimal, low, medium, high, xhigh or max")
	}
	return nil
}

// ownThinking takes a thinking object over, which Anthropic's own endpoint for OpenAI's clients knows too.
func (r *chat) ownThinking(v longmen.Value) error {
	w, at := &r.reason, codec.Path{Name: "thinking"}
	w.own = longmen.NewObject()
	for m, next := v.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		switch name := string(codec.Key(m)); name {
		case "type":
			switch string(codec.Word(m)) {
			case "enabled", "adaptive":
				w.on, w.off = true, false
			case "disabled":
				w.on, w.off = false, true
			default:
				return codec.InvalidIn(&at, "type", "expected enabled, adaptive or disabled")
			}
			w.own.Set(name, m)
		case "budget_tokens", "display":
			w.own.Set(name, m)
		default:
			if err := r.unknown("thinking", []byte(name), m, &at); err != nil {
				return err
			}
		}
	}
	if !w.on && !w.off {
		return codec.InvalidIn(&at, "type", "expected enabled, adaptive or disabled")
	}
	return r.conform()
}

// conform brings a thinking object into the form that the model takes: a budget, none, or either.
func (r *chat) conform() error {
	w := &r.reason
	budget := w.own.Get("budget_tokens")
	switch {
	case !w.on:
		if r.to.always {
			w.own = 0
		}
	case r.to.thinking == thinksBudget && w.own.Get("type").Is("adaptive"):
		w.own = 0
		if w.budget == 0 { // no effort says how much
			w.budget = budgetHigh
		}
	case r.to.thinking == thinksBudget && !r.count && budget.Int() >= r.limit: // an effort's bounds hold for it, too
		w.own, w.budget = 0, budget.Int()
	case r.to.thinking == thinksAdaptive && r.to.sampling == sampleNone && w.own.Get("type").Is("enabled"):
		budget.Delete()
		w.own.SetString("type", "adaptive")
		return r.Warn("thinking.budget_tokens", "this claude model decides itself how much it thinks")
	}
	return nil
}

// think tells the model how much to think, when nothing in the request forbids it.
func (r *chat) think(p *chatParameters) error {
	w := &r.reason
	if w.on {
		why := ""
		switch {
		case r.mode == "any" || r.mode == "tool":
			why = "left out: claude does not think when a tool is forced"
		case r.loop && !r.signed && r.last == 'u':
			why = "left out: the signed thinking of the open tool turn is missing"
		case r.last == 'a' && r.to.thinking == thinksBudget:
			why = "left out: claude does not think when it continues an assistant message"
		}
		if why != "" {
			w.on, w.own = false, 0
			if err := r.Warn(w.param, why); err != nil {
				return err
			}
		}
	}
	if r.to.thinking == thinksAdaptive && w.effort != "" {
		r.configure().SetString("effort", w.effort)
	}
	switch {
	case w.own.Exists() && (w.on || r.to.thinking != thinksNot):
		r.out.Set("thinking", w.own)
	case w.on && r.to.thinking == thinksAdaptive:
		r.out.Set("thinking", longmen.NewJSON(`{"type":"adaptive"}`))
	case w.on:
		return r.spend()
	case w.off && r.to.thinking == thinksAdaptive && r.to.always:
		return r.Warn(w.param, "this claude model always thinks")
	case w.off && r.to.thinking == thinksAdaptive:
		r.out.Set("thinking", longmen.NewJSON(`{"type":"disabled"}`))
	}
	return nil
}

// spend sets a budget: at least what Anthropic takes, and less than the answer as a whole.
func (r *chat) spend() error {
	budget := r.reason.budget
	if !r.count {
		if r.limit <= budgetLeast {
			r.limit += budgetLeast
			r.out.SetInt("max_tokens", r.limit)
			if err := r.Warn(r.reason.param, "max_tokens is raised: thinking takes at least 1024 of them"); err != nil {
				return err
			}
		}
		if budget >= r.limit { // half of it is left to the answer
			budget = max(budgetLeast, r.limit/2)
		}
	}
	t := longmen.NewJSON(`{"type":"enabled"}`)
	t.SetInt("budget_tokens", budget)
	r.out.Set("thinking", t)
	return nil
}

// configure is the output_config, made when the first setting needs it.
func (r *chat) configure() longmen.Value {
	if !r.config.Exists() {
		r.config = longmen.NewObject()
		r.out.Set("output_config", r.config)
	}
	return r.config
}
