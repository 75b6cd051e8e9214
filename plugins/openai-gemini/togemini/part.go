package togemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// part is one content part's members; zero when absent.
type part struct {
	kind, text, refusal, image, video, audio, file longmen.Value
}

// readPart finds a part's members by name.
func (r *request) readPart(p *part, v longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	for m := v.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "type":
			p.kind = m
		case "text":
			p.text = m
		case "refusal":
			p.refusal = m
		case "image_url":
			p.image = m
		case "video_url":
			p.video = m
		case "input_audio":
			p.audio = m
		case "file":
			p.file = m
		case "cache_control", "annotations", "prompt_cache_breakpoint":
			// hints
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

// parts appends a user's content to parts and tells how many it appended.
func (r *request) parts(parts, content longmen.Value, at *codec.Path) (n int, err error) {
	switch content.Kind() {
	case longmen.KindInvalid, longmen.KindNull, longmen.KindString: // a string that is not empty never comes here
		return 0, nil
	case longmen.KindArray:
	default:
		return 0, codec.Invalid(at, "expected a string or an array of parts")
	}
	i := 0
	for v, next := content.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		i++
		made, err := r.part(v, &here)
		if err != nil {
			return n, err
		}
		if made.Exists() {
			parts.Append(made)
			n++
		}
	}
	return n, nil
}

// part is the Gemini part for one content part, or none for an empty text.
func (r *request) part(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	var p part
	if err := r.readPart(&p, v, at); err != nil {
		return 0, err
	}
	switch string(codec.Word(p.kind)) {
	case "text", "input_text":
		if !codec.Text(p.text) {
			if p.text.Kind() == longmen.KindString {
				return 0, nil
			}
			where := at.Member("text")
			return 0, codec.Invalid(&where, "expected a string")
		}
		made := longmen.NewObject()
		made.Set("text", p.text)
		return made, nil
	case "image_url":
		where := at.Member("image_url")
		return r.media(p.image, &where)
	case "video_url":
		where := at.Member("video_url")
		return r.media(p.video, &where)
	case "input_audio":
		where := at.Member("input_audio")
		return r.audio(p.audio, &where)
	case "file":
		where := at.Member("file")
		return r.file(p.file, &where)
	}
	where := at.Member("type")
	if !p.kind.Exists() {
		return 0, codec.Invalid(&where, "expected the type of the content part")
	}
	return 0, codec.Unsupported(&where, "expected text, image_url, input_audio or file: gemini takes no other content")
}
