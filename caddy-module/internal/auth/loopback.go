package auth

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// loopback lets in requests that come from this machine: a loopback peer that does not speak for
// somebody else, and that means this machine. Without the last test any page in a local browser could use
// the gateway's keys, by a cross-site request or by DNS rebinding.
func loopback(r *http.Request) error {
	if !loopbackAddress(r.RemoteAddr) {
		return errRemote
	}
	// A reverse proxy on this machine makes every client look local.
	if r.Header.Get("Forwarded") != "" {
		return errRemote
	}
	for _, name := range []string{"X-Forwarded-For", "X-Real-Ip"} {
		for _, line := range r.Header[name] {
			for address := range strings.SplitSeq(line, ",") {
				if !loopbackAddress(strings.TrimSpace(address)) {
					return errRemote
				}
			}
		}
	}
	if !loopbackName(r.Host) {
		return errForeignPage
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || !loopbackName(u.Host) {
			return errForeignPage
		}
	}
	return nil
}

// loopbackAddress tells whether s, an IP address with or without port, is a loopback one.
func loopbackAddress(s string) bool {
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	}
	ip, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return err == nil && ip.Unmap().WithZone("").IsLoopback()
}

// loopbackName tells whether host, with or without port, is localhost, below it (RFC 6761), or a loopback address.
func loopbackName(host string) bool {
	if loopbackAddress(host) {
		return true
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
