package document

import (
	"strings"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// Kind tells what a value is; KindInvalid for no value.
func (a *Arena) Kind(n Node) abi.Kind {
	_, nd := a.ref(n)
	return nd.kind
}

// Len is the number of children of an array or object, duplicates counted, or the number of decoded
// bytes of a string, else 0.
func (a *Arena) Len(n Node) int {
	n, nd := a.ref(n)
	switch nd.kind {
	case abi.KindArray, abi.KindObject:
		if nd.flags&flagLazy != 0 && nd.count == 0 {
			nd = a.expand(n)
		}
		return int(nd.count)
	case abi.KindString:
		if nd.flags&flagEscaped == 0 {
			return len(a.inner(nd))
		}
		if nd.count == 0 {
			nd.count = uint32(decodedLen(a.inner(nd))) + 1
		}
		return int(nd.count) - 1
	}
	return 0
}

// First is an array's first element or an object's first member, 0 when there is none.
func (a *Arena) First(n Node) Node {
	n, nd := a.ref(n)
	if nd.flags&flagLazy != 0 {
		nd = a.expand(n)
	}
	return nd.first
}

// Next is the sibling behind n, 0 behind the last one and for a value that stands nowhere.
func (a *Arena) Next(n Node) Node {
	_, nd := a.ref(n)
	return nd.next
}

// Parent is the array or object that n stands in, 0 for a root and for a detached value.
func (a *Arena) Parent(n Node) Node {
	_, nd := a.ref(n)
	p, _ := a.ref(nd.parent)
	return p
}

// Index is the i-th child, duplicates counted, 0 when there is none. Going up or down one by one
// costs one step per call.
func (a *Arena) Index(n Node, i int) Node {
	n, nd := a.ref(n)
	if nd.kind != abi.KindArray && nd.kind != abi.KindObject {
		return 0
	}
	nd = a.expand(n)
	if i < 0 || i >= int(nd.count) {
		return 0
	}
	at, c := 0, nd.first
	if near := a.at.index; a.at.parent == n && i >= near/2 {
		at, c = near, a.at.child
	}
	if behind := int(nd.count) - 1 - i; behind < i-at {
		at, c = int(nd.count)-1, a.nodes[nd.first].prev
	}
	for ; at < i; at++ {
		c = a.nodes[c].next
	}
	for ; at > i; at-- {
		c = a.nodes[c].prev
	}
	a.at.parent, a.at.child, a.at.index = n, c, i
	return c
}

// Get is an object's member of that name, 0 when there is none. Names are compared decoded. Of
// duplicates it is the last one, as in nearly all JSON parsers; First and Next show them all.
func (a *Arena) Get(obj Node, key string) Node {
	n, nd := a.ref(obj)
	if nd.kind != abi.KindObject {
		return 0
	}
	a.expand(n)
	return a.last(n, key)
}

// Pointer follows an RFC 6901 JSON Pointer from n: "" is n itself, "/messages/0/content" goes down.
// 0 when the path leads nowhere or is not a pointer.
func (a *Arena) Pointer(n Node, ptr string) Node {
	n, _ = a.ref(n)
	for ptr != "" && n != 0 {
		if ptr[0] != '/' {
			return 0
		}
		token := ptr[1:]
		if i := strings.IndexByte(token, '/'); i >= 0 {
			token = token[:i]
		}
		ptr = ptr[1+len(token):]
		switch a.nodes[n].kind {
		case abi.KindObject:
			if strings.IndexByte(token, '~') >= 0 {
				var ok bool
				if token, ok = unescapePointer(token); !ok {
					return 0
				}
			}
			n = a.Get(n, token)
		case abi.KindArray:
			i, ok := arrayIndex(token)
			if !ok {
				return 0
			}
			n = a.Index(n, i)
		default:
			return 0
		}
	}
	return n
}

// unescapePointer turns ~0 into ~ and ~1 into /; any other ~ is an error.
func unescapePointer(token string) (string, bool) {
	out := make([]byte, 0, len(token))
	for i := 0; i < len(token); i++ {
		c := token[i]
		if c == '~' {
			if i++; i == len(token) {
				return "", false
			}
			switch token[i] {
			case '0':
			case '1':
				c = '/'
			default:
				return "", false
			}
		}
		out = append(out, c)
	}
	return string(out), true
}

// arrayIndex reads the digits of an array index, which has no leading zero. No array has 1e9 elements.
func arrayIndex(token string) (int, bool) {
	if token == "" || len(token) > 9 || token[0] == '0' && len(token) > 1 {
		return 0, false
	}
	v := 0
	for i := range len(token) {
		d := token[i] - '0'
		if d > 9 {
			return 0, false
		}
		v = v*10 + int(d)
	}
	return v, true
}

// Key is the decoded name of an object's member, empty for elements and roots. The slice is valid
// until the next call of Key and must not be changed.
func (a *Arena) Key(n Node) []byte {
	_, nd := a.ref(n)
	raw := a.rawKey(nd)
	if nd.flags&flagKeyEscaped == 0 {
		return raw
	}
	if a.Zeroise {
		a.name = outgrow(a.name[:0], len(raw))
	}
	a.name = appendDecoded(a.name[:0], raw)
	return a.name
}

// AppendKey appends the decoded name of an object's member.
func (a *Arena) AppendKey(dst []byte, n Node) []byte {
	_, nd := a.ref(n)
	if nd.flags&flagKeyEscaped == 0 {
		return append(dst, a.rawKey(nd)...)
	}
	return appendDecoded(dst, a.rawKey(nd))
}

// KeyIs tells whether n is a member called key.
func (a *Arena) KeyIs(n Node, key string) bool {
	_, nd := a.ref(n)
	p, up := a.ref(nd.parent)
	return p != 0 && up.kind == abi.KindObject && a.keyIs(nd, key)
}

func (a *Arena) keyIs(nd *node, key string) bool {
	if nd.flags&flagKeyEscaped == 0 {
		return string(a.rawKey(nd)) == key
	}
	return equalDecoded(a.rawKey(nd), key)
}

// Text is a string's decoded text, nil for other kinds. When shared is true it costs no copy and is
// valid until Reset; otherwise (the string has escapes) it is valid until the next call of Text. It must
// not be changed.
func (a *Arena) Text(n Node) (text []byte, shared bool) {
	_, nd := a.ref(n)
	if nd.kind != abi.KindString {
		return nil, false
	}
	if nd.flags&flagEscaped == 0 {
		return a.inner(nd), true
	}
	raw := a.inner(nd)
	if a.Zeroise {
		a.scratch = outgrow(a.scratch[:0], len(raw))
	}
	a.scratch = appendDecoded(a.scratch[:0], raw)
	return a.scratch, false
}

// AppendString appends a string's decoded text, and nothing for other kinds.
func (a *Arena) AppendString(dst []byte, n Node) []byte {
	_, nd := a.ref(n)
	if nd.kind != abi.KindString {
		return dst
	}
	if nd.flags&flagEscaped == 0 {
		return append(dst, a.inner(nd)...)
	}
	return appendDecoded(dst, a.inner(nd))
}

// String is a string's decoded text, "" for other kinds. It allocates: prefer Text or Is.
func (a *Arena) String(n Node) string {
	text, _ := a.Text(n)
	return string(text)
}

// Is tells whether n is a string with this decoded text, without allocating.
func (a *Arena) Is(n Node, text string) bool {
	_, nd := a.ref(n)
	if nd.kind != abi.KindString {
		return false
	}
	if nd.flags&flagEscaped == 0 {
		return string(a.inner(nd)) == text
	}
	return equalDecoded(a.inner(nd), text)
}

// Bool gives a true or false; ok is false for other kinds.
func (a *Arena) Bool(n Node) (v, ok bool) {
	_, nd := a.ref(n)
	if nd.kind != abi.KindBool {
		return false, false
	}
	return nd.end-nd.start == 4, true
}

// Raw is a value's JSON text as it stands, without a copy and valid until Reset; false when the value
// has none, because it was edited or made by an edit, or is a part of a string. AppendJSON always works.
func (a *Arena) Raw(n Node) ([]byte, bool) {
	_, nd := a.ref(n)
	if nd.kind == abi.KindInvalid || nd.flags&(flagsEdit|flagPart) != 0 {
		return nil, false
	}
	return a.raw(nd), true
}

// inner is the text between a string's quotes.
func (a *Arena) inner(nd *node) []byte {
	if nd.flags&flagPart != 0 {
		return a.raw(nd)
	}
	return a.texts[nd.text][nd.start+1 : nd.end-1]
}
