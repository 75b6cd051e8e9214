package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// maxThoughts bounds the blocks of thinking of one message.
const maxThoughts = 256

// thoughts appends the thinking that an answer was given out with, before everything else.
func (r *chat) thoughts(list longmen.Value, f *chatMessage) (any bool) {
	blocks := f.thinking
	if blocks.Kind() != longmen.KindArray {
		blocks = f.provider.Get("thinking_blocks")
	}
	n := 0
	for b, next := blocks.First(), longmen.Value(0); b.Exists() && n < maxThoughts; b = next {
		next = b.Next()
		n++
		if r.thought(list, b) {
			any = true
		}
	}
	return any
}

// thought appends one block of thinking, byte for byte; one without a signature is none that Claude takes,
// and a Claude that does not think takes none.
func (r *chat) thought(list, b longmen.Value) bool {
	if r.to.thinking == thinksNot {
		return false
	}
	switch string(codec.Word(b.Get("type"))) {
	case "thinking":
		if s := b.Get("signature"); !codec.Text(s) || codec.Sealed(string(codec.Word(s))) {
			return false
		}
	case "redacted_thinking":
		if !codec.Text(b.Get("data")) {
			return false
		}
	default:
		return false
	}
	list.Append(b)
	return true
}

// recall puts the thinking that the client lost back before the calls it led to, if the store has it. It tells
// whether the calls are then as Claude made them: with their thinking, or, as the newer ones may, without any.
func (r *chat) recall(list longmen.Value) bool {
	blocks := longmen.KVGet(storeKey(r.open[0].id))
	if !blocks.First().Exists() {
		return blocks.Exists() && r.to.thinking == thinksAdaptive
	}
	rest := make([]longmen.Value, 0, 8)
	for b := list.First(); b.Exists(); b = b.Next() {
		rest = append(rest, b)
	}
	signed := r.thoughts(list, &chatMessage{thinking: blocks})
	for _, b := range rest {
		list.Append(b) // behind the thinking
	}
	return signed
}
