package migration

// fallbackPlans are groups by the group that they stand in for, "*" for all without one of their own.
type fallbackPlans struct{ general, context, content map[string][]value }

func (l *lite) fallbackPlans() fallbackPlans {
	plans := fallbackPlans{l.readFallbacks("fallbacks"), l.readFallbacks("context_window_fallbacks"), l.readFallbacks("content_policy_fallbacks")}
	if v, ok := l.setting("default_fallbacks"); ok {
		plans.general["*"] = append(plans.general["*"], v.list()...)
	}
	return plans
}

// readFallbacks reads a list of mappings from a group to others.
func (l *lite) readFallbacks(key string) map[string][]value {
	out := make(map[string][]value)
	v, ok := l.setting(key)
	if !ok {
		return out
	}
	for _, item := range v.list() {
		s := newSection(item, l.notes)
		if len(s.order) == 0 {
			l.notes.lost(item, "it is no mapping from a model to others")
		}
		for _, from := range s.order {
			if from != "*" && l.known(from) == nil {
				l.notes.lost(s.keys[from], "no model of that name is carried")
				continue
			}
			to, _ := s.take(from)
			out[from] = append(out[from], to.list()...)
		}
	}
	return out
}

// known is the group of a name or alias that leads somewhere.
func (l *lite) known(name string) *group {
	for _, g := range l.groups {
		if len(g.pools) == 0 {
			continue
		}
		if g.name == name {
			return g
		}
		for _, also := range g.also {
			if also == name {
				return g
			}
		}
	}
	return nil
}

// providersOf are the providers that stand in for a group.
func (l *lite) providersOf(plan map[string][]value, g *group) (out []string) {
	seen := make(map[string]bool)
	for _, p := range g.pools {
		seen[p.name] = true
	}
	list := plan[g.name]
	if len(list) == 0 {
		list = plan["*"]
	}
	for _, v := range list {
		name, ok := v.text()
		to := l.known(name)
		switch {
		case !ok:
			l.notes.lost(v, "a fallback with a request of its own, expected a model's name")
			continue
		case to == nil || star(to.name):
			l.notes.lost(v, "no model of that name is carried")
			continue
		}
		for _, p := range to.pools {
			if !seen[p.name] {
				seen[p.name] = true
				out = append(out, p.name)
			}
		}
	}
	return out
}
