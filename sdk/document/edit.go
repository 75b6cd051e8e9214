package document

import "github.com/longmen-gateway/longmen/sdk/abi"

// Set makes v the member of obj called key. A member of that name keeps its place and is detached;
// further ones of that name are removed, so that no reader of the text can see another value. A new
// name goes to the end. v leaves the place where it stood.
func (a *Arena) Set(obj Node, key string, v Node) error {
	obj, on := a.ref(obj)
	v, _ = a.ref(v)
	if obj == 0 || v == 0 {
		return ErrNode
	}
	if on.kind != abi.KindObject {
		return ErrKind
	}
	if err := a.check(obj, v); err != nil {
		return err
	}
	a.expand(obj)
	old := a.last(obj, key)
	if old == 0 {
		sp, escaped, ok := a.writeString([]byte(key), false)
		if !ok {
			return ErrFull
		}
		a.unlink(v)
		nd := &a.nodes[v]
		nd.keyText, nd.key, nd.keyEnd = sp.text, sp.start, sp.end
		if escaped {
			nd.flags |= flagKeyEscaped
		}
		a.link(obj, v)
		return nil
	}
	for c := old; c != a.nodes[obj].first && a.mayBeTwice(obj); {
		if c = a.nodes[c].prev; a.keyIs(&a.nodes[c], key) {
			double := c
			c = a.nodes[c].next
			a.unlink(double)
		}
	}
	if old != v {
		a.unlink(v)
		a.swap(old, v)
	}
	return nil
}

// Append makes v the last element of arr. v leaves the place where it stood.
func (a *Arena) Append(arr, v Node) error {
	arr, an := a.ref(arr)
	v, _ = a.ref(v)
	if arr == 0 || v == 0 {
		return ErrNode
	}
	if an.kind != abi.KindArray {
		return ErrKind
	}
	if err := a.check(arr, v); err != nil {
		return err
	}
	a.expand(arr)
	a.unlink(v)
	a.link(arr, v)
	return nil
}

// Replace gives n the value v, where n stands and under n's name; n may be a root. v leaves the place
// where it stood, which may be within n, and from then on is another name of n. What stood within n
// is detached.
func (a *Arena) Replace(n, v Node) error {
	n, nd := a.ref(n)
	v, _ = a.ref(v)
	if n == 0 || v == 0 {
		return ErrNode
	}
	if n == v {
		return nil
	}
	up, _ := a.ref(nd.parent)
	if err := a.check(up, v); err != nil {
		return err
	}
	a.unlink(v)
	a.vacate(n)
	nd, vn := &a.nodes[n], &a.nodes[v]
	nd.kind, nd.flags = vn.kind, nd.flags&flagKeyEscaped|vn.flags&flagsValue
	nd.text, nd.start, nd.end = vn.text, vn.start, vn.end
	nd.first, nd.count, nd.height = vn.first, vn.count, vn.height
	*vn = node{flags: flagAlias, first: n}
	a.touch(n)
	a.raise(up, nd.height+1)
	return nil
}

// SetString gives n a string as its value, where n stands and under n's name; n may be a root and of
// any kind. Each byte of s that is not UTF-8 becomes U+FFFD; s may be text of this arena. What stood
// within n is detached.
func (a *Arena) SetString(n Node, s []byte) error {
	n, _ = a.ref(n)
	if n == 0 {
		return ErrNode
	}
	sp, escaped, ok := a.writeString(s, true)
	if !ok {
		return ErrFull
	}
	a.vacate(n)
	nd := &a.nodes[n]
	nd.kind, nd.flags = abi.KindString, nd.flags&flagKeyEscaped
	if escaped {
		nd.flags |= flagEscaped
	}
	nd.text, nd.start, nd.end = sp.text, sp.start, sp.end
	nd.first, nd.count, nd.height = 0, 0, 0
	a.touch(n)
	return nil
}

// Rename gives member n another name, where it stands. Members that have the name already keep it: readers
// of the text see the last one.
func (a *Arena) Rename(n Node, name []byte) error {
	n, nd := a.ref(n)
	if n == 0 {
		return ErrNode
	}
	up, p := a.ref(nd.parent)
	if up == 0 || p.kind != abi.KindObject {
		return ErrKind
	}
	sp, escaped, ok := a.writeString(name, false)
	if !ok {
		return ErrFull
	}
	nd = &a.nodes[n]
	nd.keyText, nd.key, nd.keyEnd = sp.text, sp.start, sp.end
	nd.flags &^= flagKeyEscaped
	if escaped {
		nd.flags |= flagKeyEscaped
	}
	a.forgetMembers(up)
	a.relist(up)
	return nil
}

// Delete detaches n from the array or object it stands in. n stays usable.
func (a *Arena) Delete(n Node) error {
	n, nd := a.ref(n)
	if n == 0 {
		return ErrNode
	}
	if nd.parent == 0 {
		return ErrRoot
	}
	a.unlink(n)
	return nil
}

// check tells whether v may come to stand in container up (0: nowhere).
func (a *Arena) check(up, v Node) error {
	depth := int(a.nodes[v].height)
	for up != 0 {
		if up == v {
			return ErrCycle
		}
		depth++
		up, _ = a.ref(a.nodes[up].parent)
	}
	if depth > MaxDepth {
		return ErrDepth
	}
	return nil
}

// link makes detached node v the last child of up.
func (a *Arena) link(up, v Node) {
	a.at.parent = 0
	p, nd := &a.nodes[up], &a.nodes[v]
	nd.parent, nd.next, nd.prev = up, 0, v
	if p.first == 0 {
		p.first = v
	} else {
		head := &a.nodes[p.first]
		nd.prev = head.prev
		a.nodes[head.prev].next = v
		head.prev = v
	}
	p.count++
	if a.names.of == up {
		a.indexMember(v)
	}
	a.relist(up)
	a.raise(up, nd.height+1)
}

// unlink takes n out of where it stands, if it stands anywhere.
func (a *Arena) unlink(n Node) {
	nd := &a.nodes[n]
	up, p := a.ref(nd.parent)
	if up == 0 {
		return
	}
	a.at.parent = 0
	a.forgetMembers(up)
	if p.first == n {
		p.first = nd.next
	} else {
		a.nodes[nd.prev].next = nd.next
	}
	if nd.next != 0 {
		a.nodes[nd.next].prev = nd.prev
	} else if p.first != 0 {
		a.nodes[p.first].prev = nd.prev
	}
	p.count--
	nd.detach()
	a.relist(up)
}

// swap puts detached node v where old stands, and detaches old.
func (a *Arena) swap(old, v Node) {
	a.at.parent = 0
	was, nd := &a.nodes[old], &a.nodes[v]
	up, p := a.ref(was.parent)
	nd.parent, nd.next, nd.prev = up, was.next, was.prev
	if was.prev == old {
		nd.prev = v
	}
	if p.first == old {
		p.first = v
	} else {
		a.nodes[was.prev].next = v
	}
	if was.next != 0 {
		a.nodes[was.next].prev = v
	} else {
		a.nodes[p.first].prev = v
	}
	nd.keyText, nd.key, nd.keyEnd = was.keyText, was.key, was.keyEnd
	nd.flags |= was.flags & flagKeyEscaped
	a.reindexMember(up, old, v)
	if p.flags&flagRelisted == 0 {
		a.place(old)
		nd.site = was.site
	}
	was.detach()
	a.touch(v)
	a.raise(up, nd.height+1)
}

// detach forgets where the node stood. Its neighbours are the caller's work.
func (nd *node) detach() {
	nd.parent, nd.next, nd.prev = 0, 0, 0
	nd.keyText, nd.key, nd.keyEnd = 0, 0, 0
	nd.site = 0
	nd.flags &^= flagKeyEscaped
}

// vacate prepares n for another value: its place in the parent's text is noted, and what stood within
// it is detached.
func (a *Arena) vacate(n Node) {
	a.at.parent = 0
	a.forgetMembers(n)
	nd := &a.nodes[n]
	if up, p := a.ref(nd.parent); up != 0 && p.flags&flagRelisted == 0 {
		a.place(n)
	}
	if nd.kind != abi.KindArray && nd.kind != abi.KindObject || nd.flags&flagLazy != 0 {
		return
	}
	for c := nd.first; c != 0; {
		child := &a.nodes[c]
		c = child.next
		child.detach()
	}
}

// place notes where n stands in its parent's text, unless that was done before.
func (a *Arena) place(n Node) {
	nd := &a.nodes[n]
	if nd.site == 0 {
		nd.site = uint32(len(a.sites))
		a.sites = append(a.sites, site{nd.start, nd.end})
		a.added += 8
	}
}

// touch tells the containers above n that a value in them changed.
func (a *Arena) touch(n Node) {
	for {
		up, p := a.ref(a.nodes[n].parent)
		if up == 0 || p.flags&flagsEdit != 0 {
			return
		}
		p.flags |= flagTouched
		n = up
	}
}

// relist tells container n, and those above it, that its membership changed.
func (a *Arena) relist(n Node) {
	nd := &a.nodes[n]
	if nd.flags&flagsEdit == 0 {
		a.touch(n)
	}
	nd.flags = nd.flags&^flagTouched | flagRelisted
}

// raise makes container n and those above it at least as high as a child of the given height plus one.
func (a *Arena) raise(n Node, height uint16) {
	for n != 0 && a.nodes[n].height < height {
		a.nodes[n].height = height
		height++
		n, _ = a.ref(a.nodes[n].parent)
	}
}
