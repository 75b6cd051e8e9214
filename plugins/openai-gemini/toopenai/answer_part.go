package toopenai

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/plugins/openai-gemini/memory"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// parts is the content of a candidate that is being put together.
type parts struct {
	list    longmen.Value
	spoken  longmen.Value // the last text part that is no thought
	called  longmen.Value // the first function call
	signed  bool          // some part has a signature
	vouched bool          // some call has one
}

func newParts() parts { return parts{list: longmen.NewArray()} }

func (p *parts) text(v longmen.Value) longmen.Value {
	part := longmen.NewObject()
	part.Set("text", v)
	p.list.Append(part)
	return part
}

// sign puts a signature on the text, or on an empty one.
func (p *parts) sign(s longmen.Value) {
	if !s.Exists() {
		return
	}
	if !p.spoken.Exists() {
		p.spoken = longmen.NewJSON(`{"text":""}`)
		p.list.Append(p.spoken)
	}
	p.spoken.Set("thoughtSignature", s)
	p.signed = true
}

// seal puts thinking blocks on the first call, or on the text. Signatures of Gemini's come first: both come
// from no provider.
func (p *parts) seal(blocks longmen.Value) {
	if p.signed || !blocks.Exists() {
		return
	}
	s := seal(blocks)
	if !s.Exists() {
		return
	}
	if p.called.Exists() {
		p.called.Set("thoughtSignature", s)
		p.vouched = true
		return
	}
	p.sign(s)
}

// call appends a function call; false if its arguments are no JSON object.
func (p *parts) call(id, function, sign longmen.Value) bool {
	var name, arguments longmen.Value
	for m := function.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "name":
			name = m
		case "arguments":
			arguments = m
		}
	}
	return p.made(id, name, arguments, sign)
}

func (p *parts) made(id, name, arguments, sign longmen.Value) bool {
	if !codec.Text(name) {
		return false
	}
	args := arguments
	if arguments.Kind() != longmen.KindObject {
		if codec.Text(arguments) {
			var ok bool
			if args, ok = arguments.Parse(); args.Kind() == longmen.KindNull {
				args = longmen.NewObject() // as some servers say that there are none
			} else if !ok || args.Kind() != longmen.KindObject {
				return false
			}
		} else {
			args = longmen.NewObject()
		}
	}
	part := longmen.NewJSON(`{"functionCall":{}}`)
	f := part.First()
	if codec.Text(id) {
		f.Set("id", id)
	}
	f.Set("name", codec.Restore(name, memory.Value("/x/names")).Copy())
	f.Set("args", args)
	if sign.Exists() {
		part.Set("thoughtSignature", sign)
		p.signed, p.vouched = true, true
	}
	if !p.called.Exists() {
		p.called = part
	}
	p.list.Append(part)
	return true
}

// image appends the part for an images[] element: inlineData, or fileData for one that has to be fetched.
func (p *parts) image(v longmen.Value) {
	url := v.Pointer("/image_url/url")
	var buffer [codec.MaxHead]byte
	head := url.Prefix(buffer[:])
	if !codec.IsDataURL(head) {
		p.link(url)
		return
	}
	comma := 0
	for comma < len(head) && head[comma] != ',' && head[comma] != ';' {
		comma++
	}
	kind := codec.MediaType(string(head[len("data:"):max(comma, len("data:"))]))
	for comma < len(head) && head[comma] != ',' {
		comma++
	}
	if kind == "" || comma == len(head) {
		return
	}
	part := longmen.NewJSON(`{"inlineData":{"mimeType":"` + kind + `"}}`)
	part.First().Set("data", url.Slice(comma+1, url.Len()-comma-1))
	p.list.Append(part)
}

// link appends the fileData part for an image that lies elsewhere.
func (p *parts) link(url longmen.Value) {
	if url.Len() == 0 || url.Len() > maxURL {
		return
	}
	kind := codec.TypeByExtension(string(cut(cut([]byte(url.String()), '?'), '#')))
	if kind == "" {
		kind = "image/png"
	}
	part := longmen.NewJSON(`{"fileData":{"mimeType":"` + kind + `"}}`)
	part.First().Set("fileUri", url)
	p.list.Append(part)
}

// candidate is the candidate with these parts. Clients look at the first part, so there is one. Calls that no
// provider signed carry Gemini's own stand-in, for the case that the session goes on at a Gemini.
func (p *parts) candidate(index int, reason string) longmen.Value {
	if p.called.Exists() && !p.vouched {
		p.called.SetString("thoughtSignature", unsigned)
	}
	if !p.list.First().Exists() {
		p.list.Append(longmen.NewJSON(`{"text":""}`))
	}
	b := add(output[:0], `{"content":{"parts":[],"role":"model"},"finishReason":"`)
	b = append(b, reason...)
	if reason == malformed {
		b = add(b, `","finishMessage":"the arguments of a function call are no JSON object`)
	}
	b = add(b, `","index":`)
	b = addInt(b, int64(index))
	made := parsed(append(b, '}'))
	made.Get("content").Set("parts", p.list)
	return made
}
