// Package responseschat is the codec plugin between OpenAI's two dialects, the Responses API and chat
// completions, in both directions. The gateway calls its hooks in the sandbox, where it is linked into
// the module of the first-party plugins; tests call them natively.
//
// Clients of the Responses API reach every provider through chat completions, the dialect in the middle
// of all codecs. What the Responses API repeats at the end of a stream, the whole answer, is kept in the
// exchange's state while it comes: see answerState.
//
// It turns one document by handle into another: text, images, schemas and arguments move from the one
// to the other inside of the gateway, whatever their size, and only short names, identifiers, numbers
// and the deltas of streams pass through the plugin's memory.
package responseschat

import (
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

func init() {
	longmen.Register(longmen.Plugin{
		Name:    "responses-chat",
		Version: "1.0.0",
		Purpose: "lets clients of OpenAI's Responses API use a provider that speaks chat completions, and the reverse",
		Codecs: []longmen.Codec{
			{Client: responses, Provider: chat},
			{Client: chat, Provider: responses},
			{Client: responses, Provider: responses}, // see mend
		},
		Schema: schema,

		Configure: configure,
		Request:   translateRequest,
		Response:  translateResponse,
		Event:     translateEvent,
	})
}

// The two dialects.
const (
	responses = "openai.responses"
	chat      = "openai.chat"
)

// schema describes the configuration; every field has a default and none is needed.
const schema = `{
	"$schema": "https://json-schema.org/draft/2020-12/schema",
	"type": "object",
	"additionalProperties": false,
	"properties": {
		"custom_tools": {
			"enum": ["function", "pass"],
			"default": "function",
			"description": "What a custom tool of a Responses client becomes: a function with one string, input, which every upstream takes, or OpenAI's own custom tool."
		},
		"web_search": {
			"enum": ["auto", "pass", "drop"],
			"default": "auto",
			"description": "What the web_search tool of a Responses client becomes: web_search_options (pass), nothing but a warning (drop), or the former for search models, other dialects and where it is the only tool, and the latter else (auto)."
		}
	}
}`

// config is this instance's configuration.
var config struct {
	custom bool // custom_tools: pass
	search toggle
}

// toggle is a switch that may follow the upstream.
type toggle uint8

const (
	auto toggle = iota
	always
	never
)

func configure(c longmen.Value) error {
	config.custom = c.Get("custom_tools").Is("pass")
	config.search = auto
	switch v := c.Get("web_search"); {
	case v.Is("pass"):
		config.search = always
	case v.Is("drop"):
		config.search = never
	}
	return nil
}

// translateRequest chooses the direction. Answers find it in the state.
func translateRequest(doc longmen.Value) error {
	switch {
	case !longmen.Attr(abi.AttrCodecProvider).Is(responses):
		return requestToChat(doc)
	case longmen.Attr(abi.AttrCodecClient).Is(responses):
		return mend(doc)
	}
	return requestToResponses(doc)
}

func translateResponse(doc longmen.Value) error {
	state := longmen.State()
	if stateBuffer = state.Get("s").AppendString(stateBuffer[:0]); len(stateBuffer) > 0 && stateBuffer[0] == fromResponses {
		return answerFromResponses(doc, state)
	}
	return answerFromChat(doc, state)
}

func translateEvent(doc longmen.Value) error {
	state := longmen.State()
	if stateBuffer = state.Get("s").AppendString(stateBuffer[:0]); len(stateBuffer) > 0 && stateBuffer[0] == fromResponses {
		return eventFromResponses(doc, state)
	}
	return eventFromChat(doc, state)
}

// What the first byte of the state says: which dialect the answer comes in.
const (
	fromChat      = 'c'
	fromResponses = 'r'
)
