package codec

import (
	"strconv"
	"strings"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Path is a place in a document, kept as a chain on the stack so that it costs nothing until an error
// or a warning has to name it.
type Path struct {
	Up    *Path
	Name  string // of a member
	Index int    // of an element, when Name is ""
}

// Member is the place of a member below p.
func (p *Path) Member(name string) Path { return Path{Up: p, Name: name} }

// Element is the place of an element below p.
func (p *Path) Element(i int) Path { return Path{Up: p, Index: i} }

// String writes the place as OpenAI's errors do: messages[0].content[1].type.
func (p *Path) String() string { return string(p.append(nil)) }

func (p *Path) append(dst []byte) []byte {
	if p == nil {
		return dst
	}
	dst = p.Up.append(dst)
	if p.Name == "" {
		dst = append(dst, '[')
		dst = strconv.AppendInt(dst, int64(p.Index), 10)
		return append(dst, ']')
	}
	if len(dst) > 0 {
		dst = append(dst, '.')
	}
	return AppendName(dst, p.Name)
}

// maxName bounds a member name of the client in errors and warnings, in bytes.
const maxName = 64

// AppendName appends a name that the client chose, fit for a header: printable ASCII, bounded.
//
//go:noinline
func AppendName(dst []byte, name string) []byte {
	for i := 0; i < len(name) && i < maxName; i++ {
		c := name[i]
		if c <= ' ' || c > '~' {
			c = '_'
		}
		dst = append(dst, c)
	}
	return dst
}

// Item names a member that the client chose in a warning: where is the place of what it stands in, without
// indices, "" for the top.
//
//go:noinline
func Item(where string, name []byte) string {
	item := append(make([]byte, 0, 96), where...)
	if where != "" {
		item = append(item, '.')
	}
	return string(AppendName(item, View(name)))
}

// Invalid refuses a request that cannot be served truthfully.
func Invalid(at *Path, message string) error {
	return longmen.Reject(400, "invalid_value", at.String(), message)
}

// Unsupported refuses a request that asks for what the provider, or this model, does not do.
func Unsupported(at *Path, message string) error {
	return longmen.Reject(400, "unsupported_value", at.String(), message)
}

// Malformed refuses an answer of the provider that is not what its dialect promises.
func Malformed(at *Path, expected string) error {
	where := at.String()
	return longmen.Reject(502, "upstream_malformed", where, "the provider's answer is malformed at "+where+": expected "+expected)
}

// maxWarnings bounds the warnings of one request: they become header fields.
const maxWarnings = 16

// Warnings are the items of the running hook, each given once however often its cause occurs.
type Warnings struct {
	items  []string
	strict uint8 // strict_params: 0 not asked yet, 1 no, 2 yes
}

// Warn reports what was lost; with strict_params it refuses the request instead.
func (w *Warnings) Warn(param, reason string) error {
	if w.strict == 0 {
		w.strict = 1
		if longmen.Attr(abi.AttrStrictParams).Bool() {
			w.strict = 2
		}
	}
	if w.strict == 2 {
		return longmen.Reject(400, "unsupported_parameter", param, reason+" (strict_params is on)")
	}
	item := param + ": " + reason // as the codec gave it: known items need no calls of the host
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
		longmen.Warn("request", "more was lost in translation; further warnings are left out")
		return nil
	}
	longmen.Warn(param, onTheWay(reason))
	return nil
}

// onTheWay names the provider in a reason that ends with the hub's, where the hub is not the end of the
// way.
func onTheWay(reason string) string {
	const hub = "by openai"
	if !strings.HasSuffix(reason, hub) {
		return reason
	}
	switch to, _, _ := strings.Cut(longmen.Attr(abi.AttrUpstreamDialect).String(), "."); to {
	case "", "openai":
		return reason
	default:
		return reason[:len(reason)-len(hub)] + "on the way to " + to
	}
}
