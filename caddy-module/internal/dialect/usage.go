package dialect

import (
	"strconv"
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
	Written    int64 // part of Prompt written to the provider's prompt cache
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
	const prompt, completion, total, cached, written, reasoning = 0, 1, 2, 3, 4, 5
	var sums [6]int64
	var found [6]bool
	for kind, paths := range d.usageParts {
		for _, p := range paths {
			if v, ok := a.Int(p.find(a, at)); ok && v >= 0 && v < 1<<48 {
				sums[kind] += v
				found[kind] = true
				if kind > completion {
					break
				}
			}
		}
	}
	if found == [6]bool{} {
		return false
	}
	spec := &d.desc.Usage
	if spec.Disjoint && (found[prompt] || found[cached] || found[written]) {
		// Of what an event leaves out the earlier count holds.
		if !found[prompt] {
			sums[prompt] = max(u.Prompt-u.Cached-u.Written, 0)
		}
		if !found[cached] {
			sums[cached] = u.Cached
		}
		if !found[written] {
			sums[written] = u.Written
		}
		sums[prompt] += sums[cached] + sums[written]
		found[prompt] = true
	}
	if spec.Apart && (found[completion] || found[reasoning]) {
		// Some models' completion count includes the reasoning already.
		if sums[total] == 0 || sums[prompt]+sums[completion] != sums[total] {
			sums[completion] += sums[reasoning]
		}
		found[completion] = true
	}
	for kind, to := range [...]*int64{&u.Prompt, &u.Completion, &u.Total, &u.Cached, &u.Written, &u.Reasoning} {
		if found[kind] {
			*to = sums[kind]
		}
	}
	if !found[total] {
		u.Total = u.Prompt + u.Completion
	}
	return true
}

// UsageMember is the name of the member that usually holds the counts, "" when they stand in the document
// itself.
func (d *Dialect) UsageMember() string {
	at := d.desc.Usage.At[0]
	return at[strings.LastIndexByte(at, '.')+1:]
}

// Counts tells whether clients of the dialect ask for the size of their prompt and nothing else.
func (d *Dialect) Counts() bool { return d.count != nil }

// RenderCount is the answer to such a client.
func (d *Dialect) RenderCount(tokens int) []byte {
	var out []byte
	for i := range d.count {
		p := &d.count[i]
		out = append(out, p.text...)
		if p.variable == "tokens" {
			out = strconv.AppendInt(out, int64(tokens), 10)
		}
	}
	return out
}

// Answers tells whether answers of the dialect hold what a model has written, and not vectors or counts only.
func (d *Dialect) Answers() bool { return len(d.finish) > 0 }

// Finish is the finish reason of the first choice that has one, in the dialect's own word, "" while
// none has; of a whole answer or of an event.
func (d *Dialect) Finish(a *document.Arena, root document.Node) string {
	for _, p := range d.finish {
		if n := p.find(a, root); d.ends(a, n) {
			if a.Kind(n) != abi.KindString {
				return string(a.Key(n))
			}
			t, _ := a.Text(n)
			return intern(t)
		}
	}
	return ""
}

// Finished tells whether any choice has ended with this event or answer.
func (d *Dialect) Finished(a *document.Arena, root document.Node) bool {
	for _, p := range d.finish {
		if d.ends(a, p.find(a, root)) {
			return true
		}
	}
	return false
}

// ends tells whether value n, at a place of finish reasons, is one.
func (d *Dialect) ends(a *document.Arena, n document.Node) bool {
	if a.Len(n) == 0 {
		v, _ := a.Bool(n)
		return v
	}
	for _, open := range d.open {
		if a.Is(n, open) {
			return false
		}
	}
	return true
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
	case "end_turn":
		return "end_turn"
	case "tool_use":
		return "tool_use"
	case "completed":
		return "completed"
	case "STOP":
		return "STOP"
	case "MAX_TOKENS":
		return "MAX_TOKENS"
	}
	return string(t)
}
