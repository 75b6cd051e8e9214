// Package record holds the sinks that the record grant lets a plugin append to: a file of JSON lines, which may be
// bound to each other, or the gateway's log. The wasm package writes to them from the record host function; the app opens
// them by the names of its configuration.
package record

import "errors"

// Sink takes records, each the text of one JSON value. It is safe for concurrent use.
type Sink interface {
	// Write appends one record; it keeps no reference to line. Records are never mixed, whoever writes.
	Write(line []byte) error
	// Check tells whether the sink would take a record now, as far as that can be known.
	Check() error
	// Close flushes and lets go of the sink; Write then gives ErrClosed.
	Close() error
}

// MaxLine is the longest record, in bytes.
const MaxLine = 1 << 20

// Why a sink refuses.
var (
	ErrClosed   = errors.New("writing record: sink is closed")
	ErrTooLarge = errors.New("writing record: longer than 1 MiB")
	ErrEmpty    = errors.New("writing record: expected a JSON value")
)
