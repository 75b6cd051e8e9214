package togemini

import "github.com/longmen-gateway/longmen/sdk/go/longmen"

// memo keeps what schemas became: agents send the same tools with every request, and a digest costs one
// call into the gateway where a conversion costs hundreds. It is no state of an exchange: what it
// holds follows from the schema alone.
var memo = map[memoKey]memoized{}

type memoKey struct {
	sum    [32]byte
	subset bool
}

// memoized is a schema's conversion.
type memoized struct {
	text   string   // "" when nothing had to change
	empty  bool     // it has no properties
	warned []string // what was lost
}

const (
	maxMemo     = 256      // schemas
	maxMemoText = 16 << 10 // bytes of one
)

// keep adds the conversion to the memo; a full one starts anew.
func (m memoized) keep(k memoKey, converted longmen.Value) {
	if converted.Digest() != k.sum {
		if converted.Size() > maxMemoText {
			return
		}
		m.text = converted.JSON()
	}
	if len(memo) >= maxMemo {
		clear(memo)
	}
	memo[k] = m
}
