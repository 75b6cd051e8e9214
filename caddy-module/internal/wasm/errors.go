package wasm

import (
	"errors"
	"fmt"
	"time"
)

// What a Host may return to a guest beyond success; anything else reaches the guest as abi.ErrDenied.
var (
	// ErrDenied refuses an effect: not granted, or not allowed now.
	ErrDenied = errors.New("denied")
	// ErrLimit refuses an effect because a bound would be passed.
	ErrLimit = errors.New("limit reached")
	// ErrArgument refuses an effect because a name or value is out of its range.
	ErrArgument = errors.New("argument out of range")
)

// ErrClosed is returned by calls into a Pool, Module or Runtime that was closed.
var ErrClosed = errors.New("calling plugin: its pool is closed")

// Trap is a guest that broke: it crashed, spent its budget or answered against the contract. Its
// instance is gone; another call may well succeed.
type Trap struct {
	Plugin string // as configured
	Hook   string // abi.HookText, ..., or "manifest", "start"
	Reason string // what happened and what was allowed, in one line
	Stack  string // the guest's functions, innermost first, one a line; for debug logs
}

func (t *Trap) Error() string {
	return fmt.Sprintf("calling plugin %s: %s: %s", t.Plugin, t.Hook, t.Reason)
}

// Failure is a hook that said no: the guest is well and told why.
type Failure struct {
	Plugin  string // as configured
	Hook    string
	Message string // the guest's reason, at most abi.MaxMessage bytes; foreign text
}

func (f *Failure) Error() string {
	return fmt.Sprintf("calling plugin %s: %s failed: %s", f.Plugin, f.Hook, f.Message)
}

// Open is a call that was not made because the plugin kept breaking and rests for a while.
type Open struct {
	Plugin string
	// Retry is when the next attempt will be let through.
	Retry time.Time
	// Last is what broke last.
	Last error
}

func (o *Open) Error() string {
	return fmt.Sprintf("calling plugin %s: resting after repeated failures, the last: %v", o.Plugin, o.Last)
}

// Unwrap gives what broke last.
func (o *Open) Unwrap() error { return o.Last }
