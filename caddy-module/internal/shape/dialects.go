package shape

import "github.com/longmen-gateway/longmen/sdk/document"

// Where dialects have what is looked at. Whole answers and events that are alike are read by the same lines.

// first is the element of a list whose index is 0, or has none.
func (r *reader) first(list document.Node) document.Node {
	for n := r.arena.First(list); n != 0; n = r.arena.Next(n) {
		if i, ok := r.arena.Int(r.arena.Get(n, "index")); !ok || i == 0 {
			return n
		}
	}
	return 0
}

// https://platform.openai.com/docs/api-reference/chat
func (r *reader) chat(root document.Node) {
	a := &r.arena
	c := r.first(a.Get(root, "choices"))
	r.ends(a.Get(c, "finish_reason"))
	r.said(a.Get(c, "text")) // of legacy completions
	m := a.Get(c, "message")
	if m == 0 {
		m = a.Get(c, "delta")
	}
	r.said(a.Get(m, "content"))
	for n := a.First(a.Get(m, "tool_calls")); n != 0; n = a.Next(n) {
		// Only the first piece of a streamed call has a number that was not there before.
		if i, ok := a.Int(a.Get(n, "index")); ok && int(i) < r.shape.Calls {
			continue
		}
		r.calls(a.Get(a.Get(n, "function"), "name"))
	}
}

// https://platform.openai.com/docs/api-reference/responses
func (r *reader) responses(root document.Node) {
	a := &r.arena
	switch a.String(a.Get(root, "type")) {
	case "response.output_text.delta":
		r.said(a.Get(root, "delta"))
	case "response.output_item.added":
		r.item(a.Get(root, "item"), false)
	case "response.completed", "response.incomplete", "response.failed":
		r.ends(a.Get(a.Get(root, "response"), "status"))
	}
	if a.String(a.Get(root, "object")) != "response" {
		return
	}
	r.ends(a.Get(root, "status"))
	for n := a.First(a.Get(root, "output")); n != 0; n = a.Next(n) {
		r.item(n, true)
	}
}

func (r *reader) item(n document.Node, whole bool) {
	a := &r.arena
	switch a.String(a.Get(n, "type")) {
	case "function_call", "custom_tool_call":
		r.calls(a.Get(n, "name"))
	case "message":
		for part := a.First(a.Get(n, "content")); part != 0 && whole; part = a.Next(part) {
			r.said(a.Get(part, "text"))
		}
	}
}

// https://docs.claude.com/en/api/messages and …/messages-streaming
func (r *reader) anthropic(root document.Node) {
	a := &r.arena
	switch a.String(a.Get(root, "type")) {
	case "message":
		r.ends(a.Get(root, "stop_reason"))
		for n := a.First(a.Get(root, "content")); n != 0; n = a.Next(n) {
			r.block(n)
		}
	case "content_block_start":
		r.block(a.Get(root, "content_block"))
	case "content_block_delta":
		r.said(a.Get(a.Get(root, "delta"), "text"))
	case "message_delta":
		r.ends(a.Get(a.Get(root, "delta"), "stop_reason"))
	}
}

func (r *reader) block(n document.Node) {
	a := &r.arena
	switch a.String(a.Get(n, "type")) {
	case "text":
		r.said(a.Get(n, "text"))
	case "tool_use":
		r.calls(a.Get(n, "name"))
	}
}

// https://ai.google.dev/api/generate-content
func (r *reader) gemini(root document.Node) {
	a := &r.arena
	c := r.first(a.Get(root, "candidates"))
	r.ends(a.Get(c, "finishReason"))
	for n := a.First(a.Get(a.Get(c, "content"), "parts")); n != 0; n = a.Next(n) {
		if call := a.Get(n, "functionCall"); call != 0 {
			r.calls(a.Get(call, "name"))
		}
		if thought, _ := a.Bool(a.Get(n, "thought")); !thought {
			r.said(a.Get(n, "text"))
		}
	}
}

// https://github.com/ollama/ollama/blob/main/docs/api.md
func (r *reader) ollama(root document.Node) {
	a := &r.arena
	r.ends(a.Get(root, "done_reason"))
	r.said(a.Get(root, "response"))
	m := a.Get(root, "message")
	r.said(a.Get(m, "content"))
	for n := a.First(a.Get(m, "tool_calls")); n != 0; n = a.Next(n) {
		r.calls(a.Get(a.Get(n, "function"), "name"))
	}
}
