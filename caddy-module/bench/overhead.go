package main

import (
	"bufio"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// pace is the load, in requests a second, under which the overhead is read.
const pace = 500

// overhead is the 99th percentile of what the gateway says that it takes of a request that is passed through, at a load that leaves it time.
func (b *bench) overhead() (result, error) {
	sites := b.sites()
	sites["metrics"] = "\tmetrics /metrics\n"
	c, err := startCaddy(b.binary, b.dir, b.global(""), sites)
	if err != nil {
		return result{}, err
	}
	defer c.stop()
	request := chatRequest("gpt-5", prompt(1024), false)
	if _, _, err := load(c.port["pass"], request, 16, b.length/2); err != nil { // warm up
		return result{}, fmt.Errorf("%w\n%s", err, c.log.String())
	}
	const name = "caddy_llm_gateway_overhead_seconds"
	before, err := readHistogram(c.port["metrics"], name)
	if err != nil {
		return result{}, err
	}
	cpu, began := c.cpu(), time.Now()
	if err := paced(c.port["pass"], request, pace, time.Duration(b.rounds)*b.length); err != nil {
		return result{}, fmt.Errorf("%w\n%s", err, c.log.String())
	}
	busy := float64(c.cpu()-cpu) / float64(time.Since(began))
	h, err := readHistogram(c.port["metrics"], name)
	if err != nil {
		return result{}, err
	}
	h.subtract(before)
	return result{h.quantile(0.99) * 1e3, fmt.Sprintf("p50 %.2f ms, p99.9 %.2f; %.0f requests; the core was busy for %.0f %%", h.quantile(0.5)*1e3, h.quantile(0.999)*1e3, h.total(), busy*100)}, nil
}

// paced sends rate requests a second for d, evenly, and fails if they cannot be sent in time.
func paced(addr string, request []byte, rate int, d time.Duration) error {
	const connections = 20
	errs := make([]error, connections)
	var wg sync.WaitGroup
	start := time.Now()
	for i := range connections {
		c, err := dial(addr, request)
		if err != nil {
			return err
		}
		defer c.c.Close()
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := i; ; n += connections {
				due := time.Duration(n) * time.Second / time.Duration(rate)
				if due >= d {
					return
				}
				time.Sleep(time.Until(start.Add(due)))
				if errs[i] = c.do(); errs[i] != nil {
					return
				}
			}
		}()
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	if late := time.Since(start) - d; late > d/10 {
		return fmt.Errorf("%d requests a second took %v longer than they should", rate, late)
	}
	return nil
}

// histogram is one of Prometheus over all labels: how many values were at most each bound.
type histogram struct {
	bounds []float64
	counts map[float64]float64
}

// readHistogram reads it from a site that has the metrics.
func readHistogram(addr, name string) (*histogram, error) {
	resp, err := http.Get("http://" + addr + "/metrics")
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	h := &histogram{counts: map[float64]float64{}}
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		labels, ok := strings.CutPrefix(lines.Text(), name+"_bucket{")
		if !ok {
			continue
		}
		_, rest, _ := strings.Cut(labels, `le="`)
		bound, rest, _ := strings.Cut(rest, `"`)
		le, err := strconv.ParseFloat(bound, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		n, err := strconv.ParseFloat(rest[strings.LastIndexByte(rest, ' ')+1:], 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if _, known := h.counts[le]; !known {
			h.bounds = append(h.bounds, le) // they come in order
		}
		h.counts[le] += n
	}
	if len(h.bounds) == 0 {
		return nil, fmt.Errorf("there is no metric %s", name)
	}
	return h, lines.Err()
}

// subtract takes away what was counted before.
func (h *histogram) subtract(before *histogram) {
	for le, n := range before.counts {
		h.counts[le] -= n
	}
}

func (h *histogram) total() float64 { return h.counts[math.Inf(1)] }

// quantile is estimated as Prometheus does: within a bucket values are taken to lie evenly.
func (h *histogram) quantile(q float64) float64 {
	want, low, below := q*h.total(), 0.0, 0.0
	for _, le := range h.bounds {
		if n := h.counts[le]; n >= want {
			if math.IsInf(le, 1) {
				return low
			}
			return low + (le-low)*(want-below)/(n-below)
		}
		low, below = le, h.counts[le]
	}
	return low
}
