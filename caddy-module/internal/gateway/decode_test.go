package gateway

import (
	"bufio"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

// decode reads a client's stream as a client does and tells what it means, in one line a fact, so that
// two streams that differ in cuts alone decode to the same text. Ids that are made up are numbered.
func decode(dialectName, stream string) string {
	d := decoded{text: map[string]string{}, ids: map[string]int{}}
	scan := bufio.NewScanner(strings.NewReader(strings.TrimPrefix(stream, "\ufeff")))
	scan.Buffer(nil, 64<<20)
	var data []string
	flush := func() {
		if len(data) > 0 {
			d.event(dialectName, strings.Join(data, "\n"))
		}
		data = nil
	}
	for scan.Scan() {
		line := strings.TrimSuffix(scan.Text(), "\r")
		if line == "" {
			flush()
		}
		if v, ok := strings.CutPrefix(line, "data:"); ok {
			data = append(data, strings.TrimPrefix(v, " "))
		}
	}
	flush()
	return d.String()
}

type decoded struct {
	text  map[string]string // channel → all of its text
	facts []string
	ids   map[string]int
}

func (d *decoded) String() string {
	var lines []string
	for channel, text := range d.text {
		lines = append(lines, fmt.Sprintf("%s %q", channel, text))
	}
	sort.Strings(lines)
	return strings.Join(append(lines, d.facts...), "\n") + "\n"
}

// add appends text to a channel; facts that follow say how much of it had come by then.
func (d *decoded) add(channel string, v any) {
	if s, ok := v.(string); ok && s != "" {
		d.text[channel] += s
	}
}

func (d *decoded) fact(format string, args ...any) {
	d.facts = append(d.facts, fmt.Sprintf(format, args...))
}

func (d *decoded) event(dialectName, data string) {
	if data == "[DONE]" {
		d.fact("done")
		return
	}
	var v map[string]any
	if err := json.Unmarshal([]byte(data), &v); err != nil {
		d.fact("no JSON: %s", data)
		return
	}
	if e := v["error"]; e != nil {
		d.fact("error %v", e)
		return
	}
	if dialectName == "openai.chat" {
		d.openAI(v)
	} else {
		d.gemini(v)
	}
}

func (d *decoded) openAI(v map[string]any) {
	d.once("object", v["object"])
	d.once("model", v["model"])
	d.once("created", v["created"])
	d.once("id", d.number(v["id"]))
	choices, _ := v["choices"].([]any)
	for _, c := range choices {
		choice := c.(map[string]any)
		i := choice["index"]
		delta, _ := choice["delta"].(map[string]any)
		d.add(fmt.Sprintf("choice %v role", i), delta["role"])
		d.add(fmt.Sprintf("choice %v content", i), delta["content"])
		d.add(fmt.Sprintf("choice %v reasoning", i), delta["reasoning_content"])
		calls, _ := delta["tool_calls"].([]any)
		for _, t := range calls {
			call := t.(map[string]any)
			channel := fmt.Sprintf("choice %v call %v", i, call["index"])
			function, _ := call["function"].(map[string]any)
			d.add(channel+" name", function["name"])
			d.add(channel+" arguments", function["arguments"])
			if id, ok := call["id"].(string); ok {
				d.add(channel+" id", d.number(id))
			}
			if extra, ok := call["extra_content"]; ok {
				d.fact("%s extra %v", channel, extra)
			}
		}
		if f := choice["finish_reason"]; f != nil {
			d.fact("choice %v finish %v after %d bytes of content", i, f, len(d.text[fmt.Sprintf("choice %v content", i)]))
		}
	}
	if u := v["usage"]; u != nil {
		d.fact("usage %v", u)
	}
}

func (d *decoded) gemini(v map[string]any) {
	candidates, _ := v["candidates"].([]any)
	for _, c := range candidates {
		candidate := c.(map[string]any)
		i := candidate["index"]
		content, _ := candidate["content"].(map[string]any)
		parts, _ := content["parts"].([]any)
		for _, p := range parts {
			part := p.(map[string]any)
			channel := fmt.Sprintf("candidate %v text", i)
			if part["thought"] == true {
				channel = fmt.Sprintf("candidate %v thought", i)
			}
			d.add(channel, part["text"])
			if call := part["functionCall"]; call != nil {
				b, _ := json.Marshal(call)
				d.fact("candidate %v call %s after %d bytes of text", i, b, len(d.text[channel]))
			}
		}
		if f := candidate["finishReason"]; f != nil {
			d.fact("candidate %v finish %v after %d bytes of text", i, f, len(d.text[fmt.Sprintf("candidate %v text", i)]))
		}
	}
	d.once("modelVersion", v["modelVersion"])
	if u := v["usageMetadata"]; u != nil {
		d.text["usage"] = fmt.Sprint(u) // cumulative: the last one counts
	}
}

// once states a value that has to be the same in every event.
func (d *decoded) once(name string, v any) {
	s := fmt.Sprint(v)
	if have, ok := d.text[name]; ok && have != s {
		d.fact("%s changes from %s to %s", name, have, s)
	}
	d.text[name] = s
}

// number replaces an id by the order of its first appearance.
func (d *decoded) number(id any) string {
	s := fmt.Sprint(id)
	if _, ok := d.ids[s]; !ok {
		d.ids[s] = len(d.ids)
	}
	return fmt.Sprintf("#%d", d.ids[s])
}
