package text

import (
	"errors"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

func TestCheck(t *testing.T) {
	const streamed, final = abi.SegmentStreamed, abi.SegmentFinal
	segs := []Segment{
		{Text: []byte("héllo"), Flags: streamed},
		{Text: []byte("final"), Flags: streamed | final},
		{Text: []byte("whole")},
		{Text: nil, Flags: streamed},
	}
	ok := []byte("x")
	for _, tt := range []struct {
		name  string
		reply Reply
		want  string // part of the error, "" for none
	}{
		{"nothing", Reply{}, ""},
		{"edits and hold", Reply{Edits: []Edit{{0, 0, 1, ok}, {0, 1, 2, ok}, {2, 0, 5, nil}}, Holds: []Hold{{0, 3}}}, ""},
		{"insertions at one place", Reply{Edits: []Edit{{1, 2, 0, ok}, {1, 2, 0, ok}, {1, 2, 1, ok}, {1, 5, 0, ok}}}, ""},
		{"hold all", Reply{Holds: []Hold{{0, 6}, {3, 0}}}, ""},
		{"hold nothing of a final segment", Reply{Holds: []Hold{{1, 0}}}, ""},
		{"insertion in front of the hold", Reply{Edits: []Edit{{0, 5, 0, ok}}, Holds: []Hold{{0, 1}}}, ""},
		{"segment out of range", Reply{Edits: []Edit{{4, 0, 0, ok}}}, "edit 0: segment 4 of 4"},
		{"huge segment", Reply{Edits: []Edit{{1<<32 - 1, 0, 0, ok}}}, "segment 4294967295 of 4"},
		{"segments not ascending", Reply{Edits: []Edit{{1, 0, 1, ok}, {0, 0, 1, ok}}}, "edit 1: segment 0 after 1"},
		{"overlap", Reply{Edits: []Edit{{1, 0, 3, ok}, {1, 2, 1, ok}}}, "edit 1: starts at 2 inside the edit before, which ends at 3"},
		{"past the end", Reply{Edits: []Edit{{1, 4, 2, ok}}}, "passes the segment's 5 bytes"},
		{"overflowing range", Reply{Edits: []Edit{{1, 1<<32 - 1, 1<<32 - 1, ok}}}, "passes the segment's 5 bytes"},
		{"splits a character at its start", Reply{Edits: []Edit{{0, 2, 1, ok}}}, "splits a UTF-8 character"},
		{"splits a character at its end", Reply{Edits: []Edit{{0, 0, 2, ok}}}, "splits a UTF-8 character"},
		{"invalid replacement", Reply{Edits: []Edit{{1, 0, 1, []byte{0xff}}}}, "not valid UTF-8"},
		{"hold out of range", Reply{Holds: []Hold{{4, 1}}}, "hold 0: segment 4 of 4"},
		{"two holds of a segment", Reply{Holds: []Hold{{0, 1}, {0, 1}}}, "hold 1: segment 0 after 0"},
		{"hold of a whole segment", Reply{Holds: []Hold{{2, 1}}}, "not streamed"},
		{"hold of a final segment", Reply{Holds: []Hold{{1, 1}}}, "final"},
		{"hold more than there is", Reply{Holds: []Hold{{0, 7}}}, "7 bytes pass the segment's 6"},
		{"hold half a character", Reply{Holds: []Hold{{0, 4}}}, "split a UTF-8 character"},
		{"edit inside the hold", Reply{Edits: []Edit{{0, 4, 2, ok}}, Holds: []Hold{{0, 1}}}, "edit 0 reaches into the held 1 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.reply.Check(segs)
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("Check: %v", err)
			case tt.want != "" && (err == nil || !errors.Is(err, ErrReply) || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("Check = %v, want an ErrReply with %q", err, tt.want)
			}
		})
	}
}

func TestResetKeepsBoundedMemory(t *testing.T) {
	r := Reply{Buf: make([]byte, 10, keepReply+1), Edits: make([]Edit, 1, keepReply), Holds: make([]Hold, 1, keepReply)}
	r.Reset()
	if cap(r.Buf) > keepReply || cap(r.Edits) >= keepReply || cap(r.Holds) >= keepReply || !r.Empty() {
		t.Errorf("Reset kept %d, %d, %d", cap(r.Buf), cap(r.Edits), cap(r.Holds))
	}
}
