package provider

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Balance says which of a provider's keys a request takes.
type Balance string

const (
	// RoundRobin takes the keys in turn. The default.
	RoundRobin Balance = "round_robin"
	// FillFirst takes the first key until the provider refuses it, then the next, so that the later ones
	// stay a reserve.
	FillFirst Balance = "fill_first"
)

// Cooldowns of a key that the provider has refused. While a key cools, the others are taken; if all
// cool, the one that is ready first.
const (
	coolLimited = 30 * time.Second // 429 that does not say how long
	coolRefused = 5 * time.Minute  // 401, 402, 403
	coolMost    = time.Hour        // whatever a Retry-After says
)

// pool is a provider's keys.
type pool struct {
	keys    []key
	balance Balance
	next    atomic.Uint64
	now     func() time.Time
}

type key struct {
	secret string
	ready  atomic.Int64 // Unix nanoseconds until which the key cools
}

func newPool(keys []string, b Balance, now func() time.Time) (*pool, error) {
	switch b {
	case "":
		b = RoundRobin
	case RoundRobin, FillFirst:
	default:
		return nil, fmt.Errorf("unknown balance %q, expected %s or %s", b, RoundRobin, FillFirst)
	}
	var secrets []string
	for i, text := range keys {
		for _, secret := range splitKeys(text) {
			if !headerValue(secret) {
				return nil, fmt.Errorf("api_key %d cannot stand in a header, expected printable ASCII characters", i+1)
			}
			secrets = append(secrets, secret)
		}
	}
	p := &pool{balance: b, now: now, keys: make([]key, len(secrets))}
	for i, secret := range secrets {
		p.keys[i].secret = secret
	}
	return p, nil
}

// headerValue tells whether a key can be sent: a line break in it would be an error at every request.
func headerValue(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

func (p *pool) size() int { return len(p.keys) }

// concealFrom is how long a key has to be to be looked for: shorter ones are words of any text.
const concealFrom = 8

// Conceal takes the provider's keys out of what it says, because some servers quote them in errors.
func (p *Provider) Conceal(text string) string {
	for i := range p.keys.keys {
		if secret := p.keys.keys[i].secret; len(secret) >= concealFrom {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return text
}

// take chooses the key for a request, "" if there is none.
func (p *pool) take() string {
	n := len(p.keys)
	switch n {
	case 0:
		return ""
	case 1:
		return p.keys[0].secret
	}
	first := 0
	if p.balance == RoundRobin {
		first = int((p.next.Add(1) - 1) % uint64(n))
	}
	now := p.now().UnixNano()
	best := &p.keys[first]
	for i := range n {
		k := &p.keys[(first+i)%n]
		ready := k.ready.Load()
		if ready <= now {
			return k.secret
		}
		if ready < best.ready.Load() {
			best = k
		}
	}
	return best.secret
}

// observe cools the key that a request carried if its answer says that it is refused.
func (p *pool) observe(secret string, resp *http.Response) {
	if len(p.keys) < 2 {
		return
	}
	var cool time.Duration
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden:
		cool = coolRefused
	case http.StatusTooManyRequests:
		cool = min(retryAfter(resp.Header, p.now()), coolMost)
	default:
		return
	}
	for i := range p.keys {
		if p.keys[i].secret == secret {
			p.keys[i].ready.Store(p.now().Add(cool).UnixNano())
		}
	}
}

// retryAfter reads Retry-After, in seconds or as a date (RFC 9110 section 10.2.3).
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseFloat(v, 64); err == nil && s > 0 {
		return time.Duration(min(s, coolMost.Seconds()) * float64(time.Second))
	}
	if t, err := http.ParseTime(v); err == nil && t.After(now) {
		return t.Sub(now)
	}
	return coolLimited
}
