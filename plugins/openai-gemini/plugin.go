// Package openaigemini is the codec plugin that lets a client of OpenAI's chat completions talk to a
// provider of Gemini's generateContent. The gateway calls its hooks in the sandbox, where it is linked
// into the module of the first-party plugins; tests call them natively.
//
// It turns one document by handle into another: text, images, schemas and arguments move from the one
// to the other inside of the gateway, whatever their size, and only short names, identifiers and
// numbers pass through the plugin's memory.
//
// What Gemini has no word for is never lost in silence. If the answer can differ from what was asked,
// the client gets a warning; if the request cannot be served truthfully, it gets a 400 that names the
// place. With the attribute strict_params each warning is a 400.
package openaigemini

import "github.com/longmen-gateway/longmen/sdk/go/longmen"

func init() {
	longmen.Register(longmen.Plugin{
		Name:    "openai-gemini",
		Version: "1.0.0",
		Purpose: "lets clients of OpenAI's chat completions use a provider that speaks Gemini's generateContent",
		Codecs:  []longmen.Codec{{Client: "openai.chat", Provider: "gemini.generate"}},
		Schema:  schema,

		Configure: configure,
		Request:   translateRequest,
		Response:  translateResponse,
		Event:     translateEvent,
	})
}

// schema describes the configuration; every field has a default and none is needed.
const schema = `{
	"$schema": "https://json-schema.org/draft/2020-12/schema",
	"type": "object",
	"additionalProperties": false,
	"properties": {
		"include_thoughts": {
			"enum": ["auto", "always", "never"],
			"default": "auto",
			"description": "Ask for summaries of the model's thoughts (reasoning_content): auto with every reasoning_effort other than none."
		},
		"function_call_ids": {
			"enum": ["auto", "always", "never"],
			"default": "auto",
			"description": "Send the ids of tool calls upstream: auto from Gemini 3 on. Vertex AI refuses them for older models."
		},
		"on_malformed": {
			"enum": ["error", "pass"],
			"default": "error",
			"description": "What an answer becomes that ended for a reason such as MALFORMED_FUNCTION_CALL and holds nothing: an error 502, so that the next candidate is tried, or an empty answer."
		}
	}
}`

// config is this instance's configuration.
var config struct {
	thoughts toggle // include_thoughts
	ids      toggle // function_call_ids
	pass     bool   // on_malformed
}

// toggle is a switch that may follow the request or the model.
type toggle uint8

const (
	auto toggle = iota
	always
	never
)

func configure(c longmen.Value) error {
	config.thoughts = readToggle(c.Get("include_thoughts"))
	config.ids = readToggle(c.Get("function_call_ids"))
	config.pass = c.Get("on_malformed").Is("pass")
	clear(memo)
	return nil
}

func readToggle(v longmen.Value) toggle {
	switch {
	case v.Is("always"):
		return always
	case v.Is("never"):
		return never
	}
	return auto
}
