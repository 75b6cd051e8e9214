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
		return a.add(twin.like(n, nd))
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

// like makes twin a copy of unedited node n, which stands in nd, whose children get nodes when they are
// visited: from those of n, so that their text is not read again.
func (twin node) like(n Node, nd *node) node {
	twin.count = nd.count
	if nd.kind == abi.KindArray || nd.kind == abi.KindObject {
		twin.flags |= flagLazy
		if twin.first = n; nd.flags&flagLazy != 0 && nd.first != 0 {
			twin.first = nd.first
		}
	}
	return twin
}

// adopt gives the children of lazy node n, a copy of origin, their nodes; false when origin has changed since.
func (a *Arena) adopt(n, origin Node) bool {
	origin, from := a.ref(origin)
	nd := &a.nodes[n]
	if origin == 0 || from.flags&flagsEdit != 0 || from.kind != nd.kind || from.text != nd.text || from.start != nd.start || from.end != nd.end {
		return false
	}
	if from.flags&flagLazy != 0 {
		if from.first != 0 || origin == n {
			return false // a copy by now: a chain of them must not become a recursion
		}
		a.expand(origin)
	}
	first, last := Node(0), Node(0)
	for c := a.nodes[origin].first; c != 0; c = a.nodes[c].next {
		child := &a.nodes[c]
		twin := node{
			kind: child.kind, flags: child.flags & (flagsValue | flagKeyEscaped), text: child.text, start: child.start, end: child.end, height: child.height,
			keyText: child.keyText, key: child.key, keyEnd: child.keyEnd, parent: n, prev: last,
		}
		t := Node(len(a.nodes))
		a.nodes = append(a.nodes, twin.like(c, child))
		if last == 0 {
			first = t
		} else {
			a.nodes[last].next = t
		}
		last = t
	}
	nd = &a.nodes[n]
	nd.flags &^= flagLazy
	nd.first, nd.count = first, a.nodes[origin].count
	a.added += int(nd.count) * nodeSize
	if last != 0 {
		a.nodes[first].prev = last
	}
	return true
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
