package pool

import (
	"context"
	"encoding/json"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

const (
	maxRecord = 1 << 20          // bytes of a record that is read
	linger    = 10 * time.Minute // how long a record outlives what it tells
	skew      = time.Minute      // how far a time in a record may lie ahead beyond what is allowed
	tries     = 10               // to write what others write meanwhile
)

// record is what the store holds of a server: JSON under "server:" and its name. Times are Unix nanoseconds.
type record struct {
	Rest    int64           `json:"rest,omitempty"` // until when the server asked to be left alone
	Breaker breaker         `json:"breaker"`
	Members map[string]rest `json:"members,omitempty"` // by ID, of a model with "#" and its name behind: those that cool
}

// breaker is a server's: the latest change counts.
type breaker struct {
	Broken  bool  `json:"broken,omitempty"`
	Until   int64 `json:"until,omitempty"`
	Opened  int32 `json:"opened,omitempty"`
	Changed int64 `json:"changed,omitempty"`
}

// rest is a member's: the longest counts.
type rest struct {
	Until int64  `json:"until"`
	Asked int64  `json:"asked,omitempty"` // as far as the upstream asked for it
	Class string `json:"class"`
	Times int32  `json:"times,omitempty"`
}

// exchange reads a server's record, takes over what is newer there, and writes what is newer here. When others are faster again and again
// it is due at the next tick.
func (h *sharing) exchange(ctx context.Context, b branch) error {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	b.due.Store(false)
	key := "server:" + b.name
	for range tries {
		old, _, err := h.store.Get(ctx, key)
		if err != nil {
			return err
		}
		now := h.states.now().UnixNano()
		r := decode(old, now)
		if !b.merge(&r, now) {
			return nil
		}
		text, err := json.Marshal(r)
		if err != nil {
			return err
		}
		if swapped, err := h.store.CompareAndSwap(ctx, key, old, text, r.life(now)); err != nil || swapped {
			return err
		}
	}
	b.due.Store(true)
	return nil
}

// decode reads a record. What no gateway would have written counts as nothing: the store may be open to others.
func decode(text []byte, now int64) (r record) {
	if len(text) > maxRecord || json.Unmarshal(text, &r) != nil {
		r = record{}
	}
	latest := now + int64(MaxWait+skew)
	if r.Rest > latest {
		r.Rest = 0
	}
	if b := &r.Breaker; b.Until > latest || b.Changed > now+int64(skew) || b.Opened < 0 {
		*b = breaker{}
	}
	for id, m := range r.Members {
		if _, ok := failure.Parse(m.Class); !ok || m.Until <= now || m.Until > latest || m.Asked > m.Until || m.Times < 0 || len(r.Members) > MaxMembers {
			delete(r.Members, id)
		}
	}
	return r
}

// merge brings a record and what is known here to the newest of both, and tells whether the record changed.
func (b branch) merge(r *record, now int64) (news bool) {
	b.mu.Lock()
	if rest := b.rest.Load(); rest < r.Rest {
		b.rest.Store(r.Rest)
	} else if rest > r.Rest && rest > now {
		r.Rest, news = rest, true
	}
	if o := r.Breaker; o.Changed > b.changed && !b.config.Off {
		b.change(o.Broken, o.Until, o.Opened, o.Changed)
	} else if o.Changed < b.changed && (b.broken.Load() || b.changed > now-int64(linger)) {
		r.Breaker, news = breaker{b.broken.Load(), b.until.Load(), b.opened, b.changed}, true
	}
	b.mu.Unlock()
	for id, m := range b.members {
		until, changed := m.cooling.merge(id, r, now)
		of, too := m.models.merge(id+"#", r, now)
		m.cools(max(until, of))
		news = news || changed || too
	}
	return news
}

// merge tells until when the member cools, and whether the record changed.
func (c *cooling) merge(id string, r *record, now int64) (until int64, news bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	theirs := r.Members[id]
	if theirs.Until > c.until.Load() {
		class, _ := failure.Parse(theirs.Class)
		c.set(theirs.Until, class, theirs.Times)
	}
	c.asked.Store(max(c.asked.Load(), theirs.Asked))
	own := rest{c.until.Load(), c.asked.Load(), c.class.String(), c.times.Load()}
	if own.Until <= now || own.Until == theirs.Until && own.Asked == theirs.Asked {
		return own.Until, false
	}
	if r.Members == nil {
		r.Members = map[string]rest{}
	}
	r.Members[id] = own
	return own.Until, true
}

// life is how long the record is of use.
func (r *record) life(now int64) time.Duration {
	last := max(now, r.Rest, r.Breaker.Until)
	for _, m := range r.Members {
		last = max(last, m.Until)
	}
	return time.Duration(last-now) + linger
}
