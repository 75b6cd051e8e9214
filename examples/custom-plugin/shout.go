// Package main is a plugin of one's own: it shouts every answer, streamed or not, in any dialect.
package main

import (
	"bytes"

	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

func init() {
	longmen.Register(longmen.Plugin{Name: "shout", Version: "1.0.0", Purpose: "writes answers in capitals", Text: shout})
}

func shout(t *longmen.Text) error {
	for i, s := range t.Segments {
		if t.Phase == longmen.PhaseAnswer && s.Kind == longmen.TextPlain {
			t.ReplaceBytes(i, 0, len(s.Text), bytes.ToUpper(s.Text))
		}
	}
	return nil
}

func main() {}
