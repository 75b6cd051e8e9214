package document

import "github.com/longmen-gateway/longmen/sdk/abi"

// Copy makes a detached copy of n's value. It shares n's bytes: copying unedited values takes one
// node whatever their size, and nodes for what is in them once it is visited. 0 for no value.
func (a *Arena) Copy(n Node) Node {
	n, nd := a.ref(n)
	if n == 0 {
		return 0
	}
	twin := node{kind: nd.kind, flags: nd.flags & flagsValue, text: nd.text, start: nd.start, end: nd.end, height: nd.height}
	if nd.flags&flagsEdit == 0 {
		twin.count = nd.count
		if nd.kind == abi.KindArray || nd.kind == abi.KindObject {
			twin.flags |= flagLazy
		}
		return a.add(twin)
	}
	// Edited: the nodes are the value. The depth of the recursion is bounded by MaxDepth.
	up := a.add(twin)
	var last Node
	for c := a.nodes[n].first; c != 0; c = a.nodes[c].next {
		t := a.Copy(c)
		from, to := &a.nodes[c], &a.nodes[t]
		to.keyText, to.key, to.keyEnd = from.keyText, from.key, from.keyEnd
		to.flags |= from.flags & flagKeyEscaped
		to.site = from.site
		to.parent, to.prev = up, last
		if last == 0 {
			a.nodes[up].first = t
		} else {
			a.nodes[last].next = t
		}
		a.nodes[up].count++
		last = t
	}
	if last != 0 {
		a.nodes[a.nodes[up].first].prev = last
	}
	return up
}

// CopyFrom makes a detached copy of a value of arena b. Its bytes are copied once, so that b may be
// Reset; within one arena it is Copy. 0 when there is no such value or the arena is full.
func (a *Arena) CopyFrom(b *Arena, n Node) Node {
	if a == b {
		return a.Copy(n)
	}
	n, nd := b.ref(n)
	if n == 0 {
		return 0
	}
	a.begin()
	size := b.Size(n)
	sp, ok := a.reserve(size)
	if !ok {
		return 0
	}
	a.texts[sp.text] = b.AppendJSON(a.texts[sp.text], n)
	a.added += size
	twin := node{kind: nd.kind, flags: nd.flags & flagEscaped, height: nd.height,
		count: nd.count, text: sp.text, start: sp.start, end: sp.start + uint32(size)}
	if nd.kind == abi.KindArray || nd.kind == abi.KindObject {
		twin.flags |= flagLazy
	}
	return a.add(twin)
}
