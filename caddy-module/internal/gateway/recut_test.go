package gateway

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// recut gives the stream with each text of each event cut in two at each offset, and once with every
// character an event of its own; that one comes first.
func recut(t *testing.T, stream, speaks string) []string {
	events, err := clientOf(speaks).frames(stream)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	var all []frame
	for i, e := range events {
		cuts := splits(t, e, speaks, false)
		if len(cuts) == 0 {
			all = append(all, e)
			continue
		}
		all = append(all, splits(t, e, speaks, true)[0]...)
		for _, cut := range cuts {
			out = append(out, join(t, speaks, append(append(append([]frame{}, events[:i]...), cut...), events[i+1:]...)))
		}
	}
	return append([]string{join(t, speaks, all)}, out...)
}

// join makes a stream of events, which are numbered anew where they have numbers.
func join(t *testing.T, speaks string, events []frame) string {
	var b strings.Builder
	for i, e := range events {
		switch speaks {
		case "ollama.chat":
			b.WriteString(e.data + "\n")
			continue
		case "openai.responses":
			var v map[string]json.RawMessage
			if err := json.Unmarshal([]byte(e.data), &v); err != nil {
				t.Fatal(err)
			}
			v["sequence_number"], _ = json.Marshal(i)
			data, _ := json.Marshal(v)
			e.data = string(data)
		}
		if e.name != "" {
			b.WriteString("event: " + e.name + "\n")
		}
		b.WriteString("data: " + strings.ReplaceAll(e.data, "\n", "\ndata: ") + "\n\n")
	}
	return b.String()
}

// splits cuts the text of one event: into two at every offset, or into single characters.
func splits(t *testing.T, e frame, speaks string, characters bool) [][]frame {
	var v map[string]any
	if json.Unmarshal([]byte(e.data), &v) != nil {
		return nil
	}
	slot := textSlot(v, speaks)
	if slot == nil {
		return nil
	}
	text := slot("")
	if utf8.RuneCountInString(text) < 2 {
		return nil
	}
	event := func(part string) frame {
		slot(part)
		defer again(v, speaks)
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return frame{e.name, string(b)}
	}
	if characters {
		_ = json.Unmarshal([]byte(e.data), &v)
		slot = textSlot(v, speaks)
		var one []frame
		for _, r := range text {
			one = append(one, event(string(r)))
		}
		return [][]frame{one}
	}
	var out [][]frame
	for k := range text {
		if k > 0 {
			_ = json.Unmarshal([]byte(e.data), &v)
			slot = textSlot(v, speaks)
			out = append(out, []frame{event(text[:k]), event(text[k:])})
		}
	}
	return out
}

// textSlot finds the one text of an event; the function it returns puts another text there and gives
// the one that was. Nil if the event has none that a provider could cut elsewhere.
func textSlot(v map[string]any, speaks string) func(string) string {
	switch speaks {
	case "gemini.generate":
		for _, candidate := range list(v["candidates"]) {
			if parts := list(pick(candidate, "content", "parts")); len(parts) > 0 && candidate["finishReason"] == nil {
				return slotOf(parts[0], "text")
			}
		}
		return nil
	case "anthropic.messages":
		return slotOf(pick(v, "delta"), "text", "thinking", "partial_json")
	case "openai.responses":
		if kind, _ := v["type"].(string); strings.HasSuffix(kind, ".delta") {
			return slotOf(v, "delta")
		}
		return nil
	case "ollama.chat":
		if v["done"] == true {
			return nil
		}
		return slotOf(v["message"], "content", "thinking")
	}
	choices := list(v["choices"])
	if len(choices) == 0 {
		return nil
	}
	delta := choices[0]["delta"]
	if slot := slotOf(delta, "content", "reasoning_content", "refusal"); slot != nil {
		return slot
	}
	if calls := list(pick(delta, "tool_calls")); len(calls) > 0 && calls[0]["id"] == nil {
		return slotOf(calls[0]["function"], "arguments")
	}
	return nil
}

// again takes out of an event what must not come twice when its text does in pieces.
func again(v map[string]any, speaks string) {
	if choices := list(v["choices"]); speaks == "openai.chat" && len(choices) > 0 {
		delete(choices[0]["delta"].(map[string]any), "role")
	}
}

func slotOf(v any, keys ...string) func(string) string {
	m, _ := v.(map[string]any)
	for _, key := range keys {
		if s, ok := m[key].(string); ok && s != "" {
			return func(put string) string {
				was := m[key].(string)
				m[key] = put
				return was
			}
		}
	}
	return nil
}
