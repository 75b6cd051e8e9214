package caddyllm

import (
	"strconv"
	"strings"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// unmarshalBudget reads
//
//	budget [<name>] [<rule>] {
//		per      key|client_ip|user|all
//		per      label|header <name>
//		requests <number>  <period>
//		tokens   <number>  <period>
//		cost     <dollars> <period>
//		status   429|403
//		store    <store>
//	}
//
// A period is one of second, minute, hour, day, week, month, year and total.
func (h *Handler) unmarshalBudget(d *caddyfile.Dispenser) error {
	b := &Budget{Source: source(d)}
	var err error
	if b.Name, b.Rule, err = nameAndRule(d, "a budget that all requests count for"); err != nil {
		return err
	}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		switch d.Val() {
		case "per":
			err = b.unmarshalPer(d)
		case "requests", "tokens", "cost":
			err = b.unmarshalLimit(d)
		case "status":
			err = number(d, &b.Status)
		case "store":
			err = once(d, &b.Store, "the name of a store")
		default:
			err = unknown(d, "per", "requests", "tokens", "cost", "status", "store")
		}
		if err != nil {
			return err
		}
	}
	if len(b.Limits) == 0 {
		return d.Err("budget has no limit, expected a line of requests, tokens or cost, with an amount and a period")
	}
	h.Budgets = append(h.Budgets, b)
	return nil
}

// nameAndRule reads [<name>] [<rule>].
func nameAndRule(d *caddyfile.Dispenser, without string) (name, rule string, _ error) {
	what := d.Val()
	args := d.RemainingArgsAsTokens()
	switch {
	case len(args) == 0:
	case len(args) == 1 && (args[0].Quoted() || !word(args[0].Text)):
		rule = args[0].Text
	case len(args) == 1:
		name = args[0].Text
	case len(args) == 2:
		name, rule = args[0].Text, args[1].Text
	default:
		return "", "", d.Errf("%s has %d arguments, expected a name and a rule in backticks", what, len(args))
	}
	if len(args) > 0 && args[len(args)-1].Quoted() && strings.TrimSpace(rule) == "" {
		return "", "", d.Errf("%s has an empty rule, expected an expression, or no rule for %s", what, without)
	}
	return name, rule, nil
}

func (b *Budget) unmarshalPer(d *caddyfile.Dispenser) error {
	if b.Per != "" {
		return d.Err("per is given twice, expected once")
	}
	switch args := d.RemainingArgs(); {
	case len(args) == 1 && args[0] != "header" && args[0] != "label":
		b.Per = args[0]
	case len(args) == 2 && (args[0] == "header" || args[0] == "label"):
		b.Per = strings.Join(args, " ")
	default:
		return d.Errf("per has %d arguments, expected key, client_ip, user, all, or label or header and a name", len(args))
	}
	return nil
}

// unmarshalLimit reads <unit> <amount> <period>.
func (b *Budget) unmarshalLimit(d *caddyfile.Dispenser) error {
	l := BudgetLimit{Unit: d.Val()}
	args := d.RemainingArgs()
	if len(args) != 2 {
		return d.Errf("%s has %d arguments, expected an amount and a period", l.Unit, len(args))
	}
	v, err := strconv.ParseFloat(strings.TrimPrefix(args[0], "$"), 64)
	if err != nil {
		return d.Errf("%s %q is not a number, expected one such as 1000", l.Unit, args[0])
	}
	l.Amount, l.Period = v, args[1]
	if _, err := l.limit(); err != nil {
		return d.WrapErr(err)
	}
	b.Limits = append(b.Limits, l)
	return nil
}
