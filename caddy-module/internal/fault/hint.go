package fault

import (
	"net/http"
	"strconv"
	"time"
)

// Limited is a refusal with 429 that asks to be left alone, by the name of the form in which it asks.
type Limited struct {
	Form  string
	Fault Fault
}

// LimitedFor are refusals that all ask for the same wait in their own way; now is the clock for dates. All
// forms but those of whole seconds keep milliseconds. The last one is understood by clients of Gemini's API only.
func LimitedFor(wait time.Duration, now time.Time) []Limited {
	var (
		ms      = strconv.FormatInt(wait.Milliseconds(), 10)
		seconds = strconv.FormatInt(int64((wait+time.Second-1)/time.Second), 10)
		exact   = strconv.FormatFloat(wait.Seconds(), 'f', -1, 64)
		at      = now.Add(wait).UTC()
	)
	form := func(name string, pairs ...string) Limited {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Set(pairs[i], pairs[i+1])
		}
		return Limited{name, Fault{Kind: Fail, Status: http.StatusTooManyRequests, Header: h}}
	}
	return []Limited{
		form("seconds", "Retry-After", seconds),
		form("date", "Retry-After", at.Add(time.Second-1).Truncate(time.Second).Format(http.TimeFormat), "Date", now.UTC().Format(http.TimeFormat)),
		form("milliseconds", "Retry-After-Ms", ms, "Retry-After", seconds),
		form("azure's milliseconds", "X-Ms-Retry-After-Ms", ms),
		form("openai's duration", "X-Ratelimit-Remaining-Requests", "0", "X-Ratelimit-Reset-Requests", ms+"ms", "X-Ratelimit-Remaining-Tokens", "9000", "X-Ratelimit-Reset-Tokens", "6m0s"),
		form("bare seconds", "X-Ratelimit-Remaining-Tokens", "0", "X-Ratelimit-Reset-Tokens", exact),
		form("unix milliseconds", "X-Ratelimit-Remaining", "0", "X-Ratelimit-Reset", strconv.FormatInt(at.UnixMilli(), 10), "Date", now.UTC().Format(http.TimeFormat)),
		form("anthropic's moment", "Anthropic-Ratelimit-Input-Tokens-Remaining", "0", "Anthropic-Ratelimit-Input-Tokens-Reset", at.Format(time.RFC3339Nano), "Date", now.UTC().Format(http.TimeFormat)),
		form("anthropic's window", "Anthropic-Ratelimit-Unified-Status", "rejected", "Anthropic-Ratelimit-Unified-Reset", strconv.FormatInt(at.Add(time.Second-1).Unix(), 10), "Date", now.UTC().Format(http.TimeFormat)),
		{"gemini's body", Fault{Kind: Fail, Status: http.StatusTooManyRequests, Body: `{"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"` + exact + `s"}]}}`}},
	}
}
