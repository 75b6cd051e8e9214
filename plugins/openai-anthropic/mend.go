package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// mend takes out of a request for Anthropic what translated answers of other providers have left in its
// history: thoughts that nobody at Anthropic has signed, which it refuses. Everything else stays as the
// client wrote it.
func mend(doc longmen.Value) error {
	messages := doc.Get("messages")
	if messages.Kind() != longmen.KindArray {
		return nil // Anthropic will say what is wrong
	}
	signed := false   // the open tool turn has thoughts; Claude may think before its first call alone
	unsigned := false // it has lost some, or never had any
	for m, next := messages.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		role := m.Get("role")
		if role.Is("system") {
			continue // may stand inside of a turn
		}
		content := m.Get("content")
		if content.Kind() != longmen.KindArray {
			signed, unsigned = false, false
			continue
		}
		if !role.Is("assistant") {
			if !answersCalls(content) {
				signed, unsigned = false, false
			}
			continue
		}
		thoughts, calls, lost := mendContent(content)
		unsigned = calls && !thoughts && (lost || !signed)
		signed = signed || thoughts
		if content.Len() == 0 {
			m.Delete()
		}
	}
	if thinking := doc.Get("thinking"); unsigned && thinking.Get("type").Is("enabled") {
		thinking.Delete()
		var w codec.Warnings
		return w.Warn("thinking", "the open tool call came from another provider without signed thoughts: anthropic does not think on it")
	}
	return nil
}

// mendContent removes foreign thoughts and tells what is left.
func mendContent(content longmen.Value) (thoughts, calls, lost bool) {
	for b, next := content.First(), longmen.Value(0); b.Exists(); b = next {
		next = b.Next()
		switch string(codec.Word(b.Get("type"))) {
		case "thinking":
			if s := b.Get("signature"); !codec.Text(s) || codec.Sealed(string(codec.Word(s))) {
				b.Delete()
				lost = true
				continue
			}
			thoughts = true
		case "redacted_thinking":
			thoughts = true
		case "tool_use":
			calls = true
		}
	}
	return thoughts, calls, lost
}

// answersCalls tells whether a user's content holds a tool's result, so that the turn goes on.
func answersCalls(content longmen.Value) bool {
	for b := content.First(); b.Exists(); b = b.Next() {
		if b.Get("type").Is("tool_result") {
			return true
		}
	}
	return false
}
