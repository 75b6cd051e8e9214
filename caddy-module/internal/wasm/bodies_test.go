package wasm

import (
	"testing"

	"github.com/tetratelabs/wazero"
)

func TestForgetBodies(t *testing.T) {
	r := wazero.NewRuntime(t.Context())
	defer r.Close(t.Context())
	compiled, err := r.CompileModule(t.Context(), assemble(t, "well_behaved"))
	if err != nil {
		t.Fatal(err)
	}
	if n := forgetBodies(compiled); n == 0 {
		t.Error("nothing was let go of: wazero keeps the functions elsewhere")
	}
	if n := forgetBodies(compiled); n != 0 {
		t.Errorf("%d bytes were still there", n)
	}
}
