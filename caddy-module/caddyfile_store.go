package caddyllm

import (
	"strconv"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// unmarshalStore reads store <name> redis { … }.
func (a *App) unmarshalStore(d *caddyfile.Dispenser) error {
	s := &Store{Source: source(d)}
	args := d.RemainingArgs()
	if len(args) != 2 || args[1] != redisDriver {
		return d.Err("store is not complete, expected store <name> redis")
	}
	s.Driver = args[1]
	if first := a.Stores[args[0]]; first != nil {
		return duplicate(d, "store", args[0], first.Source)
	}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		if err := s.unmarshalOption(d); err != nil {
			return err
		}
	}
	if a.Stores == nil {
		a.Stores = make(map[string]*Store)
	}
	a.Stores[args[0]] = s
	return nil
}

func (s *Store) unmarshalOption(d *caddyfile.Dispenser) error {
	switch d.Val() {
	case "url":
		return once(d, &s.URL, "a URL such as redis://localhost:6379/0")
	case "address":
		return appendNames(d, &s.Addresses, "host:port, or several")
	case "user":
		return once(d, &s.User, "a name")
	case "password":
		return once(d, &s.Password, "a password such as {env.REDIS_PASSWORD}")
	case "db":
		return s.unmarshalDB(d)
	case "sentinel":
		return s.unmarshalSentinel(d)
	case "cluster":
		s.Cluster = true
		return none(d)
	case "tls":
		return s.unmarshalTLS(d)
	case "prefix":
		return once(d, &s.Prefix, "what keys begin with")
	case "encryption_key":
		return appendNames(d, &s.EncryptionKeys, "a key such as {env.LONGMEN_STORE_KEY}, and older ones behind it")
	case "timeout":
		return duration(d, &s.Timeout)
	case "max_ttl":
		return duration(d, &s.MaxTTL)
	}
	return unknown(d, "url", "address", "user", "password", "db", "sentinel", "cluster", "tls", "prefix", "encryption_key", "timeout", "max_ttl")
}

func (s *Store) unmarshalDB(d *caddyfile.Dispenser) error {
	text, err := argument(d, "a number")
	if err != nil {
		return err
	}
	if s.DB, err = strconv.Atoi(text); err != nil || s.DB < 0 {
		return d.Errf("db %q is not a number, expected one from 0", text)
	}
	return nil
}

func (s *Store) unmarshalSentinel(d *caddyfile.Dispenser) error {
	args := d.RemainingArgs()
	if len(args) != 1 && len(args) != 3 {
		return d.Errf("sentinel has %d arguments, expected the master's name, and optionally the sentinels' user and password", len(args))
	}
	if s.Sentinel != nil {
		return d.Err("sentinel is given twice, expected once")
	}
	s.Sentinel = &Sentinel{Master: args[0]}
	if len(args) == 3 {
		s.Sentinel.User, s.Sentinel.Password = args[1], args[2]
	}
	return nil
}

func (s *Store) unmarshalTLS(d *caddyfile.Dispenser) error {
	args := d.RemainingArgs()
	if len(args) == 2 || len(args) > 3 {
		return d.Errf("tls has %d arguments, expected none, a CA file, or a CA file, a certificate and its key", len(args))
	}
	if s.TLS != nil {
		return d.Err("tls is given twice, expected once")
	}
	s.TLS = new(StoreTLS)
	if len(args) > 0 {
		s.TLS.CA = args[0]
	}
	if len(args) == 3 {
		s.TLS.Certificate, s.TLS.Key = args[1], args[2]
	}
	return nil
}

// unmarshalKV reads what follows grant kv: a size in memory, which begins with a digit, or the name of a store, which does not.
func (g *Grants) unmarshalKV(d *caddyfile.Dispenser, args []string) error {
	if len(args) > 1 {
		return d.Errf("grant kv has %d more arguments, expected a size, the name of a store, or none", len(args))
	}
	g.KV = true
	if len(args) == 0 {
		return nil
	}
	if first := args[0]; first != "" && (first[0] < '0' || first[0] > '9') {
		g.KVStore = first
		return nil
	}
	var err error
	g.KVSize, err = parseSize(d, "grant kv", args[0])
	return err
}
