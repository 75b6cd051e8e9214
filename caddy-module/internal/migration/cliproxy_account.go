package migration

import (
	"slices"
	"strings"
)

// kind is a list of accounts in the file.
type kind struct {
	section string
	name    string // of providers made of it
	place   place  // without a base URL of the account's own
	path    string // that CLIProxyAPI adds to a base URL of the account's own
	begins  string // what its models are called when the account does not list them; "" has none
}

var kinds = []kind{
	{"openai-compatibility", "openai-compatible", place{}, "", ""},
	{"claude-api-key", "claude", place{preset: "anthropic"}, "/v1", "claude-"},
	{"gemini-api-key", "gemini", place{preset: "gemini"}, "/v1beta", "gemini-"},
	{"codex-api-key", "codex", place{dialect: "openai.responses"}, "", "gpt-"},
	{"xai-api-key", "xai", place{preset: "xai"}, "", "grok-"},
	{"vertex-api-key", "vertex", place{base: "https://aiplatform.googleapis.com/v1/publishers/google", dialect: "gemini.generate", quirks: []string{"vertex"}}, "/v1/publishers/google", "gemini-"},
}

// account is one entry of a list: a provider with keys, or a key.
type account struct {
	at       value
	kind     *kind
	name     string
	prefix   string
	place    place
	proxy    string
	headers  [][2]string
	keys     []key
	rank     []float64 // of keys, the highest first
	models   []model
	excluded []string
}

// model is one that clients call by an alias.
type model struct {
	name, alias string
	at          value
}

func (c *cli) readAccounts(k *kind) {
	for _, v := range c.root.list(k.section) {
		s := newSection(v, c.notes)
		a := &account{at: v, kind: k, name: s.word("name"), prefix: strings.Trim(s.word("prefix"), "/"), place: k.place, proxy: c.proxy}
		if off, _ := s.flag("disabled"); off {
			continue
		}
		if a.prefix != "" && !plain(a.prefix) || a.name != "" && slug(a.name, true) == "model" {
			c.notes.lost(v, "name and prefix are no names, expected some without spaces, quotes and braces: the account is left out")
			continue
		}
		if !c.readAccount(a, s) {
			continue
		}
		s.rest(accountReasons)
		if !c.join(a) {
			c.accounts = append(c.accounts, a)
		}
	}
}

// readAccount reads an account. It is false if there is no way to it.
func (c *cli) readAccount(a *account, s *section) bool {
	base, ok := s.take("base-url")
	if text, _ := base.text(); ok && text != "" {
		word, ok := c.word(base)
		if !ok {
			return false
		}
		a.rebase(strings.TrimRight(word, "/"))
		if a.kind.name == "claude" {
			c.notes.differs(base, "the key goes there as x-api-key, CLIProxyAPI sends it as Authorization: Bearer")
		}
	}
	if v, ok := s.take("proxy-url"); ok {
		if text, _ := v.text(); text != "" {
			a.proxy = c.readProxy(v)
		}
	}
	c.readHeaders(a, s)
	c.readKey(a, s)
	for _, v := range s.list("api-key-entries") {
		entry := newSection(v, c.notes)
		c.readKey(a, entry)
		if v, ok := entry.take("proxy-url"); ok && !v.off() {
			c.notes.lost(v, "the keys of a provider go the same way: give the provider the proxy-url, or the key a provider of its own")
		}
		entry.rest(accountReasons)
	}
	for _, v := range s.list("api-keys") { // as older versions have it
		if word, ok := c.key(v); ok {
			a.add(key{word: word}, 0)
		}
	}
	c.readModels(a, s)
	switch {
	case a.place.preset == "" && a.place.base == "":
		c.notes.lost(a.at, "it has no base-url: the account is left out")
		return false
	case a.place.base != "" && !reachable(a.place.base):
		c.notes.lost(a.at, "its base-url is no URL of a server without a user and a query: the account is left out")
		return false
	case len(a.keys) == 0 && a.kind.section != "openai-compatibility":
		c.notes.lost(a.at, "it has no api-key: the account is left out")
		return false
	case len(a.models) == 0 && a.kind.begins == "":
		c.notes.lost(a.at, "it has no models: the account is left out")
		return false
	}
	return true
}

// readHeaders reads what goes with every request of the account.
func (c *cli) readHeaders(a *account, s *section) {
	a.headers = headers(s.in("headers"), func(v value) (string, bool) {
		if text, _ := v.text(); strings.HasPrefix(text, "$") && !strings.HasPrefix(text, "${") {
			c.notes.lost(v, "of clients' headers a provider gets those of its API: none is copied into another one")
			return "", false
		}
		return c.word(v)
	})
}

// rebase puts the account at a base URL of its own.
func (a *account) rebase(base string) {
	switch {
	case a.kind.section == "openai-compatibility":
		a.place = compatible(base)
	case a.kind.name == "vertex" || a.kind.path != "" && hasPath(base) && !strings.HasSuffix(base, a.kind.path):
		a.place.base = base + a.kind.path
	default:
		a.place.base = base
	}
}

// readKey reads a key with its weight and priority.
func (c *cli) readKey(a *account, s *section) {
	v, ok := s.take("api-key")
	weight, at, weighted := s.number("weight")
	rank, _, _ := s.number("priority")
	if text, _ := v.text(); !ok || text == "" {
		return
	}
	if c.strategy == "weighted" && weighted && weight <= 0 {
		c.notes.differs(at, "it leaves the key out, and so is it here")
		return
	}
	if word, ok := c.key(v); ok {
		k := key{word: word}
		if c.strategy == "weighted" && weighted {
			if k.weight = int(min(weight, maxWeight)); weight > maxWeight {
				c.notes.differs(at, "weights go up to %d", maxWeight)
			}
		}
		a.add(k, rank)
	}
}

// add adds a key, once.
func (a *account) add(k key, rank float64) {
	if !slices.ContainsFunc(a.keys, func(o key) bool { return o.word == k.word }) {
		a.keys, a.rank = append(a.keys, k), append(a.rank, rank)
	}
}

func (c *cli) readModels(a *account, s *section) {
	for _, v := range s.list("excluded-models") {
		if text, ok := v.text(); ok && plain(text) {
			a.excluded = append(a.excluded, strings.ToLower(text))
		}
	}
	for _, v := range s.list("models") {
		m := newSection(v, c.notes)
		name, alias := m.word("name"), m.word("alias")
		m.rest(modelReasons)
		if alias == "" {
			alias = name
		}
		if name == "" {
			name = alias
		}
		if !plain(name) || !plain(alias) {
			c.notes.lost(v, "name and alias are no names, expected some without spaces, quotes and braces")
			continue
		}
		if !slices.ContainsFunc(a.excluded, func(pattern string) bool { return fits(pattern, strings.ToLower(alias)) }) {
			a.models = append(a.models, model{name, alias, v})
		}
	}
}

// fits tells whether a name fits a pattern, in which * stands for anything.
func fits(pattern, name string) bool {
	first, rest, starred := strings.Cut(pattern, "*")
	if !starred {
		return pattern == name
	}
	if !strings.HasPrefix(name, first) {
		return false
	}
	name = name[len(first):]
	parts := strings.Split(rest, "*")
	for _, part := range parts[:len(parts)-1] {
		i := strings.Index(name, part)
		if i < 0 {
			return false
		}
		name = name[i+len(part):]
	}
	return strings.HasSuffix(name, parts[len(parts)-1])
}

// join gives an account's keys to an earlier one that differs in nothing else.
func (c *cli) join(a *account) bool {
	for _, o := range c.accounts {
		same := slices.EqualFunc(o.models, a.models, func(x, y model) bool { return x.name == y.name && x.alias == y.alias })
		if same && a.kind == o.kind && a.name == o.name && a.prefix == o.prefix && a.proxy == o.proxy && a.place.base == o.place.base && a.place.preset == o.place.preset &&
			slices.Equal(a.excluded, o.excluded) && slices.Equal(a.headers, o.headers) {
			for i, k := range a.keys {
				o.add(k, a.rank[i])
			}
			return true
		}
	}
	return false
}
