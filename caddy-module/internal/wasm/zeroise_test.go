package wasm

import (
	"bytes"
	"context"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

// TestStateIsOverwritten keeps views of a state's memory and looks at them after its exchange, whatever ended it, and
// after the state was written anew between calls.
func TestStateIsOverwritten(t *testing.T) {
	const original = "planted-original"
	r := newRuntime(t)
	_, trapping := runHostile(t, r, assemble(t, "unreachable"))
	defer trapping.Close()
	_, endless := runHostile(t, r, assemble(t, "endless_loop"))
	defer endless.Close()
	sound := newPool(t, "count")
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name string
		call func(f *Frame) error
		ends Outcome
	}{
		{"answer", func(f *Frame) error { _, err := sound.Event(t.Context(), f, 0); return err }, OutcomeOK},
		{"trap", func(f *Frame) error {
			return trapping.Text(t.Context(), f, abi.PhaseRequest, delta(1), new(text.Reply))
		}, OutcomeTrapped},
		{"fuel", func(f *Frame) error {
			return endless.Text(t.Context(), f, abi.PhaseRequest, delta(1), new(text.Reply))
		}, OutcomeExhausted},
		{"gone client", func(f *Frame) error {
			return endless.Text(canceled, f, abi.PhaseRequest, delta(1), new(text.Reply))
		}, OutcomeCanceled},
	} {
		f, _, _ := newFrame(t, `{}`)
		var seen [][]byte
		look := func() {
			for n := f.State.First(f.StateRoot); n != 0; n = f.State.Next(n) {
				if b, shared := f.State.Text(n); shared && len(b) > 0 {
					seen = append(seen, b)
				}
			}
		}
		a, root := f.state()
		for f.State.Added() < keepState { // what the next call writes anew
			if err := a.Set(root, "k", a.NewString([]byte(original))); err != nil {
				t.Fatal(err)
			}
			look()
		}
		if err := c.call(f); outcomeOf(err) != c.ends {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.ends != OutcomeCanceled && f.State.Added() != 0 {
			t.Errorf("%s: the state was not written anew", c.name)
		}
		look()
		f.Release()
		if f.State != nil {
			t.Errorf("%s: the frame keeps its state", c.name)
		}
		for _, b := range seen {
			if len(bytes.Trim(b, "\x00")) > 0 {
				t.Fatalf("%s: %q is left of the state", c.name, b)
			}
		}
	}
}
