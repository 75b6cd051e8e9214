package wasm

import (
	"sync"
	"time"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Frame is what one exchange lends one plugin. It lives as long as the exchange; instances come and go.
// It is not safe for concurrent use: the hooks of one exchange and plugin run one after the other.
type Frame struct {
	// Doc is the arena of the document that the hook is handed. It may be nil for text and body: new
	// values then live in a scratch arena that ends with the call. In end it holds the record.
	Doc *document.Arena
	// Host takes the effects of the hook. It may be nil in end.
	Host Host
	// Rehearsal: what the hooks do is not to leave the exchange, see rehearsal.go.
	Rehearsal bool
	// State and StateRoot are the plugin's memory of the exchange. They are made when the plugin first
	// asks for them and have only to be kept by the owner of the Frame.
	State     *document.Arena
	StateRoot document.Node

	base       int           // bytes of the state's text when it was last written compactly
	recognised time.Duration // waited for the recogniser of names

	known int // bytes of the state's text when it was last measured, less what editing had added until then
}

// Host is what hooks do to an exchange. There is one for each exchange and plugin. Errors that wrap
// ErrLimit or ErrArgument reach the guest as such, all others as abi.ErrDenied.
type Host interface {
	// Header is the value of a header of the message that the hook works on.
	Header(name string) (string, bool)
	// SetHeader sets a header. The name is a token and the value has no control characters.
	SetHeader(name, value string) error
	// Attr is the value of a rule variable: int64, float64, bool or string.
	Attr(name string) (any, bool)
	// SetAttr sets an attribute that the manifest declares; v is an int64, float64, bool or string of
	// the declared type.
	SetAttr(name string, v any) error
	// Tag adds to the accounting record.
	Tag(name, value string) error
	// Warn adds an item "param: reason" to the answer's x-gateway-warning header.
	Warn(item string) error
	// Respond answers the exchange at once with the document n of a; form is abi.FormDocument or
	// abi.FormEvents. a is the frame's Doc.
	Respond(status int, a *document.Arena, n document.Node, form int32) error
	// Reject answers the exchange at once with an error in the client's dialect.
	Reject(status int, code, param, message string) error
	// Emit sends the event n of a, the frame's Doc, before the current one. The name may be empty.
	Emit(a *document.Arena, n document.Node, name string) error
	// Now is the time that guests see.
	Now() time.Time
}

const (
	// keepState is how many bytes editing may add to a state before it is written anew between calls.
	keepState = 32 << 10
)

// states are arenas of exchanges that ended. What they held is overwritten: a state may be a vault of what must
// not be found in memory later.
var states = sync.Pool{New: func() any { return &document.Arena{Zeroise: true} }}

// Release ends the frame's exchange, however it went: the state is overwritten and forgotten.
func (f *Frame) Release() {
	if f.State != nil {
		f.State.Reset()
		states.Put(f.State)
	}
	*f = Frame{}
}

// state gives the plugin's state, an object that starts empty.
func (f *Frame) state() (*document.Arena, document.Node) {
	if f.State == nil {
		f.State = states.Get().(*document.Arena)
		f.StateRoot = f.State.NewObject()
	}
	return f.State, f.StateRoot
}

// compact writes the state anew when edits have left much behind, so that a stream of any length keeps
// a state of bounded size. It runs between calls, when no handle points into the state.
func (f *Frame) compact() {
	if f.State == nil || f.State.Added() < keepState+f.base {
		return
	}
	text := f.State.AppendJSON(make([]byte, 0, f.State.Size(f.StateRoot)), f.StateRoot)
	f.State.Reset()
	root, err := f.State.Parse(text) // the arena overwrites it in the end
	if err != nil || len(text) > 2*abi.MaxState {
		// Not reachable: the arena wrote the text, and set is bounded. An empty state is the safe end.
		f.State.Reset()
		root, text = f.State.NewObject(), nil
	}
	f.StateRoot, f.base, f.known = root, len(text), len(text)
}
