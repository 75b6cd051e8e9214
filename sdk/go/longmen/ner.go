package longmen

import (
	"unsafe"

	"github.com/longmen-gateway/longmen/sdk/go/internal/host"
)

// Entity is a name, a place or the like that the gateway's recogniser has found in a text.
type Entity struct {
	Start, End int    // bytes of the text; on boundaries of characters
	Type       string // as the service spells it: "PERSON"
	Score      float64
}

// HasNER tells whether the plugin has the grant "ner". It may be asked in every hook, configure included.
func HasNER() bool { return host.NER(0) >= 0 }

// NER finds named entities in texts, in one call of the service that the Caddyfile names; it may block. The answer has a
// list for each text, sorted by Start. lang is the language of the texts, "" for the Caddyfile's. An error means that
// nobody has looked at any of the texts.
func NER(texts [][]byte, lang string) ([][]Entity, error) {
	list := NewArray()
	for _, t := range texts {
		list.Append(NewString(unsafe.String(unsafe.SliceData(t), len(t))))
	}
	request := NewObject()
	request.Set("texts", list)
	if lang != "" {
		request.SetString("lang", lang)
	}
	h := host.NER(uint32(request))
	if h < 0 {
		return nil, failed("ner", h)
	}
	out := make([][]Entity, 0, len(texts))
	for spans := value(h).Get("spans").First(); spans.Exists(); spans = spans.Next() {
		var found []Entity
		for s := spans.First(); s.Exists(); s = s.Next() {
			found = append(found, Entity{int(s.Get("start").Int()), int(s.Get("end").Int()), s.Get("type").String(), s.Get("score").Float()})
		}
		out = append(out, found)
	}
	if len(out) != len(texts) {
		return nil, &failure{operation: "ner"}
	}
	return out, nil
}
