package wasm

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

// packedSize is the size of a text call's message and how much of it is text.
func packedSize(segs []text.Segment) (size, input int) {
	for i := range segs {
		input += len(segs[i].Text)
		size += len(segs[i].Path)
	}
	return size + input + abi.TextHeaderSize + len(segs)*abi.TextSegmentSize, input
}

// packText writes a text call, see "text" in ABI.md. dst has packedSize bytes.
func packText(dst []byte, phase uint8, segs []text.Segment) {
	le := binary.LittleEndian
	le.PutUint32(dst, uint32(phase))
	le.PutUint32(dst[4:], uint32(len(segs)))
	at := abi.TextHeaderSize + len(segs)*abi.TextSegmentSize
	for i := range segs {
		s := &segs[i]
		r := dst[abi.TextHeaderSize+i*abi.TextSegmentSize:][:abi.TextSegmentSize]
		le.PutUint32(r, s.Channel)
		r[4], r[5], r[6], r[7] = byte(s.Role), byte(s.Kind), s.Flags, 0
		le.PutUint32(r[8:], uint32(at))
		le.PutUint32(r[12:], uint32(len(s.Path)))
		at += copy(dst[at:], s.Path)
		le.PutUint32(r[16:], uint32(at))
		le.PutUint32(r[20:], uint32(len(s.Text)))
		at += copy(dst[at:], s.Text)
	}
}

// unpackReply reads and checks a text reply, see "text" in ABI.md. b is the guest's memory: what the
// reply keeps is copied. input is how many bytes of text the segments have. After an error reply holds
// nothing of use.
func unpackReply(b []byte, segs []text.Segment, input int, reply *text.Reply) error {
	if len(b) < abi.ReplyHeaderSize {
		return fmt.Errorf("reading text reply: %d bytes, expected at least %d", len(b), abi.ReplyHeaderSize)
	}
	le := binary.LittleEndian
	edits, holds := int(le.Uint32(b)), int(le.Uint32(b[4:]))
	// More edits than bytes of text, or more holds than segments, cannot be in order; saying so first
	// bounds what is allocated.
	if edits > input+len(segs) || holds > len(segs) {
		return fmt.Errorf("reading text reply: %d edits and %d holds for %d segments of %d bytes", edits, holds, len(segs), input)
	}
	if table := abi.ReplyHeaderSize + edits*abi.ReplyEditSize + holds*abi.ReplyHoldSize; table > len(b) {
		return fmt.Errorf("reading text reply: %d edits and %d holds need %d bytes, expected no more than its %d", edits, holds, table, len(b))
	}
	reply.Buf = append(reply.Buf[:0], b...)
	b = reply.Buf
	rows := b[abi.ReplyHeaderSize:]
	total := 0
	for i := range edits {
		r := rows[:abi.ReplyEditSize]
		rows = rows[abi.ReplyEditSize:]
		off, n := le.Uint32(r[12:]), le.Uint32(r[16:])
		if uint64(off)+uint64(n) > uint64(len(b)) {
			return fmt.Errorf("reading text reply: edit %d: text of %d bytes at %d, outside of the reply's %d bytes", i, n, off, len(b))
		}
		// Edits may share text, so the whole reply says little about how much they insert.
		if total += int(n); total > abi.MaxReply {
			return errors.New("reading text reply: edits insert too much, expected at most 64 MiB")
		}
		reply.Edits = append(reply.Edits, text.Edit{
			Segment: le.Uint32(r), Start: le.Uint32(r[4:]), Len: le.Uint32(r[8:]), Text: b[off:][:n:n],
		})
	}
	for range holds {
		reply.Holds = append(reply.Holds, text.Hold{Segment: le.Uint32(rows), Bytes: le.Uint32(rows[4:])})
		rows = rows[abi.ReplyHoldSize:]
	}
	return reply.Check(segs)
}
