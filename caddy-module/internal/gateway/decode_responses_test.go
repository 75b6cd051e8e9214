package gateway

import (
	"fmt"
	"reflect"
	"strings"
)

// responsesReading knows the rules of a stream of the Responses API: events are numbered without gaps, what
// is added is done, what is done says what the deltas said, and the last event says everything.
type responsesReading struct {
	next  float64
	items []*responsesItem
	last  string
}

type responsesItem struct {
	id    any
	added map[string]any
	done  map[string]any
	parts map[string]*responsesPart // of content and summary, by kind and index
	args  string
	said  bool // arguments are done
}

type responsesPart struct {
	text       string
	said, done bool
}

func (r *responsesReading) event(d *decoded, name string, v map[string]any) {
	d.must(v["sequence_number"] == r.next, "%s is number %v, expected %v", name, v["sequence_number"], r.next)
	r.next++
	kind := strings.TrimPrefix(name, "response.")
	switch {
	case r.next == 1:
		d.must(kind == "created", "begins with %s", name)
	case r.next == 2:
		d.must(kind == "in_progress", "goes on with %s", name)
	}
	switch kind {
	case "created", "in_progress", "completed", "incomplete", "failed":
		r.response(d, kind, v["response"])
		return
	case "output_item.added":
		r.added(d, v)
		return
	case "error":
		return
	}
	i := int(number(v["output_index"]))
	if i >= len(r.items) || v["output_index"] == nil {
		d.breaks("%s of item %v, which was not added", name, v["output_index"])
		return
	}
	item := r.items[i]
	d.must(item.done == nil, "%s after item %d was done", name, i)
	if kind == "output_item.done" {
		r.done(d, i, item, v)
		return
	}
	d.must(v["item_id"] == item.id, "%s names item %v, expected %v", name, v["item_id"], item.id)
	is := item.added["type"]
	switch kind {
	case "function_call_arguments.delta":
		d.must(is == "function_call" && !item.said, "%s of a %v", name, is)
		item.args += fmt.Sprint(v["delta"])
		d.add(fmt.Sprintf("item %d arguments", i), v["delta"])
	case "function_call_arguments.done":
		d.must(is == "function_call" && !item.said, "%s of a %v", name, is)
		// A plugin that edits them spells them anew.
		d.must(sameJSON(v["arguments"], item.args), "arguments are done with %v, said %q", v["arguments"], item.args)
		item.said = true
	default:
		r.part(d, i, item, kind, v)
	}
}

// part reads an event of a part of a message or of a reasoning's summary.
func (r *responsesReading) part(d *decoded, i int, item *responsesItem, kind string, v map[string]any) {
	member := "content_index"
	if strings.HasPrefix(kind, "reasoning_summary") {
		member = "summary_index"
	}
	key := fmt.Sprint(member, " ", v[member])
	p := item.parts[key]
	if strings.HasSuffix(kind, "part.added") {
		d.must(p == nil, "item %d: %s was added before", i, key)
		d.must(v[member] == float64(len(item.parts)), "item %d: %s, expected %d", i, key, len(item.parts))
		item.parts[key] = &responsesPart{}
		return
	}
	if p == nil {
		d.breaks("item %d: %s of %s, which was not added", i, kind, key)
		return
	}
	d.must(!p.done, "item %d: %s after %s was done", i, kind, key)
	channel := fmt.Sprintf("item %d %s", i, key)
	switch kind {
	case "output_text.delta", "refusal.delta":
		d.must(!p.said, "%s goes on after it was done", channel)
		p.text += d.add(channel, v["delta"])
		d.said.Text += fmt.Sprint(v["delta"])
	case "reasoning_summary_text.delta", "reasoning_text.delta":
		d.must(!p.said, "%s goes on after it was done", channel)
		p.text += d.add(channel, v["delta"])
		d.said.Reasoning += fmt.Sprint(v["delta"])
	case "output_text.done", "reasoning_summary_text.done", "reasoning_text.done", "refusal.done":
		text := v["text"]
		if kind == "refusal.done" {
			text = v["refusal"]
		}
		d.must(text == p.text, "%s is done with %q, said %q", channel, text, p.text)
		p.said = true
	case "content_part.done", "reasoning_summary_part.done":
		d.must(p.said, "%s is done before its text", channel)
		d.must(textOf(v["part"]) == p.text, "%s is done with %s, said %q", channel, literal(v["part"]), p.text)
		p.done = true
	case "output_text.annotation.added":
		d.fact("%s annotation %s after %d bytes", channel, literal(v["annotation"]), len(p.text))
	default:
		d.breaks("unknown event %s", kind)
	}
	if strings.HasPrefix(kind, "output_text.d") {
		_, ok := v["logprobs"].([]any)
		d.must(ok, "%s without logprobs", kind)
	}
}

func textOf(part any) any {
	if t := pick(part, "refusal"); t != nil {
		return t
	}
	return pick(part, "text")
}

func (r *responsesReading) added(d *decoded, v map[string]any) {
	i := len(r.items)
	d.must(v["output_index"] == float64(i), "item %v is added, expected %d", v["output_index"], i)
	item, _ := v["item"].(map[string]any)
	if i > 0 {
		d.must(r.items[i-1].done != nil, "item %d is added before %d is done", i, i-1)
	}
	r.items = append(r.items, &responsesItem{id: item["id"], added: item, parts: map[string]*responsesPart{}})
	d.add(fmt.Sprintf("item %d", i), fmt.Sprint(item["type"], " ", d.number(item["id"])))
	switch item["type"] {
	case "message":
		d.must(item["role"] == "assistant" && item["status"] == "in_progress" && literal(item["content"]) == "[]", "item %d begins as %s", i, literal(item))
	case "function_call":
		d.must(item["arguments"] == "" && item["status"] == "in_progress", "item %d begins as %s", i, literal(item))
		d.add(fmt.Sprintf("item %d call", i), fmt.Sprint(item["name"], " ", d.number(item["call_id"])))
	case "reasoning":
		d.must(literal(item["summary"]) == "[]", "item %d begins as %s", i, literal(item))
	}
}

func (r *responsesReading) done(d *decoded, i int, item *responsesItem, v map[string]any) {
	item.done, _ = v["item"].(map[string]any)
	for _, name := range []string{"id", "type", "role", "name", "call_id"} {
		d.must(item.done[name] == item.added[name], "item %d: %s was %v and is %v", i, name, item.added[name], item.done[name])
	}
	for key, p := range item.parts {
		d.must(p.done, "item %d is done before %s", i, key)
	}
	parts := "content"
	switch item.added["type"] {
	case "function_call":
		d.must(item.said && sameJSON(item.done["arguments"], item.args), "item %d is done as %s", i, literal(item.done))
		d.called(fmt.Sprint(item.done["name"]), item.args)
		return
	case "reasoning":
		parts = "summary"
		d.fact("item %d encrypted_content %v", i, unsealed(item.done["encrypted_content"]))
	}
	done := list(item.done[parts])
	d.must(len(done) == len(item.parts), "item %d is done with %d parts, had %d", i, len(done), len(item.parts))
	for k, part := range done {
		if p := item.parts[fmt.Sprintf("%s_index %d", parts, k)]; p != nil {
			d.must(textOf(part) == p.text, "item %d is done with %s, said %q", i, literal(part), p.text)
		}
	}
}

func (r *responsesReading) response(d *decoded, kind string, response any) {
	d.must(pick(response, "object") == "response", "object is %v", pick(response, "object"))
	d.same("model", pick(response, "model"))
	d.same("created_at", pick(response, "created_at"))
	d.same("id", d.number(pick(response, "id")))
	output, ok := pick(response, "output").([]any)
	d.must(ok, "%s without output", kind)
	if kind == "created" || kind == "in_progress" {
		d.must(pick(response, "status") == "in_progress" && len(output) == 0 && r.next <= 2, "%s: %s", kind, literal(response))
		return
	}
	d.must(r.last == "", "%s after %s", kind, r.last)
	r.last = kind
	d.must(pick(response, "status") == kind, "%s has status %v", kind, pick(response, "status"))
	var items []any
	for i, item := range r.items {
		d.must(item.done != nil, "%s before item %d is done", kind, i)
		items = append(items, item.done)
	}
	d.must(len(items) == len(output) && (len(items) == 0 || reflect.DeepEqual(items, output)), "%s has output %s, expected %s", kind, literal(output), literal(items))
	u := pick(response, "usage")
	in, out := number(pick(u, "input_tokens")), number(pick(u, "output_tokens"))
	if u == nil {
		d.uncounted = literal(response)
	}
	d.must(in+out == number(pick(u, "total_tokens")), "counts do not add up: %s", literal(u))
	d.used(in, out, number(pick(u, "input_tokens_details", "cached_tokens")), number(pick(u, "output_tokens_details", "reasoning_tokens")))
	d.fact("%s usage %s", kind, literal(u))
	switch kind {
	case "completed":
		d.said.Finish = "stop"
	case "failed":
		d.said.Finish = "failed"
	default:
		d.ends(pick(response, "incomplete_details", "reason"), map[string]string{"max_output_tokens": "length", "content_filter": "filter"})
	}
}

func (r *responsesReading) end(d *decoded) {
	d.must(r.last != "", "ends without completed")
	d.settle()
}
