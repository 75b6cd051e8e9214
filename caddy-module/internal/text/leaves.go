package text

import (
	"strconv"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// leaves turns sites that are complete in themselves into segments, and writes edited ones back.
type leaves struct {
	arena   *document.Arena
	numbers bool // long numbers are text, too
	spots   []spot
	inner   []inner
	renamed []renamed

	// side holds the documents that stand inside strings.
	side  document.Arena
	dirty bool   // side is in use
	buf   []byte // decoded text that does not stand in an arena
	path  []byte
	paths paths
}

// spot is where a segment stands.
type spot struct {
	node  document.Node
	inner int32 // index of the inner document that node belongs to, -1 for the outer one
	key   bool  // it is the name of that member
}

// renamed is a member that has another name once all edits are done: until then the values below are found
// by their nodes.
type renamed struct {
	spot     spot
	from, to int // of its name in buf
}

// inner is a JSON text inside a string of the outer document.
type inner struct {
	at, root document.Node // the string, and the document that it holds, in side
	edited   bool
}

// bounds of what leaves keeps for the next document.
const (
	keepBytes = 256 << 10
	keepItems = 4 << 10
)

func (l *leaves) begin(a *document.Arena) {
	l.arena, l.numbers = a, false
	if l.dirty {
		l.side.Reset()
		l.dirty = false
	}
	if cap(l.buf) > keepBytes {
		l.buf = nil
	}
	if cap(l.spots) > keepItems {
		l.spots = nil
	}
	if cap(l.inner) > keepItems {
		l.inner = nil
	}
	if cap(l.renamed) > keepItems {
		l.renamed = nil
	}
	l.spots, l.inner, l.renamed, l.buf = l.spots[:0], l.inner[:0], l.renamed[:0], l.buf[:0]
}

// site appends the segments of one site.
func (l *leaves) site(dst []Segment, s *dialect.Site, channel uint32, flags uint8) []Segment {
	seg := Segment{Role: s.Role, Kind: s.Kind, Flags: flags, Channel: channel}
	l.path = l.path[:0]
	switch s.Form {
	case dialect.FormText:
		return l.add(dst, &seg, l.arena, s.Node, -1)
	case dialect.FormTree:
		return l.tree(dst, &seg, l.arena, s.Node, -1)
	case dialect.FormSchema:
		return l.schema(dst, &seg, s.Node)
	case dialect.FormRest:
		return l.rest(dst, &seg, s.Node, dialect.Opaque(l.arena.Key(s.Node)))
	case dialect.FormJSON:
		t := l.text(l.arena, s.Node)
		l.dirty = true
		root, err := l.side.Parse(t)
		switch l.side.Kind(root) {
		case abi.KindObject, abi.KindArray, abi.KindString:
			if err == nil {
				l.inner = append(l.inner, inner{at: s.Node, root: root})
				return l.tree(dst, &seg, &l.side, root, int32(len(l.inner)-1))
			}
		}
		// Not JSON, or JSON without strings: one text.
		return l.add(dst, &seg, l.arena, s.Node, -1)
	}
	return dst
}

// add appends the segment of the string at n.
func (l *leaves) add(dst []Segment, like *Segment, a *document.Arena, n document.Node, in int32) []Segment {
	if a.Len(n) == 0 {
		return dst
	}
	seg := *like
	seg.Text = l.text(a, n)
	seg.Path = l.paths.of(l.path)
	seg.site = int32(len(l.spots))
	l.spots = append(l.spots, spot{node: n, inner: in})
	return append(dst, seg)
}

// tree appends the segments of all strings at and below n.
func (l *leaves) tree(dst []Segment, like *Segment, a *document.Arena, n document.Node, in int32) []Segment {
	switch a.Kind(n) {
	case abi.KindString:
		return l.add(dst, like, a, n, in)
	case abi.KindNumber:
		return l.number(dst, like, a, n, in)
	case abi.KindArray:
		base := len(l.path)
		i := int64(0)
		for c := a.First(n); c != 0; c = a.Next(c) {
			l.path = strconv.AppendInt(append(l.path[:base], '/'), i, 10)
			dst = l.tree(dst, like, a, c, in)
			i++
		}
		l.path = l.path[:base]
	case abi.KindObject:
		base := len(l.path)
		for c := a.First(n); c != 0; c = a.Next(c) {
			l.path = l.path[:base]
			dst = l.name(dst, like, a, c, in)
			l.path = appendToken(l.path, a.Key(c))
			dst = l.tree(dst, like, a, c, in)
		}
		l.path = l.path[:base]
	}
	return dst
}

// schema appends the segments of a JSON Schema's prose and examples. Names of properties are data, so
// a property called "description" is a schema, not prose.
func (l *leaves) schema(dst []Segment, like *Segment, n document.Node) []Segment {
	a := l.arena
	base := len(l.path)
	switch a.Kind(n) {
	case abi.KindArray:
		i := int64(0)
		for c := a.First(n); c != 0; c = a.Next(c) {
			l.path = strconv.AppendInt(append(l.path[:base], '/'), i, 10)
			dst = l.schema(dst, like, c)
			i++
		}
	case abi.KindObject:
		for c := a.First(n); c != 0; c = a.Next(c) {
			key := a.Key(c)
			l.path = appendToken(l.path[:base], key)
			switch string(key) {
			case "description", "title", "$comment", "examples", "example", "enum", "const", "default":
				dst = l.tree(dst, like, a, c, -1)
			case "properties", "patternProperties", "$defs", "definitions", "dependentSchemas":
				below := len(l.path)
				for p := a.First(c); p != 0; p = a.Next(p) {
					l.path = appendToken(l.path[:below], a.Key(p))
					dst = l.schema(dst, like, p)
				}
			case "type", "format", "$ref", "$id", "$schema", "$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary", "required", "propertyOrdering":
			case "not", "if", "then", "else", "items", "contains", "additionalProperties", "propertyNames", "unevaluatedItems", "unevaluatedProperties",
				"additionalItems", "anyOf", "allOf", "oneOf", "prefixItems":
				dst = l.schema(dst, like, c)
			default:
				dst = l.rest(dst, like, c, dialect.Opaque(key))
			}
		}
	}
	l.path = l.path[:base]
	return dst
}

// text is a string's decoded text, valid until begin.
func (l *leaves) text(a *document.Arena, n document.Node) []byte {
	t, shared := a.Text(n)
	if shared {
		return t
	}
	start := len(l.buf)
	l.buf = append(l.buf, t...)
	return l.buf[start:len(l.buf):len(l.buf)]
}

// set writes a segment's new text.
func (l *leaves) set(seg *Segment, t []byte) error {
	sp := l.spots[seg.site]
	if sp.key {
		start := len(l.buf)
		l.buf = append(l.buf, t...)
		l.renamed = append(l.renamed, renamed{sp, start, len(l.buf)})
		return nil
	}
	if sp.inner < 0 {
		return l.arena.SetString(sp.node, t)
	}
	l.inner[sp.inner].edited = true
	return l.side.SetString(sp.node, t)
}

// finish gives members their new names and puts edited inner documents back into their strings.
func (l *leaves) finish(out []byte) ([]byte, error) {
	for _, r := range l.renamed {
		a := l.arena
		if r.spot.inner >= 0 {
			a, l.inner[r.spot.inner].edited = &l.side, true
		}
		if err := a.Rename(r.spot.node, l.buf[r.from:r.to]); err != nil {
			return out, err
		}
	}
	for i := range l.inner {
		in := &l.inner[i]
		if !in.edited {
			continue
		}
		out = l.side.AppendJSON(out[:0], in.root)
		if err := l.arena.SetString(in.at, out); err != nil {
			return out, err
		}
	}
	return out, nil
}
