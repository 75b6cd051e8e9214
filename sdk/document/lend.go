package document

import "sync"

// lent are arenas that others have used before; each keeps a bounded capacity.
var lent = sync.Pool{New: func() any { return new(Arena) }}

// Borrow gives an empty arena with room that others have made. Return gives it back.
func Borrow() *Arena { return lent.Get().(*Arena) }

// Return empties a borrowed arena and gives it back. Nothing of it may be used any more.
func Return(a *Arena) {
	a.Reset()
	lent.Put(a)
}
