package togemini

import (
	"bytes"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Gemini's thought signatures have to come back with the calls that they came with. Between codecs they
// stand in extra_content; clients of chat completions keep them there, or in the id of the call, or lose
// them, and then the key-value store may have them, under the caller and the id of the call.

// signatureMark separates an id from the thought signature that was appended to it.
const signatureMark = "__thought__"

// anySignature is what Gemini takes in place of a signature that the client has lost.
const anySignature = "skip_thought_signature_validator"

// maxStored bounds a stored signature, in bytes.
const maxStored = 64 << 10

// splitID parts an id from the signature that was appended to it, if one was.
func splitID(id []byte) (plain, hidden []byte) {
	if i := bytes.Index(id, []byte(signatureMark)); i > 0 {
		return id[:i], id[i+len(signatureMark):]
	}
	return id, nil
}

// signature finds a thought signature where clients carry it, or nothing.
func signature(extra, provider longmen.Value) longmen.Value {
	if s := extra.Pointer("/google/thought_signature"); genuine(s) {
		return s
	}
	if s := provider.Get("thought_signature"); genuine(s) {
		return s
	}
	return 0
}

// genuine tells whether a value can be a signature of Gemini's.
func genuine(v longmen.Value) bool {
	var head [64]byte
	return signs(v.Prefix(head[:]))
}

// signs tells by its beginning whether a text can be a signature of Gemini's: base64, which is how bytes stand in
// JSON. An envelope of another provider's is none, for its dots.
func signs(head []byte) bool {
	for _, c := range head {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9',
			c == '+', c == '/', c == '-', c == '_', c == '=':
		default:
			return false
		}
	}
	return len(head) > 0
}

// caller is who asks, read when the first signature needs it.
type caller struct {
	known bool
	chat  bool // with chat completions: other clients carry signatures in their own way
	store bool // what the client loses may be in the store; Ollama's clients keep ids, but have no place for signatures
	key   string
}

func (c *caller) read() {
	if !c.known {
		c.known = true
		switch string(codec.Word(longmen.Attr(abi.AttrDialect))) {
		case codec.Hub:
			c.chat, c.store = true, true
		case "ollama.chat":
			c.store = true
		}
		c.key = longmen.Attr(abi.AttrKeyID).String()
	}
}

// slot is the name in the store for the signature of a call: nobody else's calls lead to it.
func (c *caller) slot(id []byte) string {
	message := append(make([]byte, 0, len(c.key)+1+len(id)), c.key...)
	message = append(append(message, 0), id...)
	sum := longmen.MAC("", codec.View(message))
	return string(longmen.AppendHex(append(make([]byte, 0, 64), "sig:"...), sum[:24]))
}

// stored is the signature of a call that the client has lost, if the store has it.
func (c *caller) stored(id []byte) longmen.Value {
	if c.read(); !c.store || len(id) == 0 {
		return 0
	}
	if s := longmen.KVGet(c.slot(id)); genuine(s) {
		return s
	}
	return 0
}

// keep stores the signature of a call. It is no error when nothing can be stored: the client may keep
// the signature itself, and newer models take a stand-in.
func (c *caller) keep(id string, signature longmen.Value) {
	if signature.Len() <= maxStored {
		longmen.KVSet(c.slot([]byte(id)), signature, config.ttl)
	}
}

// showsText tells whether signatures of texts are shown. They have no id to be stored under; Gemini does not
// insist on them.
func (a *asked) showsText() bool {
	if config.carrier != inStore {
		return true
	}
	a.caller.read()
	return !a.caller.chat
}

// carry decides where a signature of a call goes: into the store, into the id, which it returns, and
// whether it is shown as a member.
func (a *asked) carry(id string, signature longmen.Value) (carried string, shown bool) {
	a.caller.read()
	if !a.caller.chat {
		if a.caller.store && a.keep {
			a.caller.keep(id, signature)
		}
		return id, true
	}
	switch config.carrier {
	case inID:
		return string(signature.AppendString([]byte(id + signatureMark))), false
	case inStore:
		a.caller.keep(id, signature)
		return id, false
	}
	if a.keep {
		a.caller.keep(id, signature)
	}
	return id, true
}
