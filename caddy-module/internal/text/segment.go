// Package text finds the text of requests, answers and stream events as decoded segments, and puts
// edited text back with everything around it byte for byte. The pipeline package calls it around the
// text hook of a plugin, and the sandbox packs its segments and unpacks its replies.
package text

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// Segment is one piece of text that a plugin may edit. Its slices are valid until the next call of the
// Document or Stream that it came from.
type Segment struct {
	Role  abi.Role     // who speaks
	Kind  abi.TextKind // what the text is to its reader
	Flags uint8        // abi.SegmentFinal, abi.SegmentStreamed

	// Channel numbers what the segment is a part of: in a stream the choice and, for tool arguments,
	// the call; in a request the message, in a whole answer the choice. It is the same for all events
	// of one stream.
	Channel uint32

	// Path is the key path of a leaf inside tool arguments or a tool result, as an RFC 6901 pointer
	// ("/to/0/address"); "" for anything else.
	Path string

	// Text is decoded UTF-8. In a stream it starts with what was held back earlier.
	Text []byte

	site int32 // index in the bookkeeping of the Document or Stream that made it
}

// Edit replaces the Len bytes of a segment's text from Start by Text.
type Edit struct {
	Segment, Start, Len uint32
	Text                []byte
}

// Hold keeps the last Bytes bytes of a segment's text, as they stand before any edit, from being sent
// until more of the channel is known.
type Hold struct {
	Segment, Bytes uint32
}

// Reply is a plugin's answer to a text call: Edits sorted by segment and start, without overlap, and
// Holds sorted by segment, at most one each. It is reused between calls.
type Reply struct {
	Edits []Edit
	Holds []Hold

	// Buf backs the Text of the edits for whoever fills the reply; Reset keeps its capacity up to a bound.
	Buf []byte
}

// keepReply bounds, in bytes, what a reused Reply keeps of a large reply's buffers.
const keepReply = 64 << 10

// Reset empties r, overwrites its texts, which may be originals put back, and keeps its buffers, if they are not large.
func (r *Reply) Reset() {
	clear(r.Buf)
	r.Edits, r.Holds, r.Buf = r.Edits[:0], r.Holds[:0], r.Buf[:0]
	if cap(r.Buf) > keepReply {
		r.Buf = nil
	}
	if cap(r.Edits) > keepReply/40 {
		r.Edits = nil
	}
	if cap(r.Holds) > keepReply/8 {
		r.Holds = nil
	}
}

// Empty reports whether r changes and holds nothing.
func (r *Reply) Empty() bool { return len(r.Edits) == 0 && len(r.Holds) == 0 }

// ErrReply is wrapped by every error of Check.
var ErrReply = errors.New("text reply breaks the contract")

// Check judges r against the segments that it answers: indices and ranges lie inside, edits and holds
// are sorted and do not overlap, every boundary is one of a UTF-8 character, replacements are valid
// UTF-8, and only text that can still grow is held. The error wraps ErrReply and quotes no text.
func (r *Reply) Check(segs []Segment) error {
	var seg, end uint32
	for i := range r.Edits {
		e := &r.Edits[i]
		switch {
		case int64(e.Segment) >= int64(len(segs)):
			return fmt.Errorf("%w: edit %d: segment %d of %d", ErrReply, i, e.Segment, len(segs))
		case e.Segment < seg:
			return fmt.Errorf("%w: edit %d: segment %d after %d, expected ascending order", ErrReply, i, e.Segment, seg)
		case e.Segment > seg:
			seg, end = e.Segment, 0
		}
		t := segs[e.Segment].Text
		stop := uint64(e.Start) + uint64(e.Len)
		switch {
		case e.Start < end:
			return fmt.Errorf("%w: edit %d: starts at %d inside the edit before, which ends at %d", ErrReply, i, e.Start, end)
		case stop > uint64(len(t)):
			return fmt.Errorf("%w: edit %d: range %d+%d passes the segment's %d bytes", ErrReply, i, e.Start, e.Len, len(t))
		case !boundary(t, int(e.Start)) || !boundary(t, int(stop)):
			return fmt.Errorf("%w: edit %d: range %d+%d splits a UTF-8 character", ErrReply, i, e.Start, e.Len)
		case !utf8.Valid(e.Text):
			return fmt.Errorf("%w: edit %d: replacement is not valid UTF-8", ErrReply, i)
		}
		end = uint32(stop)
	}
	next := 0 // first edit not yet passed
	for i := range r.Holds {
		h := &r.Holds[i]
		switch {
		case int64(h.Segment) >= int64(len(segs)):
			return fmt.Errorf("%w: hold %d: segment %d of %d", ErrReply, i, h.Segment, len(segs))
		case i > 0 && h.Segment <= r.Holds[i-1].Segment:
			return fmt.Errorf("%w: hold %d: segment %d after %d, expected ascending order", ErrReply, i, h.Segment, r.Holds[i-1].Segment)
		}
		s := &segs[h.Segment]
		switch {
		case h.Bytes > 0 && s.Flags&abi.SegmentStreamed == 0:
			return fmt.Errorf("%w: hold %d: segment %d is not streamed", ErrReply, i, h.Segment)
		case h.Bytes > 0 && s.Flags&abi.SegmentFinal != 0:
			return fmt.Errorf("%w: hold %d: segment %d is final", ErrReply, i, h.Segment)
		case uint64(h.Bytes) > uint64(len(s.Text)):
			return fmt.Errorf("%w: hold %d: %d bytes pass the segment's %d", ErrReply, i, h.Bytes, len(s.Text))
		case !boundary(s.Text, len(s.Text)-int(h.Bytes)):
			return fmt.Errorf("%w: hold %d: %d bytes split a UTF-8 character", ErrReply, i, h.Bytes)
		}
		for next < len(r.Edits) && r.Edits[next].Segment < h.Segment {
			next++
		}
		keep := uint64(len(s.Text)) - uint64(h.Bytes)
		for ; next < len(r.Edits) && r.Edits[next].Segment == h.Segment; next++ {
			if e := &r.Edits[next]; h.Bytes > 0 && uint64(e.Start)+uint64(e.Len) > keep {
				return fmt.Errorf("%w: hold %d: edit %d reaches into the held %d bytes", ErrReply, i, next, h.Bytes)
			}
		}
	}
	return nil
}

// boundary reports whether a character of t begins, or t ends, at i.
func boundary(t []byte, i int) bool { return i == len(t) || utf8.RuneStart(t[i]) }
