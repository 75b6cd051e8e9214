package longmen

import (
	"unsafe"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/internal/host"
)

// Config is the plugin's configuration with the schema's defaults, in every hook.
func Config() Value { return found(host.Root(abi.RootConfig)) }

// State is the plugin's memory of this exchange: an object that starts empty, bounded at 1 MiB.
// It lives in the gateway, because the next call may run in another instance.
func State() Value { return found(host.Root(abi.RootState)) }

// Attr is an attribute of the exchange: a variable of the rules, such as "model", or what a plugin
// set. It does not exist when nobody set it.
func Attr(name string) Value { return found(host.Attr(name)) }

// SetAttr sets an attribute that the plugin declared. The value is a scalar of the declared type.
func SetAttr(name string, v Value) { setter("set attr", host.SetAttr(name, uint32(v))) }

// Header is the first value of a header of the client's request, in every hook but Configure.
// Credentials are never seen.
func Header(name string) (string, bool) {
	n := int(host.Header(name, &scratch[0], int32(len(scratch))))
	if n < 0 {
		return "", false
	}
	if n <= len(scratch) {
		return string(scratch[:n]), true
	}
	buf := make([]byte, n)
	n = min(n, int(host.Header(name, &buf[0], int32(n))))
	return string(buf[:max(0, n)]), n >= 0
}

// SetHeader sets a header of the upstream's request, or, in answer hooks and after Respond, of the
// client's answer, as long as that has not begun. Headers that carry credentials or framing are
// refused.
func SetHeader(name, v string) { setter("set header", host.SetHeader(name, v)) }

// Skip tells, in Configure, that this configuration never needs a hook, by the ABI's name of it: "event",
// "text", … It is then neither called nor prepared for.
func Skip(hook string) { setter("skip", host.Skip(hook)) }

// Watch tells, in Configure, that text of a phase matters only if it has one of these ASCII bytes: the
// Text hook is then called when a segment has one, and never when there are no bytes. Text that is
// not shown passes, also what was held before it.
func Watch(phase Phase, chars string) { setter("watch", host.Watch(int32(phase), chars)) }

// Tag attaches a name and a value to the exchange's record. Put no text of users into it.
func Tag(name, v string) { setter("tag", host.Tag(name, v)) }

// Warn adds one item "param: reason" to the client's x-gateway-warning header: what was lost on the
// way.
func Warn(param, reason string) { setter("warn", host.Warn(param+": "+reason)) }

// Respond answers the exchange at once with a document in the client's dialect. Nothing goes upstream;
// the answer passes through the plugins before this one.
func Respond(status int, answer Value) {
	setter("respond", host.Respond(int32(status), uint32(answer), abi.FormDocument))
}

// RespondEvents answers at once with a stream: an array of {"event"?: name, "data": value}.
func RespondEvents(status int, events Value) {
	setter("respond", host.Respond(int32(status), uint32(events), abi.FormEvents))
}

// Reject refuses the exchange with an error in the client's dialect: an HTTP status of 400 to 599, a
// code for programs, the offending parameter or "", and a message for people.
// The hook returns what Reject returns:
//
//	return longmen.Reject(403, "too_secret", "messages", "this route takes no personal data")
func Reject(status int, code, param, message string) error {
	if s := host.Reject(int32(status), code, param, message); s < 0 {
		return &failure{operation: "reject", status: s}
	}
	return errRejected
}

// Emit sends one event before the current one, or, at the end of the stream, after the last. An empty
// name sends an event without one.
func Emit(data Value, eventName string) { setter("emit", host.Emit(uint32(data), eventName)) }

// Drop drops the current event; what was emitted goes on.
func Drop() { dropped = true }

// Log writes a line to the plugin's logger. Put no text of users into it.
func Log(level Level, message string) { host.Log(level, message) }

// Metric adds to a counter that the plugin declared.
func Metric(name string, v float64) { setter("metric", host.Metric(name, v)) }

// MAC is the HMAC-SHA-256 of a message under a key, or with none under the plugin's own secret, which
// stays in the host: the same for every instance and after every restart, another for every plugin name
// and gateway.
func MAC(key, message string) (sum [abi.MACLen]byte) {
	setter("mac", host.MAC(key, message, &sum[0]))
	return sum
}

// NowMillis is the time: milliseconds since 1970 UTC.
func NowMillis() int64 { return host.Now() }

// Random fills buf with random bytes that nobody can foretell.
func Random(buf []byte) {
	for len(buf) > 0 {
		n := min(len(buf), abi.RandomMax)
		setter("random", host.Random(unsafe.SliceData(buf), int32(n)))
		buf = buf[n:]
	}
}
