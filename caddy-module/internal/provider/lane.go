package provider

import (
	"errors"
	"fmt"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
)

// Lane is an endpoint with one of its keys. One that Take gave is leased until End.
type Lane struct {
	Endpoint *Endpoint
	// Key is the number of its key among the endpoint's, from 1; 0 when it has none.
	Key int

	id     string // by which pools know it
	secret string
	lease  pool.Lease
}

// Owned tells whether requests on the lane carry a key of the gateway's.
func (l *Lane) Owned() bool { return l.secret != "" }

// Member is the lane's number among the provider's, for pool.Tried.
func (l *Lane) Member() int { return l.lease.Member() }

// First says that the answer has begun, and how long after the request.
func (l *Lane) First(latency time.Duration, now int64) { l.lease.First(latency, now) }

// Left says which share of a limit, 0 to 1, the provider has left for the lane.
func (l *Lane) Left(share float64, now int64) { l.lease.Left(share, now) }

// End gives the lane back and says what became of the request. It has to be called exactly once.
func (l *Lane) End(o pool.Outcome) { l.lease.End(o) }

// Take leases the lane that a request takes; false when none is ready.
func (p *Provider) Take(c *pool.Choice) (Lane, bool) {
	lease, ok := p.pool.Take(c)
	if !ok {
		return Lane{}, false
	}
	l := p.lanes[lease.Member()]
	l.lease = lease
	return l, true
}

// Wait is how long it takes until a lane that was not tried is ready: 0 now, -1 never.
func (p *Provider) Wait(c *pool.Choice) time.Duration { return p.pool.Wait(c) }

// Close gives the states of the lanes back. Leases that were taken still have to end.
func (p *Provider) Close() { p.pool.Close() }

// Where is the endpoint that an event is of, and the number of the key, 0 when it is of the endpoint as a whole; nil when it is of
// another provider.
func (p *Provider) Where(e *pool.Event) (at *Endpoint, key int) {
	for i := range p.lanes {
		l := &p.lanes[i]
		if l.Endpoint.server != e.Server {
			continue
		}
		switch {
		case e.Kind != pool.MemberCooling && e.Kind != pool.CredentialRefused:
			return l.Endpoint, 0
		case l.id == e.Member:
			return l.Endpoint, l.Key
		}
	}
	return nil, 0
}

// Why is for what the lane has to be left alone that will be ready first: see pool.Pool.
func (p *Provider) Why(c *pool.Choice) failure.Class { return p.pool.Why(c) }

// open makes the endpoints, and a lane for each of their keys.
func (p *Provider) open(c *Config) error {
	keys, err := splitAll(c.Keys, c.Tuned)
	if err != nil {
		return err
	}
	endpoints := c.Endpoints
	switch {
	case len(endpoints) == 0:
		endpoints = []EndpointConfig{{Name: DefaultEndpoint, BaseURL: c.BaseURL}}
	case c.BaseURL != "":
		return errors.New("base_url and endpoint exclude each other, expected one of them")
	}
	var members []pool.Member
	names := make(map[string]bool)
	for i := range endpoints {
		e := &endpoints[i]
		if len(c.Endpoints) > 0 {
			if err := e.check(names); err != nil {
				return err
			}
		}
		more, err := p.addEndpoint(e, keys, c.Shared)
		if err != nil && len(c.Endpoints) > 0 {
			return fmt.Errorf("endpoint %q: %w", e.Name, err)
		}
		if err != nil {
			return err
		}
		members = append(members, more...)
	}
	p.dropKeyless(&members)
	if p.Balance == "" {
		p.Balance = pool.RoundRobin
	}
	p.pool, err = pool.New(p.Balance, members, c.Breaker, c.States)
	return err
}

// check judges an endpoint block.
func (e *EndpointConfig) check(names map[string]bool) error {
	switch {
	case e.Name == "":
		return errors.New("an endpoint has no name, expected one")
	case names[e.Name]:
		return fmt.Errorf("endpoint %q is given twice, expected once", e.Name)
	case e.BaseURL == "":
		return fmt.Errorf("endpoint %q: no base_url, expected one", e.Name)
	case e.Cost < 0:
		return fmt.Errorf("endpoint %q: cost is negative, expected a number above 0", e.Name)
	}
	names[e.Name] = true
	if err := checkRank(e.Weight, e.Priority); err != nil {
		return fmt.Errorf("endpoint %q: %w", e.Name, err)
	}
	return nil
}

// addEndpoint adds an endpoint and its lanes, which are the members of the result.
func (p *Provider) addEndpoint(c *EndpointConfig, keys []Key, shared bool) ([]pool.Member, error) {
	e, err := p.newEndpoint(c)
	if err != nil {
		return nil, err
	}
	if len(c.Keys)+len(c.Tuned) > 0 {
		if keys, err = splitAll(c.Keys, c.Tuned); err != nil {
			return nil, err
		}
	}
	p.Endpoints = append(p.Endpoints, e)
	if len(keys) == 0 {
		keys = []Key{{}}
	}
	var members []pool.Member
	for i, k := range keys {
		number := i + 1
		if k.Secret == "" {
			number = 0
		}
		id := e.server + "/" + keyID(number, k.Secret, shared)
		p.lanes = append(p.lanes, Lane{Endpoint: e, Key: number, id: id, secret: k.Secret})
		cost := c.Cost
		if cost == 0 {
			cost = 1
		}
		members = append(members, pool.Member{
			ID: id, Server: e.server,
			Weight: rank(c.Weight) * rank(k.Weight), Priority: rank(c.Priority)*(MaxPriority+1) + rank(k.Priority),
			Cost: cost, RPM: k.RPM, TPM: k.TPM,
		})
	}
	return members, nil
}

// dropKeyless leaves lanes without a key out where servers take no request without one, unless there are no others.
func (p *Provider) dropKeyless(members *[]pool.Member) {
	if !p.preset.NeedsKey || !p.OwnsKeys() {
		return
	}
	lanes, kept := p.lanes[:0], (*members)[:0]
	for i, l := range p.lanes {
		if l.secret != "" {
			lanes, kept = append(lanes, l), append(kept, (*members)[i])
		}
	}
	p.lanes, *members = lanes, kept
}
