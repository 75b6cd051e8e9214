package text

import (
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Collect returns what is new in an event, with the text held back earlier in front. The segments are
// valid until Apply, which must follow if there are any; if there are none, it may be left out.
func (s *Stream) Collect(a *document.Arena, root document.Node) []Segment {
	s.borrow()
	s.sites = s.d.Sites(s.sites[:0], dialect.PhaseEvent, a, root)
	s.leaves.begin(a)
	work := false
	for i := range s.sites {
		t := &s.sites[i]
		switch {
		case t.Form == dialect.FormFinish:
		case t.Form == dialect.FormCall:
			if s.starts(t, true) {
				s.closeRuns(t.Choice, -1)
			}
		case t.Whole:
			s.runs = append(s.runs, run{channel: -1, site: int32(i)})
			work = true
		default:
			s.piece(int32(i), t)
			work = true
		}
	}
	if !work {
		s.giveBack()
		return nil
	}
	for i := range s.runs {
		r := &s.runs[i]
		r.segs[0], r.tokens[0] = int32(len(s.segs)), int32(len(s.tokens))
		s.open(a, int32(i), r)
		r.segs[1], r.tokens[1] = int32(len(s.segs)), int32(len(s.tokens))
	}
	if len(s.segs) == 0 {
		// Structure of tool arguments only. Half an escape behind it has to wait all the same; should the
		// event have no room for that edit, which it has for any, the bytes would come out of order, not
		// get lost.
		s.Apply(a, root, nil)
		return nil
	}
	return s.segs
}

// piece adds site i to its channel's run.
func (s *Stream) piece(i int32, t *dialect.Site) {
	n := s.channelOf(t, true)
	if n < 0 {
		s.runs = append(s.runs, run{channel: -1, site: i})
		return
	}
	if !s.channels[n].args() {
		s.closeRuns(t.Choice, n)
	}
	for j := range s.runs {
		if r := &s.runs[j]; r.channel == n && !r.closed {
			r.many = true
			return
		}
	}
	s.runs = append(s.runs, run{channel: n, site: i})
}

// closeRuns ends the runs of a choice's texts, except those of channel but and of tool arguments.
func (s *Stream) closeRuns(choice, but int32) {
	for j := range s.runs {
		r := &s.runs[j]
		if r.channel < 0 || r.channel == but {
			continue
		}
		if c := &s.channels[r.channel]; c.choice == choice && !c.args() {
			r.closed = true
		}
	}
}

// open makes the segments of a run.
func (s *Stream) open(a *document.Arena, index int32, r *run) {
	t := &s.sites[r.site]
	if r.channel < 0 {
		s.segs = s.leaves.site(s.segs, t, s.numbers, abi.SegmentFinal)
		s.numbers++
		return
	}
	c := &s.channels[r.channel]
	if r.last = s.finishes(c.choice); r.last && !s.d.FinishRepeats() {
		r.closed = true
	}
	r.raw = s.gather(a, index, r, c.held)
	seg := Segment{Role: c.role, Kind: c.kind, Flags: abi.SegmentStreamed, Channel: c.number, Text: r.raw, site: index}
	if r.closed {
		seg.Flags |= abi.SegmentFinal
	}
	if c.lexer == nil {
		s.segs = append(s.segs, seg)
		return
	}
	var covered int
	s.tokens, covered = c.lexer.feed(s.tokens, r.raw, &s.leaves.paths)
	r.incomplete = len(r.raw) - covered
	s.tokenSegments(r, seg)
}

// tokenSegments makes the segments of the tokens of a run.
func (s *Stream) tokenSegments(r *run, like Segment) {
	for i := int(r.tokens[0]); i < len(s.tokens); i++ {
		t := &s.tokens[i]
		if !t.text || t.start == t.end {
			continue
		}
		seg := like
		seg.Path = t.path
		seg.Text = r.raw[t.start:t.end]
		if t.escaped {
			from := len(s.texts.b)
			s.texts.b = appendUnescaped(s.texts.b, seg.Text)
			seg.Text = s.texts.take(from)
		}
		if t.closed {
			seg.Flags |= abi.SegmentFinal
		}
		t.seg = int32(len(s.segs))
		s.segs = append(s.segs, seg)
	}
}

// gather is the text of a run: what is held and what its sites have.
func (s *Stream) gather(a *document.Arena, index int32, r *run, held []byte) []byte {
	first, shared := a.Text(s.sites[r.site].Node)
	if shared && !r.many && len(held) == 0 {
		return first
	}
	from := len(s.texts.b)
	s.texts.b = append(append(s.texts.b, held...), first...)
	if r.many {
		s.others(r, func(t *dialect.Site) {
			s.texts.b = a.AppendString(s.texts.b, t.Node)
		})
	}
	return s.texts.take(from)
}

// others calls f for the sites of a run behind its first one.
func (s *Stream) others(r *run, f func(*dialect.Site)) {
	end := len(s.sites)
	// A later run of the same channel begins where this one was closed.
	for j := range s.runs {
		if q := &s.runs[j]; q.channel == r.channel && q.site > r.site && int(q.site) < end {
			end = int(q.site)
		}
	}
	for i := int(r.site) + 1; i < end; i++ {
		if t := &s.sites[i]; t.Form <= dialect.FormJSON && !t.Whole && s.channelOf(t, false) == r.channel {
			f(t)
		}
	}
}
