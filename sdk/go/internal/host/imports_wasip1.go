//go:build wasip1

package host

// The directives take literals: host_test.go holds them against the names of sdk/abi.

// Kind is the import: the value's abi.Kind, 0 for a bad handle.
//
//go:wasmimport longmen_v1 kind
func Kind(h uint32) int32

// Len is the import: members, elements or decoded bytes.
//
//go:wasmimport longmen_v1 len
func Len(h uint32) int32

// Get is the import: the member, or 0.
//
//go:wasmimport longmen_v1 get
//go:noescape
func Get(h uint32, key string) int32

// Pointer is the import: the value at an RFC 6901 pointer, or 0.
//
//go:wasmimport longmen_v1 pointer
//go:noescape
func Pointer(h uint32, ptr string) int32

// Index is the import: the i-th child, or 0.
//
//go:wasmimport longmen_v1 index
func Index(h uint32, i int32) int32

// First is the import: the first child, or 0.
//
//go:wasmimport longmen_v1 first
func First(h uint32) int32

// Next is the import: the next sibling, or 0.
//
//go:wasmimport longmen_v1 next
func Next(h uint32) int32

// Children is the import: lists children.
//
//go:wasmimport longmen_v1 children
//go:noescape
func Children(h uint32, buf *byte, size int32) int32

// Key is the import: copies the member name.
//
//go:wasmimport longmen_v1 key
//go:noescape
func Key(h uint32, buf *byte, size int32) int32

// String is the import: copies the decoded string.
//
//go:wasmimport longmen_v1 string
//go:noescape
func String(h uint32, buf *byte, size int32) int32

// JSON is the import: copies the JSON text.
//
//go:wasmimport longmen_v1 json
//go:noescape
func JSON(h uint32, buf *byte, size int32) int32

// Int is the import: the number, cut towards zero.
//
//go:wasmimport longmen_v1 int
func Int(h uint32) int64

// Float is the import: the number.
//
//go:wasmimport longmen_v1 float
func Float(h uint32) float64

// New is the import: an empty value of a kind.
//
//go:wasmimport longmen_v1 new
func New(kind int32) int32

// NewString is the import: a string.
//
//go:wasmimport longmen_v1 new_string
//go:noescape
func NewString(s string) int32

// NewJSON is the import: the value that a JSON text says.
//
//go:wasmimport longmen_v1 new_json
//go:noescape
func NewJSON(s string) int32

// NewInt is the import: an integer.
//
//go:wasmimport longmen_v1 new_int
func NewInt(v int64) int32

// NewFloat is the import: a number.
//
//go:wasmimport longmen_v1 new_float
func NewFloat(v float64) int32

// Set is the import: sets a member.
//
//go:wasmimport longmen_v1 set
//go:noescape
func Set(h uint32, key string, v uint32) int32

// SetString is the import: sets a member to a string.
//
//go:wasmimport longmen_v1 set_string
//go:noescape
func SetString(h uint32, key string, s string) int32

// SetInt is the import: sets a member to an integer.
//
//go:wasmimport longmen_v1 set_int
//go:noescape
func SetInt(h uint32, key string, v int64) int32

// Append is the import: appends an element.
//
//go:wasmimport longmen_v1 append
func Append(h uint32, v uint32) int32

// Replace is the import: puts a value in another's place.
//
//go:wasmimport longmen_v1 replace
func Replace(h uint32, v uint32) int32

// Delete is the import: removes a value from its parent.
//
//go:wasmimport longmen_v1 delete
func Delete(h uint32) int32

// Copy is the import: a detached copy.
//
//go:wasmimport longmen_v1 copy
func Copy(h uint32) int32

// Slice is the import: a detached part of a string.
//
//go:wasmimport longmen_v1 slice
func Slice(h uint32, start int32, length int32) int32

// Join is the import: a string made of an array's strings.
//
//go:wasmimport longmen_v1 join
func Join(h uint32) int32

// Parse is the import: the value of the JSON inside a string.
//
//go:wasmimport longmen_v1 parse
func Parse(h uint32) int32

// Stringify is the import: a string holding the value's JSON.
//
//go:wasmimport longmen_v1 stringify
func Stringify(h uint32) int32

// Digest is the import: SHA-256 of the JSON text.
//
//go:wasmimport longmen_v1 digest
//go:noescape
func Digest(h uint32, buf *byte) int32

// Root is the import: config, state or record.
//
//go:wasmimport longmen_v1 root
func Root(which int32) int32

// Header is the import: copies a header's value.
//
//go:wasmimport longmen_v1 header
//go:noescape
func Header(name string, buf *byte, size int32) int32

// SetHeader is the import: sets a header.
//
//go:wasmimport longmen_v1 set_header
//go:noescape
func SetHeader(name string, value string) int32

// Attr is the import: an attribute's value, or 0.
//
//go:wasmimport longmen_v1 attr
//go:noescape
func Attr(name string) int32

// SetAttr is the import: sets a declared attribute.
//
//go:wasmimport longmen_v1 set_attr
//go:noescape
func SetAttr(name string, v uint32) int32

// Tag is the import: tags the exchange.
//
//go:wasmimport longmen_v1 tag
//go:noescape
func Tag(name string, value string) int32

// Warn is the import: adds one warning item.
//
//go:wasmimport longmen_v1 warn
//go:noescape
func Warn(item string) int32

// Respond is the import: answers at once.
//
//go:wasmimport longmen_v1 respond
func Respond(status int32, v uint32, form int32) int32

// Reject is the import: refuses the exchange.
//
//go:wasmimport longmen_v1 reject
//go:noescape
func Reject(status int32, code string, param string, message string) int32

// Emit is the import: emits one event.
//
//go:wasmimport longmen_v1 emit
//go:noescape
func Emit(v uint32, name string) int32

// Fail is the import: says why the hook fails.
//
//go:wasmimport longmen_v1 fail
//go:noescape
func Fail(reason string) int32

// Log is the import: writes a log line.
//
//go:wasmimport longmen_v1 log
//go:noescape
func Log(level int32, message string) int32

// Metric is the import: adds to a counter.
//
//go:wasmimport longmen_v1 metric
//go:noescape
func Metric(name string, v float64) int32

// MAC is the import: HMAC-SHA-256.
//
//go:wasmimport longmen_v1 mac
//go:noescape
func MAC(key string, message string, buf *byte) int32

// Watch is the import: text of a phase matters only with one of these bytes.
//
//go:wasmimport longmen_v1 watch
//go:noescape
func Watch(phase int32, bytes string) int32

// Skip is the import: this configuration needs no such hook.
//
//go:wasmimport longmen_v1 skip
//go:noescape
func Skip(hook string) int32

// Now is the import: Unix milliseconds.
//
//go:wasmimport longmen_v1 now
func Now() int64

// Random is the import: fills with random bytes.
//
//go:wasmimport longmen_v1 random
//go:noescape
func Random(buf *byte, size int32) int32

// KVGet is the import: the stored value, or 0.
//
//go:wasmimport longmen_v1 kv_get
//go:noescape
func KVGet(key string) int32

// KVSet is the import: stores a value.
//
//go:wasmimport longmen_v1 kv_set
//go:noescape
func KVSet(key string, v uint32, ttl int64) int32

// KVAdd is the import: adds to a stored integer.
//
//go:wasmimport longmen_v1 kv_add
//go:noescape
func KVAdd(key string, delta int64, ttl int64) int64

// KVCas is the import: swaps if unchanged.
//
//go:wasmimport longmen_v1 kv_cas
//go:noescape
func KVCas(key string, old uint32, v uint32, ttl int64) int32

// HTTP is the import: one HTTP round trip.
//
//go:wasmimport longmen_v1 http
func HTTP(request uint32) int32

// Record is the import: appends to a sink.
//
//go:wasmimport longmen_v1 record
//go:noescape
func Record(sink string, v uint32) int32

// NER is the import: named entities of texts.
//
//go:wasmimport longmen_v1 ner
func NER(request uint32) int32
