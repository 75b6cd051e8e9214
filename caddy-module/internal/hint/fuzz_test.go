package hint

import (
	"testing"
	"time"
)

// FuzzWait reads arbitrary headers: whatever they say, it is a wait that can be kept.
func FuzzWait(f *testing.F) {
	for _, v := range []string{"7", "0.5", "1e300", "6m0s", "120ms", "1d2h3m4.5s", "1781078407250", "2026-06-10T08:00:07Z", "Wed, 10 Jun 2026 08:00:07 GMT", "-1", ".", "1µs", "9e18"} {
		f.Add(v, "100, 100;w=60", "3", "Wed, 10 Jun 2026 08:00:00 GMT")
	}
	f.Fuzz(func(t *testing.T, wait, size, remaining, date string) {
		for _, name := range []string{"Retry-After", "Retry-After-Ms", "X-Ms-Retry-After-Ms", "X-Ratelimit-Reset-Tokens", "Anthropic-Ratelimit-Tokens-Reset"} {
			h := answer(name, wait, "X-Ratelimit-Limit-Tokens", size, "X-Ratelimit-Remaining-Tokens", remaining, "Date", date)
			for _, now := range []time.Time{at, {}} {
				if d, ok := Wait(h, now); d < 0 || d > Most || !ok && d != 0 {
					t.Fatalf("%v: wait %v %t", h, d, ok)
				}
			}
			if share, ok := Left(h); !(share >= 0 && share <= 1) || !ok && share != 1 {
				t.Fatalf("%v: left %v %t", h, share, ok)
			}
		}
	})
}
