package gateway

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strings"
)

// Affinities are what requests may have in common that go the same way. A request that does not have it is taken
// for its caller: the gateway's key, else the address.
//
// A session is what clients call one: a header of sessionHeaders, else the prompt cache key, else the end user.
var affinities = []string{"key", "prompt_cache_key", "session", "user"}

// headerAffinity is a header's name behind this.
const headerAffinity = "header "

// Affinities are the names of what an order can stick to, besides "header " and a name.
func Affinities() []string { return slices.Clone(affinities) }

func checkAffinity(name string) error {
	if header, ok := strings.CutPrefix(name, headerAffinity); ok && header != "" || name == "" || slices.Contains(affinities, name) {
		return nil
	}
	return fmt.Errorf("sticky %q, expected one of %s, or header and a name", name, strings.Join(affinities, ", "))
}

// sessionHeaders are headers in which clients name their session.
var sessionHeaders = []string{"X-Session-Id", "Session-Id", "Session_id", "X-Claude-Code-Session-Id", "X-Conversation-Id", "Conversation_id"}

// affinity is a number that requests have in common that have the named thing in common; never 0.
func (x *exchange) affinity(name string) uint64 {
	if x.affine.name == name && x.affine.hash != 0 {
		return x.affine.hash
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	_, _ = h.Write([]byte(x.common(name)))
	x.affine.name, x.affine.hash = name, max(h.Sum64(), 1)
	return x.affine.hash
}

func (x *exchange) common(name string) string {
	found := ""
	switch header, isHeader := strings.CutPrefix(name, headerAffinity); {
	case isHeader:
		found = x.request.Header.Get(header)
	case name == "user":
		found = x.record.User
	case name == "prompt_cache_key":
		found = x.cacheKey()
	case name == "session":
		found = x.session()
	}
	if found == "" {
		found = x.caller()
	}
	return found
}

func (x *exchange) sessionHeader() string {
	for _, name := range sessionHeaders {
		if v := x.request.Header[http.CanonicalHeaderKey(name)]; len(v) > 0 && v[0] != "" {
			return v[0]
		}
	}
	return ""
}

func (x *exchange) session() string {
	if v := x.sessionHeader(); v != "" {
		return v
	}
	if key := x.cacheKey(); key != "" {
		return key
	}
	return x.record.User
}

// cacheKey is the request's prompt_cache_key, by which OpenAI's servers find a prompt's beginning again
// (https://platform.openai.com/docs/guides/prompt-caching).
func (x *exchange) cacheKey() string {
	if x.root == 0 {
		return ""
	}
	return x.arena.String(x.arena.Get(x.root, "prompt_cache_key"))
}

// standsInBody tells whether what the request has of an affinity may stand in its body.
func (x *exchange) standsInBody(name string) bool {
	switch name {
	case "user", "prompt_cache_key":
		return true
	case "session":
		return x.sessionHeader() == ""
	}
	return false
}
