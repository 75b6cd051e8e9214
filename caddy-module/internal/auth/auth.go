// Package auth decides who may call the gateway. caddyllm builds one Authenticator per handler from
// its configuration and the gateway asks it before anything of a request is read.
package auth

import (
	"net/http"
)

// Principal is who calls. The zero value is a caller without a key.
type Principal struct {
	// ID is the start of the key's SHA-256 digest, 12 hexadecimal digits: it tells keys apart in logs
	// and does not give them away. "" without a key.
	ID string
	// Name is the key's name, "" if it has none.
	Name string
	// Labels are the key's labels, such as team: legal. Nil if it has none. Shared: not to be changed.
	Labels map[string]string
}

// Label returns what rules call key.<name>: "id", "name" or a label; "" when there is none.
func (p Principal) Label(name string) string {
	switch name {
	case "id":
		return p.ID
	case "name":
		return p.Name
	}
	return p.Labels[name]
}

// Denied is the error of a caller that is not let in. Its text is for the client and for whoever runs
// the gateway: it says what is missing and never repeats a key.
type Denied struct{ reason string }

// Error says why, and what would help.
func (d *Denied) Error() string { return d.reason }

var (
	errNoSuchKey  = &Denied{"the gateway has no key of that name or ID"}
	errNoKey      = &Denied{"no API key was given, expected one of the gateway's keys"}
	errUnknownKey = &Denied{"the API key is not one of the gateway's keys"}
	errRemote     = &Denied{"this gateway serves only clients on its own machine until it is told who may call it: " +
		"add \"auth keys <key>...\" to its llm_gateway directive (or \"auth none\" to serve everybody)"}
	errForeignPage = &Denied{"this gateway serves clients on its own machine only by a loopback name, and no pages of other sites: " +
		"call it as localhost, or add \"auth keys <key>...\" to its llm_gateway directive"}
)

// Authenticator tells whether a request may pass. It is immutable and safe for concurrent use; the
// zero value is closed: it lets in loopback clients only.
type Authenticator struct {
	open bool
	keys *Ring
}

// None lets everybody in, without a key.
func None() *Authenticator { return &Authenticator{open: true} }

// Loopback lets in clients on the gateway's own machine, without a key. It is the default.
func Loopback() *Authenticator { return &Authenticator{} }

// Keys lets in whoever shows one of the ring's keys.
func Keys(ring *Ring) *Authenticator { return &Authenticator{keys: ring} }

// As is Authenticate for a caller who is taken to have shown the key of that name or ID; "" is the one that was
// shown.
func (a *Authenticator) As(r *http.Request, shown, name string) (Principal, error) {
	if name == "" {
		return a.Authenticate(r, shown)
	}
	if a.keys != nil {
		if p, ok := a.keys.named(name); ok {
			return p, nil
		}
	}
	return Principal{}, errNoSuchKey
}

// Authenticate judges request r, whose client showed key ("" for none). The error is a *Denied.
func (a *Authenticator) Authenticate(r *http.Request, key string) (Principal, error) {
	switch {
	case a.open:
		return Principal{}, nil
	case a.keys != nil:
		if key == "" {
			return Principal{}, errNoKey
		}
		p, ok := a.keys.find(key)
		if !ok {
			return Principal{}, errUnknownKey
		}
		return p, nil
	}
	return Principal{}, loopback(r)
}
