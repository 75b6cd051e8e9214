package responseschat

import (
	"bytes"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// mend takes out of a request for a provider that speaks the Responses API what translated answers of
// other providers have left in its history: reasoning that the provider neither encrypted nor keeps, which
// it refuses. Everything else stays as the client wrote it.
func mend(doc longmen.Value) error {
	input := doc.Get("input")
	if input.Kind() != longmen.KindArray {
		return nil // a single text, or the provider will say what is wrong
	}
	for item, next := input.First(), longmen.Value(0); item.Exists(); item = next {
		next = item.Next()
		if item.Get("type").Is("reasoning") && ours(item) {
			item.Delete()
		}
	}
	return nil
}

// ours tells whether a reasoning item is one that this codec made.
func ours(item longmen.Value) bool {
	if v := item.Get("encrypted_content"); codec.Text(v) {
		return codec.Sealed(string(codec.Word(v)))
	}
	return bytes.HasPrefix(codec.Word(item.Get("id")), []byte(reasoningID))
}
