package migration

// write writes a provider block.
func (p *provider) write(w *writer) {
	w.comments(p.comments)
	words := []string{"provider", p.name}
	if p.preset != "" && p.preset != p.name {
		words = append(words, p.preset)
	}
	w.block(func() {
		if p.base != "" {
			w.line("base_url", p.base)
		}
		if p.dialect != "" {
			w.line("dialect", p.dialect)
		}
		if len(p.quirks) > 0 {
			w.line(append([]string{"quirks"}, p.quirks...)...)
		}
		writeKeys(w, p.keys)
		for _, h := range p.headers {
			w.line("header", h[0], h[1])
		}
		for _, e := range p.endpoints {
			e.write(w)
		}
		if len(p.balance) > 0 && p.lanes() > 1 {
			w.line(append([]string{"balance"}, p.balance...)...)
		}
		if p.cooldown != "" {
			w.line("cooldown", p.cooldown)
		}
		p.breaker.write(w)
		if len(p.models) > 0 {
			w.block(func() {
				for _, m := range p.models {
					w.line(m[0], m[1])
				}
			}, "models")
		}
		if len(p.prices) > 0 {
			w.block(func() {
				for _, m := range p.prices {
					words := []string{m.model}
					for _, amount := range m.amounts {
						words = append(words, ftoa(amount))
					}
					w.line(words...)
				}
			}, "prices")
		}
		p.writeTimes(w)
		if p.proxy != "" {
			w.block(func() { w.line("network_proxy", "url", p.proxy) }, "transport", "http")
		}
	}, words...)
}

func (p *provider) writeTimes(w *writer) {
	if p.answer != "" || p.firstToken != "" {
		w.block(func() {
			if p.firstToken != "" {
				w.line("first_token", p.firstToken)
			}
			if p.answer != "" {
				w.line("answer", p.answer)
			}
		}, "timeouts")
	}
	if p.concurrent > 0 {
		w.block(func() { w.line("concurrent", itoa(p.concurrent)) }, "limit")
	}
}

func (b *breaker) write(w *writer) {
	switch {
	case b == nil:
	case b.off:
		w.line("breaker", "off")
	default:
		w.block(func() {
			w.line("failures", itoa(b.failures))
			w.line("open", b.open, b.open)
		}, "breaker")
	}
}

// writeKeys writes plain keys on a line, and others in blocks.
func writeKeys(w *writer, keys []key) {
	line := []string{"api_key"}
	for _, k := range keys {
		if k.plain() {
			line = append(line, k.word)
		}
	}
	if len(line) > 1 {
		w.line(line...)
	}
	for _, k := range keys {
		if k.plain() {
			continue
		}
		w.block(func() {
			if k.weight > 1 {
				w.line("weight", itoa(k.weight))
			}
			if k.priority > 1 {
				w.line("priority", itoa(k.priority))
			}
			if k.rpm > 0 {
				w.line("rpm", itoa(k.rpm))
			}
			if k.tpm > 0 {
				w.line("tpm", itoa(k.tpm))
			}
		}, "key", k.word)
	}
}

func (k *key) plain() bool { return k.weight <= 1 && k.priority <= 1 && k.rpm == 0 && k.tpm == 0 }

func (e *endpoint) write(w *writer) {
	w.comments(e.comments)
	content := func() {
		writeKeys(w, e.keys)
		if e.weight > 1 {
			w.line("weight", itoa(e.weight))
		}
		if e.priority > 1 {
			w.line("priority", itoa(e.priority))
		}
		if e.model != "" {
			w.line("model", e.model)
		}
		if e.cost > 0 {
			w.line("cost", ftoa(e.cost))
		}
	}
	if len(e.keys) == 0 && e.weight <= 1 && e.priority <= 1 && e.model == "" && e.cost == 0 {
		w.line("endpoint", e.name, e.url)
		return
	}
	w.block(content, "endpoint", e.name, e.url)
}
