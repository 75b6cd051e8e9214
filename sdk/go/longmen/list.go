package longmen

import (
	"unsafe"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/internal/host"
)

// A walk over the members of an object asks for each one's name, kind and successor. First gets all of
// that for the next few children in one call of the host and keeps it here, so that the rest of the walk
// stays inside the guest. Whatever edits a document makes the guest forget.

const (
	listSlots = 128     // values that are remembered, by handle
	listBytes = 4 << 10 // bytes of lists that are kept
	listOne   = 512     // bytes of one list: some twenty members
)

// listed is what is known of a value.
type listed struct {
	value Value
	next  Value  // 0 behind the last child
	age   uint32 // of the list; another age than the list's is stale
	name  uint16 // where the name stands in list.buf
	size  uint8  // of the name
	kind  Kind
	whole bool // the name stands there whole
	ends  bool // next is known
}

var list struct {
	slots [listSlots]listed
	buf   [listBytes]byte
	used  int
	age   uint32
}

// forget drops all lists: a hook begins, or a document was edited.
func forget() {
	list.age++
	list.used = 0
}

// known is what is known of v, or nil.
func (v Value) known() *listed {
	s := &list.slots[v%listSlots]
	if s.value != v || s.age != list.age {
		return nil
	}
	return s
}

// list asks for the children of v and returns the first one.
func (v Value) list() Value {
	if list.used > listBytes-listOne {
		forget()
	}
	n := host.Children(uint32(v), &list.buf[list.used], listOne)
	if n <= 0 {
		return found(n)
	}
	b := list.buf[list.used : list.used+listOne]
	first := Value(b[0]) | Value(b[1])<<8 | Value(b[2])<<16 | Value(b[3])<<24
	total := uint32(b[4]) | uint32(b[5])<<8 | uint32(b[6])<<16 | uint32(b[7])<<24
	at := abi.ListHeaderSize
	for i := Value(0); i < Value(n); i++ {
		c := first + i
		size := int(b[at+1])
		s := &list.slots[c%listSlots]
		*s = listed{value: c, next: c + 1, age: list.age, name: uint16(list.used + at + abi.ListEntrySize), size: uint8(size), kind: Kind(b[at]), ends: true}
		s.whole = size == int(b[at+2])|int(b[at+3])<<8
		if i == Value(n)-1 {
			s.next, s.ends = 0, uint32(n) == total
		}
		at += abi.ListEntrySize + size
	}
	list.used += at
	return first
}

// text is the name as it is kept, valid until the next list.
func (s *listed) text() string { return unsafe.String(&list.buf[s.name], int(s.size)) }
