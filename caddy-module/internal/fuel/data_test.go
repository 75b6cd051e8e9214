package fuel

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/wasmtext"
)

// TestJoinedData: whatever the segments, the memory begins as it would without Rewrite.
func TestJoinedData(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var src strings.Builder
		src.WriteString("(module (memory (export \"memory\") 1 1)")
		at := 0
		for range 1 + random.IntN(12) {
			switch at += random.IntN(300); random.IntN(12) {
			case 0:
				at = random.IntN(2000) // may overlap
			case 1:
				at = 65536 - random.IntN(3) // may pass the end
			}
			text := strings.Repeat(string(rune('a'+random.IntN(26))), random.IntN(40))
			fmt.Fprintf(&src, "\n(data (i32.const %d) %q)", at, text)
			at += len(text)
		}
		src.WriteString(")")
		w, err := wasmtext.Assemble(src.String())
		if err != nil {
			t.Fatalf("%v\n%s", err, src.String())
		}
		plain, perr := launch(t, w, false, 0)
		metered, merr := start(t, w, false, 1000)
		if (perr == nil) != (merr == nil) {
			t.Fatalf("instantiating: %v, rewritten: %v\n%s", perr, merr, src.String())
		}
		if perr != nil {
			continue
		}
		a, _ := plain.module.Memory().Read(0, plain.module.Memory().Size())
		b, _ := metered.module.Memory().Read(0, metered.module.Memory().Size())
		if !bytes.Equal(a, b) {
			t.Fatalf("the memory begins with other bytes\n%s", src.String())
		}
	}
}

// TestGoGuestHasFewSegments: what Go's linker takes apart is put together.
func TestGoGuestHasFewSegments(t *testing.T) {
	before := dataSegments(t, guest(t))
	w, err := Rewrite(guest(t), options)
	if err != nil {
		t.Fatal(err)
	}
	if after := dataSegments(t, w); before < 10_000 || after > 200 {
		t.Errorf("%d data segments of %d, want at most 200 of more than 10,000", after, before)
	}
}

func dataSegments(t *testing.T, w []byte) uint32 {
	m := module{wasm: w}
	if err := m.split(); err != nil {
		t.Fatal(err)
	}
	r := m.section[sectionData].reader()
	return r.u32()
}
