package togemini

import (
	"strings"

	"github.com/longmen-gateway/longmen/plugins/codec"
)

// Where the walk over an answer is. A chain that is handed down escapes to the heap, an allocation for
// each event; an instance runs one hook at a time, so these two serve all.
var (
	candidatesAt = codec.Path{Name: "candidates"}
	candidateAt  codec.Path
)

// output is JSON text on its way into the gateway.
var output []byte

// functionNames are the names that Gemini takes: a letter or "_", then letters, digits and "_.:-".
var functionNames = codec.NameForm{Max: 64, Allowed: func(c byte, first bool) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_':
		return true
	case c >= '0' && c <= '9', c == '.', c == ':', c == '-':
		return !first
	}
	return false
}}

// lasting is a copy of a place for a walk that calls itself: the compiler would have to put every place that may
// be handed to one on the heap, also for requests that need no such walk.
func lasting(at *codec.Path) *codec.Path {
	if at == nil {
		return nil
	}
	return &codec.Path{Up: lasting(at.Up), Name: strings.Clone(at.Name), Index: at.Index}
}
