package provider

import (
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Key is a key with settings of its own.
type Key struct {
	// Secret that requests carry; several, separated by commas or white space, have the same settings.
	Secret string
	// Weight of the key among the others, for round_robin, weighted and sticky; 0 means 1.
	Weight int
	// Priority of the key: those of the lowest number are taken while one of them is ready; 0 means 1.
	Priority int
	// RPM and TPM bound the requests and the tokens of a minute, at each endpoint; 0 means without bound.
	RPM, TPM int64
}

// Bounds of weights and priorities.
const (
	MaxWeight   = 1000
	MaxPriority = 1000
)

// splitAll makes a key of each secret of a configuration: the plain ones first, then those with settings. A plain one that is
// repeated counts once.
func splitAll(plain []string, tuned []Key) ([]Key, error) {
	var all []Key
	for i, text := range plain {
		for _, secret := range splitKeys(text) {
			if !headerValue(secret) {
				return nil, fmt.Errorf("api_key %d cannot stand in a header, expected printable ASCII characters", i+1)
			}
			if !known(all, secret) {
				all = append(all, Key{Secret: secret})
			}
		}
	}
	for i, k := range tuned {
		if err := k.check(); err != nil {
			return nil, fmt.Errorf("key block %d: %w", i+1, err)
		}
		for _, secret := range splitKeys(k.Secret) {
			switch k.Secret = secret; {
			case !headerValue(secret):
				return nil, fmt.Errorf("key block %d: the key cannot stand in a header, expected printable ASCII characters", i+1)
			case known(all, secret):
				return nil, fmt.Errorf("key block %d: the key is given before, expected it once", i+1)
			}
			all = append(all, k)
		}
	}
	return all, nil
}

func known(keys []Key, secret string) bool {
	return slices.ContainsFunc(keys, func(k Key) bool { return k.Secret == secret })
}

func (k *Key) check() error {
	if k.RPM < 0 || k.TPM < 0 {
		return errors.New("rpm or tpm is negative, expected a number from 1")
	}
	return checkRank(k.Weight, k.Priority)
}

func checkRank(weight, priority int) error {
	switch {
	case weight < 0 || weight > MaxWeight:
		return fmt.Errorf("weight %d, expected 1 to %d", weight, MaxWeight)
	case priority < 0 || priority > MaxPriority:
		return fmt.Errorf("priority %d, expected 1 to %d", priority, MaxPriority)
	}
	return nil
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

// salt keeps the digests of keys from being compared with anything outside of this process.
var salt = func() []byte {
	b := make([]byte, 32)
	rand.Read(b)
	return b
}()

// keyID is what the state of a key is known by: its number where gateways share it, because they have no salt in common, else
// a digest, so that a key that moves in the configuration keeps its state and another one in its place begins anew.
func keyID(number int, secret string, shared bool) string {
	if shared || secret == "" {
		return strconv.Itoa(number)
	}
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(secret))
	return hex.EncodeToString(mac.Sum(nil)[:12])
}

// rank is a number where 0 means the default.
func rank(n int) int { return cmp.Or(n, 1) }

// concealFrom is how long a key has to be to be looked for: shorter ones are words of any text.
const concealFrom = 8

// Conceal takes the provider's keys, of all endpoints, and the values of its own headers out of what it says, because some servers quote them in errors.
func (p *Provider) Conceal(text string) string {
	for i := range p.lanes {
		if secret := p.lanes[i].secret; len(secret) >= concealFrom {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	for _, values := range p.headers {
		if len(values[0]) >= concealFrom {
			text = strings.ReplaceAll(text, values[0], "***")
		}
	}
	return text
}
