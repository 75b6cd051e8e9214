package toopenai

import (
	"strings"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// output is JSON text on its way into the gateway.
var output []byte

// maxOutput bounds the buffer that is kept from one hook to the next.
const maxOutput = 64 << 10

// parsed is the value of a JSON text that was made in output.
func parsed(b []byte) longmen.Value {
	v := codec.Parsed(b)
	if output = b; cap(output) > maxOutput {
		output = nil
	}
	return v
}

// field is a member's name in lower camel case, good for a switch: proto JSON takes it with underscores as
// well. It is overwritten by the next call.
func field(m longmen.Value) []byte {
	k := codec.Key(m)
	for i := 1; i < len(k); i++ {
		if k[i] == '_' {
			return camel(k)
		}
	}
	return k
}

// camel rewrites a name where it stands.
func camel(k []byte) []byte {
	out := k[:1]
	for i := 1; i < len(k); i++ {
		c := k[i]
		if c == '_' && i+1 < len(k) && k[i+1] >= 'a' && k[i+1] <= 'z' {
			i++
			c = k[i] - 'a' + 'A'
		}
		out = append(out, c)
	}
	return out
}

// items walks a repeated field, for which Google's parser takes a single value as well:
//
//	var w items
//	if !w.walk(list) { … }
//	for v := w.next(); v.Exists(); v = w.next() { … }
//
// The elements may move meanwhile.
type items struct {
	following longmen.Value
	single    bool
}

// walk begins the walk; false when v is neither absent, a list nor a single object.
func (w *items) walk(v longmen.Value) bool {
	switch v.Kind() {
	case longmen.KindArray:
		w.following = v.First()
	case longmen.KindObject:
		w.following, w.single = v, true
	case longmen.KindInvalid, longmen.KindNull:
	default:
		return false
	}
	return true
}

// next is the next element, 0 behind the last.
func (w *items) next() longmen.Value {
	v := w.following
	if !v.Exists() {
		return 0
	}
	if w.following = 0; !w.single {
		w.following = v.Next()
	}
	return v
}

// functionNames are the names that OpenAI takes.
var functionNames = codec.NameForm{Max: 64, Allowed: func(c byte, first bool) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-':
		return true
	}
	return false
}}

// maxSteps bounds the contents, parts and schema nodes of one request, so that no client can spend the
// plugin's whole time: a request of the largest agents has some thousands.
const maxSteps = 30000

// step counts one of them.
func (r *request) step(at *codec.Path) error {
	if r.steps++; r.steps > maxSteps {
		return invalid(at, "the request has too many parts: expected at most 30000 contents, parts and schema nodes")
	}
	return nil
}

// lasting is a copy of a place for a walk that calls itself: the compiler would have to put every place that may
// be handed to one on the heap, also for requests that need no such walk.
func lasting(at *codec.Path) *codec.Path {
	if at == nil {
		return nil
	}
	return &codec.Path{Up: lasting(at.Up), Name: strings.Clone(at.Name), Index: at.Index}
}
