package demo

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// checkTurns reads the blocks of all messages and refuses what does not fit together.
func (q *anthropicRequest) checkTurns() error {
	used := map[string]bool{}
	var open []string // calls of the message before
	tools := false
	for i := range q.Messages {
		m := &q.Messages[i]
		at := "messages." + strconv.Itoa(i)
		var err error
		switch {
		case m.Role != "user" && m.Role != "assistant" && m.Role != "system":
			return refuse("", "%s.role: Input should be 'user', 'assistant' or 'system'", at)
		case i == 0 && m.Role != "user":
			return refuse("", "messages: first message must use the \"user\" role")
		}
		if m.blocks, err = anthropicBlocks(at+".content", m.Content); err != nil {
			return err
		}
		last := i == len(q.Messages)-1
		if len(m.blocks) == 0 && !(last && m.Role == "assistant") {
			return refuse("", "%s: all messages must have non-empty content except for the optional final assistant message", at)
		}
		if err := m.check(at); err != nil {
			return err
		}
		results, calls, err := m.pairs(at, open, used)
		if err != nil {
			return err
		}
		tools = tools || results || len(calls) > 0
		if m.Role != "system" { // which may stand between a call and its result
			open = calls
		}
	}
	if len(open) > 0 {
		return unanswered(len(q.Messages)-1, open)
	}
	if m := q.Messages[len(q.Messages)-1]; m.Role == "assistant" && len(m.blocks) > 0 {
		if text := m.blocks[len(m.blocks)-1].Text; strings.TrimRight(text, " \t\r\n") != text {
			return refuse("", "messages: final assistant content cannot end with trailing whitespace")
		}
	}
	if tools && len(q.Tools) == 0 {
		return refuse("", "Requests which include `tool_use` or `tool_result` blocks must define tools.")
	}
	return q.checkThinking()
}

// checkBlocks refuses blocks of types, and with members, that are not Anthropic's. In a list, a result's
// blocks are among them. of stands between the list's place and a block's.
func checkBlocks(at, of string, raw json.RawMessage) error {
	var all []json.RawMessage
	if json.Unmarshal(raw, &all) != nil {
		return nil // a string, or nothing
	}
	for j, raw := range all {
		at := at + of + "." + strconv.Itoa(j)
		var b struct {
			Type    string          `json:"type"`
			Content json.RawMessage `json:"content"`
		}
		json.Unmarshal(raw, &b)
		known, ok := anthropicBlockShapes[b.Type]
		if !ok && b.Type != "server_tool_use" && !strings.HasSuffix(b.Type, "_tool_result") {
			return refuse("", "%s: Input tag '%s' found using 'type' does not match any of the expected tags", at, b.Type)
		}
		if path := known.unknown(raw); path != nil {
			return refuse("", "%s.%s.%s: Extra inputs are not permitted", at, b.Type, dotted(path))
		}
		if b.Type == "tool_result" {
			if err := checkBlocks(at, ".tool_result.content", b.Content); err != nil {
				return err
			}
		}
	}
	return nil
}

// check refuses blocks that say what they must not.
func (m *anthropicMessage) check(at string) error {
	if err := checkBlocks(at, ".content", m.Content); err != nil {
		return err
	}
	for j, b := range m.blocks {
		at := at + ".content." + strconv.Itoa(j)
		switch {
		case b.Type == "text" && b.Text == "":
			return refuse("", "messages: text content blocks must be non-empty")
		case b.Type == "text" && strings.TrimSpace(b.Text) == "":
			return refuse("", "messages: text content blocks must contain non-whitespace text")
		case m.Role == "user" && (b.Type == "tool_use" || strings.HasSuffix(b.Type, "thinking")):
			return refuse("", "%s: `%s` blocks can only be in `assistant` messages", at, b.Type)
		case m.Role == "assistant" && (b.Type == "tool_result" || b.Type == "image" || b.Type == "document"):
			return refuse("", "%s: `%s` blocks can only be in `user` messages", at, b.Type)
		case b.Type == "thinking" && b.Thinking == nil:
			return refuse("", "%s.thinking.thinking: Field required", at)
		case b.Type == "thinking" && b.Signature == "":
			return refuse("", "%s.thinking.signature: Field required", at)
		case b.Type == "thinking" && !b.signed():
			return refuse("", "%s: Invalid `signature` in `thinking` block", at)
		case b.Type == "redacted_thinking" && b.Data == "":
			return refuse("", "%s.redacted_thinking.data: Field required", at)
		case b.Type == "tool_use" && !isName(b.ID, 1<<10):
			return refuse("", "%s.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'", at)
		case b.Type == "tool_use" && !isName(b.Name, 200):
			return refuse("", "%s.tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{1,200}$'", at)
		case b.Type == "tool_use" && !strings.HasPrefix(string(b.Input), "{"):
			return refuse("", "%s.tool_use.input: Input should be a valid dictionary", at)
		}
	}
	return nil
}

// pairs checks that a message answers the calls of the one before it, and tells its own.
func (m *anthropicMessage) pairs(at string, open []string, used map[string]bool) (results bool, calls []string, err error) {
	index, _ := strconv.Atoi(strings.TrimPrefix(at, "messages."))
	if m.Role == "system" {
		return false, nil, nil
	}
	open = slices.Clone(open)
	other := false
	for j, b := range m.blocks {
		switch b.Type {
		case "tool_result":
			k := slices.Index(open, b.ToolUseID)
			if k < 0 {
				return false, nil, refuse("", "%s.content.%d: unexpected `tool_use_id` found in `tool_result` blocks: %s. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.", at, j, b.ToolUseID)
			}
			if other {
				return false, nil, refuse("", "%s.content.%d: `tool_result` blocks must come before other content", at, j)
			}
			open = slices.Delete(open, k, k+1)
			results = true
		case "tool_use":
			if used[b.ID] {
				return false, nil, refuse("", "messages: `tool_use` ids must be unique")
			}
			used[b.ID] = true
			calls = append(calls, b.ID)
		default:
			other = true
		}
	}
	if len(open) > 0 {
		return false, nil, unanswered(index-1, open)
	}
	return results, calls, nil
}

func unanswered(index int, open []string) error {
	return refuse("", "messages.%d: `tool_use` ids were found without `tool_result` blocks immediately after: %s. Each `tool_use` block must have a corresponding `tool_result` block in the next message.", index, strings.Join(open, ", "))
}

// signed tells whether a thought came from the demo as it is, or with its text left out.
func (b *anthropicBlock) signed() bool {
	return b.Signature == anthropicSignature(*b.Thinking) || *b.Thinking == "" && b.Signature == anthropicSignature(thought)
}

// checkThinking: in a tool loop, a model that thinks wants its thoughts back, before the calls. With
// adaptive thinking it does not insist.
func (q *anthropicRequest) checkThinking() error {
	if q.Thinking.Type != "enabled" || !strings.Contains(q.Model, "think") {
		return nil
	}
	for i := len(q.Messages) - 1; i > 0; i-- {
		m := &q.Messages[i]
		if m.Role == "user" && m.blocks[0].Type != "tool_result" {
			return nil // the turn begins here
		}
		if m.Role != "assistant" || !slices.ContainsFunc(m.blocks, func(b anthropicBlock) bool { return b.Type == "tool_use" }) {
			continue
		}
		if first := m.blocks[0].Type; first != "thinking" && first != "redacted_thinking" {
			return refuse("", "messages.%d.content.0.type: Expected `thinking` or `redacted_thinking`, but found `%s`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks).", i, first)
		}
	}
	return nil
}
