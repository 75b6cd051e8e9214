package plugintest

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm/wasmtest"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

// attributes is a Host that takes attributes and forgets them.
type attributes struct{ wasm.Host }

func (attributes) SetAttr(string, any) error       { return nil }
func (attributes) Attr(string) (v any, known bool) { return nil, false }

// TestDenseText: a megabyte of addresses and phone numbers goes through redact and back within the limits that a gateway gives
// it when nobody says otherwise.
func TestDenseText(t *testing.T) {
	path := build(t, "./plugins/firstparty")
	code, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := wasm.NewRuntime(t.Context(), wasmtest.CacheDir())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(t.Context())
	m, err := r.Load(t.Context(), code, 0)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("id,email,phone\n")
	rows := 0
	for ; table.Len() < 1<<20; rows++ {
		fmt.Fprintf(&table, "%d,user.%d@example.com,138%08d\n", rows, rows, rows*7919%100_000_000)
	}
	for _, config := range []string{`{}`, `{"restore":"lenient"}`, `{"answers":"mask"}`} {
		p, err := m.Pool(t.Context(), wasm.Spec{Plugin: "redact", Config: []byte(config)})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		f := &wasm.Frame{Host: attributes{}}
		through := func(phase uint8, role abi.Role, s string) string {
			t.Helper()
			var reply text.Reply
			segs := []text.Segment{{Role: role, Channel: 1, Text: []byte(s)}}
			if err := p.Text(t.Context(), f, phase, segs, &reply); err != nil {
				t.Fatalf("%s: %v", config, err)
			}
			if len(reply.Edits) < 2*rows {
				t.Fatalf("%s: %d edits, expected %d", config, len(reply.Edits), 2*rows)
			}
			var out strings.Builder
			at := uint32(0)
			for _, e := range reply.Edits {
				out.WriteString(s[at:e.Start])
				out.Write(e.Text)
				at = e.Start + e.Len
			}
			return out.String() + s[at:]
		}
		redacted := through(abi.PhaseRequest, abi.RoleUser, table.String())
		if strings.Contains(redacted, "@") {
			t.Errorf("%s: an address went out", config)
		}
		if back := through(abi.PhaseAnswer, abi.RoleAssistant, redacted); back != table.String() {
			t.Errorf("%s: the answer is not restored", config)
		}
	}
}
