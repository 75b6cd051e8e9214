package answers

import (
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Members of the state beside stateKey, while a stream is collected.
const (
	stateEvents   = "events"   // what will be stored: an array of {"event"?, "data"}
	stateBytes    = "bytes"    // of the events so far
	stateFinished = "finished" // a finish reason was seen
)

// event collects a stream and stores it at its clean end. A stream that turns out too long or broken
// loses its key, and from then on costs two host calls an event.
func event(doc longmen.Value) error {
	state := longmen.State()
	key := state.Get(stateKey)
	if !key.Exists() {
		return nil
	}
	if !doc.Exists() {
		if state.Get(stateFinished).Bool() {
			store(key, state.Get(stateEvents))
		}
		return nil
	}
	events := state.Get(stateEvents)
	if !events.Exists() {
		longmen.SetHeader(header, "miss") // nothing has gone to the client yet
		state.Set(stateEvents, longmen.NewArray())
		events = state.Get(stateEvents)
	}
	bytes := state.Get(stateBytes).Int() + int64(doc.Size()) + eventOverhead
	switch look(doc, false) {
	case broken:
		bytes = int64(maxBytes) + 1
	case finished:
		state.SetBool(stateFinished, true)
	}
	if bytes > int64(maxBytes) {
		key.Delete()
		events.Delete()
		return nil
	}
	item := longmen.NewObject()
	if name := longmen.Attr(abi.AttrEventName); name.Exists() {
		item.Set("event", name)
	}
	item.Set("data", doc.Copy())
	events.Append(item)
	state.SetInt(stateBytes, bytes)
	return nil
}

// eventOverhead is what an event takes in the store beside its data: {"event":"…","data":…}.
const eventOverhead = 32
