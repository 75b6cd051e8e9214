package inspect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// around is how many characters of a text a snippet shows on each side.
const around = 30

// snippet is the k-th finding's placeholder with what stands around it. Nothing that was found is in it: its neighbours are
// placeholders, too.
func snippet(t []byte, found []Finding, k int) string {
	var b strings.Builder
	one := found[k]
	left, right := t[:one.Start], t[one.End:]
	if k > 0 {
		left = t[found[k-1].End:one.Start]
	}
	if k+1 < len(found) {
		right = t[one.End:found[k+1].Start]
	}
	if cut, short := last(left, around); short {
		b.WriteString("…")
		left = cut
	} else if k > 0 {
		b.WriteString(found[k-1].Placeholder)
	}
	write(&b, left)
	b.WriteString(one.Placeholder)
	if cut, short := first(right, around); short {
		write(&b, cut)
		b.WriteString("…")
	} else {
		write(&b, right)
		if k+1 < len(found) {
			b.WriteString(found[k+1].Placeholder)
		}
	}
	return b.String()
}

// write writes a text for a terminal: in one line, without what would control it.
func write(b *strings.Builder, t []byte) {
	for len(t) > 0 {
		r, n := utf8.DecodeRune(t)
		switch {
		case r == utf8.RuneError && n == 1, !unicode.IsGraphic(r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
		t = t[n:]
	}
}

func first(t []byte, n int) ([]byte, bool) {
	i := 0
	for ; n > 0 && i < len(t); n-- {
		_, size := utf8.DecodeRune(t[i:])
		i += size
	}
	return t[:i], i < len(t)
}

func last(t []byte, n int) ([]byte, bool) {
	i := len(t)
	for ; n > 0 && i > 0; n-- {
		_, size := utf8.DecodeLastRune(t[:i])
		i -= size
	}
	return t[i:], i > 0
}

// Around is a part of a text in brackets with what stands around it, as it is. It is for texts that were labelled, whose values
// are to be looked at.
func Around(text string, start, end int) string {
	var b strings.Builder
	left, cut := last([]byte(text[:start]), around)
	if cut {
		b.WriteString("…")
	}
	write(&b, left)
	b.WriteByte('[')
	write(&b, []byte(text[start:end]))
	b.WriteByte(']')
	right, cut := first([]byte(text[end:]), around)
	write(&b, right)
	if cut {
		b.WriteString("…")
	}
	return b.String()
}
