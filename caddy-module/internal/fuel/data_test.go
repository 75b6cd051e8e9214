package fuel

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/wasmtext"
)

// TestApart: a memory that begins with the data that was taken out is the one that the module would make, whatever its segments.
func TestApart(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	taken := 0
	for range 400 {
		var src strings.Builder
		src.WriteString("(module (memory (export \"memory\") 1 2)")
		at := 0
		for range 1 + random.IntN(8) {
			switch at += random.IntN(300); random.IntN(15) {
			case 0:
				at = random.IntN(2000) // may overlap
			case 1:
				at = 65536 - random.IntN(3) // may pass the end
			}
			text := strings.Repeat(string(rune('a'+random.IntN(26))), random.IntN(40))
			fmt.Fprintf(&src, "\n(data (i32.const %d) %q)", at, text)
			at += len(text)
		}
		if random.IntN(8) == 0 {
			src.WriteString(`(data $p "passive") (func (export "init") (memory.init $p (i32.const 0) (i32.const 0) (i32.const 1)))`)
		}
		src.WriteString(")")
		w, err := wasmtext.Assemble(src.String())
		if err != nil {
			t.Fatalf("%v\n%s", err, src.String())
		}
		code, data, err := RewriteApart(w, options)
		if err != nil {
			t.Fatal(err)
		}
		plain, perr := launch(t, w, false, 0)
		apart, aerr := launch(t, code, false, 1000)
		if (perr == nil) != (aerr == nil) {
			t.Fatalf("instantiating: %v, rewritten: %v\n%s", perr, aerr, src.String())
		}
		if perr != nil {
			continue
		}
		end := uint64(0)
		for _, d := range data {
			if d.At < end {
				t.Fatalf("the data are not in order\n%s", src.String())
			}
			end = d.At + uint64(len(d.Bytes))
			apart.module.Memory().Write(uint32(d.At), d.Bytes)
			taken++
		}
		a, _ := plain.module.Memory().Read(0, plain.module.Memory().Size())
		b, _ := apart.module.Memory().Read(0, apart.module.Memory().Size())
		if !bytes.Equal(a, b) {
			t.Fatalf("the memory begins with other bytes\n%s", src.String())
		}
	}
	if taken == 0 {
		t.Error("no data were taken out")
	}
}

// TestGoGuestApart: the data of a Go guest are taken out, so that wazero has none.
func TestGoGuestApart(t *testing.T) {
	code, data, err := RewriteApart(guest(t), options)
	if err != nil {
		t.Fatal(err)
	}
	m := module{wasm: code}
	if err := m.split(); err != nil {
		t.Fatal(err)
	}
	if len(data) < 10_000 || m.section[sectionData].present {
		t.Errorf("%d data segments were taken out, expected all of more than 10,000", len(data))
	}
}
