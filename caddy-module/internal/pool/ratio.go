package pool

import "time"

const tenths = 10

// ratio counts failures among requests in a window that slides by a tenth of its length.
type ratio struct {
	head   int64 // the tenth that runs
	width  int64 // of a tenth, in nanoseconds
	counts [tenths]struct{ all, failed int }
}

func (r *ratio) add(failed bool, window time.Duration, now int64) {
	if width := int64(window / tenths); width != r.width {
		*r = ratio{width: width}
	}
	to := now / r.width
	for at := max(r.head+1, to-tenths+1); at <= to; at++ {
		r.counts[at%tenths] = struct{ all, failed int }{}
	}
	r.head = max(r.head, to)
	c := &r.counts[r.head%tenths]
	c.all++
	if failed {
		c.failed++
	}
}

// within counts what is in the window now.
func (r *ratio) within(now int64) (all, failed int) {
	if r.width == 0 {
		return 0, 0
	}
	for at := max(now/r.width, r.head) - tenths + 1; at <= r.head; at++ {
		c := r.counts[at%tenths]
		all += c.all
		failed += c.failed
	}
	return all, failed
}

// reached tells whether the share failed, of at least so many.
func (r *ratio) reached(share float64, least int) bool {
	var all, failed int
	for _, c := range r.counts {
		all += c.all
		failed += c.failed
	}
	return all >= least && float64(failed) >= share*float64(all)
}
