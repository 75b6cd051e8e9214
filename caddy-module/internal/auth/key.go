package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/caddy-module/internal/queue"
)

// maxText bounds a name, a label or a key, in bytes.
const maxText = 1024

// hashed begins a key that is given by its SHA-256 digest, in hexadecimal: `printf %s "$key" | sha256sum`.
const hashed = "sha256:"

// Priority is the label that says who goes first when requests wait: high, normal or low.
const Priority = "priority"

// Key is a key that may call the gateway. The key itself is never kept, only its digest.
type Key struct {
	Digest [sha256.Size]byte
	Name   string
	Labels map[string]string
}

// NewKey makes a key from its secret: the key itself, or "sha256:" and its digest in hexadecimal.
func NewKey(name, secret string, labels map[string]string) (Key, error) {
	k := Key{Name: name, Labels: labels}
	if name != "" && !plain(name) {
		return Key{}, fmt.Errorf("key name is not plain text, expected at most %d printable characters without spaces", maxText)
	}
	if p, given := labels[Priority]; given {
		if _, ok := queue.ParseClass(p); !ok {
			return Key{}, fmt.Errorf("label %s is no priority, expected high, normal or low", Priority)
		}
	}
	if digest, ok := strings.CutPrefix(secret, hashed); ok {
		b, err := hex.DecodeString(digest)
		if err != nil || len(b) != len(k.Digest) {
			return Key{}, fmt.Errorf("sha256: is not followed by a digest, expected %d hexadecimal digits", 2*len(k.Digest))
		}
		copy(k.Digest[:], b)
		return k, nil
	}
	if !plain(secret) {
		return Key{}, fmt.Errorf("key is not plain text, expected 1 to %d printable characters without spaces", maxText)
	}
	k.Digest = sha256.Sum256([]byte(secret))
	return k, nil
}

// ParseList reads keys from a configured text, such as the value of an environment variable: keys
// separated by commas, spaces or line ends, each "key", "name:key", "sha256:<hex>" or "name:sha256:<hex>".
func ParseList(text string) ([]Key, error) {
	var keys []Key
	for i, item := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }) {
		name, secret := split(item)
		k, err := NewKey(name, secret, nil)
		if err != nil {
			return nil, fmt.Errorf("parsing keys: key %d: %w", i+1, err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// ParseFile reads a key file: a key per line, empty lines and lines that begin with # left out. A line
// is one word in a form of ParseList,
//
//	ann:sk-secret
//	sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
//
// or a name, labels and the key or its digest, separated by spaces:
//
//	ann team=legal cost-center=7 sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
//
// Rules read the labels as key.team and key["cost-center"].
func ParseFile(text []byte) ([]Key, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("parsing key file: it is not UTF-8 text, expected a key per line")
	}
	var keys []Key
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		number++
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		k, err := parseLine(words)
		if err != nil {
			return nil, fmt.Errorf("parsing key file: line %d: %w", number, err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func parseLine(words []string) (Key, error) {
	last := len(words) - 1
	if last == 0 {
		name, secret := split(words[0])
		return NewKey(name, secret, nil)
	}
	labels, err := ParseLabels(words[1:last])
	if err != nil {
		return Key{}, err
	}
	return NewKey(words[0], words[last], labels)
}

// ParseLabels reads labels, each "name=value". The error does not repeat them: a key may have slipped in.
func ParseLabels(words []string) (map[string]string, error) {
	if len(words) == 0 {
		return nil, nil
	}
	labels := make(map[string]string, len(words))
	for i, w := range words {
		name, value, ok := strings.Cut(w, "=")
		if !ok || !plain(name) || strings.Contains(name, ".") || value != "" && !plain(value) {
			return nil, fmt.Errorf("label %d is not readable, expected name=value without spaces and dots in the name", i+1)
		}
		if name == "id" || name == "name" {
			return nil, fmt.Errorf("label %s is taken by the key's own %s, expected another label", name, name)
		}
		if _, twice := labels[name]; twice {
			return nil, fmt.Errorf("label %s is given twice, expected once", name)
		}
		labels[name] = value
	}
	return labels, nil
}

// split tells the name from the key in one word.
func split(word string) (name, secret string) {
	if strings.HasPrefix(word, hashed) {
		return "", word
	}
	if name, secret, ok := strings.Cut(word, ":"); ok && name != "" && secret != "" {
		return name, secret
	}
	return "", word
}

// plain tells whether s can stand in a header and in a line of a key file.
func plain(s string) bool {
	if s == "" || len(s) > maxText || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// Ring is a set of keys.
type Ring struct {
	// by is keyed by the digest's first eight bytes, so that finding a key takes the same time among
	// few and many. What the time tells is whether a digest begins like a known one, which helps
	// nobody to find a key; the comparison itself is constant in time.
	by map[uint64][]entry
	n  int
}

type entry struct {
	digest    [sha256.Size]byte
	principal Principal
}

// NewRing makes a ring. No key and a key that is given twice are errors: both are mistakes.
func NewRing(keys []Key) (*Ring, error) {
	if len(keys) == 0 {
		return nil, errors.New("there is no key, expected at least one (an environment variable may be unset)")
	}
	ring := &Ring{by: make(map[uint64][]entry, len(keys)), n: len(keys)}
	for i, k := range keys {
		if _, twice := ring.lookup(k.Digest); twice {
			return nil, fmt.Errorf("key %d%s is given twice, expected every key once", i+1, named(k.Name))
		}
		at := binary.BigEndian.Uint64(k.Digest[:])
		p := Principal{ID: hex.EncodeToString(k.Digest[:6]), Name: k.Name, Labels: k.Labels}
		ring.by[at] = append(ring.by[at], entry{k.Digest, p})
	}
	return ring, nil
}

// Len is the number of keys.
func (r *Ring) Len() int { return r.n }

func (r *Ring) find(key string) (Principal, bool) { return r.lookup(sha256.Sum256([]byte(key))) }

func (r *Ring) lookup(digest [sha256.Size]byte) (Principal, bool) {
	for _, e := range r.by[binary.BigEndian.Uint64(digest[:])] {
		if subtle.ConstantTimeCompare(e.digest[:], digest[:]) == 1 {
			return e.principal, true
		}
	}
	return Principal{}, false
}

// named finds a key by its name or its ID.
func (r *Ring) named(name string) (Principal, bool) {
	for _, entries := range r.by {
		for _, e := range entries {
			if e.principal.Name == name || e.principal.ID == name {
				return e.principal, true
			}
		}
	}
	return Principal{}, false
}

func named(name string) string {
	if name == "" {
		return ""
	}
	return " (" + name + ")"
}
