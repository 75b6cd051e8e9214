package gateway

import (
	"fmt"
	"time"
)

// ollamaReading knows the rules of a stream of Ollama's: every line has the model, the time and a message,
// the last one and only that is done and has the counts.
type ollamaReading struct{ done bool }

var ollamaEnds = map[string]string{"stop": "stop", "length": "length", "load": "stop", "unload": "stop"}

func (r *ollamaReading) event(d *decoded, _ string, v map[string]any) {
	d.must(!r.done, "goes on after done: %s", literal(v))
	d.same("model", v["model"])
	created, _ := v["created_at"].(string)
	if _, err := time.Parse(time.RFC3339Nano, created); err != nil {
		d.breaks("created_at: %v", err)
	}
	message, ok := v["message"].(map[string]any)
	d.must(ok && message["role"] == "assistant", "message is %s", literal(v["message"]))
	d.members("a message", message, "role content thinking tool_calls images")
	_, ok = message["content"].(string)
	d.must(ok, "a message without content: %s", literal(message))
	d.said.Text += d.add("content", message["content"])
	d.said.Reasoning += d.add("thinking", message["thinking"])
	for _, c := range list(message["tool_calls"]) {
		if id := c["id"]; id != nil {
			c["id"] = d.number(id)
		}
		_, ok := pick(c, "function", "arguments").(map[string]any)
		d.must(ok, "arguments are %s", literal(c))
		d.must(number(pick(c, "function", "index")) == float64(len(d.said.Calls)), "call %d has index %v", len(d.said.Calls), pick(c, "function", "index"))
		d.fact("call %s after %d bytes of content", literal(c), len(d.text["content"]))
		d.called(fmt.Sprint(pick(c, "function", "name")), literal(pick(c, "function", "arguments")))
	}
	r.done, ok = v["done"].(bool)
	d.must(ok, "no done: %s", literal(v))
	if !r.done {
		d.must(v["done_reason"] == nil && v["eval_count"] == nil, "not done, but %s", literal(v))
		return
	}
	d.ends(v["done_reason"], ollamaEnds)
	d.fact("done %v after %d bytes of content", v["done_reason"], len(d.text["content"]))
	prompt, completion := number(v["prompt_eval_count"]), number(v["eval_count"])
	if completion == 0 {
		d.uncounted = literal(v)
	}
	for _, name := range []string{"total_duration", "load_duration", "prompt_eval_duration", "eval_duration"} {
		f, ok := v[name].(float64)
		d.must(ok && f >= 0, "%s is %v", name, v[name])
	}
	d.fact("usage %v %v", prompt, completion)
	d.used(prompt, completion, 0, 0)
}

func (r *ollamaReading) end(d *decoded) {
	d.must(r.done, "ends without done")
	d.settle()
}
