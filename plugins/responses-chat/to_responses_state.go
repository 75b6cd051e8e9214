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
	created int64
	id      []byte // of the answer
	model   []byte // as JSON, less its quotes
	items   []sourceItem
	chunks  int  // of the running event
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

// append writes the state: flags, the members that every chunk begins with, and the items. What JSON has to
// escape is left out of the members: decoding them for each event would cost more than putting them
// together.
func (s *chunkState) append(dst []byte) []byte {
	dst = append(dst, fromResponses, codec.Bit(s.usage), codec.Bit(s.chances), codec.Bit(s.begun), codec.Bit(s.done))
	dst = appendNumber(dst, s.calls)
	dst = appendNumber(dst, int(s.created))
	dst = appendNumber(dst, len(s.id))
	dst = append(dst, s.id...)
	dst = appendNumber(dst, len(s.model))
	dst = append(dst, s.model...)
	for i := range s.items {
		it := &s.items[i]
		dst = append(dst, it.kind, codec.Bit(it.ended))
		dst = appendNumber(dst, it.index)
		dst = appendNumber(dst, it.part)
		dst = appendNumber(dst, it.call)
		dst = appendNumber(dst, len(it.id))
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
	var n int
	s.usage, s.chances, s.begun, s.done = b[1] == '1', b[2] == '1', b[3] == '1', b[4] == '1'
	s.calls, b = codec.CutNumber(b[5:])
	n, b = codec.CutNumber(b)
	s.created = int64(n)
	n, b = codec.CutNumber(b)
	s.id, b = b[:n], b[n:]
	n, b = codec.CutNumber(b)
	s.model, b = b[:n], b[n:]
	for len(b) > 2 {
		it := sourceItem{kind: b[0], ended: b[1] == '1'}
		it.index, b = codec.CutNumber(b[2:])
		it.part, b = codec.CutNumber(b)
		it.call, b = codec.CutNumber(b)
		n, b = codec.CutNumber(b)
		it.id, b = b[:n], b[n:]
		s.items = append(s.items, it)
	}
}

// name names the answer after the provider's.
func (s *chunkState) name(response longmen.Value) {
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
	if b, ok := bytes.CutPrefix(short(id, buffer[:]), []byte("resp_")); ok && len(b) > 0 && plain(b) && !bytes.ContainsAny(b, `"\\`) {
		s.id = append([]byte("chatcmpl-"), b...)
	} else {
		s.id = []byte(codec.RandomID("chatcmpl-", 24))
	}
	if s.created = created.Int(); s.created <= 0 || s.created > maxCount {
		s.created = longmen.NowMillis() / 1000
	}
	b := short(model, buffer[:])
	if len(b) == 0 {
		b = short(longmen.Attr(abi.AttrModel), buffer[:])
	}
	b = codec.AppendQuoted(nil, codec.View(b))
	s.model = b[1 : len(b)-1]
}

// appendHead appends the members that an answer, or every chunk of one, begins with.
func (s *chunkState) appendHead(dst []byte, object string) []byte {
	dst = append(dst, `{"id":"`...)
	dst = append(dst, s.id...)
	dst = append(dst, `","object":"`...)
	dst = append(dst, object...)
	dst = append(dst, `","created":`...)
	dst = appendInt(dst, int(s.created))
	dst = append(dst, `,"model":"`...)
	dst = append(dst, s.model...)
	return append(dst, '"')
}
