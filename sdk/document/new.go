package document

import (
	"math"
	"strconv"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// ownText is the size from which a new string gets a text of its own: growing the shared text under
// it would copy megabytes, and keep them after Reset.
const ownText = 64 << 10

// span is a piece of one of the arena's texts.
type span struct {
	text       uint16
	start, end uint32
}

// NewObject makes an empty object that stands nowhere.
func (a *Arena) NewObject() Node {
	return a.add(node{kind: abi.KindObject, flags: flagRelisted, height: 1})
}

// NewArray makes an empty array that stands nowhere.
func (a *Arena) NewArray() Node {
	return a.add(node{kind: abi.KindArray, flags: flagRelisted, height: 1})
}

// NewNull makes a null that stands nowhere.
func (a *Arena) NewNull() Node { return a.newLiteral(abi.KindNull, "null") }

// NewBool makes a true or false that stands nowhere.
func (a *Arena) NewBool(v bool) Node {
	if v {
		return a.newLiteral(abi.KindBool, "true")
	}
	return a.newLiteral(abi.KindBool, "false")
}

// NewInt makes a number that stands nowhere.
func (a *Arena) NewInt(v int64) Node {
	var buf [20]byte
	return a.newScalar(abi.KindNumber, strconv.AppendInt(buf[:0], v, 10))
}

// NewFloat makes a number that stands nowhere, in the shortest spelling that reads back as v. JSON has
// no infinities and no NaN: for them it gives 0.
func (a *Arena) NewFloat(v float64) Node {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return 0
	}
	var buf [32]byte
	return a.newScalar(abi.KindNumber, appendFloat(buf[:0], v))
}

// NewString makes a string that stands nowhere. Each byte of s that is not UTF-8 becomes U+FFFD. s may
// be text of this arena. It gives 0 when the arena is full.
func (a *Arena) NewString(s []byte) Node {
	a.begin()
	sp, escaped, ok := a.writeString(s, true)
	if !ok {
		return 0
	}
	nd := node{kind: abi.KindString, text: sp.text, start: sp.start, end: sp.end}
	if escaped {
		nd.flags = flagEscaped
	}
	return a.add(nd)
}

// NewJSON makes a value from a copy of a JSON text, under the rules of Parse. text may be text of this
// arena, such as that of a string which contains JSON. The error is a *SyntaxError or ErrFull.
func (a *Arena) NewJSON(text []byte) (Node, error) {
	a.begin()
	sp, ok := a.reserve(len(text))
	if !ok {
		return 0, ErrFull
	}
	before := len(a.nodes)
	a.texts[sp.text] = append(a.texts[sp.text], text...)
	n, err := a.document(sp.text, a.texts[sp.text], int(sp.start))
	if err != nil {
		a.release(sp)
		return 0, err
	}
	a.added += len(text) + (len(a.nodes)-before)*nodeSize
	return n, nil
}

func (a *Arena) newLiteral(kind abi.Kind, text string) Node {
	var buf [8]byte
	return a.newScalar(kind, append(buf[:0], text...))
}

func (a *Arena) newScalar(kind abi.Kind, text []byte) Node {
	a.begin()
	sp, ok := a.reserve(len(text))
	if !ok {
		return 0
	}
	a.texts[sp.text] = append(a.texts[sp.text], text...)
	a.added += len(text)
	return a.add(node{kind: kind, text: sp.text, start: sp.start, end: sp.start + uint32(len(text))})
}

// reserve finds a text to whose end size bytes can be appended: the shared one, or a new one for large
// sizes. end of the span is not set.
func (a *Arena) reserve(size int) (span, bool) {
	if size >= ownText && uint64(size) <= maxText && len(a.texts) <= math.MaxUint16 {
		a.texts = append(a.texts, make([]byte, 0, size))
		return span{text: uint16(len(a.texts) - 1)}, true
	}
	if uint64(len(a.texts[0]))+uint64(size) > maxText {
		return span{}, false
	}
	if a.Zeroise {
		a.texts[0] = outgrow(a.texts[0], size)
	}
	return span{start: uint32(len(a.texts[0]))}, true
}

// release takes back what was appended since reserve gave sp.
func (a *Arena) release(sp span) {
	if a.Zeroise {
		clear(a.texts[sp.text][sp.start:])
	}
	if sp.text == 0 {
		a.texts[0] = a.texts[0][:sp.start]
		return
	}
	a.texts[sp.text] = nil
	a.texts = a.texts[:sp.text]
}

// writeString appends s as a JSON string, with or without its quotes, to one of the arena's texts.
func (a *Arena) writeString(s []byte, quotes bool) (sp span, escaped, ok bool) {
	size := len(s)
	if a.Zeroise {
		size = escapedBound(s)
	}
	sp, ok = a.reserve(size + 2)
	if !ok {
		return span{}, false, false
	}
	dst := a.texts[sp.text]
	if quotes {
		dst = append(dst, '"')
	}
	dst, escaped = appendEscaped(dst, s)
	if quotes {
		dst = append(dst, '"')
	}
	a.texts[sp.text] = dst
	if uint64(len(dst)) > maxText {
		a.release(sp)
		return span{}, false, false
	}
	sp.end = uint32(len(dst))
	a.added += int(sp.end - sp.start)
	return sp, escaped, true
}
