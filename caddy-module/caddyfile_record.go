package caddyllm

import "github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

// unmarshalRecord reads grant record <sink> [log | file <path>] { … }.
func (g *Grants) unmarshalRecord(d *caddyfile.Dispenser, args []string) error {
	sink := new(Sink)
	switch {
	case len(args) == 1, len(args) == 2 && args[1] == "log":
	case len(args) == 3 && args[1] == "file":
		sink.File = args[2]
	default:
		return d.Err("grant record is not complete, expected <sink>, <sink> log or <sink> file <path>")
	}
	if _, twice := g.Record[args[0]]; twice {
		return d.Errf("sink %q is granted twice, expected once", args[0])
	}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		if d.Val() != "chain" {
			return unknown(d, "chain")
		}
		if err := sink.unmarshalChain(d); err != nil {
			return err
		}
	}
	if g.Record == nil {
		g.Record = make(map[string]*Sink)
	}
	g.Record[args[0]] = sink
	return nil
}

func (s *Sink) unmarshalChain(d *caddyfile.Dispenser) error {
	args := d.RemainingArgs()
	switch {
	case s.Chain != nil:
		return d.Err("chain is given twice, expected once")
	case s.File == "":
		return d.Err("chain is for files, expected grant record <sink> file <path>")
	case len(args) > 1:
		return d.Errf("chain has %d arguments, expected a key such as {env.RECEIPT_KEY}, or none", len(args))
	}
	s.Chain = new(Chain)
	if len(args) == 1 {
		if s.Chain.Key = args[0]; s.Chain.Key == "" {
			return d.Err("chain has an empty key, expected one such as {env.RECEIPT_KEY}, or none")
		}
	}
	return nil
}
