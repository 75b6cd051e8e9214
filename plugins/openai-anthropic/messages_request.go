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
	search longmen.Value   // web_search_options
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
	b := append(output[:0], `{"model":`...)
	b = codec.AppendQuoted(b, r.model)
	stream := !count && longmen.Attr(abi.AttrStream).Bool()
	if stream {
		b = append(b, `,"stream":true`...)
		if !r.wire || !r.quirks.Has("no_stream_options") {
			b = append(b, `,"stream_options":{"include_usage":true}`...)
		}
	}
	r.out = build(append(b, `,"messages":[]}`...))
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
	stateBuffer = codec.AppendQuoted(append(stateBuffer[:0], stateMessages, ' '), r.model)
	if count {
		stateBuffer[0] = stateMessagesCount
	}
	r.remember(stateBuffer)
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
			if err := r.uncached(m); err != nil {
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
func (r *messages) uncached(v longmen.Value) error {
	if r.caches || codec.Absent(v) {
		return nil
	}
	return r.Warn("cache_control", "not supported by openai")
}

// maxStops is how many stop sequences OpenAI takes.
const maxStops = 4

// bound sets what bounds and steers the answer, and who asks.
func (r *messages) bound(p *messagesParameters) error {
	if r.count {
		return r.shape(p)
	}
	at := codec.Path{Name: "max_tokens"}
	n, ok, err := integer(p.maxTokens, &at)
	if err != nil {
		return err
	}
	if ok {
		if n < 1 {
			return codec.Invalid(&at, "expected at least 1")
		}
		if r.openai && r.to.max > 0 && n > r.to.max {
			n = r.to.max // a 400 at OpenAI; clients ask for what Claude can do
			if err := r.Warn("max_tokens", "lowered to what this model can answer"); err != nil {
				return err
			}
		}
		name := "max_completion_tokens"
		if r.wire && r.quirks.Has("max_tokens") {
			name = "max_tokens"
		}
		r.out.SetInt(name, n)
	}
	for _, s := range [...]struct {
		name string
		v    longmen.Value
	}{{"temperature", p.temperature}, {"top_p", p.topP}, {"top_k", p.topK}} {
		if codec.Absent(s.v) {
			continue
		}
		if s.v.Kind() != longmen.KindNumber {
			return codec.Invalid(&codec.Path{Name: s.name}, "expected a number")
		}
		if s.name == "top_k" && r.wire && !r.quirks.Has("top_k") {
			if err := r.Warn("top_k", "not supported by openai"); err != nil {
				return err
			}
			continue
		}
		r.out.Set(s.name, s.v)
	}
	if err := r.stops(p.stops); err != nil {
		return err
	}
	if err := r.account(p); err != nil {
		return err
	}
	return r.shape(p)
}

func (r *messages) stops(v longmen.Value) error {
	at := codec.Path{Name: "stop_sequences"}
	switch v.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return nil
	case longmen.KindArray:
	default:
		return codec.Invalid(&at, "expected an array of strings")
	}
	i := 0
	for s := v.First(); s.Exists(); s = s.Next() {
		here := at.Element(i)
		i++
		if err := r.step(&here); err != nil {
			return err
		}
		if s.Kind() != longmen.KindString {
			return codec.Invalid(&here, "expected a string")
		}
	}
	if i > maxStops && r.wire && !r.quirks.Has("max_stop_any") {
		return codec.Unsupported(&at, "expected at most 4 stop sequences: openai takes no more")
	}
	if i > 0 {
		r.out.Set("stop", v)
	}
	return nil
}

// maxSafety bounds the name of who asks at OpenAI, in bytes.
const maxSafety = 64

// account tells who asks and on which terms.
func (r *messages) account(p *messagesParameters) error {
	if p.metadata.Kind() == longmen.KindObject {
		for m, next := p.metadata.First(), longmen.Value(0); m.Exists(); m = next {
			next = m.Next()
			name := codec.Key(m)
			switch {
			case string(name) != "user_id":
				at := codec.Path{Name: "metadata"}
				if err := r.unknown("metadata", name, m, &at); err != nil {
					return err
				}
			case !codec.Text(m):
			case r.openai && m.Len() > maxSafety: // Claude Code's is JSON with an account and a session
				r.out.SetString("user", opaque(m))
			default:
				r.out.Set("user", m)
			}
		}
	}
	switch string(codec.Word(p.tier)) {
	case "auto":
		r.out.SetString("service_tier", "auto")
	case "standard_only":
		r.out.SetString("service_tier", "default")
	}
	return nil
}

// opaque is a name of 64 characters for a longer one.
func opaque(v longmen.Value) string {
	const hex = "0123456789abcdef"
	digest := v.Digest()
	sum := longmen.MAC("", "user\x00"+string(digest[:]))
	name := make([]byte, 0, 2*len(sum))
	for _, c := range sum {
		name = append(name, hex[c>>4], hex[c&15])
	}
	return string(name)
}

// shape sets the form of the answer.
func (r *messages) shape(p *messagesParameters) error {
	format, at := p.format, codec.Path{Name: "output_format"}
	if v := p.config.Get("format"); !codec.Absent(v) {
		config := codec.Path{Name: "output_config"}
		format, at = v, config.Member("format")
	}
	if codec.Absent(format) {
		return nil
	}
	if !format.Get("type").Is("json_schema") {
		where := at.Member("type")
		return codec.Unsupported(&where, "expected json_schema")
	}
	schema := format.Get("schema")
	if schema.Kind() != longmen.KindObject {
		where := at.Member("schema")
		return codec.Invalid(&where, "expected a JSON Schema")
	}
	f := longmen.NewJSON(`{"type":"json_schema","json_schema":{"name":"response","strict":true}}`)
	f.Get("json_schema").Set("schema", schema)
	r.out.Set("response_format", f)
	return nil
}

// think tells the model how much to think.
func (r *messages) think(p *messagesParameters) error {
	effort, param := "", "thinking"
	for m := p.config.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "effort":
			if codec.Absent(m) {
				continue
			}
			switch e := string(codec.Word(m)); e {
			case "low", "medium", "high", "xhigh", "max":
				effort, param = e, "output_config.effort"
			default:
				return codec.Invalid(&codec.Path{Name: "output_config.effort"}, "expected low, medium, high, xhigh or max")
			}
		case "format":
		default:
			at := codec.Path{Name: "output_config"}
			if err := r.unknown("output_config", name, m, &at); err != nil {
				return err
			}
		}
	}
	if !codec.Absent(p.thinking) {
		switch string(codec.Word(p.thinking.Get("type"))) {
		case "disabled":
			effort = "none"
		case "adaptive":
		case "enabled":
			param = "thinking"
			switch n := p.thinking.Get("budget_tokens").Int(); {
			case n <= 1024:
				effort = "low"
			case n <= 8192:
				effort = "medium"
			default:
				effort = "high"
			}
		default:
			return codec.Invalid(&codec.Path{Name: "thinking.type"}, "expected enabled, adaptive or disabled")
		}
	}
	if r.openai {
		switch {
		case effort == "none":
			effort = r.to.off
		case effort != "" && r.to.top == "":
			return r.Warn(param, "this model does not think")
		case effort == "xhigh" || effort == "max":
			effort = r.to.top
		}
	}
	if effort != "" {
		r.out.SetString("reasoning_effort", effort)
	}
	return nil
}
