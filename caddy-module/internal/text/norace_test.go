//go:build !race

package text

import (
	"testing"

	"github.com/longmen-gateway/longmen/sdk/document"
)

// How much the chop tests cut: everything.
const (
	cutEvery   = 1
	cutsRounds = 400
)

// The race detector's sync.Pool forgets on purpose, so allocations are counted without it.
func TestEventWithNothingToEditAllocatesNothing(t *testing.T) {
	for name, data := range deltas {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			var a document.Arena
			var reply Reply
			b := []byte(data)
			step(t, s, &a, b, &reply, nothing)
			if n := testing.AllocsPerRun(200, func() { step(t, s, &a, b, &reply, nothing) }); n != 0 {
				t.Errorf("%v allocations per event, want 0", n)
			}
		})
	}
}
