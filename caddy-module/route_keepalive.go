package caddyllm

import (
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
)

// KeepAlive is what clients hear while a model thinks, so that proxies on the way do not hang up.
type KeepAlive struct {
	// The longest silence on a streamed answer before a ping in the client's dialect, or a comment, 1s to 1h. Default: 15s.
	Streams caddy.Duration `json:"streams,omitempty"`

	// How often a space is sent before an answer in one piece, from 1s to 1h; JSON may begin with white space. With the first one the client
	// gets the status 200, and an error that follows comes as a body only; the headers tell neither provider nor warnings. Calls of files,
	// images and audio have none, nor have requests of more than 1 MiB that nobody has to read. Default: never.
	Answers caddy.Duration `json:"answers,omitempty"`
}

// unmarshalKeepAlive reads keep_alive <streams> [<answers>].
func (r *Route) unmarshalKeepAlive(d *caddyfile.Dispenser) error {
	if r.KeepAlive != nil {
		return d.Err("keep_alive is given twice, expected once")
	}
	args := d.RemainingArgs()
	if len(args) < 1 || len(args) > 2 {
		return d.Errf("keep_alive has %d arguments, expected a duration for streams, and one for answers in one piece if they are to have any", len(args))
	}
	r.KeepAlive = new(KeepAlive)
	for i, into := range []*caddy.Duration{&r.KeepAlive.Streams, &r.KeepAlive.Answers}[:len(args)] {
		v, err := caddy.ParseDuration(args[i])
		if err != nil || v <= 0 {
			return d.Errf("keep_alive %q is not a duration, expected one such as 15s", args[i])
		}
		*into = caddy.Duration(v)
	}
	return nil
}

// Bounds of keep-alives.
const (
	minKeepAlive = time.Second
	maxKeepAlive = time.Hour
)

// keepAlive is what gateways want of it. Nil has the defaults.
func (k *KeepAlive) keepAlive() (made gateway.KeepAlive, err error) {
	if k == nil {
		return made, nil
	}
	for _, d := range []caddy.Duration{k.Streams, k.Answers} {
		if v := time.Duration(d); v != 0 && (v < minKeepAlive || v > maxKeepAlive) {
			return made, fmt.Errorf("keep_alive is %v, expected %v to %v", v, minKeepAlive, maxKeepAlive)
		}
	}
	return gateway.KeepAlive{Streams: time.Duration(k.Streams), Answers: time.Duration(k.Answers)}, nil
}
