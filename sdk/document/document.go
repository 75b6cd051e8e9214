// Package document holds JSON documents as lazy, editable trees over their original bytes. The
// gateway parses a request, an answer or a stream event once with it and lends the tree to plugins
// by number; the SDK's native test host does the same without a gateway.
//
// What is not edited leaves byte for byte as it came: key order, whitespace, number spelling,
// escapes, unknown and duplicate members. Only what an edit touches is written anew:
//
//   - where only values changed, the new values are spliced into the old text;
//   - where members came, went or moved, that one object or array is written compactly, and its
//     unedited members still stand there byte for byte.
//
// Two documents of one arena share bytes: moving or copying a value between them, however long its
// strings are, costs one node and no copy.
package document

import (
	"errors"
	"strconv"
)

// Node names a value in an Arena. 0 is no value: reading it gives zero results, editing it fails
// with ErrNode. So does every number that the arena never gave out. Nodes die with Reset.
type Node uint32

// Bounds of documents.
const (
	// MaxDepth is how deep arrays and objects may nest, parsed or edited.
	MaxDepth = 512
	// MaxValues is how many values one text may have: a text of brackets alone would else take many
	// times its size in memory. It also bounds the elements of an array of numbers alone, which do not
	// count as values of the text.
	MaxValues = 1 << 20
	// longNumbers is from how many elements on an array of numbers alone is parsed when visited.
	longNumbers = 32
	// maxText bounds one source text and the text made by editing, so that offsets fit 32 bits.
	maxText = 1<<32 - 1
)

// What an Arena keeps over Reset; above it, memory goes back to the garbage collector.
const (
	keepNodes = 64 << 10 // nodes of 48 bytes
	keepBytes = 1 << 20  // bytes per buffer
	// A slice that stayed nearly empty for keepIdle resets in a row is dropped above these sizes, so
	// that one large event does not weigh on a stream that lives for an hour.
	idleNodes = 256
	idleBytes = 16 << 10
	keepIdle  = 8
)

// Why an edit is refused. The documents are then as before the call.
var (
	ErrNode  = errors.New("editing document: no such value")
	ErrKind  = errors.New("editing document: value has another kind than the edit needs")
	ErrCycle = errors.New("editing document: value would contain itself")
	ErrDepth = errors.New("editing document: nesting would pass 512 levels")
	ErrRange = errors.New("editing document: part lies outside of the string or begins or ends inside of a character")
	ErrRoot  = errors.New("editing document: value stands in no object or array")
	ErrFull  = errors.New("editing document: arena is full (4 GiB)")
)

// SyntaxError tells where a text stops being JSON. It never quotes the text.
type SyntaxError struct {
	Offset   int    // byte offset of what was not expected
	Expected string // what RFC 8259 allows there
}

func (e *SyntaxError) Error() string {
	return "parsing JSON at byte " + strconv.Itoa(e.Offset) + ": expected " + e.Expected
}

// Arena owns the values of any number of documents. The zero value is ready. It is not safe for
// concurrent use, not even for reading: copies are parsed when they are first visited.
type Arena struct {
	// Zeroise makes the arena overwrite with zeros what its documents say: at Reset, and when a buffer is outgrown.
	// Sources that Parse was given are overwritten at Reset, too. It is set before the arena is first used, and
	// Reset leaves it set.
	Zeroise bool

	nodes []node   // nodes[0] is unused, so that 0 can mean none
	texts [][]byte // texts[0] holds what editing wrote; the others are sources and large new strings
	sites []site   // sites[0] is unused

	scratch []byte // decoded text that Text hands out
	name    []byte // the same for Key
	added   int    // see Added

	// The last child that Index found, so that counting up or down costs one step per call.
	at struct {
		parent, child Node
		index         int
	}
	names index // of the members of one object

	idle uint8 // resets in a row that found the arena nearly empty
}

// Reset forgets all documents. All nodes, and all slices that point into the arena, become invalid;
// sources are let go. Capacity is kept up to a bound (64 Ki nodes, 1 MiB of text).
func (a *Arena) Reset() {
	if a.Zeroise {
		a.zeroise()
	}
	if cap(a.nodes) > idleNodes && len(a.nodes) < cap(a.nodes)/4 ||
		len(a.texts) > 0 && cap(a.texts[0]) > idleBytes && len(a.texts[0]) < cap(a.texts[0])/4 ||
		cap(a.scratch) > idleBytes && len(a.scratch) < cap(a.scratch)/4 {
		a.idle++
	} else {
		a.idle = 0
	}
	nodes, bytes := keepNodes, keepBytes
	if a.idle >= keepIdle {
		a.idle = 0
		nodes, bytes = idleNodes, idleBytes
	}
	if cap(a.nodes) > nodes {
		a.nodes = nil
	}
	if cap(a.sites) > nodes {
		a.sites = nil
	}
	if cap(a.scratch) > bytes {
		a.scratch = nil
	}
	if cap(a.name) > idleBytes {
		a.name = nil
	}
	a.nodes, a.sites, a.scratch = a.nodes[:0], a.sites[:0], a.scratch[:0]
	if len(a.texts) > 0 {
		first := a.texts[0]
		if cap(first) > bytes {
			first = nil
		}
		if cap(a.texts) > idleNodes {
			a.texts = nil
		}
		clear(a.texts)
		a.texts = append(a.texts[:0], first[:0])
	}
	if cap(a.names.slots) > nodes {
		a.names.slots = nil
	}
	a.names.of, a.names.last = 0, 0
	a.added = 0
	a.at.parent = 0
}

// Added tells how many bytes of memory editing took since Reset: new text, and 48 bytes per new node.
// Parse is not counted, NewJSON is. Reading counts where it gives nodes to what has none yet: to what
// is in a copy, and to the numbers of a long array. The index of names of a large object, of at most 32 bytes for each
// member, is not. The host bounds plugins by it.
func (a *Arena) Added() int { return a.added }
