package pool

import (
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

// EventKind is what happened.
type EventKind uint8

// Kinds of events.
const (
	MemberCooling     EventKind = iota + 1 // a member was told to wait, or to slow down
	CredentialRefused                      // a member's credential was refused; it cools
	ServerCooling                          // a server asked to be left alone
	BreakerOpened                          // a server's breaker opened, or stays open after a trial
	BreakerHalfOpen                        // a request is let through as a trial
	BreakerClosed                          // a server's breaker closed
	StoreLost                              // the store cannot be reached: what this gateway sees itself goes on counting
	StoreBack                              // it can be again
)

// Event is something that happened to a member or a server, by what this gateway saw itself.
type Event struct {
	Kind   EventKind
	Member string // its ID; of a breaker's event the member that was asked
	Server string
	Class  failure.Class // why
	Until  time.Time     // when it will be over, zero if nothing is waited for
	Err    error         // of StoreLost
	Model  string        // of MemberCooling, where it is for one model only
}

// Notify sets who is told of events, in the place of whom it was. It is called without locks and has to return soon: a request waits.
func (s *States) Notify(f func(Event)) { s.notify.Store(&f) }

func (s *States) tell(e Event) {
	if f := s.notify.Load(); f != nil && *f != nil {
		(*f)(e)
	}
}

// unix is a time of Unix nanoseconds, zero for 0.
func unix(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns)
}
