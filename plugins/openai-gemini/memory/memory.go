// Package memory keeps in the exchange's state what the hooks of an answer have to know of the request:
// which way it was translated, a line of that way's own, and the names that were changed. Package
// openaigemini reads the way, the packages of the two directions write and read the rest.
//
// It is one short string, because the next event may find another instance of the plugin: reading it
// costs three calls into the gateway, and only an event that changes it writes it.
package memory

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Way is a pair of dialects, from the client's to the provider's.
type Way byte

// The ways that the plugin knows.
const (
	Chat          Way = 'a' + iota // openai.chat → gemini.generate
	Generate                       // gemini.generate → openai.chat
	Embeddings                     // openai.embeddings → gemini.embed
	Embed                          // gemini.embed → openai.embeddings
	ChatCount                      // openai.count → gemini.count
	GenerateCount                  // gemini.count → openai.count
)

// Buffers of the running hook. They have room from the start: a text that does not fit is read twice.
var (
	loaded  = make([]byte, 0, 1024)
	written []byte
)

// Load reads the way and its text, which is good until the hook returns. Without a request before,
// nothing is known and the text is empty.
func Load() (Way, []byte) {
	loaded = longmen.State().Pointer("/x/s").AppendString(loaded[:0])
	if len(loaded) == 0 {
		return Chat, nil
	}
	return Way(loaded[0]), loaded[1:]
}

// Begin writes what a request leaves for its answer, in place of what an earlier attempt left. names are
// JSON members, see codec.Names.
func Begin(way Way, text, names []byte) {
	b := append(written[:0], `{"s":`...)
	n := len(b)
	b = codec.AppendQuoted(b, codec.View(text))
	b = append(b, 0)
	copy(b[n+2:], b[n+1:]) // room for the way after the quote
	b[n+1] = byte(way)
	if len(names) > 0 {
		b = append(b, `,"names":{`...)
		b = append(b, names...)
		b = append(b, '}')
	}
	written = append(b, '}')
	longmen.State().Set("x", codec.Parsed(written))
}

// Save writes the text anew.
func Save(way Way, text []byte) {
	written = append(append(written[:0], byte(way)), text...)
	Object().SetString("s", codec.View(written))
}

// Object is the place for values that are too large for the text.
func Object() longmen.Value {
	x := longmen.State().Get("x")
	if !x.Exists() {
		longmen.State().Set("x", longmen.NewObject())
		x = longmen.State().Get("x")
	}
	return x
}

// Value is what stands in the object at a pointer, such as "/x/names".
func Value(pointer string) longmen.Value { return longmen.State().Pointer(pointer) }
