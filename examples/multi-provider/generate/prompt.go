package main

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// turn is what one side of a conversation says.
type turn struct {
	speaker string
	text    longmen.Value
}

// converse writes messages as a prompt: a single question as it is, a conversation as a script whose next line is the answer.
func converse(messages, out longmen.Value) error {
	list := codec.Path{Name: "messages"}
	var system codec.Joined
	var turns []turn
	i := 0
	for m, next := messages.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		at := list.Element(i)
		i++
		text, err := words(m, &at)
		if err != nil {
			return err
		}
		switch role := m.Get("role").String(); role {
		case "system", "developer":
			if text.Exists() && system.Value().Exists() {
				system.AddString("\n\n")
			}
			system.Add(text)
		case "user":
			turns = append(turns, turn{"User: ", text})
		case "assistant":
			turns = append(turns, turn{"Assistant: ", text})
		default:
			return codec.UnsupportedIn(&at, "role", "expected system, developer, user or assistant: the provider has no tools")
		}
	}
	if s := system.Value(); s.Exists() {
		out.Set("system_prompt", s)
	}
	var script codec.Joined
	for _, t := range turns {
		if len(turns) > 1 {
			script.AddString(t.speaker)
		}
		script.Add(t.text)
		if len(turns) > 1 {
			script.AddString("\n\n")
		}
	}
	if len(turns) > 1 {
		script.AddString("Assistant:")
	}
	if s := script.Value(); s.Exists() {
		out.Set("prompt", s)
	}
	return nil
}

// words is the text of a message.
func words(message longmen.Value, at *codec.Path) (longmen.Value, error) {
	if message.Get("tool_calls").Len() > 0 {
		return 0, codec.UnsupportedIn(at, "tool_calls", "expected none: the provider has no tools")
	}
	content := message.Get("content")
	switch content.Kind() {
	case longmen.KindString:
		return content, nil
	case longmen.KindArray:
	case longmen.KindInvalid, longmen.KindNull:
		return 0, nil
	default:
		return 0, codec.InvalidIn(at, "content", "expected text or a list of parts")
	}
	var all codec.Joined
	for p, next := content.First(), longmen.Value(0); p.Exists(); p = next {
		next = p.Next()
		if !p.Get("type").Is("text") {
			return 0, codec.UnsupportedIn(at, "content", "expected text only: the provider takes nothing else")
		}
		all.Add(p.Get("text"))
	}
	return all.Value(), nil
}
