package egress

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// pattern is one host, or all hosts below one, that a grant names.
type pattern struct {
	host   string // lower case; a suffix with its leading dot when below is set
	below  bool
	port   string // "" is the scheme's own
	http   bool   // allowed schemes
	https  bool
	direct netip.Addr // host as an address, if it is one
}

// parsePattern reads "[http://|https://]host[:port]", where host is a name, an address ([…] for IPv6) or
// *.suffix, which stands for all names below suffix but not for suffix. Without a scheme it is https;
// for loopback hosts http as well, when private addresses are granted.
func parsePattern(s string, private bool) (pattern, error) {
	fail := func(expected string) (pattern, error) {
		return pattern{}, fmt.Errorf("reading host pattern %q: expected %s", s, expected)
	}
	p := pattern{https: true}
	rest := strings.ToLower(s)
	if after, ok := strings.CutPrefix(rest, "http://"); ok {
		p.http, p.https, rest = true, false, after
	} else {
		rest = strings.TrimPrefix(rest, "https://")
	}
	scheme := len(rest) < len(s)
	if after, ok := strings.CutPrefix(rest, "*"); ok {
		p.below, rest = true, after
		if !strings.HasPrefix(rest, ".") {
			return fail("*.suffix")
		}
		rest = rest[1:]
	}
	if strings.ContainsAny(rest, "/?#@* ") || rest == "" {
		return fail("[http://]host[:port] with a name, an address or *.suffix")
	}
	u, err := url.Parse("//" + rest)
	if err != nil || strings.HasSuffix(rest, ":") || rest[0] != '[' && strings.Count(rest, ":") > 1 {
		return fail("[http://]host[:port]")
	}
	p.host, p.port = normalHost(u.Hostname()), u.Port()
	if p.host == "" {
		return fail("host name in ASCII (xn--…)")
	}
	p.direct, _ = netip.ParseAddr(p.host)
	p.direct = p.direct.Unmap()
	if p.below && p.direct.IsValid() {
		return fail("*.suffix with a name, not an address")
	}
	if !p.direct.IsValid() && numeric(p.host) {
		return fail("host name or an address of four decimal numbers")
	}
	if private && !scheme && (p.host == "localhost" || p.direct.IsLoopback()) {
		p.http = true
	}
	if p.below {
		p.host = "." + p.host
	}
	return p, nil
}

// allows tells whether the pattern stands for a URL of this scheme, host and port.
func (p pattern) allows(scheme, host, port string) bool {
	if !(scheme == "https" && p.https || scheme == "http" && p.http) {
		return false
	}
	if want := p.port; port != want && !(want == "" && port == defaultPort(scheme)) && !(port == "" && want == defaultPort(scheme)) {
		return false
	}
	if p.below {
		return len(host) > len(p.host) && strings.HasSuffix(host, p.host)
	}
	if p.direct.IsValid() {
		addr, err := netip.ParseAddr(host)
		return err == nil && addr.Unmap() == p.direct
	}
	return host == p.host
}

func defaultPort(scheme string) string {
	if scheme == "http" {
		return "80"
	}
	return "443"
}

// check tells whether a URL may be requested.
func (c *Client) check(u *url.URL) error {
	if u.Scheme != "https" && u.Scheme != "http" || u.Opaque != "" {
		return fmt.Errorf("%w: expected an absolute https or http URL", ErrRequest)
	}
	if u.User != nil {
		return fmt.Errorf("%w: expected a URL without user name and password", ErrRequest)
	}
	host := normalHost(u.Hostname())
	if host == "" {
		return fmt.Errorf("%w: expected a host name in ASCII (xn--…)", ErrRequest)
	}
	for _, p := range c.hosts {
		if p.allows(u.Scheme, host, u.Port()) {
			return nil
		}
	}
	return fmt.Errorf("%s://%s: %w: expected one of the hosts of the http grant", u.Scheme, u.Host, ErrDenied)
}

// normalHost is a host as it is compared: lower case, no final dot. It is "" for what net/http would
// turn into another name (non-ASCII) and for what no host name has.
func normalHost(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for i := range len(host) {
		c := host[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`%"/\<>?#@^|*,;`, c) >= 0 {
			return ""
		}
	}
	return host
}

// numeric tells whether a name is one that some resolvers take for an address: 127.1, 0x7f000001.
func numeric(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	return last == "" || last[0] >= '0' && last[0] <= '9'
}
