package redact

import "github.com/longmen-gateway/longmen/sdk/go/longmen"

// What no detector can read: images, audio, files and what a provider encrypted. A request's document is
// searched for it, in every dialect by the same names.

// unscannedMode is what happens to a request that contains something of it.
type unscannedMode uint8

const (
	unscannedAllow unscannedMode = iota // not even looked for
	unscannedWarn
	unscannedBlock
)

var unscannedNames = [...]string{"allow", "warn", "block"}

// content is a kind of it.
type content uint8

const (
	contentImage content = iota
	contentAudio
	contentFile
	contentEncrypted
	contents
)

var contentNames = [contents]string{"image", "audio", "file", "encrypted"}

// partTypes are values of type in parts of a message: OpenAI's two, Anthropic's.
var partTypes = []struct {
	name string
	kind content
}{
	{"image_url", contentImage}, {"input_image", contentImage}, {"image", contentImage}, {"input_audio", contentAudio}, {"audio", contentAudio},
	{"input_file", contentFile}, {"file", contentFile}, {"container_upload", contentFile}, {"redacted_thinking", contentEncrypted},
	{"image_generation_call", contentImage}, {"computer_call_output", contentImage}, {"input_video", contentFile}, {"video_url", contentFile},
}

// memberNames are members that hold it whatever they stand in: Gemini's, Ollama's, Responses'.
var memberNames = []struct {
	name string
	kind content
}{
	{"inlineData", contentFile}, {"inline_data", contentFile}, {"fileData", contentFile}, {"file_data", contentFile}, {"images", contentImage}, {"encrypted_content", contentEncrypted},
}

// Bounds of the search: deeper or later parts count as unknown files.
const (
	maxDepth = 16
	maxNodes = 200_000
)

// places are the members of a document in which messages stand.
var places = [...]string{"messages", "input", "contents", "system", "systemInstruction", "system_instruction", "prompt", "images", "image"}

// document counts what cannot be read and warns or refuses.
func document(doc longmen.Value) error {
	if err := settings.receipts.ready(); err != nil {
		return err
	}
	if settings.session != nil {
		if err := settings.session.find(doc); err != nil {
			settings.receipts.noteStopped()
			return err
		}
	}
	if settings.unscanned == unscannedAllow {
		return nil
	}
	var counts [contents]int
	nodes := 0
	for _, name := range places {
		if v := doc.Get(name); v.Exists() {
			if name == "images" || name == "image" {
				if v.Len() > 0 || v.Kind() == longmen.KindString {
					counts[contentImage]++
				}
				continue
			}
			unreadable(v, 0, &nodes, &counts)
		}
	}
	total := 0
	for _, n := range counts {
		total += n
	}
	longmen.SetAttr("unscanned.total", longmen.NewInt(int64(total)))
	settings.receipts.noteUnscanned(&counts)
	if total == 0 {
		return nil
	}
	for i, n := range counts {
		if n > 0 {
			longmen.SetAttr("unscanned."+contentNames[i], longmen.NewInt(int64(n)))
		}
	}
	if settings.unscanned == unscannedBlock {
		settings.receipts.noteStopped()
		return longmen.Reject(400, "unscanned_blocked", "", "this route takes no content that cannot be searched for personal data: "+listed(&counts))
	}
	longmen.Warn("redact", "not searched for personal data: "+listed(&counts))
	return nil
}

// unreadable counts in the value v and below.
func unreadable(v longmen.Value, depth int, nodes *int, counts *[contents]int) {
	if *nodes++; depth > maxDepth || *nodes > maxNodes {
		counts[contentFile]++
		return
	}
	kind := v.Kind()
	if kind != longmen.KindArray && kind != longmen.KindObject {
		return
	}
	if kind == longmen.KindObject {
		if t := v.Get("type"); t.Kind() == longmen.KindString {
			for i := range partTypes {
				if t.Is(partTypes[i].name) {
					counts[partTypes[i].kind]++
					return
				}
			}
			if t.Is("document") && !v.Get("source").Get("type").Is("text") && !v.Get("source").Get("type").Is("content") {
				counts[contentFile]++
				return
			}
		}
	}
	for c := v.First(); c.Exists(); c = c.Next() {
		if kind == longmen.KindObject {
			if k := memberKind(c); k < contents {
				if k == contentFile {
					k = mediaKind(c)
				}
				counts[k]++
				continue
			}
		}
		unreadable(c, depth+1, nodes, counts)
	}
}

// memberKind is what the member c holds by its name, contents if it may be read.
func memberKind(c longmen.Value) content {
	for i := range memberNames {
		if c.KeyIs(memberNames[i].name) && c.Kind() != longmen.KindNull {
			return memberNames[i].kind
		}
	}
	return contents
}

// mediaKind tells images and audio from other data by the media type that stands beside it.
func mediaKind(c longmen.Value) content {
	t := c.Get("mimeType")
	if !t.Exists() {
		t = c.Get("mime_type")
	}
	var buf [8]byte
	switch p := t.Prefix(buf[:]); {
	case len(p) >= 6 && string(p[:6]) == "image/":
		return contentImage
	case len(p) >= 6 && string(p[:6]) == "audio/":
		return contentAudio
	}
	return contentFile
}

// listed names the kinds that were found.
func listed(counts *[contents]int) string {
	s := ""
	for i, n := range counts {
		if n > 0 {
			if s != "" {
				s += ", "
			}
			s += contentNames[i]
		}
	}
	return s
}
