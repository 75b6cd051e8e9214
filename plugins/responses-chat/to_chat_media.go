package responseschat

import (
	"bytes"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// maxCitations bounds the citations of one event, which are events of their own.
const maxCitations = 256

// cite emits the citations of a message.
func (s *answerState) cite(annotations, state longmen.Value) error {
	if s.current == none || s.items[s.current].kind != kindMessage {
		return nil
	}
	i := 0
	for v := annotations.First(); v.Exists() && i < maxCitations; v = v.Next() {
		i++
		made := citation(v)
		if !made.Exists() {
			continue
		}
		list := state.Get("a")
		if !list.Exists() {
			state.Set("a", longmen.NewArray())
			list = state.Get("a")
		}
		name := "response.output_text.annotation.added"
		b := append(s.about(name, s.current), `,"content_index":0,"annotation_index":`...)
		b = append(appendInt(b, list.Len()), '}')
		s.total += made.Size()
		list.Append(made.Copy())
		longmen.Emit(with(b, "annotation", made), name)
	}
	return s.bounded()
}

// citation is an annotation in the Responses API's spelling; zero for kinds that it has not.
func citation(v longmen.Value) longmen.Value {
	c := v.Get("url_citation")
	if c.Kind() != longmen.KindObject {
		return 0
	}
	made := longmen.NewJSON(`{"type":"url_citation","url":"","title":"","start_index":0,"end_index":0}`)
	for _, name := range [...]string{"url", "title", "start_index", "end_index"} {
		if m := c.Get(name); !codec.Absent(m) {
			made.Set(name, m.Copy())
		}
	}
	return made
}

// picture emits an image_generation_call for each image. One that the state cannot hold comes in its own event
// only.
func (s *answerState) picture(images, state longmen.Value) error {
	for v := images.First(); v.Exists(); v = v.Next() {
		data, format := imageData(v)
		if !data.Exists() {
			longmen.Warn("answer", "an image that is no data URL is left out")
			continue
		}
		i, err := s.item(answerItem{kind: kindImage}, 0, state)
		if err != nil {
			return err
		}
		item := state.Get("o").Index(i)
		item.SetString("status", "completed")
		if format != "" {
			item.SetString("output_format", format)
		}
		if n := data.Len(); s.total+n <= maxAnswer {
			s.total += n
			item.Set("result", data)
		}
		if i == s.current {
			s.items[i].stage, s.current = closed, none
			done := item.Copy()
			done.Set("result", data.Copy())
			s.itemEvent("response.output_item.done", i, done)
		}
	}
	return nil
}

// imageData is the base64 of an image of the answer, zero when its URL is no data URL, and its format, if
// the Responses API has a word for that.
func imageData(v longmen.Value) (data longmen.Value, format string) {
	url := v.Pointer("/image_url/url")
	var head [codec.MaxHead]byte
	b := url.Prefix(head[:])
	if !codec.IsDataURL(b) {
		return 0, ""
	}
	comma := bytes.IndexByte(b, ',')
	if comma < 0 {
		return 0, ""
	}
	for _, known := range [...]string{"png", "jpeg", "webp"} {
		if bytes.HasPrefix(b[len("data:"):comma], []byte("image/"+known)) {
			format = known
		}
	}
	return url.Slice(comma+1, url.Len()-comma-1), format
}
