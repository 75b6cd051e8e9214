package migration

import (
	"regexp"
	"strings"
)

// lite is a LiteLLM proxy's configuration on its way. What its keys mean is documented in BerriAI/litellm, docs/my-website/docs:
// proxy/configs.md, proxy/config_settings.md, proxy/reliability.md, proxy/caching.md and routing.md.
type lite struct {
	notes       *report
	env         map[string]value    // environment_variables
	credentials map[string]*section // credential_list
	general     *section
	settings    *section
	router      *section
	groups      []*group
	names       names // of providers
	out         *gateway
}

// litellm reads a LiteLLM proxy's configuration.
func litellm(root *section, notes *report) (*gateway, error) {
	l := &lite{
		notes: notes, env: make(map[string]value), credentials: make(map[string]*section), names: make(names),
		general: root.in("general_settings"), settings: root.in("litellm_settings"), router: root.in("router_settings"),
		out: &gateway{origin: "LiteLLM", listen: ":4000", healthy: []string{"/health/liveliness", "/health/liveness", "/health/readiness"}},
	}
	l.readEnvironment(root)
	l.readCredentials(root)
	l.readKey()
	l.readSettings()
	l.readModels(root)
	l.addAliases()
	l.makeProviders()
	l.makeRoutes()
	l.readBudget()
	l.readCache()
	l.readRedis()
	l.tellRest(root)
	return l.out, nil
}

func (l *lite) readEnvironment(root *section) {
	env := root.in("environment_variables")
	for _, name := range env.order {
		if v, ok := env.take(name); ok {
			l.env[name] = v
		}
	}
	if len(l.env) > 0 {
		l.notes.differs(env.at, "the values stand in the Caddyfile where the file refers to them, secrets among them, too; nothing sets them as environment variables")
	}
}

func (l *lite) readCredentials(root *section) {
	for _, v := range root.list("credential_list") {
		s := newSection(v, l.notes)
		s.take("credential_info") // a description
		if name := s.word("credential_name"); name != "" {
			l.credentials[name] = s.in("credential_values")
		}
		s.rest(nil)
	}
}

// setting reads a key of router_settings, else of litellm_settings, where it may stand, too.
func (l *lite) setting(key string) (value, bool) {
	v, ok := l.router.take(key)
	if w, also := l.settings.take(key); !ok && also {
		return w, true
	}
	return v, ok
}

// settingNumber reads a setting that is a number.
func (l *lite) settingNumber(keys ...string) (n float64, at value, given bool) {
	for _, key := range keys {
		v, ok := l.setting(key)
		if !ok || given {
			continue
		}
		if n, ok = v.number(); !ok {
			l.notes.lost(v, "it is no number, expected one")
			continue
		}
		at, given = v, true
	}
	return n, at, given
}

// readKey finds the key of callers.
func (l *lite) readKey() {
	v, ok := l.general.take("master_key")
	if w, misplaced := l.settings.take("master_key"); misplaced {
		l.notes.differs(w, "LiteLLM reads it from general_settings and would serve everybody without a key; here it is required all the same")
		if !ok {
			v, ok = w, true
		}
	}
	if !ok {
		l.out.closed = true
		l.notes.add(Differs, value{path: "general_settings.master_key", line: max(1, l.general.at.line)},
			"there is none, so LiteLLM serves everybody; Longmen serves clients on this machine until auth says otherwise")
		return
	}
	if word, ok := l.key(v); ok {
		l.out.keys = []string{word}
		return
	}
	l.out.closed = true
}

func (l *lite) readSettings() {
	if v, ok := l.settings.take("set_verbose"); ok {
		l.out.debug, _ = v.truth()
	}
	if v, ok := l.settings.take("drop_params"); ok {
		if drop, known := v.truth(); known && !drop {
			l.out.strict = true
		}
	}
}

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// word reads a value that may refer to the environment, as a word with placeholders. It is false if it cannot be one.
func (l *lite) word(v value) (string, bool) {
	text, ok := v.text()
	text = strings.TrimSpace(text)
	if name, refers := strings.CutPrefix(text, "os.environ/"); ok && refers {
		if set, here := l.env[name]; here {
			if literal, ok := set.text(); ok && !strings.HasPrefix(literal, "os.environ/") && writable(literal) {
				return escape(literal), true
			}
		}
		if envName.MatchString(name) {
			return "{env." + name + "}", true
		}
		ok = false
	}
	if !ok || !writable(text) {
		l.notes.lost(v, "the value cannot stand in a Caddyfile, expected plain text on one line or os.environ/NAME")
		return "", false
	}
	return escape(text), true
}

// secret reads a value that nobody else should see.
func (l *lite) secret(v value) (string, bool) {
	word, ok := l.word(v)
	if ok && !strings.HasPrefix(word, "{env.") && !strings.EqualFold(word, "none") {
		l.notes.advise(v, "the secret itself stands in the file, and so in the Caddyfile: {env.NAME} keeps it out")
	}
	return word, ok
}

// key reads a key of callers or providers.
func (l *lite) key(v value) (string, bool) {
	word, ok := l.secret(v)
	if ok && !whole(word) {
		l.notes.lost(v, "a key has no spaces and commas")
		return "", false
	}
	return word, ok
}

// usual is the value of the environment variable in which LiteLLM looks when a row does not say.
func (l *lite) usual(name string) string {
	if name == "" {
		return ""
	}
	if set, here := l.env[name]; here {
		if literal, ok := set.text(); ok && writable(literal) && !strings.HasPrefix(literal, "os.environ/") {
			return escape(literal)
		}
	}
	return "{env." + name + "}"
}
