package redact

import (
	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// maxLeaf bounds what is read together with the name of its member: a value that needs its name to be known is
// short.
const maxLeaf = 4 << 10

var leaf []byte // a value behind its name

// scan finds the entities of a segment. A leaf of arguments or of a result is read as it stands in JSON, behind
// the name of its member, because a password, an account or a name is often known by nothing else.
func scan(s *detect.Scanner, seg *longmen.Segment) []detect.Span {
	name := memberName(seg.Path)
	if name == "" || len(seg.Text) > maxLeaf {
		return s.Scan(seg.Text)
	}
	leaf = append(append(append(leaf[:0], '"'), name...), `":"`...)
	before := len(leaf)
	leaf = append(append(leaf, seg.Text...), '"')
	defer clear(leaf)
	spans := within(s.Scan(leaf), before, len(seg.Text))
	if len(seg.Text) <= maxOdd && odd(leaf[before:len(leaf)-1]) {
		// Quotes and backslashes of a password look like its end.
		if all := within(s.Scan(leaf), before, len(seg.Text)); len(all) == 1 && all[0].Start == 0 && all[0].End == len(seg.Text) {
			return all
		}
		copy(leaf[before:], seg.Text)
		spans = within(s.Scan(leaf), before, len(seg.Text))
	}
	return spans
}

// maxOdd bounds a value that is one word and has quotes or backslashes in it.
const maxOdd = 128

// odd makes letters of the quotes and backslashes of a value that is one word; false if it is none or has none.
func odd(value []byte) (found bool) {
	if detect.Index(value, ' ', 0) >= 0 {
		return false
	}
	for i, c := range value {
		if c == '"' || c == '\\' {
			value[i], found = 'x', true
		}
	}
	return found
}

// within is the part of spans that lies in the n bytes behind before, counted from there.
func within(spans []detect.Span, before, n int) []detect.Span {
	kept := spans[:0]
	for _, f := range spans {
		if f.Start, f.End = max(f.Start-before, 0), min(f.End-before, n); f.Start < f.End {
			kept = append(kept, f)
		}
	}
	return kept
}

// memberName is the name of the member that a leaf belongs to, itself or as an element of a list; "" if there
// is none.
func memberName(path string) string {
	for end := len(path); end > 0; {
		start := end
		for start > 0 && path[start-1] != '/' {
			start--
		}
		for i := start; i < end; i++ {
			if path[i] < '0' || path[i] > '9' {
				return path[start:end]
			}
		}
		end = start - 1
	}
	return ""
}
