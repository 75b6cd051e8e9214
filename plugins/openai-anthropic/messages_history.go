package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// turn is what an assistant's blocks say.
type turn struct {
	text, reasoning codec.Joined
	thinking, calls longmen.Value // arrays; zero when empty
	google          string        // Gemini's signature
}

// assistant appends an assistant's message.
func (r *messages) assistant(i int, content longmen.Value, at *codec.Path) error {
	r.openAt = i
	switch content.Kind() {
	case longmen.KindString:
		if codec.Text(content) {
			m := longmen.NewJSON(`{"role":"assistant"}`)
			m.Set("content", content)
			r.list.Append(m)
			r.last = 'a'
		}
		return nil
	case longmen.KindArray:
	default:
		return codec.Invalid(at, "expected a string or an array of blocks")
	}
	var t turn
	n := 0
	for b, next := content.First(), longmen.Value(0); b.Exists(); b = next {
		next = b.Next()
		here := at.Element(n)
		n++
		if err := r.spoken(&t, b, &here); err != nil {
			return err
		}
	}
	text := t.text.Value()
	if !text.Exists() && !t.calls.Exists() {
		return nil // it says nothing to OpenAI
	}
	m := longmen.NewJSON(`{"role":"assistant","content":null}`)
	if text.Exists() {
		m.Set("content", text)
	}
	if v := t.reasoning.Value(); v.Exists() && (!r.wire || r.quirks.Has("reasoning_content")) {
		m.Set("reasoning_content", v)
	}
	if t.thinking.Exists() {
		m.Set("thinking_blocks", t.thinking)
	}
	if t.calls.Exists() {
		m.Set("tool_calls", t.calls)
	}
	if t.google != "" && (!r.wire || r.quirks.Has("extra_content")) {
		extra := output.Start(`{"google":{"thought_signature":`).Quote(t.google).Put(`}}`).Parse()
		if first := t.calls.First(); first.Exists() {
			first.Set("extra_content", extra)
		} else {
			m.Set("extra_content", extra)
		}
	}
	r.list.Append(m)
	r.last = 'a'
	r.wait = len(r.open)
	return nil
}

// spoken takes one block of an assistant's.
func (r *messages) spoken(t *turn, v longmen.Value, at *codec.Path) error {
	var a anthropicBlock
	if err := r.readBlock(&a, v, at); err != nil {
		return err
	}
	switch string(codec.Word(a.kind)) {
	case "text":
		if !t.text.Add(a.text) && a.text.Kind() != longmen.KindString {
			return codec.InvalidIn(at, "text", "expected a string")
		}
		return nil
	case "tool_use":
		return r.call(t, &a, at)
	case "thinking":
		if err := r.signed(t, v, a.signature, at); err != nil { // before its text goes elsewhere too
			return err
		}
		t.reasoning.Add(a.thinking)
		return nil
	case "redacted_thinking":
		return r.preserve(t, v, at)
	case "server_tool_use", "web_search_tool_result", "web_fetch_tool_result", "code_execution_tool_result",
		"bash_code_execution_tool_result", "text_editor_code_execution_tool_result", "tool_search_tool_result",
		"mcp_tool_use", "mcp_tool_result", "container_upload", "compaction", "fallback":
		return r.WarnAt(at, "messages[].content[]", "what anthropic's own tools did is not supported by openai")
	}
	return codec.UnsupportedIn(at, "type", "expected text, tool_use, thinking or redacted_thinking")
}

// signed takes a block of thinking by what its signature is: Gemini's in an envelope, Anthropic's own, or
// none.
func (r *messages) signed(t *turn, v, signature longmen.Value, at *codec.Path) error {
	head := codec.Word(signature)
	switch {
	case len(head) == 0:
		return nil
	case !codec.Sealed(string(head)):
		return r.preserve(t, v, at)
	case signature.Len() > codec.MaxSealed:
		return nil
	}
	if t.google != "" && t.calls.Exists() {
		return nil // the first call has its own
	}
	if s, ok := codec.Open(codec.SealedGoogle, signature.String()); ok {
		t.google = s
	}
	return nil
}

// preserve keeps one signed block for a codec that knows what to do with it.
func (r *messages) preserve(t *turn, v longmen.Value, at *codec.Path) error {
	if r.wire {
		return r.WarnAt(at, "messages[].content[].thinking", "signed thinking of earlier turns is not supported by openai")
	}
	if !t.thinking.Exists() {
		t.thinking = longmen.NewArray()
	}
	t.thinking.Append(v.Copy())
	return nil
}

// call takes a tool_use block.
func (r *messages) call(t *turn, a *anthropicBlock, at *codec.Path) error {
	if len(r.open) == maxCalls {
		return codec.Unsupported(at, "expected at most 256 calls in one message")
	}
	where := at.Member("id")
	id, err := readID(a.id, &where)
	if err != nil {
		return err
	}
	name, err := r.name(a.name, at)
	if err != nil {
		return err
	}
	c := call{id: id, name: name, sent: r.callID(id), index: at.Index}
	made := output.Start(`{"id":`).Quote(c.sent).Put(`,"type":"function","function":{"name":`).Quote(name).Put(`,"arguments":"{}"}}`).Parse()
	switch a.input.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
	case longmen.KindObject:
		if a.input.First().Exists() {
			made.Get("function").Set("arguments", a.input.Stringify())
		}
	default:
		return codec.InvalidIn(at, "input", "expected an object")
	}
	if !t.calls.Exists() {
		t.calls = longmen.NewArray()
	}
	t.calls.Append(made)
	r.open = append(r.open, c)
	return nil
}
