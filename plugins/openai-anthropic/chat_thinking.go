package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// maxThinking bounds a block of thinking that is given back whole, in bytes; the text itself is not
// bounded.
const maxThinking = 384 << 10

// piece keeps a piece of the open thinking.
func (s *chatStream) piece(v longmen.Value) {
	if s.kind != blockThinking {
		return
	}
	s.held += int64(v.Size())
	s.changed = true
	x := kept()
	if s.held > maxThinking {
		x.Get("t").Delete()
		return
	}
	pieces := x.Get("t")
	if !pieces.Exists() {
		x.Set("t", longmen.NewArray())
		pieces = x.Get("t")
	}
	pieces.Append(v)
}

// maxSignature bounds a signature, in bytes.
const maxSignature = 128 << 10

// sign keeps the signature of the open thinking.
func (s *chatStream) sign(v longmen.Value) {
	if s.kind == blockThinking && codec.Text(v) && v.Len() <= maxSignature {
		kept().Set("g", v)
	}
}

// thinking gives a whole block of thinking out, and keeps it for the store.
func (s *chatStream) thinking(block longmen.Value) {
	x := kept()
	blocks := x.Get("b")
	if !blocks.Exists() {
		x.Set("b", longmen.NewArray())
		blocks = x.Get("b")
	}
	if s.stored += int64(block.Size()); s.stored <= maxStored {
		blocks.Append(block.Copy())
	}
	s.changed = true
	if s.shows {
		s.sayList("thinking_blocks", block)
	}
}
