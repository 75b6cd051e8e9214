package redact

import (
	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// exactPlaceholders puts originals in place of placeholders as they were given: it adds patches and returns how
// much of the end has to wait. Text without a '<' costs one look at it and no host call; a '<' that can begin a placeholder
// by its form is looked up in State. Of a streamed text only an end that begins a placeholder of this exchange is held back.
func exactPlaceholders(text []byte, state longmen.Value, waiting bool) (hold int) {
	for i := detect.Index(text, '<', 0); i >= 0; i = detect.Index(text, '<', i) {
		r, n := readPlaceholder(text[i:])
		if r == none {
			i++
			continue
		}
		if r == open {
			if waiting && alive(state, text[i:]) {
				hold = n
			}
			return hold
		}
		if original := state.Get(view(text[i : i+n])); original.Exists() {
			addOriginal(i, i+n, original)
		}
		i += n
	}
	return 0
}

func addOriginal(start, end int, original longmen.Value) {
	from := int32(len(patchText))
	patchText = original.AppendString(patchText)
	patches = append(patches, patch{start: int32(start), end: int32(end), from: from, n: int32(len(patchText)) - from, restored: true})
}

// restore puts originals back into an answer that is not searched.
func restore(t *longmen.Text) {
	var state longmen.Value
	restored := false
	for k := range t.Segments {
		seg := &t.Segments[k]
		if settings.lenient == nil && !begins(seg.Text) {
			continue
		}
		if !state.Exists() {
			if state = longmen.State(); !state.First().Exists() {
				return // nothing was replaced in this exchange
			}
		}
		patches, patchText = patches[:0], patchText[:0]
		hold := settings.placeholders(seg.Text, state, seg.Streamed && !seg.Final)
		for i := range patches {
			p := &patches[i]
			t.ReplaceBytes(k, int(p.start), int(p.end-p.start), patchText[p.from:p.from+p.n])
			restored = true
			restoredNow++
		}
		t.Hold(k, hold)
	}
	if restored {
		clear(patchText[:cap(patchText)]) // no original stays longer than it is needed
	}
}

// begins tells whether something in text has the form of a placeholder, or of the beginning of one at its end.
func begins(text []byte) bool {
	for i := detect.Index(text, '<', 0); i >= 0; i = detect.Index(text, '<', i+1) {
		if r, _ := readPlaceholder(text[i:]); r != none {
			return true
		}
	}
	return false
}

// manyAlive is from how many placeholders on an exchange counts as having each that a text can begin: looking through thousands with
// every piece of a stream costs more than waiting for the next one.
const manyAlive = 256

// alive tells whether a placeholder of this exchange begins, or may begin, with b.
func alive(state longmen.Value, b []byte) bool {
	if len(b) == 1 {
		return true
	}
	var key [tagMax + 64]byte
	looked := 0
	for v := state.First(); v.Exists(); v = v.Next() {
		if looked++; looked > manyAlive {
			return true
		}
		if p := v.KeyPrefix(key[:]); len(p) > len(b) && string(p[:len(b)]) == string(b) {
			return true
		}
	}
	return false
}
