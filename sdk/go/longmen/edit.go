package longmen

import (
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/internal/host"
)

// Edits and constructors never panic and return no error. The first that fails is remembered and makes
// the hook fail with its message, so that a transform reads like plain assignments and half an edit
// never goes on.

// sticky is the first failed operation of the running hook.
var sticky struct {
	operation string
	status    int32
}

func setter(operation string, status int32) {
	if status < 0 && sticky.status == 0 {
		sticky.operation, sticky.status = operation, status
	}
}

func made(operation string, h int32) Value {
	setter(operation, h)
	return value(h)
}

// NewObject is a new empty object.
func NewObject() Value { return made("new object", host.New(int32(abi.KindObject))) }

// NewArray is a new empty array.
func NewArray() Value { return made("new array", host.New(int32(abi.KindArray))) }

// NewNull is a new null.
func NewNull() Value { return made("new null", host.New(int32(abi.KindNull))) }

// NewString is a new string. Bytes that are not UTF-8 are refused.
func NewString(s string) Value { return made("new string", host.NewString(s)) }

// NewInt is a new number.
func NewInt(n int64) Value { return made("new int", host.NewInt(n)) }

// NewFloat is a new number. NaN and infinities are refused: JSON has none.
func NewFloat(f float64) Value { return made("new float", host.NewFloat(f)) }

// NewBool is a new true or false.
func NewBool(b bool) Value {
	if b {
		return made("new bool", host.NewJSON("true"))
	}
	return made("new bool", host.NewJSON("false"))
}

// NewJSON is the value that a JSON text says.
func NewJSON(text string) Value { return made("new json", host.NewJSON(text)) }

// Set sets a member. A value that stands elsewhere moves.
func (v Value) Set(key string, member Value) {
	forget()
	setter("set", host.Set(uint32(v), key, uint32(member)))
}

// SetString sets a member to a string.
func (v Value) SetString(key, s string) {
	forget()
	setter("set string", host.SetString(uint32(v), key, s))
}

// SetInt sets a member to a number.
func (v Value) SetInt(key string, n int64) {
	forget()
	setter("set int", host.SetInt(uint32(v), key, n))
}

// SetBool sets a member to true or false.
func (v Value) SetBool(key string, b bool) { v.Set(key, NewBool(b)) }

// Append appends an element. A value that stands elsewhere moves.
func (v Value) Append(element Value) {
	forget()
	setter("append", host.Append(uint32(v), uint32(element)))
}

// Replace puts another value in this one's place, also in a root's. This one is detached.
func (v Value) Replace(other Value) {
	forget()
	setter("replace", host.Replace(uint32(v), uint32(other)))
}

// Delete removes the value from its parent. Deleting what does not exist is no error.
func (v Value) Delete() {
	if v != 0 {
		forget()
		setter("delete", host.Delete(uint32(v)))
	}
}

// Copy is a detached copy; its bytes are shared with the original and never visit the guest.
func (v Value) Copy() Value {
	if v == 0 {
		return 0
	}
	return made("copy", host.Copy(uint32(v)))
}

// Slice is a new string: n bytes of this one from byte start on, counted in the decoded text. The
// bytes never visit the guest, whatever their number.
func (v Value) Slice(start, n int) Value {
	return made("slice", host.Slice(uint32(v), int32(start), int32(n)))
}

// Join is a new string: the strings of an array, one after the other. The bytes never visit the guest,
// whatever their number.
func (v Value) Join() Value { return made("join", host.Join(uint32(v))) }

// Parse is the value of the JSON text that a string holds, such as tool call arguments; false when
// the string holds no JSON.
func (v Value) Parse() (Value, bool) {
	if v == 0 {
		return 0, false
	}
	h := host.Parse(uint32(v))
	if h < 0 && h != abi.ErrSyntax && h != abi.ErrKind {
		setter("parse", h)
	}
	return value(h), h > 0
}

// Stringify is a new string that holds this value's JSON text.
func (v Value) Stringify() Value {
	if v == 0 {
		return 0
	}
	return made("stringify", host.Stringify(uint32(v)))
}
