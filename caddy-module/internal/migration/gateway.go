package migration

import (
	"math"
	"slices"
	"strconv"
)

// gateway is what the Caddyfile will say, with no more than other gateways' files can ask for.
type gateway struct {
	origin    string // what it was made from
	debug     bool
	store     *store
	share     bool // health, through the store
	answers   *answers
	providers []*provider
	listen    string // the site's address
	bind      string
	cert, key string // of TLS
	healthy   []string
	keys      []string // of callers; none lets in those on this machine
	closed    bool     // no key in the file: a comment says what that means
	strict    bool
	budget    []string // dollars and the period
	routes    []*route
}

// store is a place in Redis.
type store struct {
	name, address, password, prefix string
	db                              int
	tls                             bool
}

// answers is a cache of answers.
type answers struct {
	store string
	ttl   string
}

// provider is one provider block.
type provider struct {
	name, preset, base, dialect string
	quirks                      []string
	keys                        []key
	headers                     [][2]string // names and words
	endpoints                   []endpoint
	balance                     []string
	cooldown                    string
	breaker                     *breaker
	models                      [][2]string // the clients' name and the provider's
	prices                      []price
	answer, firstToken          string // timeouts
	concurrent                  int
	proxy                       string
	comments                    []string
}

// key is a provider's key: a word with placeholders.
type key struct {
	word             string
	weight, priority int
	rpm, tpm         int64
}

type endpoint struct {
	name, url, model string
	keys             []key
	weight, priority int
	cost             float64
	comments         []string
}

type breaker struct {
	off      bool
	failures int
	open     string
}

// price of a million tokens: input, output, and if they are known cached input and written input.
type price struct {
	model   string
	amounts []float64
}

// route is one route block.
type route struct {
	name, rule string
	strategy   string
	sticky     string
	to         []candidate
	fallbacks  []fallback
	retry      retry
	keepAlive  []string
	shadow     string
	limit      int
	comments   []string
}

type candidate struct {
	provider string
	weight   int
}

type fallback struct {
	class string
	to    []string
}

type retry struct {
	attempts, rounds int
	maxWait          string
	on               [][]string // a class, and what follows
}

func (r *retry) empty() bool {
	return r.attempts == 0 && r.rounds == 0 && r.maxWait == "" && len(r.on) == 0
}

// follow says what follows from failures of a class, instead of what was said before.
func (r *retry) follow(class string, action ...string) {
	r.on = slices.DeleteFunc(r.on, func(on []string) bool { return on[0] == class })
	r.on = append(r.on, append([]string{class}, action...))
}

// allow raises the number of attempts, where it is bounded.
func (r *retry) allow(attempts int) {
	if r.attempts > 0 {
		r.attempts = max(r.attempts, attempts)
	}
}

// lanes is how many keys at endpoints the provider has.
func (p *provider) lanes() int {
	if len(p.endpoints) == 0 {
		return max(1, len(p.keys))
	}
	n := 0
	for _, e := range p.endpoints {
		n += max(1, len(e.keys), len(p.keys))
	}
	return n
}

// model maps a name of clients to one of the provider.
func (p *provider) model(from, to string) {
	for _, m := range p.models {
		if m[0] == from {
			return
		}
	}
	p.models = append(p.models, [2]string{from, to})
}

// Bounds of what a Caddyfile may say.
const (
	maxWeight = 1000
	maxTries  = 100
)

// scaled fits weights to whole numbers from 1 to maxWeight; nil if all are alike.
func scaled(weights []float64) []int {
	most, alike := 0.0, true
	for _, w := range weights {
		most = max(most, w)
		alike = alike && w == weights[0]
	}
	if alike || most <= 0 {
		return nil
	}
	by := maxWeight / most
	for _, decimals := range []float64{1, 10, 100, 1000} {
		if most*decimals <= maxWeight && !slices.ContainsFunc(weights, func(w float64) bool { return math.Abs(w*decimals-math.Round(w*decimals)) > 1e-9 }) {
			by = decimals
			break
		}
	}
	out := make([]int, len(weights))
	divisor := 0
	for i, w := range weights {
		out[i] = max(1, int(math.Round(w*by)))
		divisor = gcd(divisor, out[i])
	}
	for i := range out {
		out[i] /= divisor
	}
	return out
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func itoa[N int | int64](n N) string { return strconv.FormatInt(int64(n), 10) }

func ftoa(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
