package openaianthropic

import (
	"bytes"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// messages is one translation of an anthropic.messages request. Values of it are good until the hook
// returns.
type messages struct {
	translation
	doc    longmen.Value // what the client asked
	out    longmen.Value // what the provider is asked
	list   longmen.Value // messages of out
	model  string        // as the provider knows it
	to     *gpt
	quirks codec.Quirks
	wire   bool // the request goes to a server that speaks OpenAI's dialect, not to another codec
	openai bool // a server with OpenAI's models is at the end of the way
	count  bool // only count tokens
	caches bool // cache_control is taken
	media  bool // images are taken in tool messages

	open   []call          // calls of the last assistant turn
	openAt int             // the message that made them
	wait   int             // how many of them have no result
	held   []longmen.Value // messages that stand between calls and their results
	tools  int             // declared
	last   byte            // who spoke last: 'u', 'a', 's'
}

// messagesParameters are the top-level members that take more than a move; zero when absent.
type messagesParameters struct {
	system, messages, maxTokens, stops, topK, metadata, config, format, tier, thinking, tools, choice longmen.Value
	temperature, topP                                                                                 longmen.Value
}

// talking is the request being translated, as chatting is.
var talking messages

// anyID takes what a codec behind this one changes as its provider needs.
var anyID = codec.NameForm{Max: maxClientID, Allowed: func(byte, bool) bool { return true }}

// translateMessages turns an anthropic.messages request into an openai.chat request, or into one that
// counts its tokens.
func translateMessages(doc longmen.Value, count bool) error {
	r := &talking
	*r = messages{doc: doc, count: count, open: r.open[:0], held: r.held[:0]}
	r.other = "openai"
	r.model = longmen.Attr(abi.AttrUpstreamModel).String()
	to := codec.Word(longmen.Attr(abi.AttrUpstreamDialect))
	r.wire = string(to) == codec.Hub || string(to) == "openai.count"
	r.names.Form, r.ids.Form = &anyName, &anyID
	r.caches, r.media = true, true
	if r.openai = bytes.HasPrefix(to, []byte("openai.")); r.openai {
		r.to = gptOf(r.model)
		r.names.Form, r.ids.Form = &shortNames, &openaiIDs
	}
	if r.wire {
		r.quirks = codec.ReadQuirks()
		r.caches, r.media = r.quirks.Has("cache_control"), r.quirks.Has("tool_images")
	}
	var p messagesParameters
	if err := r.read(&p); err != nil {
		return err
	}
	b := output.Start(`{"model":`).Quote(r.model)
	stream := !count && longmen.Attr(abi.AttrStream).Bool()
	if stream {
		b.Put(`,"stream":true`)
		if !r.wire || !r.quirks.Has("no_stream_options") {
			b.Put(`,"stream_options":{"include_usage":true}`)
		}
	}
	r.out = b.Put(`,"messages":[]}`).Parse()
	r.list = r.out.Get("messages")
	if err := r.instruct(p.system); err != nil {
		return err
	}
	if err := r.declare(p.tools); err != nil {
		return err
	}
	if err := r.converse(p.messages); err != nil {
		return err
	}
	if err := r.choose(p.choice); err != nil {
		return err
	}
	if err := r.bound(&p); err != nil {
		return err
	}
	if err := r.think(&p); err != nil {
		return err
	}
	direction := string(stateMessages)
	if count {
		direction = string(stateMessagesCount)
	}
	r.remember(stateText.Start(direction).Put(" ").Quote(r.model).Bytes())
	doc.Replace(r.out)
	return nil
}

// read walks the top level once; a member that occurs twice counts the last time.
func (r *messages) read(p *messagesParameters) error {
	for m := r.doc.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "messages":
			p.messages = m
		case "system":
			p.system = m
		case "max_tokens":
			p.maxTokens = m
		case "stop_sequences":
			p.stops = m
		case "temperature":
			p.temperature = m
		case "top_p":
			p.topP = m
		case "top_k":
			p.topK = m
		case "metadata":
			p.metadata = m
		case "output_config":
			p.config = m
		case "output_format":
			p.format = m // the name of output_config.format in older requests
		case "service_tier":
			p.tier = m
		case "thinking":
			p.thinking = m
		case "tools":
			p.tools = m
		case "tool_choice":
			p.choice = m
		case "model", "stream":
			// the gateway's
		case "anthropic_version", "anthropic_beta", "betas":
			// headers, as Bedrock and Vertex AI have them
		case "cache_control":
			if err := r.uncached(m, nil); err != nil {
				return err
			}
		default: // also container, mcp_servers, context_management, speed, inference_geo
			if err := r.unknown("", name, m, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// uncached warns of a cache_control that the upstream does not take.
func (r *messages) uncached(v longmen.Value, at *codec.Path) error {
	if r.caches || codec.Absent(v) {
		return nil
	}
	here := at.Member("cache_control")
	return r.WarnAt(&here, here.Name, "not supported by openai")
}
