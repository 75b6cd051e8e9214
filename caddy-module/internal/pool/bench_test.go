package pool

import (
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

// hundred opens a pool of 100 members with weights, costs, and limits if wanted, some of which have been used.
func hundred(b testing.TB, balance Balance, limits bool) *Pool {
	members := alike(100, Member{Server: "one"})
	for i := range members {
		members[i].Weight, members[i].Cost = 1+i%7, float64(i%5)
		if limits {
			members[i].RPM, members[i].TPM = 1<<40, 1<<50
		}
	}
	p := open(b, balance, members, BreakerConfig{}, nil)
	for i := range 1000 {
		l := take(b, p, t0)
		l.First(time.Duration(1+i%50)*time.Millisecond, t0)
		l.Left(float64(i%10)/10, t0)
		l.End(Outcome{Now: t0})
	}
	return p
}

// BenchmarkTake100 takes and ends a lease of 100 members.
func BenchmarkTake100(b *testing.B) {
	for _, balance := range Balances() {
		for name, limits := range map[string]bool{"": false, "/limits": true} {
			b.Run(string(balance)+name, func(b *testing.B) {
				p := hundred(b, balance, limits)
				c := Choice{Now: t0, Tokens: 100, Model: "m"}
				b.ReportAllocs()
				for b.Loop() {
					c.Now += 1000
					c.Affinity++
					l, ok := p.Take(&c)
					if !ok {
						b.Fatal("nobody is ready")
					}
					l.End(Outcome{Class: failure.None, Tokens: 200, Now: c.Now})
				}
			})
		}
	}
}

// BenchmarkTake100Parallel does so from all processors.
func BenchmarkTake100Parallel(b *testing.B) {
	p := hundred(b, RoundRobin, false)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		c := Choice{Now: t0}
		for pb.Next() {
			l, _ := p.Take(&c)
			l.End(Outcome{Now: t0})
		}
	})
}

// BenchmarkNobodyReady asks 100 members that all cool.
func BenchmarkNobodyReady(b *testing.B) {
	p := hundred(b, RoundRobin, false)
	for range 100 {
		serve(p, &Choice{Now: t0}, failure.RateLimit, time.Hour)
	}
	c := Choice{Now: t0}
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := p.Take(&c); ok || p.Wait(&c) <= 0 {
			b.Fatal("somebody is ready")
		}
	}
}

// TestNothingIsAllocated by what stands in a request's way.
func TestNothingIsAllocated(t *testing.T) {
	for _, balance := range Balances() {
		p := hundred(t, balance, true)
		var tried Tried
		c := Choice{Now: t0, Tokens: 10, Affinity: 7, Model: "m", Tried: &tried}
		if n := testing.AllocsPerRun(100, func() {
			tried.Clear()
			for range 3 {
				l, _ := p.Take(&c)
				l.First(time.Millisecond, c.Now)
				l.Left(0.5, c.Now)
				tried.Add(l.Member())
				l.End(Outcome{Class: failure.ServerError, Tokens: 10, Now: c.Now})
				l = p.Probe(l.Member(), c.Now)
				l.End(Outcome{Now: c.Now})
			}
			p.Wait(&c)
			p.Summary(c.Now)
		}); n != 0 {
			t.Errorf("%s: %v allocations", balance, n)
		}
	}
}
