package redact

import (
	"errors"

	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Names and places have no form. With the grant ner a service is asked for them: all texts of a request in one call, or in as many
// as they need. What the detectors find comes first, see merge.

// maxAsked bounds the texts of one hook call: new strings may take abi.MaxString, and a document's edits need some of it.
const maxAsked = 2 * abi.MaxNERBytes

// name is what the service found in a segment.
type name struct {
	start, end int
	typ        detect.Type
	score      float64
}

var (
	pieces   []piece
	shown    [][]byte // of one call of the service
	names    []name
	entities []detect.Span // of all segments, of detectors and the service
	ends     []int         // in entities, by segment
)

var errSpan = errors.New("reading names: a span does not fit its text")

// recognise finds the entities of a request by detectors and the service, for entitiesIn to give out. A request that is
// refused anyway is not shown to the service.
func (r *recogniser) recognise(t *longmen.Text) error {
	entities, ends = entities[:0], ends[:0]
	blocked := false
	for i := range t.Segments {
		for _, s := range scan(settings.scanner, &t.Segments[i]) {
			blocked = blocked || settings.modes[s.Type] == modeBlock
			entities = append(entities, s)
		}
		ends = append(ends, len(entities))
	}
	if blocked {
		return nil
	}
	if err := r.ask(t, r.types); err != nil {
		return err
	}
	merge(t, settings.modes)
	return nil
}

// entitiesIn gives out the entities of a segment.
func entitiesIn(t *longmen.Text, segment int) []detect.Span {
	if settings.recogniser == nil {
		return scan(settings.scanner, &t.Segments[segment])
	}
	return segmentEntities(segment)
}

// segmentEntities are the entities of a segment that were found for all.
func segmentEntities(segment int) []detect.Span {
	from := 0
	if segment > 0 {
		from = ends[segment-1]
	}
	return entities[from:ends[segment]]
}

// shownAs is the type that the placeholder of an entity names. A Chinese name has the same whoever found it, so that it is
// the same person to the model.
func shownAs(t detect.Type) detect.Type {
	if t == detect.CNName && settings.recogniser != nil && settings.recogniser.types.Has(detect.Person) &&
		settings.irreversible.Has(detect.CNName) == settings.irreversible.Has(detect.Person) {
		return detect.Person
	}
	return t
}

// ask collects names of these types, and says what it means that nobody looked at some of the texts.
func (r *recogniser) ask(t *longmen.Text, types detect.Set) error {
	unsearched, large := r.search(t, types)
	before := longmen.Attr("ner.unsearched").Int()
	longmen.SetAttr("ner.unsearched", longmen.NewInt(before+int64(unsearched)))
	switch {
	case unsearched == 0:
		return nil
	case r.allow:
		longmen.Warn("redact", "not searched for names: the service that finds them did not look at all texts")
		return nil
	case large:
		return longmen.Reject(413, "ner_too_large", "", "this route searches texts for names, and these are too long for it")
	}
	return longmen.Reject(503, "ner_unavailable", "", "this route searches texts for names, and the service that finds them did not answer; try again later")
}

// search shows the texts to the service. It returns how many of them, or of the pieces of long ones, nobody looked at, and whether
// there are too many of them.
func (r *recogniser) search(t *longmen.Text, types detect.Set) (unsearched int, large bool) {
	pieces, names = pieces[:0], names[:0]
	asked := 0
	for i := range t.Segments {
		seg := &t.Segments[i]
		if t.Phase == longmen.PhaseRequest && !r.asks(seg.Role) || !canName(seg.Text) {
			continue
		}
		if asked+len(seg.Text) > maxAsked {
			unsearched, large = unsearched+1, true
			continue
		}
		asked += len(seg.Text)
		r.cut(i, seg.Text)
	}
	if large && !r.allow {
		return unsearched, large
	}
	for language := range max(1, len(r.languages)) {
		for i := 0; i < len(pieces); {
			first, size := i, 0
			shown = shown[:0]
			for ; i < len(pieces) && len(shown) < abi.MaxNERTexts; i++ {
				if p := &pieces[i]; int(p.language) == language {
					if size+p.end-p.start > abi.MaxNERBytes {
						break
					}
					size += p.end - p.start
					shown = append(shown, t.Segments[p.segment].Text[p.start:p.end])
				}
			}
			if len(shown) > 0 && r.call(language, pieces[first:i], types) != nil {
				if unsearched += len(shown); !r.allow {
					return unsearched, false
				}
			}
		}
	}
	return unsearched, large
}

// call asks about what is shown, the pieces of one language among those given.
func (r *recogniser) call(language int, among []piece, types detect.Set) error {
	code := ""
	if len(r.languages) > 0 {
		code = r.languages[language]
	}
	found, err := longmen.NER(shown, code)
	if err != nil {
		return err
	}
	before := len(names)
	k := 0
	for i := range among {
		p := &among[i]
		if int(p.language) != language {
			continue
		}
		p.from = len(names)
		if !r.read(p, shown[k], found[k], types) {
			for ; i >= 0; i-- {
				if int(among[i].language) == language {
					among[i].from, among[i].to = 0, 0
				}
			}
			names = names[:before] // who is wrong about places may be wrong about anything
			return errSpan
		}
		p.to = len(names)
		k++
	}
	return nil
}

// read takes what was found in a piece; false if it cannot be.
func (r *recogniser) read(p *piece, text []byte, found []longmen.Entity, types detect.Set) bool {
	for _, e := range found {
		if e.Start < 0 || e.End <= e.Start || e.End > len(text) || !starts(text, e.Start) || !starts(text, e.End) {
			return false
		}
		typ, ok := r.typeOf(e.Type)
		if !ok || !types.Has(typ) || r.minScore != nil && e.Score < r.minScore[typ] {
			continue
		}
		names = append(names, name{p.start + e.Start, p.start + e.End, typ, e.Score})
	}
	return true
}

// starts tells whether a character begins, or the text ends, at i.
func starts(text []byte, i int) bool { return i == len(text) || text[i]&0xC0 != 0x80 }
