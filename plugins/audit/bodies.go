package audit

import "github.com/longmen-gateway/longmen/sdk/go/longmen"

// Members of the state, and of the record under the same names.
const (
	requestBody = "request"   // the request document
	answerBody  = "answer"    // the answer document
	answerEvent = "events"    // the events of a streamed answer, in order
	truncated   = "truncated" // an array of names: these were too long
	collected   = "collected" // bytes of events so far; not recorded
)

func request(doc longmen.Value) error {
	keep(requestBody, doc)
	return nil
}

func response(doc longmen.Value) error {
	keep(answerBody, doc)
	return nil
}

// keep remembers a document, or that it was too long.
func keep(name string, doc longmen.Value) {
	if doc.Size() > maxBody {
		cut(name)
		return
	}
	longmen.State().Set(name, doc) // a document that lives elsewhere is copied
}

// event remembers the events of a stream until they are too long together.
func event(doc longmen.Value) error {
	if !doc.Exists() {
		return nil
	}
	state := longmen.State()
	events := state.Get(answerEvent)
	if !events.Exists() {
		events = longmen.NewArray()
		state.Set(answerEvent, events)
		events = state.Get(answerEvent)
	}
	size := state.Get(collected).Int()
	if size < 0 {
		return nil
	}
	if size += int64(doc.Size()); size > int64(maxBody) {
		size = -1
		cut(answerEvent)
	} else {
		events.Append(doc)
	}
	state.SetInt(collected, size)
	return nil
}

func cut(name string) {
	state := longmen.State()
	if !state.Get(truncated).Exists() {
		state.Set(truncated, longmen.NewArray())
	}
	state.Get(truncated).Append(longmen.NewString(name))
}

func addBodies(record longmen.Value) {
	state := longmen.State()
	if !state.First().Exists() {
		return // the exchange ended before this plugin saw it
	}
	all := longmen.NewObject()
	for _, name := range [...]string{requestBody, answerBody, answerEvent, truncated} {
		if v := state.Get(name); v.Exists() {
			all.Set(name, v)
		}
	}
	record.Set("bodies", all)
}
