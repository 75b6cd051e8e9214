package openaianthropic

import (
	"strconv"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Between hooks an exchange lives in its state, because the next event may find another instance:
//
//	{"x": {"s": "<direction, flags, numbers, words>", "names": {…}, "ids": {…}, …}}
//
// The text is read by every event and written by those that change it; what is beside it, only when it is
// needed.

var (
	stateBuffer = make([]byte, 0, 512) // the text as it was read
	stateText   codec.JSON             // as it is written
)

// loadState reads the text; a state that no request made is one of messages.
func loadState() []byte {
	stateBuffer = longmen.State().Pointer("/x/s").AppendString(stateBuffer[:0])
	if len(stateBuffer) == 0 {
		stateBuffer = append(stateBuffer, stateMessages)
	}
	return stateBuffer
}

// kept is the object of this plugin in the state.
func kept() longmen.Value {
	x := longmen.State().Get("x")
	if !x.Exists() {
		longmen.State().Set("x", longmen.NewObject())
		x = longmen.State().Get("x")
	}
	return x
}

// remember writes the state anew, in place of what an earlier attempt left there.
func (t *translation) remember(text []byte) {
	b := output.Start(`{"s":`).Quote(codec.View(text))
	for _, m := range [...]struct {
		name     string
		restored []byte
	}{{`,"names":{`, t.names.Restored}, {`,"ids":{`, t.ids.Restored}} {
		if len(m.restored) > 0 {
			b.Put(m.name).Put(codec.View(m.restored)).Put(`}`)
		}
	}
	longmen.State().Set("x", b.Put(`}`).Parse())
}

// original is the client's spelling of a name or id: which is "names" or "ids".
func original(v longmen.Value, which string) longmen.Value {
	return codec.Restore(v, longmen.State().Get("x").Get(which))
}

// cutNumber reads a number and the blank after it.
func cutNumber(b []byte) (int64, []byte) {
	n, rest := codec.CutNumber(b)
	return int64(n), rest
}

// cutWord reads a word and the blank after it.
func cutWord(b []byte) (word string, rest []byte) {
	for i, c := range b {
		if c == ' ' {
			return string(b[:i]), b[i+1:]
		}
	}
	return string(b), nil
}

// The store keeps the signed thinking that led to a tool call, for clients that give the call back without
// it. Only the caller's own key finds it.

// maxStored bounds one entry, in bytes.
const maxStored = 64 << 10

func storeKey(id string) string {
	owner := longmen.Attr("key.id").String()
	sum := longmen.MAC("", "thinking\x00"+strconv.Itoa(len(owner))+":"+owner+id)
	return string(longmen.AppendHex([]byte("t:"), sum[:]))
}

// store keeps the thinking blocks of an answer under its first call's id. With mark set it also keeps that
// there were none: a Claude that thinks when it sees fit need not be taken for one whose thinking was lost.
func store(id string, blocks longmen.Value, mark bool) {
	switch {
	case id == "" || len(id) > maxClientID:
		return
	case !blocks.First().Exists():
		if !mark {
			return
		}
		blocks = longmen.NewArray()
	case blocks.Size() > maxStored:
		return
	}
	if err := longmen.KVSet(storeKey(id), blocks, config.ttl); err != nil {
		longmen.Log(longmen.LevelWarn, "thinking blocks are not stored: "+err.Error())
	}
}
