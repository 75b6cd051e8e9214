package migration

import (
	"net"
	"slices"
)

// readCache makes LiteLLM's cache of answers the plugin answers.
func (l *lite) readCache() {
	v, on := l.settings.take("cache")
	if on {
		on, _ = v.truth()
	}
	params := l.settings.in("cache_params")
	if !on {
		for _, key := range params.order {
			params.take(key) // it is off
		}
		return
	}
	kind := params.word("type")
	if kind == "" {
		kind = "redis" // LiteLLM's default
	}
	if params.word("mode") == "default_off" {
		l.notes.lost(params.keys["mode"], "Longmen's cache cannot be off until a request asks for it: cache is not carried")
		return
	}
	a := new(answers)
	switch kind {
	case "local":
	case "redis":
		if l.out.store = l.readStore(params, v); l.out.store == nil {
			return
		}
		a.store = l.out.store.name
	default:
		at, _ := params.take("type")
		l.notes.lost(at, "answers are kept in memory or in Redis, and found by the same request alone: the cache is not carried")
		return
	}
	if n, _, ok := params.number("ttl"); ok && n >= 1 {
		a.ttl = itoa(int(min(n, 30*maxSeconds))) + "s"
	}
	l.out.answers = a
	l.notes.differs(v, "callers with different keys do not get each other's answers, unless the plugin's config says scope global; cache-control: no-cache and no-store "+
		"are headers here, and ttl is not the client's")
	params.rest(cacheReasons)
}

// readStore reads where Redis is. LiteLLM looks into REDIS_HOST and others for what is not said.
func (l *lite) readStore(s *section, at value) *store {
	word := func(key, env string) string {
		if v, ok := s.take(key); ok {
			w, _ := l.word(v)
			return w
		}
		return env
	}
	out := &store{name: "redis", prefix: word("namespace", "")}
	host, port := word("host", l.usual("REDIS_HOST")), word("port", "6379")
	if _, given := s.keys["host"]; !given {
		port = word("port", l.usual("REDIS_PORT"))
	}
	if v, ok := s.take("url"); ok {
		l.notes.lost(v, "expected host and port: the store is not carried")
		return nil
	}
	out.address = host + ":" + port
	if v, ok := s.take("password"); ok {
		out.password, _ = l.secret(v)
	}
	if n, _, ok := s.number("db"); ok {
		out.db = int(min(max(n, 0), 1e6))
	}
	out.tls, _ = s.flag("ssl")
	for _, key := range []string{"redis_startup_nodes", "sentinel_nodes", "service_name"} {
		if v, ok := s.take(key); ok {
			l.notes.lost(v, "several nodes of Redis: name them as addresses of the store, with cluster or sentinel")
			return nil
		}
	}
	if h, p, err := net.SplitHostPort(out.address); err != nil || h == "" || p == "" {
		l.notes.lost(at, "host and port are no address of a Redis server")
		return nil
	}
	return out
}

// readRedis has gateways tell each other which keys and endpoints wait, where LiteLLM's instances share that.
func (l *lite) readRedis() {
	v, ok := l.router.take("redis_host")
	if !ok {
		return
	}
	s := &section{notes: l.notes, at: l.router.at, keys: make(map[string]value), read: make(map[string]bool)}
	for _, key := range []string{"host", "port", "password", "db", "ssl"} {
		if k, ok := l.router.take("redis_" + key); ok {
			s.put(k, key)
		}
	}
	made := l.readStore(s, v)
	if made == nil {
		return
	}
	if l.out.store != nil && (l.out.store.address != made.address || l.out.store.password != made.password) {
		l.notes.lost(v, "the cache has another Redis server: health is not shared")
		return
	}
	if l.out.store == nil {
		l.out.store = made
	}
	l.out.share = true
	if slices.ContainsFunc(l.out.providers, func(p *provider) bool { return p.lanes() > 1 }) {
		l.notes.advise(v, "share_health: all gateways need the same endpoints, and keys in the same order")
	}
}
