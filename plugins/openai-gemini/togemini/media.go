package togemini

import (
	"bytes"
	"strings"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

const maxURL = 8 << 10 // bytes of a URL that is no data URL

// media is the Gemini part for an image_url or video_url: an object with a url, or the bare URL.
func (r *request) media(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	url, detail, format, where := v, longmen.Value(0), longmen.Value(0), *at
	if v.Kind() == longmen.KindObject {
		url, detail, format, where = v.Get("url"), v.Get("detail"), v.Get("format"), at.Member("url")
	}
	made, err := r.link(url, format, &where)
	if err != nil || codec.Absent(detail) {
		return made, err
	}
	level := ""
	switch string(codec.Word(detail)) {
	case "auto":
		return made, nil
	case "low":
		level = "MEDIA_RESOLUTION_LOW"
	case "high", "original":
		level = "MEDIA_RESOLUTION_HIGH"
	default:
		where := at.Member("detail")
		return 0, codec.Invalid(&where, "expected auto, low or high")
	}
	if r.to.media { // older models know no resolution of a single part
		made.Set("mediaResolution", longmen.NewJSON(`{"level":"`+level+`"}`))
	}
	return made, nil
}

// link is the Gemini part for a URL. The bytes of a data URL stay in the gateway: the plugin looks at
// the head and at the end, and the rest moves as a slice.
func (r *request) link(url, format longmen.Value, at *codec.Path) (longmen.Value, error) {
	var buffer [codec.MaxHead]byte
	head := url.Prefix(buffer[:])
	switch {
	case len(head) == 0:
		return 0, codec.Invalid(at, "expected a URL")
	case codec.IsDataURL(head):
		return r.data(url, head, at)
	case bytes.HasPrefix(head, []byte("https://")), bytes.HasPrefix(head, []byte("gs://")):
		return r.remote(url, format, at)
	}
	return 0, codec.Unsupported(at, "expected a data: or https: URL")
}

// data is the inlineData part for a data URL.
func (r *request) data(url longmen.Value, head []byte, at *codec.Path) (longmen.Value, error) {
	kind, data, err := codec.DataURL(url, head, at)
	if err != nil {
		return 0, err
	}
	return inline(kind, data), nil
}

// inline is an inlineData part that takes the base64 string over. kind is clean.
func inline(kind string, data longmen.Value) longmen.Value {
	made := longmen.NewJSON(`{"inlineData":{"mimeType":"` + kind + `"}}`)
	made.First().Set("data", data)
	return made
}

// remote is the fileData part for a URL that Gemini fetches itself. The plugin has no network, so the
// media type has to stand beside it (format) or in the path's extension. The Files API and YouTube know
// their own.
func (r *request) remote(url, format longmen.Value, at *codec.Path) (longmen.Value, error) {
	if config.reject {
		return 0, codec.Unsupported(at, "expected a data: URL: remote media is switched off here")
	}
	if url.Len() > maxURL {
		return 0, codec.Invalid(at, "expected a URL of at most 8192 bytes")
	}
	name := url.String()
	if i := strings.IndexAny(name, "?#"); i >= 0 {
		name = name[:i]
	}
	own := isOwn(name)
	if !r.to.fileURI && !own && !strings.HasPrefix(name, "gs://") {
		return 0, codec.Unsupported(at, "this gemini model fetches no URLs: expected a data: URL")
	}
	kind := codec.MediaType(string(codec.Word(format)))
	if kind == "" {
		kind = codec.TypeByExtension(name)
	}
	made := longmen.NewJSON(`{"fileData":{}}`)
	file := made.First()
	switch {
	case kind != "":
		file.SetString("mimeType", kind)
	case !own:
		return 0, codec.Unsupported(at, "expected a file extension in the URL, such as .png: gemini has to be told the media type")
	}
	file.Set("fileUri", url)
	return made, nil
}

// filesAPI is where files lie that were uploaded to Gemini.
const filesAPI = "https://generativelanguage.googleapis.com/v1beta/"

// isOwn tells of a URL whether Gemini knows what is there.
func isOwn(url string) bool {
	rest, ok := strings.CutPrefix(url, "https://")
	if !ok {
		return false
	}
	host, path, _ := strings.Cut(rest, "/")
	switch host {
	case "generativelanguage.googleapis.com":
		return strings.Contains(path, "files/")
	case "www.youtube.com", "youtube.com", "m.youtube.com", "youtu.be":
		return true
	}
	return false
}

// audio is the inlineData part for input_audio.
func (r *request) audio(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	kind := ""
	given := string(codec.Word(v.Get("format")))
	switch format := strings.ToLower(given); {
	case format == "wav", format == "mp3", format == "flac", format == "ogg", format == "aac", format == "aiff":
		kind = "audio/" + format
	case format == "pcm16":
		kind = "audio/L16;rate=24000"
	case strings.HasPrefix(format, "audio/"):
		if name, _, _ := strings.Cut(format, ";"); codec.MediaType(name) != "" && printable(given) {
			kind = given // with its parameters, such as a rate
		}
	}
	if kind == "" {
		where := at.Member("format")
		return 0, codec.Unsupported(&where, "expected wav, mp3, flac, ogg, aac, aiff or pcm16")
	}
	return r.bare(v.Get("data"), kind, at, "data")
}

// printable tells whether a text can stand in JSON as it is.
func printable(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// uploaded is the fileData part for the id of a file in Gemini's store; those of OpenAI's cannot be
// resolved by anybody else.
func (r *request) uploaded(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	where := at.Member("file_id")
	id := v.Get("file_id")
	if id.Len() > maxURL {
		return 0, codec.Invalid(&where, "expected at most 8192 bytes")
	}
	uri := id.String()
	if strings.HasPrefix(uri, "files/") {
		uri = filesAPI + uri
	}
	if !isOwn(uri) || !strings.Contains(uri, "files/") {
		return 0, codec.Unsupported(&where, "gemini cannot read files of another store: expected file_data, or the name of a file of gemini's")
	}
	return r.remote(longmen.NewString(uri), v.Get("format"), &where)
}

// file is the inlineData part for a file with its data.
func (r *request) file(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	data := v.Get("file_data")
	if codec.Absent(data) {
		return r.uploaded(v, at)
	}
	var buffer [codec.MaxHead]byte
	if head := data.Prefix(buffer[:]); codec.IsDataURL(head) {
		where := at.Member("file_data")
		return r.data(data, head, &where)
	}
	name := v.Get("filename")
	if name.Len() > maxURL {
		where := at.Member("filename")
		return 0, codec.Invalid(&where, "expected at most 8192 bytes")
	}
	kind := codec.TypeByExtension(name.String())
	if kind == "" {
		where := at.Member("filename")
		return 0, codec.Unsupported(&where, "expected a file extension that tells the media type, such as .pdf")
	}
	return r.bare(data, kind, at, "file_data")
}

// bare is the inlineData part for base64 without a URL around it.
func (r *request) bare(data longmen.Value, kind string, at *codec.Path, name string) (longmen.Value, error) {
	var buffer [64]byte
	if n := data.Len(); data.Kind() != longmen.KindString || !codec.Base64Like(n, data.Prefix(buffer[:])) {
		where := at.Member(name)
		return 0, codec.Invalid(&where, "expected base64")
	}
	return inline(kind, data), nil
}
