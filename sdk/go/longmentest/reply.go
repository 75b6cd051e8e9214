package longmentest

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Reply is a plugin's answer to a text call.
type Reply struct {
	Edits []Edit
	Holds []Hold
}

// Edit replaces Length bytes of a segment from Start on.
type Edit struct {
	Segment, Start, Length int
	Text                   []byte
}

// Hold keeps the last Bytes bytes of a segment.
type Hold struct{ Segment, Bytes int }

var errReply = errors.New("text reply")

// check holds a reply to the rules of ABI.md "text" and names the first that it breaks.
func (r *Reply) check(segments []longmen.Segment) error {
	held := make([]int, len(segments))
	for i, h := range r.Holds {
		switch {
		case h.Segment < 0 || h.Segment >= len(segments):
			return fmt.Errorf("%w: hold %d: segment %d of %d", errReply, i, h.Segment, len(segments))
		case i > 0 && h.Segment <= r.Holds[i-1].Segment:
			return fmt.Errorf("%w: hold %d: a segment is held twice or out of order", errReply, i)
		}
		s := &segments[h.Segment]
		switch {
		case !s.Streamed || s.Final:
			return fmt.Errorf("%w: hold %d: segment %d is final or not streamed", errReply, i, h.Segment)
		case h.Bytes < 0 || h.Bytes > len(s.Text):
			return fmt.Errorf("%w: hold %d: %d of %d bytes", errReply, i, h.Bytes, len(s.Text))
		case !boundary(s.Text, len(s.Text)-h.Bytes):
			return fmt.Errorf("%w: hold %d: splits a character", errReply, i)
		}
		held[h.Segment] = h.Bytes
	}
	seg, end := 0, 0
	for i, e := range r.Edits {
		switch {
		case e.Segment < seg || e.Segment >= len(segments):
			return fmt.Errorf("%w: edit %d: segment %d of %d, after one in segment %d", errReply, i, e.Segment, len(segments), seg)
		case e.Segment > seg:
			seg, end = e.Segment, 0
		}
		text := segments[seg].Text
		switch stop := e.Start + e.Length; {
		case e.Start < end || e.Length < 0 || stop > len(text)-held[seg]:
			return fmt.Errorf("%w: edit %d: [%d,%d) overlaps another edit or the held tail, or passes %d bytes", errReply, i, e.Start, stop, len(text))
		case !boundary(text, e.Start) || !boundary(text, stop):
			return fmt.Errorf("%w: edit %d: splits a character", errReply, i)
		case !utf8.Valid(e.Text):
			return fmt.Errorf("%w: edit %d: the replacement is not UTF-8", errReply, i)
		default:
			end = stop
		}
	}
	return nil
}

func boundary(text []byte, i int) bool { return i == len(text) || utf8.RuneStart(text[i]) }

// apply gives the text of a segment that goes on, and how many bytes of it stay.
func (r *Reply) apply(segment int, text []byte) (out string, held int) {
	for _, h := range r.Holds {
		if h.Segment == segment {
			held = h.Bytes
		}
	}
	var b []byte
	at := 0
	for _, e := range r.Edits {
		if e.Segment == segment {
			b = append(append(b, text[at:e.Start]...), e.Text...)
			at = e.Start + e.Length
		}
	}
	return string(append(b, text[at:len(text)-held]...)), held
}
