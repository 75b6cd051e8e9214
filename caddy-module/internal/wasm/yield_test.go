package wasm

import (
	"context"
	"io"
	"net"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
)

func TestYieldHammer(t *testing.T) {
	before := runtime.NumGoroutine()
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 500 {
				yield(courtesy)
			}
		})
	}
	wg.Wait()
	noMoreGoroutines(t, before)
}

// BenchmarkNeighbour tells how long a round trip over loopback takes on one processor while a guest burns
// its CPU limit again and again.
func BenchmarkNeighbour(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, burning := range []bool{false, true} {
		name := "idle"
		if burning {
			name = "burning"
		}
		b.Run(name, func(b *testing.B) {
			p := newPool(b, "burn", withLimits(plugin.Limits{CPU: time.Minute}))
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			go func() {
				c, err := l.Accept()
				if err == nil {
					_, _ = io.Copy(c, c)
					_ = c.Close()
				}
			}()
			c, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			ctx, cancel := context.WithCancel(b.Context())
			var wg sync.WaitGroup
			if burning {
				f, root, _ := newFrame(b, `{"n":-1}`)
				wg.Go(func() { _ = p.Request(ctx, f, root) })
			}
			var took []time.Duration
			buf := make([]byte, 1)
			for b.Loop() {
				start := time.Now()
				if _, err := c.Write(buf); err != nil {
					b.Fatal(err)
				}
				if _, err := io.ReadFull(c, buf); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(start))
			}
			cancel()
			wg.Wait()
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}
