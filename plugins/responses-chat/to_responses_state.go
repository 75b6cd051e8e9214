package responseschat

import (
	"bytes"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// chunkState is what is remembered of a stream of the Responses API. It holds no text: a chat client
// puts the deltas together itself.
type chunkState struct {
	usage   bool // the client wants a usage chunk
	chances bool // the client wants logprobs
	begun   bool // the delta with the role went out
	done    bool // the answer was finished
	calls   int  // tool calls so far
	head    []byte
	items   []sourceItem
	changed bool // since it was loaded
}

// sourceItem is what is remembered of one item of the provider's answer, so that text that comes in
// deltas and once more whole, or only whole, is sent on once.
type sourceItem struct {
	kind  byte
	ended bool   // its output_item.done came
	index int    // output_index
	part  int    // one more than the last part that was said
	call  int    // place among the tool calls
	id    []byte // item_id
}

// kindRaw is a reasoning item that gives its thoughts themselves, and no summary of them.
const kindRaw = 't'

var sourceBuffer [64]sourceItem

// append writes the state: a line of flags, the head, and a line for each item.
func (s *chunkState) append(dst []byte) []byte {
	dst = append(dst, fromResponses, bit(s.usage), bit(s.chances), bit(s.begun), bit(s.done))
	dst = appendNumber(dst, s.calls)
	dst = append(dst, '\n')
	dst = append(dst, s.head...)
	for i := range s.items {
		it := &s.items[i]
		dst = append(dst, '\n', it.kind, bit(it.ended))
		dst = appendNumber(dst, it.index)
		dst = appendNumber(dst, it.part)
		dst = appendNumber(dst, it.call)
		dst = append(dst, it.id...)
	}
	return dst
}

// load reads what append wrote, from the buffer that the state was read into.
func (s *chunkState) load(b []byte) {
	*s = chunkState{items: sourceBuffer[:0]}
	if len(b) < 5 {
		return
	}
	s.usage, s.chances, s.begun, s.done = b[1] == '1', b[2] == '1', b[3] == '1', b[4] == '1'
	s.calls, b = cutNumber(b[5:])
	_, b, _ = bytes.Cut(b, newline)
	s.head, b, _ = bytes.Cut(b, newline)
	for len(b) > 2 {
		it := sourceItem{kind: b[0], ended: b[1] == '1'}
		it.index, b = cutNumber(b[2:])
		it.part, b = cutNumber(b)
		it.call, b = cutNumber(b)
		it.id, b, _ = bytes.Cut(b, newline)
		s.items = append(s.items, it)
	}
}

// appendHead appends the members that an answer, or every chunk of one, begins with.
func appendHead(dst []byte, response longmen.Value, object string) []byte {
	var id, created, model longmen.Value
	for m := response.First(); m.Exists(); m = m.Next() {
		switch string(codec.Key(m)) {
		case "id":
			id = m
		case "created_at":
			created = m
		case "model":
			model = m
		}
	}
	var buffer [257]byte
	dst = append(dst, `"id":`...)
	if b, ok := bytes.CutPrefix(short(id, buffer[:]), []byte("resp_")); ok && len(b) > 0 && plain(b) {
		dst = codec.AppendQuoted(dst, "chatcmpl-"+string(b))
	} else {
		dst = codec.AppendQuoted(dst, codec.RandomID("chatcmpl-", 24))
	}
	dst = append(dst, `,"object":"`...)
	dst = append(dst, object...)
	dst = append(dst, `","created":`...)
	seconds := created.Int()
	if seconds <= 0 {
		seconds = longmen.NowMillis() / 1000
	}
	dst = appendNumber(dst, int(seconds))
	dst = append(dst[:len(dst)-1], `,"model":`...)
	if b := short(model, buffer[:]); len(b) > 0 {
		return codec.AppendQuoted(dst, codec.View(b))
	}
	return small(dst, longmen.Attr(abi.AttrModel), maxEcho, `""`)
}
