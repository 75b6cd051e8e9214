package responseschat

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// answerState is what is remembered of an answer that comes in chat completions. Between the events of a
// stream it lives in the exchange's state as one string, because the next event may find another
// instance: reading it costs three calls into the gateway, writing it one.
//
// The Responses API repeats each text when it ends, and everything at the end of the answer, so the
// text is kept too. Rewriting what came so far with each delta would make a stream cost the square of its
// length; so the last few deltas stand at the end of the string, and are appended as one piece to the item's
// array when they are maxTail bytes or another item goes on. One node of the gateway's for 512 bytes
// instead of one for each delta also keeps the state small.
type answerState struct {
	begun   bool // created and in_progress went out
	sealed  bool // the client wants reasoning back as encrypted_content
	chances bool // the client wants logprobs
	cited   bool // citations wait for a message
	finish  byte // why the answer ended
	number  int  // the next sequence_number
	total   int  // bytes of text so far
	current int  // the item that is open: it was announced and has not ended
	tail    int  // the item that text belongs to
	suffix  []byte
	items   []answerItem
	kept    []byte // deltas of item tail that are no piece yet
	changed bool   // since it was loaded
}

// answerItem is what is remembered of one output item. The item itself, as far as it is known, stands in
// the state.
type answerItem struct {
	kind  byte
	stage byte
	parts bool   // a summary part of reasoning was opened
	ended bool   // nothing more belongs to it: a reasoning item was sealed
	depth int    // of a call: braces and brackets of its arguments that are open
	place byte   // of a call: where in its arguments it is, see scan
	index int    // of a call, in chat
	id    []byte // of a call
}

// Places in the arguments of a call.
const (
	beforeArguments = 'b'
	inArguments     = 'i'
	inText          = 't' // a JSON string
	behindBackslash = 'e'
	behindArguments = 'w' // they are whole
	inWord          = 'x' // no object and no array: nobody knows where it ends
)

// scan follows the arguments of a call, to know when they are whole without reading them again with every
// delta. It counts what opens and closes; that the rest is JSON is the client's to see.
func (it *answerItem) scan(text []byte) {
	for _, c := range text {
		switch it.place {
		case inText:
			switch c {
			case '"':
				it.place = inArguments
			case '\\':
				it.place = behindBackslash
			}
			continue
		case behindBackslash:
			it.place = inText
			continue
		case behindArguments, inWord:
			return
		}
		switch c {
		case '{', '[':
			it.depth++
			it.place = inArguments
		case '}', ']':
			if it.depth--; it.depth <= 0 {
				it.depth, it.place = 0, behindArguments
			}
		case '"':
			if it.place == beforeArguments {
				it.place = inWord
				return
			}
			it.place = inText
		case ' ', '\t', '\r', '\n':
		default:
			if it.place == beforeArguments {
				it.place = inWord
				return
			}
		}
	}
}

// Stages of an output item. The Responses API has one item open at a time; what belongs to another while
// the arguments of a call are not whole has to wait.
const (
	waiting = 'w'
	open    = 'o'
	closed  = 'c'
)

// Kinds of output items.
const (
	kindMessage   = 'm'
	kindRefusal   = 'f' // a message that refuses
	kindReasoning = 'r'
	kindCall      = 'c'
	kindCustom    = 'x' // a custom tool's call; in chat a function's
	kindInput     = 'y' // a custom tool's call in chat, too
	kindImage     = 'i'
)

// Why an answer ended.
const (
	finishNone   = '-'
	finishStop   = 's'
	finishLength = 'l'
	finishFilter = 'f'
	finishError  = 'e'
)

const (
	none     = -1
	maxTail  = 512
	maxItems = 160 // output items of one answer: the last event may end them all, and emit 1024 (abi.MaxEmits)

	// maxAnswer bounds the text of one answer, in bytes of JSON: an exchange's state has 5 MiB (abi.MaxState)
	// for all that it holds, and 128,000 tokens are an eighth of it.
	maxAnswer = 4 << 20
	maxUsage  = 4 << 10 // bytes of the usage that is kept
	pieceCost = 16      // bytes that a piece of text takes besides: calls in turns may make one of each delta
)

var itemBuffer [64]answerItem

// append writes the state: flags, numbers, the suffix, the items, and then, behind a "=", the text. There is
// nothing in it that JSON has to escape, as long as the text has not: decoding would cost more than the rest.
func (s *answerState) append(dst []byte) []byte {
	if s.finish == 0 {
		s.finish = finishNone
	}
	dst = append(dst, fromChat, codec.Bit(s.begun), codec.Bit(s.sealed), codec.Bit(s.chances), codec.Bit(s.cited), s.finish)
	dst = appendNumber(dst, s.number)
	dst = appendNumber(dst, s.total)
	dst = appendNumber(dst, s.current+1)
	dst = appendNumber(dst, s.tail+1)
	dst = append(dst, s.suffix...)
	for i := range s.items {
		it := &s.items[i]
		if it.place == 0 {
			it.place = beforeArguments
		}
		dst = append(dst, it.kind, it.stage, codec.Bit(it.parts), codec.Bit(it.ended), it.place)
		dst = appendNumber(dst, it.depth)
		dst = appendNumber(dst, it.index)
		dst = appendNumber(dst, len(it.id))
		dst = append(dst, it.id...)
	}
	dst = append(dst, '=')
	return append(dst, s.kept...)
}

// load reads what append wrote, from the buffer that the state was read into.
func (s *answerState) load(b []byte) {
	*s = answerState{current: none, tail: none, finish: finishNone, items: itemBuffer[:0]}
	if len(b) < 6 { // no request came before: nothing is known of it
		return
	}
	s.begun, s.sealed, s.chances, s.cited, s.finish = b[1] == '1', b[2] == '1', b[3] == '1', b[4] == '1', b[5]
	b = b[6:]
	s.number, b = codec.CutNumber(b)
	s.total, b = codec.CutNumber(b)
	s.current, b = codec.CutNumber(b)
	s.tail, b = codec.CutNumber(b)
	s.current, s.tail = s.current-1, s.tail-1
	if s.begun {
		s.suffix, b = b[:suffixLen], b[suffixLen:]
	}
	for len(b) > 5 && b[0] != '=' {
		it := answerItem{kind: b[0], stage: b[1], parts: b[2] == '1', ended: b[3] == '1', place: b[4]}
		var n int
		it.depth, b = codec.CutNumber(b[5:])
		it.index, b = codec.CutNumber(b)
		n, b = codec.CutNumber(b)
		it.id, b = b[:n], b[n:]
		s.items = append(s.items, it)
	}
	if len(b) > 0 {
		s.kept = b[1:]
	}
}

// reasoningID is what the ids of reasoning items begin with: a provider of the Responses API refuses reasoning that
// it does not know, and by this mend finds it in a session that has moved there.
const reasoningID = "rs_longmen_"

// suffixLen is how long the random part of an answer's ids is.
const suffixLen = 24

// save writes the state.
func (s *answerState) save(state longmen.Value) {
	saveBuffer = s.append(saveBuffer[:0])
	state.SetString("s", codec.View(saveBuffer))
}

// begin names the answer: by its first event, or as a whole. It returns the members that say of which model
// it is, when it was made, and how it was served.
func (s *answerState) begin(c *chunk) []byte {
	s.suffix = []byte(codec.RandomID("", suffixLen))
	seconds := c.created.Int()
	if seconds <= 0 {
		seconds = longmen.NowMillis() / 1000
	}
	b := appendInt(append(headBuffer[:0], `"created_at":`...), int(min(seconds, maxCount)))
	if tier := codec.Word(c.tier); len(tier) > 0 && plain(tier) {
		b = append(b, `,"service_tier":`...)
		b = codec.AppendQuoted(b, codec.View(tier))
	}
	b = append(b, `,"model":`...)
	var buffer [257]byte
	if m := short(c.model, buffer[:]); len(m) > 0 {
		return codec.AppendQuoted(b, codec.View(m))
	}
	return small(b, longmen.Attr(abi.AttrModel), maxEcho, `""`)
}

// appendID appends the id of item i.
func (s *answerState) appendID(dst []byte, i int) []byte {
	return s.appendKindID(dst, s.items[i].kind, i)
}

func (s *answerState) appendKindID(dst []byte, kind byte, i int) []byte {
	switch kind {
	case kindMessage, kindRefusal:
		dst = append(dst, `msg_`...)
	case kindReasoning:
		dst = append(dst, reasoningID...)
	case kindCall:
		dst = append(dst, `fc_`...)
	case kindCustom, kindInput:
		dst = append(dst, `ctc_`...)
	default:
		dst = append(dst, `ig_`...)
	}
	dst = append(append(dst, s.suffix...), '_')
	return appendInt(dst, i)
}

// finished reads a finish_reason.
func finished(v longmen.Value) byte {
	switch string(codec.Word(v)) {
	case "length", "max_tokens":
		return finishLength
	case "content_filter":
		return finishFilter
	case "error": // routers in front of other servers say so
		return finishError
	}
	return finishStop
}

// status is the response's status.
func (s *answerState) status() string {
	switch s.finish {
	case finishLength, finishFilter:
		return "incomplete"
	case finishError:
		return "failed"
	}
	return "completed"
}

// tooLong refuses an answer that the state cannot hold.
func tooLong() error {
	return longmen.Reject(502, "upstream_too_long", "", "the provider's answer is longer than a stream of the Responses API can repeat here: at most 4 MiB of text and 160 items")
}
