package toopenai

import (
	"bytes"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

const (
	maxURL  = 8 << 10 // bytes of a URL
	maxName = 255     // bytes of a file's name
)

// inline is the content part for inlineData: an image, sound, or a PDF document.
func (r *request) inline(v, resolution longmen.Value, at *codec.Path) (longmen.Value, error) {
	var kind, data, name longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(field(m)) {
		case "mimeType":
			kind = m
		case "data":
			data = m
		case "displayName":
			name = m
		}
	}
	mime := codec.MediaType(string(bytes.TrimSpace(cut(codec.Word(kind), ';'))))
	switch format := soundFormat(mime); {
	case format != "":
		if !looksEncoded(data) {
			break
		}
		made := longmen.NewJSON(`{"type":"input_audio","input_audio":{"format":"` + format + `"}}`)
		made.Get("input_audio").Set("data", data)
		return made, nil
	case len(mime) > 6 && mime[:6] == "image/":
		url, ok := codec.NewDataURL(mime, data)
		if !ok {
			break
		}
		return image(url, resolution), nil
	case mime == "application/pdf":
		url, ok := codec.NewDataURL(mime, data)
		if !ok {
			break
		}
		made := longmen.NewJSON(`{"type":"file","file":{"filename":"document.pdf"}}`)
		f := made.Get("file")
		if codec.Text(name) && name.Len() <= maxName {
			f.Set("filename", name)
		}
		f.Set("file_data", url)
		return made, nil
	default:
		where := at.Member("mimeType")
		return 0, unsupported(&where, "expected an image, audio/wav, audio/mp3 or application/pdf: openai takes no other media")
	}
	where := at.Member("data")
	return 0, invalid(&where, "expected base64")
}

// file is the content part for fileData: an image that the provider fetches itself.
func (r *request) file(v, resolution longmen.Value, at *codec.Path) (longmen.Value, error) {
	var kind, uri longmen.Value
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(field(m)) {
		case "mimeType":
			kind = m
		case "fileUri":
			uri = m
		}
	}
	where := at.Member("fileUri")
	if uri.Len() > maxURL {
		return 0, invalid(&where, "expected a URL of at most 8192 bytes")
	}
	name := uri.String()
	if len(name) < 9 || name[:8] != "https://" || owned(name[8:]) {
		return 0, unsupported(&where, "expected an https: URL: the provider cannot read files of google's")
	}
	mime := codec.MediaType(string(codec.Word(kind)))
	if mime == "" {
		mime = codec.TypeByExtension(string(cut(cut([]byte(name), '?'), '#')))
	}
	if len(mime) < 6 || mime[:6] != "image/" {
		where := at.Member("mimeType")
		return 0, unsupported(&where, "expected an image: openai fetches nothing else")
	}
	return image(uri, resolution), nil
}

// owned tells of a URL without its scheme whether only Google can read it: the Files API.
func owned(rest string) bool {
	const host = "generativelanguage.googleapis.com/"
	return len(rest) >= len(host) && rest[:len(host)] == host
}

// image is the image_url part that takes the URL over.
func image(url, resolution longmen.Value) longmen.Value {
	made := longmen.NewJSON(`{"type":"image_url","image_url":{}}`)
	inner := made.Get("image_url")
	inner.Set("url", url)
	if resolution.Kind() == longmen.KindObject {
		resolution = resolution.Get("level")
	}
	switch string(codec.Word(resolution)) {
	case "MEDIA_RESOLUTION_LOW":
		inner.SetString("detail", "low")
	case "MEDIA_RESOLUTION_HIGH", "MEDIA_RESOLUTION_ULTRA_HIGH":
		inner.SetString("detail", "high")
	}
	return made
}

// soundFormat is OpenAI's name of a kind of sound, "" if it takes none such.
func soundFormat(mime string) string {
	switch mime {
	case "audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave":
		return "wav"
	case "audio/mp3", "audio/mpeg":
		return "mp3"
	}
	return ""
}

func looksEncoded(data longmen.Value) bool {
	var head [64]byte
	return data.Kind() == longmen.KindString && codec.Base64Like(data.Len(), data.Prefix(head[:]))
}

// cut is what stands before the first c.
func cut(b []byte, c byte) []byte {
	if i := bytes.IndexByte(b, c); i >= 0 {
		return b[:i]
	}
	return b
}
