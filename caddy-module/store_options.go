package caddyllm

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
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
