// Package framing reads and writes server-sent events exactly: any line ends, any cut between reads, and
// the original bytes of every event. The pipeline reads provider streams with it and writes client
// streams.
package framing

import (
	"errors"
)

// ErrTooLarge ends a stream one of whose events is larger than the reader allows.
var ErrTooLarge = errors.New("reading event stream: event larger than allowed")

// Event is one block of lines of a stream, up to and including the blank line behind it. Its slices
// are valid until the reader's next Next and must not be changed.
type Event struct {
	// Name is the value of the last event field, empty when there is none.
	Name []byte
	// Data is the values of the data fields, joined by LF. It is nil when there is no data field: such
	// a block (id, retry, comments, blank lines alone) means nothing to a transform and is for
	// forwarding; data that is present and empty is not nil.
	Data []byte
	// Raw is the block's bytes as they came. Those of all events, joined, are the stream without its
	// byte order mark.
	Raw []byte
	// Comment: the block has only comments.
	Comment bool
}
