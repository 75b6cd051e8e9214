package redact

import (
	"unsafe"

	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// handed is what one call has handed out: placeholders by value, and all names that are in use, those that texts spell included.
// A text can have tens of thousands; Go's maps of them take several times the memory, and more time.
type handed struct {
	rows    []row
	names   []byte   // of all rows, one after the other
	byValue []uint32 // numbers of rows from 1, by the hash of type and value, or in the next free slot
	byName  []uint32
	seed    uint64 // clients choose the values
}

// row is a placeholder.
type row struct {
	value string // a view of the call's text, "" for a name that a text spells
	name  uint32 // where it stands in names
	size  uint16
	typ   detect.Type
}

const (
	// fewRows are looked through one by one: most calls have no more.
	fewRows = 8
	// keepRows bounds what stays for the next call.
	keepRows = 1024
)

func (h *handed) name(r *row) []byte { return h.names[r.name:][:r.size:r.size] }

// of is the placeholder of a value, nil for none.
func (h *handed) of(typ detect.Type, value string) []byte {
	if len(h.rows) <= fewRows {
		for i := range h.rows {
			if r := &h.rows[i]; r.typ == typ && r.value == value {
				return h.name(r)
			}
		}
		return nil
	}
	if k := h.byValue[h.valueSlot(typ, value)]; k != 0 {
		return h.name(&h.rows[k-1])
	}
	return nil
}

// free tells whether no row has the name.
func (h *handed) free(name []byte) bool {
	if len(h.rows) <= fewRows {
		for i := range h.rows {
			if string(h.name(&h.rows[i])) == string(name) {
				return false
			}
		}
		return true
	}
	return h.byName[h.nameSlot(name)] == 0
}

// give adds a row and returns its name. A free name, and a value that has none, are the caller's care; the value "" has any number.
func (h *handed) give(typ detect.Type, value string, name []byte) []byte {
	h.rows = append(h.rows, row{value, uint32(len(h.names)), uint16(len(name)), typ})
	h.names = append(h.names, name...)
	switch n := len(h.rows); {
	case n <= fewRows:
	case n > len(h.byName)/2:
		h.index(max(4*fewRows, 2*len(h.byName)))
	default:
		h.list(n - 1)
	}
	return h.name(&h.rows[len(h.rows)-1])
}

// index makes the tables anew, with so many slots.
func (h *handed) index(slots int) {
	if h.seed == 0 {
		sum := longmen.MAC("", "placeholders of a call")
		h.seed = word(sum[:])
	}
	h.byValue, h.byName = make([]uint32, slots), make([]uint32, slots)
	for i := range h.rows {
		h.list(i)
	}
}

// list puts row i into the tables.
func (h *handed) list(i int) {
	r := &h.rows[i]
	if r.value != "" {
		h.byValue[h.valueSlot(r.typ, r.value)] = uint32(i + 1)
	}
	h.byName[h.nameSlot(h.name(r))] = uint32(i + 1)
}

func (h *handed) valueSlot(typ detect.Type, value string) uint64 {
	mask := uint64(len(h.byValue) - 1)
	for i := h.hash(unsafe.Slice(unsafe.StringData(value), len(value))) & mask; ; i = (i + 1) & mask {
		k := h.byValue[i]
		if k == 0 {
			return i
		}
		if r := &h.rows[k-1]; r.typ == typ && r.value == value {
			return i
		}
	}
}

func (h *handed) nameSlot(name []byte) uint64 {
	mask := uint64(len(h.byName) - 1)
	for i := h.hash(name) & mask; ; i = (i + 1) & mask {
		if k := h.byName[i]; k == 0 || string(h.name(&h.rows[k-1])) == string(name) {
			return i
		}
	}
}

func (h *handed) hash(b []byte) uint64 {
	x := h.seed ^ uint64(len(b))
	for ; len(b) > 8; b = b[8:] {
		x = (x ^ word(b)) * 0x9E3779B97F4A7C15
		x ^= x >> 29
	}
	x = (x ^ word(b)) * 0xBF58476D1CE4E5B9
	return x ^ x>>32
}

// word is the first eight bytes of b, or what there is of them.
func word(b []byte) (x uint64) {
	for i := range min(8, len(b)) {
		x |= uint64(b[i]) << (8 * i)
	}
	return x
}

// forget drops the rows.
func (h *handed) forget() {
	if cap(h.rows) > keepRows {
		*h = handed{seed: h.seed}
		return
	}
	clear(h.rows)
	if len(h.rows) > fewRows {
		clear(h.byValue)
		clear(h.byName)
	}
	h.rows, h.names = h.rows[:0], h.names[:0]
}
