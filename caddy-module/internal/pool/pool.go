// Package pool chooses one of several members that can do the same, such as keys of an account or endpoints of a provider, and keeps
// away from those that were told to wait or are broken. Providers make pools of their keys and endpoints; whoever tries an upstream
// takes a lease and says how it went.
package pool

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
)

const (
	// MaxMembers bounds a pool.
	MaxMembers = 4096
	// MaxName bounds the bytes of a member's ID and of a server's name.
	MaxName = 512
	// MaxWeight bounds a member's weight.
	MaxWeight = 1 << 20
)

// Member is what a pool chooses from.
type Member struct {
	// ID is what the member's state is known by, over reloads and to other gateways: stable, without secrets, one of its kind in a States.
	ID string
	// Server names what members share a breaker for: one server's keys fail together when it is down. Default: the ID.
	Server string
	// Weight is the member's share for round_robin, weighted and sticky. Default 1.
	Weight int
	// Priority: a member gets something only while none with a lower number is ready. For every balance.
	Priority int
	// Cost is what least_cost compares, 0 or more.
	Cost float64
	// RPM and TPM are how many requests and tokens it may be given within any minute. 0: any number.
	RPM, TPM int64
}

// Pool chooses among members. It is safe for concurrent use.
type Pool struct {
	members []member
	groups  [][]int // members by priority
	balance func(p *Pool, ready []int, c *Choice) int
	glance  func(p *Pool, group []int, c *Choice, refused bool) int // balance without a look at everyone; nil where it needs one
	breaker BreakerConfig
	states  *States
	closed  atomic.Bool

	mu    sync.Mutex // for choosing, nothing slow
	ready []int      // scratch
	turn  int        // how many were chosen
	rand  rand.PCG
}

// member is a Member with what is known of it.
type member struct {
	Member
	*state
	server  *server
	current int    // what it is owed, for round_robin
	drawn   uint64 // its number, for sticky

	perWeight, perRequest, perToken float64 // 1/Weight, 1/RPM and 1/TPM: multiplying is faster than dividing
}

// New makes a pool whose members have the states that states knows by their IDs. Close it when it is not used any more. Without a
// States nothing outlives the pool.
func New(b Balance, members []Member, breaker BreakerConfig, states *States) (*Pool, error) {
	if states == nil {
		states = new(States)
	}
	choose, ok := balances[b]
	if !ok {
		return nil, fmt.Errorf("balance %q is unknown, expected one of %v", b, Balances())
	}
	if len(members) == 0 || len(members) > MaxMembers {
		return nil, fmt.Errorf("pool has %d members, expected 1 to %d", len(members), MaxMembers)
	}
	breaker, err := breaker.complete()
	if err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	p := &Pool{balance: choose, glance: glances[b], breaker: breaker, states: states, ready: make([]int, 0, len(members))}
	p.rand.Seed(rand.Uint64(), rand.Uint64())
	for _, m := range members {
		if err := m.complete(); err != nil {
			return nil, err
		}
		if ids[m.ID] {
			return nil, fmt.Errorf("member %q is there twice, expected IDs that differ", m.ID)
		}
		ids[m.ID] = true
		p.members = append(p.members, member{
			Member: m, drawn: Draw(m.ID), perWeight: 1 / float64(m.Weight), perRequest: 1 / float64(m.RPM), perToken: 1 / float64(m.TPM),
		})
	}
	p.groups = byPriority(members)
	states.use(p)
	return p, nil
}

// complete fills in defaults and judges.
func (m *Member) complete() error {
	if m.Server == "" {
		m.Server = m.ID
	}
	if m.Weight == 0 {
		m.Weight = 1
	}
	switch {
	case m.ID == "" || len(m.ID) > MaxName || len(m.Server) > MaxName:
		return fmt.Errorf("member %.40q: ID or server has %d or %d bytes, expected 1 to %d", m.ID, len(m.ID), len(m.Server), MaxName)
	case m.Weight < 0 || m.Weight > MaxWeight:
		return fmt.Errorf("member %q: weight is %d, expected 1 to %d", m.ID, m.Weight, MaxWeight)
	case !(m.Cost >= 0) || math.IsInf(m.Cost, 0):
		return fmt.Errorf("member %q: cost is %v, expected a number from 0", m.ID, m.Cost)
	case m.RPM < 0 || m.TPM < 0:
		return fmt.Errorf("member %q: rpm is %d and tpm %d, expected 0 or more", m.ID, m.RPM, m.TPM)
	}
	return nil
}

// byPriority gives the members' numbers, those with the lowest priority first.
func byPriority(members []Member) (groups [][]int) {
	order := make([]int, len(members))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(members[a].Priority, members[b].Priority) })
	for i, m := range order {
		if i == 0 || members[m].Priority != members[order[i-1]].Priority {
			groups = append(groups, nil)
		}
		last := len(groups) - 1
		groups[last] = append(groups[last], m)
	}
	return groups
}

// Close says that the pool takes no more leases; those that are taken still have to end. States of members that no pool has used for
// an hour are forgotten. Closing again does nothing.
func (p *Pool) Close() {
	if !p.closed.Swap(true) {
		p.states.leave(p)
	}
}
