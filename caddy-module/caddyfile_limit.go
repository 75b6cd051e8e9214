package caddyllm

import (
	"strconv"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/longmen-gateway/longmen/caddy-module/internal/queue"
)

// unmarshalLimit reads
//
//	limit {
//		concurrent <number>
//		queue      <number>
//		max_wait   <duration>
//	}
func unmarshalLimit(d *caddyfile.Dispenser, into **Limit) error {
	if *into != nil {
		return d.Err("limit is given twice, expected once")
	}
	if err := none(d); err != nil {
		return err
	}
	l := new(Limit)
	*into = l
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		var err error
		switch d.Val() {
		case "concurrent":
			err = number(d, &l.Concurrent)
		case "queue":
			err = l.unmarshalQueue(d)
		case "max_wait":
			err = duration(d, &l.MaxWait)
		default:
			err = unknown(d, "concurrent", "queue", "max_wait")
		}
		if err != nil {
			return err
		}
	}
	if l.Concurrent == 0 {
		return d.Err("limit has no concurrent, expected how many requests may be in progress at once")
	}
	if _, err := l.limits(); err != nil {
		return d.WrapErr(err)
	}
	return nil
}

func (l *Limit) unmarshalQueue(d *caddyfile.Dispenser) error {
	if l.Queue != nil {
		return d.Err("queue is given twice, expected once")
	}
	text, err := argument(d, "a number")
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return d.Errf("queue %q is not a number, expected one from 0", text)
	}
	l.Queue = &n
	return nil
}

func (r *Route) unmarshalPriority(d *caddyfile.Dispenser) error {
	if err := once(d, &r.Priority, "high, normal or low"); err != nil {
		return err
	}
	if _, ok := queue.ParseClass(r.Priority); !ok {
		return d.Errf("unknown priority %q, expected high, normal or low", r.Priority)
	}
	return nil
}

// unmarshalMaxBody reads the size of a max_body that may stand once.
func unmarshalMaxBody(d *caddyfile.Dispenser, into *int64) error {
	if *into != 0 {
		return d.Err("max_body is given twice, expected once")
	}
	return size(d, into)
}
