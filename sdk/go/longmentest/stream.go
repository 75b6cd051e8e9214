package longmentest

import (
	"slices"
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Assistant is a plain text segment of an answer.
func Assistant(text string) longmen.Segment {
	return longmen.Segment{Role: longmen.RoleAssistant, Text: []byte(text)}
}

// User is a plain text segment of a request.
func User(text string) longmen.Segment {
	return longmen.Segment{Role: longmen.RoleUser, Text: []byte(text)}
}

// Stream plays an assistant's text in these pieces through the text hook, on a channel of its own,
// keeps back what the hook holds as the gateway does, and returns what the client reads. A failing
// hook fails the test.
func (x *Exchange) Stream(phase longmen.Phase, chunks ...string) string {
	x.p.t.Helper()
	return x.StreamAs(phase, Assistant(""), chunks...)
}

// StreamAs is Stream for segments of another role, kind or path.
func (x *Exchange) StreamAs(phase longmen.Phase, like longmen.Segment, chunks ...string) string {
	x.p.t.Helper()
	out, problem := x.play(phase, like, chunks)
	if problem != "" {
		x.p.t.Fatalf("streaming %q: %s", chunks, problem)
	}
	return out
}

func (x *Exchange) play(phase longmen.Phase, like longmen.Segment, chunks []string) (out, problem string) {
	x.p.world.channels++
	like.Channel, like.Streamed = x.p.world.channels, true
	var held []byte
	step := func(chunk string, final bool) string {
		s := like
		s.Text, s.Final = append(held, chunk...), final
		r := x.Text(phase, s)
		switch {
		case r.Err != nil:
			return r.Err.Error()
		case r.Rejection != nil:
			return "rejected: " + r.Rejection.Code
		case r.Held[0] > x.p.manifest.hold:
			return "more is held back than max_hold_bytes allows"
		}
		out += r.Text[0]
		held = slices.Clone(s.Text[len(s.Text)-r.Held[0]:])
		return ""
	}
	for _, chunk := range chunks {
		if problem = step(chunk, false); problem != "" {
			return out, problem
		}
	}
	if len(held) > 0 {
		problem = step("", true)
	}
	return out, problem
}

// Chop streams an answer in every cut: whole, character by character, in two pieces at every place, in
// three around every short window, and in steps of two to seven. The client has to read the same text
// every time; that text is returned.
func (x *Exchange) Chop(text string) string {
	x.p.t.Helper()
	return x.ChopAs(Assistant(""), text)
}

// ChopAs is Chop for segments of another role, kind or path.
func (x *Exchange) ChopAs(like longmen.Segment, text string) string {
	x.p.t.Helper()
	want := x.StreamAs(longmen.PhaseAnswer, like, text)
	for chunks := range cuts(text) {
		got, problem := x.play(longmen.PhaseAnswer, like, chunks)
		if problem != "" {
			x.p.t.Fatalf("streaming %q: %s", chunks, problem)
		}
		if got != want {
			x.p.t.Fatalf("streaming %q: the client reads %q, in one piece %q", chunks, got, want)
		}
	}
	return want
}

// cuts yields the ways to cut a text; pieces end between characters, because the gateway decodes JSON.
func cuts(text string) func(yield func([]string) bool) {
	var at []int // where a piece may end
	for i := range text {
		if i > 0 {
			at = append(at, i)
		}
	}
	return func(yield func([]string) bool) {
		for step := 1; step <= 7; step++ {
			if !yield(steps(text, step)) {
				return
			}
		}
		for i, cut := range at {
			if !yield([]string{text[:cut], text[cut:]}) {
				return
			}
			for _, next := range at[i+1 : min(i+5, len(at))] {
				if !yield([]string{text[:cut], text[cut:next], text[next:]}) {
					return
				}
			}
		}
	}
}

func steps(text string, characters int) (chunks []string) {
	for len(text) > 0 {
		n := 0
		for range characters {
			_, size := utf8.DecodeRuneInString(text[n:])
			n += size
		}
		chunks = append(chunks, text[:n])
		text = text[n:]
	}
	return chunks
}
