package caddyllm

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/longmen-gateway/longmen/caddy-module/internal/record"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
)

// sinks are where one plugin may append records, by name. They implement wasm.Recorder.
type sinks map[string]record.Sink

// openSinks opens the sinks of a grant.
func openSinks(granted map[string]*Sink) (sinks, error) {
	out := make(sinks, len(granted))
	for _, name := range slices.Sorted(maps.Keys(granted)) {
		s := granted[name]
		if s == nil || s.File == "" {
			out[name] = record.NewLog(logger("record"), name)
			continue
		}
		f, err := openRecords(s)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("sink %q: %w", name, err), out.Close())
		}
		out[name] = f
	}
	return out, nil
}

// Record implements wasm.Recorder.
func (s sinks) Record(_ context.Context, name string, text []byte) error {
	to := s[name]
	if to == nil {
		return fmt.Errorf("sink is not granted: %w", wasm.ErrDenied)
	}
	return refusal(to.Write(text))
}

// Ready implements wasm.Recorder.
func (s sinks) Ready(_ context.Context, name string) error {
	to := s[name]
	if to == nil {
		return fmt.Errorf("sink is not granted: %w", wasm.ErrDenied)
	}
	return refusal(to.Check())
}

// Close lets go of all sinks.
func (s sinks) Close() error {
	var errs []error
	for _, to := range s {
		errs = append(errs, to.Close())
	}
	return errors.Join(errs...)
}

// generations tells the files of a grant apart from those that stood under the same names before a
// rotation, so that a reload after it opens new ones.
func (g *Grants) generations() (out []int, err error) {
	if g == nil {
		return nil, nil
	}
	for _, name := range slices.Sorted(maps.Keys(g.Record)) {
		s := g.Record[name]
		if s == nil || s.File == "" || s.Chain != nil {
			continue
		}
		n, err := generation(s.File)
		if err != nil {
			return nil, fmt.Errorf("grant record: sink %q: %w", name, err)
		}
		out = append(out, n)
	}
	return out, nil
}
