package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// anthropicBlock is one block's members; zero when absent.
type anthropicBlock struct {
	kind, text, source, title, content, cache, citations longmen.Value
	id, name, input, useID, failed, thinking, signature  longmen.Value
	context, toolName                                    longmen.Value
}

// readBlock finds a block's members by name.
func (r *messages) readBlock(a *anthropicBlock, v longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	for m := v.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "type":
			a.kind = m
		case "text":
			a.text = m
		case "source":
			a.source = m
		case "title":
			a.title = m
		case "content":
			a.content = m
		case "cache_control":
			a.cache = m
		case "citations":
			a.citations = m
		case "id":
			a.id = m
		case "name":
			a.name = m
		case "input":
			a.input = m
		case "tool_use_id":
			a.useID = m
		case "is_error":
			a.failed = m
		case "thinking":
			a.thinking = m
		case "signature":
			a.signature = m
		case "context":
			a.context = m
		case "tool_name":
			a.toolName = m
		case "caller", "data":
			// who called a tool, in blocks given back; redacted thinking is moved whole
		default:
			if err := r.unknown("messages[].content[]", name, m, at); err != nil {
				return err
			}
		}
	}
	if !a.kind.Exists() && v.Kind() != longmen.KindObject {
		return codec.Invalid(at, "expected a content block object")
	}
	return r.uncached(a.cache, at)
}

// hint puts a block's cache_control onto its part, and tells whether it has one.
func (r *messages) hint(part longmen.Value, a *anthropicBlock) bool {
	if !r.caches || a.cache.Kind() != longmen.KindObject {
		return false
	}
	part.Set("cache_control", a.cache)
	return true
}

// text adds a text part, unless it is empty.
func (r *messages) text(p *pieces, a *anthropicBlock, at *codec.Path) error {
	if !codec.Text(a.text) {
		if a.text.Kind() == longmen.KindString {
			return nil
		}
		return codec.InvalidIn(at, "text", "expected a string")
	}
	part := block(a.text)
	if r.hint(part, a) {
		p.add(part, 0)
		return nil
	}
	p.add(part, a.text)
	return nil
}

// part adds the parts for one block of a user or of a tool's result.
func (r *messages) part(p *pieces, a *anthropicBlock, at *codec.Path) error {
	switch string(codec.Word(a.kind)) {
	case "text":
		return r.text(p, a, at)
	case "image":
		where := at.Member("source")
		part, err := r.image(a.source, &where)
		if err != nil {
			return err
		}
		r.hint(part, a)
		p.add(part, 0)
		return nil
	case "document":
		return r.document(p, a, at)
	case "search_result":
		return r.found(p, a, at)
	}
	where := at.Member("type")
	if !a.kind.Exists() {
		return codec.Invalid(&where, "expected the type of the block")
	}
	return codec.Unsupported(&where, "expected text, image, document, search_result or tool_result: openai takes no other content")
}

// image is the image_url part for a source.
func (r *messages) image(source longmen.Value, at *codec.Path) (longmen.Value, error) {
	var kind, media, data, url longmen.Value
	for m := source.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "type":
			kind = m
		case "media_type":
			media = m
		case "data":
			data = m
		case "url":
			url = m
		}
	}
	switch string(codec.Word(kind)) {
	case "base64":
		name := codec.MediaType(string(codec.Word(media)))
		if len(name) < 7 || name[:6] != "image/" {
			return 0, codec.InvalidIn(at, "media_type", "expected a media type such as image/png")
		}
		v, ok := codec.NewDataURL(name, data)
		if !ok {
			return 0, codec.InvalidIn(at, "data", "expected base64")
		}
		url = v
	case "url":
		if n := url.Len(); n == 0 || n > maxURL || url.Kind() != longmen.KindString {
			return 0, codec.InvalidIn(at, "url", "expected a URL of at most 8192 bytes")
		}
	default:
		return 0, codec.UnsupportedIn(at, "type", "expected base64 or url: files of another store cannot be read")
	}
	part := longmen.NewJSON(`{"type":"image_url","image_url":{}}`)
	part.Get("image_url").Set("url", url)
	return part, nil
}

// document adds the parts for a document: a file, its text, or what it is made of.
func (r *messages) document(p *pieces, a *anthropicBlock, at *codec.Path) error {
	if a.citations.Get("enabled").Bool() {
		if err := r.lost("citations", at); err != nil {
			return err
		}
	}
	if codec.Text(a.context) {
		if err := r.lost("context", at); err != nil {
			return err
		}
	}
	where := at.Member("source")
	kind := a.source.Get("type")
	switch string(codec.Word(kind)) {
	case "text":
		a.text = a.source.Get("data")
		return r.text(p, a, &where)
	case "content":
		return r.inner(p, a.source.Get("content"), &where)
	case "base64":
		if codec.MediaType(string(codec.Word(a.source.Get("media_type")))) != "application/pdf" {
			return codec.UnsupportedIn(&where, "media_type", "expected application/pdf")
		}
		url, ok := codec.NewDataURL("application/pdf", a.source.Get("data"))
		if !ok {
			return codec.InvalidIn(&where, "data", "expected base64")
		}
		part := longmen.NewJSON(`{"type":"file","file":{"filename":"document.pdf"}}`)
		file := part.Get("file")
		if codec.Text(a.title) {
			file.Set("filename", a.title)
		}
		file.Set("file_data", url)
		r.hint(part, a)
		p.add(part, 0)
		return nil
	}
	return codec.UnsupportedIn(&where, "type", "expected base64, text or content: openai fetches no documents")
}

// inner adds the parts for the content of a document.
func (r *messages) inner(p *pieces, v longmen.Value, at *codec.Path) error {
	where := at.Member("content")
	switch v.Kind() {
	case longmen.KindString:
		return r.text(p, &anthropicBlock{text: v}, &where)
	case longmen.KindArray:
	default:
		return codec.Invalid(&where, "expected a string or an array of blocks")
	}
	i := 0
	for b, next := v.First(), longmen.Value(0); b.Exists(); b = next {
		next = b.Next()
		here := where.Element(i)
		i++
		var a anthropicBlock
		if err := r.readBlock(&a, b, &here); err != nil {
			return err
		}
		switch string(codec.Word(a.kind)) {
		case "text", "image":
		default:
			return codec.UnsupportedIn(&here, "type", "expected text or image")
		}
		if err := r.part(p, &a, &here); err != nil {
			return err
		}
	}
	return nil
}

// lost warns of a member of a block that OpenAI has no word for.
func (r *messages) lost(name string, at *codec.Path) error {
	here := at.Member(name)
	return r.WarnAt(&here, "messages[].content[]."+name, "not supported by openai")
}

// found adds a text part for a search result: its title, where it is from, and its texts.
func (r *messages) found(p *pieces, a *anthropicBlock, at *codec.Path) error {
	if a.citations.Get("enabled").Bool() {
		if err := r.lost("citations", at); err != nil {
			return err
		}
	}
	var text codec.Joined
	text.Add(a.title)
	if codec.Text(a.source) {
		text.AddString("\n")
		text.Add(a.source)
	}
	where := at.Member("content")
	i := 0
	for b := a.content.First(); b.Exists(); b = b.Next() {
		here := where.Element(i)
		i++
		if err := r.step(&here); err != nil {
			return err
		}
		if v := b.Get("text"); codec.Text(v) {
			text.AddString("\n")
			text.Add(v)
		}
	}
	v := text.Value()
	if !v.Exists() {
		return nil
	}
	return r.text(p, &anthropicBlock{text: v, cache: a.cache}, at)
}
