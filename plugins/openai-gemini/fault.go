package openaigemini

import (
	"strconv"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// path is a place in a document, kept as a chain on the stack so that it costs nothing until an error
// or a warning has to name it.
type path struct {
	up    *path
	name  string // of a member
	index int    // of an element, when name is ""
}

// Where the walk over an answer is. A chain that is handed down escapes to the heap, an allocation for
// each event; an instance runs one hook at a time, so these two serve all.
var (
	candidatesAt = path{name: "candidates"}
	candidateAt  path
)

func (p *path) member(name string) path { return path{up: p, name: name} }
func (p *path) element(i int) path      { return path{up: p, index: i} }

// String writes the place as OpenAI's errors do: messages[0].content[1].type.
func (p *path) String() string { return string(p.append(nil)) }

func (p *path) append(dst []byte) []byte {
	if p == nil {
		return dst
	}
	dst = p.up.append(dst)
	if p.name == "" {
		dst = append(dst, '[')
		dst = strconv.AppendInt(dst, int64(p.index), 10)
		return append(dst, ']')
	}
	if len(dst) > 0 {
		dst = append(dst, '.')
	}
	return appendName(dst, p.name)
}

// maxName bounds a member name of the client in errors and warnings, in bytes.
const maxName = 64

// appendName appends a name that the client chose, fit for a header: printable ASCII, bounded.
func appendName(dst []byte, name string) []byte {
	for i := 0; i < len(name) && i < maxName; i++ {
		c := name[i]
		if c <= ' ' || c > '~' {
			c = '_'
		}
		dst = append(dst, c)
	}
	return dst
}

// invalid refuses a request that cannot be served truthfully.
func invalid(at *path, message string) error {
	return longmen.Reject(400, "invalid_value", at.String(), message)
}

// unsupported refuses a request that asks for what Gemini, or this model, does not do.
func unsupported(at *path, message string) error {
	return longmen.Reject(400, "unsupported_value", at.String(), message)
}

// malformed refuses an answer of the provider that is not what generateContent promises.
func malformed(at *path, expected string) error {
	where := at.String()
	return longmen.Reject(502, "upstream_malformed", where, "the provider's answer is malformed at "+where+": expected "+expected)
}

// maxWarnings bounds the warnings of one request: they become header fields.
const maxWarnings = 16

// warnings are the items of the running hook, each given once however often its cause occurs.
type warnings struct {
	items  []string
	strict uint8 // strict_params: 0 not asked yet, 1 no, 2 yes
}

// warn reports what was lost; with strict_params it refuses the request instead.
func (w *warnings) warn(param, reason string) error {
	if w.strict == 0 {
		w.strict = 1
		if longmen.Attr("strict_params").Bool() {
			w.strict = 2
		}
	}
	if w.strict == 2 {
		return longmen.Reject(400, "unsupported_parameter", param, reason+" (strict_params is on)")
	}
	item := param + ": " + reason
	for _, known := range w.items {
		if known == item {
			return nil
		}
	}
	if len(w.items) == maxWarnings {
		return nil
	}
	w.items = append(w.items, item)
	if len(w.items) == maxWarnings {
		longmen.Warn("request", "more was not supported by gemini; further warnings are left out")
		return nil
	}
	longmen.Warn(param, reason)
	return nil
}
