package caddyllm

import (
	"errors"
	"fmt"

	"github.com/longmen-gateway/longmen/caddy-module/internal/queue"
)

// gateKey names a gate: routes of the same name in several handlers share one.
type gateKey struct{ kind, name string }

// Kinds of gates, as metrics call them.
const (
	gateOfRoute    = "route"
	gateOfProvider = "provider"
)

// sharedGate is a gate that configurations share by its name.
type sharedGate struct{ *queue.Gate }

// Destruct implements caddy.Destructor.
func (sharedGate) Destruct() error { return nil }

// gateSet are the gates of a configuration. Who is inside of one, or waits, stays so over a reload.
type gateSet struct {
	gates   map[gateKey]*queue.Gate
	limits  map[gateKey]queue.Limits
	sources map[gateKey]string
}

// open makes a gate, or takes the one that there is under its name. That one's limits change only when the
// configuration starts.
func (s *gateSet) open(key gateKey, l *Limit, source string) error {
	limits, err := l.limits()
	if err != nil {
		return err
	}
	if s.gates[key] != nil {
		if s.limits[key] != limits {
			return fmt.Errorf("limit: there is another for the %s of this name%s, expected the same one or another name", key.kind, at(s.sources[key]))
		}
		return nil
	}
	shared, _ := gates.LoadOrStore(key, sharedGate{queue.New(limits)})
	if s.gates == nil {
		s.gates, s.limits, s.sources = make(map[gateKey]*queue.Gate), make(map[gateKey]queue.Limits), make(map[gateKey]string)
	}
	s.gates[key], s.limits[key], s.sources[key] = shared.(sharedGate).Gate, limits, source
	return nil
}

// gate is nil where there is no limit.
func (s *gateSet) gate(key gateKey) *queue.Gate { return s.gates[key] }

// start makes the limits of this configuration those that count.
func (s *gateSet) start() {
	for key, g := range s.gates {
		g.Limit(s.limits[key])
	}
}

// stop ends that. What the configuration that runs does not limit is let in; what it does counts again, in
// case that this one has started in vain.
func (s *gateSet) stop(running *gateSet) {
	for key, g := range s.gates {
		if running.gates[key] == nil {
			g.Limit(queue.Limits{})
		}
	}
	running.start()
}

// runningGates are those of the configuration that runs, none if none does.
func runningGates() *gateSet {
	if e := app().engine; e != nil {
		return &e.gates
	}
	return new(gateSet)
}

// release lets go of the gates.
func (s *gateSet) release() error {
	var errs []error
	for key := range s.gates {
		_, err := gates.Delete(key)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
