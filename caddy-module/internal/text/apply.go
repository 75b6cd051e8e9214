package text

import (
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Apply writes the plugin's reply to the segments of the last Collect into the event, and keeps what
// the plugin holds. A nil reply edits and holds nothing. The error wraps ErrReply, is ErrHoldOverflow,
// or the document's; the first two leave the event as it was.
func (s *Stream) Apply(a *document.Arena, root document.Node, reply *Reply) error {
	if s.scratch == nil {
		return nil
	}
	defer s.giveBack()
	if reply == nil {
		reply = &noReply
	}
	if err := reply.Check(s.segs); err != nil {
		return err
	}
	if err := s.judge(a, root, reply); err != nil {
		return err
	}
	edits, holds := reply.Edits, reply.Holds
	for i := range s.runs {
		r := &s.runs[i]
		own := edits
		for len(edits) > 0 && int32(edits[0].Segment) < r.segs[1] {
			edits = edits[1:]
		}
		own = own[:len(own)-len(edits)]
		hold := 0
		for len(holds) > 0 && int32(holds[0].Segment) < r.segs[1] {
			hold, holds = int(holds[0].Bytes), holds[1:]
		}
		if err := s.write(a, r, own, hold); err != nil {
			return err
		}
	}
	var err error
	s.out, err = s.leaves.finish(s.out)
	return err
}

var noReply Reply

// judge finds out what would be held, and makes the molds for it while the event is unedited.
func (s *Stream) judge(a *document.Arena, root document.Node, reply *Reply) error {
	if len(reply.Holds) > 0 {
		held := s.held
		for i := range s.runs {
			if r := &s.runs[i]; r.channel >= 0 {
				held -= len(s.channels[r.channel].held)
			}
		}
		at := 0
		for _, h := range reply.Holds {
			if held += int(h.Bytes); held > s.maxHold {
				return ErrHoldOverflow
			}
			for int32(h.Segment) >= s.runs[at].segs[1] {
				at++
			}
			s.runs[at].waits = s.runs[at].waits || h.Bytes > 0
		}
	}
	var event []byte
	for i := range s.runs {
		r := &s.runs[i]
		if r.closed || !r.waits && r.incomplete == 0 {
			continue
		}
		c := &s.channels[r.channel]
		if c.mold != nil && !r.last {
			continue
		}
		if event == nil {
			event = a.AppendJSON(s.out[:0], root)
			s.out = event
		}
		var err error
		if c.mold, err = s.newTemplate(event, int(r.site), false); err != nil {
			return err
		}
		if r.last {
			if r.final, err = s.newTemplate(event, int(r.site), true); err != nil {
				return err
			}
		}
	}
	return nil
}

// write puts a run's new text into its first site and empties the others, if anything changed.
func (s *Stream) write(a *document.Arena, r *run, edits []Edit, hold int) error {
	if r.channel < 0 {
		return s.writeWhole(r, edits)
	}
	c := &s.channels[r.channel]
	wait := 0
	if !r.closed {
		wait = r.incomplete
	}
	if len(edits) == 0 && hold == 0 && wait == 0 && len(c.held) == 0 {
		s.pass(c, r, len(r.raw))
		return nil
	}
	c.last = r.final
	if r.final != nil {
		s.unfinish(a, c.choice)
	}
	var keep []byte
	if c.lexer == nil {
		cut := len(r.raw) - hold
		s.out = appendEdited(s.out[:0], r.raw[:cut], edits)
		keep = r.raw[cut:]
	} else {
		s.out, keep = s.appendTokens(s.out[:0], r, edits, hold)
		s.pass(c, r, len(r.raw)-len(keep))
		if r.closed {
			s.out = append(s.out, keep...)
			keep = nil
		}
	}
	s.hold(c, keep)
	if err := a.SetString(s.sites[r.site].Node, s.out); err != nil {
		return err
	}
	for i := s.chain[r.site]; i > 0; i = s.chain[i] {
		if err := a.SetString(s.sites[i].Node, nil); err != nil {
			return err
		}
	}
	return nil
}

// pass notes what goes out, up to end, of a name that is open.
func (s *Stream) pass(c *channel, r *run, end int) {
	if c.lexer == nil || c.lexer.state != lexKey || r.tokens[1] == r.tokens[0] {
		return
	}
	if t := &s.tokens[r.tokens[1]-1]; t.key && t.start < end {
		c.lexer.passed(r.raw[t.start:end])
	}
}

// keepHeld bounds, in bytes, the memory that a channel keeps while it holds nothing.
const keepHeld = 128

// unfinish takes a choice's finish reason out of the event: it waits behind the text that is held.
func (s *Stream) unfinish(a *document.Arena, choice int32) {
	for i := range s.sites {
		if t := &s.sites[i]; t.Form == dialect.FormFinish && t.Choice == choice {
			a.Delete(t.Node)
		}
	}
}

// hold makes keep the text that a channel holds.
func (s *Stream) hold(c *channel, keep []byte) {
	s.held += len(keep) - len(c.held)
	if len(keep) == 0 && cap(c.held) > keepHeld {
		c.held = nil
		return
	}
	c.held = append(c.held[:0], keep...)
}

// writeWhole writes the segments of a site that is whole.
func (s *Stream) writeWhole(r *run, edits []Edit) error {
	for len(edits) > 0 {
		seg := &s.segs[edits[0].Segment]
		var own []Edit
		own, edits = segmentEdits(edits, edits[0].Segment)
		s.out = appendEdited(s.out[:0], seg.Text, own)
		if err := s.leaves.set(seg, s.out); err != nil {
			return err
		}
	}
	return nil
}

// appendTokens appends the raw text of a run with its edits done, up to what is held, and returns what is.
func (s *Stream) appendTokens(dst []byte, r *run, edits []Edit, hold int) (out, keep []byte) {
	end := len(r.raw) - r.incomplete
	for i := r.tokens[0]; i < r.tokens[1]; i++ {
		t := &s.tokens[i]
		raw := r.raw[t.start:t.end]
		if t.seg < 0 {
			dst = append(dst, raw...)
			continue
		}
		var own []Edit
		own, edits = segmentEdits(edits, uint32(t.seg))
		if hold > 0 && t.seg == r.segs[1]-1 {
			text := len(s.segs[t.seg].Text)
			cut := text - hold
			if t.escaped {
				cut = rawOffset(raw, 0, 0, cut)
			}
			end = t.start + cut
			raw = raw[:cut]
		}
		if t.plain {
			dst = appendEdited(dst, raw, own)
		} else {
			dst = appendRawEdited(dst, raw, own)
		}
	}
	return dst, r.raw[end:]
}
