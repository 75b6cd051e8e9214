package text

import (
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Document collects the text of whole requests and answers. The zero value is ready; it is reused from
// one document to the next and not safe for concurrent use.
type Document struct {
	// JSON tells that the words of answers are JSON: strings inside it are the text.
	JSON bool

	leaves leaves
	sites  []dialect.Site
	segs   []Segment
	out    []byte
}

// Collect returns all text of the document root as segments, in the order in which they stand: every
// string at a place that the dialect calls text, also behind duplicate members. phase is
// abi.PhaseRequest or abi.PhaseAnswer. The segments are valid until the next call of Collect or Apply.
func (t *Document) Collect(d *dialect.Dialect, phase uint8, a *document.Arena, root document.Node) []Segment {
	t.leaves.begin(a)
	if cap(t.sites) > keepItems {
		t.sites = nil
	}
	if cap(t.segs) > keepItems {
		t.segs = nil
	}
	if cap(t.out) > keepBytes {
		t.out = nil
	}
	at := dialect.PhaseRequest
	if phase == abi.PhaseAnswer {
		at = dialect.PhaseAnswer
	}
	t.leaves.numbers = phase == abi.PhaseRequest
	t.sites = d.Sites(t.sites[:0], at, a, root)
	if t.JSON && at == dialect.PhaseAnswer {
		inJSON(t.sites)
	}
	t.segs = t.segs[:0]
	for i := range t.sites {
		s := &t.sites[i]
		t.segs = t.leaves.site(t.segs, s, uint32(s.Choice), abi.SegmentFinal)
	}
	return t.segs
}

// Apply writes the edits of reply into the document that was collected last. Everything else in it stays
// byte for byte. The error wraps ErrReply when the reply does not fit the segments, and nothing is
// written then; or it is the document's, when it is full.
func (t *Document) Apply(reply *Reply) error {
	if reply.Empty() {
		return nil
	}
	if err := reply.Check(t.segs); err != nil {
		return err
	}
	edits := reply.Edits
	for len(edits) > 0 {
		seg := &t.segs[edits[0].Segment]
		var own []Edit
		own, edits = segmentEdits(edits, edits[0].Segment)
		t.out = appendEdited(t.out[:0], seg.Text, own)
		if err := t.leaves.set(seg, t.out); err != nil {
			return err
		}
	}
	var err error
	t.out, err = t.leaves.finish(t.out)
	return err
}
