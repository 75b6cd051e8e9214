package wasm

import (
	"bytes"
	"context"
	"testing"
	"time"

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

// TestCallsForget looks at what an instance keeps of a call that printed, read and stored an original.
func TestCallsForget(t *testing.T) {
	const original = "planted-original"
	stored := []byte(`"` + original + `"`)
	f, root, _ := newFrame(t, `{}`)
	g := newGuest(t, hookText, f, root, func(s *Spec) { s.Services.KV = lending{stored} })
	state := g.call(abi.FnRoot, abi.RootState)
	if st := g.call(abi.FnSet, state, "k", g.call(abi.FnNewString, original)); st != 0 {
		t.Fatal(st)
	}
	if got := g.text(abi.FnJSON, state); got != `{"k":"`+original+`"}` {
		t.Fatal(got)
	}
	if got := g.text(abi.FnString, g.call(abi.FnKVGet, "key")); got != original {
		t.Fatal(got)
	}
	read, _ := g.in.scratch.Raw(1)
	views := [][]byte{stored, read, g.in.text[:cap(g.in.text)]}
	for i, b := range views[1:] {
		if !bytes.Contains(b, []byte(original)) {
			t.Errorf("view %d does not show the original: %q", i, b)
		}
	}
	g.in.call.end()
	for i, b := range views {
		if bytes.Contains(b, []byte(original)) {
			t.Errorf("view %d: %q is left", i, b)
		}
	}
}

// lending is a store with one value, whose bytes the caller gets.
type lending struct{ value []byte }

func (l lending) Get(context.Context, string) ([]byte, error) { return l.value, nil }

func (lending) Set(context.Context, string, []byte, time.Duration) error { return nil }

func (lending) Add(context.Context, string, int64, time.Duration) (int64, error) { return 0, nil }

func (lending) CompareAndSwap(context.Context, string, []byte, []byte, time.Duration) (bool, error) {
	return false, nil
}
