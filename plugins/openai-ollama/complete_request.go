package openaiollama

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// complete is one translation of a request of OpenAI's old completions into an openai.chat request.
type complete struct {
	walk
	target
	settings []setting
	memory   memory
	gaps     bool // the provider completes: it fills gaps, and gives one answer

	prompt, suffix, echo, n, bestOf, logprobs, maxTokens, streamOptions longmen.Value
	stop, bias, user                                                    longmen.Value
}

// requestCompletion turns an openai.completions request into an openai.chat request: the prompt is what
// the user says.
func requestCompletion(doc longmen.Value) error {
	if string(codec.Word(longmen.Attr(abi.AttrCodecProvider))) == "ollama.generate" {
		return requestGenerate(doc)
	}
	r := complete{walk: walk{peer: "a chat model"}}
	r.target = readTarget()
	r.memory = memory{way: fromCompletions}
	if err := r.read(doc); err != nil {
		return err
	}
	prompt, err := r.single()
	if err != nil {
		return err
	}
	if err := r.policy(); err != nil {
		return err
	}
	b := r.head()
	if err := r.probabilities(b); err != nil {
		return err
	}
	out := b.Put(`,"messages":[{"role":"user","content":""}]}`).Parse()
	out.Pointer("/messages/0").Set("content", prompt)
	bounded, err := r.bounded()
	if err != nil {
		return err
	}
	if bounded {
		out.Set(r.limitName(), r.maxTokens)
	}
	r.keep(r.stop, "stop")
	r.keep(r.bias, "logit_bias")
	r.keep(r.user, "user")
	for _, s := range r.settings {
		out.Set(s.name, s.value)
	}
	r.memory.save()
	doc.Replace(out)
	return nil
}

// read walks the top level once.
func (r *complete) read(doc longmen.Value) error {
	for m := doc.First(); m.Exists(); m = m.Next() {
		var err error
		switch name := codec.Key(m); string(name) {
		case "prompt":
			r.prompt = m
		case "suffix":
			r.suffix = m
		case "echo":
			r.echo = m
		case "n":
			r.n = m
		case "best_of":
			r.bestOf = m
		case "logprobs":
			r.logprobs = m
		case "max_tokens":
			r.maxTokens = m
		case "stream_options":
			r.streamOptions = m
		case "temperature":
			r.settings, err = number(r.settings, m, "temperature", "temperature")
		case "top_p":
			r.settings, err = number(r.settings, m, "top_p", "top_p")
		case "seed":
			r.settings, err = number(r.settings, m, "seed", "seed")
		case "presence_penalty":
			r.settings, err = number(r.settings, m, "presence_penalty", "presence_penalty")
		case "frequency_penalty":
			r.settings, err = number(r.settings, m, "frequency_penalty", "frequency_penalty")
		case "stop":
			r.stop = m
		case "logit_bias":
			r.bias = m
		case "user":
			r.user = m
		case "model", "stream":
			// the gateway's, not the client's
		default:
			err = r.unknown("", name, m, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keep remembers a member that chat completions write in the same way; what is wrong with it is said
// by whoever reads it next.
func (r *complete) keep(v longmen.Value, name string) {
	if !codec.Absent(v) {
		r.settings = append(r.settings, setting{name, v})
	}
}

// bounded tells whether max_tokens bounds the answer.
func (r *complete) bounded() (bool, error) {
	at := codec.Path{Name: "max_tokens"}
	n, ok, err := codec.Integer(r.maxTokens, &at)
	if ok && (n < 1 || n > 1<<31-1) {
		return false, codec.Invalid(&at, "expected an integer from 1 to 2147483647")
	}
	return ok, err
}

// single is the one prompt of the request.
func (r *complete) single() (longmen.Value, error) {
	at := codec.Path{Name: "prompt"}
	v, where := r.prompt, at
	if v.Kind() == longmen.KindArray {
		first := v.First()
		where = at.Element(0)
		if first.Next().Exists() {
			if first.Kind() == longmen.KindNumber {
				return 0, codec.Unsupported(&at, "expected text: "+r.peer+" takes no tokens")
			}
			second := at.Element(1)
			return 0, codec.Unsupported(&second, "expected one prompt: "+r.peer+" answers one at a time")
		}
		v = first
	}
	switch v.Kind() {
	case longmen.KindString:
		if codec.Text(v) {
			return v, nil
		}
	case longmen.KindNumber, longmen.KindArray:
		return 0, codec.Unsupported(&where, "expected text: "+r.peer+" takes no tokens")
	}
	return 0, codec.Invalid(&where, "expected a text that is not empty")
}

// policy refuses what a chat cannot do, and warns of what it does differently.
func (r *complete) policy() error {
	if at := (codec.Path{Name: "suffix"}); codec.Text(r.suffix) && !r.gaps {
		return codec.Unsupported(&at, "chat models fill no gaps: expected a prompt alone")
	}
	at := codec.Path{Name: "echo"}
	if on, err := boolean(r.echo, &at); err != nil {
		return err
	} else if on {
		return codec.Unsupported(&at, r.peer+" does not repeat the prompt: expected false")
	}
	at = codec.Path{Name: "n"}
	n, ok, err := codec.Integer(r.n, &at)
	if err != nil {
		return err
	}
	if !ok {
		n = 1
	} else if n < 1 || n > 128 {
		return codec.Invalid(&at, "expected an integer from 1 to 128")
	} else if n > 1 {
		if r.gaps {
			return codec.Unsupported(&at, "ollama gives one answer at a time: expected 1")
		}
		r.keep(r.n, "n")
	}
	at = codec.Path{Name: "best_of"}
	best, ok, err := codec.Integer(r.bestOf, &at)
	if err != nil {
		return err
	}
	if ok && best < n {
		return codec.Invalid(&at, "expected at least n")
	}
	if ok && best > n {
		if err := r.Warn("best_of", "not supported by "+r.peer+": the first answers are given, not the best"); err != nil {
			return err
		}
	}
	r.memory.usage, err = r.usageWanted(r.streamOptions)
	return err
}

// probabilities writes logprobs, a number of alternatives here and a switch beside it in chats.
func (r *complete) probabilities(b *codec.JSON) error {
	at := codec.Path{Name: "logprobs"}
	n, ok, err := codec.Integer(r.logprobs, &at)
	if err != nil || !ok {
		return err
	}
	if n < 0 || n > 5 {
		return codec.Invalid(&at, "expected an integer from 0 to 5")
	}
	r.memory.probable = true
	b.Put(`,"logprobs":true`)
	if n > 0 {
		b.Put(`,"top_logprobs":`).Int(n)
	}
	return nil
}
