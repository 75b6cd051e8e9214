package caddyllm

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/caddyserver/caddy/v2"

	"github.com/longmen-gateway/longmen/caddy-module/internal/redis"
)

// Store is a place outside of the process where plugins keep values, so that gateways that name the same place share
// them. It is connected to when it is first used: a server that is away is no reason not to start, and fails the calls that need
// it. Texts may have placeholders such as {env.REDIS_URL} or {file./run/secrets/redis}.
type Store struct {
	// What kind of store it is: "redis", the only one.
	Driver string `json:"driver,omitempty"`

	// Where it is, in one text: redis://[user[:password]@]host[:port][/db], rediss:// with TLS, or unix:///path.
	// Default: none, addresses say it.
	URL string `json:"url,omitempty"`

	// Addresses as host:port, or the path of a Unix socket: the server's, those of nodes of a cluster (more than one), or those of the
	// sentinels. Default: the url's.
	Addresses []string `json:"addresses,omitempty"`

	// The user's name and password. Default: the url's, else none.
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`

	// The number of the database. Not in a cluster. Default: the url's, else 0.
	DB int `json:"db,omitempty"`

	// Whether a single address is one of a cluster. Default: false.
	Cluster bool `json:"cluster,omitempty"`

	// The sentinels that know where the server is. Default: none.
	Sentinel *Sentinel `json:"sentinel,omitempty"`

	// TLS to the server. Default: none, unless the url begins with rediss.
	TLS *StoreTLS `json:"tls,omitempty"`

	// What every key begins with. Default: longmen.
	Prefix string `json:"prefix,omitempty"`

	// Keys that encrypt what is stored, each of at least 32 bytes: the first encrypts, each decrypts. To change it, put the new one behind
	// the old one on all gateways, then before it, and take the old one away when its values have expired. Default: none,
	// values are stored as they are.
	EncryptionKeys []string `json:"encryption_keys,omitempty"`

	// How long an operation may take, connecting included. Default: 1s.
	Timeout caddy.Duration `json:"timeout,omitempty"`

	// How long a value lives at most, also one that a plugin stores without a time. Default: 30 days.
	MaxTTL caddy.Duration `json:"max_ttl,omitempty"`

	// Where the store stands in the Caddyfile, for errors.
	Source string `json:"source,omitempty"`

	options redis.Options
	digest  string // of what the options say
}

// Sentinel names the server that sentinels watch.
type Sentinel struct {
	// The server's name.
	Master string `json:"master,omitempty"`

	// The user's name and password at the sentinels, if they want one. Default: none.
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
}

// StoreTLS is how a store's server is believed and what it is shown.
type StoreTLS struct {
	// A file with the certificates, in PEM, that a server's has to be signed by. Default: the system's.
	CA string `json:"ca,omitempty"`

	// Files with a certificate and its key, in PEM, that the server is shown. Default: none.
	Certificate string `json:"certificate,omitempty"`
	Key         string `json:"key,omitempty"`
}

// redisDriver is the only driver.
const redisDriver = "redis"

// source is where the store stands; it may be nil in JSON.
func (s *Store) source() string {
	if s == nil {
		return ""
	}
	return s.Source
}

// key tells stores apart; a nil one is the memory of the process.
func (s *Store) key() string {
	if s == nil {
		return ""
	}
	return s.digest
}

// provision judges the store without a network.
func (s *Store) provision(name string) error {
	switch {
	case s == nil || s.Driver != redisDriver:
		return errors.New("unknown driver, expected redis")
	case !word(name) || name[0] >= '0' && name[0] <= '9':
		return errors.New("name is not usable, expected letters, digits, _ and -, and no digit in front")
	}
	if err := s.resolve(); err != nil {
		return err
	}
	server, err := redis.Open(s.options)
	if err != nil {
		return err
	}
	return server.Close()
}

// granted is the store in which a plugin's values are, nil for the memory of the process. A plugin that finds personal data may keep
// some, so what it stores has to be unreadable outside of the gateways.
func (a *App) granted(g *Grants, finds bool) (*Store, error) {
	if g.KVStore == "" {
		return nil, nil
	}
	s := a.Stores[g.KVStore]
	switch {
	case s == nil:
		return nil, fmt.Errorf("unknown store %q, expected one of %s", g.KVStore, list(slices.Sorted(maps.Keys(a.Stores))))
	case finds && len(s.EncryptionKeys) == 0:
		return nil, fmt.Errorf("store %q has no encryption_key, and this plugin may keep personal data in it: expected encryption_key {env.LONGMEN_STORE_KEY} in the store, with a secret of at least %d bytes", g.KVStore, redis.MinSecret)
	}
	return s, nil
}
