package budget

import "time"

// counter is what a subject has used of a unit in a period, and what its requests under way have reserved.
type counter struct {
	unit     Unit
	period   Period
	at       int64   // number of the stretch that is current
	used     int64   // in the period
	parts    []int64 // of a period that slides: what was used in each slot, at its number modulo their count
	reserved int64
}

// busy is what is told of how long to wait where only requests under way are in the way: nobody knows when they will end.
const busy = time.Second

func newCounter(u Unit, p Period) *counter {
	c := &counter{unit: u, period: p}
	if p.Slides() {
		c.parts = make([]int64, slots+1) // the current slot, and those of the period before it
	}
	return c
}

// advance forgets what is over. A clock that goes back is taken to stand still.
func (c *counter) advance(now time.Time) {
	n := c.period.number(now)
	switch {
	case n <= c.at:
		return
	case c.parts == nil || n-c.at >= int64(len(c.parts)):
		c.used = 0
		clear(c.parts)
	default:
		for k := c.at + 1; k <= n; k++ {
			p := c.part(k)
			c.used -= *p
			*p = 0
		}
	}
	c.at = n
}

func (c *counter) part(number int64) *int64 {
	n := int64(len(c.parts))
	return &c.parts[(number%n+n)%n]
}

// charge adds what is used at present, or takes back what was used at a time. What is over by then counts no longer.
func (c *counter) charge(when time.Time, n int64) {
	number := c.at
	if n < 0 {
		number = min(c.period.number(when), c.at)
	}
	if c.parts == nil {
		if number == c.at {
			c.used = within(c.used + n)
		}
		return
	}
	if c.at-number < int64(len(c.parts)) {
		p := c.part(number)
		c.used -= *p
		*p = within(*p + n)
		c.used = within(c.used + *p)
	}
}

// within bounds a count.
func within(n int64) int64 { return min(max(n, 0), Most) }

// fits tells whether a limit has room for what a request may need. It need not be room for all of it where something is left and nothing is
// reserved: then the limit is passed by one request at most, and one that may need more than a whole limit can be made.
func (c *counter) fits(limit, need int64) bool {
	return c.used+c.reserved+need <= limit || c.lone(limit)
}

func (c *counter) lone(limit int64) bool {
	return c.unit != Requests && c.reserved == 0 && c.used < limit
}

// wait is how long it takes until the limit has room again; -1 is never.
func (c *counter) wait(limit int64, now time.Time) time.Duration {
	if c.used < limit {
		return busy
	}
	if c.parts == nil {
		return c.reset(now)
	}
	left := c.used
	for k := c.at - slots; k <= c.at; k++ {
		if left -= *c.part(k); left < limit {
			return c.leaves(k, now)
		}
	}
	return busy
}

// leaves is when a slot is over.
func (c *counter) leaves(number int64, now time.Time) time.Duration {
	return time.Duration((number+slots+1)*c.period.part() - now.UnixNano())
}

// reset is how long it takes until all that was used is over, and what is reserved if it is used at once; -1 is never.
func (c *counter) reset(now time.Time) time.Duration {
	switch {
	case c.period == Total:
		return -1
	case c.parts == nil:
		return c.period.begin(c.at + 1).Sub(now)
	case c.reserved > 0:
		return c.leaves(c.at, now)
	}
	for k := c.at; k >= c.at-slots; k-- {
		if *c.part(k) > 0 {
			return c.leaves(k, now)
		}
	}
	return 0
}

// room is what a limit leaves.
func (c *counter) room(limit int64, now time.Time) Room {
	return Room{Limit: limit, Left: max(limit-c.used-c.reserved, 0), Reset: c.reset(now)}
}

// idle tells whether the counter says nothing that a fresh one would not.
func (c *counter) idle(now time.Time) bool {
	c.advance(now)
	return c.used == 0 && c.reserved == 0
}
