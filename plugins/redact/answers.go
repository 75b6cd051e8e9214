package redact

import (
	"github.com/longmen-gateway/longmen/plugins/redact/detect"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// What a model itself writes is searched as well, when answers is set: a model may repeat what it was trained on, what a tool
// told it, or make a key up. Placeholders are restored in the same call; what they stand for is the client's own and passes.
//
// A stream is searched piece by piece. The end that can still grow into an entity is held back: the last word, numbers
// before it, a key block that has begun. What went out last is kept in State, so that a number finds the word that names it.

const (
	// contextKept is how much of the text that went out a later piece is read with: as far as detectors look back.
	contextKept = 64
	// maxHeld bounds what is held back: longer than any key. Beyond it what has been found is treated as it stands.
	maxHeld = 12 << 10
	// contextKey is the member of State that has the contexts by channel; placeholders begin with a bracket.
	contextKey = "~"
)

// patch is an edit that waits for the limit of what goes out.
type patch struct {
	start, end int32
	from, n    int32 // the replacement in patchText; n is -1 if the text stays
	typ        detect.Type
	restored   bool
}

var (
	patches   []patch
	merged    []patch
	patchText []byte
	window    []byte // what went out last, and a piece
	answered  []int  // counts by type in the running call
)

// answer restores the placeholders of an answer's segments and searches the rest.
func answer(t *longmen.Text) error {
	var state longmen.Value
	if settings.restore || settings.answers != modeOff {
		state = longmen.State()
	}
	clear(answered)
	named, err := settings.recogniser.recogniseAnswer(t)
	if err != nil {
		return err
	}
	found, blocked := false, false
	for k := range t.Segments {
		seg := &t.Segments[k]
		waiting := seg.Streamed && !seg.Final
		patches, patchText = patches[:0], patchText[:0]
		hold := 0
		if settings.restore {
			hold = settings.placeholders(seg.Text, state, waiting)
		}
		names := len(patches)
		if settings.answers != modeOff {
			prior := 0
			window = window[:0]
			if seg.Streamed {
				if c := state.Get(contextKey).Get(channelName(seg.Channel)); c.Exists() {
					window = c.AppendString(window)
					prior = len(window)
				}
			}
			window = append(window, seg.Text...)
			if waiting {
				hold = max(hold, unfinished(seg.Text), min(detect.Announced(window), len(seg.Text)))
			}
			for _, s := range answerEntities(k, named) {
				if s.End <= prior {
					continue
				}
				start, end := max(s.Start, prior)-prior, s.End-prior
				if waiting && end == len(seg.Text) {
					hold = max(hold, len(seg.Text)-start) // it may go on
				}
				patches = append(patches, patch{start: int32(start), end: int32(end), n: -1, typ: s.Type})
			}
			if hold > maxHeld {
				hold = 0
			}
		}
		hold = whole8(seg.Text, hold)
		limit := settle(names, len(seg.Text)-hold, hold > 0)
		for i := range patches {
			p := &patches[i]
			if int(p.end) > limit {
				continue
			}
			if p.restored {
				restoredNow++
			} else {
				found = true
				answered[p.typ]++
				switch settings.answers {
				case modeBlock:
					blocked = true
				case modeMask:
					p.from = int32(len(patchText))
					patchText = appendMask(patchText, p.typ, seg.Text[p.start:p.end])
					p.n = int32(len(patchText)) - p.from
				case modeDrop:
					p.from, p.n = 0, 0
				}
			}
			if p.n >= 0 {
				t.ReplaceBytes(k, int(p.start), int(p.end-p.start), patchText[p.from:p.from+p.n])
			}
		}
		if waiting && limit < len(seg.Text) {
			t.Hold(k, len(seg.Text)-limit)
		}
		if settings.answers != modeOff && seg.Streamed && !seg.Final {
			remember(state, seg.Channel, seg.Text[:limit])
		}
	}
	clear(patchText[:cap(patchText)]) // no original stays longer than it is needed
	clear(window[:cap(window)])
	if found {
		reportAnswer()
	}
	if blocked {
		return longmen.Reject(502, "answer_blocked", "", "the answer contains what this route does not let pass")
	}
	return nil
}

// whole8 makes what is held begin with a whole character.
func whole8(b []byte, hold int) int {
	for hold > 0 && hold < len(b) && b[len(b)-hold]&0xC0 == 0x80 {
		hold++
	}
	return hold
}

// settle takes out found entities that meet a placeholder, puts the patches in order of place, and returns the limit up to which the text
// goes out: no patch crosses it. The placeholders, of which there are names, and the entities behind them are each in order.
func settle(names, limit int, held bool) int {
	if names > 0 && names < len(patches) {
		i := 0
		merged = merged[:0]
		for _, p := range patches[names:] {
			for i < names && patches[i].end <= p.start {
				merged = append(merged, patches[i])
				i++
			}
			if i == names || patches[i].start >= p.end {
				merged = append(merged, p)
			}
		}
		merged = append(merged, patches[i:names]...)
		patches, merged = merged, patches
	}
	if !held {
		return limit
	}
	for changed := true; changed; {
		changed = false
		for i := range patches {
			if p := &patches[i]; int(p.start) < limit && int(p.end) > limit {
				limit, changed = int(p.start), true
			}
		}
	}
	return limit
}

// unfinished is how many bytes at the end of a piece may be the beginning of an entity.
func unfinished(b []byte) int {
	i := len(b)
	// The last word; a character that is neither ASCII nor a form of it ends one.
	for i > 0 && b[i-1] > ' ' && b[i-1] < 0x80 {
		i--
	}
	// Numbers and short words of capitals before it, one blank apart: groups of one number.
	for n := 0; n < 10 && i > 1 && (b[i-1] == ' ' || b[i-1] == '\n' && i == len(b)); n++ {
		j := i - 1
		digit := false
		for j > 0 && b[j-1] > ' ' && b[j-1] < 0x80 && i-j < 24 {
			j--
			digit = digit || b[j] >= '0' && b[j] <= '9'
		}
		if !digit {
			break
		}
		i = j
	}
	// A key block that has begun.
	const begin, end = "-----BEGIN ", "-----END "
	if at := lastOf(b, begin); at >= 0 && lastOf(b[at:], end) < 0 {
		i = min(i, at)
	} else if at >= 0 && len(b)-at < maxHeld {
		// Its last line is read to its end.
		e := at + lastOf(b[at:], end)
		closed := false
		for k := e + len(end); k+5 <= len(b); k++ {
			closed = closed || string(b[k:k+5]) == "-----"
		}
		if !closed {
			i = min(i, at)
		}
	}
	return len(b) - i
}

// lastOf is where w stands last in b, or -1; only the last maxHeld bytes are looked at.
func lastOf(b []byte, w string) int {
	for i := len(b) - len(w); i >= 0 && len(b)-i <= maxHeld; i-- {
		if b[i] == w[0] && string(b[i:i+len(w)]) == w {
			return i
		}
	}
	return -1
}

// remember keeps the end of what went out on a channel.
func remember(state longmen.Value, channel uint32, text []byte) {
	if len(text) == 0 {
		return
	}
	contexts := state.Get(contextKey)
	if !contexts.Exists() {
		contexts = longmen.NewObject()
		state.Set(contextKey, contexts)
		contexts = state.Get(contextKey)
	}
	name := channelName(channel)
	if old := contexts.Get(name); old.Exists() && len(text) < contextKept {
		window = append(old.AppendString(window[:0]), text...)
		text = window
	}
	from := max(0, len(text)-contextKept)
	for from < len(text) && text[from]&0xC0 == 0x80 {
		from++
	}
	contexts.SetString(name, string(text[from:]))
}

// channelName is the channel's member in the contexts.
func channelName(channel uint32) string {
	var b [10]byte
	i := len(b)
	for {
		i--
		b[i] = '0' + byte(channel%10)
		if channel /= 10; channel == 0 {
			return string(b[i:])
		}
	}
}

// reportAnswer adds what was found in an answer to its attributes. What Responses says again at the end of a stream is counted again: a
// count above 0 is what rules and records need.
func reportAnswer() {
	total, secrets := 0, 0
	for i, n := range answered {
		total += n
		if detect.Type(i).Secret() {
			secrets += n
		}
	}
	for _, a := range [...]struct {
		name string
		n    int
	}{{"answer.total", total}, {"answer.secrets", secrets}} {
		longmen.SetAttr(a.name, longmen.NewInt(longmen.Attr(a.name).Int()+int64(a.n)))
	}
}
