// Package hint reads what an upstream's headers say of waiting and of what is left of its rate limits.
package hint

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Most is the longest wait that is believed.
const Most = 24 * time.Hour

// Wait is how long an upstream asks to be left alone, at most Most; false when its headers do not say. Zero
// with true means that it may be asked again at once. In this order the first header counts that can be read:
//
//   - Retry-After-Ms and X-Ms-Retry-After-Ms: milliseconds;
//   - Retry-After: seconds, also with a fraction, or an HTTP date;
//   - what tells when a rate limit starts anew (see limits): the latest of the limits that have nothing
//     remaining, or of all limits when no header tells what remains.
//
// A moment counts from the answer's own Date, so that the clocks need not agree, else from now. If now is
// zero, too, moments say nothing.
func Wait(h http.Header, now time.Time) (time.Duration, bool) {
	for _, name := range [...]string{"Retry-After-Ms", "X-Ms-Retry-After-Ms"} {
		for _, v := range h[name] {
			if ms, ok := number(strings.TrimSpace(v)); ok {
				return bound(ms, time.Millisecond), true
			}
		}
	}
	if values := h["Retry-After"]; values != nil {
		c := clock{h: h, now: now}
		for _, v := range values {
			if d, ok := c.until(v); ok {
				return d, true
			}
		}
	}
	return resets(h, now)
}

// clock tells what a moment is compared with.
type clock struct {
	h   http.Header
	now time.Time
}

func (c *clock) read() (time.Time, bool) {
	if v := c.h["Date"]; len(v) > 0 {
		if t, err := http.ParseTime(v[0]); err == nil {
			return t, true
		}
	}
	return c.now, !c.now.IsZero()
}

// until reads a span of time or a moment: "7", "0.5", "6m0s", "1718000000" and "1718000000000" (Unix seconds
// and milliseconds), "2026-06-10T08:00:00Z", "Wed, 10 Jun 2026 08:00:00 GMT".
func (c *clock) until(v string) (time.Duration, bool) {
	v = strings.TrimSpace(v)
	if n, ok := number(v); ok {
		if n < epochSeconds {
			return bound(n, time.Second), true
		}
		if n >= epochEnd {
			return Most, true
		}
		return c.since(epoch(n))
	}
	if d, ok := span(v); ok {
		return d, true
	}
	return c.since(moment(v))
}

// since is how long it is until t, which is zero when it could not be read.
func (c *clock) since(t time.Time) (time.Duration, bool) {
	if t.IsZero() {
		return 0, false
	}
	now, ok := c.read()
	if !ok {
		return 0, false
	}
	return min(max(t.Sub(now), 0), Most), true
}

// A number that is no span of time is a moment in Unix time, in the unit that its size tells: from these on.
const (
	epochSeconds = 1e9
	epochMillis  = 1e11
	epochMicros  = 1e14
	epochNanos   = 1e17
	epochEnd     = 9e18 // none of any unit
)

func epoch(n float64) time.Time {
	switch {
	case n < epochMillis:
		return time.Unix(0, int64(n*1e3)*1e6)
	case n < epochMicros:
		return time.UnixMilli(int64(n))
	case n < epochNanos:
		return time.UnixMicro(int64(n))
	}
	return time.Unix(0, int64(n))
}

// moment reads a date of RFC 3339 or of HTTP. The zero time is none.
func moment(v string) time.Time {
	if len(v) < len("2006-01-02T15:04:05Z") || len(v) > 64 {
		return time.Time{}
	}
	if v[0] >= '0' && v[0] <= '9' {
		t, _ := time.Parse(time.RFC3339, v)
		return t
	}
	t, _ := http.ParseTime(v)
	return t
}

// number reads a decimal number that is not negative.
func number(v string) (float64, bool) {
	if v == "" || len(v) > 32 || v[0] == '+' || v[0] == '-' {
		return 0, false
	}
	for i := range len(v) {
		if c := v[i]; (c < '0' || c > '9') && !strings.ContainsRune(".eE+-", rune(c)) {
			return 0, false
		}
	}
	n, err := strconv.ParseFloat(v, 64)
	return n, err == nil
}

// bound is n units as a duration, at most Most.
func bound(n float64, unit time.Duration) time.Duration {
	if n >= float64(Most/unit) {
		return Most
	}
	return time.Duration(n * float64(unit))
}

var units = [...]struct {
	name string
	size time.Duration
}{
	{"ns", time.Nanosecond}, {"us", time.Microsecond}, {"µs", time.Microsecond}, {"ms", time.Millisecond},
	{"s", time.Second}, {"m", time.Minute}, {"h", time.Hour}, {"d", 24 * time.Hour},
}

// span reads a duration as OpenAI and Go spell them, and days: "1d2h", "6m0s", "7.66s", "120ms".
func span(v string) (time.Duration, bool) {
	var sum time.Duration
	for rest := v; rest != ""; {
		end := strings.IndexFunc(rest, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		if end < 1 {
			return 0, false
		}
		n, ok := number(rest[:end])
		if !ok {
			return 0, false
		}
		rest = rest[end:]
		size := time.Duration(0)
		for _, u := range units {
			if after, found := strings.CutPrefix(rest, u.name); found {
				rest, size = after, u.size
				break
			}
		}
		if size == 0 {
			return 0, false
		}
		sum = min(sum+bound(n, size), Most)
	}
	return sum, v != ""
}
