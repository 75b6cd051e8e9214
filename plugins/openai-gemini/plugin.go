// Package openaigemini is the codec plugin between the dialects of OpenAI and of Gemini: chat completions
// and generateContent, embeddings, and the counting of tokens, each in both directions. The gateway calls
// its hooks in the sandbox, where it is linked into the module of the first-party plugins; tests call
// them natively.
//
// Package togemini serves clients of OpenAI's dialects with a provider of Gemini's, package toopenai
// clients of Gemini's with a provider of OpenAI's; package memory is what they keep from a request for its
// answer. This package chooses between them.
//
// They turn one document by handle into another: text, images, schemas and arguments move from the one
// to the other inside of the gateway, whatever their size, and only short names, identifiers and
// numbers pass through the plugin's memory.
//
// What the other side has no word for is never lost in silence. If the answer can differ from what was
// asked, the client gets a warning; if the request cannot be served truthfully, it gets a 400 that names
// the place. With the attribute strict_params each warning is a 400.
package openaigemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/plugins/openai-gemini/memory"
	"github.com/longmen-gateway/longmen/plugins/openai-gemini/togemini"
	"github.com/longmen-gateway/longmen/plugins/openai-gemini/toopenai"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

func init() {
	longmen.Register(longmen.Plugin{
		Name:    "openai-gemini",
		Version: "2.0.0",
		Purpose: "translates between the dialects of OpenAI (chat completions, embeddings) and of Gemini (generateContent, embedContent), in both directions",
		Codecs: []longmen.Codec{
			{Client: "openai.chat", Provider: "gemini.generate"},
			{Client: "gemini.generate", Provider: "openai.chat"},
			{Client: "openai.embeddings", Provider: "gemini.embed"},
			{Client: "gemini.embed", Provider: "openai.embeddings"},
			{Client: "openai.count", Provider: "gemini.count"},
			{Client: "gemini.count", Provider: "openai.count"},
			{Client: "gemini.generate", Provider: "gemini.generate"}, // mends histories of other providers
		},
		Grants: []string{abi.GrantKV}, // for signatures that clients lose
		Schema: schema,
		// Base64 of a full batch of embeddings, 100 vectors of 3072 numbers, takes some 50 ms.
		Limits: longmen.Limits{CPU: 250 * longmen.Millisecond},

		Configure: togemini.Configure,
		Request:   request,
		Response:  response,
		Event:     event,
	})
}

// request turns a request around. The client's dialect nearly tells the way.
func request(doc longmen.Value) error {
	switch string(codec.Word(longmen.Attr(abi.AttrCodecClient))) {
	case "gemini.generate":
		if longmen.Attr(abi.AttrCodecProvider).Is("gemini.generate") {
			return togemini.Mend(doc)
		}
		return toopenai.Request(doc)
	case "openai.embeddings":
		return togemini.RequestEmbeddings(doc)
	case "gemini.embed":
		return toopenai.RequestEmbed(doc)
	case "openai.count":
		return togemini.RequestCount(doc)
	case "gemini.count":
		return toopenai.RequestCount(doc)
	}
	return togemini.Request(doc)
}

// response turns a whole answer around, on the way that its request took.
func response(doc longmen.Value) error {
	switch way, text := memory.Load(); way {
	case memory.Generate:
		return toopenai.Response(doc, text)
	case memory.Embeddings:
		return togemini.ResponseEmbeddings(doc, text)
	case memory.Embed:
		return toopenai.ResponseEmbed(doc, text)
	case memory.ChatCount:
		return togemini.ResponseCount(doc)
	case memory.GenerateCount:
		return toopenai.ResponseCount(doc)
	default:
		return togemini.Response(doc, text)
	}
}

// event turns an event of a streamed answer around.
func event(doc longmen.Value) error {
	switch way, text := memory.Load(); way {
	case memory.Generate:
		return toopenai.Event(doc, text)
	default:
		return togemini.Event(doc, text)
	}
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
		},
		"signature_carrier": {
			"enum": ["extra_content", "id", "store"],
			"default": "extra_content",
			"description": "Where clients of chat completions keep Gemini's thought signatures: extra_content of the tool call, with the key-value store for clients that drop it; the end of the call's id; or the store alone, where they are not shown."
		},
		"signature_ttl": {
			"type": "string",
			"pattern": "^[1-9][0-9]{0,8}[smhd]$",
			"default": "24h",
			"description": "How long the store keeps a signature: a number and s, m, h or d."
		},
		"remote_images": {
			"enum": ["file_uri", "reject"],
			"default": "file_uri",
			"description": "What becomes of media that a request names by URL: Gemini fetches it itself, or the request is refused."
		},
		"safety_settings": {
			"type": "array",
			"items": {
				"type": "object",
				"additionalProperties": false,
				"required": ["category", "threshold"],
				"properties": {"category": {"type": "string"}, "threshold": {"type": "string"}}
			},
			"default": [],
			"description": "Gemini's safetySettings for requests that have none in extra_body.google. Without any, Gemini's own apply."
		},
		"normalize_embeddings": {
			"type": "boolean",
			"default": false,
			"description": "Scale embeddings to length 1, which gemini-embedding-001 leaves undone below 3072 dimensions."
		}
	}
}`
