package togemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// anySignatureBytes is Gemini's stand-in for a lost signature in the standard alphabet of base64: the same bytes,
// which clients that keep signatures as bytes give back as they came.
const anySignatureBytes = "skip/thought/signature/validator"

// sealedHead is how the base64 of every envelope begins, see HUB.md of package codec.
const sealedHead = "bG9uZ21lbi52MS"

// Mend takes out of a gemini.generate request, where it stands, what only the gateway can have put into its
// history: envelopes with signatures of another provider, which Gemini would refuse. A client's session has
// them when it went on here after such a provider had answered it.
func Mend(doc longmen.Value) error {
	m := mending{signed: modelOf(longmen.Attr(abi.AttrUpstreamModel).String()).signed}
	at := codec.Path{Name: "contents"}
	contents := doc.Get("contents")
	if contents.Kind() == longmen.KindObject { // a list of one without brackets
		return m.content(contents, &at)
	}
	for c := contents.First(); c.Exists(); c = c.Next() {
		if err := m.content(c, &at); err != nil {
			return err
		}
	}
	return nil
}

// mending is one walk over the contents.
type mending struct {
	signed bool // the model insists on a signature for the first call of a step
	called bool // the step has a call already; contents of the model's that follow one another are one step
	parts  int  // so far
}

func (m *mending) content(c longmen.Value, at *codec.Path) error {
	if !c.Get("role").Is("model") {
		m.called = false
		return nil
	}
	parts := c.Get("parts")
	if parts.Kind() == longmen.KindObject {
		m.part(parts)
		return nil
	}
	for p := parts.First(); p.Exists(); p = p.Next() {
		if m.parts++; m.parts > maxSteps {
			return codec.Invalid(at, "the request has too many parts: expected at most 30000")
		}
		m.part(p)
	}
	return nil
}

func (m *mending) part(p longmen.Value) {
	var signature longmen.Value
	call := false
	for v := p.First(); v.Exists(); v = v.Next() {
		switch string(codec.Key(v)) {
		case "functionCall", "function_call":
			call = true
		case "thoughtSignature", "thought_signature":
			signature = v
		}
	}
	first := call && !m.called
	m.called = m.called || call
	var head [len(sealedHead)]byte
	if string(signature.Prefix(head[:])) != sealedHead {
		return
	}
	if first && m.signed {
		signature.Replace(longmen.NewString(anySignatureBytes))
	} else {
		signature.Delete()
	}
}
