package longmentest

import (
	"encoding/binary"
	"fmt"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

var le = binary.LittleEndian

// pack writes a text call, ABI.md "text".
func pack(phase uint8, segments []longmen.Segment) []byte {
	b := le.AppendUint32([]byte{phase, 0, 0, 0}, uint32(len(segments)))
	at := abi.TextHeaderSize + len(segments)*abi.TextSegmentSize
	for _, s := range segments {
		var flags uint8
		if s.Final {
			flags |= abi.SegmentFinal
		}
		if s.Streamed {
			flags |= abi.SegmentStreamed
		}
		b = le.AppendUint32(b, s.Channel)
		b = append(b, uint8(s.Role), uint8(s.Kind), flags, 0)
		b = le.AppendUint32(b, uint32(at))
		b = le.AppendUint32(b, uint32(len(s.Path)))
		at += len(s.Path)
		b = le.AppendUint32(b, uint32(at))
		b = le.AppendUint32(b, uint32(len(s.Text)))
		at += len(s.Text)
	}
	for _, s := range segments {
		b = append(append(b, s.Path...), s.Text...)
	}
	return b
}

// unpack reads a text reply.
func unpack(b []byte) (r Reply, err error) {
	if b == nil {
		return r, nil
	}
	if len(b) < abi.ReplyHeaderSize {
		return r, fmt.Errorf("%w: %d bytes, expected a header of %d", errReply, len(b), abi.ReplyHeaderSize)
	}
	edits, holds := int(le.Uint32(b)), int(le.Uint32(b[4:]))
	at := abi.ReplyHeaderSize
	if need := at + edits*abi.ReplyEditSize + holds*abi.ReplyHoldSize; len(b) < need {
		return r, fmt.Errorf("%w: %d bytes, expected at least %d", errReply, len(b), need)
	}
	for range edits {
		e := b[at : at+abi.ReplyEditSize]
		from, n := int(le.Uint32(e[12:])), int(le.Uint32(e[16:]))
		if from+n > len(b) {
			return r, fmt.Errorf("%w: a replacement lies outside of it", errReply)
		}
		r.Edits = append(r.Edits, Edit{
			Segment: int(le.Uint32(e)), Start: int(le.Uint32(e[4:])), Length: int(le.Uint32(e[8:])),
			Text: append([]byte(nil), b[from:from+n]...),
		})
		at += abi.ReplyEditSize
	}
	for range holds {
		r.Holds = append(r.Holds, Hold{Segment: int(le.Uint32(b[at:])), Bytes: int(le.Uint32(b[at+4:]))})
		at += abi.ReplyHoldSize
	}
	return r, nil
}
