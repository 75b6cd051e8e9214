package wasm

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

// The example of ABI.md, byte for byte.
func TestTextPacking(t *testing.T) {
	segs := []text.Segment{{
		Role: abi.RoleAssistant, Kind: abi.TextPlain, Flags: abi.SegmentStreamed, Channel: 7, Text: []byte("a loud lo"),
	}}
	size, input := packedSize(segs)
	if size != 41 || input != 9 {
		t.Fatalf("size %d, input %d", size, input)
	}
	got := make([]byte, size)
	packText(got, abi.PhaseAnswer, segs)
	want := []byte("\x01\x00\x00\x00\x01\x00\x00\x00" + "\x07\x00\x00\x00" + "\x03\x00\x02\x00" +
		"\x20\x00\x00\x00\x00\x00\x00\x00" + "\x20\x00\x00\x00\x09\x00\x00\x00" + "a loud lo")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("call (-want +got):\n%s", diff)
	}
	var reply text.Reply
	b := []byte("\x01\x00\x00\x00\x01\x00\x00\x00" + "\x00\x00\x00\x00\x02\x00\x00\x00" + "\x04\x00\x00\x00" +
		"\x24\x00\x00\x00\x04\x00\x00\x00" + "\x00\x00\x00\x00\x02\x00\x00\x00" + "LOUD")
	if err := unpackReply(b, segs, input, &reply); err != nil {
		t.Fatal(err)
	}
	clear(b) // the reply must not point into the guest
	if diff := cmp.Diff([]text.Edit{{Start: 2, Len: 4, Text: []byte("LOUD")}}, reply.Edits); diff != "" {
		t.Errorf("edits (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]text.Hold{{Bytes: 2}}, reply.Holds); diff != "" {
		t.Errorf("holds (-want +got):\n%s", diff)
	}
}

func words(v ...uint32) (b []byte) {
	for _, w := range v {
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	return b
}

func TestUnpackReplyRefuses(t *testing.T) {
	segs := []text.Segment{{Flags: abi.SegmentStreamed, Text: []byte("héllo")}, {Text: []byte("x")}}
	_, input := packedSize(segs)
	for _, c := range []struct {
		name  string
		reply []byte
		want  string
	}{
		{"short", words(0), "4 bytes, expected at least 8"},
		{"no table", words(1, 0), "need 28 bytes, expected no more than its 8"},
		{"millions of edits", words(1<<31, 0), "edits and 0 holds for 2 segments of 7 bytes"},
		{"more holds than segments", words(0, 3), "0 edits and 3 holds for 2 segments"},
		{"text outside", words(1, 0, 0, 0, 1, 28, 1), "text of 1 bytes at 28, outside of the reply's 28 bytes"},
		{"text outside by overflow", words(1, 0, 0, 0, 1, 0xffffffff, 2), "outside of the reply's"},
		{"no such segment", words(1, 0, 2, 0, 0, 0, 0), "segment 2 of 2"},
		{"range behind the end", words(1, 0, 0, 6, 1, 0, 0), "passes the segment's 6 bytes"},
		{"inside of a character", words(1, 0, 0, 2, 1, 0, 0), "splits a UTF-8 character"},
		{"overlap", words(2, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0), "inside the edit before"},
		{"unsorted", words(2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0), "expected ascending order"},
		{"hold of what is no stream", words(0, 1, 1, 1), "not streamed"},
		{"hold of more than there is", words(0, 1, 0, 7), "pass the segment's 6"},
		{"two holds", words(0, 2, 0, 1, 0, 1), "expected ascending order"},
		{"edit in the held tail", words(1, 1, 0, 5, 1, 0, 0, 0, 2), "reaches into the held"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var reply text.Reply
			err := unpackReply(c.reply, segs, input, &reply)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// Edits may share replacement text, so that few bytes of reply insert many.
func TestUnpackReplyBoundsInsertedText(t *testing.T) {
	segs := []text.Segment{{Text: []byte(strings.Repeat("x", 200))}}
	const edits, each = 100, 1 << 20
	reply := words(edits, 0)
	for i := range uint32(edits) {
		reply = append(reply, words(0, i, 1, abi.ReplyHeaderSize+edits*abi.ReplyEditSize, each)...)
	}
	reply = append(reply, make([]byte, each)...)
	var r text.Reply
	if err := unpackReply(reply, segs, 200, &r); err == nil || !strings.Contains(err.Error(), "insert too much") {
		t.Errorf("got %v", err)
	}
}

// FuzzReply holds that whatever a guest answers, only a reply that can be applied comes through.
func FuzzReply(f *testing.F) {
	f.Add(words(0, 0), []byte("héllo"), uint8(abi.SegmentStreamed))
	f.Add(words(1, 1, 0, 0, 1, 28, 1, 0, 1, 0x41), []byte("hello"), uint8(abi.SegmentStreamed))
	f.Add(words(2, 0, 0, 0, 1, 0, 4, 1, 0, 1, 0, 4), []byte("ab"), uint8(abi.SegmentFinal))
	f.Fuzz(func(t *testing.T, b, content []byte, flags uint8) {
		segs := []text.Segment{
			{Flags: flags & 3, Text: []byte(strings.ToValidUTF8(string(content), "?"))},
			{Flags: abi.SegmentStreamed, Channel: 1, Text: []byte("é second")},
		}
		_, input := packedSize(segs)
		var reply text.Reply
		if unpackReply(b, segs, input, &reply) != nil {
			return
		}
		inserted := 0
		at := make([]uint32, len(segs))
		for _, e := range reply.Edits {
			s := segs[e.Segment].Text
			if e.Start < at[e.Segment] || int(e.Start)+int(e.Len) > len(s) {
				t.Fatalf("edit %+v of %q", e, s)
			}
			at[e.Segment] = e.Start + e.Len
			inserted += len(e.Text)
		}
		if inserted > abi.MaxReply || len(reply.Edits) > input+len(segs) {
			t.Fatalf("%d edits insert %d bytes", len(reply.Edits), inserted)
		}
		for _, h := range reply.Holds {
			if s := segs[h.Segment]; int(h.Bytes) > len(s.Text) || h.Bytes > 0 && at[h.Segment] > uint32(len(s.Text))-h.Bytes {
				t.Fatalf("hold %+v of %q", h, s.Text)
			}
		}
		if err := reply.Check(segs); err != nil {
			t.Fatalf("passed and then failed: %v", err)
		}
	})
}
