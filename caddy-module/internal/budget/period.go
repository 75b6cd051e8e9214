package budget

import (
	"slices"
	"time"
)

// Period is the time for which a limit holds.
//
// Seconds, minutes and hours slide: in no stretch of that length is more than the limit used. Longer ones are those of the calendar in
// UTC, weeks from Monday on.
type Period uint8

// Periods.
const (
	Second Period = iota
	Minute
	Hour
	Day
	Week
	Month
	Year
	Total // never ends
	periods
)

var periodNames = [periods]string{"second", "minute", "hour", "day", "week", "month", "year", "total"}

// String is the period's name in configurations.
func (p Period) String() string { return periodNames[p] }

// Periods are the names of all.
func Periods() []string { return slices.Clone(periodNames[:]) }

// ParsePeriod reads a name; false if it is none.
func ParsePeriod(name string) (Period, bool) {
	i := slices.Index(periodNames[:], name)
	return Period(max(i, 0)), i >= 0
}

// Slides tells whether the period is a stretch of time that ends at present.
func (p Period) Slides() bool { return p <= Hour }

// slots are how many parts a sliding period has. What was used in a part leaves the period as one, when all of it is over: a
// period is counted as longer by up to a part than it is, never as shorter.
const slots = 16

// part is the length of a slot.
func (p Period) part() int64 {
	return int64([...]time.Duration{time.Second, time.Minute, time.Hour}[p]) / slots
}

const secondsPerDay = 24 * 60 * 60

// number is that of the stretch in which a time lies: of the slot, or of the calendar's period. A later one has a greater number.
func (p Period) number(t time.Time) int64 {
	switch p {
	case Day:
		return floor(t.Unix(), secondsPerDay)
	case Week:
		return floor(t.Unix()+3*secondsPerDay, 7*secondsPerDay) // 1970 began on a Thursday
	case Month:
		year, month, _ := t.UTC().Date()
		return int64(year)*12 + int64(month) - 1
	case Year:
		return int64(t.UTC().Year())
	case Total:
		return 0
	}
	return floor(t.UnixNano(), p.part())
}

func floor(a, b int64) int64 {
	if a < 0 {
		return (a - b + 1) / b
	}
	return a / b
}

// begin is when the calendar's period of that number begins.
func (p Period) begin(number int64) time.Time {
	switch p {
	case Day:
		return time.Unix(number*secondsPerDay, 0)
	case Week:
		return time.Unix(number*7*secondsPerDay-3*secondsPerDay, 0)
	case Month:
		return time.Date(int(floor(number, 12)), time.Month(number-12*floor(number, 12)+1), 1, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(int(number), 1, 1, 0, 0, 0, 0, time.UTC)
}
