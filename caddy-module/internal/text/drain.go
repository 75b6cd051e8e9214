package text

import (
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Released is an event that the host makes to let out text that was held back.
type Released struct {
	Name []byte // name of the event, nil when it has none
	Data []byte // JSON
}

// Ending tells whether an event ends channels that hold text without having text for them: the choice
// finishes, the block ends, a tool call or another block begins, or another kind of text follows. What is
// held has to go out first.
func (s *Stream) Ending(a *document.Arena, root document.Node) bool {
	if s.held == 0 {
		return false
	}
	s.find(a, root)
	if len(s.ending) > 0 {
		return true
	}
	s.giveBack()
	return false
}

// find lists the channels that an event ends.
func (s *Stream) find(a *document.Arena, root document.Node) {
	s.borrow()
	s.look(a, root)
	for i := range s.channels {
		if c := &s.channels[i]; len(c.held) > 0 && s.ends(int32(i), c) {
			s.ending = append(s.ending, int32(i))
		}
	}
}

// ends tells whether the event whose sites are known ends channel n before any text for it.
func (s *Stream) ends(n int32, c *channel) bool {
	for i := range s.sites {
		t := &s.sites[i]
		if t.Choice != c.choice || t.Whole {
			continue
		}
		switch t.Form {
		case dialect.FormFinish, dialect.FormEnd:
		case dialect.FormCall:
			if !c.args() && s.starts(t, false) {
				return true
			}
		default:
			if s.channelOf(t, false) == n {
				return false
			}
			if !c.args() && t.Kind != abi.TextToolArgs && t.Block == c.block && t.Part == c.part {
				return true
			}
		}
	}
	return s.finishes(c.choice) || s.stops(c)
}

// Drain returns what the channels hold that an event ends, as final segments. Release must follow.
func (s *Stream) Drain(a *document.Arena, root document.Node) []Segment {
	s.find(a, root)
	return s.drain()
}

// DrainAll returns everything that is held, as final segments: the stream is over. Release must follow
// if there is any.
func (s *Stream) DrainAll() []Segment {
	if s.held == 0 {
		s.giveBack()
		return nil
	}
	s.borrow()
	s.over = true
	for i := range s.channels {
		if len(s.channels[i].held) > 0 {
			s.ending = append(s.ending, int32(i))
		}
	}
	return s.drain()
}

// drain makes one segment for each channel in s.ending.
func (s *Stream) drain() []Segment {
	for _, n := range s.ending {
		c := &s.channels[n]
		seg := Segment{Role: c.role, Kind: c.kind, Flags: abi.SegmentFinal | abi.SegmentStreamed, Channel: c.number, Text: c.held}
		if c.lexer != nil && !c.lexer.plain {
			seg.Path = c.lexer.name
			end, _ := stringEnd(c.held, 0)
			from := len(s.texts.b)
			s.texts.b = appendUnescaped(s.texts.b, c.held[:end])
			seg.Text = s.texts.take(from)
		}
		s.segs = append(s.segs, seg)
	}
	return s.segs
}

// Release lets out what Drain or DrainAll returned, with the plugin's edits, as events to be sent before
// anything else. nil edits nothing. The events are the caller's.
func (s *Stream) Release(reply *Reply) ([]Released, error) {
	if s.scratch == nil || len(s.ending) == 0 {
		s.giveBack()
		return nil, nil
	}
	defer s.giveBack()
	if reply == nil {
		reply = &noReply
	}
	if err := reply.Check(s.segs); err != nil {
		return nil, err
	}
	edits := reply.Edits
	var out []Released
	for i, n := range s.ending {
		c := &s.channels[n]
		var own []Edit
		own, edits = segmentEdits(edits, uint32(i))
		if c.lexer != nil && !c.lexer.plain {
			end, _ := stringEnd(c.held, 0)
			s.out = appendRawEdited(s.out[:0], c.held[:end], own)
			s.out = append(s.out, c.held[end:]...)
		} else {
			s.out = appendEdited(s.out[:0], c.held, own)
		}
		mold := c.mold
		if s.over && c.last != nil {
			mold = c.last
		}
		if len(s.out) > 0 || mold == c.last {
			out = append(out, Released{Name: mold.name, Data: mold.appendEvent(nil, s.out)})
		}
		c.last = nil
		s.hold(c, nil)
	}
	return out, nil
}
