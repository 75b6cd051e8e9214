package openaianthropic

import (
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
	format, effort, thinking, streamOptions                                longmen.Value
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

// head begins the request: what stands before the conversation.
func (r *chat) head(p *chatParameters, stream bool) error {
	b := output.Start(`{"model":`).Quote(r.model)
	if !r.count {
		if err := r.bound(p); err != nil {
			return err
		}
		b.Put(`,"max_tokens":`).Int(r.limit)
		if stream {
			b.Put(`,"stream":true`)
		}
	}
	r.out = b.Put(`,"messages":[]}`).Parse()
	r.messages = r.out.Get("messages")
	return nil
}

// keep writes what the answer's hooks need into the exchange's state.
func (r *chat) keep(p *chatParameters) {
	s := chatStream{count: r.count, usage: p.streamOptions.Get("include_usage").Bool(), marks: r.reason.on && r.to.thinking == thinksAdaptive, kind: blockNone}
	s.shows = !config.hidden || r.from != codec.Hub // a codec behind has places of its own for them
	s.tail = output.Start("").Quote(r.model).Bytes()
	s.json = r.json
	r.remember(s.write())
}
