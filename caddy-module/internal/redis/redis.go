// Package redis is the key-value store in a Redis server that gateways share: a kv.Store for each plugin, and the budgets of callers. It alone
// imports go-redis.
//
// With secrets no value in the server can be read: values are encrypted, keys are a MAC of plugin and key. What a server
// sees is how many values there are, how long they are and live, and when they are used; and of budgets the counts, which its scripts add up.
package redis

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Defaults and bounds of Options.
const (
	DefaultTimeout = time.Second
	DefaultPrefix  = "longmen"
	// DefaultMaxTTL bounds how long a value lives, also one that was stored without a time.
	DefaultMaxTTL = 30 * 24 * time.Hour
	// MinSecret is the shortest secret in bytes.
	MinSecret = 32
	// MaxValue is the longest value in bytes.
	MaxValue = 4 << 20
)

// Options say where the server is and how values are kept in it.
type Options struct {
	// Addresses of the server, of the cluster's nodes or of the sentinels: host:port, or the path of a Unix socket. At
	// least one; more than one without Master are a cluster.
	Addresses []string
	User      string
	Password  string
	DB        int         // not in a cluster
	TLS       *tls.Config // nil for none
	// Cluster says that a single address is a cluster's.
	Cluster bool
	// Master is the name by which sentinels know the server; Addresses are then theirs.
	Master                         string
	SentinelUser, SentinelPassword string
	// Timeout bounds every operation, connecting included. Default DefaultTimeout.
	Timeout time.Duration
	// Prefix begins every key. Default DefaultPrefix.
	Prefix string
	// Secrets encrypt values: the first one those that are written, each those that are read. None: values and keys are
	// stored as they are. Each has at least MinSecret bytes.
	Secrets []string
	// MaxTTL bounds how long a value lives. Default DefaultMaxTTL.
	MaxTTL time.Duration
}

// Server is a server, or several that are one store. It is safe for concurrent use and connects when it is first asked.
type Server struct {
	client  goredis.UniversalClient
	timeout time.Duration
	maxTTL  time.Duration
	prefix  string
	sealers []*sealer
}

// mute stops go-redis from writing to standard error: every operation returns its error, and while a server is away there
// would be a line for each.
var mute = sync.OnceFunc(logging.Disable)

// Open judges the options. It needs no network.
func Open(o Options) (*Server, error) {
	mute()
	switch {
	case len(o.Addresses) == 0:
		return nil, errors.New("no address, expected at least one")
	case o.Master != "" && o.Cluster:
		return nil, errors.New("sentinels and cluster exclude each other, expected one of them")
	case o.DB < 0 || o.DB > 0 && (o.Cluster || o.Master == "" && len(o.Addresses) > 1):
		return nil, fmt.Errorf("db is %d, expected a number from 0, and 0 in a cluster", o.DB)
	case o.Timeout < 0 || o.MaxTTL < 0:
		return nil, errors.New("timeout and max_ttl are not below zero")
	}
	s := &Server{timeout: o.Timeout, maxTTL: o.MaxTTL, prefix: o.Prefix}
	if s.timeout == 0 {
		s.timeout = DefaultTimeout
	}
	if s.maxTTL == 0 {
		s.maxTTL = DefaultMaxTTL
	}
	if s.prefix == "" {
		s.prefix = DefaultPrefix
	}
	for i, secret := range o.Secrets {
		if len(secret) < MinSecret {
			return nil, fmt.Errorf("encryption key %d has %d bytes, expected at least %d, such as from: openssl rand -base64 32", i+1, len(secret), MinSecret)
		}
		sealer, err := newSealer(secret)
		if err != nil {
			return nil, err
		}
		s.sealers = append(s.sealers, sealer)
	}
	s.client = goredis.NewUniversalClient(&goredis.UniversalOptions{
		Addrs: o.Addresses, Username: o.User, Password: o.Password, DB: o.DB, TLSConfig: o.TLS, IsClusterMode: o.Cluster,
		MasterName: o.Master, SentinelUsername: o.SentinelUser, SentinelPassword: o.SentinelPassword,
		DialTimeout: s.timeout, ReadTimeout: s.timeout, WriteTimeout: s.timeout, PoolTimeout: s.timeout, ContextTimeoutEnabled: true,
		MaxRetries:    -1, // what was sent twice could count twice
		DialerRetries: 1, DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	return s, nil
}

// Encrypted tells whether what the server keeps can be read only with a secret.
func (s *Server) Encrypted() bool { return len(s.sealers) > 0 }

// Close ends the connections. Operations that run fail.
func (s *Server) Close() error { return s.client.Close() }

// Namespace is a plugin's part of the store.
func (s *Server) Namespace(plugin string) *Namespace { return &Namespace{s, plugin} }

// within bounds an operation.
func (s *Server) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, s.timeout)
}

// lifetime is how long a value lives in Redis.
func (s *Server) lifetime(ttl time.Duration) time.Duration {
	if ttl <= 0 || ttl > s.maxTTL {
		return s.maxTTL
	}
	return max(ttl, time.Millisecond)
}
