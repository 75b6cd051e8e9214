package document

import "github.com/longmen-gateway/longmen/sdk/abi"

// NewWritten makes an object of the JSON text that write appends to the slice it is given. The caller
// vouches for it: one object, no white space around it, whose values nest at most levels deep, the object
// included. The text is not read before something visits a member: who only passes it on pays for its
// bytes. write must not use the arena. The error is ErrFull, ErrDepth for levels beyond MaxDepth, or
// ErrKind for a text that does not begin and end with braces; one that is no object nevertheless has no
// members.
func (a *Arena) NewWritten(levels int, write func(dst []byte) []byte) (Node, error) {
	if levels < 1 || levels > MaxDepth {
		return 0, ErrDepth
	}
	a.begin()
	sp, _ := a.reserve(0)
	all := write(a.texts[sp.text])
	if uint64(len(all)) > maxText {
		return 0, ErrFull
	}
	if len(all) < int(sp.start)+2 || all[sp.start] != '{' || all[len(all)-1] != '}' {
		return 0, ErrKind
	}
	a.texts[sp.text] = all
	sp.end = uint32(len(all))
	a.added += int(sp.end - sp.start)
	return a.add(node{kind: abi.KindObject, flags: flagLazy, height: uint16(levels), text: sp.text, start: sp.start, end: sp.end}), nil
}
