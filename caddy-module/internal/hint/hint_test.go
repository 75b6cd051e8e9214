package hint

import (
	"net/http"
	"testing"
	"time"
)

// At is when the tests' answers were sent.
var at = time.Date(2026, 6, 10, 8, 0, 0, 0, time.UTC)

// answer has headers by name and value, in any spelling.
func answer(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

func TestWait(t *testing.T) {
	const none = -1
	for _, tt := range []struct {
		name string
		h    http.Header
		want time.Duration
	}{
		{"nothing", nil, none},
		{"seconds", answer("Retry-After", "7"), 7 * time.Second},
		{"fraction", answer("Retry-After", " 0.25 "), 250 * time.Millisecond},
		{"at once", answer("Retry-After", "0"), 0},
		{"with a unit", answer("Retry-After", "34s"), 34 * time.Second},
		{"date against the gateway's clock", answer("Retry-After", "Wed, 10 Jun 2026 08:00:07 GMT"), 7 * time.Second},
		{"date against the answer's", answer("Retry-After", "Wed, 10 Jun 2026 09:30:07 GMT", "Date", "Wed, 10 Jun 2026 09:30:00 GMT"), 7 * time.Second},
		{"unreadable answer's date", answer("Retry-After", "Wed, 10 Jun 2026 08:00:07 GMT", "Date", "today"), 7 * time.Second},
		{"RFC 850", answer("Retry-After", "Wednesday, 10-Jun-26 08:00:07 GMT"), 7 * time.Second},
		{"asctime", answer("Retry-After", "Wed Jun 10 08:00:07 2026"), 7 * time.Second},
		{"past date", answer("Retry-After", "Wed, 10 Jun 2026 07:00:00 GMT"), 0},
		{"milliseconds", answer("retry-after-ms", "1250", "Retry-After", "2"), 1250 * time.Millisecond},
		{"fraction of a millisecond", answer("retry-after-ms", "0.5"), 500 * time.Microsecond},
		{"Azure's milliseconds", answer("x-ms-retry-after-ms", "300", "Retry-After", "1"), 300 * time.Millisecond},
		{"unreadable milliseconds", answer("retry-after-ms", "soon", "Retry-After", "2"), 2 * time.Second},
		{"second of two", answer("Retry-After", "", "Retry-After", "2"), 2 * time.Second},
		{"Unix seconds", answer("Retry-After", "1781078407"), 7 * time.Second},
		{"ISO", answer("Retry-After", "2026-06-10T08:00:07.5Z"), 7500 * time.Millisecond},
		{"negative", answer("Retry-After", "-1"), none},
		{"empty", answer("Retry-After", ""), none},
		{"words", answer("Retry-After", "later"), none},
		{"not a number", answer("Retry-After", "NaN"), none},
		{"infinite", answer("Retry-After", "Inf"), none},
		{"hexadecimal", answer("Retry-After", "0x1p3"), none},
		{"two", answer("Retry-After", "1, 2"), none},
		{"unit without a number", answer("Retry-After", "s"), none},
		{"unit of its own", answer("Retry-After", "3 weeks"), none},
		{"long", answer("Retry-After", "1e300"), Most},
		{"longer than any clock", answer("Retry-After", "9999999999999999999"), Most},
		{"beyond numbers", answer("Retry-After", "1e999"), none},
		{"far", answer("Retry-After", "Wed, 10 Jun 2076 08:00:07 GMT"), Most},
		{"many days", answer("Retry-After", "999999999999d999999999999d"), Most},

		{"openai, requests", answer("x-ratelimit-limit-requests", "60", "x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "120ms",
			"x-ratelimit-remaining-tokens", "149984", "x-ratelimit-reset-tokens", "6m0s"), 120 * time.Millisecond},
		{"openai, tokens", answer("x-ratelimit-remaining-requests", "59", "x-ratelimit-reset-requests", "1s",
			"x-ratelimit-remaining-tokens", "0", "x-ratelimit-reset-tokens", "6m0s"), 6 * time.Minute},
		{"openai, both", answer("x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "1s",
			"x-ratelimit-remaining-tokens", "-3", "x-ratelimit-reset-tokens", "1m2.5s"), 62500 * time.Millisecond},
		{"openai, neither", answer("x-ratelimit-remaining-requests", "59", "x-ratelimit-reset-requests", "1s"), none},
		{"nobody says what remains", answer("x-ratelimit-reset-requests", "1s", "x-ratelimit-reset-tokens", "7.66s"), 7660 * time.Millisecond},
		{"something else remains", answer("x-ratelimit-remaining-tokens", "4", "x-ratelimit-reset-requests", "1s"), none},
		{"used up, but until when", answer("x-ratelimit-remaining-tokens", "0", "x-ratelimit-reset-tokens", "soon"), none},
		{"Retry-After goes first", answer("Retry-After", "3", "x-ratelimit-remaining-tokens", "0", "x-ratelimit-reset-tokens", "6m0s"), 3 * time.Second},
		{"unreadable Retry-After", answer("Retry-After", "x", "x-ratelimit-remaining-tokens", "0", "x-ratelimit-reset-tokens", "6m0s"), 6 * time.Minute},
		{"azure", answer("x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "10"), 10 * time.Second},
		{"groq", answer("x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "2m59.56s"), 179560 * time.Millisecond},
		{"openrouter", answer("X-RateLimit-Limit", "20", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1781078407250"), 7250 * time.Millisecond},
		{"microseconds", answer("X-RateLimit-Reset", "1781078407250000"), 7250 * time.Millisecond},
		{"nanoseconds", answer("X-RateLimit-Reset", "1781078407250000128"), 7250000128},
		{"anthropic", answer("anthropic-ratelimit-requests-remaining", "12", "anthropic-ratelimit-requests-reset", "2026-06-10T08:00:30Z",
			"anthropic-ratelimit-input-tokens-remaining", "0", "anthropic-ratelimit-input-tokens-reset", "2026-06-10T10:00:09+02:00",
			"anthropic-ratelimit-output-tokens-remaining", "0", "anthropic-ratelimit-output-tokens-reset", "2026-06-10T08:00:03Z"), 9 * time.Second},
		{"anthropic, subscription", answer("anthropic-ratelimit-unified-status", "rejected", "anthropic-ratelimit-unified-representative-claim", "five_hour",
			"anthropic-ratelimit-unified-reset", "1781082000", "anthropic-ratelimit-unified-5h-status", "rejected", "anthropic-ratelimit-unified-5h-reset", "1781082000",
			"anthropic-ratelimit-unified-7d-status", "allowed", "anthropic-ratelimit-unified-7d-reset", "1781500000"), 3600 * time.Second},
		{"anthropic, both windows of a subscription", answer("anthropic-ratelimit-unified-status", "rejected", "anthropic-ratelimit-unified-reset", "1781078460",
			"anthropic-ratelimit-unified-5h-status", "rejected", "anthropic-ratelimit-unified-5h-reset", "1781078460",
			"anthropic-ratelimit-unified-7d-status", "rejected", "anthropic-ratelimit-unified-7d-reset", "1781085600"), 2 * time.Hour},
		{"anthropic, subscription that has something left", answer("anthropic-ratelimit-unified-status", "allowed_warning", "anthropic-ratelimit-unified-reset", "1781082000"), none},
		{"anthropic, rejected until nobody knows when", answer("anthropic-ratelimit-unified-status", "rejected"), none},
		{"draft of the IETF", answer("RateLimit-Remaining", "0", "RateLimit-Reset", "5"), 5 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := Wait(tt.h, at)
			if !ok {
				if got != 0 {
					t.Errorf("a wait of %v that was not asked for", got)
				}
				got = none
			}
			if diff := got - tt.want; diff < -time.Microsecond || diff > time.Microsecond {
				t.Errorf("Wait = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestMomentsNeedAClock(t *testing.T) {
	for _, v := range []string{"Wed, 10 Jun 2026 08:00:07 GMT", "2026-06-10T08:00:07Z", "1781078407"} {
		if d, ok := Wait(answer("Retry-After", v), time.Time{}); ok {
			t.Errorf("%s is %v from nowhere", v, d)
		}
		if d, ok := Wait(answer("Retry-After", v, "Date", "Wed, 10 Jun 2026 08:00:00 GMT"), time.Time{}); d != 7*time.Second || !ok {
			t.Errorf("%s is %v %t from the answer's date", v, d, ok)
		}
	}
}

func TestLeft(t *testing.T) {
	const none = -1
	for _, tt := range []struct {
		name string
		h    http.Header
		want float64
	}{
		{"nothing", nil, none},
		{"requests", answer("x-ratelimit-limit-requests", "60", "x-ratelimit-remaining-requests", "15"), 0.25},
		{"the least", answer("x-ratelimit-limit-requests", "60", "x-ratelimit-remaining-requests", "15", "x-ratelimit-limit-tokens", "1000", "x-ratelimit-remaining-tokens", "125"), 0.125},
		{"no size", answer("x-ratelimit-remaining-requests", "15"), none},
		{"no size, nothing left", answer("x-ratelimit-remaining-requests", "0"), 0},
		{"size of nothing", answer("x-ratelimit-limit-requests", "0", "x-ratelimit-remaining-requests", "15"), none},
		{"more than all", answer("x-ratelimit-limit-requests", "1", "x-ratelimit-remaining-requests", "15"), 1},
		{"subscription", answer("anthropic-ratelimit-unified-5h-utilization", "0.75", "anthropic-ratelimit-unified-7d-utilization", "0.5"), 0.25},
		{"subscription, overdrawn", answer("anthropic-ratelimit-unified-5h-utilization", "1.02"), 0},
		{"overdrawn", answer("x-ratelimit-limit-requests", "1", "x-ratelimit-remaining-requests", "-15"), 0},
		{"words", answer("x-ratelimit-limit-requests", "1", "x-ratelimit-remaining-requests", "-few"), none},
		{"anthropic", answer("anthropic-ratelimit-tokens-limit", "80000", "anthropic-ratelimit-tokens-remaining", "60000"), 0.75},
		{"parameters", answer("RateLimit-Limit", "100, 100;w=60", "RateLimit-Remaining", "50"), 0.5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := Left(tt.h)
			if !ok {
				got = none
			}
			if got != tt.want {
				t.Errorf("Left = %v, want %v", got, tt.want)
			}
		})
	}
}

// fine are the headers of an answer that is no failure.
var fine = answer("Content-Type", "application/json", "Date", "Wed, 10 Jun 2026 08:00:00 GMT", "x-request-id", "req_1", "openai-processing-ms", "400",
	"x-ratelimit-limit-requests", "60", "x-ratelimit-remaining-requests", "59", "x-ratelimit-reset-requests", "1s",
	"x-ratelimit-limit-tokens", "150000", "x-ratelimit-remaining-tokens", "149984", "x-ratelimit-reset-tokens", "6m0s")

func TestNothingIsAllocated(t *testing.T) {
	for name, h := range map[string]http.Header{"fine": fine, "bare": answer("Content-Type", "text/event-stream"), "limited": answer("Retry-After", "7")} {
		if n := testing.AllocsPerRun(100, func() { Left(h); Wait(h, at) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func BenchmarkLeft(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Left(fine)
	}
}
