package responseschat

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// toResponses is one translation of a chat request into one of the Responses API. Values of it are good
// until the hook returns.
type toResponses struct {
	codec.Warnings
	steps
	doc, out, input longmen.Value
	include         longmen.Value   // of out, made when first needed
	tools           longmen.Value   // of out, made when first needed
	custom          map[string]bool // ids of calls of custom tools
	said            bool            // there is an input item
	sealed          bool            // the reasoning has to come back encrypted
	state           chunkState
}

var asked toResponses

// chatParameters are the top-level members that take more than a move; zero when absent.
type chatParameters struct {
	messages, tools, toolChoice, parallel, format, verbosity, effort longmen.Value
	maxTokens, maxCompletion, store, stream, streamOptions           longmen.Value
	logprobs, topLogprobs, modalities, n, search                     longmen.Value
	same                                                             parameters
}

// requestToResponses turns an openai.chat request into an openai.responses request.
func requestToResponses(doc longmen.Value) error {
	r := &asked
	*r = toResponses{doc: doc}
	var p chatParameters
	if err := r.read(&p); err != nil {
		return err
	}
	b := append(output[:0], `{"model":`...)
	b = codec.AppendQuoted(b, longmen.Attr(abi.AttrUpstreamModel).String())
	r.out = parsed(append(b, `,"input":[],"store":false}`...))
	r.input = r.out.Get("input")
	if err := r.converse(p.messages); err != nil {
		return err
	}
	if err := r.declare(p.tools); err != nil {
		return err
	}
	if err := r.choose(p.toolChoice, !codec.Absent(p.search)); err != nil {
		return err
	}
	if err := r.settings(&p); err != nil {
		return err
	}
	saveBuffer = r.state.append(saveBuffer[:0])
	b = append(output[:0], `{"s":`...)
	b = codec.AppendQuoted(b, codec.View(saveBuffer))
	longmen.State().Replace(parsed(append(b, '}')))
	doc.Replace(r.out)
	return nil
}

// read walks the top level once; nothing moves before the walk is over.
func (r *toResponses) read(p *chatParameters) error {
	for m := r.doc.First(); m.Exists(); m = m.Next() {
		name := codec.Key(m)
		switch string(name) {
		case "messages":
			p.messages = m
		case "tools":
			p.tools = m
		case "tool_choice":
			p.toolChoice = m
		case "parallel_tool_calls":
			p.parallel = m
		case "response_format":
			p.format = m
		case "verbosity":
			p.verbosity = m
		case "reasoning_effort":
			p.effort = m
		case "max_tokens":
			p.maxTokens = m
		case "max_completion_tokens":
			p.maxCompletion = m
		case "store":
			p.store = m
		case "stream":
			p.stream = m
		case "stream_options":
			p.streamOptions = m
		case "logprobs":
			p.logprobs = m
		case "top_logprobs":
			p.topLogprobs = m
		case "modalities":
			p.modalities = m
		case "n":
			p.n = m
		case "web_search_options":
			p.search = m
		case "temperature":
			p.same.keep("temperature", m)
		case "top_p":
			p.same.keep("top_p", m)
		case "metadata":
			p.same.keep("metadata", m)
		case "user":
			p.same.keep("user", m)
		case "safety_identifier":
			p.same.keep("safety_identifier", m)
		case "service_tier":
			p.same.keep("service_tier", m)
		case "prompt_cache_key":
			p.same.keep("prompt_cache_key", m)
		case "prompt_cache_options":
			p.same.keep("prompt_cache_options", m)
		case "prompt_cache_retention":
			p.same.keep("prompt_cache_retention", m)
		case "presence_penalty", "frequency_penalty":
			if !codec.Absent(m) && m.Float() != 0 {
				if err := r.Warn(string(name), lost); err != nil {
					return err
				}
			}
		case "functions", "function_call":
			if !codec.Absent(m) {
				return codec.Unsupported(&codec.Path{Name: string(name)}, "the Responses API has no functions of old: expected tools and tool_choice")
			}
		case "model":
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

// lost is why a member is left out.
const lost = "not supported by the Responses API"

// unknown warns of a member that the Responses API has no word for: stop, seed, logit_bias, prediction,
// top_k and what nobody knows.
func (r *toResponses) unknown(where string, name []byte, v longmen.Value, at *codec.Path) error {
	if len(name) == 0 || codec.Absent(v) {
		return nil
	}
	if err := r.step(at); err != nil {
		return err
	}
	return r.Warn(codec.Item(where, name), lost)
}

// parted warns of what a client of another dialect said and the codec before this one brought. What a chat client
// sends back of earlier answers, or hints to caches that have no effect here, is not worth a word.
func (r *toResponses) parted(param, reason string) error {
	if longmen.Attr(abi.AttrDialect).Is(chat) {
		return nil
	}
	return r.Warn(param, reason)
}

// unsigned warns of a signature of Gemini's.
func (r *toResponses) unsigned(signature longmen.Value) error {
	if !signature.Exists() {
		return nil
	}
	return r.parted("thoughtSignature", "signatures of thoughts are "+lost)
}

// settings sets what steers the answer.
func (r *toResponses) settings(p *chatParameters) error {
	v, at := p.maxCompletion, codec.Path{Name: "max_completion_tokens"}
	if codec.Absent(v) {
		v, at = p.maxTokens, codec.Path{Name: "max_tokens"}
	}
	if err := integer(v, &at); err != nil {
		return err
	}
	set(r.out, "max_output_tokens", v)
	for i := range p.same.names[:p.same.n] {
		r.out.Set(p.same.names[i], p.same.same[i])
	}
	if r.tools.Exists() {
		set(r.out, "parallel_tool_calls", p.parallel)
	}
	set(r.out, "store", p.store)
	at = codec.Path{Name: "n"}
	if err := integer(p.n, &at); err != nil {
		return err
	}
	if !codec.Absent(p.n) && p.n.Int() != 1 {
		return codec.Unsupported(&at, "the Responses API gives one answer at a time: expected 1")
	}
	if !codec.Absent(p.modalities) && p.modalities.Kind() != longmen.KindArray {
		return codec.Invalid(&codec.Path{Name: "modalities"}, "expected an array of strings")
	}
	i := 0
	for m := p.modalities.First(); m.Exists(); m = m.Next() {
		at := codec.Path{Name: "modalities"}
		here := at.Element(i)
		if i++; i > 8 {
			return codec.Invalid(&here, "expected at most 8 modalities")
		}
		if string(codec.Word(m)) != "text" {
			return codec.Unsupported(&here, "expected text: the Responses API says nothing else")
		}
	}
	if p.logprobs.Bool() {
		r.state.chances = true
		r.wants("message.output_text.logprobs")
		if err := integer(p.topLogprobs, &codec.Path{Name: "top_logprobs"}); err != nil {
			return err
		}
		set(r.out, "top_logprobs", p.topLogprobs)
	}
	r.searches(p.search)
	if err := r.shape(p); err != nil {
		return err
	}
	if !codec.Absent(p.effort) {
		e := longmen.NewObject()
		if string(codec.Word(p.effort)) != "none" {
			e.SetString("summary", "auto")
			r.sealed = true
		}
		e.Set("effort", p.effort)
		r.out.Set("reasoning", e)
	}
	if r.sealed { // models that do not reason refuse to be asked
		r.wants("reasoning.encrypted_content")
	}
	r.state.usage = p.streamOptions.Get("include_usage").Bool()
	if codec.Absent(p.stream) {
		return nil
	}
	if p.stream.Kind() != longmen.KindBool {
		return codec.Invalid(&codec.Path{Name: "stream"}, "expected a boolean")
	}
	r.out.Set("stream", p.stream)
	return nil
}

// wants adds to include.
func (r *toResponses) wants(what string) {
	if !r.include.Exists() {
		r.out.Set("include", longmen.NewArray())
		r.include = r.out.Get("include")
	}
	r.include.Append(longmen.NewString(what))
}

// searches turns the web search option into the tool.
func (r *toResponses) searches(v longmen.Value) {
	if v.Kind() != longmen.KindObject {
		return
	}
	t := longmen.NewJSON(`{"type":"web_search"}`)
	set(t, "search_context_size", v.Get("search_context_size"))
	if l := v.Pointer("/user_location/approximate"); l.Kind() == longmen.KindObject {
		l.SetString("type", "approximate")
		t.Set("user_location", l)
	}
	r.tool(t)
}

// tool appends a tool.
func (r *toResponses) tool(t longmen.Value) {
	if !r.tools.Exists() {
		r.out.Set("tools", longmen.NewArray())
		r.tools = r.out.Get("tools")
	}
	r.tools.Append(t)
}

// shape sets the form of the answer.
func (r *toResponses) shape(p *chatParameters) error {
	if codec.Absent(p.format) && codec.Absent(p.verbosity) {
		return nil
	}
	text := longmen.NewObject()
	set(text, "verbosity", p.verbosity)
	if codec.Absent(p.format) {
		r.out.Set("text", text)
		return nil
	}
	at := codec.Path{Name: "response_format"}
	where := at.Member("type")
	switch string(codec.Word(p.format.Get("type"))) {
	case "text":
		text.Set("format", longmen.NewJSON(`{"type":"text"}`))
	case "json_object":
		text.Set("format", longmen.NewJSON(`{"type":"json_object"}`))
	case "json_schema":
		inner := at.Member("json_schema")
		schema := p.format.Get("json_schema")
		if schema.Kind() != longmen.KindObject {
			return codec.Invalid(&inner, "expected an object")
		}
		if !codec.Text(schema.Get("name")) {
			where := inner.Member("name")
			return codec.Invalid(&where, "expected the name of the schema")
		}
		f := longmen.NewJSON(`{"type":"json_schema"}`)
		if err := r.move(f, schema, "response_format.json_schema", &inner, "name", "description", "schema", "strict"); err != nil {
			return err
		}
		text.Set("format", f)
	default:
		return codec.Invalid(&where, "expected text, json_object or json_schema")
	}
	r.out.Set("text", text)
	return nil
}

// move moves members of these names, and warns of others.
func (r *toResponses) move(to, from longmen.Value, where string, at *codec.Path, names ...string) error {
	for m, next := from.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		key := codec.Key(m)
		known := false
		for _, name := range names {
			if string(key) == name {
				known = true
				set(to, name, m)
				break
			}
		}
		if !known {
			if err := r.unknown(where, key, m, at); err != nil {
				return err
			}
		}
	}
	return nil
}
