package longmentest

import (
	"errors"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// ErrNoSink is the error of a sink that is not granted.
var ErrNoSink = errors.New("the sink is not granted")

// Sinks answers for the plugin's sinks: nil for one that takes records, ErrNoSink for one that is not granted, any other
// error for one that fails. Without it every sink takes records.
func Sinks(answer func(name string) error) Option { return func(o *options) { o.sinks = answer } }

// SinkReady answers whether a sink would take a record.
func (e *Effects) SinkReady(sink string) int32 {
	switch {
	case !e.granted(abi.GrantRecord):
		return abi.ErrDenied
	case sink == "":
		return abi.ErrArgument
	case e.x.p.Sinks == nil:
		return abi.OK
	}
	switch err := e.x.p.Sinks(sink); {
	case errors.Is(err, ErrNoSink):
		return abi.ErrDenied
	case err != nil:
		return abi.ErrIO
	}
	return abi.OK
}
