//go:build !wasip1

package host

// Host is what a native test host implements: the functions of ABI.md with Go strings for (ptr, len) and
// a slice's first byte for buffers, so that both builds of the SDK share every line above this seam.
type Host interface {
	Kind(h uint32) int32
	Len(h uint32) int32
	Get(h uint32, key string) int32
	Pointer(h uint32, ptr string) int32
	Index(h uint32, i int32) int32
	First(h uint32) int32
	Next(h uint32) int32
	Children(h uint32, buf *byte, size int32) int32
	Key(h uint32, buf *byte, size int32) int32
	String(h uint32, buf *byte, size int32) int32
	JSON(h uint32, buf *byte, size int32) int32
	Int(h uint32) int64
	Float(h uint32) float64
	New(kind int32) int32
	NewString(s string) int32
	NewJSON(s string) int32
	NewInt(v int64) int32
	NewFloat(v float64) int32
	Set(h uint32, key string, v uint32) int32
	SetString(h uint32, key string, s string) int32
	SetInt(h uint32, key string, v int64) int32
	Append(h uint32, v uint32) int32
	Replace(h uint32, v uint32) int32
	Delete(h uint32) int32
	Copy(h uint32) int32
	Slice(h uint32, start int32, length int32) int32
	Join(h uint32) int32
	Parse(h uint32) int32
	Stringify(h uint32) int32
	Digest(h uint32, buf *byte) int32
	Root(which int32) int32
	Header(name string, buf *byte, size int32) int32
	SetHeader(name string, value string) int32
	Attr(name string) int32
	SetAttr(name string, v uint32) int32
	Tag(name string, value string) int32
	Warn(item string) int32
	Respond(status int32, v uint32, form int32) int32
	Reject(status int32, code string, param string, message string) int32
	Emit(v uint32, name string) int32
	Fail(reason string) int32
	Log(level int32, message string) int32
	Metric(name string, v float64) int32
	MAC(key string, message string, buf *byte) int32
	Skip(hook string) int32
	Watch(phase int32, bytes string) int32
	Now() int64
	Random(buf *byte, size int32) int32
	KVGet(key string) int32
	KVSet(key string, v uint32, ttl int64) int32
	KVAdd(key string, delta int64, ttl int64) int64
	KVCas(key string, old uint32, v uint32, ttl int64) int32
	HTTP(request uint32) int32
	Record(sink string, v uint32) int32
	NER(request uint32) int32
}

// Current answers every host call; package longmentest sets it around each hook. A call outside of a
// hook finds nil and panics, as the sandbox would refuse to link it.
var Current Host

// Calls counts host calls, so that a test can hold a hot path to a number.
var Calls int

// Kind asks the current host: the value's abi.Kind, 0 for a bad handle.
func Kind(h uint32) int32 { Calls++; return Current.Kind(h) }

// Len asks the current host: members, elements or decoded bytes.
func Len(h uint32) int32 { Calls++; return Current.Len(h) }

// Get asks the current host: the member, or 0.
func Get(h uint32, key string) int32 { Calls++; return Current.Get(h, key) }

// Pointer asks the current host: the value at an RFC 6901 pointer, or 0.
func Pointer(h uint32, ptr string) int32 { Calls++; return Current.Pointer(h, ptr) }

// Index asks the current host: the i-th child, or 0.
func Index(h uint32, i int32) int32 { Calls++; return Current.Index(h, i) }

// First asks the current host: the first child, or 0.
func First(h uint32) int32 { Calls++; return Current.First(h) }

// Next asks the current host: the next sibling, or 0.
func Next(h uint32) int32 { Calls++; return Current.Next(h) }

// Children asks the current host: lists children.
func Children(h uint32, buf *byte, size int32) int32 {
	Calls++
	return Current.Children(h, buf, size)
}

// Key asks the current host: copies the member name.
func Key(h uint32, buf *byte, size int32) int32 { Calls++; return Current.Key(h, buf, size) }

// String asks the current host: copies the decoded string.
func String(h uint32, buf *byte, size int32) int32 { Calls++; return Current.String(h, buf, size) }

// JSON asks the current host: copies the JSON text.
func JSON(h uint32, buf *byte, size int32) int32 { Calls++; return Current.JSON(h, buf, size) }

// Int asks the current host: the number, cut towards zero.
func Int(h uint32) int64 { Calls++; return Current.Int(h) }

// Float asks the current host: the number.
func Float(h uint32) float64 { Calls++; return Current.Float(h) }

// New asks the current host: an empty value of a kind.
func New(kind int32) int32 { Calls++; return Current.New(kind) }

// NewString asks the current host: a string.
func NewString(s string) int32 { Calls++; return Current.NewString(s) }

// NewJSON asks the current host: the value that a JSON text says.
func NewJSON(s string) int32 { Calls++; return Current.NewJSON(s) }

// NewInt asks the current host: an integer.
func NewInt(v int64) int32 { Calls++; return Current.NewInt(v) }

// NewFloat asks the current host: a number.
func NewFloat(v float64) int32 { Calls++; return Current.NewFloat(v) }

// Set asks the current host: sets a member.
func Set(h uint32, key string, v uint32) int32 { Calls++; return Current.Set(h, key, v) }

// SetString asks the current host: sets a member to a string.
func SetString(h uint32, key string, s string) int32 { Calls++; return Current.SetString(h, key, s) }

// SetInt asks the current host: sets a member to an integer.
func SetInt(h uint32, key string, v int64) int32 { Calls++; return Current.SetInt(h, key, v) }

// Append asks the current host: appends an element.
func Append(h uint32, v uint32) int32 { Calls++; return Current.Append(h, v) }

// Replace asks the current host: puts a value in another's place.
func Replace(h uint32, v uint32) int32 { Calls++; return Current.Replace(h, v) }

// Delete asks the current host: removes a value from its parent.
func Delete(h uint32) int32 { Calls++; return Current.Delete(h) }

// Copy asks the current host: a detached copy.
func Copy(h uint32) int32 { Calls++; return Current.Copy(h) }

// Slice asks the current host: a detached part of a string.
func Slice(h uint32, start int32, length int32) int32 {
	Calls++
	return Current.Slice(h, start, length)
}

// Join asks the current host: a string made of an array's strings.
func Join(h uint32) int32 { Calls++; return Current.Join(h) }

// Parse asks the current host: the value of the JSON inside a string.
func Parse(h uint32) int32 { Calls++; return Current.Parse(h) }

// Stringify asks the current host: a string holding the value's JSON.
func Stringify(h uint32) int32 { Calls++; return Current.Stringify(h) }

// Digest asks the current host: SHA-256 of the JSON text.
func Digest(h uint32, buf *byte) int32 { Calls++; return Current.Digest(h, buf) }

// Root asks the current host: config, state or record.
func Root(which int32) int32 { Calls++; return Current.Root(which) }

// Header asks the current host: copies a header's value.
func Header(name string, buf *byte, size int32) int32 {
	Calls++
	return Current.Header(name, buf, size)
}

// SetHeader asks the current host: sets a header.
func SetHeader(name string, value string) int32 { Calls++; return Current.SetHeader(name, value) }

// Attr asks the current host: an attribute's value, or 0.
func Attr(name string) int32 { Calls++; return Current.Attr(name) }

// SetAttr asks the current host: sets a declared attribute.
func SetAttr(name string, v uint32) int32 { Calls++; return Current.SetAttr(name, v) }

// Tag asks the current host: tags the exchange.
func Tag(name string, value string) int32 { Calls++; return Current.Tag(name, value) }

// Warn asks the current host: adds one warning item.
func Warn(item string) int32 { Calls++; return Current.Warn(item) }

// Respond asks the current host: answers at once.
func Respond(status int32, v uint32, form int32) int32 {
	Calls++
	return Current.Respond(status, v, form)
}

// Reject asks the current host: refuses the exchange.
func Reject(status int32, code string, param string, message string) int32 {
	return Current.Reject(status, code, param, message)
}

// Emit asks the current host: emits one event.
func Emit(v uint32, name string) int32 { Calls++; return Current.Emit(v, name) }

// Fail asks the current host: says why the hook fails.
func Fail(reason string) int32 { Calls++; return Current.Fail(reason) }

// Log asks the current host: writes a log line.
func Log(level int32, message string) int32 { Calls++; return Current.Log(level, message) }

// Metric asks the current host: adds to a counter.
func Metric(name string, v float64) int32 { Calls++; return Current.Metric(name, v) }

// MAC asks the current host: HMAC-SHA-256.
func MAC(key string, message string, buf *byte) int32 { Calls++; return Current.MAC(key, message, buf) }

// Watch asks the current host: text of a phase matters only with one of these bytes.
func Watch(phase int32, bytes string) int32 { Calls++; return Current.Watch(phase, bytes) }

// Skip asks the current host: this configuration needs no such hook.
func Skip(hook string) int32 { Calls++; return Current.Skip(hook) }

// Now asks the current host: Unix milliseconds.
func Now() int64 { Calls++; return Current.Now() }

// Random asks the current host: fills with random bytes.
func Random(buf *byte, size int32) int32 { Calls++; return Current.Random(buf, size) }

// KVGet asks the current host: the stored value, or 0.
func KVGet(key string) int32 { Calls++; return Current.KVGet(key) }

// KVSet asks the current host: stores a value.
func KVSet(key string, v uint32, ttl int64) int32 { Calls++; return Current.KVSet(key, v, ttl) }

// KVAdd asks the current host: adds to a stored integer.
func KVAdd(key string, delta int64, ttl int64) int64 { Calls++; return Current.KVAdd(key, delta, ttl) }

// KVCas asks the current host: swaps if unchanged.
func KVCas(key string, old uint32, v uint32, ttl int64) int32 {
	Calls++
	return Current.KVCas(key, old, v, ttl)
}

// HTTP asks the current host: one HTTP round trip.
func HTTP(request uint32) int32 { Calls++; return Current.HTTP(request) }

// Record asks the current host: appends to a sink.
func Record(sink string, v uint32) int32 { Calls++; return Current.Record(sink, v) }

// NER asks the current host: named entities of texts.
func NER(request uint32) int32 { Calls++; return Current.NER(request) }
