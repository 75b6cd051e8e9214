package redact

import (
	"errors"
	"unsafe"

	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// vault hands out placeholders in one call. What they stand for goes into State, by placeholder; here
// is only what one call needs, and it is empty between calls.
type vault struct {
	given []map[string]string // placeholder by value; the keys are views of the call's text
	taken map[string]bool     // placeholders in use, and spellings of placeholders in the text
	state longmen.Value       // State, once it is needed
	old   bool                // State held placeholders before this call
	buf   []byte
}

var errNames = errors.New("making a placeholder: every candidate stands in the text already")

// open prepares the vault for a call.
func (v *vault) open() {
	if v.taken == nil {
		v.taken = make(map[string]bool)
		v.given = make([]map[string]string, detect.NumTypes())
		for i := range v.given {
			v.given[i] = make(map[string]string)
		}
	}
	v.state = longmen.State()
	v.old = v.state.First().Exists()
}

// close forgets the call. Most calls leave most maps empty, and clearing an empty map costs as much.
func (v *vault) close() {
	if len(v.taken) > 0 {
		clear(v.taken)
	}
	for _, m := range v.given {
		if len(m) > 0 {
			clear(m)
		}
	}
	clear(v.buf[:cap(v.buf)])
}

// avoid notes what in a text has the form of a placeholder: whoever wrote it must not be handed the
// data of another when it comes back in an answer.
func (v *vault) avoid(text []byte) {
	for i := detect.Index(text, '<', 0); i >= 0; {
		r, n := readPlaceholder(text[i:])
		if r == whole {
			v.taken[view(text[i:i+n])] = true
			i += n - 1
		}
		i = detect.Index(text, '<', i+1)
	}
}

// placeholder is the placeholder of a value.
func (v *vault) placeholder(typ detect.Type, value []byte) (string, error) {
	if p, ok := v.given[typ][view(value)]; ok {
		return p, nil
	}
	keep := settings.restore && !settings.irreversible.Has(typ)
	var t tagger
	t, v.buf = newTagger(v.buf, typ, value)
	for {
		b, ok := t.placeholder(v.buf[:0])
		v.buf = b
		if !ok {
			return "", errNames
		}
		if v.taken[view(b)] {
			continue
		}
		p := string(b)
		if v.old {
			if kept := v.state.Get(p); kept.Exists() {
				if !keep || !kept.Is(view(value)) {
					continue
				}
				v.given[typ][view(value)], v.taken[p] = p, true
				return p, nil
			}
		}
		v.given[typ][view(value)], v.taken[p] = p, true
		if keep {
			v.state.SetString(p, view(value))
		}
		return p, nil
	}
}

// view is b as a string, for as long as b stays as it is.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
