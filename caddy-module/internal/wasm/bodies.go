package wasm

import (
	"reflect"
	"unsafe"

	"github.com/tetratelabs/wazero"
)

// forgetBodies lets go of the bytecode of a module's functions: wazero keeps a copy of all of it, which nothing
// reads once it is compiled (6 MB for the built-in module, and as much again of the collector's headroom). There is no way to say so,
// hence the look inside; where wazero keeps it elsewhere, nothing happens but that it stays. It is called before
// anybody else has the module. TestForgetBodies tells when wazero has changed.
func forgetBodies(compiled wazero.CompiledModule) (bytes int) {
	v := reflect.ValueOf(compiled)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return 0
	}
	m := v.Elem().FieldByName("module")
	if m.Kind() != reflect.Pointer || m.IsNil() || m.Elem().Kind() != reflect.Struct {
		return 0
	}
	// The field has no exported name; what it points to has.
	code := reflect.NewAt(m.Type().Elem(), unsafe.Pointer(m.Pointer())).Elem().FieldByName("CodeSection")
	if code.Kind() != reflect.Slice || code.Type().Elem().Kind() != reflect.Struct {
		return 0
	}
	for i := range code.Len() {
		if body := code.Index(i).FieldByName("Body"); body.CanSet() && body.Kind() == reflect.Slice {
			bytes += body.Len()
			body.SetZero()
		}
	}
	return bytes
}
