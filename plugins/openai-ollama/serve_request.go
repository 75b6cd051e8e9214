package openaiollama

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// serve is one translation of a request of Ollama's clients into an openai.chat request.
type serve struct {
	walk
	target
	turn     turn          // calls of the last assistant message
	pictures longmen.Value // parts that tools gave and only a user may
	settings []setting
	memory   memory
}

// target is what the other end of the way makes of an openai.chat request.
type target struct {
	hub    bool // it goes on to another codec: the extensions of HUB.md are welcome
	quirks codec.Quirks
}

func readTarget() target {
	return target{hub: string(codec.Word(longmen.Attr(abi.AttrUpstreamDialect))) != codec.Hub, quirks: codec.ReadQuirks()}
}

// takes tells whether the other end takes what one of HUB.md's quirks names.
func (t *target) takes(quirk string) bool { return t.hub || t.quirks.Has(quirk) }

// limitName is the name that the other end has for the bound of an answer.
func (t *target) limitName() string {
	if !t.hub && t.quirks.Has("max_tokens") {
		return "max_tokens"
	}
	return "max_completion_tokens"
}

// head begins the request with the members that are the gateway's: a streamed answer has to tell its usage,
// whether the client asks for that or not.
func (t *target) head() *codec.JSON {
	b := output.Start(`{"model":`).Value(longmen.Attr(abi.AttrUpstreamModel))
	if !longmen.Attr(abi.AttrStream).Bool() {
		return b.Put(`,"stream":false`)
	}
	b.Put(`,"stream":true`)
	if t.hub || !t.quirks.Has("no_stream_options") {
		b.Put(`,"stream_options":{"include_usage":true}`)
	}
	return b
}

// wishes are the top-level members of both kinds of request; zero when absent.
type wishes struct {
	messages, tools, format, options, think, logprobs, topLogprobs longmen.Value
	prompt, system, images, suffix, template, context, raw, debug  longmen.Value
}

var serving serve

// requestChat turns an ollama.chat or ollama.generate request into an openai.chat request.
func requestChat(doc longmen.Value, w way) error {
	r := &serving
	*r = serve{walk: walk{peer: "the model's provider", drop: r.drop[:0]}, turn: turn{calls: r.turn.calls[:0], ids: r.turn.ids[:0]}, settings: r.settings[:0]}
	r.target = readTarget()
	r.memory = memory{way: w, start: longmen.NowMillis()}

	var p wishes
	if err := r.read(doc, &p, w == fromGenerate); err != nil {
		return err
	}
	if on, err := boolean(p.debug, &codec.Path{Name: "_debug_render_only"}); err != nil || on {
		if err == nil {
			err = codec.Unsupported(&codec.Path{Name: "_debug_render_only"}, "expected false: only ollama renders templates")
		}
		return err
	}
	var err error
	if w == fromGenerate {
		p.tools = 0
		err = r.compose(&p)
	} else {
		p.messages, err = r.converse(p.messages)
	}
	if err != nil {
		return err
	}
	if err := r.declare(&p); err != nil {
		return err
	}
	if err := r.choose(p.options); err != nil {
		return err
	}
	b := r.head()
	if err := r.ponder(b, p.think); err != nil {
		return err
	}
	if err := r.probabilities(b, &p); err != nil {
		return err
	}
	out := b.Put(`}`).Parse()
	out.Set("messages", p.messages)
	if p.tools.Exists() {
		out.Set("tools", p.tools)
	}
	for _, s := range r.settings {
		out.Set(s.name, s.value)
	}
	if err := shape(out, p.format); err != nil {
		return err
	}
	r.memory.tail = asked()
	r.memory.save()
	doc.Replace(out)
	return nil
}

// asked is the JSON of the model's name as the client knows it, which Ollama's answers repeat.
func asked() []byte {
	name := longmen.Attr(abi.AttrModel)
	if !codec.Text(name) {
		name = longmen.Attr(abi.AttrUpstreamModel)
	}
	if n := name.Len(); n == 0 || n > maxName {
		return output.Start(`""`).Bytes()
	}
	return output.Start("").Value(name).Bytes()
}

// read walks the top level once. A member that occurs twice counts the last time, as everywhere in the
// gateway.
func (r *serve) read(doc longmen.Value, p *wishes, generate bool) error {
	for m := doc.First(); m.Exists(); m = m.Next() {
		own := true // known to this kind of request
		switch name := codec.Key(m); string(name) {
		case "messages":
			p.messages, own = m, !generate
		case "tools":
			p.tools, own = m, !generate
		case "prompt":
			p.prompt, own = m, generate
		case "system":
			p.system, own = m, generate
		case "images":
			p.images, own = m, generate
		case "suffix":
			p.suffix, own = m, generate
		case "template":
			p.template, own = m, generate
		case "context":
			p.context, own = m, generate
		case "raw":
			p.raw, own = m, generate
		case "format":
			p.format = m
		case "options":
			p.options = m
		case "think":
			p.think = m
		case "logprobs":
			p.logprobs = m
		case "top_logprobs":
			p.topLogprobs = m
		case "_debug_render_only":
			p.debug = m
		case "model", "stream":
			// the gateway's, not the client's
		case "keep_alive", "truncate", "shift":
			// how a server of Ollama's manages its memory
		default:
			own = false
		}
		if !own {
			if err := r.unknown("", codec.Key(m), m, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// declare makes the tools fit, which OpenAI writes in the same way.
func (r *serve) declare(p *wishes) error {
	at := codec.Path{Name: "tools"}
	if codec.Absent(p.tools) {
		p.tools = 0
		return nil
	}
	if p.tools.Kind() != longmen.KindArray {
		return codec.Invalid(&at, "expected an array of tools")
	}
	i := 0
	for v, next := p.tools.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		if i++; i > maxFunctions {
			return codec.Unsupported(&here, "expected at most 512 tools")
		}
		if err := r.tool(v, &here); err != nil {
			return err
		}
	}
	r.clean()
	if i == 0 {
		p.tools = 0
	}
	return nil
}

// tool checks one tool; Ollama's servers take one without a type.
func (r *serve) tool(v longmen.Value, at *codec.Path) error {
	var kind, function longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "type":
			kind = m
		case "function":
			function = m
		case "items": // of an old form of Ollama's, without a meaning
			if err := r.forget(m, at); err != nil {
				return err
			}
		default:
			if err := r.unknown("tools[]", name, m, at); err != nil {
				return err
			}
			if err := r.forget(m, at); err != nil {
				return err
			}
		}
	}
	if function.Kind() != longmen.KindObject {
		return codec.InvalidIn(at, "function", "expected an object")
	}
	if string(codec.Word(kind)) != "function" {
		if codec.Text(kind) {
			return codec.UnsupportedIn(at, "type", "expected function")
		}
		v.SetString("type", "function")
	}
	return nil
}

// ponder writes how much the model thinks.
func (r *serve) ponder(b *codec.JSON, think longmen.Value) error {
	effort := ""
	switch think.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return nil
	case longmen.KindBool:
		if effort = "medium"; !think.Bool() {
			if !r.hub { // most models of OpenAI's refuse to be told not to
				return nil
			}
			effort = "none"
		}
	case longmen.KindString:
		switch level := string(codec.Word(think)); level {
		case "low", "medium", "high":
			effort = level
		case "max":
			if effort = "xhigh"; r.hub {
				effort = "max"
			}
		}
	}
	if effort == "" {
		return codec.Invalid(&codec.Path{Name: "think"}, "expected true, false, low, medium, high or max")
	}
	b.Put(`,"reasoning_effort":`).Quote(effort)
	return nil
}

// probabilities writes logprobs, which both dialects ask for in the same words.
func (r *serve) probabilities(b *codec.JSON, p *wishes) error {
	on, err := boolean(p.logprobs, &codec.Path{Name: "logprobs"})
	if err != nil || !on {
		return err
	}
	r.memory.probable = true
	b.Put(`,"logprobs":true`)
	at := codec.Path{Name: "top_logprobs"}
	n, ok, err := codec.Integer(p.topLogprobs, &at)
	if err != nil || !ok || n == 0 {
		return err
	}
	if n < 0 || n > 20 {
		return codec.Invalid(&at, "expected an integer from 0 to 20")
	}
	b.Put(`,"top_logprobs":`).Int(n)
	return nil
}

// shape sets the form of the answer that format asks for.
func shape(out, format longmen.Value) error {
	switch format.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return nil
	case longmen.KindObject:
		f := longmen.NewJSON(`{"type":"json_schema","json_schema":{"name":"response"}}`)
		f.Get("json_schema").Set("schema", format)
		out.Set("response_format", f)
		return nil
	case longmen.KindString:
		switch {
		case !codec.Text(format):
			return nil
		case string(codec.Word(format)) == "json":
			out.Set("response_format", longmen.NewJSON(`{"type":"json_object"}`))
			return nil
		}
	}
	return codec.Invalid(&codec.Path{Name: "format"}, "expected json or a JSON Schema object")
}
