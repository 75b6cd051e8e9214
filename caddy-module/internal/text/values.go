package text

import (
	"strconv"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Values in arguments and results of tools that are no strings, and members that no table names.

// name appends the segment of a member's name, if it is more than a word of a program: objects that are
// tables have data in their members' names.
func (l *leaves) name(dst []Segment, like *Segment, a *document.Arena, n document.Node, in int32) []Segment {
	key := a.Key(n)
	if !IsData(key) {
		return dst
	}
	seg := *like
	start := len(l.buf)
	l.buf = append(l.buf, key...)
	seg.Text = l.buf[start:len(l.buf):len(l.buf)]
	seg.Path = l.paths.of(l.path)
	seg.site = int32(len(l.spots))
	l.spots = append(l.spots, spot{node: n, inner: in, key: true})
	return append(dst, seg)
}

// IsData tells whether a member's name may hold data: it has more than letters and underscores.
func IsData(name []byte) bool {
	for _, c := range name {
		if (c|0x20 < 'a' || c|0x20 > 'z') && c != '_' {
			return true
		}
	}
	return false
}

// longNumber is the number of digits from which on a number is more than a count.
const longNumber = 8

// IsLong tells whether a number may be an identity, an account or a phone number.
func IsLong(number []byte) bool {
	for _, c := range number {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(number) >= longNumber
}

// number appends the segment of a long number: identities and accounts are often written so. Edited, it
// becomes a string.
func (l *leaves) number(dst []Segment, like *Segment, a *document.Arena, n document.Node, in int32) []Segment {
	if !l.numbers {
		return dst
	}
	raw, ok := a.Raw(n)
	if !ok || !IsLong(raw) {
		return dst
	}
	seg := *like
	seg.Text = raw
	seg.Path = l.paths.of(l.path)
	seg.site = int32(len(l.spots))
	l.spots = append(l.spots, spot{node: n, inner: in})
	return append(dst, seg)
}

// rest appends the segments of the strings at and below n, which no table knows; not those of n itself or its
// elements, if its name is opaque.
func (l *leaves) rest(dst []Segment, like *Segment, n document.Node, opaque bool) []Segment {
	a := l.arena
	base := len(l.path)
	switch a.Kind(n) {
	case abi.KindString:
		if !opaque && !dialect.Blob(a, n) {
			dst = l.add(dst, like, a, n, -1)
		}
	case abi.KindArray:
		i := int64(0)
		for c := a.First(n); c != 0; c = a.Next(c) {
			l.path = strconv.AppendInt(append(l.path[:base], '/'), i, 10)
			dst = l.rest(dst, like, c, opaque)
			i++
		}
	case abi.KindObject:
		for c := a.First(n); c != 0; c = a.Next(c) {
			l.path = l.path[:base]
			dst = l.name(dst, like, a, c, -1)
			l.path = appendToken(l.path, a.Key(c))
			dst = l.rest(dst, like, c, dialect.Opaque(a.Key(c)))
		}
	}
	l.path = l.path[:base]
	return dst
}
