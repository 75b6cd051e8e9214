package document

import "github.com/longmen-gateway/longmen/sdk/abi"

// node is one value. Children form a list that is circular backwards only: the first child's prev is
// the last child, and the last child's next is 0.
type node struct {
	kind  abi.Kind
	flags uint8
	text  uint16 // which of Arena.texts start and end count in
	start uint32 // the value's text
	end   uint32

	key     uint32 // the member name as it stands between its quotes
	keyEnd  uint32
	keyText uint16
	height  uint16 // levels of arrays and objects below and including this one; deleting does not lower it

	parent Node // may be an alias
	first  Node // first child; of an alias: the node it stands for; of a lazy container: the one it is a copy of, if any
	next   Node
	prev   Node
	count  uint32 // children, of a lazy container 0 when not known; of a string with escapes: decoded length + 1, once known
	site   uint32 // index of the place in the parent's text, when the value no longer stands there itself
}

const nodeSize = 48

// Flags of a node.
const (
	// flagLazy: an array or object whose children have no nodes yet.
	flagLazy uint8 = 1 << iota
	// flagEscaped: the string's text has escapes.
	flagEscaped
	// flagKeyEscaped: the member name's text has escapes.
	flagKeyEscaped
	// flagTouched: a value below changed. The text is stale and is written with the changes spliced
	// in. All containers above a touched or relisted one are touched or relisted too.
	flagTouched
	// flagRelisted: children came, went or moved, or there never was a text: written compactly.
	flagRelisted
	// flagAlias: this node was given to Replace and now is another name of node first.
	flagAlias
	// flagPart: the string's text is a part of a longer one's and stands without quotes.
	flagPart

	// flagsValue are those that go with a value when it takes another node's place.
	flagsValue = flagLazy | flagEscaped | flagTouched | flagRelisted | flagPart
	flagsEdit  = flagTouched | flagRelisted
)

// site is where a value once stood in its parent's text.
type site struct{ start, end uint32 }

// none is what nodes outside the arena read as. Nothing writes to it.
var none node

// ref resolves a number from outside: numbers that were never given out become 0, aliases the node
// they stand for. The pointer is valid until nodes are added, and must not be written through for 0.
func (a *Arena) ref(n Node) (Node, *node) {
	if n == 0 || uint64(n) >= uint64(len(a.nodes)) {
		return 0, &none
	}
	nd := &a.nodes[n]
	if nd.flags&flagAlias != 0 {
		n = a.follow(n)
		nd = &a.nodes[n]
	}
	return n, nd
}

// follow gives the node that alias n stands for, shortening the path for the next time.
func (a *Arena) follow(n Node) Node {
	for {
		to := a.nodes[n].first
		if a.nodes[to].flags&flagAlias == 0 {
			return to
		}
		a.nodes[n].first = a.nodes[to].first
		n = to
	}
}

// add appends a node that editing makes.
func (a *Arena) add(nd node) Node {
	a.begin()
	n := Node(len(a.nodes))
	a.nodes = append(a.nodes, nd)
	a.added += nodeSize
	return n
}

// begin makes the reserved first entries.
func (a *Arena) begin() {
	if len(a.nodes) == 0 {
		if a.nodes == nil {
			a.nodes = make([]node, 0, 32)
		}
		a.nodes = append(a.nodes, node{})
	}
	if len(a.texts) == 0 {
		a.texts = append(a.texts, nil)
	}
	if len(a.sites) == 0 {
		a.sites = append(a.sites, site{})
	}
}

// raw is the text of a value that has one; of a part without the quotes.
func (a *Arena) raw(nd *node) []byte {
	if nd.end == 0 {
		return nil
	}
	return a.texts[nd.text][nd.start:nd.end]
}

// rawKey is the text of a member name between its quotes.
func (a *Arena) rawKey(nd *node) []byte {
	if nd.keyEnd == 0 {
		return nil
	}
	return a.texts[nd.keyText][nd.key:nd.keyEnd]
}

// expand gives a lazy container's children their nodes. Pointers to nodes become invalid.
func (a *Arena) expand(n Node) *node {
	nd := &a.nodes[n]
	if nd.flags&flagLazy == 0 {
		return nd
	}
	before := len(a.nodes)
	if origin := nd.first; origin != 0 {
		nd.first = 0
		if a.adopt(n, origin) {
			return &a.nodes[n]
		}
		nd, before = &a.nodes[n], len(a.nodes)
	}
	nd.flags &^= flagLazy
	nd.count, nd.first = 0, 0
	text, pos := nd.text, int(nd.start)
	// The text was parsed before: an error is impossible while the caller keeps its promise not to
	// change it, and a broken promise must not break the arena.
	if _, err := a.build(text, a.texts[text][:nd.end], pos, n, true); err != nil {
		a.nodes = a.nodes[:before]
		a.nodes[n].count, a.nodes[n].first = 0, 0
	}
	a.added += (len(a.nodes) - before) * nodeSize
	return &a.nodes[n]
}
