package caddyllm

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

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

// resolve fills in the options.
func (s *Store) resolve() error {
	repl := caddy.NewReplacer()
	var errs []error
	get := func(what, text string) string {
		out, err := repl.ReplaceOrErr(text, true, true)
		if err != nil { // whose text may tell a secret
			errs = append(errs, fmt.Errorf("%s is empty or has an unknown placeholder, expected a value such as from {env.NAME} or {file.PATH}", what))
		}
		return out
	}
	o := redis.Options{
		User: get("user", s.User), Password: get("password", s.Password), DB: s.DB, Cluster: s.Cluster, Prefix: get("prefix", s.Prefix),
		Timeout: time.Duration(s.Timeout), MaxTTL: time.Duration(s.MaxTTL),
	}
	for _, a := range s.Addresses {
		o.Addresses = append(o.Addresses, get("address", a))
	}
	for _, k := range s.EncryptionKeys {
		o.Secrets = append(o.Secrets, get("encryption_key", k))
	}
	if s.Sentinel != nil {
		o.Master, o.SentinelUser, o.SentinelPassword = get("sentinel", s.Sentinel.Master), get("sentinel's user", s.Sentinel.User), get("sentinel's password", s.Sentinel.Password)
		if o.Master == "" {
			errs = append(errs, errors.New("sentinel has no master, expected the server's name"))
		}
	}
	secure := s.TLS != nil
	if address := get("url", s.URL); address != "" {
		tls, err := readURL(address, &o)
		secure = secure || tls
		errs = append(errs, err)
	}
	for _, a := range o.Addresses {
		if _, _, err := net.SplitHostPort(a); err != nil && !strings.HasPrefix(a, "/") {
			errs = append(errs, errors.New("an address is none, expected host:port or the path of a Unix socket"))
		}
	}
	var files [][]byte
	if secure {
		var err error
		o.TLS, files, err = s.TLS.config(get)
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	s.options = o
	told := o
	told.TLS = nil
	s.digest = digest(told, secure, files)
	return nil
}

// readURL reads a URL into the options, which it must not contradict, and tells whether it wants TLS. No error quotes it: it may
// have a password.
func readURL(text string, o *redis.Options) (secure bool, _ error) {
	u, err := url.Parse(text)
	if err != nil || u.RawQuery != "" || u.Fragment != "" || !slices.Contains([]string{"redis", "rediss", "unix"}, u.Scheme) {
		return false, errors.New("url is none of a Redis server, expected redis://[user[:password]@]host[:port][/db], rediss://… or unix:///path")
	}
	if len(o.Addresses) > 0 {
		return false, errors.New("url and address exclude each other, expected one of them")
	}
	if u.User != nil {
		password, _ := u.User.Password()
		if o.User != "" || o.Password != "" {
			return false, errors.New("url has a user or password, and so has the store: expected one of them")
		}
		o.User, o.Password = u.User.Username(), password
	}
	if u.Scheme == "unix" {
		o.Addresses = []string{u.Path}
		return false, nil
	}
	port := u.Port()
	if port == "" {
		port = "6379"
	}
	o.Addresses = []string{net.JoinHostPort(u.Hostname(), port)}
	if db := strings.Trim(u.Path, "/"); db != "" {
		n, err := strconv.Atoi(db)
		if err != nil || o.DB != 0 && o.DB != n {
			return false, errors.New("url has a path that is no database, or another than db, expected a number such as /0")
		}
		o.DB = n
	}
	return u.Scheme == "rediss", nil
}

// config reads the files, whose content tells configurations apart. t may be nil.
func (t *StoreTLS) config(get func(what, text string) string) (*tls.Config, [][]byte, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if t == nil {
		return c, nil, nil
	}
	var files [][]byte
	if t.CA != "" {
		pem, err := os.ReadFile(get("tls: CA file", t.CA))
		if err != nil {
			return nil, nil, fmt.Errorf("tls: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, nil, fmt.Errorf("tls: %s has no certificate, expected some in PEM", t.CA)
		}
		files = append(files, pem)
	}
	if t.Certificate != "" || t.Key != "" {
		pair, err := tls.LoadX509KeyPair(get("tls: certificate", t.Certificate), get("tls: key", t.Key))
		if err != nil {
			return nil, nil, fmt.Errorf("tls: certificate and key: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
		files = append(files, pair.Certificate...)
	}
	return c, files, nil
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
