package wasm

import (
	"context"
	"math"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// forbidden are services that nobody may use.
type forbidden struct{ t *testing.T }

func (f forbidden) Get(context.Context, string) ([]byte, error) {
	f.t.Error("the store was read")
	return nil, nil
}

func (f forbidden) Set(context.Context, string, []byte, time.Duration) error {
	f.t.Error("the store was written")
	return nil
}

func (f forbidden) Add(context.Context, string, int64, time.Duration) (int64, error) {
	f.t.Error("the store was added to")
	return 0, nil
}

func (f forbidden) CompareAndSwap(context.Context, string, []byte, []byte, time.Duration) (bool, error) {
	f.t.Error("the store was swapped")
	return false, nil
}

func (f forbidden) Do(context.Context, []byte) ([]byte, error) {
	f.t.Error("a host was called")
	return nil, nil
}

func (f forbidden) Recognise(context.Context, []byte, *time.Duration) ([]byte, error) {
	f.t.Error("the recogniser was asked")
	return nil, nil
}

func (f forbidden) Record(context.Context, string, []byte) error {
	f.t.Error("a record was written")
	return nil
}

func (f forbidden) Ready(context.Context, string) error {
	f.t.Error("a sink was asked")
	return nil
}

// TestRehearsal: a rehearsal uses no service, and writes neither lines nor counters; what is not granted
// stays denied.
func TestRehearsal(t *testing.T) {
	core, lines := observer.New(zap.DebugLevel)
	open := func(s Services) (*guest, *Metrics) {
		f, root, _ := newFrame(t, `{"texts":["a","b"],"lang":"en"}`)
		f.Rehearsal = true
		m := new(Metrics)
		g := newGuest(t, hookRequest, f, root, func(spec *Spec) { spec.Services, spec.Logger, spec.Metrics = s, zap.New(core), m })
		g.in.seat.counters["edits"] = m.counter("edits")
		return g, m
	}
	none := forbidden{t}
	g, metrics := open(Services{KV: none, HTTP: none, Record: none, NER: none})
	for _, c := range []struct {
		what      string
		got, want int64
	}{
		{"get", g.call(abi.FnKVGet, "k"), 0},
		{"set", g.call(abi.FnKVSet, "k", g.call(abi.FnNewInt, 1), int64(0)), 0},
		{"get after set", g.call(abi.FnKVGet, "k"), 0},
		{"add", g.call(abi.FnKVAdd, "k", int64(7), int64(0)), 7},
		{"cas of nothing", g.call(abi.FnKVCas, "k", 0, g.call(abi.FnNewInt, 1), int64(0)), 1},
		{"cas of something", g.call(abi.FnKVCas, "k", g.call(abi.FnNewInt, 1), 0, int64(0)), 0},
		{"http", g.call(abi.FnHTTP, g.call(abi.FnNew, int(abi.KindObject))), int64(abi.ErrIO)},
		{"record", g.call(abi.FnRecord, "s", g.call(abi.FnNewInt, 1)), 0},
		{"ready", g.call(abi.FnRecord, "s", 0), 0},
		{"log", g.call(abi.FnLog, abi.LevelError, "line"), 0},
		{"metric", g.call(abi.FnMetric, "edits", 1.0), 0},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %d, want %d", c.what, c.got, c.want)
		}
	}
	if found := g.call(abi.FnNER, 1); g.text(abi.FnJSON, found) != `{"spans":[[],[]]}` {
		t.Errorf("names: got %s", g.text(abi.FnJSON, found))
	}
	if n := lines.Len(); n != 0 {
		t.Errorf("%d lines were logged", n)
	}
	if n := metrics.Stats().Counters["edits"]; n != 0 {
		t.Errorf("the counter is at %v", n)
	}
	g, _ = open(Services{})
	for what, got := range map[string]int64{
		"kv": g.call(abi.FnKVGet, "k"), "http": g.call(abi.FnHTTP, g.call(abi.FnNew, int(abi.KindObject))), "ner": g.call(abi.FnNER, 1),
		"record": g.call(abi.FnRecord, "s", g.call(abi.FnNewInt, 1)),
	} {
		if got != int64(abi.ErrDenied) {
			t.Errorf("%s without its grant: got %d, want %d", what, got, abi.ErrDenied)
		}
	}
	if got := g.call(abi.FnKVAdd, "k", int64(1), int64(0)); got != math.MinInt64 {
		t.Errorf("add without its grant: got %d", got)
	}
}
