package longmentest

import (
	"errors"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/internal/host"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// Exchange is one request and its answer. Its methods call the plugin's hooks one by one; a hook that
// the plugin has not, or skips under its configuration, changes nothing, as in the gateway.
type Exchange struct {
	// Header are the headers of the client's request; names in any case.
	Header map[string]string
	// Attributes are the variables of the exchange: int64, float64, bool or string. Set what the
	// plugin reads; what the plugin sets appears here too.
	Attributes map[string]any

	SetHeaders map[string]string // by the plugin, names in lower case
	Tags       map[string]string // by the plugin
	Warnings   []string          // by the plugin, "param: reason"

	p       *Plugin
	calls   Calls
	effects Effects

	// Of the running hook.
	rejection *Rejection
	answer    *Answer
	emitted   []Event
}

// Result is what one hook call did.
type Result struct {
	JSON      string     // the document after the hook
	Body      []byte     // the body after the hook
	Text      []string   // the segments after the edits
	Held      []int      // bytes held back of each segment
	Events    []Event    // what goes on in place of the events handed in
	Rejection *Rejection // the plugin refused the exchange
	Answer    *Answer    // the plugin answered by itself
	Err       error      // the hook failed
}

// Rejection is an error for the client.
type Rejection struct {
	Status               int
	Code, Param, Message string
}

// Answer is what a plugin answered by itself.
type Answer struct {
	Status int
	JSON   string
	Stream bool // JSON is an array of {"event"?, "data"}
}

// Event is one event of a streamed answer.
type Event struct{ Name, JSON string }

// Request runs the request hook.
func (x *Exchange) Request(json string) Result { return x.document(abi.HookRequest, json) }

// Response runs the response hook.
func (x *Exchange) Response(json string) Result { return x.document(abi.HookResponse, json) }

// End runs the end hook.
func (x *Exchange) End(record string) Result { return x.document(abi.HookEnd, record) }

func (x *Exchange) document(hook, json string) Result {
	x.p.t.Helper()
	if !x.p.has(hook) {
		return Result{JSON: json}
	}
	x.begin(hook)
	out, err := x.calls.Document(hook, []byte(json))
	return x.result(Result{JSON: string(out)}, err)
}

// Event runs the event hook for one unnamed event after another, until one fails.
func (x *Exchange) Event(json ...string) Result {
	x.p.t.Helper()
	var all Result
	for _, text := range json {
		r := x.NamedEvent("", text)
		r.Events = append(all.Events, r.Events...)
		if all = r; r.Err != nil || r.Rejection != nil {
			break
		}
	}
	return all
}

// NamedEvent runs the event hook for one event; the plugin reads the name as attribute "event.name".
func (x *Exchange) NamedEvent(name, json string) Result {
	x.p.t.Helper()
	if name != "" {
		x.Attributes[abi.AttrEventName] = name
		defer delete(x.Attributes, abi.AttrEventName)
	}
	return x.event(name, []byte(json))
}

// EndOfStream tells the event hook that the stream ended cleanly.
func (x *Exchange) EndOfStream() Result {
	x.p.t.Helper()
	return x.event("", nil)
}

func (x *Exchange) event(name string, json []byte) Result {
	out, drop, err := json, false, error(nil)
	x.begin(abi.HookEvent)
	if x.p.has(abi.HookEvent) {
		out, drop, err = x.calls.Event(json)
	}
	events := x.emitted
	if !drop && json != nil && err == nil {
		events = append(events, Event{Name: name, JSON: string(out)})
	}
	return x.result(Result{Events: events}, err)
}

// Body runs the body hook.
func (x *Exchange) Body(body []byte) Result {
	x.p.t.Helper()
	if !x.p.has(abi.HookBody) {
		return Result{Body: body}
	}
	x.begin(abi.HookBody)
	out, changed, err := x.calls.Body(body)
	if !changed {
		out = body
	}
	return x.result(Result{Body: out}, err)
}

// Text runs the text hook once with these segments, as for a whole request or answer, or, with
// Streamed segments, for one event.
func (x *Exchange) Text(phase longmen.Phase, segments ...longmen.Segment) Result {
	x.p.t.Helper()
	r := Result{Text: make([]string, len(segments)), Held: make([]int, len(segments))}
	for i, s := range segments {
		r.Text[i] = string(s.Text)
	}
	if !x.p.has(abi.HookText) {
		return r
	}
	x.begin(abi.HookText)
	reply, err := x.calls.Text(phase, segments)
	if err == nil {
		err = reply.check(segments)
	}
	if err != nil {
		return x.result(r, err)
	}
	for i := range segments {
		r.Text[i], r.Held[i] = reply.apply(i, segments[i].Text)
	}
	return x.result(r, nil)
}

// State is the JSON text of the plugin's state in this exchange.
func (x *Exchange) State() string { return string(x.calls.State()) }

// HostCalls is how many host calls f makes: a bound on a hot path that no machine's speed changes.
// It is 0 when the plugin does not run natively.
func (x *Exchange) HostCalls(f func()) int {
	before := host.Calls
	f()
	return host.Calls - before
}

func (x *Exchange) begin(hook string) {
	x.effects.hook = hook
	x.rejection, x.answer, x.emitted = nil, nil, nil
}

func (x *Exchange) result(r Result, err error) Result {
	r.Rejection, r.Answer, r.Err = x.rejection, x.answer, err
	if r.Rejection != nil {
		r.Err = nil // the plugin did what it wanted
	}
	return r
}

// errFailed stands for a hook that failed without saying why.
var errFailed = errors.New("the hook failed and gave no reason")
