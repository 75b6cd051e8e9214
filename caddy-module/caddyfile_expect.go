package caddyllm

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// unmarshalExpect reads expect [<name>] { … }.
func (h *Handler) unmarshalExpect(d *caddyfile.Dispenser) error {
	e := &Expect{Source: source(d)}
	switch args := d.RemainingArgs(); len(args) {
	case 0:
	case 1:
		e.Name = args[0]
	default:
		return d.Errf("expect has %d arguments, expected a name, in quotes if it has spaces", len(args))
	}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		if err := e.unmarshalOption(d); err != nil {
			return err
		}
	}
	h.Expect = append(h.Expect, e)
	return nil
}

func (e *Expect) unmarshalOption(d *caddyfile.Dispenser) error {
	switch d.Val() {
	case "method":
		return once(d, &e.Method, "a method such as POST")
	case "path":
		return once(d, &e.Path, "a path such as /v1/messages")
	case "header":
		return pair(d, &e.Headers, "%s", "a name and a value")
	case "key":
		return once(d, &e.Key, "the name of one of the gateway's keys")
	case "client_ip":
		return once(d, &e.ClientIP, "an address")
	case "body":
		return e.unmarshalBody(d)
	case "route":
		return once(d, &e.Route, "a route's name")
	case "to":
		return appendNames(d, &e.To, "provider or provider/model, one or several")
	case "use":
		return appendNames(d, &e.Use, "a plugin's name or several")
	case "cost":
		return e.unmarshalCost(d)
	case "lost":
		return appendNames(d, &e.Lost, "none, or the names of parameters")
	case "refused":
		if e.Refused != "" {
			return d.Err("refused is given twice, expected once")
		}
		args := d.RemainingArgs()
		if len(args) < 1 || len(args) > 2 {
			return d.Errf("refused has %d arguments, expected a status and optionally the error's code", len(args))
		}
		e.Refused = strings.Join(args, " ")
		return nil
	}
	return unknown(d, "method", "path", "header", "key", "client_ip", "body", "route", "to", "use", "cost", "lost", "refused")
}

func (e *Expect) unmarshalBody(d *caddyfile.Dispenser) error {
	if len(e.Body) > 0 || e.BodyFile != "" {
		return d.Err("body is given twice, expected once")
	}
	args := d.RemainingArgs()
	switch {
	case len(args) == 2 && args[0] == "file":
		e.BodyFile = args[1]
	case len(args) == 1 && json.Valid([]byte(args[0])):
		e.Body = json.RawMessage(args[0])
	case len(args) == 1:
		return d.Err("body is no JSON, expected a document in backticks, or file and a path")
	default:
		return d.Errf("body has %d arguments, expected a document in backticks, or file and a path", len(args))
	}
	return nil
}

func (e *Expect) unmarshalCost(d *caddyfile.Dispenser) error {
	if e.Cost != nil {
		return d.Err("cost is given twice, expected once")
	}
	text, err := argument(d, "US dollars such as 0.01")
	if err != nil {
		return err
	}
	v, err := strconv.ParseFloat(strings.TrimPrefix(text, "$"), 64)
	if err != nil {
		return d.Errf("cost %q is no amount, expected US dollars such as 0.01", text)
	}
	e.Cost = &v
	return nil
}
