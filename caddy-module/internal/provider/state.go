package provider

import (
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
)

// Summary is what is known of all lanes together, for choosing among providers.
func (p *Provider) Summary(now int64) pool.Summary { return p.pool.Summary(now) }

// Healthy tells whether the provider answers at present, as far as is known: the breaker of one of its endpoints is not open.
func (p *Provider) Healthy() bool { return p.Summary(p.now().UnixNano()).Healthy }

// Latency is the mean time until the fastest lane that is ready begins its answers, 0 when that is not known. now is in Unix
// nanoseconds.
func (p *Provider) Latency(now int64) time.Duration { return p.Summary(now).Latency }

// Busy is the number of requests that are under way.
func (p *Provider) Busy() int { return int(p.Summary(p.now().UnixNano()).InFlight) }

// Left is the share, 0 to 1, of its limits that the lane has left that has most of them.
func (p *Provider) Left() float64 { return p.Summary(p.now().UnixNano()).Left }

// Failing is the share, 0 to 1, of the requests of late that failed: within the window of the breaker.
func (p *Provider) Failing(now int64) float64 { return p.pool.Failing(now) }

// EndpointStatus is what is known of an endpoint.
type EndpointStatus struct {
	*Endpoint
	Breaker  pool.Phase
	InFlight int64
	// Cooling is how long it takes until one of its lanes is ready, as far as is known; 0 now.
	Cooling time.Duration
	// Latency is the least mean of its lanes, 0 when none is known.
	Latency time.Duration
	Lanes   []LaneStatus
}

// LaneStatus is what is known of a lane.
type LaneStatus struct {
	Key int // number of the key among the endpoint's, 0 without a key
	pool.Status
}

// Status is what is known of each endpoint, in the order of the configuration.
func (p *Provider) Status() []EndpointStatus {
	now := p.now()
	all := make([]EndpointStatus, len(p.Endpoints))
	for i, e := range p.Endpoints {
		all[i].Endpoint = e
	}
	for i, s := range p.pool.Status(now.UnixNano()) {
		l := &p.lanes[i]
		for k := range all {
			if all[k].Endpoint == l.Endpoint {
				all[k].add(l, s, now)
			}
		}
	}
	return all
}

func (e *EndpointStatus) add(l *Lane, s pool.Status, now time.Time) {
	cooling := time.Duration(0)
	if !s.Ready {
		cooling = max(s.Until.Sub(now), 0)
	}
	if len(e.Lanes) == 0 || cooling < e.Cooling {
		e.Cooling = cooling
	}
	if s.Latency > 0 && (e.Latency == 0 || s.Latency < e.Latency) {
		e.Latency = s.Latency
	}
	e.Breaker = s.Breaker
	e.InFlight += s.InFlight
	e.Lanes = append(e.Lanes, LaneStatus{l.Key, s})
}
