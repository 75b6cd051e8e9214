// Package openaiollama is the codec plugin between OpenAI's dialects and Ollama's: clients of chat
// completions and embeddings use a provider that speaks Ollama's own API, clients of Ollama use any
// model behind the gateway, and clients of OpenAI's old completions use chat models. The gateway calls
// its hooks in the sandbox, where it is linked into the module of the first-party plugins; tests call
// them natively.
//
// Both dialects write the same conversation in nearly the same words, so most of a document is moved as
// it is, and what differs is edited where it stands: text, images and arguments never leave the gateway,
// whatever their size.
//
// What the other side has no word for is never lost in silence. If the answer can differ from what was
// asked, the client gets a warning; if the request cannot be served truthfully, it gets a 400 that names
// the place. With the attribute strict_params each warning is a 400.
package openaiollama

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

func init() {
	longmen.Register(longmen.Plugin{
		Name:    "openai-ollama",
		Version: "1.0.0",
		Purpose: "lets clients of OpenAI use a provider that speaks Ollama's API, clients of Ollama use any model, and clients of the old completions use chat models",
		Codecs: []longmen.Codec{
			{Client: codec.Hub, Provider: "ollama.chat"},
			{Client: "ollama.chat", Provider: codec.Hub},
			{Client: "ollama.generate", Provider: codec.Hub},
			{Client: "openai.embeddings", Provider: "ollama.embed"},
			{Client: "ollama.embed", Provider: "openai.embeddings"},
			{Client: "openai.completions", Provider: codec.Hub},
			{Client: "openai.completions", Provider: "ollama.generate"},
		},
		Schema: schema,
		// The vectors of a large batch of embeddings are written anew when the client wants base64.
		Limits: longmen.Limits{CPU: longmen.Second},

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
		"think": {
			"enum": ["auto", "levels", "boolean"],
			"default": "auto",
			"description": "How reasoning_effort is told to Ollama: as a level, or as true, which is all that many models know; auto by the model's name."
		},
		"keep_alive": {
			"type": "string",
			"default": "",
			"description": "How long Ollama keeps the model loaded after a request that does not say so itself, such as 30m. Empty: as the server is set up."
		},
		"durations": {
			"enum": ["drop", "usage"],
			"default": "drop",
			"description": "Give the durations that Ollama measured out in usage.x_ollama, in nanoseconds."
		}
	}
}`

// config is this instance's configuration.
var config struct {
	levels    spelling
	keepAlive string
	durations bool
}

// spelling is how a model is told to think.
type spelling uint8

const (
	byModel spelling = iota
	byLevel
	byBoolean
)

func configure(c longmen.Value) error {
	config.levels = byModel
	switch {
	case c.Get("think").Is("levels"):
		config.levels = byLevel
	case c.Get("think").Is("boolean"):
		config.levels = byBoolean
	}
	config.keepAlive = c.Get("keep_alive").String()
	config.durations = c.Get("durations").Is("usage")
	return nil
}

// way is the pair that an exchange is translated between; nearly always the client's dialect tells it.
type way byte

const (
	chatToOllama    way = 'c' // openai.chat client
	fromChat        way = 'o' // ollama.chat client
	fromGenerate    way = 'g' // ollama.generate client
	embedToOllama   way = 'e' // openai.embeddings client
	fromEmbed       way = 'b' // ollama.embed client
	fromCompletions way = 'p' // openai.completions client
	completeOllama  way = 'q' // openai.completions client, ollama.generate provider
)

func translateRequest(doc longmen.Value) error {
	if doc.Kind() != longmen.KindObject {
		return codec.Invalid(&codec.Path{Name: "$"}, "expected an object")
	}
	switch string(codec.Word(longmen.Attr(abi.AttrCodecClient))) {
	case codec.Hub:
		return requestOllama(doc)
	case "ollama.chat":
		return requestChat(doc, fromChat)
	case "ollama.generate":
		return requestChat(doc, fromGenerate)
	case "openai.embeddings":
		return requestEmbed(doc)
	case "ollama.embed":
		return requestEmbeddings(doc)
	case "openai.completions":
		return requestCompletion(doc)
	}
	return nil
}

func translateResponse(doc longmen.Value) error {
	var s memory
	s.load()
	if doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "$"}, "an object")
	}
	switch s.way {
	case chatToOllama:
		return s.answerChat(doc)
	case fromChat, fromGenerate:
		return s.answerOllama(doc)
	case embedToOllama:
		return s.answerEmbeddings(doc)
	case fromEmbed:
		return s.answerEmbed(doc)
	case fromCompletions:
		return s.answerCompletion(doc)
	case completeOllama:
		return s.answerGenerated(doc)
	}
	return nil
}

func translateEvent(doc longmen.Value) error {
	var s memory
	s.load()
	switch s.way {
	case chatToOllama:
		return s.eventChat(doc)
	case fromChat, fromGenerate:
		return s.eventOllama(doc)
	case fromCompletions:
		return s.eventCompletion(doc)
	case completeOllama:
		return s.eventGenerated(doc)
	}
	return nil
}
