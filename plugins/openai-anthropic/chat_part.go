package openaianthropic

import (
	"bytes"
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// part is one content part's members; zero when absent.
type part struct {
	kind, text, refusal, image, file, cache, breakpoint longmen.Value
}

// readPart finds a part's members by name.
func (r *chat) readPart(p *part, v longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	for m := v.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "type":
			p.kind = m
			if native(m) {
				return nil // the block passes as it is
			}
		case "text":
			p.text = m
		case "refusal":
			p.refusal = m
		case "image_url":
			p.image = m
		case "file":
			p.file = m
		case "cache_control":
			p.cache = m
		case "prompt_cache_breakpoint":
			p.breakpoint = m
		case "annotations", "input_audio", "video_url":
		default:
			if err := r.unknown("messages[].content[]", name, m, at); err != nil {
				return err
			}
		}
	}
	if !p.kind.Exists() && v.Kind() != longmen.KindObject {
		return codec.Invalid(at, "expected a content part object")
	}
	return nil
}

// native tells whether a part's type is one of Anthropic's blocks, which some clients put into messages of
// OpenAI's.
func native(kind longmen.Value) bool {
	switch string(codec.Word(kind)) {
	case "tool_use", "tool_result", "thinking", "redacted_thinking":
		return true
	}
	return false
}

// cache puts the hint of a part onto its block.
func (p *part) mark(block longmen.Value) longmen.Value {
	switch {
	case p.cache.Kind() == longmen.KindObject:
		block.Set("cache_control", p.cache)
	case p.breakpoint.Exists() && !codec.Absent(p.breakpoint) && (p.breakpoint.Kind() != longmen.KindBool || p.breakpoint.Bool()):
		block.Set("cache_control", longmen.NewJSON(`{"type":"ephemeral"}`))
	}
	return block
}

// text is the block for a text part, or none for an empty text.
func (r *chat) text(p *part, at *codec.Path) (longmen.Value, error) {
	if blank(p.text) {
		if p.text.Kind() == longmen.KindString {
			return 0, nil
		}
		return 0, codec.InvalidIn(at, "text", "expected a string")
	}
	return p.mark(block(p.text)), nil
}

// parts are the blocks for a user's content, or, without results, for that of a tool.
func (r *chat) parts(v longmen.Value, at *codec.Path, results bool) (blocks []longmen.Value, err error) {
	switch v.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return blocks, nil
	case longmen.KindString:
		if !blank(v) {
			blocks = append(blocks, block(v))
		}
		return blocks, nil
	case longmen.KindArray:
	default:
		return blocks, codec.Invalid(at, "expected a string or an array of parts")
	}
	i := 0
	for e, next := v.First(), longmen.Value(0); e.Exists(); e = next {
		next = e.Next()
		here := at.Element(i)
		i++
		var p part
		if err := r.readPart(&p, e, &here); err != nil {
			return blocks, err
		}
		if results && p.kind.Is("tool_result") {
			if err := r.nativeResult(e, &here); err != nil {
				return blocks, err
			}
			continue
		}
		b, err := r.part(&p, &here)
		if err != nil {
			return blocks, err
		}
		if b.Exists() {
			blocks = append(blocks, b)
		}
	}
	return blocks, nil
}

// part is the block for one content part, or none for an empty text.
func (r *chat) part(p *part, at *codec.Path) (longmen.Value, error) {
	switch string(codec.Word(p.kind)) {
	case "text", "input_text":
		return r.text(p, at)
	case "image_url":
		where := at.Member("image_url")
		b, err := image(p.image, &where)
		if err != nil {
			return 0, err
		}
		return p.mark(b), nil
	case "file":
		where := at.Member("file")
		b, err := file(p.file, &where)
		if err != nil {
			return 0, err
		}
		return p.mark(b), nil
	}
	where := at.Member("type")
	if !p.kind.Exists() {
		return 0, codec.Invalid(&where, "expected the type of the content part")
	}
	return 0, codec.Unsupported(&where, "expected text, image_url or file: anthropic takes no other content")
}

const maxURL = 8 << 10 // bytes of a URL that is no data URL

// image is the block for an image_url: an object with a url, or the bare URL. What detail asks for,
// Anthropic decides by the image.
func image(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	url, where := v, *at
	if v.Kind() == longmen.KindObject {
		url, where = v.Get("url"), at.Member("url")
	}
	var buffer [codec.MaxHead]byte
	head := url.Prefix(buffer[:])
	switch {
	case len(head) == 0:
		return 0, codec.Invalid(&where, "expected a URL")
	case codec.IsDataURL(head):
		kind, data, err := codec.DataURL(url, head, &where)
		if err != nil {
			return 0, err
		}
		return inlineImage(kind, data, &where)
	case bytes.HasPrefix(head, []byte("https://")):
		if url.Len() > maxURL {
			return 0, codec.Invalid(&where, "expected a URL of at most 8192 bytes")
		}
		b := longmen.NewJSON(`{"type":"image","source":{"type":"url"}}`)
		b.Get("source").Set("url", url)
		return b, nil
	}
	return 0, codec.Unsupported(&where, "expected a data: or https: URL")
}

// inlineImage is the block that takes the base64 of an image over.
func inlineImage(kind string, data longmen.Value, at *codec.Path) (longmen.Value, error) {
	switch kind {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
		b := longmen.NewJSON(`{"type":"image","source":{"type":"base64","media_type":"` + kind + `"}}`)
		b.Get("source").Set("data", data)
		return b, nil
	}
	return 0, codec.Unsupported(at, "expected image/jpeg, image/png, image/gif or image/webp: anthropic takes no other images")
}

// filesBeta is the header that Anthropic's store of files asks for.
const filesBeta = "files-api-2025-04-14"

// file is the block for a file, with its data or by its id in Anthropic's store.
func file(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	var data, id, name longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "file_data":
			data = m
		case "file_id":
			id = m
		case "filename":
			name = m
		}
	}
	if codec.Absent(data) {
		if !codec.Text(id) {
			return 0, codec.InvalidIn(at, "file_data", "expected file_data or file_id")
		}
		longmen.SetHeader("anthropic-beta", filesBeta)
		b := longmen.NewJSON(`{"type":"document","source":{"type":"file"}}`)
		b.Get("source").Set("file_id", id)
		return b, nil
	}
	where := at.Member("file_data")
	var buffer [codec.MaxHead]byte
	head := data.Prefix(buffer[:])
	kind := ""
	if codec.IsDataURL(head) {
		var err error
		if kind, data, err = codec.DataURL(data, head, &where); err != nil {
			return 0, err
		}
	} else {
		if name.Len() <= maxURL {
			kind = codec.TypeByExtension(name.String())
		}
		if kind == "" {
			return 0, codec.UnsupportedIn(at, "filename", "expected a file extension that tells the media type, such as .pdf")
		}
		if n := data.Len(); data.Kind() != longmen.KindString || !codec.Base64Like(n, head) {
			return 0, codec.Invalid(&where, "expected base64")
		}
	}
	return document(kind, data, name, &where)
}

// maxText bounds the base64 of a text file, in bytes: unlike other files it is decoded.
const maxText = 6 << 20

// document is the block that takes the base64 of a file over.
func document(kind string, data, name longmen.Value, at *codec.Path) (longmen.Value, error) {
	var b longmen.Value
	switch {
	case len(kind) > 6 && kind[:6] == "image/":
		return inlineImage(kind, data, at)
	case kind == "application/pdf":
		b = longmen.NewJSON(`{"type":"document","source":{"type":"base64","media_type":"application/pdf"}}`)
		b.Get("source").Set("data", data)
	case len(kind) > 5 && kind[:5] == "text/", kind == "application/json":
		if data.Len() > maxText {
			return 0, codec.Invalid(at, "expected a text of at most 6 MiB of base64")
		}
		text, ok := codec.DecodeBase64(nil, data.AppendString(nil))
		if !ok || !utf8.Valid(text) || len(text) == 0 {
			return 0, codec.Invalid(at, "expected base64 of a text in UTF-8")
		}
		b = longmen.NewJSON(`{"type":"document","source":{"type":"text","media_type":"text/plain"}}`)
		b.Get("source").Set("data", longmen.NewString(codec.View(text)))
	default:
		return 0, codec.Unsupported(at, "expected a PDF, a text or an image: anthropic takes no other files")
	}
	if codec.Text(name) {
		b.Set("title", name)
	}
	return b, nil
}
