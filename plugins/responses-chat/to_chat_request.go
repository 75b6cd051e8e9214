package responseschat

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// toChat is one translation of a Responses request into one of chat completions. Values of it are good
// until the hook returns.
type toChat struct {
	codec.Warnings
	steps
	doc, out, messages longmen.Value
	quirks             codec.Quirks
	wire               bool // no other codec follows: the upstream reads this document
	model              string
	system             string // the role of system text
	names              toolNames
	functions          int
	searched           bool // there is a web search tool
	agent              bool // there are several tools
	turn               turn
	pictures           []longmen.Value // media of tool results that a user message has to carry
	sealed             bool            // the client wants reasoning back as encrypted_content
	chances            bool            // the client wants logprobs
}

// asking is the request being translated: an instance runs one hook at a time, and a value of this size
// on the heap would be the dearest part of a small request.
var asking toChat

// same are the members that both dialects spell alike.
const maxSame = 12

// parameters are the top-level members that take more than a move; zero when absent.
type parameters struct {
	input, instructions, tools, toolChoice, parallel, text, reasoning longmen.Value
	maxTokens, topLogprobs, include, store, stream, metadata          longmen.Value
	temperature, topP, truncation, maxCalls                           longmen.Value
	same                                                              [maxSame]longmen.Value
	names                                                             [maxSame]string
	n                                                                 int
}

// requestToChat turns an openai.responses request into an openai.chat request.
func requestToChat(doc longmen.Value) error {
	r := &asking
	*r = toChat{doc: doc, pictures: r.pictures[:0], quirks: codec.ReadQuirks(), system: "system"}
	r.wire = longmen.Attr(abi.AttrUpstreamDialect).Is(chat)
	if r.wire && r.quirks.Has("developer") {
		r.system = "developer"
	}
	var p parameters
	if err := r.read(&p); err != nil {
		return err
	}
	if err := r.included(&p); err != nil {
		return err
	}
	r.remember(&p)

	r.model = longmen.Attr(abi.AttrUpstreamModel).String()
	b := append(output[:0], `{"model":`...)
	b = codec.AppendQuoted(b, r.model)
	r.out = parsed(append(b, `,"messages":[]}`...))
	r.messages = r.out.Get("messages")
	if err := r.declare(p.tools); err != nil {
		return err
	}
	if err := r.instruct(p.instructions); err != nil {
		return err
	}
	if err := r.converse(p.input); err != nil {
		return err
	}
	if err := r.choose(p.toolChoice); err != nil {
		return err
	}
	if err := r.settings(&p); err != nil {
		return err
	}
	if len(r.names.kept) > 0 {
		longmen.State().Set("n", r.names.restored())
	}
	doc.Replace(r.out)
	return nil
}

// read walks the top level once; nothing moves before the walk is over. A member that occurs twice counts
// the last time, as everywhere in the gateway.
func (r *toChat) read(p *parameters) error {
	for m := r.doc.First(); m.Exists(); m = m.Next() {
		name := codec.Key(m)
		switch string(name) {
		case "input":
			p.input = m
		case "instructions":
			p.instructions = m
		case "tools":
			p.tools = m
		case "tool_choice":
			p.toolChoice = m
		case "parallel_tool_calls":
			p.parallel = m
		case "text":
			p.text = m
		case "reasoning":
			p.reasoning = m
		case "max_output_tokens":
			p.maxTokens = m
		case "top_logprobs":
			p.topLogprobs = m
		case "include":
			p.include = m
		case "store":
			p.store = m
		case "stream":
			p.stream = m
		case "temperature":
			p.temperature = m
			p.keep("temperature", m)
		case "top_p":
			p.topP = m
			p.keep("top_p", m)
		case "metadata":
			p.metadata = m
			p.keep("metadata", m)
		case "user":
			p.keep("user", m)
		case "safety_identifier":
			p.keep("safety_identifier", m)
		case "service_tier":
			p.keep("service_tier", m)
		case "prompt_cache_key":
			p.keep("prompt_cache_key", m)
		case "prompt_cache_options":
			p.keep("prompt_cache_options", m)
		case "prompt_cache_retention":
			p.keep("prompt_cache_retention", m)
		case "previous_response_id", "conversation", "prompt":
			if !codec.Absent(m) {
				return codec.Unsupported(&codec.Path{Name: string(name)}, "this upstream keeps no state: send the whole conversation as input")
			}
		case "background":
			if m.Bool() {
				return codec.Unsupported(&codec.Path{Name: "background"}, "this upstream answers at once: expected false")
			}
		case "truncation":
			p.truncation = m
		case "max_tool_calls":
			p.maxCalls = m // counts built-in tools only, and there are none
		case "model", "stream_options", "client_metadata":
			// The model is set below; the rest has no effect on the answer. client_metadata is Codex's, for
			// OpenAI's own statistics.
		default:
			if err := r.unknown("", name, m, nil); err != nil {
				return err
			}
		}
	}
	if r.doc.Kind() != longmen.KindObject {
		return codec.Invalid(&codec.Path{Name: "$"}, "expected an object")
	}
	return nil
}

// keep notes a member that moves as it is.
func (p *parameters) keep(name string, v longmen.Value) {
	if codec.Absent(v) {
		return
	}
	for i := range p.names[:p.n] {
		if p.names[i] == name {
			p.same[i] = v
			return
		}
	}
	p.names[p.n], p.same[p.n] = name, v
	p.n++
}

// unknown warns of a member that nothing here knows.
func (r *toChat) unknown(where string, name []byte, v longmen.Value, at *codec.Path) error {
	if len(name) == 0 || codec.Absent(v) {
		return nil
	}
	if err := r.step(at); err != nil {
		return err
	}
	return r.Warn(codec.Item(where, name), "not supported by chat completions")
}

// included reads what else the client wants in the answer.
func (r *toChat) included(p *parameters) error {
	at := codec.Path{Name: "include"}
	if p.store.Kind() == longmen.KindBool && !p.store.Bool() {
		r.sealed = true // nobody but the client keeps the reasoning
	}
	if codec.Absent(p.include) {
		return nil
	}
	if p.include.Kind() != longmen.KindArray {
		return codec.Invalid(&at, "expected an array of strings")
	}
	for v := p.include.First(); v.Exists(); v = v.Next() {
		if err := r.step(&at); err != nil {
			return err
		}
		switch string(codec.Word(v)) {
		case "reasoning.encrypted_content":
			r.sealed = true
		case "message.output_text.logprobs":
			r.chances = true
		}
	}
	return nil
}

// instruct puts the instructions before everything else.
func (r *toChat) instruct(v longmen.Value) error {
	if codec.Absent(v) {
		return nil
	}
	if v.Kind() != longmen.KindString {
		return codec.Invalid(&codec.Path{Name: "instructions"}, "expected a string")
	}
	if codec.Text(v) {
		r.say(r.system, v)
	}
	return nil
}

// say appends a message.
func (r *toChat) say(role string, content longmen.Value) {
	b := append(output[:0], `{"role":"`...)
	b = append(b, role...)
	m := parsed(append(b, `"}`...))
	m.Set("content", content)
	r.messages.Append(m)
}

// settings sets what steers the answer.
func (r *toChat) settings(p *parameters) error {
	if !codec.Absent(p.maxTokens) {
		if err := integer(p.maxTokens, &codec.Path{Name: "max_output_tokens"}); err != nil {
			return err
		}
		name := "max_completion_tokens"
		if r.wire && r.quirks.Has("max_tokens") {
			name = "max_tokens"
		}
		r.out.Set(name, p.maxTokens)
	}
	for i := range p.names[:p.n] {
		r.out.Set(p.names[i], p.same[i])
	}
	if r.functions > 0 && !codec.Absent(p.parallel) { // without tools chat completions refuse it
		r.out.Set("parallel_tool_calls", p.parallel)
	}
	if err := integer(p.topLogprobs, &codec.Path{Name: "top_logprobs"}); err != nil {
		return err
	}
	if r.chances || !codec.Absent(p.topLogprobs) && p.topLogprobs.Int() > 0 {
		r.out.SetBool("logprobs", true)
		set(r.out, "top_logprobs", p.topLogprobs)
	}
	if err := r.shape(p.text); err != nil {
		return err
	}
	if err := r.think(p.reasoning); err != nil {
		return err
	}
	if codec.Absent(p.stream) {
		return nil
	}
	if p.stream.Kind() != longmen.KindBool {
		return codec.Invalid(&codec.Path{Name: "stream"}, "expected a boolean")
	}
	streams := p.stream.Bool()
	r.out.Set("stream", p.stream)
	if streams && !(r.wire && r.quirks.Has("no_stream_options")) {
		r.out.Set("stream_options", longmen.NewJSON(`{"include_usage":true}`))
	}
	return nil
}

// think sets the effort of reasoning. A summary comes without asking where there is one.
func (r *toChat) think(v longmen.Value) error {
	at := codec.Path{Name: "reasoning"}
	if codec.Absent(v) {
		return nil
	}
	if v.Kind() != longmen.KindObject {
		return codec.Invalid(&at, "expected an object")
	}
	var effort longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "effort":
			effort = m
		case "summary", "generate_summary":
		default:
			if err := r.unknown("reasoning", name, m, &at); err != nil {
				return err
			}
		}
	}
	if !codec.Absent(effort) {
		r.out.Set("reasoning_effort", effort)
	}
	return nil
}

// shape sets the form of the answer.
func (r *toChat) shape(v longmen.Value) error {
	at := codec.Path{Name: "text"}
	if codec.Absent(v) {
		return nil
	}
	if v.Kind() != longmen.KindObject {
		return codec.Invalid(&at, "expected an object")
	}
	var format, verbosity longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "format":
			format = m
		case "verbosity":
			verbosity = m
		default:
			if err := r.unknown("text", name, m, &at); err != nil {
				return err
			}
		}
	}
	if !codec.Absent(verbosity) {
		r.out.Set("verbosity", verbosity)
	}
	if codec.Absent(format) {
		return nil
	}
	var kind, name, schema, strict, description longmen.Value
	inner := at.Member("format")
	for m := format.First(); m.Exists(); m = m.Next() {
		switch key := codec.Key(m); string(key) {
		case "type":
			kind = m
		case "name":
			name = m
		case "schema":
			schema = m
		case "strict":
			strict = m
		case "description":
			description = m
		default:
			if err := r.unknown("text.format", key, m, &inner); err != nil {
				return err
			}
		}
	}
	switch string(codec.Word(kind)) {
	case "text":
	case "json_object":
		r.out.Set("response_format", longmen.NewJSON(`{"type":"json_object"}`))
	case "json_schema":
		f := longmen.NewJSON(`{"type":"json_schema","json_schema":{}}`)
		to := f.Get("json_schema")
		if codec.Absent(name) {
			where := inner.Member("name")
			return codec.Invalid(&where, "expected the name of the schema")
		}
		to.Set("name", name)
		set(to, "description", description)
		set(to, "schema", schema)
		set(to, "strict", strict)
		r.out.Set("response_format", f)
	default:
		where := inner.Member("type")
		return codec.Invalid(&where, "expected text, json_object or json_schema")
	}
	return nil
}

// set sets an optional member.
func set(to longmen.Value, name string, v longmen.Value) {
	if !codec.Absent(v) {
		to.Set(name, v)
	}
}
