package integration

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/fault"
)

// endpointsAt is the example of endpoints with these in the places of those of one provider.
func endpointsAt(t *testing.T, all []*fault.Upstream, changes ...string) string {
	t.Helper()
	paths := []string{"full", "one", "two"} // of regions
	if len(changes) > 0 && changes[0] == "alike" {
		paths, changes = []string{"one", "two", "down"}, changes[1:]
	}
	for i, path := range paths {
		changes = append(changes, "http://localhost:8080/"+path+"/", all[i].URL+"/")
	}
	return balancing(t, "endpoints", changes...)
}

// fails answers with an error of that status, and asks to be left alone by pairs of header and value.
func fails(status int, header ...string) fault.Fault {
	f := fault.Fault{Kind: fault.Fail, Status: status, Header: http.Header{}}
	for i := 0; i < len(header); i += 2 {
		f.Header.Set(header[i], header[i+1])
	}
	return f
}

const open = `caddy_llm_gateway_upstream_state{endpoint="three",provider="alike"}`

// takesTurns: endpoints take turns strictly.
func takesTurns(t *testing.T, c *running) {
	all := plans(t, nil, nil, nil)
	c.load(endpointsAt(t, all, "alike"))
	for n := range 12 {
		c.answered("alike", n, n%2 == 0)
		if got := all[n%3].Requests(); len(got) != n/3+1 || got[n/3].ID != fault.NewID(n) {
			t.Fatalf("request %d did not go to endpoint %d: they have %v", n, n%3, requests(all))
		}
	}
}

// threeFailures: after as many failures as the Caddyfile says an endpoint gets nothing.
func threeFailures(t *testing.T, c *running) {
	all := plans(t, nil, nil, fault.Always(fails(http.StatusInternalServerError)))
	c.load(endpointsAt(t, all, "alike", "failures 5", "failures 3", "open 10m 10m", "open 30s"))
	for n := range 30 {
		c.answered("alike", n, n%2 == 0)
	}
	if got := requests(all); got[2] != 3 || c.metrics()[open] == 0 {
		t.Errorf("endpoints were asked %v times, want 3 of the third", got)
	}
}

// fiveInARow: five failures in a row remove an endpoint, and a success in between counts from the beginning. No
// client notices either.
func fiveInARow(t *testing.T, c *running) {
	third := func(n int, _ *fault.Request) fault.Fault {
		if n == 4 || n == 9 {
			return fault.Fault{}
		}
		return fails(http.StatusInternalServerError)
	}
	all := plans(t, nil, nil, third)
	c.load(endpointsAt(t, all, "alike"))
	for n := range 80 {
		c.answered("alike", n, n%2 == 0)
		if state := c.metrics()[open]; (state != 0) != (all[2].Totals().Requests == 15) {
			t.Fatalf("state %v after %d requests", state, all[2].Totals().Requests)
		}
	}
	if got := requests(all); got[2] != 15 {
		t.Errorf("endpoints were asked %v times, want 15 of the third", got)
	}
}

// recovers: when its time is over an endpoint is tried with one request, and takes its turns again.
func recovers(t *testing.T, c *running) {
	const pause = 300 * time.Millisecond
	all := plans(t, nil, nil, fault.Sequence(slices.Repeat([]fault.Fault{fails(http.StatusBadGateway)}, 5)...))
	c.load(endpointsAt(t, all, "alike", "open 10m 10m", "open 300ms 300ms"))
	n, began := 0, time.Now()
	for ; all[2].Totals().Requests < 5; n++ {
		began = time.Now()
		c.answered("alike", n, false)
	}
	eventually(t, "the third endpoint asked again", func() bool {
		n++
		c.answered("alike", n, false)
		return all[2].Totals().Requests == 6
	})
	if took := time.Since(began); took < pause {
		t.Errorf("asked again after %v, want %v", took, pause)
	}
	if c.metrics()[open] != 0 {
		t.Error("it is still broken")
	}
	before := requests(all)
	for i := range 6 {
		c.answered("alike", n+i, false)
	}
	for i, got := range requests(all) {
		if got != before[i]+2 {
			t.Errorf("endpoint %d got %d of 6 requests", i, got-before[i])
		}
	}
}

// clientErrors: what is wrong with a request is told to its client, is sent once, and counts for nobody.
func clientErrors(t *testing.T, c *running) {
	wrong := fault.Always(fails(http.StatusBadRequest))
	all := plans(t, wrong, wrong, wrong)
	c.load(endpointsAt(t, all, "alike"))
	for n := range 30 {
		if a := c.numbered("alike", n, n%2 == 0); a.status != http.StatusBadRequest || !strings.Contains(a.body, "injected") {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	if got := requests(all); !slices.Equal(got, []int{10, 10, 10}) {
		t.Errorf("endpoints were asked %v times", got)
	}
	if c.metrics()[open] != 0 {
		t.Error("requests that were wrong have broken an endpoint")
	}
}

// lastError: when nobody is left the client is told what the last one said.
func lastError(t *testing.T, c *running) {
	var last atomic.Int64
	says := func(status int) fault.Plan {
		return func(int, *fault.Request) fault.Fault {
			last.Store(int64(status))
			return fault.Fault{Kind: fault.Fail, Status: status, Body: fmt.Sprintf(`{"error":{"message":"ill with %d","type":"server_error"}}`, status)}
		}
	}
	all := plans(t, says(500), says(502), says(504))
	c.load(endpointsAt(t, all, "alike"))
	for n := range 3 {
		a := c.numbered("alike", n, n%2 == 0)
		if want := int(last.Load()); a.status != want || !strings.Contains(a.body, fmt.Sprintf("ill with %d", want)) {
			t.Errorf("%d %s, the last one said %d", a.status, a.body, want)
		}
	}
	if got := requests(all); slices.Contains(got, 0) {
		t.Errorf("endpoints were asked %v times", got)
	}
}

// weighs: endpoints of one priority share by weight, and each is asked for what it calls the model.
func weighs(t *testing.T, c *running) {
	all := plans(t, nil, nil, nil)
	c.load(endpointsAt(t, all))
	for n := range 40 {
		c.answered("gpt", n, false)
	}
	if got := requests(all); !slices.Equal(got, []int{30, 10, 0}) {
		t.Errorf("regions were asked %v times", got)
	}
	for i, model := range []string{"gpt-sweden", "gpt-france"} {
		for _, r := range all[i].Requests() {
			if r.Model != model {
				t.Fatalf("asked for %q, want %q", r.Model, model)
			}
		}
	}
}

// acrossRegions: a request that two regions refuse is served by the third; they get nothing until they may, and are
// preferred again then.
func acrossRegions(t *testing.T, c *running) {
	for _, stream := range []bool{false, true} {
		all := plans(t, fault.Sequence(fails(429, "Retry-After-Ms", "500")), fault.Sequence(fails(503, "Retry-After-Ms", "500")), nil)
		c.load(endpointsAt(t, all))
		began, n := time.Now(), 0
		for ; time.Since(began) < 300*time.Millisecond; n++ {
			c.answered("gpt", n, stream)
		}
		if got := requests(all); time.Since(began) < 450*time.Millisecond && !slices.Equal(got, []int{1, 1, n}) {
			t.Errorf("of %d requests regions got %v", n, got)
		}
		if r := all[2].Requests()[0]; r.ID != fault.NewID(0) || r.Model != "gpt-virginia" {
			t.Errorf("virginia's first request is %+v", r)
		}
		eventually(t, "both regions asked again", func() bool {
			n++
			c.answered("gpt", n, stream)
			got := requests(all)
			return got[0] > 1 && got[1] > 1
		})
		before := requests(all)[2]
		for range 8 {
			c.answered("gpt", n, stream)
		}
		if got := requests(all)[2]; got != before {
			t.Errorf("virginia got %d of 8 requests after the others were back", got-before)
		}
	}
}

// allDown: the client gets the last status, and the earliest time that an upstream has asked for.
func allDown(t *testing.T, c *running) {
	for _, status := range []int{429, 503} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			c := c.in(t)
			all := plans(t, fault.Always(fails(status, "Retry-After", "9")), fault.Always(fails(status, "Retry-After", "7")), fault.Always(fails(status, "Retry-After", "11")))
			c.load(endpointsAt(t, all))
			a := c.numbered("gpt", 0, false)
			if after := a.header.Get("Retry-After"); a.status != status || after != "7" && after != "6" || !strings.Contains(a.body, "injected") {
				t.Errorf("%d, Retry-After %q: %s", a.status, after, a.body)
			}
			for n := range 5 {
				a = c.numbered("gpt", n, n%2 == 0)
				if after := a.header.Get("Retry-After"); a.status != status || after != "7" && after != "6" {
					t.Errorf("%d, Retry-After %q: %s", a.status, after, a.body)
				}
			}
			if got := requests(all); !slices.Equal(got, []int{1, 1, 1}) {
				t.Errorf("regions that asked to be left alone were asked %v times", got)
			}
		})
	}
}

// waits: when all are told to wait for a moment the client does.
func waits(t *testing.T, c *running) {
	soon := fault.Sequence(fails(429, "Retry-After-Ms", "200"))
	all := plans(t, soon, soon, soon)
	c.load(endpointsAt(t, all))
	began := time.Now()
	c.answered("gpt", 0, true)
	if took := time.Since(began); took < 200*time.Millisecond {
		t.Errorf("served after %v", took)
	}
}
