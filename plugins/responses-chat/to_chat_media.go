package responseschat

import (
	"bytes"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

const (
	maxCitations = 256 // citations of one event, which are events of their own
	maxWaiting   = 50  // citations that wait for their message: the last event emits them beside 160 items
)

// cite emits the citations of the message that is open, or keeps them for the one that comes next: some servers
// send them first.
func (s *answerState) cite(annotations, state longmen.Value) error {
	name := "a"
	if s.current == none || s.items[s.current].kind != kindMessage {
		name = "p"
	}
	i := 0
	for v := annotations.First(); v.Exists() && i < maxCitations; v = v.Next() {
		i++
		made := citation(v)
		if !made.Exists() {
			continue
		}
		list := state.Get(name)
		if !list.Exists() {
			state.Set(name, longmen.NewArray())
			list = state.Get(name)
		}
		s.total += made.Size()
		if name == "p" {
			if list.Len() < maxWaiting {
				list.Append(made)
				s.cited, s.changed = true, true
			}
			continue
		}
		s.citation(made, s.current, list)
	}
	return s.bounded()
}

// citation emits a citation of item i and appends it to those that it has.
func (s *answerState) citation(made longmen.Value, i int, list longmen.Value) {
	name := "response.output_text.annotation.added"
	b := append(s.about(name, i), `,"content_index":0,"annotation_index":`...)
	b = append(appendInt(b, list.Len()), '}')
	list.Append(made.Copy())
	longmen.Emit(with(b, "annotation", made), name)
}

// late emits the citations that came before the message i, which ends, was open.
func (s *answerState) late(i int, state longmen.Value) {
	waiting := taken(state, "p")
	if !state.Get("a").Exists() {
		state.Set("a", longmen.NewArray())
	}
	for v, next := waiting.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		s.citation(v.Copy(), i, state.Get("a"))
	}
	s.cited = false
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
