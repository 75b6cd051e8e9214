package redact

import (
	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// restore puts originals back into an answer's texts. Text without a '<' costs one look at it and no host
// call; a '<' that can begin a placeholder by its form is looked up in State. Of a streamed text only
// an end that begins a placeholder of this exchange is held back.
func restore(t *longmen.Text) {
	var state longmen.Value
	restored := false
	for k := range t.Segments {
		seg := &t.Segments[k]
		text := seg.Text
		for i := detect.Index(text, '<', 0); i >= 0; i = detect.Index(text, '<', i) {
			r, n := readPlaceholder(text[i:])
			if r == none {
				i++
				continue
			}
			if !state.Exists() {
				if state = longmen.State(); !state.First().Exists() {
					return // nothing was replaced in this exchange
				}
			}
			if r == open {
				if seg.Streamed && !seg.Final && alive(state, text[i:]) {
					t.Hold(k, n)
				}
				break
			}
			if original := state.Get(view(text[i : i+n])); original.Exists() {
				out = original.AppendString(out[:0])
				t.ReplaceBytes(k, i, n, out)
				restored = true
			}
			i += n
		}
	}
	if restored {
		clear(out[:cap(out)]) // no original stays longer than it is needed
	}
}

// alive tells whether a placeholder of this exchange begins with b.
func alive(state longmen.Value, b []byte) bool {
	if len(b) == 1 {
		return true
	}
	var key [tagMax + 24]byte
	for v := state.First(); v.Exists(); v = v.Next() {
		if p := v.KeyPrefix(key[:]); len(p) > len(b) && string(p[:len(b)]) == string(b) {
			return true
		}
	}
	return false
}
