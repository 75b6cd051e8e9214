package clients

import (
	"context"
	"net/http"
	"sync"
)

// question begins a conversation.
type question struct {
	model    string
	system   string
	text     string
	image    []byte // a PNG
	tools    []tool
	schema   map[string]any // of the answer
	limit    int64          // of output tokens
	stop     string         // sequence
	think    bool           // reasoning is wanted, and kept
	streamed bool
}

// tool is a function with a schema of its arguments.
type tool struct {
	name       string
	properties map[string]any
	required   []string
}

// answer is what an SDK made of a model's.
type answer struct {
	text     string
	thoughts string
	calls    []call
	finish   finish
	prompt   int64 // tokens
	output   int64 // tokens, with those of thoughts
}

// call is a tool call.
type call struct{ id, name, arguments string }

// output is what a tool gave.
type output struct {
	text   string
	failed bool
	image  []byte // a PNG
}

// finish is why an answer ended.
type finish string

const (
	finished finish = "finished"
	limited  finish = "limited" // by the number of tokens
	calling  finish = "calling"
	stopped  finish = "stopped" // by a stop sequence, where the API tells that apart
)

// fault is an SDK's own error.
type fault struct {
	status  int
	kind    string // type, or Google's status
	code    string
	message string
}

// conversation is held in the SDK's own types: what an SDK drops is lost, as it is for its users.
type conversation interface {
	// next asks for an answer and keeps it.
	next(ctx context.Context) (answer, error)
	// result adds the result of a call of the last answer.
	result(c call, o output)
	// say adds a text of the user's.
	say(text string)
}

// client is an SDK in one of its APIs.
type client struct {
	name string
	// dialect of the API.
	dialect string
	// dial begins conversations at a gateway.
	dial func(base string, transport http.RoundTripper) func(question) conversation
	// fault reads the SDK's error; nil if it is none.
	fault func(error) *fault
	// kinds are the names of its errors by status.
	kinds map[int]fault
}

// headers keeps the headers of answers, which not all SDKs show.
type headers struct {
	mu   sync.Mutex
	last http.Header
}

func (h *headers) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil {
		h.mu.Lock()
		h.last = resp.Header
		h.mu.Unlock()
	}
	return resp, err
}

func (h *headers) get(name string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.last.Values(name)
}
