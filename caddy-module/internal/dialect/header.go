package dialect

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Headers tells how a dialect spells what answers say of themselves beside their document. Names are
// canonical. In Limit, Remaining and Reset "$what" stands for what is limited: Requests or Tokens.
type Headers struct {
	RequestID string `json:"request_id,omitempty"`
	Limit     string `json:"limit,omitempty"`
	Remaining string `json:"remaining,omitempty"`
	Reset     string `json:"reset,omitempty"`
	ResetTime bool   `json:"reset_time,omitempty"` // Reset is a time in RFC 3339, not a duration such as 6m0s
}

// limited is what both dialects with such headers limit.
var limited = [...]string{"Requests", "Tokens"}

// AnswerHeaders adds to h, in this dialect's spelling, what an upstream of dialect from said in its own:
// the request's id and the rate limits. What from itself spells is left out of h.
func (d *Dialect) AnswerHeaders(h http.Header, from *Dialect, said http.Header, now time.Time) {
	theirs, ours := &from.desc.Headers, &d.desc.Headers
	if d == from || *theirs == *ours || theirs.RequestID == "" {
		return
	}
	move := func(theirs, ours string, turn func(string) string) {
		if theirs == "" || theirs == ours {
			return
		}
		v := said.Get(theirs)
		h.Del(theirs)
		if v != "" && ours != "" {
			if v = turn(v); v != "" {
				h.Set(ours, v)
			}
		}
	}
	same := func(v string) string { return v }
	reset := func(v string) string { return turnReset(v, theirs.ResetTime, ours.ResetTime, now) }
	move(theirs.RequestID, ours.RequestID, same)
	for _, what := range limited {
		of := func(pattern string) string {
			return http.CanonicalHeaderKey(strings.Replace(pattern, "$what", what, 1))
		}
		move(of(theirs.Limit), of(ours.Limit), same)
		move(of(theirs.Remaining), of(ours.Remaining), same)
		move(of(theirs.Reset), of(ours.Reset), reset)
	}
}

// limitNames are the headers of what is limited: of the limit, of what remains and of the reset. Dialects that have none use those of OpenAI.
func limitNames(own Headers) (names [len(limited)][3]string) {
	if own.Limit == "" {
		own = openAIHeaders
	}
	for i, what := range limited {
		for j, pattern := range [...]string{own.Limit, own.Remaining, own.Reset} {
			names[i][j] = http.CanonicalHeaderKey(strings.Replace(pattern, "$what", what, 1))
		}
	}
	return names
}

// SetLimit tells of a limit, "Requests" or "Tokens", what is left of it, and how long it takes until all of it is there again: -1 is
// never.
func (d *Dialect) SetLimit(h http.Header, what string, limit, left int64, reset time.Duration, now time.Time) {
	names := &d.limits[slices.Index(limited[:], what)]
	values := make([]string, 0, len(names))
	values = append(values, strconv.FormatInt(limit, 10), strconv.FormatInt(left, 10))
	switch {
	case reset < 0:
	case d.desc.Headers.ResetTime:
		values = append(values, now.Add(reset).UTC().Format(time.RFC3339))
	default:
		values = append(values, reset.Round(time.Millisecond).String())
	}
	for i := range values {
		h[names[i]] = values[i : i+1 : i+1]
	}
}

// DropLimits takes out what an answer says of rate limits, in any dialect.
func DropLimits(h http.Header) {
	for name := range h {
		if strings.HasPrefix(name, "X-Ratelimit-") || strings.HasPrefix(name, "Anthropic-Ratelimit-") || strings.HasPrefix(name, "Ratelimit") {
			delete(h, name)
		}
	}
}

// turnReset spells a reset in the other form; "" when it is none.
func turnReset(v string, fromTime, toTime bool, now time.Time) string {
	var left time.Duration
	if fromTime {
		at, err := time.Parse(time.RFC3339, v)
		if err != nil {
			return ""
		}
		left = max(at.Sub(now), 0)
	} else {
		var err error
		if left, err = time.ParseDuration(v); err != nil {
			return ""
		}
	}
	if toTime {
		return now.Add(left).UTC().Format(time.RFC3339)
	}
	return left.Round(time.Millisecond).String()
}

// OwnHeader tells whether clients of this dialect know an answer's header, whatever its document.
func (d *Dialect) OwnHeader(name string) bool {
	name = http.CanonicalHeaderKey(name)
	own := &d.desc.Headers
	if name == own.RequestID {
		return name != ""
	}
	for _, what := range limited {
		for _, pattern := range []string{own.Limit, own.Remaining, own.Reset} {
			if pattern != "" && name == http.CanonicalHeaderKey(strings.Replace(pattern, "$what", what, 1)) {
				return true
			}
		}
	}
	return false
}
