package wasm

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// A rehearsal finds out what a request would meet. Its hooks run as always, but what they do ends with it: services
// that are granted are replaced by ones that are empty, keep nothing and ask nobody, and neither lines of logs nor
// counters are written.

// errRehearsal is what a host that would be called answers in a rehearsal.
var errRehearsal = errors.New("nobody is called in a rehearsal")

// rehearsed are the services of a rehearsal: those that are granted, and no others.
func rehearsed(s Services) Services {
	var out Services
	if s.KV != nil {
		out.KV = emptyStore{}
	}
	if s.HTTP != nil {
		out.HTTP = nobody{}
	}
	if s.Record != nil {
		out.Record = noRecord{}
	}
	if s.NER != nil {
		out.NER = noNames{}
	}
	return out
}

// services are those of the running call.
func (c *call) services() *Services {
	if c.rehearses() {
		return &c.in.rehearsal
	}
	return &c.in.granted
}

// rehearses tells whether the running call is part of a rehearsal.
func (c *call) rehearses() bool { return c.frame != nil && c.frame.Rehearsal }

// emptyStore is a store that has just been emptied, and keeps nothing.
type emptyStore struct{}

// Get implements KV.
func (emptyStore) Get(context.Context, string) ([]byte, error) { return nil, nil }

// Set implements KV.
func (emptyStore) Set(context.Context, string, []byte, time.Duration) error { return nil }

// Add implements KV.
func (emptyStore) Add(_ context.Context, _ string, delta int64, _ time.Duration) (int64, error) {
	return delta, nil
}

// CompareAndSwap implements KV.
func (emptyStore) CompareAndSwap(_ context.Context, _ string, old, _ []byte, _ time.Duration) (bool, error) {
	return old == nil, nil
}

// nobody answers no call.
type nobody struct{}

// Do implements HTTP.
func (nobody) Do(context.Context, []byte) ([]byte, error) { return nil, errRehearsal }

// noNames finds no names.
type noNames struct{}

// Recognise implements NER.
func (noNames) Recognise(_ context.Context, request []byte, _ *time.Duration) ([]byte, error) {
	var asked struct {
		Texts []json.RawMessage `json:"texts"`
	}
	if err := json.Unmarshal(request, &asked); err != nil {
		return nil, ErrArgument
	}
	spans := make([][]struct{}, len(asked.Texts))
	for i := range spans {
		spans[i] = []struct{}{}
	}
	return json.Marshal(map[string]any{"spans": spans})
}

// noRecord takes records and drops them.
type noRecord struct{}

// Record implements Recorder.
func (noRecord) Record(context.Context, string, []byte) error { return nil }

// Ready implements Recorder.
func (noRecord) Ready(context.Context, string) error { return nil }
