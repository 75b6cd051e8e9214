// Package shape tells what an answer looks like without what it says: how it ended, which tools it calls, how long its
// text is and whether that is JSON. Package gateway compares answers of several models by it.
package shape

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Bounds of what is kept while an answer is looked at.
const (
	maxTools  = 64        // calls whose names are compared
	maxText   = 256 << 10 // bytes of a text that is judged whether it is JSON
	maxFinish = 32        // bytes of the word for how it ended
)

// Shape is what an answer looks like.
type Shape struct {
	Finish string   // how it ended, in its dialect's own word; "" when it does not say, "other" for what is no word
	Tools  []string // names of the tools that it calls, in order; they are the model's words, so they are compared and not told
	Calls  int      // number of calls
	Chars  int      // characters (code points) of its text, without thoughts
	JSON   bool     // the text is a JSON object or array
	Events int      // of a stream
}

// Of reads the bytes of an answer in dialect d, as a client gets them. The error is of bytes that are no such answer, or not all of it.
func Of(d *dialect.Dialect, contentType string, body []byte) (Shape, error) {
	r := reader{dialect: d}
	kind, streams := framing.KindOf(contentType)
	if !streams {
		root, err := r.arena.Parse(body)
		if err != nil {
			return Shape{}, err
		}
		r.look(root)
		for n := r.arena.First(root); n != 0 && r.arena.Kind(root) == abi.KindArray; n = r.arena.Next(n) {
			r.look(n)
		}
		return r.end(), nil
	}
	events := framing.Open(kind, bytes.NewReader(body), 0)
	for {
		e, err := events.Next()
		if errors.Is(err, io.EOF) {
			return r.end(), nil
		}
		if err != nil {
			return Shape{}, err
		}
		if e.Comment || len(e.Data) == 0 || string(e.Data) == d.Done {
			continue
		}
		r.arena.Reset()
		root, err := r.arena.Parse(e.Data)
		if err != nil {
			return Shape{}, err
		}
		r.shape.Events++
		r.look(root)
	}
}

// Differs names what is not alike: finish, tools, json, and text where only one of both has any.
func (s *Shape) Differs(o *Shape) (names []string) {
	for _, part := range []struct {
		name string
		same bool
	}{
		{"finish", s.Finish == o.Finish},
		{"tools", s.Calls == o.Calls && slices.Equal(s.Tools, o.Tools)},
		{"json", s.JSON == o.JSON},
		{"text", s.Chars == 0 == (o.Chars == 0)},
	} {
		if !part.same {
			names = append(names, part.name)
		}
	}
	return names
}

// reader gathers a shape.
type reader struct {
	dialect *dialect.Dialect
	arena   document.Arena
	shape   Shape
	text    []byte // its beginning, while it may be JSON
	long    bool   // there is more of it
}

// look takes in one document: a whole answer or an event.
func (r *reader) look(root document.Node) {
	switch r.dialect.Name {
	case "openai.chat", "openai.completions":
		r.chat(root)
	case "openai.responses":
		r.responses(root)
	case "anthropic.messages":
		r.anthropic(root)
	case "gemini.generate":
		r.gemini(root)
	case "ollama.chat", "ollama.generate":
		r.ollama(root)
	}
}

// said takes in a piece of text.
func (r *reader) said(n document.Node) {
	if n == 0 || r.arena.Kind(n) != abi.KindString {
		return
	}
	s := r.arena.String(n)
	r.shape.Chars += utf8.RuneCountInString(s)
	if room := maxText - len(r.text); len(s) > room {
		r.long = true
	} else {
		r.text = append(r.text, s...)
	}
}

// calls takes in the call of a tool.
func (r *reader) calls(name document.Node) {
	r.shape.Calls++
	if len(r.shape.Tools) < maxTools {
		r.shape.Tools = append(r.shape.Tools, r.arena.String(name))
	}
}

// ends takes in the word for how the answer ended.
func (r *reader) ends(n document.Node) {
	if n == 0 || r.arena.Kind(n) != abi.KindString {
		return
	}
	s := r.arena.String(n)
	odd := func(c rune) bool { return c != '_' && (c < 'a' || 'z' < c) && (c < 'A' || 'Z' < c) }
	if s == "" || len(s) > maxFinish || strings.ContainsFunc(s, odd) {
		s = "other"
	}
	r.shape.Finish = s
}

func (r *reader) end() Shape {
	text := bytes.TrimSpace(r.text)
	r.shape.JSON = !r.long && len(text) > 0 && (text[0] == '{' || text[0] == '[') && json.Valid(text)
	return r.shape
}
