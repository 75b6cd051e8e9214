package openaigemini

import (
	"bytes"
	"strings"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

const (
	maxHead    = 1024    // bytes of a data URL before its comma
	maxURL     = 8 << 10 // bytes of any other URL
	maxPercent = 1 << 20 // bytes of a data URL that has to be encoded anew
)

// media is the Gemini part for an image_url or video_url: an object with a url, or the bare URL.
func (r *request) media(v longmen.Value, at *path) (longmen.Value, error) {
	url, detail, where := v, longmen.Value(0), *at
	if v.Kind() == longmen.KindObject {
		url, detail, where = v.Get("url"), v.Get("detail"), at.member("url")
	}
	made, err := r.link(url, &where)
	if err != nil || absent(detail) {
		return made, err
	}
	level := ""
	switch string(word(detail)) {
	case "auto":
		return made, nil
	case "low":
		level = "MEDIA_RESOLUTION_LOW"
	case "high", "original":
		level = "MEDIA_RESOLUTION_HIGH"
	default:
		where := at.member("detail")
		return 0, invalid(&where, "expected auto, low or high")
	}
	if r.to.media { // older models know no resolution of a single part
		made.Set("mediaResolution", longmen.NewJSON(`{"level":"`+level+`"}`))
	}
	return made, nil
}

// link is the Gemini part for a URL. The bytes of a data URL stay in the gateway: the plugin looks at
// the head and at the end, and the rest moves as a slice.
func (r *request) link(url longmen.Value, at *path) (longmen.Value, error) {
	var buffer [maxHead]byte
	head := url.Prefix(buffer[:])
	switch {
	case len(head) == 0:
		return 0, invalid(at, "expected a URL")
	case len(head) >= 5 && strings.EqualFold(string(head[:5]), "data:"):
		return r.data(url, head, at)
	case bytes.HasPrefix(head, []byte("https://")), bytes.HasPrefix(head, []byte("gs://")):
		return r.remote(url, at)
	}
	return 0, unsupported(at, "expected a data: or https: URL")
}

// data is the inlineData part for a data URL (RFC 2397).
func (r *request) data(url longmen.Value, head []byte, at *path) (longmen.Value, error) {
	comma := bytes.IndexByte(head, ',')
	if comma < 0 {
		return 0, invalid(at, "expected data:<type>;base64,<data>")
	}
	kind, encoded := string(head[len("data:"):comma]), false
	if i := strings.IndexByte(kind, ';'); i >= 0 {
		options := kind[i:]
		kind = kind[:i]
		encoded = len(options) >= 7 && strings.EqualFold(options[len(options)-7:], ";base64")
	}
	kind = mediaType(kind)
	if kind == "" {
		return 0, invalid(at, "expected a media type such as image/png in the data URL")
	}
	if !encoded {
		return r.percent(url, comma+1, kind, at)
	}
	n := url.Len() - comma - 1
	if !base64Like(n, head[comma+1:]) {
		return 0, invalid(at, "expected base64 after the comma of the data URL")
	}
	return inline(kind, url.Slice(comma+1, n)), nil
}

// inline is an inlineData part that takes the base64 string over. kind is clean.
func inline(kind string, data longmen.Value) longmen.Value {
	made := longmen.NewJSON(`{"inlineData":{"mimeType":"` + kind + `"}}`)
	made.First().Set("data", data)
	return made
}

// mediaType is the media type in the spelling that Gemini takes, or "" if it is none.
func mediaType(kind string) string {
	kind = strings.ToLower(kind)
	if i := strings.IndexByte(kind, '/'); i <= 0 || i == len(kind)-1 || len(kind) > 127 {
		return ""
	}
	for i := 0; i < len(kind); i++ {
		switch c := kind[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', strings.IndexByte("/.+-_", c) >= 0:
		default:
			return ""
		}
	}
	if kind == "image/jpg" {
		return "image/jpeg"
	}
	return kind
}

// base64Like looks at the length and at the head, or, if that is all, the whole of n bytes. What is
// wrong in the middle of megabytes is the provider's to find, which answers 400 too.
func base64Like(n int, head []byte) bool {
	if n == 0 || n%4 == 1 {
		return false
	}
	if len(head) < n {
		return digitsOnly(head)
	}
	digits := bytes.TrimRight(head, "=")
	pad := n - len(digits)
	if pad > 2 || pad > 0 && n%4 != 0 {
		return false
	}
	return len(digits) > 0 && digitsOnly(digits)
}

// digitsOnly tells whether all bytes are digits of base64 or of its URL-safe alphabet.
func digitsOnly(b []byte) bool {
	for _, c := range b {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9',
			c == '+', c == '/', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

// percent encodes a data URL anew that holds its bytes percent-encoded, as SVG often does.
func (r *request) percent(url longmen.Value, start int, kind string, at *path) (longmen.Value, error) {
	if url.Len() > maxPercent {
		return 0, unsupported(at, "expected base64 in a data URL of this size")
	}
	raw := url.AppendString(nil)[start:]
	plain := raw[:0]
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c == '%' {
			if i+2 >= len(raw) {
				return 0, invalid(at, "expected two hexadecimal digits after each %")
			}
			hi, lo := hexDigit(raw[i+1]), hexDigit(raw[i+2])
			if hi > 15 || lo > 15 {
				return 0, invalid(at, "expected two hexadecimal digits after each %")
			}
			c = hi<<4 | lo
			i += 2
		}
		plain = append(plain, c)
	}
	if len(plain) == 0 {
		return 0, invalid(at, "expected data after the comma of the data URL")
	}
	return inline(kind, longmen.NewString(string(appendBase64(nil, plain)))), nil
}

func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

// appendBase64 is the standard encoding; package encoding/base64 would bring in 60 KB.
func appendBase64(dst, src []byte) []byte {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for len(src) >= 3 {
		n := uint(src[0])<<16 | uint(src[1])<<8 | uint(src[2])
		dst = append(dst, alphabet[n>>18], alphabet[n>>12&63], alphabet[n>>6&63], alphabet[n&63])
		src = src[3:]
	}
	switch len(src) {
	case 1:
		n := uint(src[0]) << 16
		dst = append(dst, alphabet[n>>18], alphabet[n>>12&63], '=', '=')
	case 2:
		n := uint(src[0])<<16 | uint(src[1])<<8
		dst = append(dst, alphabet[n>>18], alphabet[n>>12&63], alphabet[n>>6&63], '=')
	}
	return dst
}

// remote is the fileData part for a URL that Gemini fetches itself. The plugin has no network, so the
// media type has to stand in the path's extension.
func (r *request) remote(url longmen.Value, at *path) (longmen.Value, error) {
	if !r.to.fileURI {
		return 0, unsupported(at, "this gemini model fetches no URLs: expected a data: URL")
	}
	if url.Len() > maxURL {
		return 0, invalid(at, "expected a URL of at most 8192 bytes")
	}
	name := url.String()
	if i := strings.IndexAny(name, "?#"); i >= 0 {
		name = name[:i]
	}
	kind := typeByExtension(name)
	if kind == "" {
		return 0, unsupported(at, "expected a file extension in the URL, such as .png: gemini has to be told the media type")
	}
	made := longmen.NewJSON(`{"fileData":{"mimeType":"` + kind + `"}}`)
	made.First().Set("fileUri", url)
	return made, nil
}

// typeByExtension is the media type of a file name, "" if it is not known.
func typeByExtension(name string) string {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 || strings.IndexByte(name[dot:], '/') >= 0 {
		return ""
	}
	switch strings.ToLower(name[dot+1:]) {
	case "png":
		return "image/png"
	case "jpg", "jpeg":
		return "image/jpeg"
	case "gif":
		return "image/gif"
	case "webp":
		return "image/webp"
	case "heic":
		return "image/heic"
	case "heif":
		return "image/heif"
	case "pdf":
		return "application/pdf"
	case "txt", "md":
		return "text/plain"
	case "html", "htm":
		return "text/html"
	case "csv":
		return "text/csv"
	case "json":
		return "application/json"
	case "mp4":
		return "video/mp4"
	case "mov":
		return "video/mov"
	case "webm":
		return "video/webm"
	case "mpeg", "mpg":
		return "video/mpeg"
	case "mp3":
		return "audio/mp3"
	case "wav":
		return "audio/wav"
	case "ogg":
		return "audio/ogg"
	case "flac":
		return "audio/flac"
	case "aac":
		return "audio/aac"
	case "aiff":
		return "audio/aiff"
	}
	return ""
}

// audio is the inlineData part for input_audio.
func (r *request) audio(v longmen.Value, at *path) (longmen.Value, error) {
	kind := ""
	switch format := strings.ToLower(string(word(v.Get("format")))); {
	case format == "wav", format == "mp3", format == "flac", format == "ogg", format == "aac", format == "aiff":
		kind = "audio/" + format
	case format == "pcm16":
		kind = "audio/L16;rate=24000"
	case strings.HasPrefix(format, "audio/"):
		kind = mediaType(format)
	}
	if kind == "" {
		where := at.member("format")
		return 0, unsupported(&where, "expected wav, mp3, flac, ogg, aac, aiff or pcm16")
	}
	return r.bare(v.Get("data"), kind, at, "data")
}

// file is the inlineData part for a file with its data; ids of files in OpenAI's store cannot be
// resolved by anybody else.
func (r *request) file(v longmen.Value, at *path) (longmen.Value, error) {
	data := v.Get("file_data")
	if absent(data) {
		where := at.member("file_id")
		return 0, unsupported(&where, "gemini cannot read files of another store: expected file_data")
	}
	var buffer [maxHead]byte
	if head := data.Prefix(buffer[:]); len(head) >= 5 && strings.EqualFold(string(head[:5]), "data:") {
		where := at.member("file_data")
		return r.data(data, head, &where)
	}
	name := v.Get("filename")
	if name.Len() > maxURL {
		where := at.member("filename")
		return 0, invalid(&where, "expected at most 8192 bytes")
	}
	kind := typeByExtension(name.String())
	if kind == "" {
		where := at.member("filename")
		return 0, unsupported(&where, "expected a file extension that tells the media type, such as .pdf")
	}
	return r.bare(data, kind, at, "file_data")
}

// bare is the inlineData part for base64 without a URL around it.
func (r *request) bare(data longmen.Value, kind string, at *path, name string) (longmen.Value, error) {
	var buffer [64]byte
	if n := data.Len(); data.Kind() != longmen.KindString || !base64Like(n, data.Prefix(buffer[:])) {
		where := at.member(name)
		return 0, invalid(&where, "expected base64")
	}
	return inline(kind, data), nil
}
