package toopenai

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// maxCitations bounds the citations of one candidate.
const maxCitations = 512

// grounding is the groundingMetadata for annotations: the pages that they cite. 0 if they cite none. Where in
// the text stays untold, because Gemini counts bytes there and most providers tell no places at all.
func grounding(annotations longmen.Value) longmen.Value {
	var metadata, chunks longmen.Value
	n := 0
	for v := annotations.First(); v.Exists() && n < maxCitations; v = v.Next() {
		c := v.Get("url_citation")
		url, title := c.Get("url"), c.Get("title")
		if !codec.Text(url) {
			continue
		}
		if n++; n == 1 {
			metadata = longmen.NewJSON(`{"groundingChunks":[]}`)
			chunks = metadata.First()
		}
		chunk := longmen.NewJSON(`{"web":{}}`)
		web := chunk.First()
		web.Set("uri", url.Copy())
		if codec.Text(title) {
			web.Set("title", title.Copy())
		}
		chunks.Append(chunk)
	}
	return metadata
}
