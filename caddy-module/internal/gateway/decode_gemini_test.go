package gateway

import "fmt"

// geminiReading knows the rules of a stream of Gemini's: one id, calls whole, one finishReason per
// candidate and nothing behind it, counts in the last chunk.
type geminiReading struct {
	finished map[any]bool
	last     map[string]any
	usage    any
}

var geminiEnds = map[string]string{
	"STOP": "stop", "MAX_TOKENS": "length", "SAFETY": "filter", "RECITATION": "filter", "PROHIBITED_CONTENT": "filter", "MALFORMED_FUNCTION_CALL": "malformed", "OTHER": "other",
}

func (r *geminiReading) event(d *decoded, _ string, v map[string]any) {
	d.members("a chunk", v, "candidates usageMetadata modelVersion responseId createTime promptFeedback modelStatus")
	r.last = v
	d.same("modelVersion", v["modelVersion"])
	d.same("responseId", d.number(v["responseId"]))
	for _, candidate := range list(v["candidates"]) {
		r.candidate(d, candidate)
	}
	if u := v["usageMetadata"]; u != nil {
		r.usage = u // cumulative: the last one counts
	}
}

func (r *geminiReading) candidate(d *decoded, candidate map[string]any) {
	i := candidate["index"]
	if i == nil {
		i = 0.0
	}
	d.must(!r.finished[i], "candidate %v goes on after it finished: %s", i, literal(candidate))
	if content := candidate["content"]; content != nil {
		d.must(pick(content, "role") == "model", "role %v", pick(content, "role"))
	}
	text := fmt.Sprintf("candidate %v text", i)
	for _, part := range list(pick(candidate["content"], "parts")) {
		said := ""
		if part["thought"] == true {
			said = d.add(fmt.Sprintf("candidate %v thought", i), part["text"])
			if i == 0.0 {
				d.said.Reasoning += said
			}
		} else {
			said = d.add(text, part["text"])
			if i == 0.0 {
				d.said.Text += said
			}
		}
		if call := part["functionCall"]; call != nil {
			if id := pick(call, "id"); id != nil {
				call.(map[string]any)["id"] = d.number(id)
			}
			d.fact("candidate %v call %s signed %v after %d bytes of text", i, literal(call), unsealed(part["thoughtSignature"]), len(d.text[text]))
			arguments := pick(call, "args")
			if arguments == nil {
				arguments = map[string]any{}
			}
			if name, _ := pick(call, "name").(string); i == 0.0 {
				d.called(name, literal(arguments))
			}
		} else if part["thoughtSignature"] != nil {
			d.fact("candidate %v signed %v after %d bytes of text", i, unsealed(part["thoughtSignature"]), len(d.text[text]))
		} else if _, ok := part["text"].(string); !ok {
			d.fact("candidate %v part %s", i, literal(part))
		}
	}
	reason := candidate["finishReason"]
	if reason == nil {
		return
	}
	r.finished[i] = true
	d.fact("candidate %v finish %v after %d bytes of text", i, reason, len(d.text[text]))
	if i == 0.0 {
		d.ends(reason, geminiEnds)
	}
}

func (r *geminiReading) end(d *decoded) {
	d.must(r.last["candidates"] != nil, "the last chunk lacks finishReason: %s", literal(r.last))
	if r.last["usageMetadata"] == nil {
		d.uncounted = literal(r.last)
	}
	u := r.usage
	prompt, thoughts := number(pick(u, "promptTokenCount")), number(pick(u, "thoughtsTokenCount"))
	completion := number(pick(u, "candidatesTokenCount")) + thoughts
	d.must(prompt+completion == number(pick(u, "totalTokenCount")), "counts do not add up: %s", literal(u))
	d.used(prompt, completion, number(pick(u, "cachedContentTokenCount")), thoughts)
	d.fact("usage %s", literal(u))
	d.settle()
}
