package redact

import (
	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// A placeholder is <NAME_TAG>: the type's name and a tag of tagMin to tagMax characters of tagAlphabet.
const (
	// tagAlphabet has 32 characters and none that reads like another (0 and O, 1 and I).
	tagAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	tagMin      = 4
	tagMax      = 24
)

// placeholderNames are what placeholders begin with behind the bracket, by type; byFirst has them by the first byte,
// longer names first, so that PHONE_EXT_ is not read as PHONE_.
var (
	placeholderNames []string
	byFirst          [128][]string
)

// nameTypes makes what there is for each type: a configuration can add types.
func nameTypes() {
	placeholderNames, byFirst = placeholderNames[:0], [128][]string{}
	attributes = attributes[:0]
	counts, answered = make([]int, detect.NumTypes()), make([]int, detect.NumTypes())
	safe = vault{}
	for i := range detect.NumTypes() {
		t := detect.Type(i)
		n := t.Kind().Prefix + "_"
		placeholderNames = append(placeholderNames, n)
		list := append(byFirst[n[0]], n)
		for k := len(list) - 1; k > 0 && len(list[k]) > len(list[k-1]); k-- {
			list[k], list[k-1] = list[k-1], list[k]
		}
		byFirst[n[0]] = list
		if t.IsCustom() {
			attributes = append(attributes, "pii.custom")
		} else {
			attributes = append(attributes, "pii."+t.String())
		}
	}
}

var inTag = func() (in [256]bool) {
	for i := range len(tagAlphabet) {
		in[tagAlphabet[i]] = true
	}
	return in
}()

// reading is what readPlaceholder found.
type reading uint8

const (
	none  reading = iota // no placeholder starts here
	open                 // the text ends before it can be told
	whole                // a placeholder of n bytes
)

// readPlaceholder reads at the start of b, which begins with '<', what has the form of a placeholder.
func readPlaceholder(b []byte) (r reading, n int) {
	if len(b) == 1 {
		return open, 1
	}
	if b[1] >= 0x80 {
		return none, 0
	}
	r = none
	for _, name := range byFirst[b[1]] {
		k := 0
		for k < len(name) && 1+k < len(b) && b[1+k] == name[k] {
			k++
		}
		if 1+k == len(b) {
			return open, len(b)
		}
		if k < len(name) {
			continue
		}
		i := 1 + k
		for i < len(b) && inTag[b[i]] {
			i++
		}
		switch tag := i - 1 - k; {
		case tag > tagMax:
		case i == len(b):
			r, n = open, i
		case b[i] == '>' && tag >= tagMin:
			return whole, i + 1
		}
	}
	return r, n
}

// tagger derives the tags of one value: the first has tagMin characters, each further is one longer.
type tagger struct {
	typ  detect.Type
	tag  [tagMax]byte
	next int
}

// newTagger derives tags from the normal form and, when the spelling is another, from the spelling: the first
// tagMin characters are those of every spelling, at least two more are the spelling's own.
func newTagger(buf []byte, typ detect.Type, value []byte) (tagger, []byte) {
	t := tagger{typ: typ, next: tagMin}
	name := typ.String()
	buf = append(append(buf[:0], name...), 0)
	buf = detect.AppendNormal(buf, typ, value)
	same := string(buf[len(name)+1:]) == string(value)
	sum := longmen.MAC(settings.key, view(buf))
	for i := range t.tag {
		t.tag[i] = tagAlphabet[sum[i]&31]
	}
	if !same {
		buf = append(append(append(buf[:0], name...), 1), value...)
		sum = longmen.MAC(settings.key, view(buf))
		for i := tagMin; i < tagMax; i++ {
			t.tag[i] = tagAlphabet[sum[i]&31]
		}
		t.next = tagMin + 2
	}
	return t, buf
}

// placeholder appends the next longer placeholder; false when there is none left.
func (t *tagger) placeholder(dst []byte) ([]byte, bool) {
	if t.next > tagMax {
		return dst, false
	}
	dst = append(dst, '<')
	dst = append(dst, placeholderNames[t.typ]...)
	dst = append(dst, t.tag[:t.next]...)
	t.next++
	return append(dst, '>'), true
}
