package hint

import (
	"net/http"
	"strings"
	"time"
)

// limit names the headers of one rate limit. reset tells when it starts anew, as clock.until reads it.
type limit struct{ size, remaining, reset string }

// limits are the rate limits that providers tell of, in canonical spelling.
var limits = [...]limit{
	// https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers; Azure, Groq, DeepInfra and
	// others send the same, Azure with seconds that have no unit.
	standard("X-Ratelimit-$-Requests"),
	standard("X-Ratelimit-$-Tokens"),
	standard("X-Ratelimit-$"),
	// https://docs.anthropic.com/en/api/rate-limits#response-headers
	standard("Anthropic-Ratelimit-Requests-$"),
	standard("Anthropic-Ratelimit-Tokens-$"),
	standard("Anthropic-Ratelimit-Input-Tokens-$"),
	standard("Anthropic-Ratelimit-Output-Tokens-$"),
	// https://inference-docs.cerebras.ai/support/rate-limits
	standard("X-Ratelimit-$-Requests-Day"),
	standard("X-Ratelimit-$-Tokens-Minute"),
	// https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-06
	standard("Ratelimit-$"),
}

// standard are the headers of a limit whose names differ in the word at $.
func standard(name string) limit {
	return limit{strings.Replace(name, "$", "Limit", 1), strings.Replace(name, "$", "Remaining", 1), strings.Replace(name, "$", "Reset", 1)}
}

// window names the headers of a share of a subscription in a span of time: its state, "rejected" when nothing is left,
// how much of it is used, 0 to 1, and when it starts anew, in Unix seconds.
type window struct{ status, used, reset string }

// windows are Anthropic's for subscriptions: the one that counts at present, and each. No reference of the API has them; they are as
// its answers are recorded in https://github.com/router-for-me/CLIProxyAPI/pull/3148 and https://github.com/anomalyco/opencode/issues/49653.
var windows = [...]window{unified(""), unified("-5h"), unified("-7d")}

func unified(span string) window {
	name := "Anthropic-Ratelimit-Unified" + span
	return window{name + "-Status", name + "-Utilization", name + "-Reset"}
}

// resets is how long it is until the limits start anew that stand in the way.
func resets(h http.Header, now time.Time) (time.Duration, bool) {
	var (
		c           = clock{h: h, now: now}
		used, all   time.Duration // until the last one of those that have nothing left, and of all
		found, told bool          // something is used up; something tells what remains
		any         bool
	)
	for i := range windows {
		w := &windows[i]
		status := h[w.status]
		if len(status) == 0 {
			continue
		}
		told = true
		v := h[w.reset]
		if status[0] != "rejected" || len(v) == 0 {
			continue
		}
		if d, ok := c.until(v[0]); ok {
			found, used = true, max(used, d)
		}
	}
	for i := range limits {
		l := &limits[i]
		remaining, known := count(h, l.remaining)
		told = told || known
		v := h[l.reset]
		if len(v) == 0 {
			continue
		}
		d, ok := c.until(v[0])
		if !ok {
			continue
		}
		any, all = true, max(all, d)
		if known && remaining <= 0 {
			found, used = true, max(used, d)
		}
	}
	if found {
		return used, true
	}
	if told {
		return 0, false
	}
	return all, any
}

// Left is the least share of a rate limit that is left by the headers of an answer, 0 (nothing) to 1; 1 and false
// when they tell of none.
func Left(h http.Header) (float64, bool) {
	least, found := 1.0, false
	for i := range limits {
		l := &limits[i]
		remaining, ok := count(h, l.remaining)
		if !ok {
			continue
		}
		size, ok := count(h, l.size)
		switch {
		case remaining <= 0:
			return 0, true
		case ok && size > 0:
			found, least = true, min(least, remaining/size)
		}
	}
	for i := range windows {
		if used, ok := count(h, windows[i].used); ok {
			found, least = true, min(least, max(1-used, 0))
		}
	}
	return least, found
}

// count reads a number, behind which parameters may stand: "100, 100;w=60". A negative one is 0.
func count(h http.Header, name string) (float64, bool) {
	v := h[name]
	if len(v) == 0 {
		return 0, false
	}
	s := v[0]
	if i := strings.IndexAny(s, ",;"); i >= 0 {
		s = s[:i]
	}
	s = strings.TrimSpace(s)
	if rest, negative := strings.CutPrefix(s, "-"); negative {
		_, ok := number(rest)
		return 0, ok
	}
	return number(s)
}
