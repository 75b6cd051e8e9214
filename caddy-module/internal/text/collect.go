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
	s.look(a, root)
	s.leaves.begin(a)
	s.chain = append(s.chain[:0], make([]int32, len(s.sites))...)
	for i := range s.channels {
		c := &s.channels[i]
		c.run = 0
		if c.age == ending && len(c.held) == 0 {
			c.age = gone
		} else if len(s.blocks) > 0 && s.stops(c) {
			c.age = ending
		}
	}
	work := false
	for i := range s.sites {
		t := &s.sites[i]
		switch {
		case t.Form >= dialect.FormFinish:
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
	c := &s.channels[n]
	if c.run > 0 {
		r := &s.runs[c.run-1]
		s.chain[r.tail], r.tail = i, i
		return
	}
	s.runs = append(s.runs, run{channel: n, site: i, tail: i})
	c.run = int32(len(s.runs))
}

// closeRuns ends the runs of a choice's texts, except those of channel but and of tool arguments.
func (s *Stream) closeRuns(choice, but int32) {
	for i := range s.channels {
		c := &s.channels[i]
		if c.run > 0 && int32(i) != but && c.choice == choice && !c.args() {
			s.runs[c.run-1].closed = true
			c.run = 0
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
	if r.last = s.finishes(c.choice); r.last && !s.d.FinishRepeats() || len(s.blocks) > 0 && s.stops(c) {
		r.closed = true
	}
	r.raw = s.gather(a, r, c.held)
	seg := Segment{Role: c.role, Kind: c.kind, Flags: abi.SegmentStreamed, Channel: c.number, Text: r.raw, site: index}
	if r.closed {
		seg.Flags |= abi.SegmentFinal
	}
	if c.lexer == nil {
		s.segs = append(s.segs, seg)
		return
	}
	var covered int
	key := append(s.key[:0], c.lexer.key...)
	s.key = key
	s.tokens, covered = c.lexer.feed(s.tokens, r.raw, &s.leaves.paths)
	r.incomplete = len(r.raw) - covered
	s.tokenSegments(r, seg, key)
}

// tokenSegments makes the segments of the tokens of a run; key is what went out earlier of the name that the
// first one may go on with.
func (s *Stream) tokenSegments(r *run, like Segment, key []byte) {
	for i := int(r.tokens[0]); i < len(s.tokens); i++ {
		t := &s.tokens[i]
		if !t.text || t.start == t.end {
			continue
		}
		if t.key && !IsData(r.raw[t.start:t.end]) && (i > int(r.tokens[0]) || !IsData(key)) {
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
func (s *Stream) gather(a *document.Arena, r *run, held []byte) []byte {
	first, shared := a.Text(s.sites[r.site].Node)
	if shared && r.tail == r.site && len(held) == 0 {
		return first
	}
	from := len(s.texts.b)
	s.texts.b = append(append(s.texts.b, held...), first...)
	for i := s.chain[r.site]; i > 0; i = s.chain[i] {
		s.texts.b = a.AppendString(s.texts.b, s.sites[i].Node)
	}
	return s.texts.take(from)
}
