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
	few   []handed          // the first placeholders handed out: most calls have no more, and maps are dear
	given map[handed]string // the further ones, by value; the keys are views of the call's text
	taken map[string]bool   // the further ones, and spellings of placeholders in the text
	state longmen.Value     // State, once it is needed
	old   bool              // State held placeholders before this call
	buf   []byte
}

// handed is a value of a type. In few it has its placeholder, too.
type handed struct {
	typ         detect.Type
	value, name string
}

// maxFew is how many placeholders are looked through one by one.
const maxFew = 8

var errNames = errors.New("making a placeholder: every candidate stands in the text already")

// open prepares the vault for a call.
func (v *vault) open() {
	if v.taken == nil {
		v.taken = make(map[string]bool)
		v.given = make(map[handed]string)
	}
	v.state = longmen.State()
	v.old = v.state.First().Exists()
}

// close forgets the call.
func (v *vault) close() {
	clear(v.few)
	v.few = v.few[:0]
	clear(v.taken)
	clear(v.given)
	clear(v.buf[:cap(v.buf)])
}

// of is the placeholder that this call gave a value, "" for none.
func (v *vault) of(typ detect.Type, value string) string {
	for i := range v.few {
		if h := &v.few[i]; h.typ == typ && h.value == value {
			return h.name
		}
	}
	if len(v.given) == 0 {
		return ""
	}
	return v.given[handed{typ: typ, value: value}]
}

// free tells whether a placeholder stands for nothing in this call.
func (v *vault) free(name string) bool {
	for i := range v.few {
		if v.few[i].name == name {
			return false
		}
	}
	return !v.taken[name]
}

// give notes the placeholder of a value.
func (v *vault) give(typ detect.Type, value, name string) {
	if len(v.few) < maxFew {
		v.few = append(v.few, handed{typ, value, name})
		return
	}
	v.given[handed{typ: typ, value: value}], v.taken[name] = name, true
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
	if p := v.of(typ, view(value)); p != "" {
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
		if !v.free(view(b)) {
			continue
		}
		kept := false
		if v.old {
			if old := v.state.Get(view(b)); old.Exists() {
				if !keep || !old.Is(view(value)) {
					continue
				}
				kept = true
			}
		}
		p := string(b)
		v.give(typ, view(value), p)
		if keep && !kept {
			v.state.SetString(p, view(value))
		}
		return p, nil
	}
}

// view is b as a string, for as long as b stays as it is.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
