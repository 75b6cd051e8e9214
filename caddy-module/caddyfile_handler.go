package caddyllm

import (
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/auth"
)

var _ caddyfile.Unmarshaler = (*Handler)(nil)

func parseHandler(h httpcaddyfile.Helper) (caddyhttp.MiddlewareHandler, error) {
	handler := new(Handler)
	if err := handler.UnmarshalCaddyfile(h.Dispenser); err != nil {
		return nil, err
	}
	return handler, nil
}

// UnmarshalCaddyfile reads the directive. Syntax:
//
//	llm_gateway [<matcher>] {
//		auth none
//		auth keys [<keys...>] {
//			key  <name> <key> [<label>=<value>...]
//			file <path>
//		}
//		max_body <size>
//		strict_params
//		use <plugins...>
//		route [<name>] [<rule>] {
//			use <plugins...>
//			to  <provider>[/<model>] ...
//			to  cheapest|fastest|round_robin|least_busy|usage_aware <provider>[/<model>] ...
//			to  weighted|sticky <provider>[/<model>][=<weight>] ...
//			to  split <percentage> <provider>[/<model>]... ...
//			sticky   key|user|session|prompt_cache_key
//			sticky   header <name>
//			fallback <class> <provider>[/<model>] ...
//			retry {
//				attempts <number>
//				rounds   <number>
//				budget   <duration>
//				backoff  <duration> [<longest>]
//				max_wait <duration>
//				on <class> same [<times>]
//				on <class> next_key|next_candidate|give_up
//			}
//			hedge [<duration>]
//			shadow <provider>[/<model>] [<percentage>]
//			keep_alive <streams> [<answers>]
//			on_error fail|skip
//			strict_params
//			limit {
//				concurrent <number>
//				queue      <number>
//				max_wait   <duration>
//			}
//			priority high|normal|low
//			max_body <size>
//		}
//		budget [<name>] [<rule>] {
//			per      key|client_ip|user|all
//			per      label|header <name>
//			requests <number>  <period>
//			tokens   <number>  <period>
//			cost     <dollars> <period>
//			status   429|403
//			store    <store>
//		}
//		expect [<name>] {
//			method    <method>
//			path      <path>
//			header    <name> <value>
//			key       <name of a key>
//			client_ip <address>
//			body      `<JSON>` | body file <path>
//			route     <name>
//			to        <provider>[/<model>] ...
//			use       <plugins...>
//			cost      <US dollars>
//			lost      none|<parameters...>
//			refused   <status> [<code>]
//		}
//	}
//
// A rule is written in backticks or quotes; a word without them is the route's name. Lines of use and to
// add up; a strategy stands on the first line of to. A class of failures is one of connect, timeout, rate_limit, overload,
// server_error, credential, model_not_found, context_length and content_policy.
func (h *Handler) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // the directive's name
	h.Source = source(d)
	if err := none(d); err != nil {
		return err
	}
	for d.NextBlock(0) {
		var err error
		switch d.Val() {
		case "auth":
			err = h.unmarshalAuth(d)
		case "max_body":
			err = unmarshalMaxBody(d, &h.MaxBody)
		case "strict_params":
			h.StrictParams, err = true, none(d)
		case "use":
			err = appendNames(d, &h.Use, "a plugin's name or several")
		case "route":
			err = h.unmarshalRoute(d)
		case "budget":
			err = h.unmarshalBudget(d)
		case "expect":
			err = h.unmarshalExpect(d)
		default:
			err = unknown(d, "auth", "max_body", "strict_params", "use", "route", "budget", "expect")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func appendNames(d *caddyfile.Dispenser, into *[]string, what string) error {
	names, err := several(d, what)
	*into = append(*into, names...)
	return err
}

func (h *Handler) unmarshalAuth(d *caddyfile.Dispenser) error {
	if h.Auth != nil {
		return d.Errf("auth is given twice, first at %s, expected once", h.Auth.Source)
	}
	a := &Auth{Source: source(d)}
	if !d.NextArg() {
		return d.Err("auth has no mode, expected none or keys")
	}
	a.Mode = d.Val()
	args := d.RemainingArgs()
	switch a.Mode {
	case "none":
		if len(args) > 0 {
			return d.Errf("auth none has %d more arguments, expected none", len(args))
		}
		h.Auth = a
		return noBlock(d, "auth none")
	case "keys":
	default:
		return d.Errf("unknown auth %q, expected none or keys", a.Mode)
	}
	a.Keys = args
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		var err error
		switch d.Val() {
		case "file":
			var path string
			path, err = argument(d, "a path")
			a.Files = append(a.Files, path)
		case "key":
			err = a.unmarshalKey(d)
		default:
			err = unknown(d, "key", "file")
		}
		if err != nil {
			return err
		}
	}
	if len(a.Keys)+len(a.Files)+len(a.Named) == 0 {
		return d.Err("auth keys has no key, expected keys, {env.NAME} or a block with key and file")
	}
	h.Auth = a
	return nil
}

func (a *Auth) unmarshalKey(d *caddyfile.Dispenser) error {
	args := d.RemainingArgs()
	if len(args) < 2 {
		return d.Err("key is not complete, expected key <name> <key> [<label>=<value>...]")
	}
	labels, err := auth.ParseLabels(args[2:])
	if err != nil {
		return d.WrapErr(err)
	}
	a.Named = append(a.Named, &NamedKey{Name: args[0], Key: args[1], Labels: labels})
	return nil
}

func (h *Handler) unmarshalRoute(d *caddyfile.Dispenser) error {
	r := &Route{Source: source(d)}
	var err error
	if r.Name, r.Rule, err = nameAndRule(d, "a route that always matches"); err != nil {
		return err
	}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		switch d.Val() {
		case "use":
			err = appendNames(d, &r.Use, "a plugin's name or several")
		case "to":
			err = r.unmarshalTo(d)
		case "sticky":
			err = r.unmarshalSticky(d)
		case "fallback":
			err = r.unmarshalFallback(d)
		case "retry":
			err = r.unmarshalRetry(d)
		case "hedge":
			err = r.unmarshalHedge(d)
		case "shadow":
			err = r.unmarshalShadow(d)
		case "keep_alive":
			err = r.unmarshalKeepAlive(d)
		case "on_error":
			err = unmarshalOnError(d, &r.OnError)
		case "strict_params":
			r.StrictParams, err = true, none(d)
		case "limit":
			err = unmarshalLimit(d, &r.Limit)
		case "priority":
			err = r.unmarshalPriority(d)
		case "max_body":
			err = unmarshalMaxBody(d, &r.MaxBody)
		default:
			err = unknown(d, "use", "to", "sticky", "fallback", "retry", "hedge", "shadow", "keep_alive", "on_error", "strict_params", "limit", "priority", "max_body")
		}
		if err != nil {
			return err
		}
	}
	h.Routes = append(h.Routes, r)
	return nil
}

// word tells whether s can be a route's name: letters, digits, _ and -.
func word(s string) bool {
	for _, c := range s {
		if c != '_' && c != '-' && (c < '0' || '9' < c) && (c < 'A' || 'Z' < c) && (c < 'a' || 'z' < c) {
			return false
		}
	}
	return s != ""
}
