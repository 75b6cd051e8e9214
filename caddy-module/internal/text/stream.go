package text

import (
	"errors"
	"sync"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// ErrHoldOverflow tells that a plugin would hold more text than it may. Nothing was written. The text
// that it would have held is text that it has not judged: it must not reach the client.
var ErrHoldOverflow = errors.New("holding text back: more than max_hold_bytes")

// maxChannels bounds the channels of a stream that can hold text. Text of further ones is final.
const maxChannels = 1024

// Stream collects the text of a streamed answer event by event, for one plugin, and remembers what the
// plugin holds back. For every event, in this order:
//
//	if Ending: segments = Drain; reply = the plugin's; send the events of Release(reply)
//	segments = Collect; if there are any: reply = the plugin's; Apply(reply)
//	send the event
//
// and at the end, or when the stream breaks: segments = DrainAll; reply; send the events of Release.
// Not safe for concurrent use. A Stream that holds nothing keeps about 200 bytes.
type Stream struct {
	// JSON tells that the words of the answer are JSON: strings inside it are the text.
	JSON bool

	d       *dialect.Dialect
	maxHold int

	channels []channel
	started  []call // tool calls that have begun
	numbers  uint32 // channels numbered so far
	held     int    // bytes held on all channels

	*scratch // lent between Collect and Apply, Drain and Release
}

// NewStream begins a streamed answer. maxHold bounds the bytes held back at any time, over all channels.
func NewStream(d *dialect.Dialect, maxHold int) *Stream {
	return &Stream{d: d, maxHold: maxHold}
}

// inJSON makes words JSON. Words that are none are one text all the same.
func inJSON(sites []dialect.Site) {
	for i := range sites {
		if t := &sites[i]; t.Form == dialect.FormText && t.Kind == abi.TextPlain {
			t.Form = dialect.FormJSON
		}
	}
}

// call names a tool call.
type call struct{ choice, call int32 }

// place is where in an answer a channel's text belongs: the choice, for tool arguments the call, and the
// block of content and its part in dialects that have them.
type place struct{ choice, call, block, part int32 }

// channel is text that comes in pieces which belong together.
type channel struct {
	place
	age    age
	role   abi.Role
	kind   abi.TextKind
	form   dialect.Form
	number uint32
	run    int32     // in the event at hand: index + 1 of the run that is open
	held   []byte    // text that waits; of JSON arguments the raw text, incomplete escapes included
	lexer  *lexer    // of JSON arguments
	mold   *template // an event to release held text in, made when first needed
	last   *template // likewise, with the finish reason that waits behind the held text
}

// age of a channel. A block that has ended does not come back, so its channel makes room for others, once
// the event that ended it is done.
type age uint8

const (
	live age = iota
	ending
	gone
)

// args tells channels that live as long as their tool call from those that end with the next kind of text.
func (c *channel) args() bool { return c.kind == abi.TextToolArgs }

// scratch is what a Stream needs only while an event is at hand. It is shared by all of them, so that
// thousands of idle streams stay small.
type scratch struct {
	leaves leaves // of sites that are whole
	sites  []dialect.Site
	chain  []int32 // for each site the next one of its run, 0 for none
	runs   []run
	ended  []int32 // choices that finish with the event
	blocks []place // blocks that end with the event; part -1 is all parts, block -1 all blocks
	segs   []Segment
	tokens []token
	texts  buffer // decoded text
	key    []byte // what went out of an open name
	out    []byte
	ending []int32 // channels being drained
	over   bool    // because the stream is over
	side   document.Arena
}

// run is what one event has for one channel, or a site that is whole.
type run struct {
	channel    int32 // -1: whole
	site       int32 // the first one
	tail       int32 // the last one
	closed     bool  // something in the event ends the channel behind this
	last       bool  // the choice finishes with the event, for all that is known
	waits      bool  // the plugin holds text of it
	segs       [2]int32
	tokens     [2]int32
	raw        []byte // held and new text; of JSON arguments raw
	incomplete int    // bytes at the end of raw that no token covers
	final      *template
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

func (s *Stream) borrow() {
	if s.scratch == nil {
		s.scratch = scratches.Get().(*scratch)
	}
	clear(s.segs)
	clear(s.runs)
	s.segs, s.runs, s.tokens, s.ending = s.segs[:0], s.runs[:0], s.tokens[:0], s.ending[:0]
	s.over = false
	s.texts.reset()
}

func (s *Stream) giveBack() {
	t := s.scratch
	if t == nil {
		return
	}
	s.scratch = nil
	if cap(t.out) > keepBytes {
		t.out = nil
	}
	if cap(t.sites) > keepItems {
		t.sites = nil
	}
	if cap(t.segs) > keepItems {
		t.segs = nil
	}
	if cap(t.runs) > keepItems {
		t.runs = nil
	}
	if cap(t.chain) > keepItems {
		t.chain = nil
	}
	if cap(t.tokens) > keepItems {
		t.tokens = nil
	}
	clear(t.segs)
	clear(t.runs)
	t.segs, t.runs = t.segs[:0], t.runs[:0]
	t.leaves.begin(nil)
	t.side.Reset()
	scratches.Put(t)
}

// buffer hands out stretches of memory that stay where they are until reset.
type buffer struct{ b []byte }

func (t *buffer) reset() {
	if cap(t.b) > keepBytes {
		t.b = nil
	}
	t.b = t.b[:0]
}

// take is what f appends.
func (t *buffer) take(from int) []byte { return t.b[from:len(t.b):len(t.b)] }

// channelOf finds the channel of a site, and makes it. -1 when there are too many.
func (s *Stream) channelOf(t *dialect.Site, make bool) int32 {
	at := place{t.Choice, -1, t.Block, t.Part}
	if t.Kind == abi.TextToolArgs {
		at.call = t.Call
	}
	free := -1
	for i := range s.channels {
		c := &s.channels[i]
		if c.age == gone {
			free = i
			continue
		}
		if c.place == at && c.kind == t.Kind && c.form == t.Form {
			return int32(i)
		}
	}
	if !make || free < 0 && len(s.channels) >= maxChannels {
		return -1
	}
	c := channel{place: at, role: t.Role, kind: t.Kind, form: t.Form, number: s.numbers}
	s.numbers++
	if t.Form == dialect.FormJSON {
		c.lexer = new(lexer)
	}
	if free >= 0 {
		s.channels[free] = c
		return int32(free)
	}
	s.channels = append(s.channels, c)
	return int32(len(s.channels) - 1)
}

// starts tells whether a tool call begins at a site, and notes that it has.
func (s *Stream) starts(t *dialect.Site, note bool) bool {
	if t.Call < 0 {
		return true // each is whole
	}
	key := call{t.Choice, t.Call}
	for _, c := range s.started {
		if c == key {
			return false
		}
	}
	if note && len(s.started) < maxChannels {
		s.started = append(s.started, key)
	}
	return true
}

// maxEnded bounds the choices that can finish with one event without all others finishing, too.
const maxEnded = 64

// look finds the sites of an event, and the choices and blocks that end with it.
func (s *Stream) look(a *document.Arena, root document.Node) {
	s.sites = s.d.Sites(s.sites[:0], dialect.PhaseEvent, a, root)
	if s.JSON {
		inJSON(s.sites)
	}
	s.ended, s.blocks = s.ended[:0], s.blocks[:0]
	for i := range s.sites {
		t := &s.sites[i]
		switch {
		case t.Form < dialect.FormFinish:
		case t.Form == dialect.FormEnd:
			if len(s.blocks) < maxEnded {
				s.blocks = append(s.blocks, place{choice: t.Choice, block: t.Block, part: t.Part})
			}
		case len(s.ended) < maxEnded && !s.finishes(t.Choice):
			s.ended = append(s.ended, t.Choice)
		}
	}
}

// stops tells whether a channel's block ends with the event.
func (s *Stream) stops(c *channel) bool {
	for i := range s.blocks {
		b := &s.blocks[i]
		if b.choice == c.choice && (b.block < 0 || b.block == c.block && (b.part < 0 || b.part == c.part)) {
			return true
		}
	}
	return false
}

// finishes tells whether a choice ends with the event.
func (s *Stream) finishes(choice int32) bool {
	for _, c := range s.ended {
		if c == choice {
			return true
		}
	}
	return len(s.ended) >= maxEnded
}
