package wasm

import (
	"bytes"

	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
)

// watched says which text a configured plugin wants to see in one phase: all, or what has one of some
// bytes. Looking for a byte costs a fraction of entering the guest.
type watched struct {
	narrow bool
	bytes  string
}

// by tells whether any of the segments is worth a call.
func (w *watched) by(segs []text.Segment) bool {
	if !w.narrow {
		return true
	}
	if w.bytes == "" {
		return false
	}
	for i := range segs {
		if bytes.ContainsAny(segs[i].Text, w.bytes) {
			return true
		}
	}
	return false
}
