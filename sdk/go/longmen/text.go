package longmen

import (
	"runtime"
	"unsafe"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// Text is one text call: all segments of a request or answer, or what one event of a stream brought.
// The answer is a list of edits and, in streams, how much of the end is held back.
type Text struct {
	Phase    Phase     // request or answer
	Segments []Segment // in the order of the document

	edits []edit
	holds []hold
	with  []byte // the replacements, one after another
	reply []byte
}

// Segment is one piece of text, decoded. Its Path and Text are views of a buffer that the next call
// overwrites: copy what has to outlive the hook.
type Segment struct {
	Role     Role
	Kind     TextKind
	Channel  uint32 // pieces of one stream of text have the same number: choice, kind, tool call
	Final    bool   // nothing more follows on this channel: holding is refused
	Streamed bool   // a piece of a stream; what was held back earlier stands at its start
	Path     string // of a leaf in tool arguments or a tool result: where in it, RFC 6901; else ""
	Text     []byte
}

type edit struct{ segment, start, length, from, n uint32 }

type hold struct{ segment, n uint32 }

// Replace replaces length bytes of a segment from byte start on. Edits may come in any order but must
// not overlap; they lie on UTF-8 boundaries of the segment's text.
func (t *Text) Replace(segment, start, length int, with string) {
	if len(t.edits)%editsPerTurn == editsPerTurn-1 {
		runtime.Gosched()
	}
	from := len(t.with)
	t.with = append(t.with, with...)
	t.edits = append(t.edits, edit{uint32(segment), uint32(start), uint32(length), uint32(from), uint32(len(with))})
}

// editsPerTurn is how many edits are made between two turns of the garbage collector. Nothing interrupts a guest: in a hook that
// allocates without end a collection that has begun would not end either, and memory would grow to its limit.
const editsPerTurn = 512

// ReplaceBytes is Replace with a byte slice, which is copied.
func (t *Text) ReplaceBytes(segment, start, length int, with []byte) {
	t.Replace(segment, start, length, unsafe.String(unsafe.SliceData(with), len(with)))
}

// Hold keeps the last n bytes of a streamed segment back: they stand at the start of the channel's
// next segment. Hold back only what may become part of a match.
func (t *Text) Hold(segment, n int) {
	if n > 0 {
		t.holds = append(t.holds, hold{uint32(segment), uint32(n)})
	}
}

// decode reads a text call; see "text" in ABI.md. The host writes it, so it is not checked here beyond
// what Go checks.
func (t *Text) decode(message []byte) {
	t.Phase = message[0]
	n := int(u32(message[4:]))
	if cap(t.Segments) < n {
		t.Segments = make([]Segment, n, max(n, 16))
	}
	t.Segments = t.Segments[:n]
	t.edits, t.holds, t.with = t.edits[:0], t.holds[:0], t.with[:0]
	for i := range t.Segments {
		r := message[abi.TextHeaderSize+i*abi.TextSegmentSize:][:abi.TextSegmentSize]
		path := view(message, u32(r[8:]), u32(r[12:]))
		t.Segments[i] = Segment{
			Channel:  u32(r),
			Role:     Role(r[4]),
			Kind:     TextKind(r[5]),
			Final:    r[6]&abi.SegmentFinal != 0,
			Streamed: r[6]&abi.SegmentStreamed != 0,
			Path:     unsafe.String(unsafe.SliceData(path), len(path)),
			Text:     view(message, u32(r[16:]), u32(r[20:])),
		}
	}
}

func view(message []byte, off, n uint32) []byte { return message[off:][:n:n] }

// encode writes the reply; nil when there is nothing to say.
func (t *Text) encode() []byte {
	if len(t.edits) == 0 && len(t.holds) == 0 {
		return nil
	}
	t.sort()
	base := uint32(abi.ReplyHeaderSize + len(t.edits)*abi.ReplyEditSize + len(t.holds)*abi.ReplyHoldSize)
	if size := int(base) + len(t.with); cap(t.reply) < size {
		t.reply = make([]byte, 0, size+size/4)
	}
	out := t.reply[:0]
	out = append32(out, uint32(len(t.edits)))
	out = append32(out, uint32(len(t.holds)))
	for _, e := range t.edits {
		out = append32(out, e.segment)
		out = append32(out, e.start)
		out = append32(out, e.length)
		out = append32(out, base+e.from)
		out = append32(out, e.n)
	}
	for _, h := range t.holds {
		out = append32(out, h.segment)
		out = append32(out, h.n)
	}
	t.reply = append(out, t.with...)
	return t.reply
}

// sort orders edits and holds by place. Detectors mostly report in order, so insertion is right.
func (t *Text) sort() {
	for i := 1; i < len(t.holds); i++ {
		for j := i; j > 0 && t.holds[j].segment < t.holds[j-1].segment; j-- {
			t.holds[j], t.holds[j-1] = t.holds[j-1], t.holds[j]
		}
	}
	for i := 1; i < len(t.edits); i++ {
		for j := i; j > 0 && t.edits[j].before(t.edits[j-1]); j-- {
			t.edits[j], t.edits[j-1] = t.edits[j-1], t.edits[j]
		}
	}
}

func (e edit) before(o edit) bool {
	return e.segment < o.segment || e.segment == o.segment && e.start < o.start
}

// u32 and append32 are little endian; encoding/binary would bring in reflect.
func u32(b []byte) uint32 {
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}

func append32(b []byte, v uint32) []byte {
	return append(b, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
}
