package wasm

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/sdk/abi"
)

func BenchmarkRequestNoop(b *testing.B) {
	p := newPool(b, "noop")
	f, root, _ := newFrame(b, `{"model":"m","messages":[]}`)
	b.ReportAllocs()
	for b.Loop() {
		if err := p.Request(b.Context(), f, root); err != nil {
			b.Fatal(err)
		}
	}
}

func delta(n int) []text.Segment {
	return []text.Segment{{
		Role: abi.RoleAssistant, Flags: abi.SegmentStreamed, Channel: 1,
		Text: bytes.Repeat([]byte("plain words of an answer "), n/25+1)[:n],
	}}
}

func BenchmarkText(b *testing.B) {
	for _, name := range []string{"noop", "scan", "swap"} {
		for _, n := range []int{20, 200, 64 << 10} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				p := newPool(b, name, configs[name]...)
				f := &Frame{Host: &fakeHost{}}
				segs := delta(n)
				var reply text.Reply
				b.ReportAllocs()
				b.SetBytes(int64(n))
				for b.Loop() {
					if err := p.Text(b.Context(), f, abi.PhaseAnswer, segs, &reply); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkHostCall(b *testing.B) {
	const calls = 1000
	p := newPool(b, "calls", withLimits(plugin.Limits{CPU: time.Second}))
	f, root, _ := newFrame(b, fmt.Sprintf(`{"n":%d}`, calls))
	b.ReportAllocs()
	for b.Loop() {
		if err := p.Request(b.Context(), f, root); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/calls, "ns/hostcall")
}

// BenchmarkFuelPerMillisecond tells how much fuel a millisecond of a Go guest's byte scan takes: what the
// constant of that name stands for.
func BenchmarkFuelPerMillisecond(b *testing.B) {
	p := newPool(b, "scan", withConfig(`{"rounds":50}`), withLimits(plugin.Limits{CPU: time.Minute}))
	segs := delta(64 << 10)
	var reply text.Reply
	for b.Loop() {
		if err := p.Text(context.Background(), nil, abi.PhaseRequest, segs, &reply); err != nil {
			b.Fatal(err)
		}
	}
	s := p.Metrics().Stats().Hooks[0]
	b.ReportMetric(float64(s.Fuel)/(float64(s.Nanos)/1e6), "fuel/ms")
}

func BenchmarkLoadWarm(b *testing.B) {
	wasm := guestBytes(b)
	newRuntime(b) // the cache
	loadGuest(b, newRuntime(b))
	for b.Loop() {
		r := newRuntime(b)
		m, err := r.Load(b.Context(), wasm, 0)
		if err != nil {
			b.Fatal(err)
		}
		m.Close()
	}
}

func BenchmarkInstantiate(b *testing.B) {
	p := newPool(b, "noop")
	for b.Loop() {
		in, err := p.make(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		in.close()
	}
}

// configs are for plugins that need one.
var configs = map[string][]func(*Spec){"scan": {withConfig(`{"rounds":1}`)}}
