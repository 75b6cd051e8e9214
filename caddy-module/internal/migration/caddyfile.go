package migration

import (
	"strings"
)

// writer writes a Caddyfile.
type writer struct {
	b     strings.Builder
	depth int
}

func (w *writer) indent() { w.b.WriteString(strings.Repeat("\t", w.depth)) }

// line writes a line of words.
func (w *writer) line(words ...string) {
	w.indent()
	for i, word := range words {
		if i > 0 {
			w.b.WriteByte(' ')
		}
		w.b.WriteString(quote(word))
	}
	w.b.WriteByte('\n')
}

// block writes a line of words with a block behind it.
func (w *writer) block(content func(), words ...string) {
	w.indent()
	for _, word := range words {
		w.b.WriteString(quote(word))
		w.b.WriteByte(' ')
	}
	w.b.WriteString("{\n")
	w.depth++
	content()
	w.depth--
	w.indent()
	w.b.WriteString("}\n")
}

// comments writes a line each. What they quote of the file must not end them.
func (w *writer) comments(texts []string) {
	for _, text := range texts {
		w.indent()
		w.b.WriteString("# " + strings.Join(strings.Fields(strings.ReplaceAll(text, "{$", "{ $")), " ") + "\n")
	}
}

// caddyfile writes the gateway down, below what has to be said of it.
func (g *gateway) caddyfile(notes []Note) string {
	w := new(writer)
	w.comments([]string{
		"Made from a configuration of " + g.origin + ", to whose lines the comments refer. In models a * is what other names come to: those of models that the",
		"provider stands in for as a fallback; and it keeps GET /v1/models to the names above it.",
	})
	for _, n := range notes {
		if n.Kind != Advice {
			w.comments([]string{"Line " + itoa(n.Line) + ": " + n.String()})
		}
	}
	w.block(func() {
		if g.debug {
			w.line("debug")
		}
		w.block(func() { g.global(w) }, "llm_gateway")
	})
	w.b.WriteByte('\n')
	w.block(func() {
		if g.bind != "" {
			w.line("bind", g.bind)
		}
		if g.cert != "" {
			w.line("tls", g.cert, g.key)
		}
		w.line(append([]string{"@health", "path"}, g.healthy...)...)
		w.block(func() { w.line("respond", "200") }, "handle", "@health")
		w.block(func() { w.block(func() { g.directive(w) }, "llm_gateway") }, "handle")
	}, g.listen)
	return w.b.String()
}

// global writes the global option.
func (g *gateway) global(w *writer) {
	for _, p := range g.providers {
		p.write(w)
	}
	if s := g.store; s != nil {
		w.block(func() { s.write(w) }, "store", s.name, "redis")
		if g.share {
			w.line("share_health", s.name)
		}
	}
	if a := g.answers; a != nil {
		w.block(func() {
			if a.store != "" {
				w.line("grant", "kv", a.store)
			}
			if a.ttl != "" {
				w.block(func() { w.line("ttl", a.ttl) }, "config")
			}
		}, "plugin", "answers")
	}
}

func (s *store) write(w *writer) {
	w.line("address", s.address)
	if s.password != "" {
		w.line("password", s.password)
	}
	if s.db != 0 {
		w.line("db", itoa(s.db))
	}
	if s.tls {
		w.line("tls")
	}
	if s.prefix != "" {
		w.line("prefix", s.prefix)
	}
}

// directive writes the handler.
func (g *gateway) directive(w *writer) {
	switch {
	case len(g.keys) > 0:
		w.block(func() {
			for i, k := range g.keys {
				w.line("key", keyName(i, len(g.keys)), k)
			}
		}, "auth", "keys")
	case g.closed:
		w.comments([]string{"The file has no key for callers: only those on this machine are served. auth none would serve everybody."})
	}
	if g.strict {
		w.line("strict_params")
	}
	if g.answers != nil {
		w.line("use", "answers")
	}
	if len(g.budget) > 0 {
		w.block(func() {
			w.line("per", "all")
			w.line(append([]string{"cost"}, g.budget...)...)
			if g.share { // gateways that share what they know of providers share this, too
				w.line("store", g.store.name)
			}
		}, "budget", "proxy")
	}
	for _, r := range g.routes {
		r.write(w)
	}
}

func keyName(i, n int) string {
	if n == 1 {
		return "master"
	}
	return "key-" + itoa(i+1)
}

func (r *route) write(w *writer) {
	w.comments(r.comments)
	words := []string{"route", r.name}
	if r.rule != "" {
		words = append(words, r.rule)
	}
	w.block(func() {
		to := []string{"to"}
		if r.strategy != "" {
			to = append(to, r.strategy)
		}
		for _, c := range r.to {
			if name := c.provider; r.strategy == "weighted" && c.weight > 1 {
				to = append(to, name+"="+itoa(c.weight))
			} else {
				to = append(to, name)
			}
		}
		w.line(to...)
		if r.sticky != "" {
			w.line("sticky", r.sticky)
		}
		for _, f := range r.fallbacks {
			w.line(append([]string{"fallback", f.class}, f.to...)...)
		}
		if r.shadow != "" {
			w.line("shadow", r.shadow)
		}
		if !r.retry.empty() {
			w.block(func() { r.retry.write(w) }, "retry")
		}
		if len(r.keepAlive) > 0 {
			w.line(append([]string{"keep_alive"}, r.keepAlive...)...)
		}
		if r.limit > 0 {
			w.block(func() { w.line("concurrent", itoa(r.limit)) }, "limit")
		}
	}, words...)
}

func (r *retry) write(w *writer) {
	if r.attempts > 0 {
		w.line("attempts", itoa(min(r.attempts, maxTries)))
	}
	if r.rounds > 0 {
		w.line("rounds", itoa(min(r.rounds, maxTries)))
	}
	if r.maxWait != "" {
		w.line("max_wait", r.maxWait)
	}
	for _, on := range r.on {
		w.line(append([]string{"on"}, on...)...)
	}
}
