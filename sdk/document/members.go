package document

import (
	"hash/maphash"
	"unsafe"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// manyMembers is from how many members on an object gets an index when it is searched again. A variable for tests.
var manyMembers uint32 = 32

// index finds the members of one object by name, so that an object that is searched or filled with thousands of names costs
// a step for each, not a walk. The hash is seeded: clients choose the names.
type index struct {
	of    Node // the object; 0 for none
	last  Node // the large object that was searched last
	used  int
	twice bool   // some name stands more than once
	slots []Node // by the hash of a name, or the next free one behind it: the last member of that name
	seed  maphash.Seed
}

// indexStep is how many members could be walked past in the time that indexing one takes.
const indexStep = 8

// Passes tells how many members a search in obj by name goes past, or could go past in the time that it takes.
func (a *Arena) Passes(obj Node) int {
	n, nd := a.ref(obj)
	if nd.kind != abi.KindObject {
		return 0
	}
	switch count := a.Len(n); {
	case count < int(manyMembers) || a.names.of != n && a.names.last != n:
		return count
	case a.names.of != n:
		return indexStep * count
	}
	return indexStep
}

// last finds the last member called key of an expanded object.
func (a *Arena) last(obj Node, key string) Node {
	x := &a.names
	if a.nodes[obj].count >= manyMembers {
		if x.of != obj && x.last == obj {
			a.indexMembers(obj)
		}
		if x.of == obj {
			return x.slots[a.slot(key)]
		}
		x.last = obj
	}
	first := a.nodes[obj].first
	if first == 0 {
		return 0
	}
	for c := a.nodes[first].prev; ; c = a.nodes[c].prev {
		if a.keyIs(&a.nodes[c], key) {
			return c
		}
		if c == first {
			return 0
		}
	}
}

// slot is where the members called key stand in the index, or would stand.
func (a *Arena) slot(key string) int {
	x := &a.names
	mask := len(x.slots) - 1
	for i := int(maphash.String(x.seed, key)) & mask; ; i = (i + 1) & mask {
		if c := x.slots[i]; c == 0 || a.keyIs(&a.nodes[c], key) {
			return i
		}
	}
}

// indexMembers makes the index of an object.
func (a *Arena) indexMembers(obj Node) {
	x := &a.names
	if x.slots == nil {
		x.seed = maphash.MakeSeed()
	}
	size := 128
	for size < 4*int(a.nodes[obj].count) {
		size *= 2
	}
	if cap(x.slots) < size {
		x.slots = make([]Node, size)
	}
	x.slots = x.slots[:size]
	clear(x.slots)
	x.of, x.last, x.used, x.twice = obj, 0, 0, false
	for c := a.nodes[obj].first; c != 0; c = a.nodes[c].next {
		a.indexMember(c)
	}
}

// indexMember adds the last member of the indexed object.
func (a *Arena) indexMember(c Node) {
	x := &a.names
	if x.used >= len(x.slots)/2 {
		a.indexMembers(x.of)
		return
	}
	name := a.Key(c)
	i := a.slot(unsafe.String(unsafe.SliceData(name), len(name)))
	if x.slots[i] == 0 {
		x.used++
	} else {
		x.twice = true
	}
	x.slots[i] = c
}

// reindexMember puts v, which has taken the place and the name of old in obj, in old's place.
func (a *Arena) reindexMember(obj, old, v Node) {
	if x := &a.names; x.of == obj {
		name := a.Key(v)
		if i := a.slot(unsafe.String(unsafe.SliceData(name), len(name))); x.slots[i] == old {
			x.slots[i] = v
		}
	}
}

// mayBeTwice tells whether some name may stand more than once in obj.
func (a *Arena) mayBeTwice(obj Node) bool { return a.names.of != obj || a.names.twice }

// forgetMembers drops the index if it is that of obj.
func (a *Arena) forgetMembers(obj Node) {
	if a.names.of == obj {
		a.names.of = 0
	}
}
