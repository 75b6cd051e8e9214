package openaiollama

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// ask is one translation of an openai.chat request into an ollama.chat request.
type ask struct {
	walk
	turn     turn // calls of the last assistant message
	model    string
	settings []setting
	memory   memory
}

// parameters are the top-level members that take more than a move; zero when absent.
type parameters struct {
	messages, tools, functions, toolChoice, functionCall, parallel longmen.Value
	format, effort, think, options, keepAlive, streamOptions       longmen.Value
	maxTokens, maxCompletion, stop, n, modalities, tier            longmen.Value
	logprobs, topLogprobs                                          longmen.Value
}

// asking is the request being translated: an instance runs one hook at a time, and a value of this size
// on the heap would be the dearest part of a small request.
var asking ask

// requestOllama turns an openai.chat request into an ollama.chat request.
func requestOllama(doc longmen.Value) error {
	r := &asking
	*r = ask{walk: walk{peer: "ollama", drop: r.drop[:0]}, turn: turn{calls: r.turn.calls[:0], ids: r.turn.ids[:0]}, settings: r.settings[:0]}
	r.model = longmen.Attr(abi.AttrUpstreamModel).String()
	r.memory = memory{way: chatToOllama}

	var p parameters
	if err := r.read(doc, &p); err != nil {
		return err
	}
	if err := r.converse(p.messages); err != nil {
		return err
	}
	if err := r.declare(&p); err != nil {
		return err
	}
	if err := r.limit(&p); err != nil {
		return err
	}
	// The client's own spelling of what follows is text of this plugin, so that it costs one call.
	b := output.Start(`{"model":`).Quote(r.model).Put(`,"stream":`)
	if longmen.Attr(abi.AttrStream).Bool() { // Ollama's default is true
		b.Put(`true`)
	} else {
		b.Put(`false`)
	}
	if err := r.ponder(b, &p); err != nil {
		return err
	}
	if codec.Absent(p.keepAlive) && config.keepAlive != "" {
		b.Put(`,"keep_alive":`).Quote(config.keepAlive)
	}
	if err := r.probabilities(b, &p); err != nil {
		return err
	}
	out := b.Put(`}`).Parse()
	out.Set("messages", p.messages)
	if p.tools.Exists() {
		out.Set("tools", p.tools)
	}
	if err := r.shape(out, &p); err != nil {
		return err
	}
	if !codec.Absent(p.keepAlive) {
		out.Set("keep_alive", p.keepAlive)
	}
	if err := r.set(out, &p); err != nil {
		return err
	}
	r.memory.tail = output.Start("").Quote(r.model).Bytes()
	r.memory.save()
	doc.Replace(out)
	return nil
}

// read walks the top level once. A member that occurs twice counts the last time, as everywhere in the
// gateway.
func (r *ask) read(doc longmen.Value, p *parameters) error {
	for m := doc.First(); m.Exists(); m = m.Next() {
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
		case "response_format":
			p.format = m
		case "reasoning_effort":
			p.effort = m
		case "extra_body":
			err = r.extra(m, p)
		case "options":
			p.options = m
		case "keep_alive":
			p.keepAlive = m
		case "think":
			p.think = m
		case "stream_options":
			p.streamOptions = m
		case "max_tokens":
			p.maxTokens = m
		case "max_completion_tokens":
			p.maxCompletion = m
		case "stop":
			p.stop = m
		case "n":
			p.n = m
		case "modalities":
			p.modalities = m
		case "service_tier":
			p.tier = m
		case "logprobs":
			p.logprobs = m
		case "top_logprobs":
			p.topLogprobs = m
		case "temperature":
			r.settings, err = number(r.settings, m, "temperature", "temperature")
		case "top_p":
			r.settings, err = number(r.settings, m, "top_p", "top_p")
		case "top_k":
			r.settings, err = number(r.settings, m, "top_k", "top_k")
		case "seed":
			r.settings, err = number(r.settings, m, "seed", "seed")
		case "presence_penalty":
			r.settings, err = number(r.settings, m, "presence_penalty", "presence_penalty")
		case "frequency_penalty":
			r.settings, err = number(r.settings, m, "frequency_penalty", "frequency_penalty")
		case "logit_bias":
			if m.First().Exists() || m.Kind() != longmen.KindObject {
				err = r.unknown("", name, m, nil)
			}
		case "model", "stream":
			// the gateway's, not the client's
		case "user", "safety_identifier", "store", "metadata", "moderation",
			"prompt_cache_key", "prompt_cache_options", "prompt_cache_retention":
			// no effect on the answer
		default:
			err = r.unknown("", name, m, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// extra reads what clients send for Ollama beside OpenAI's members: SDKs differ in whether extra_body
// is unwrapped.
func (r *ask) extra(v longmen.Value, p *parameters) error {
	at := codec.Path{Name: "extra_body"}
	switch v.Kind() {
	case longmen.KindNull:
		return nil
	case longmen.KindObject:
	default:
		return codec.Invalid(&at, "expected an object")
	}
	for m := v.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "options":
			p.options = m
		case "keep_alive":
			p.keepAlive = m
		case "think":
			p.think = m
		default:
			if err := r.unknown("extra_body", name, m, &at); err != nil {
				return err
			}
		}
	}
	return nil
}
