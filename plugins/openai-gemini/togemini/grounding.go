package togemini

import (
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/plugins/openai-gemini/memory"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

const (
	maxSupports = 512     // supports of one answer
	maxGrounded = 1 << 20 // bytes of a text whose citations are placed
)

// grounded is the text of an answer in which citations are to be placed. Gemini counts bytes inside of a
// part, a client of OpenAI's counts characters of the whole content.
type grounded struct {
	text  []byte
	parts []int // where in text each part begins; none in a stream, whose offsets are of the whole
	runes []int // characters before each 64th byte; nil until needed, and for plain ASCII
}

// part adds a part of the content.
func (g *grounded) part(text longmen.Value) {
	g.parts = append(g.parts, len(g.text))
	if len(g.text) < maxGrounded {
		g.text = text.AppendString(g.text)
	}
}

const stride = 64

// measure counts the characters.
func (g *grounded) measure() {
	n := 0
	for i, c := range g.text {
		if i%stride == 0 {
			g.runes = append(g.runes, n)
		}
		if utf8.RuneStart(c) {
			n++
		}
	}
}

// character is the place of a byte in characters.
func (g *grounded) character(at int) int {
	at = min(max(at, 0), len(g.text))
	if g.runes == nil {
		g.measure()
	}
	if len(g.runes) == 0 {
		return 0
	}
	i := min(at/stride, len(g.runes)-1)
	n := g.runes[i]
	for _, c := range g.text[i*stride : at] {
		if utf8.RuneStart(c) {
			n++
		}
	}
	return n
}

// annotations are the citations of groundingMetadata; 0 if there are none.
func (g *grounded) annotations(metadata longmen.Value) longmen.Value {
	chunks := metadata.Get("groundingChunks")
	var list longmen.Value
	n := 0
	for s := metadata.Get("groundingSupports").First(); s.Exists() && n < maxSupports; s = s.Next() {
		var start, end, part int64
		for m := s.Get("segment").First(); m.Exists(); m = m.Next() {
			switch string(codec.Key(m)) {
			case "startIndex":
				start = m.Int()
			case "endIndex":
				end = m.Int()
			case "partIndex":
				part = m.Int()
			}
		}
		base := 0
		if part >= 0 && part < int64(len(g.parts)) {
			base = g.parts[part]
		}
		from, to := g.character(base+offset(start)), g.character(base+offset(end))
		for i := s.Get("groundingChunkIndices").First(); i.Exists() && n < maxSupports; i = i.Next() {
			source := chunks.Index(int(min(max(i.Int(), 0), maxSupports)))
			made := citation(source, from, to)
			if !made.Exists() {
				continue
			}
			if n++; n == 1 {
				list = longmen.NewArray()
			}
			list.Append(made)
		}
	}
	return list
}

func offset(n int64) int { return int(min(max(n, 0), maxGrounded)) }

// citation is the annotation for one source.
func citation(source longmen.Value, from, to int) longmen.Value {
	page := source.Get("web")
	if !page.Exists() {
		if page = source.Get("retrievedContext"); !page.Exists() {
			page = source.Get("maps")
		}
	}
	uri, title := page.Get("uri"), page.Get("title")
	if !codec.Text(uri) {
		return 0
	}
	made := longmen.NewJSON(`{"type":"url_citation","url_citation":{}}`)
	c := made.Get("url_citation")
	c.SetInt("start_index", int64(from))
	c.SetInt("end_index", int64(to))
	if codec.Text(title) {
		c.Set("title", title.Copy())
	} else {
		c.SetString("title", "")
	}
	c.Set("url", uri.Copy()) // other supports may name it, too
	return made
}

// ground reads the text of a whole candidate.
func ground(c *candidate, at *codec.Path) (g grounded) {
	var sp speech
	for sp.begin(c, at); sp.next(); {
		switch s := &sp.said; {
		case s.thought || s.call.Exists() || s.inline.Exists():
			g.part(0)
		case s.text.Exists():
			g.part(s.text)
		default:
			g.part(s.fenced())
		}
	}
	return g
}

// A stream's citations come with its last events, of texts that went out long before: where a search was
// asked for, the exchange's state keeps the text until the end.

// hear keeps a piece of a choice's text.
func (s *stream) hear(c *choice, text longmen.Value) {
	if s.search {
		s.list("w", c).Append(text)
	}
}

// list is what the state keeps for a choice under a letter: a list that starts empty.
func (s *stream) list(kind string, c *choice) longmen.Value {
	name := place(kind, c)
	v := memory.Value("/x/" + name)
	if !v.Exists() {
		x := memory.Object()
		x.Set(name, longmen.NewArray())
		v = x.Get(name)
	}
	return v
}

// cite emits the citations of a choice that ends.
func (s *stream) cite(c *choice) {
	if !s.search {
		return
	}
	metadata := memory.Value("/x/" + place("g", c))
	if !metadata.Exists() {
		return
	}
	var g grounded
	if heard := memory.Value("/x/" + place("w", c)); heard.Exists() {
		g.text = heard.Join().AppendString(nil)
	}
	list := g.annotations(metadata)
	if !list.Exists() {
		return
	}
	s.open(c)
	b := add(s.chunk(c), `"annotations":[]`)
	chunk := codec.Parsed(append(b, goesOn...))
	chunk.Pointer("/choices/0/delta").Set("annotations", list)
	longmen.Emit(chunk, "")
}
