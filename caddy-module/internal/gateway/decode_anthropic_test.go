package gateway

import (
	"fmt"
	"regexp"
)

// anthropicReading knows the rules of a stream of Anthropic's: one message_start, blocks strictly one after
// another with contiguous indices, deltas that fit their block, one message_delta, message_stop last.
type anthropicReading struct {
	state string // "", started, ended, stopped
	block map[string]any
	count int // of blocks
	json  string
	known map[string]float64 // counts
}

var (
	anthropicEnds = map[string]string{
		"end_turn": "stop", "stop_sequence": "stop", "pause_turn": "stop", "max_tokens": "length", "model_context_window_exceeded": "length",
		"tool_use": "tools", "refusal": "filter",
	}
	anthropicID = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)
	fits        = map[string]string{
		"text_delta": "text", "citations_delta": "text", "thinking_delta": "thinking", "signature_delta": "thinking", "input_json_delta": "tool_use",
	}
)

func (r *anthropicReading) event(d *decoded, _ string, v map[string]any) {
	kind := v["type"]
	d.must((r.state == "") == (kind == "message_start"), "%v in state %q", kind, r.state)
	d.must(r.state != "stopped", "%v after message_stop", kind)
	if index, ok := v["index"]; ok && kind != "content_block_start" {
		d.must(r.block != nil && int(number(index)) == r.count-1, "%v of block %v, which is not open", kind, index)
	}
	switch kind {
	case "message_start":
		r.start(d, v["message"])
	case "content_block_start":
		r.open(d, v)
	case "content_block_delta":
		delta, _ := v["delta"].(map[string]any)
		r.delta(d, delta)
	case "content_block_stop":
		r.stop(d)
	case "message_delta":
		d.must(r.block == nil && r.state == "started", "message_delta in state %s, block %v", r.state, r.block)
		r.state = "ended"
		d.ends(pick(v, "delta", "stop_reason"), anthropicEnds)
		d.fact("stop_reason %v %v", pick(v, "delta", "stop_reason"), pick(v, "delta", "stop_sequence"))
		r.usage(d, v["usage"])
		if r.known["output_tokens"] == 0 {
			d.uncounted = literal(v)
		}
	case "message_stop":
		d.must(r.state == "ended", "message_stop in state %s", r.state)
		r.state = "stopped"
	case "ping":
	default:
		d.breaks("unknown event %v", kind)
	}
}

func (r *anthropicReading) start(d *decoded, message any) {
	r.state, r.known = "started", map[string]float64{}
	d.must(pick(message, "type") == "message" && pick(message, "role") == "assistant", "message is %s", literal(message))
	content, ok := pick(message, "content").([]any)
	d.must(ok && len(content) == 0, "message_start has content")
	d.must(pick(message, "stop_reason") == nil, "message_start has a stop_reason")
	d.same("model", pick(message, "model"))
	d.same("id", d.number(pick(message, "id")))
	_, counted := pick(message, "usage", "input_tokens").(float64)
	_, also := pick(message, "usage", "output_tokens").(float64)
	d.must(counted && also, "message_start without counts: %s", literal(message))
	r.usage(d, pick(message, "usage"))
}

func (r *anthropicReading) open(d *decoded, v map[string]any) {
	d.must(r.block == nil, "block %v begins in another", v["index"])
	d.must(int(number(v["index"])) == r.count && v["index"] != nil, "block %v, expected %d", v["index"], r.count)
	block, _ := v["content_block"].(map[string]any)
	r.block, r.json = block, ""
	channel := fmt.Sprintf("block %d", r.count)
	r.count++
	d.add(channel+" type", block["type"])
	switch block["type"] {
	case "text":
		_, ok := block["text"].(string)
		d.must(ok, "a text block without text")
		d.said.Text += d.add(channel, block["text"])
	case "thinking":
		_, ok := block["thinking"].(string)
		d.must(ok, "a thinking block without thinking")
		d.said.Reasoning += d.add(channel, block["thinking"])
		d.add(channel+" signature", block["signature"])
	case "tool_use", "server_tool_use":
		id, _ := block["id"].(string)
		d.must(anthropicID.MatchString(id), "id %q", id)
		d.add(channel+" id", d.number(id))
		d.add(channel+" name", block["name"])
		input, ok := block["input"].(map[string]any)
		d.must(ok && len(input) == 0, "a call that begins with %s", literal(block["input"]))
	default:
		d.fact("%s is %s", channel, literal(block))
	}
}

func (r *anthropicReading) delta(d *decoded, v map[string]any) {
	kind, _ := v["type"].(string)
	is, _ := r.block["type"].(string)
	d.must(fits[kind] == is || kind == "input_json_delta" && is == "server_tool_use", "%s in a %s block", kind, is)
	channel := fmt.Sprintf("block %d", r.count-1)
	switch kind {
	case "text_delta":
		d.said.Text += d.add(channel, v["text"])
	case "thinking_delta":
		d.said.Reasoning += d.add(channel, v["thinking"])
	case "signature_delta":
		d.add(channel+" signature", v["signature"])
	case "input_json_delta":
		r.json += d.add(channel+" input", v["partial_json"])
	default:
		d.fact("%s %s after %d bytes", channel, literal(v), len(d.text[channel]))
	}
}

func (r *anthropicReading) stop(d *decoded) {
	if name, _ := r.block["name"].(string); r.block["type"] == "tool_use" {
		if r.json == "" {
			r.json = "{}" // as the SDKs read it
		}
		d.called(name, r.json)
	}
	r.block = nil
}

// usage takes in counts, which are cumulative: those that are left out stay.
func (r *anthropicReading) usage(d *decoded, u any) {
	for _, name := range []string{"input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"} {
		if v, ok := pick(u, name).(float64); ok {
			d.must(v >= 0, "%s is %v", name, v)
			r.known[name] = v
		}
	}
	if v, ok := pick(u, "output_tokens_details", "thinking_tokens").(float64); ok {
		r.known["thinking_tokens"] = v
	}
}

func (r *anthropicReading) end(d *decoded) {
	d.must(r.state == "stopped", "ends in state %q", r.state)
	k := r.known
	d.used(k["input_tokens"]+k["cache_read_input_tokens"]+k["cache_creation_input_tokens"], k["output_tokens"], k["cache_read_input_tokens"], k["thinking_tokens"])
	d.fact("usage %s", literal(k))
	d.settle()
}
