package gateway

import "fmt"

// chatReading knows the rules of a stream of chat completions: one id, the role first, one finish reason
// per choice and nothing behind it, counts last in a chunk without choices.
type chatReading struct {
	choices map[int]*chatChoice
	counted bool
}

type chatChoice struct {
	begun, finished bool
	calls           []*chatCall
}

type chatCall struct{ name, arguments string }

var chatEnds = map[string]string{"stop": "stop", "length": "length", "tool_calls": "tools", "function_call": "tools", "content_filter": "filter"}

func (r *chatReading) event(d *decoded, _ string, v map[string]any) {
	d.members("a chunk", v, "id object created model choices usage system_fingerprint service_tier obfuscation")
	d.must(v["object"] == "chat.completion.chunk", "object is %v", v["object"])
	d.same("model", v["model"])
	d.same("created", v["created"])
	d.same("id", d.number(v["id"]))
	choices, ok := v["choices"].([]any)
	d.must(ok, "no choices: %s", literal(v))
	d.must(!r.counted, "goes on after the counts")
	if u := v["usage"]; u != nil {
		r.usage(d, v["usage"], len(choices) == 0)
	} else {
		d.must(len(choices) > 0, "a chunk with nothing in it")
	}
	for _, choice := range list(choices) {
		r.choice(d, choice)
	}
}

func (r *chatReading) choice(d *decoded, choice map[string]any) {
	d.members("a choice", choice, "index delta finish_reason logprobs native_finish_reason stop_sequence")
	i := int(number(choice["index"]))
	c := r.choices[i]
	if c == nil {
		c = &chatChoice{}
		r.choices[i] = c
	}
	d.must(!c.finished, "choice %d goes on after it finished: %s", i, literal(choice))
	delta, ok := choice["delta"].(map[string]any)
	d.must(ok, "choice %d has no delta", i)
	d.members("a delta", delta, "role content reasoning_content refusal tool_calls thinking_blocks images annotations audio extra_content")
	if c.begun {
		d.must(delta["role"] == nil, "choice %d has its role again", i)
	} else {
		d.must(delta["role"] == "assistant", "choice %d begins with role %v", i, delta["role"])
	}
	c.begun = true
	text := d.add(fmt.Sprintf("choice %d content", i), delta["content"]) + d.add(fmt.Sprintf("choice %d refusal", i), delta["refusal"])
	reasoning := d.add(fmt.Sprintf("choice %d reasoning", i), delta["reasoning_content"]) +
		d.add(fmt.Sprintf("choice %d reasoning", i), delta["reasoning"])
	if i == 0 {
		d.said.Text += text
		d.said.Reasoning += reasoning
	}
	for _, call := range list(delta["tool_calls"]) {
		r.call(d, fmt.Sprintf("choice %d call %v", i, call["index"]), c, call)
	}
	for _, name := range []string{"thinking_blocks", "images", "annotations", "audio", "extra_content"} {
		if v := delta[name]; v != nil {
			d.fact("choice %d %s %s", i, name, literal(v))
		}
	}
	reason, there := choice["finish_reason"]
	d.must(there, "choice %d has no finish_reason, expected null", i)
	if reason == nil {
		return
	}
	c.finished = true
	d.fact("choice %d finish %v (%v) after %d bytes of content", i, reason, choice["native_finish_reason"], len(d.text[fmt.Sprintf("choice %d content", i)]))
	if i == 0 {
		d.ends(reason, chatEnds)
	}
}

func (r *chatReading) call(d *decoded, channel string, c *chatChoice, v map[string]any) {
	d.members("a call", v, "index id type function extra_content")
	i := int(number(v["index"]))
	d.must(i >= 0 && i <= len(c.calls) && v["index"] != nil, "%s: there are %d calls", channel, len(c.calls))
	if i == len(c.calls) {
		c.calls = append(c.calls, &chatCall{name: fmt.Sprint(pick(v, "function", "name"))})
		d.add(channel+" id", d.number(v["id"]))
		d.add(channel+" name", pick(v, "function", "name"))
		d.must(v["type"] == "function", "%s is of type %v", channel, v["type"])
	} else {
		d.must(v["id"] == nil || d.number(v["id"]) == d.text[channel+" id"], "%s has the id %v, too", channel, v["id"])
		d.must(pick(v, "function", "name") == nil, "%s has its name again", channel)
	}
	if i < len(c.calls) {
		c.calls[i].arguments += d.add(channel+" arguments", pick(v, "function", "arguments"))
	}
	if extra, ok := v["extra_content"]; ok {
		d.fact("%s extra %s", channel, literal(extra))
	}
}

func (r *chatReading) usage(d *decoded, u any, alone bool) {
	d.text["usage"] = literal(u) // cumulative: the last one counts
	d.must(alone, "counts in a chunk with choices")
	for i, c := range r.choices {
		d.must(c.finished, "counts before choice %d finished", i)
	}
	r.counted = true
	prompt, completion := number(pick(u, "prompt_tokens")), number(pick(u, "completion_tokens"))
	d.must(prompt+completion == number(pick(u, "total_tokens")), "counts do not add up: %s", literal(u))
	d.used(prompt, completion, number(pick(u, "prompt_tokens_details", "cached_tokens")), number(pick(u, "completion_tokens_details", "reasoning_tokens")))
}

func (r *chatReading) end(d *decoded) {
	if !r.counted {
		d.uncounted = "no chunk with them"
	}
	d.must(len(r.choices) > 0, "no choice")
	for i, c := range r.choices {
		d.must(c.finished, "choice %d has no finish_reason", i)
		for _, call := range c.calls {
			if i == 0 {
				d.called(call.name, call.arguments)
			}
		}
	}
	d.settle()
}
