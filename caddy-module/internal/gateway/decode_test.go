package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"sort"
	"strings"
)

// client is a way in which clients ask for a stream.
type client struct {
	name    string // of the way
	dialect string
	path    string
	array   bool // the stream is a JSON array
}

// clients are all ways.
var clients = []client{
	{name: "openai.chat", dialect: "openai.chat", path: "/v1/chat/completions"},
	{name: "openai.responses", dialect: "openai.responses", path: "/v1/responses"},
	{name: "anthropic.messages", dialect: "anthropic.messages", path: "/v1/messages"},
	{name: "gemini.generate", dialect: "gemini.generate", path: "/v1beta/models/m:streamGenerateContent?alt=sse"},
	{name: "gemini.array", dialect: "gemini.generate", path: "/v1beta/models/m:streamGenerateContent", array: true},
	{name: "ollama.chat", dialect: "ollama.chat", path: "/api/chat"},
}

// clientOf is the usual way of a dialect's clients.
func clientOf(dialect string) client {
	i := slices.IndexFunc(clients, func(c client) bool { return c.dialect == dialect })
	return clients[i]
}

// frame is one event of a stream.
type frame struct{ name, data string }

// frames are a stream's events, comments left out. The error tells of a framing that clients cannot read.
func (c client) frames(stream string) ([]frame, error) {
	switch {
	case c.array:
		return arrayFrames(stream)
	case c.dialect == "ollama.chat":
		var out []frame
		for line := range strings.SplitSeq(strings.TrimSuffix(stream, "\n"), "\n") {
			if strings.TrimSpace(line) == "" {
				return out, errors.New("an empty line")
			}
			out = append(out, frame{data: line})
		}
		return out, nil
	}
	return sseFrames(stream), nil
}

func sseFrames(stream string) []frame {
	var out []frame
	stream = strings.ReplaceAll(strings.TrimPrefix(stream, "\ufeff"), "\r\n", "\n")
	for block := range strings.SplitSeq(stream, "\n\n") {
		var f frame
		var data []string
		for line := range strings.SplitSeq(block, "\n") {
			if v, ok := strings.CutPrefix(line, "data:"); ok {
				data = append(data, strings.TrimPrefix(v, " "))
			}
			if v, ok := strings.CutPrefix(line, "event:"); ok {
				f.name = strings.TrimPrefix(v, " ")
			}
		}
		if len(data) > 0 {
			f.data = strings.Join(data, "\n")
			out = append(out, f)
		}
	}
	return out
}

func arrayFrames(stream string) ([]frame, error) {
	read := json.NewDecoder(strings.NewReader(stream))
	if open, err := read.Token(); err != nil || open != json.Delim('[') {
		return nil, fmt.Errorf("begins with %v, %v", open, err)
	}
	var out []frame
	for read.More() {
		var data json.RawMessage
		if err := read.Decode(&data); err != nil {
			return out, err
		}
		out = append(out, frame{data: string(data)})
	}
	if end, err := read.Token(); err != nil || end != json.Delim(']') {
		return out, fmt.Errorf("ends with %v, %v", end, err)
	}
	if rest, err := read.Token(); err != io.EOF {
		return out, fmt.Errorf("goes on with %v, %v", rest, err)
	}
	return out, nil
}

// decoded is what a stream means to a client that reads it strictly.
type decoded struct {
	text  map[string]string // channel → all of its text
	facts []string          // what else was said, in order
	wrong []string          // what breaks the rules of the dialect
	ids   map[string]int
	said  meaning

	uncounted string // the end, if it lacks the counts
}

// meaning is an answer in no dialect.
type meaning struct {
	Text, Reasoning string
	Calls           []call
	Finish          string // stop, length, tools, filter, error; "" when there is none
	Usage           string
}

type call struct{ Name, Arguments string }

// reader reads the events of one dialect.
type reading interface {
	event(d *decoded, name string, v map[string]any)
	end(d *decoded)
}

// decode reads a client's stream as a client does. Two streams that differ in cuts alone decode to the same
// text; ids that are made up are numbered.
func (c client) decode(stream string) *decoded {
	d := &decoded{text: map[string]string{}, ids: map[string]int{}}
	list, err := c.frames(stream)
	if err != nil {
		d.breaks("framing: %v", err)
	}
	var r reading
	switch c.dialect {
	case "openai.chat":
		r = &chatReading{choices: map[int]*chatChoice{}}
	case "openai.responses":
		r = &responsesReading{}
	case "anthropic.messages":
		r = &anthropicReading{}
	case "gemini.generate":
		r = &geminiReading{finished: map[any]bool{}}
	case "ollama.chat":
		r = &ollamaReading{}
	}
	done := false
	for _, f := range list {
		if done || d.said.Finish == "error" {
			d.breaks("goes on with %s", f.data)
		}
		if c.dialect == "openai.chat" && f.data == "[DONE]" {
			done = true
			continue
		}
		var v map[string]any
		if err := json.Unmarshal([]byte(f.data), &v); err != nil {
			d.breaks("no JSON: %s", f.data)
			continue
		}
		if named := c.dialect == "anthropic.messages" || c.dialect == "openai.responses"; named && f.name != v["type"] || !named && f.name != "" {
			d.breaks("event %q is named %q", v["type"], f.name)
		}
		if e := c.failure(v); e != nil {
			if numbered, ok := r.(*responsesReading); ok {
				d.must(v["sequence_number"] == numbered.next, "the error is number %v, expected %v", v["sequence_number"], numbered.next)
			}
			d.said.Finish = "error"
			d.fact("error %s", literal(e))
			continue
		}
		r.event(d, f.name, v)
	}
	if d.said.Finish != "error" {
		r.end(d)
		if c.dialect == "openai.chat" && !done {
			d.breaks("ends without [DONE]")
		}
	} else if done {
		d.breaks("[DONE] after an error")
	}
	return d
}

// failure is the error that an event carries.
func (c client) failure(v map[string]any) any {
	if c.dialect != "openai.responses" {
		return v["error"]
	}
	if v["type"] == "error" {
		return map[string]any{"code": v["code"], "message": v["message"]}
	}
	return pick(v, "response", "error")
}

// decode is all that a stream says, one line a fact.
func decode(dialect, stream string) string { return clientOf(dialect).decode(stream).String() }

func (d *decoded) String() string {
	var lines []string
	for channel, text := range d.text {
		lines = append(lines, fmt.Sprintf("%s %q", channel, text))
	}
	sort.Strings(lines)
	lines = append(lines, d.facts...)
	for _, w := range d.wrong {
		lines = append(lines, "wrong: "+w)
	}
	return strings.Join(lines, "\n") + "\n"
}

// add appends text to a channel; facts that follow say how much of it had come by then.
func (d *decoded) add(channel string, v any) string {
	s, _ := v.(string)
	if s != "" {
		d.text[channel] += s
	}
	return s
}

func (d *decoded) fact(format string, args ...any) {
	d.facts = append(d.facts, fmt.Sprintf(format, args...))
}

func (d *decoded) breaks(format string, args ...any) {
	d.wrong = append(d.wrong, fmt.Sprintf(format, args...))
}

// must notes a broken rule unless ok.
func (d *decoded) must(ok bool, format string, args ...any) {
	if !ok {
		d.breaks(format, args...)
	}
}

// same states a value that has to be the same in every event, and there.
func (d *decoded) same(name string, v any) {
	s := fmt.Sprint(v)
	if v == nil || s == "" {
		d.breaks("no %s", name)
	}
	if have, ok := d.text[name]; ok && have != s {
		d.breaks("%s changes from %s to %s", name, have, s)
	}
	d.text[name] = s
}

// number replaces an id by the order of its first appearance.
func (d *decoded) number(id any) string {
	s, ok := id.(string)
	if !ok || s == "" {
		d.breaks("%v is no id", id)
	}
	if _, ok := d.ids[s]; !ok {
		d.ids[s] = len(d.ids)
	}
	return fmt.Sprintf("#%d", d.ids[s])
}

// members notes members that the dialect's clients do not know.
func (d *decoded) members(what string, v map[string]any, known string) {
	for name := range v {
		d.must(slices.Contains(strings.Fields(known), name), "%s has a member %s", what, name)
	}
}

// called notes a tool call, whose arguments have to be a JSON object.
func (d *decoded) called(name, arguments string) {
	var v map[string]any
	if err := json.Unmarshal([]byte(arguments), &v); err != nil {
		d.breaks("arguments of %s: %v: %q", name, err, arguments)
	}
	b := new(bytes.Buffer)
	write := json.NewEncoder(b)
	write.SetEscapeHTML(false)
	_ = write.Encode(v)
	d.must(name != "", "a call without a name")
	d.said.Calls = append(d.said.Calls, call{name, strings.TrimSpace(b.String())})
}

// ends notes why the answer ended, by a table of the dialect's words.
func (d *decoded) ends(reason any, words map[string]string) {
	s, _ := reason.(string)
	word, ok := words[s]
	d.must(ok, "%v is no reason to end", reason)
	d.must(d.said.Finish == "", "ends twice, with %v", reason)
	d.said.Finish = word
}

// settle closes what was said: whoever calls tools ends for that.
func (d *decoded) settle() {
	d.must(d.said.Finish != "", "no reason to end")
	if d.said.Finish == "stop" && len(d.said.Calls) > 0 {
		d.said.Finish = "tools"
	}
	d.must(d.said.Finish != "tools" || len(d.said.Calls) > 0, "ends for tool calls without any")
}

func (d *decoded) used(prompt, completion, cached, reasoning float64) {
	d.said.Usage = fmt.Sprintf("%v in, of them %v cached; %v out, of them %v reasoning", prompt, cached, completion, reasoning)
}

// pick follows names down an object.
func pick(v any, names ...string) any {
	for _, name := range names {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	return v
}

func number(v any) float64 { f, _ := v.(float64); return f }

func list(v any) []map[string]any {
	var out []map[string]any
	elements, _ := v.([]any)
	for _, e := range elements {
		m, _ := e.(map[string]any)
		out = append(out, m)
	}
	return out
}

// sameJSON tells whether two texts are the same JSON, however it is spelled.
func sameJSON(a, b any) bool {
	var v, w any
	x, _ := a.(string)
	y, _ := b.(string)
	return x == y || json.Unmarshal([]byte(x), &v) == nil && json.Unmarshal([]byte(y), &w) == nil && reflect.DeepEqual(v, w)
}

func literal(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}
