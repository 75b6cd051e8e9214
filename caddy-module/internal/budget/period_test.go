package budget

import (
	"testing"
	"time"
)

func at(t testing.TB, text string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestCalendar: where the periods of the calendar end, in UTC whatever the zone of the time.
func TestCalendar(t *testing.T) {
	for _, tt := range []struct{ now, day, week, month, year string }{
		{"2026-11-20T23:59:59Z", "2026-11-21T00:00:00Z", "2026-11-23T00:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		{"2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z", "2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		{"2026-12-31T22:30:00-05:00", "2027-01-02T00:00:00Z", "2027-01-04T00:00:00Z", "2027-02-01T00:00:00Z", "2028-01-01T00:00:00Z"},
		{"2024-02-29T12:00:00Z", "2024-03-01T00:00:00Z", "2024-03-04T00:00:00Z", "2024-03-01T00:00:00Z", "2025-01-01T00:00:00Z"},
		{"1969-12-30T12:00:00Z", "1969-12-31T00:00:00Z", "1970-01-05T00:00:00Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
	} {
		now := at(t, tt.now)
		for p, want := range map[Period]string{Day: tt.day, Week: tt.week, Month: tt.month, Year: tt.year} {
			n := p.number(now)
			end := p.begin(n + 1)
			if got := end.UTC().Format(time.RFC3339); got != want {
				t.Errorf("%s of %s ends at %s, want %s", p, tt.now, got, want)
			}
			if p.number(end) != n+1 || p.number(end.Add(-1)) != n {
				t.Errorf("%s of %s: its end is not where the next one begins", p, tt.now)
			}
		}
		if Total.number(now) != Total.number(now.AddDate(500, 0, 0)) {
			t.Error("total ends")
		}
	}
}

func TestNames(t *testing.T) {
	for p := range periods {
		if got, ok := ParsePeriod(p.String()); !ok || got != p {
			t.Errorf("%s is read as %s, %v", p, got, ok)
		}
	}
	for u := range units {
		if got, ok := ParseUnit(u.String()); !ok || got != u {
			t.Errorf("%s is read as %s, %v", u, got, ok)
		}
	}
	if _, ok := ParsePeriod("fortnight"); ok {
		t.Error("a fortnight is a period")
	}
	for limit, want := range map[Limit]string{
		{Cost, Month, 10 * Dollar}: "$10 per month", {Cost, Total, Dollar / 10}: "$0.1 in total", {Tokens, Day, 1000}: "1000 tokens per day", {Requests, Second, 1}: "1 request per second",
	} {
		if got := limit.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
