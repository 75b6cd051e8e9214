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
	given handed
	state longmen.Value // State, once it is needed
	old   bool          // State held placeholders before this call
	buf   []byte
}

var errNames = errors.New("making a placeholder: every candidate stands in the text already")

// open prepares the vault for a call.
func (v *vault) open() {
	v.state = longmen.State()
	v.old = v.state.First().Exists()
}

// close forgets the call.
func (v *vault) close() {
	v.given.forget()
	clear(v.buf[:cap(v.buf)])
}

// avoid notes what in a text has the form of a placeholder: whoever wrote it must not be handed the
// data of another when it comes back in an answer.
func (v *vault) avoid(text []byte) {
	for i := detect.Index(text, '<', 0); i >= 0; {
		r, n := readPlaceholder(text[i:])
		if r == whole {
			if name := text[i : i+n]; v.given.free(name) {
				v.given.give(0, "", name)
			}
			i += n - 1
		}
		i = detect.Index(text, '<', i+1)
	}
}

// placeholder is the placeholder of a value.
func (v *vault) placeholder(typ detect.Type, value []byte) (string, error) {
	if p := v.given.of(typ, view(value)); p != nil {
		return view(p), nil
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
		kept := false
		if v.old { // before what texts spell: in a session that is the value's, too
			if old := v.state.Get(view(b)); old.Exists() {
				if !keep || !old.Is(view(value)) {
					continue
				}
				kept = true
			}
		}
		if !kept && !v.given.free(b) {
			continue
		}
		p := view(v.given.give(typ, view(value), b))
		if keep && !kept {
			v.state.SetString(p, view(value))
		}
		return p, nil
	}
}

// view is b as a string, for as long as b stays as it is.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
