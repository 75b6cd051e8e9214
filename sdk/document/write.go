package document

import "github.com/longmen-gateway/longmen/sdk/abi"

// AppendJSON appends n's JSON text, without the whitespace around it; nothing for no value.
func (a *Arena) AppendJSON(dst []byte, n Node) []byte {
	n, _ = a.ref(n)
	if n == 0 {
		return dst
	}
	return a.appendValue(dst, n)
}

// appendValue recurses only into containers, whose nesting is bounded by MaxDepth.
func (a *Arena) appendValue(dst []byte, n Node) []byte {
	nd := &a.nodes[n]
	switch {
	case nd.flags&flagPart != 0:
		dst = append(dst, '"')
		dst = append(dst, a.raw(nd)...)
		return append(dst, '"')
	case nd.flags&flagsEdit == 0:
		return append(dst, a.raw(nd)...)
	case nd.flags&flagRelisted != 0:
		return a.appendList(dst, nd)
	}
	text, from := a.texts[nd.text], nd.start
	for c := nd.first; c != 0; c = a.nodes[c].next {
		child := &a.nodes[c]
		at := a.inPlace(child)
		if at.end == 0 {
			continue
		}
		dst = append(dst, text[from:at.start]...)
		dst = a.appendValue(dst, c)
		from = at.end
	}
	return append(dst, text[from:nd.end]...)
}

// inPlace is where the text of a changed child has to be spliced into its parent's; zero when the
// child is unchanged.
func (a *Arena) inPlace(child *node) site {
	switch {
	case child.site != 0:
		return a.sites[child.site]
	case child.flags&flagsEdit != 0:
		return site{child.start, child.end}
	}
	return site{}
}

// appendList writes an array or object whose membership changed.
func (a *Arena) appendList(dst []byte, nd *node) []byte {
	object := nd.kind == abi.KindObject
	if object {
		dst = append(dst, '{')
	} else {
		dst = append(dst, '[')
	}
	for c := nd.first; c != 0; c = a.nodes[c].next {
		if c != nd.first {
			dst = append(dst, ',')
		}
		if object {
			dst = append(dst, '"')
			dst = append(dst, a.rawKey(&a.nodes[c])...)
			dst = append(dst, '"', ':')
		}
		dst = a.appendValue(dst, c)
	}
	if object {
		return append(dst, '}')
	}
	return append(dst, ']')
}

// Size is the number of bytes that AppendJSON appends. It goes over edited parts only, and is how a
// host bounds what copies of long strings can grow into.
func (a *Arena) Size(n Node) int {
	n, nd := a.ref(n)
	if n == 0 {
		return 0
	}
	if nd.flags&flagPart != 0 {
		return int(nd.end-nd.start) + 2
	}
	if nd.flags&flagsEdit == 0 {
		return int(nd.end - nd.start)
	}
	size := int(nd.end - nd.start)
	relisted := nd.flags&flagRelisted != 0
	if relisted {
		size = 2 + max(0, int(nd.count)-1)
		if nd.kind == abi.KindObject {
			size += 3 * int(nd.count)
		}
	}
	for c := nd.first; c != 0; c = a.nodes[c].next {
		child := &a.nodes[c]
		if relisted {
			size += int(child.keyEnd-child.key) + a.Size(c)
		} else if at := a.inPlace(child); at.end != 0 {
			size += a.Size(c) - int(at.end-at.start)
		}
	}
	return size
}
