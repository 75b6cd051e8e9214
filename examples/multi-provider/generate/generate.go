// Package main is a codec of one's own: clients of OpenAI's chat completions, and through them those of every other dialect, use a server
// that takes {"prompt", "max_tokens", "temperature", "system_prompt"} and answers {"content"} or {"text"}. ../generate.json is the rest of
// what the gateway has to know of it.
package main

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

func init() {
	longmen.Register(longmen.Plugin{
		Name: "generate", Version: "1.0.0", Purpose: "lets clients of chat completions use a server with a prompt and an answer",
		Codecs:  []longmen.Codec{{Client: codec.Hub, Provider: "custom.generate"}},
		Request: ask, Response: answer, Event: stream,
	})
}

// ask turns a chat request into a prompt. What the server has no word for is told to the client, or refused if it asks for strict_params.
func ask(doc longmen.Value) error {
	var lost codec.Warnings
	var limit longmen.Value
	out := longmen.NewObject()
	for m, next := doc.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		if codec.Absent(m) {
			continue
		}
		switch key := m.Key(); key {
		case "model", "stream", "stream_options", "user": // the server has one model, and tells its counts if it knows them
		case "messages":
			if err := converse(m, out); err != nil {
				return err
			}
		case "max_completion_tokens":
			limit = m
		case "max_tokens":
			if !limit.Exists() {
				limit = m
			}
		case "temperature":
			out.Set(key, m)
		case "n":
			if m.Int() != 1 {
				return codec.Unsupported(&codec.Path{Name: key}, "expected 1: the provider gives one answer")
			}
		default:
			if err := lost.Warn(codec.Item("", []byte(key)), "not supported by custom.generate"); err != nil {
				return err
			}
		}
	}
	if limit.Exists() {
		out.Set("max_tokens", limit)
	}
	if !out.Get("prompt").Exists() {
		return codec.Invalid(&codec.Path{Name: "messages"}, "expected a message of the user")
	}
	longmen.State().SetString("model", longmen.Attr(abi.AttrUpstreamModel).String())
	longmen.State().SetBool("usage", doc.Pointer("/stream_options/include_usage").Bool())
	doc.Replace(out)
	return nil
}

// said is the server's text.
func said(doc longmen.Value) (longmen.Value, error) {
	for _, name := range [...]string{"content", "text"} {
		if text := doc.Get(name); text.Kind() == longmen.KindString {
			return text, nil
		}
	}
	return 0, codec.Malformed(&codec.Path{Name: "content"}, "a string there or in text")
}

var output codec.JSON

// head begins an answer or a chunk.
func head(object, id string, created int64) *codec.JSON {
	return output.Start(`{"id":`).Quote(id).Put(`,"object":`).Quote(object).Put(`,"created":`).Int(created).
		Put(`,"model":`).Value(longmen.State().Get("model"))
}

// counts is the server's count of tokens, if it has one.
func counts(doc longmen.Value) (usage longmen.Value, known bool) {
	p, c := doc.Pointer("/usage/prompt_tokens"), doc.Pointer("/usage/completion_tokens")
	if p.Kind() != longmen.KindNumber || c.Kind() != longmen.KindNumber {
		return 0, false
	}
	return output.Start(`{"prompt_tokens":`).Int(p.Int()).Put(`,"completion_tokens":`).Int(c.Int()).
		Put(`,"total_tokens":`).Int(p.Int() + c.Int()).Put(`}`).Parse(), true
}

// answer turns an answer into one of chat completions.
func answer(doc longmen.Value) error {
	text, err := said(doc)
	if err != nil {
		return err
	}
	out := head("chat.completion", codec.RandomID("chatcmpl-", 24), longmen.NowMillis()/1000).
		Put(`,"choices":[{"index":0,"message":{"role":"assistant"},"finish_reason":"stop"}]}`).Parse()
	out.Pointer("/choices/0/message").Set("content", text)
	if usage, known := counts(doc); known {
		out.Set("usage", usage)
	}
	doc.Replace(out)
	return nil
}

// stream makes a client's stream: the server does not stream, so its whole answer comes as the only event.
func stream(doc longmen.Value) error {
	if !doc.Exists() {
		return nil
	}
	longmen.Drop()
	text, err := said(doc)
	if err != nil {
		return err
	}
	id, created := codec.RandomID("chatcmpl-", 24), longmen.NowMillis()/1000
	words := head("chat.completion.chunk", id, created).
		Put(`,"choices":[{"index":0,"delta":{"role":"assistant"},"finish_reason":null}]}`).Parse()
	words.Pointer("/choices/0/delta").Set("content", text)
	longmen.Emit(words, "")
	head("chat.completion.chunk", id, created).Put(`,"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`).Emit("")
	if usage, known := counts(doc); known && longmen.State().Get("usage").Bool() {
		last := head("chat.completion.chunk", id, created).Put(`,"choices":[]}`).Parse()
		last.Set("usage", usage)
		longmen.Emit(last, "")
	}
	return nil
}

func main() {}
