package dialect

import (
	"strings"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Usage is the token counts of an exchange as the upstream reports them. Streams report them more than
// once, cumulatively: the latest count of each kind wins.
type Usage struct {
	Prompt     int64 // all input tokens, cached ones included
	Completion int64 // all output tokens, reasoning included
	Total      int64
	Cached     int64 // part of Prompt read from the provider's prompt cache
	Reasoning  int64 // part of Completion spent on reasoning
}

// Usage reads the counts of a whole answer or an event into u and tells whether there were any. Kinds
// that are absent keep what u had, except the total, which always fits the others.
func (d *Dialect) Usage(a *document.Arena, root document.Node, u *Usage) bool {
	var at document.Node
	for _, p := range d.usageAt {
		if at = p.find(a, root); a.Kind(at) == abi.KindObject {
			break
		}
		at = 0
	}
	if at == 0 {
		return false
	}
	var sums [5]int64
	var found [5]bool
	for kind, paths := range d.usageParts {
		for _, p := range paths {
			if v, ok := a.Int(p.find(a, at)); ok && v >= 0 && v < 1<<48 {
				sums[kind] += v
				found[kind] = true
				if kind >= 2 {
					break
				}
			}
		}
	}
	if found == [5]bool{} {
		return false
	}
	if d.desc.Usage.Apart && (found[1] || found[4]) {
		// Some models' completion count includes the reasoning already.
		if sums[2] == 0 || sums[0]+sums[1] != sums[2] {
			sums[1] += sums[4]
		}
		found[1] = true
	}
	for kind, to := range [...]*int64{&u.Prompt, &u.Completion, &u.Total, &u.Cached, &u.Reasoning} {
		if found[kind] {
			*to = sums[kind]
		}
	}
	if !found[2] {
		u.Total = u.Prompt + u.Completion
	}
	return true
}

// UsageMember is the name of the member that usually holds the counts.
func (d *Dialect) UsageMember() string {
	at := d.desc.Usage.At[0]
	return at[strings.LastIndexByte(at, '.')+1:]
}

// Finish is the finish reason of the first choice that has one, in the dialect's own word, "" while
// none has; of a whole answer or of an event.
func (d *Dialect) Finish(a *document.Arena, root document.Node) string {
	for _, p := range d.finish {
		if n := p.find(a, root); a.Len(n) > 0 {
			t, _ := a.Text(n)
			return intern(t)
		}
	}
	return ""
}

// Finished tells whether any choice has ended with this event or answer.
func (d *Dialect) Finished(a *document.Arena, root document.Node) bool {
	for _, p := range d.finish {
		if a.Len(p.find(a, root)) > 0 {
			return true
		}
	}
	return false
}

// intern turns the usual finish reasons into strings without allocating.
func intern(t []byte) string {
	switch string(t) {
	case "stop":
		return "stop"
	case "length":
		return "length"
	case "tool_calls":
		return "tool_calls"
	case "STOP":
		return "STOP"
	case "MAX_TOKENS":
		return "MAX_TOKENS"
	}
	return string(t)
}
