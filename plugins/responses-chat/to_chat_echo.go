package responseschat

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

const (
	maxEcho      = 4 << 10  // bytes of one member of the request that every answer repeats
	maxEchoTools = 16 << 10 // of its tools: agents send ten times as much, and nobody reads it again
)

// remember writes what the answer's hooks need into the exchange's state, in place of what an earlier
// attempt left there:
//
//	s  the place in the answer, see answerState
//	e  JSON members of the request that the answer repeats
//	h  JSON members that name the answer, once it has begun
//	n  tools to restore, by the name that was sent, see toolNames
//	o  the output items, as far as they are known
//	t  for each of them the pieces of its text, as long as it is open
//	a  citations of the message that is open, and p those that came before it
//	l  log probabilities of the message that is open, or that waits
//	u  usage
func (r *toChat) remember(p *parameters) {
	s := answerState{sealed: r.sealed, chances: r.chances || p.topLogprobs.Int() > 0, current: none, tail: none}
	saveBuffer = s.append(saveBuffer[:0])
	b := append(stateBuffer[:0], `"background":false,"instructions":`...)
	b = small(b, p.instructions, maxEcho, "null")
	b = append(b, `,"max_output_tokens":`...)
	b = small(b, p.maxTokens, maxEcho, "null")
	b = append(b, `,"metadata":`...)
	b = small(b, p.metadata, maxEcho, "{}")
	b = append(b, `,"parallel_tool_calls":`...)
	b = small(b, p.parallel, maxEcho, "true")
	b = append(b, `,"previous_response_id":null,"reasoning":`...)
	b = small(b, p.reasoning, maxEcho, `{"effort":null,"summary":null}`)
	b = append(b, `,"store":`...)
	b = small(b, p.store, maxEcho, "true")
	b = append(b, `,"temperature":`...)
	b = small(b, p.temperature, maxEcho, "1")
	b = append(b, `,"text":`...)
	b = small(b, p.text, maxEcho, `{"format":{"type":"text"}}`)
	b = append(b, `,"tool_choice":`...)
	b = small(b, p.toolChoice, maxEcho, `"auto"`)
	b = append(b, `,"tools":`...)
	b = small(b, p.tools, maxEchoTools, "[]")
	b = append(b, `,"top_p":`...)
	b = small(b, p.topP, maxEcho, "1")
	b = append(b, `,"truncation":`...)
	b = small(b, p.truncation, maxEcho, `"disabled"`)
	for i, name := range p.names[:p.n] {
		switch name {
		case "user", "safety_identifier", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention":
			b = append(append(append(b, `,"`...), name...), `":`...)
			b = small(b, p.same[i], maxEcho, "null")
		}
	}
	if !codec.Absent(p.topLogprobs) {
		b = append(b, `,"top_logprobs":`...)
		b = small(b, p.topLogprobs, maxEcho, "0")
	}
	if !codec.Absent(p.maxCalls) {
		b = append(b, `,"max_tool_calls":`...)
		b = small(b, p.maxCalls, maxEcho, "null")
	}
	stateBuffer = b

	b = append(output[:0], `{"s":`...)
	b = codec.AppendQuoted(b, codec.View(saveBuffer))
	b = append(b, `,"e":`...)
	b = codec.AppendQuoted(b, codec.View(stateBuffer))
	longmen.State().Replace(parsed(append(b, `,"n":null,"o":[],"t":[]}`...)))
}

// envelope appends a response object up to its usage, which has no value yet. head is what begin made.
func (s *answerState) envelope(dst, head []byte, state longmen.Value, status string) []byte {
	dst = append(dst, `{"id":"resp_`...)
	dst = append(dst, s.suffix...)
	dst = append(dst, `","object":"response",`...)
	dst = append(dst, head...)
	dst = append(dst, `,"status":"`...)
	dst = append(dst, status...)
	dst = append(dst, `","incomplete_details":`...)
	switch {
	case status != "incomplete":
		dst = append(dst, `null,`...)
	case s.finish == finishLength:
		dst = append(dst, `{"reason":"max_output_tokens"},`...)
	default:
		dst = append(dst, `{"reason":"content_filter"},`...)
	}
	dst = append(dst, `"error":`...)
	if status == "failed" {
		dst = append(dst, `{"code":"server_error","message":"the provider's answer ended with an error"},`...)
	} else {
		dst = append(dst, `null,`...)
	}
	if e := state.Get("e"); e.Exists() { // else no request came before
		dst = append(e.AppendString(dst), ',')
	}
	return append(dst, `"usage":`...)
}
