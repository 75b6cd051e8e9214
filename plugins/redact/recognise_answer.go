package redact

import (
	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// recogniseAnswer finds the entities of a whole answer by detectors and the service, for answerEntities to give out; false if
// the service is not for this answer. What streams is not shown to it: a name needs the sentence around it, which has gone out
// or would have to wait. Placeholders stand in the text still, so the service learns nothing of the client's.
func (r *recogniser) recogniseAnswer(t *longmen.Text) (bool, error) {
	// Responses repeats whole texts at the end of a stream: they stay as they were streamed.
	if r == nil || r.answerTypes.Empty() || longmen.Attr("stream").Bool() {
		return false, nil
	}
	entities, ends = entities[:0], ends[:0]
	for i := range t.Segments {
		if t.Segments[i].Streamed {
			return false, nil
		}
		entities = append(entities, settings.answerScanner.Scan(t.Segments[i].Text)...)
		ends = append(ends, len(entities))
	}
	if err := r.ask(t, r.answerTypes); err != nil {
		return false, err
	}
	merge(t, nil)
	return true, nil
}

// answerEntities gives out the entities of a segment, of which the window is the text with what went out before.
func answerEntities(segment int, named bool) []detect.Span {
	if named {
		return segmentEntities(segment)
	}
	return settings.answerScanner.Scan(window)
}
