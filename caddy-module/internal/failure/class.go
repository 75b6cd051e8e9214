// Package failure names why an attempt at an upstream failed and what follows from it. Dialects tell classes
// by codes, types and statuses of their errors; pools and the gateway act on classes alone.
package failure

import "slices"

// Class is why an attempt failed.
type Class uint8

// Classes of failures.
const (
	None          Class = iota // it did not
	Connect                    // no connection, or it broke before an answer began: nothing was served
	Timeout                    // the upstream was silent for longer than it may be
	RateLimit                  // too many requests or tokens at present for this key or endpoint
	Overload                   // the upstream has too much to do
	ServerError                // the upstream's own trouble, or an answer that is none
	Credential                 // the key is refused, or its account has nothing left
	ModelNotFound              // the upstream has no such model, or no such API
	ContextLength              // the prompt is too long for the model
	ContentPolicy              // the upstream's policy refuses the content
	BadRequest                 // the request is wrong, and would be elsewhere
	Canceled                   // the client left, or another attempt was faster: it says nothing of the upstream
	classes                    // how many there are
)

var names = [classes]string{
	"none", "connect", "timeout", "rate_limit", "overload", "server_error", "credential", "model_not_found", "context_length", "content_policy",
	"bad_request", "canceled",
}

func (c Class) String() string {
	if c < classes {
		return names[c]
	}
	return "unknown"
}

// Parse finds a class that a policy can be given for by its name.
func Parse(name string) (Class, bool) {
	i := slices.Index(names[Connect:BadRequest], name)
	return Connect + Class(max(i, 0)), i >= 0
}

// Names are the names of the classes that a policy can be given for.
func Names() []string { return slices.Clone(names[Connect:BadRequest]) }

// Sick tells whether a failure of the class is a sign that the upstream itself is in trouble, which its breaker
// counts. A refusal of one key or one request is none.
func (c Class) Sick() bool {
	switch c {
	case Connect, Timeout, Overload, ServerError:
		return true
	}
	return false
}
