package openaianthropic

import (
	"strconv"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// chat is one translation of an openai.chat request. Values of it are good until the hook returns.
type chat struct {
	translation
	doc   longmen.Value // what the client asked
	out   longmen.Value // what the provider is asked
	to    *model
	model string // as the provider knows it
	from  string // the client's dialect, at the end of the whole way
	count bool   // only count tokens

	messages longmen.Value // of out
	outTools longmen.Value // of out, made for the first tool
	config   longmen.Value // output_config of out, made when first needed

	system  []longmen.Value // text blocks of system and developer messages
	open    []call          // calls of the last assistant turn
	openAt  int             // the message that made them
	results longmen.Value   // content of the user's message that takes their results
	repeats int             // ids that occurred in an earlier turn
	tail    longmen.Value   // text that the last message ends with, if it is the assistant's
	last    byte            // who spoke last: 'u', 'a'
	used    string          // a tool of the history

	loop, signed bool // calls since the user's last text, and whether any of their turns has its thinking

	reason  reasoning
	limit   int64           // max_tokens
	mode    string          // of tool_choice; "" when nothing is said
	forced  string          // the tool that mode "tool" names
	json    string          // the tool whose input is the answer
	allowed map[string]bool // by tool_choice; nil: all
}

// chatParameters are the top-level members that take more than a move; zero when absent.
type chatParameters struct {
	messages, tools, functions, toolChoice, functionCall, parallel, search longmen.Value
	format, effort, thinking, streamOptions, verbosity                     longmen.Value
	maxTokens, maxCompletion, stop, temperature, topP, topK                longmen.Value
	user, safety, tier                                                     longmen.Value
}

// chatting is the request being translated: an instance runs one hook at a time, and a value of this
// size on the heap would be the dearest part of a small request.
var chatting chat

// translateChat turns an openai.chat request into an anthropic.messages request, or into one that counts
// its tokens.
func translateChat(doc longmen.Value, count bool) error {
	r := &chatting
	*r = chat{doc: doc, count: count, system: r.system[:0], open: r.open[:0]}
	r.other = "anthropic"
	r.model = longmen.Attr(abi.AttrUpstreamModel).String()
	r.from = longmen.Attr(abi.AttrDialect).String()
	r.to = modelOf(r.model)
	r.ids.Form, r.names.Form = &claudeIDs, &shortNames
	if r.to.thinking == thinksAdaptive {
		r.names.Form = &longNames
	}
	var p chatParameters
	if err := r.read(&p); err != nil {
		return err
	}
	stream := !count && longmen.Attr(abi.AttrStream).Bool()
	if err := r.head(&p, stream); err != nil {
		return err
	}
	if err := r.weigh(&p); err != nil {
		return err
	}
	if err := r.choose(&p); err != nil {
		return err
	}
	if err := r.declare(&p); err != nil {
		return err
	}
	if err := r.converse(p.messages); err != nil {
		return err
	}
	if err := r.shape(&p); err != nil {
		return err
	}
	if err := r.instruct(); err != nil {
		return err
	}
	if err := r.selectTool(&p); err != nil {
		return err
	}
	if err := r.think(&p); err != nil {
		return err
	}
	if err := r.sample(&p); err != nil {
		return err
	}
	r.keep(&p)
	doc.Replace(r.out)
	return nil
}

// read walks the top level once; a member that occurs twice counts the last time.
func (r *chat) read(p *chatParameters) error {
	for m := r.doc.First(); m.Exists(); m = m.Next() {
		var err error
		switch name := codec.Key(m); string(name) {
		case "messages":
			p.messages = m
		case "tools":
			p.tools = m
		case "tool_choice":
			p.toolChoice = m
		case "parallel_tool_calls":
			p.parallel = m
		case "functions":
			p.functions = m
		case "function_call":
			p.functionCall = m
		case "web_search_options":
			p.search = m
		case "response_format":
			p.format = m
		case "reasoning_effort":
			p.effort = m
		case "thinking":
			p.thinking = m
		case "stream_options":
			p.streamOptions = m
		case "max_tokens":
			p.maxTokens = m
		case "max_completion_tokens":
			p.maxCompletion = m
		case "stop":
			p.stop = m
		case "temperature":
			p.temperature = m
		case "top_p":
			p.topP = m
		case "top_k":
			p.topK = m
		case "user":
			p.user = m
		case "safety_identifier":
			p.safety = m
		case "service_tier":
			p.tier = m
		case "n":
			err = r.one(m)
		case "presence_penalty", "frequency_penalty", "top_logprobs":
			if !codec.Absent(m) && (m.Kind() != longmen.KindNumber || m.Float() != 0) {
				err = r.unknown("", name, m, nil)
			}
		case "logprobs":
			if m.Kind() != longmen.KindBool || m.Bool() {
				err = r.unknown("", name, m, nil)
			}
		case "logit_bias":
			if m.First().Exists() || m.Kind() != longmen.KindObject {
				err = r.unknown("", name, m, nil)
			}
		case "modalities":
			if e := m.First(); !e.Is("text") || e.Next().Exists() {
				err = r.unknown("", name, m, nil)
			}
		case "model", "stream":
			// the gateway's
		case "store", "metadata", "moderation",
			"prompt_cache_key", "prompt_cache_options", "prompt_cache_retention":
			// no effect on the answer
		default: // also seed, prediction, audio, verbosity
			err = r.unknown("", name, m, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// one reads n: Anthropic gives one answer.
func (r *chat) one(v longmen.Value) error {
	at := codec.Path{Name: "n"}
	if n, ok, err := integer(v, &at); err != nil {
		return err
	} else if ok && n != 1 {
		return codec.Unsupported(&at, "expected 1: anthropic gives one answer")
	}
	return nil
}

// head begins the request: what stands before the conversation.
func (r *chat) head(p *chatParameters, stream bool) error {
	b := append(output[:0], `{"model":`...)
	b = codec.AppendQuoted(b, r.model)
	if !r.count {
		if err := r.bound(p); err != nil {
			return err
		}
		b = append(b, `,"max_tokens":`...)
		b = strconv.AppendInt(b, r.limit, 10)
		if stream {
			b = append(b, `,"stream":true`...)
		}
	}
	r.out = build(append(b, `,"messages":[]}`...))
	r.messages = r.out.Get("messages")
	return nil
}

// bound finds max_tokens, which Anthropic requires.
func (r *chat) bound(p *chatParameters) error {
	v, at := p.maxCompletion, codec.Path{Name: "max_completion_tokens"}
	if codec.Absent(v) {
		v, at = p.maxTokens, codec.Path{Name: "max_tokens"}
	}
	n, ok, err := integer(v, &at)
	switch {
	case err != nil:
		return err
	case !ok && config.maxTokens > 0:
		r.limit = config.maxTokens
		return nil
	case !ok:
		r.limit = r.to.max
		return nil
	case n < 1:
		return codec.Invalid(&at, "expected at least 1")
	}
	r.limit = n
	if r.to.prefix != "" && n > r.to.max { // a 400 at Anthropic; clients ask for what other models can do
		r.limit = r.to.max
		return r.Warn(at.Name, "lowered to what this claude model can answer")
	}
	return nil
}

// sample sets what steers and bounds the answer, and who asks.
func (r *chat) sample(p *chatParameters) error {
	if r.count {
		return nil
	}
	if err := r.stops(p.stop); err != nil {
		return err
	}
	temperature := !codec.Absent(p.temperature)
	for _, s := range [...]struct {
		name string
		v    longmen.Value
	}{{"temperature", p.temperature}, {"top_p", p.topP}, {"top_k", p.topK}} {
		if codec.Absent(s.v) {
			continue
		}
		at := codec.Path{Name: s.name}
		if s.v.Kind() != longmen.KindNumber {
			return codec.Invalid(&at, "expected a number")
		}
		why := ""
		switch {
		case r.to.sampling == sampleNone:
			why = "this claude model chooses its sampling itself"
		case r.reason.on:
			why = "left out: claude chooses its sampling itself while it thinks"
		case s.name == "top_p" && temperature && r.to.sampling == sampleOne:
			why = "left out: this claude model takes it only without temperature"
		}
		if why != "" {
			if err := r.Warn(s.name, why); err != nil {
				return err
			}
			continue
		}
		if s.name == "temperature" {
			if n := s.v.Float(); n < 0 || n > 1 {
				if err := r.Warn("temperature", "brought into anthropic's range from 0 to 1"); err != nil {
					return err
				}
				r.out.SetInt("temperature", int64(min(max(n, 0), 1)))
				continue
			}
		}
		r.out.Set(s.name, s.v)
	}
	return r.account(p)
}

// stops moves the stop sequences; Anthropic refuses those of white space alone.
func (r *chat) stops(v longmen.Value) error {
	at := codec.Path{Name: "stop"}
	var list longmen.Value
	add := func(s longmen.Value) error {
		if blank(s) {
			return r.Warn("stop", "anthropic takes no stop sequence of white space alone")
		}
		if !list.Exists() {
			list = longmen.NewArray()
		}
		list.Append(s)
		return nil
	}
	switch v.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return nil
	case longmen.KindString:
		if err := add(v); err != nil {
			return err
		}
	case longmen.KindArray:
		i := 0
		for s, next := v.First(), longmen.Value(0); s.Exists(); s = next {
			next = s.Next()
			here := at.Element(i)
			i++
			if err := r.step(&here); err != nil {
				return err
			}
			if s.Kind() != longmen.KindString {
				return codec.Invalid(&here, "expected a string")
			}
			if err := add(s); err != nil {
				return err
			}
		}
	default:
		return codec.Invalid(&at, "expected a string or an array of strings")
	}
	if list.Exists() {
		r.out.Set("stop_sequences", list)
	}
	return nil
}

// maxUser bounds metadata.user_id, in bytes.
const maxUser = 256

// account tells who asks and on which terms.
func (r *chat) account(p *chatParameters) error {
	user, name := p.safety, "safety_identifier"
	if codec.Absent(user) {
		user, name = p.user, "user"
	}
	if !codec.Absent(user) {
		var buffer [maxUser + 1]byte
		b := user.Prefix(buffer[:])
		opaque := len(b) <= maxUser
		for _, c := range b {
			opaque = opaque && c != '@'
		}
		switch {
		case user.Kind() != longmen.KindString:
			return codec.Invalid(&codec.Path{Name: name}, "expected a string")
		case !opaque:
			if err := r.Warn(name, "left out: anthropic takes opaque identifiers of at most 256 bytes"); err != nil {
				return err
			}
		case len(b) > 0:
			m := longmen.NewObject()
			m.Set("user_id", user)
			r.out.Set("metadata", m)
		}
	}
	switch string(codec.Word(p.tier)) {
	case "auto":
		r.out.SetString("service_tier", "auto")
	case "default":
		r.out.SetString("service_tier", "standard_only")
	}
	return nil
}

// keep writes what the answer's hooks need into the exchange's state.
func (r *chat) keep(p *chatParameters) {
	s := chatStream{count: r.count, usage: p.streamOptions.Get("include_usage").Bool(), stores: r.stores(), kind: blockNone}
	s.shows = !config.hidden || !s.stores
	s.tail = codec.AppendQuoted(nil, r.model)
	s.json = r.json
	stateBuffer = s.append(stateBuffer[:0])
	r.remember(stateBuffer)
}

// stores tells whether the client may lose the thinking between two requests; codecs keep it.
func (r *chat) stores() bool { return r.from == "openai.chat" || r.from == "ollama.chat" }
