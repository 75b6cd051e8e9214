package document

import (
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// Slice makes a string that stands nowhere out of length bytes of string n's decoded text, from byte
// start on. Of a string without escapes it refers to the text where it stands: a part of megabytes, such
// as the image of a data URL, costs one node and is copied when the document is written. Of a string with
// escapes it is a copy. The error is ErrNode, ErrKind, ErrRange or ErrFull.
func (a *Arena) Slice(n Node, start, length int) (Node, error) {
	n, nd := a.ref(n)
	if n == 0 {
		return 0, ErrNode
	}
	if nd.kind != abi.KindString {
		return 0, ErrKind
	}
	text, _ := a.Text(n)
	if start < 0 || length < 0 || start > len(text) || length > len(text)-start ||
		!boundary(text, start) || !boundary(text, start+length) {
		return 0, ErrRange
	}
	if nd.flags&flagEscaped != 0 {
		if part := a.NewString(text[start:][:length]); part != 0 {
			return part, nil
		}
		return 0, ErrFull
	}
	from := nd.start + uint32(start)
	if nd.flags&flagPart == 0 {
		from++
	}
	return a.add(node{kind: abi.KindString, flags: flagPart, text: nd.text, start: from, end: from + uint32(length)}), nil
}

// boundary tells whether a character of text begins, or text ends, at i.
func boundary(text []byte, i int) bool { return i == len(text) || utf8.RuneStart(text[i]) }
