package dialect

import (
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// maxAddends bounds how many counts make up one.
const maxAddends = 4

// Usage is the token counts of an exchange as the upstream reports them. Streams report them more than
// once, cumulatively: the latest count of each kind wins.
type Usage struct {
	Prompt     int64 // all input tokens, cached ones included
	Completion int64 // all output tokens, reasoning included
	Total      int64
	Cached     int64 // part of Prompt
	Reasoning  int64 // part of Completion

	parts [5][maxAddends]int64 // as reported, in the order of Counts
}

// Usage reads the counts of a whole answer or an event into u and tells whether there were any. Absent
// ones keep what u had.
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
	found := false
	for kind, paths := range d.usageParts {
		for i, p := range paths {
			if v, ok := a.Int(p.find(a, at)); ok && v >= 0 && v < 1<<53 {
				u.parts[kind][i] = v
				found = true
			}
		}
	}
	if !found {
		return false
	}
	var sums [5]int64
	for kind := range sums {
		for _, v := range u.parts[kind] {
			sums[kind] += v
		}
	}
	u.Prompt, u.Completion, u.Total, u.Cached, u.Reasoning = sums[0], sums[1], sums[2], sums[3], sums[4]
	if d.desc.Usage.Apart && (u.Total == 0 || u.Prompt+u.Completion != u.Total) {
		u.Completion += u.Reasoning
	}
	if u.Total == 0 {
		u.Total = u.Prompt + u.Completion
	}
	return true
}

// Finish is the finish reason of the first choice that has one, in the dialect's own word; "" while
// none has. event tells whether the document is an event.
func (d *Dialect) Finish(a *document.Arena, root document.Node, event bool) string {
	paths := d.finish[0]
	if event {
		paths = d.finish[1]
	}
	for _, p := range paths {
		if n := p.find(a, root); n != 0 {
			if t, _ := a.Text(n); len(t) > 0 {
				return intern(t)
			}
		}
	}
	return ""
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
