// Package openaianthropic is the codec plugin between OpenAI's chat completions and Anthropic's
// messages, in both directions: clients of either with providers of the other, and both ways of counting
// tokens. The gateway calls its hooks in the sandbox, where it is linked into the module of the
// first-party plugins; tests call them natively.
//
// Files named chat_* serve clients of OpenAI's, files named messages_* clients of Anthropic's. Text, images,
// schemas and arguments move from one document to the other inside of the gateway, whatever their
// size; only short names, identifiers and numbers pass through the plugin's memory.
//
// What the other side has no word for is never lost in silence: it is a warning if the answer can differ
// from what was asked, and a 400 that names the place if the request cannot be served truthfully. With the
// attribute strict_params each warning is a 400.
package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

func init() {
	longmen.Register(longmen.Plugin{
		Name:    "openai-anthropic",
		Version: "1.0.0",
		Purpose: "translates between OpenAI's chat completions and Anthropic's messages, in both directions",
		Grants:  []string{"kv"},
		Codecs: []longmen.Codec{
			{Client: "openai.chat", Provider: "anthropic.messages"},
			{Client: "anthropic.messages", Provider: "openai.chat"},
			{Client: "openai.count", Provider: "anthropic.count"},
			{Client: "anthropic.count", Provider: "openai.count"},
			{Client: "anthropic.messages", Provider: "anthropic.messages"}, // see mend
		},
		Schema: schema,

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
		"max_tokens": {
			"type": "integer",
			"minimum": 1,
			"description": "What Anthropic is told as max_tokens, which it requires, when a client of OpenAI's sets no limit. Default: as much as the model can answer."
		},
		"signature_carrier": {
			"enum": ["extra_content", "store"],
			"default": "extra_content",
			"description": "How clients of OpenAI's give Claude's signed thinking back: extra_content shows it as thinking_blocks and also keeps it in the gateway's store, for clients that drop members they do not know; store only keeps it."
		},
		"signature_ttl": {
			"type": "string",
			"pattern": "^[0-9]+[smh]$",
			"default": "24h",
			"description": "How long the store keeps the thinking of a tool call: a number with s, m or h."
		}
	}
}`

// config is this instance's configuration.
var config struct {
	maxTokens int64            // max_tokens; 0: the model's
	hidden    bool             // signature_carrier is store
	ttl       longmen.Duration // signature_ttl
}

func configure(c longmen.Value) error {
	config.maxTokens = c.Get("max_tokens").Int()
	config.hidden = c.Get("signature_carrier").Is("store")
	config.ttl = 24 * longmen.Hour
	if v := c.Get("signature_ttl"); v.Exists() {
		ttl, ok := duration(codec.Word(v))
		if !ok {
			return badTTL{}
		}
		config.ttl = ttl
	}
	return nil
}

type badTTL struct{}

func (badTTL) Error() string {
	return "signature_ttl: expected a number with s, m or h, up to a year, such as 24h"
}

// duration reads a number with its unit.
func duration(b []byte) (longmen.Duration, bool) {
	if len(b) < 2 || len(b) > 9 {
		return 0, false
	}
	var n longmen.Duration
	for _, c := range b[:len(b)-1] {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + longmen.Duration(c-'0')
	}
	switch b[len(b)-1] {
	case 's':
		n *= longmen.Second
	case 'm':
		n *= longmen.Minute
	case 'h':
		n *= longmen.Hour
	default:
		return 0, false
	}
	return n, n > 0 && n <= 365*24*longmen.Hour
}

// What the exchange's state says of the direction, as the first byte of its text.
const (
	stateChat          = 'C' // openai.chat to anthropic.messages
	stateMessages      = 'M' // anthropic.messages to openai.chat
	stateChatCount     = 'c' // openai.count to anthropic.count
	stateMessagesCount = 'm' // anthropic.count to openai.count
)

func translateRequest(doc longmen.Value) error {
	switch string(codec.Word(longmen.Attr(abi.AttrCodecClient))) {
	case "openai.chat":
		return translateChat(doc, false)
	case "openai.count":
		return translateChat(doc, true)
	case "anthropic.count":
		return translateMessages(doc, true)
	}
	if longmen.Attr(abi.AttrCodecProvider).Is("anthropic.messages") {
		return mend(doc)
	}
	return translateMessages(doc, false)
}

func translateResponse(doc longmen.Value) error {
	if doc.Kind() != longmen.KindObject {
		return codec.Malformed(&codec.Path{Name: "$"}, "an object")
	}
	switch text := loadState(); text[0] {
	case stateChat:
		return answerChat(doc, text)
	case stateMessages:
		return answerMessages(doc, text)
	case stateChatCount:
		return answerCount(doc, `{"object":"response.input_tokens"}`)
	}
	return answerCount(doc, `{}`)
}

func translateEvent(doc longmen.Value) error {
	switch text := loadState(); text[0] {
	case stateChat:
		return streamChat(doc, text)
	case stateMessages:
		return streamMessages(doc, text)
	}
	return nil // tokens are not counted in streams
}

// answerCount turns the number of tokens into the other dialect's answer, which begins as head.
func answerCount(doc longmen.Value, head string) error {
	n := doc.Get("input_tokens")
	if n.Kind() != longmen.KindNumber {
		return codec.Malformed(&codec.Path{Name: "input_tokens"}, "a number")
	}
	out := longmen.NewJSON(head)
	out.Set("input_tokens", n)
	doc.Replace(out)
	return nil
}
