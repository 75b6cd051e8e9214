package toopenai

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// A client of Gemini's gives back what stood in thoughtSignature, as bytes: in base64, though perhaps in
// its URL-safe alphabet. Gemini's own signatures go on as they came; thinking blocks of Anthropic's travel
// there in an envelope, see HUB.md.

// sealedHead is how the base64 of every envelope begins.
const sealedHead = "bG9uZ21lbi52MS"

// Gemini takes a stand-in for the signature of a call that another model made. Clients that keep signatures as
// bytes get it in the standard alphabet of base64; Google documents the same bytes in the alphabet for URLs, in
// which some of them give it back.
const (
	unsigned    = "skip/thought/signature/validator"
	unsignedURL = "skip_thought_signature_validator"
)

// maxSignature bounds a signature with an envelope in it, in bytes.
const maxSignature = codec.MaxSealed/3*4 + 64

// signature is Gemini's signature of a part, if it may go on. Thinking blocks are put aside for the
// message.
func (r *request) signature(v longmen.Value) (longmen.Value, error) {
	var buffer [len(sealedHead)]byte
	head := v.Prefix(buffer[:])
	sealed := string(head) == sealedHead
	switch {
	case len(head) == 0, string(head) == unsigned[:len(sealedHead)], string(head) == unsignedURL[:len(sealedHead)]:
		return 0, nil
	case !sealed && r.takes("extra_content"):
		return v, nil
	case !sealed || r.wire:
		if r.forgot {
			return 0, nil
		}
		r.forgot = true
		return 0, r.lost("contents[].parts[]", v)
	}
	r.unseal(v)
	return 0, nil
}

// unseal puts the thinking blocks of an envelope aside. One that holds none is as good as no signature.
func (r *request) unseal(v longmen.Value) {
	if r.turn.thought.Exists() || v.Len() > maxSignature {
		return
	}
	text, ok := codec.DecodeBase64(nil, v.AppendString(nil))
	if !ok {
		return
	}
	sealed, ok := codec.Open(codec.SealedAnthropic, codec.View(text))
	if !ok {
		return
	}
	if blocks, ok := longmen.NewString(sealed).Parse(); ok && blocks.Kind() == longmen.KindArray {
		r.turn.thought = blocks
	}
}

// extraContent is the member that carries a signature.
func extraContent(signature longmen.Value) longmen.Value {
	e := longmen.NewJSON(`{"google":{}}`)
	e.First().Set("thought_signature", signature)
	return e
}

// seal is what a client of Gemini's gets for thinking blocks: base64 in its canonical form, because clients
// keep it as bytes. 0 when they are too large.
func seal(blocks longmen.Value) longmen.Value {
	if blocks.Kind() != longmen.KindArray || !blocks.First().Exists() {
		return 0
	}
	text := append(output[:0], codec.Seal(codec.SealedAnthropic, "")...)
	if blocks.Size() > codec.MaxSealed-len(text) {
		return 0
	}
	text = blocks.AppendJSON(text)
	output = text
	return longmen.NewString(codec.View(codec.AppendBase64(nil, text)))
}
