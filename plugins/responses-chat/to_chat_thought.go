package responseschat

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// seal is the envelope for what a reasoning item holds; zero when it is too long to travel.
func seal(member string, v longmen.Value, message bool) longmen.Value {
	if v.Size() > codec.MaxSealed-64 {
		return 0
	}
	b := append([]byte(nil), sealedHead...)
	b = append(b, `{"`...)
	b = append(b, member...)
	b = append(b, `":`...)
	b = v.AppendJSON(b)
	if message {
		b = append(b, `,"message":true`...)
	}
	return longmen.NewString(codec.View(append(b, '}')))
}

// emptySeal is the encrypted_content of thoughts that nobody signed. A client that keeps its reasoning itself drops
// an item that has none, and a provider of the Responses API refuses one: by the envelope mend finds it.
var emptySeal = codec.Seal(codec.SealedHub, "{}")

// think gives each thinking block a reasoning item: its text came before it.
func (s *answerState) think(blocks, state longmen.Value) error {
	if blocks.Kind() != longmen.KindArray {
		return nil
	}
	list := blocks.Copy() // what is emitted edits documents, and a walk does not survive that
	for v, next := list.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		one := longmen.NewArray()
		one.Append(v)
		if err := s.reasoned(seal("thinking_blocks", one, false), state); err != nil {
			return err
		}
	}
	return nil
}

// sign gives Gemini's signature a reasoning item.
func (s *answerState) sign(signature longmen.Value, message bool, state longmen.Value) error {
	return s.reasoned(seal("thought_signature", signature, message), state)
}

// reasoned ends the last reasoning item, or one of its own, with what it holds for the next turn.
func (s *answerState) reasoned(sealed, state longmen.Value) error {
	if !sealed.Exists() {
		return nil
	}
	s.total += sealed.Len()
	i, err := s.speaker(kindReasoning, state)
	if err != nil {
		return err
	}
	state.Get("o").Index(i).Set("encrypted_content", sealed)
	if s.items[i].ended, s.changed = true, true; i == s.current {
		s.shut(state)
	}
	return s.bounded()
}
