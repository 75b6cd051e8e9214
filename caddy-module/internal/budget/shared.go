package budget

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"sync"
	"sync/atomic"
	"time"
)

// Shared is a Book that gateways share: each reservation is one step at the Remote. It keeps a ledger of its own beside. While the remote is away it
// goes on by that, with what it has counted and last heard of itself, and tells the remote of it when that is back.
type Shared struct {
	remote  Remote
	ledger  Ledger
	gateway string
	tell    func(error) // that the remote was lost, or with nil is back
	down    atomic.Bool
	holds   atomic.Int64 // that were made
	pending pending
	end     func()
}

var _ Book = (*Shared)(nil)

const (
	lease    = 10 * time.Minute // how long a hold lasts
	renewal  = lease / 5
	retry    = time.Second     // between two tries of a remote that is away
	patience = 2 * time.Second // that a remote may take for an operation, besides its own bound
	parting  = 5 * time.Second // for what is pending at the end
)

// Share opens a book. tell may be called from any goroutine.
func Share(r Remote, tell func(error)) *Shared {
	var id [8]byte
	rand.Read(id[:])
	s := &Shared{remote: r, gateway: hex.EncodeToString(id[:]), tell: tell}
	s.pending.open()
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.run(ctx) })
	s.end = func() {
		cancel()
		running.Wait()
	}
	return s
}

// Close says what is left to be said, if that can be done soon. No call of the book may follow.
func (s *Shared) Close() error {
	s.end()
	ctx, cancel := context.WithTimeout(context.Background(), parting)
	defer cancel()
	for s.pending.any() {
		if err := s.flush(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Reserve implements Book.
func (s *Shared) Reserve(ctx context.Context, claims []Claim, need Amounts, now time.Time, left *Allowance) *Refusal {
	if s.down.Load() {
		return s.ledger.Reserve(ctx, claims, need, now, left)
	}
	h := &Hold{ID: s.name(), Need: need, Now: now, Until: now.Add(lease)}
	granted, have, err := s.ask(ctx, claims, h, false)
	if err != nil {
		s.lost(err)
		for i := range claims { // it may have come through
			s.pending.add(Change{Account: claims[i].at(), Hold: h, Began: now, Now: now, Undo: true})
		}
		return s.ledger.Reserve(ctx, claims, need, now, left)
	}
	if !granted {
		return s.ledger.refuse(judge(claims, have, need, now, left))
	}
	judge(claims, have, Amounts{}, now, left)
	for i := range claims {
		have[i].owed = s.pending.owes(claims[i].at())
	}
	s.ledger.mirror(claims, have, need, now)
	for i := range claims {
		claims[i].hold = h
		s.pending.hold(Held{claims[i].at(), h})
	}
	return nil
}

// ask makes a reservation at the remote, whether or not the client waits for it: an end in the middle would leave a hold.
func (s *Shared) ask(ctx context.Context, claims []Claim, h *Hold, dry bool) (bool, []Have, error) {
	accounts := make([]Account, len(claims))
	for i := range claims {
		accounts[i] = claims[i].at()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	return s.remote.Reserve(ctx, accounts, *h, dry)
}

// at is the claim's account at a remote.
func (c *Claim) at() Account {
	return Account{c.Budget, idOf(nil, c.Budget.Name, c.Subject.short())}
}

// judge says which limit has no room by what accounts have, and what they leave.
func judge(claims []Claim, have []Have, need Amounts, now time.Time, left *Allowance) (refused *Refusal) {
	for i := range claims {
		b := claims[i].Budget
		refused = longer(refused, have[i].account(now).check(b, &need, now, left))
	}
	if refused == nil && need != (Amounts{}) {
		// Clocks that differ by a moment see a limit differently.
		b := claims[0].Budget
		refused = &Refusal{Budget: b.Name, Limit: b.Limits[0], Wait: busy, Busy: true}
	}
	return refused
}

func (s *Shared) name() string {
	return s.gateway + "-" + hex.EncodeToString(binary(s.holds.Add(1)))
}

// binary is a number without zeros before it.
func binary(n int64) (b []byte) {
	for ; n > 0; n >>= 8 {
		b = append(b, byte(n))
	}
	return b
}

// Settle implements Book.
func (s *Shared) Settle(t *Settlement) {
	s.ledger.Settle(t)
	for i := range t.Claims {
		c := &t.Claims[i]
		change := Change{Account: c.at(), Hold: c.hold, Used: t.Used, Began: t.Began, Now: t.Now}
		if c.hold != nil {
			change.Used[Requests] -= t.Reserved[Requests] // are noted
			s.pending.let(Held{change.Account, c.hold})
			c.hold = nil
		}
		s.pending.add(change)
	}
}

// Would implements Book.
func (s *Shared) Would(claims []Claim, need Amounts, now time.Time) *Refusal {
	if !s.down.Load() {
		granted, have, err := s.ask(context.Background(), claims, &Hold{Need: need, Now: now, Until: now}, true)
		if err == nil && granted {
			return nil
		}
		if err == nil {
			return judge(claims, have, need, now, new(Allowance))
		}
	}
	return s.ledger.Would(claims, need, now)
}

// Status is that of the ledger of this gateway: of each subject it has what the remote had when this gateway heard of it last.
func (s *Shared) Status(b *Budget, now time.Time, most int) Status {
	return s.ledger.Status(b, now, most)
}

// Away tells whether the remote is.
func (s *Shared) Away() bool { return s.down.Load() }

// Sweep forgets what is over.
func (s *Shared) Sweep(now time.Time) { s.ledger.Sweep(now) }

func (s *Shared) lost(err error) {
	if !s.down.Swap(true) {
		s.tell(err)
	}
}

func (s *Shared) back() {
	if s.down.Swap(false) {
		s.tell(nil)
	}
}

// run tells the remote what was used, extends holds, and finds out when the remote is back.
func (s *Shared) run(ctx context.Context) {
	ticker := time.NewTicker(retry)
	defer ticker.Stop()
	renew := time.NewTicker(renewal)
	defer renew.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.pending.wake:
			if !s.down.Load() {
				s.round(ctx)
			}
		case <-ticker.C:
			if s.down.Load() || s.pending.any() {
				s.round(ctx)
			}
		case <-renew.C:
			s.ledger.Sweep(time.Now())
			if err := s.extend(ctx, time.Now()); err != nil && ctx.Err() == nil {
				s.lost(err)
			}
		}
	}
}

// round says what is pending. If that is nothing it still finds out whether the remote is there.
func (s *Shared) round(ctx context.Context) {
	for ctx.Err() == nil {
		if err := s.flush(ctx); err != nil {
			if ctx.Err() == nil {
				s.lost(err)
			}
			return
		}
		if !s.pending.any() {
			s.back()
			return
		}
	}
}

func (s *Shared) flush(ctx context.Context) error {
	b := s.pending.batch(s.gateway)
	if err := s.remote.Apply(ctx, b); err != nil {
		return err
	}
	s.pending.done(b.Number)
	return nil
}

// extend has the holds of requests that are under way last on.
func (s *Shared) extend(ctx context.Context, now time.Time) error {
	all := s.pending.holding()
	for len(all) > 0 {
		n := min(len(all), maxBatch)
		if err := s.remote.Extend(ctx, all[:n], now.Add(lease)); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}
