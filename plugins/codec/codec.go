// Package codec is what codec plugins have in common: places in documents for errors, warnings, names
// that have to be changed and changed back, short reads, media, and the envelope in which one
// provider's signatures travel through another dialect. The plugins beside it are built on it; HUB.md
// is the document between two of them.
//
// It is linked into guests, so it keeps to what is cheap there: no fmt, no reflect, no encoding/json,
// and buffers of the instance instead of allocations.
package codec

import (
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Pair is what a codec is asked to do, as the gateway's attributes say. It is known in request hooks; what
// answers need of it a codec keeps in the exchange's state.
type Pair struct {
	Client, Provider string // dialects on the two sides of this codec
	From, To         string // dialects at the ends of the whole way: the client's, the upstream's
}

// ReadPair reads the attributes.
func ReadPair() Pair {
	return Pair{
		Client: longmen.Attr(abi.AttrCodecClient).String(), Provider: longmen.Attr(abi.AttrCodecProvider).String(),
		From: longmen.Attr(abi.AttrDialect).String(), To: longmen.Attr(abi.AttrUpstreamDialect).String(),
	}
}

// Hub is the dialect in the middle of every way of two steps.
const Hub = "openai.chat"

// Quirks are the words in which an upstream differs from what its dialect promises.
type Quirks string

// ReadQuirks reads the attribute.
func ReadQuirks() Quirks { return Quirks(longmen.Attr(abi.AttrUpstreamQuirks).String()) }

// Has tells whether word is among them.
//
//go:noinline
func (q Quirks) Has(word string) bool {
	for s := string(q); s != ""; {
		i := 0
		for i < len(s) && s[i] != ' ' {
			i++
		}
		if s[:i] == word {
			return true
		}
		for i < len(s) && s[i] == ' ' {
			i++
		}
		s = s[i:]
	}
	return false
}
