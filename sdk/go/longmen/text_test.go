package longmen

import (
	"testing"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// message packs segments of text, all of one channel.
func message(texts ...string) []byte {
	b := append32([]byte{abi.PhaseAnswer, 0, 0, 0}, uint32(len(texts)))
	at := abi.TextHeaderSize + len(texts)*abi.TextSegmentSize
	for _, s := range texts {
		b = append(append32(b, 1), byte(RoleAssistant), byte(TextPlain), abi.SegmentStreamed, 0)
		b = append32(append32(b, 0), 0)
		b = append32(append32(b, uint32(at)), uint32(len(s)))
		at += len(s)
	}
	for _, s := range texts {
		b = append(b, s...)
	}
	return b
}

// Edits and holds may be reported in any order and leave sorted.
func TestReplySorted(t *testing.T) {
	var a, b Text
	a.decode(message("0123456789", "x"))
	b.decode(message("0123456789", "x"))
	a.Hold(1, 1)
	a.Replace(0, 7, 1, "seven")
	a.ReplaceBytes(0, 2, 1, []byte("two"))
	a.Hold(0, 1)
	b.Replace(0, 2, 1, "two")
	b.Replace(0, 7, 1, "seven")
	b.Hold(0, 1)
	b.Hold(1, 1)
	b.Hold(1, 0)
	got, want := a.encode(), b.encode()
	// The replacements stand in the order of the calls, so only what points to them is compared.
	for i := range want[:abi.ReplyHeaderSize] {
		if got[i] != want[i] {
			t.Fatalf("headers differ: % x, % x", got, want)
		}
	}
	for i := range 2 {
		g, w := got[abi.ReplyHeaderSize+i*abi.ReplyEditSize:], want[abi.ReplyHeaderSize+i*abi.ReplyEditSize:]
		if u32(g) != u32(w) || u32(g[4:]) != u32(w[4:]) || string(got[u32(g[12:]):][:u32(g[16:])]) != string(want[u32(w[12:]):][:u32(w[16:])]) {
			t.Errorf("edit %d differs", i)
		}
		at := abi.ReplyHeaderSize + 2*abi.ReplyEditSize + i*abi.ReplyHoldSize
		if u32(got[at:]) != uint32(i) {
			t.Errorf("hold %d is of segment %d", i, u32(got[at:]))
		}
	}
}

func TestNothingToSay(t *testing.T) {
	var text Text
	text.decode(message("abc"))
	if got := text.encode(); got != nil {
		t.Errorf("got % x, want nothing", got)
	}
	text.decode(message())
	if len(text.Segments) != 0 {
		t.Errorf("got %d segments, want none", len(text.Segments))
	}
}

// A delta costs no allocation, edited or not.
func TestTextAllocations(t *testing.T) {
	before := active
	defer func() { active = before }()
	call := message("hello", " world")
	for _, edit := range []bool{false, true} {
		active = Plugin{Text: func(t *Text) error {
			if edit {
				t.Replace(0, 0, 1, "J")
				t.Hold(1, 1)
			}
			return nil
		}}
		callText(call)
		if n := testing.AllocsPerRun(100, func() { callText(call) }); n != 0 {
			t.Errorf("edit %v: %v allocations", edit, n)
		}
	}
}

func BenchmarkText(b *testing.B) {
	before := active
	defer func() { active = before }()
	active = Plugin{Text: func(t *Text) error { return nil }}
	call := message("hello")
	for b.Loop() {
		callText(call)
	}
}
