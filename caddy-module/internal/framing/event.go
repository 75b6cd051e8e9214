// Package framing reads and writes the framings of streamed answers exactly: server-sent events, lines
// of JSON and arrays of JSON, at any cut between reads, with the original bytes of every event. The
// pipeline reads provider streams with it and writes client streams.
package framing

import (
	"errors"
)

// ErrTooLarge ends a stream one of whose events is larger than the reader allows.
var ErrTooLarge = errors.New("reading event stream: event larger than allowed")

// Event is one event of a stream: a block of lines up to and including the blank line behind it, a
// line, or an element. Its slices are valid until the reader's next Next and must not be changed.
type Event struct {
	// Name is the value of the last event field, empty when there is none. Only SSE has names.
	Name []byte
	// Data is the JSON: of SSE the values of the data fields, joined by LF; of Lines the line without
	// its end; of Array the element. It is nil when a block of SSE has no data field: such a block (id,
	// retry, comments, blank lines alone) means nothing to a transform and is for forwarding; data that
	// is present and empty is not nil.
	Data []byte
	// Raw is the event's bytes as they came. Those of all events of SSE, joined, are the stream without
	// its byte order mark; blank lines of Lines, and what stands between the elements of an Array,
	// belong to no event.
	Raw []byte
	// Comment: the block has only comments.
	Comment bool
}
