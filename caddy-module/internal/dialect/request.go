package dialect

import (
	"bytes"
	"strings"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Request is what a request says of itself. Counting images walks through all messages, so it is a
// method of its own.
type Request struct {
	Model     string
	Stream    bool
	MaxTokens int // 0 when the request names none
	Messages  int
	Tools     int
	User      string // the end user, as the client names it
	JSON      bool   // the answer's words are to be JSON
}

// condition holds when something is at a path and passes a test.
type condition struct {
	at    path
	words test
}

func (c *condition) holds(a *document.Arena, root document.Node) bool {
	n := c.at.find(a, root)
	return n != 0 && c.words.accepts(a, n)
}

// condition compiles "a.path" or "a.path=word|word".
func (c *compiler) condition(s string) (out condition) {
	at, words, tested := strings.Cut(s, "=")
	if out.at = c.path(at); tested {
		out.words = c.test(at + "=" + words)
	}
	return out
}

type image struct {
	at     path
	prefix string
}

// ReadRequest reads what a request document and its path say. Values of a wrong kind count as absent.
func (d *Dialect) ReadRequest(a *document.Arena, root document.Node, m Match) Request {
	r := Request{Model: m.Model, Stream: m.Stream}
	if n := d.model.find(a, root); n != 0 {
		r.Model = a.String(n)
	}
	if !m.StreamKnown {
		r.Stream = d.streams(a, root)
	}
	if n := findAny(d.maxTokens, a, root); n != 0 {
		if v, ok := a.Float(n); ok && v > 0 {
			r.MaxTokens = int(min(v, 1<<53))
		}
	}
	if n := d.messages.find(a, root); a.Kind(n) == abi.KindArray {
		r.Messages = a.Len(n)
	}
	for _, p := range d.tools {
		p.each(a, root, func(n document.Node) {
			if a.Kind(n) == abi.KindArray {
				r.Tools += a.Len(n)
			}
		})
	}
	if n := findAny(d.user, a, root); n != 0 {
		r.User = a.String(n)
	}
	for i := range d.json {
		if d.json[i].holds(a, root) {
			r.JSON = true
		}
	}
	return r
}

// streams tells whether a request document asks for a stream.
func (d *Dialect) streams(a *document.Arena, root document.Node) bool {
	if v, ok := a.Bool(d.stream.find(a, root)); ok {
		return v
	}
	return d.desc.Request.Streams
}

// Images counts the images of a request.
func (d *Dialect) Images(a *document.Arena, root document.Node) int {
	count := 0
	for i := range d.images {
		im := &d.images[i]
		im.at.each(a, root, func(n document.Node) {
			switch t, _ := a.Text(n); {
			case im.prefix != "":
				if bytes.HasPrefix(t, []byte(im.prefix)) {
					count++
				}
			case a.Kind(n) != abi.KindNull:
				count++
			}
		})
	}
	return count
}

// Texts calls yield for each text of the prompt in order until it returns false: all text of all messages
// and of the system prompt, arguments and results of tool calls included; definitions, names and
// settings not. The slice is valid during the call. Arguments that are JSON inside a string come as
// that JSON.
func (d *Dialect) Texts(a *document.Arena, root document.Node, yield func(text []byte) bool) {
	for _, s := range d.Sites(nil, PhaseRequest, a, root) {
		if !s.Aside && s.Form <= FormTree && !texts(a, s.Node, yield) {
			return
		}
	}
}

// texts calls f for the strings at and below n.
func texts(a *document.Arena, n document.Node, f func([]byte) bool) bool {
	switch a.Kind(n) {
	case abi.KindString:
		t, _ := a.Text(n)
		return f(t)
	case abi.KindArray, abi.KindObject:
		for c := a.First(n); c != 0; c = a.Next(c) {
			if !texts(a, c, f) {
				return false
			}
		}
	}
	return true
}

// Foreign tells whether a request may carry in its history what only the gateway has put into translated
// answers of other providers, and a provider of this dialect would refuse.
func (d *Dialect) Foreign(body []byte) bool {
	for _, mark := range d.desc.Foreign {
		if bytes.Contains(body, []byte(mark)) {
			return true
		}
	}
	return false
}

// SetModel writes the model's name into a request document; where the URL carries it, only into members
// that repeat it.
func (d *Dialect) SetModel(a *document.Arena, root document.Node, model string) error {
	var err error
	for _, p := range d.models {
		name, _ := d.modelPath(model)
		p.each(a, root, func(n document.Node) {
			if err == nil && !a.Is(n, name) {
				err = a.Replace(n, a.NewString([]byte(name)))
			}
		})
	}
	if err != nil {
		return err
	}
	return set(a, root, d.model, a.NewString([]byte(model)))
}

// SetStream writes the stream flag into a request document; nothing where the URL carries it.
func (d *Dialect) SetStream(a *document.Arena, root document.Node, stream bool) error {
	if d.streams(a, root) == stream {
		return nil
	}
	return set(a, root, d.stream, a.NewBool(stream))
}

// set puts v at a path of one step.
func set(a *document.Arena, root document.Node, p path, v document.Node) error {
	if len(p) == 0 {
		return nil
	}
	for _, step := range p[:len(p)-1] {
		root = a.Get(root, step[0])
	}
	return a.Set(root, p[len(p)-1][0], v)
}
