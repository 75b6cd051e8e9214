package migration

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// cli is a CLIProxyAPI configuration on its way. What its keys mean is documented in router-for-me/CLIProxyAPI, config.example.yaml.
type cli struct {
	notes     *report
	root      *section
	accounts  []*account
	names     names // of providers
	offers    []*offer
	proxy     string // for all that have none of their own
	strategy  string
	sticky    bool
	breaker   *breaker
	retries   int // rounds, 0 if the file does not say
	keepAlive []string
	most      int // accounts in a round, 0 for all
	maxWait   string
	switches  struct{ project, preview bool }
	forced    bool // models have to be called by their prefixes
	out       *gateway
}

// cliproxyapi reads CLIProxyAPI's configuration.
func cliproxyapi(root *section, notes *report) (*gateway, error) {
	c := &cli{notes: notes, root: root, names: make(names), out: &gateway{origin: "CLIProxyAPI", healthy: []string{"/health", "/healthz"}}}
	c.readSite()
	c.readCallers()
	c.readRouting()
	c.readRetry()
	c.forced, _ = root.flag("force-model-prefix")
	for i := range kinds {
		c.readAccounts(&kinds[i])
	}
	c.makeProviders()
	c.makeRoutes()
	root.rest(cliReasons)
	return c.out, nil
}

// readSite reads where the server listens.
func (c *cli) readSite() {
	c.out.debug, _ = c.root.flag("debug")
	c.out.listen = ":8317"
	if v, ok := c.root.take("port"); ok {
		text, _ := v.text()
		if m := environment.FindStringSubmatch(text); m != nil && m[0] == text {
			c.out.listen = ":{$" + m[1] + "}" // the address is needed when the Caddyfile is read
		} else if n, ok := v.number(); ok && n >= 1 && n <= 65535 && n == float64(int(n)) {
			c.out.listen = ":" + itoa(int(n))
		} else {
			c.notes.lost(v, "it is no port")
		}
	}
	if v, ok := c.root.take("host"); ok {
		c.out.bind = c.readHost(v)
	}
	tls := c.root.in("tls")
	cert, hasCert := tls.take("cert")
	key, hasKey := tls.take("key")
	on, _ := tls.flag("enable")
	switch {
	case on && hasCert && hasKey:
		c.out.cert, _ = c.word(cert)
		c.out.key, _ = c.word(key)
	case on:
		c.notes.lost(tls.at, "cert and key are needed; with a name of the site as address Caddy gets a certificate by itself")
	}
	tls.rest(nil)
	if v, ok := c.root.take("proxy-url"); ok {
		c.proxy = c.readProxy(v)
	}
	if _, ok := c.root.take("usage-statistics-enabled"); ok {
		return // metrics always count
	}
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)

// readHost reads the address that the server listens on, "" for all.
func (c *cli) readHost(v value) string {
	text, _ := v.text()
	ip, err := netip.ParseAddr(strings.Trim(text, "[]"))
	switch {
	case text == "":
	case err == nil && ip.Is6() && ip.Zone() == "":
		return "[" + ip.String() + "]"
	case hostName.MatchString(text):
		return text
	case environment.FindString(text) == text:
		word, _ := c.word(v)
		return word
	default:
		c.notes.lost(v, "it is no address, expected a name or an IP address")
	}
	return ""
}

func (c *cli) readCallers() {
	for _, v := range c.root.list("api-keys") {
		if word, ok := c.key(v); ok && !slices.Contains(c.out.keys, word) {
			c.out.keys = append(c.out.keys, word)
		}
	}
	if c.out.closed = len(c.out.keys) == 0; c.out.closed {
		c.notes.add(Differs, value{path: "api-keys", line: 1}, "there are none, so CLIProxyAPI serves everybody; Longmen serves clients on this machine until auth says otherwise")
	}
}

var environment = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// word reads a value, in which ${NAME} stands for the environment.
func (c *cli) word(v value) (string, bool) {
	text, ok := v.text()
	text = strings.TrimSpace(text)
	var b strings.Builder
	at := 0
	for _, m := range environment.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(escape(text[at:m[0]]))
		b.WriteString("{env." + text[m[2]:m[3]] + "}")
		at = m[1]
	}
	b.WriteString(escape(text[at:]))
	if ok && at > 0 {
		c.notes.add(Differs, value{path: "${…}", line: 1}, "CLIProxyAPI takes it as it stands, here it is the environment variable")
	}
	if !ok || !writable(b.String()) {
		c.notes.lost(v, "the value cannot stand in a Caddyfile, expected plain text on one line or ${NAME}")
		return "", false
	}
	return b.String(), true
}

// key reads a key of callers or providers, which nobody else should see.
func (c *cli) key(v value) (string, bool) {
	word, ok := c.word(v)
	if ok && !whole(word) {
		c.notes.lost(v, "a key has no spaces and commas")
		return "", false
	}
	if ok && !strings.Contains(word, "{env.") {
		c.notes.advise(v, "the secret itself stands in the file, and so in the Caddyfile: {env.NAME} keeps it out")
	}
	return word, ok
}

// readProxy reads through which proxy requests go, "" for none.
func (c *cli) readProxy(v value) string {
	text, _ := v.text()
	switch {
	case text == "" || text == "direct" || text == "none":
		return ""
	case strings.Contains(text, "@"):
		c.notes.advise(v, "the secret itself stands in the file, and so in the Caddyfile: {env.NAME} keeps it out")
	}
	word, _ := c.word(v)
	return word
}

// readRouting reads how accounts are chosen.
func (c *cli) readRouting() {
	s := c.root.in("routing")
	v, given := s.take("strategy")
	name, _ := v.text()
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "", "round-robin", "roundrobin", "rr":
		c.strategy = "round_robin"
	case "weighted-round-robin":
		c.strategy = "weighted"
	case "fill-first", "fillfirst", "ff":
		c.strategy = "fill_first"
	default:
		c.strategy = "round_robin"
		if given {
			c.notes.lost(v, "there is no such way to choose here: accounts take turns")
		}
	}
	c.sticky, _ = s.flag("session-affinity")
	s.rest(map[string]reason{
		"session-affinity-ttl":       {Advice, "a session keeps its account for as long as that is ready, without anything being stored"},
		"session-affinity-subagents": {Advice, "who shows the same session has the same account"},
	})
}

// readRetry reads what follows from failures.
func (c *cli) readRetry() {
	if n, _, ok := c.root.number("request-retry"); ok {
		c.retries = int(min(max(n, 0), maxTries-1)) + 1
	}
	if n, _, ok := c.root.number("max-retry-credentials"); ok {
		c.most = int(min(max(n, 0), maxTries))
	}
	if n, _, ok := c.root.number("max-retry-interval"); ok && n > 0 {
		c.maxWait = seconds(min(n, 3600))
	}
	if n, _, ok := c.root.number("transient-error-cooldown-seconds"); ok {
		if n == 0 {
			n = 60 // CLIProxyAPI's default
		}
		if c.breaker = (&breaker{failures: 1, open: seconds(n)}); n < 0 {
			c.breaker = &breaker{off: true}
		}
	}
	if v, ok := c.root.take("disable-cooling"); ok {
		if off, _ := v.truth(); off {
			c.breaker = &breaker{off: true}
			c.notes.differs(v, "what a provider asks to be left alone for it is left alone all the same")
		}
	}
	c.switches.project, c.switches.preview = true, false
	s := c.root.in("quota-exceeded")
	if on, given := s.flag("switch-project"); given {
		c.switches.project = on
	}
	c.switches.preview, _ = s.flag("switch-preview-model")
	s.rest(map[string]reason{"antigravity-credits": {Lost, "there are no accounts of Antigravity"}})
	c.readKeepAlive()
}

// readKeepAlive reads what clients hear while a model thinks.
func (c *cli) readKeepAlive() {
	streaming := c.root.in("streaming")
	streaming.take("bootstrap-retries") // until the first event of an answer another attempt always may follow
	streams, at, _ := streaming.number("keepalive-seconds")
	answers, _, _ := c.root.number("nonstream-keepalive-interval")
	streaming.rest(nil)
	if streams <= 0 && answers <= 0 {
		return
	}
	if streams <= 0 {
		streams = 15 // Longmen's default
	} else if streams < 1 {
		c.notes.differs(at, "it is a second at least")
	}
	c.keepAlive = []string{seconds(min(max(streams, 1), 3600))}
	if answers > 0 {
		c.keepAlive = append(c.keepAlive, seconds(min(max(answers, 1), 3600)))
	}
}
