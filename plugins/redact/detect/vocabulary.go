package detect

import "unsafe"

// Lists of words stand in the source as strings, their words parted by spaces.

// wordsOf yields the words of a list.
//
//go:noinline
func wordsOf(list string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i := 0; i < len(list); {
			j := i
			for j < len(list) && list[j] != ' ' {
				j++
			}
			if j > i && !yield(list[i:j]) {
				return
			}
			i = j + 1
		}
	}
}

// tables are what New makes of lists before the first scanner. Package init only notes them: all plugins of a module share it, and
// most instances never scan.
var (
	tables   []func()
	prepared bool
)

// later makes a table when there are others. Those who call it are not inlined: each copy would bring its closure.
func later(table func()) {
	if prepared {
		table()
		return
	}
	tables = append(tables, table)
}

// prepare makes the tables, once.
func prepare() {
	if prepared {
		return
	}
	prepared = true
	for _, table := range tables {
		table()
	}
	tables = nil
	indexTriggers()
}

// vocabulary is a list in which words are looked up. It takes a fraction of a map's memory and time.
type vocabulary struct {
	list  string
	slots []uint16 // see placesOf; made when first needed
}

func words(list string) *vocabulary { return &vocabulary{list: list} }

// has tells whether w is a word of the list.
func (v *vocabulary) has(w string) bool {
	if w == "" {
		return false
	}
	if v.slots == nil {
		v.slots = placesOf(v.list, len(v.list))
	}
	mask := uint64(len(v.slots) - 1)
	for k := hashOf(w) & mask; v.slots[k] != 0; k = (k + 1) & mask {
		if rest := v.list[v.slots[k]-1:]; len(rest) >= len(w) && rest[:len(w)] == w && (len(rest) == len(w) || rest[len(w)] == ' ') {
			return true
		}
	}
	return false
}

// placesOf are the places of the words of a list, from 1, in slots by the hash of their first n bytes, or in the next free one.
func placesOf(list string, n int) []uint16 {
	if len(list) >= 1<<16 {
		panic("detect: a list is too long")
	}
	size, count := 64, 0
	for range wordsOf(list) {
		if count++; 2*count > size {
			size *= 2
		}
	}
	slots := make([]uint16, size)
	at := 0
	for w := range wordsOf(list) {
		for list[at] == ' ' {
			at++
		}
		k := int(hashOf(w[:min(n, len(w))])) & (size - 1)
		for slots[k] != 0 {
			k = (k + 1) & (size - 1)
		}
		slots[k] = uint16(at + 1)
		at += len(w)
	}
	return slots
}

// hashOf is wordHash of a whole word.
func hashOf(w string) uint64 { return wordHash(bytesOf(w), 0, len(w)) }

// bytesOf is the text of s, which must not be written to.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
