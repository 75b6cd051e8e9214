package egress

import (
	"fmt"
	"net/netip"
	"syscall"
)

// guard judges the addresses that connections go to.
type guard struct {
	private bool
	direct  []netip.Addr // addresses that the grant names
}

// control is called by the dialer for each address that a name resolved to, before connecting.
func (g guard) control(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("dialling: %w: expected an IP address", ErrDenied)
	}
	return g.check(ap.Addr())
}

func (g guard) check(addr netip.Addr) error {
	addr = addr.Unmap().WithZone("")
	if v4, ok := embedded(addr); ok {
		if err := g.check(v4); err != nil {
			return err
		}
	}
	if !g.private {
		if within(addr, special) {
			return fmt.Errorf("dialling: %w: address is private or special", ErrDenied)
		}
		return nil
	}
	for _, d := range g.direct {
		if d == addr {
			return nil
		}
	}
	if within(addr, closed) {
		return fmt.Errorf("dialling: %w: address is link-local or a metadata service and not named by the grant", ErrDenied)
	}
	return nil
}

func within(addr netip.Addr, list []netip.Prefix) bool {
	for _, p := range list {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// embedded is the IPv4 address that a translator (RFC 6052) or 6to4 relay (RFC 3056) would go on to.
func embedded(addr netip.Addr) (netip.Addr, bool) {
	b := addr.As16()
	switch {
	case nat64.Contains(addr):
		return netip.AddrFrom4([4]byte(b[12:])), true
	case sixToFour.Contains(addr):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	}
	return netip.Addr{}, false
}

var (
	nat64     = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour = netip.MustParsePrefix("2002::/16")

	// closed stays so even where private addresses are granted.
	closed = prefixes(
		"0.0.0.0/8", "::/128", // this host; the system connects to itself
		"169.254.0.0/16", "fe80::/10", // link-local, and metadata services
		"fd00:ec2::254/128",       // metadata, Amazon
		"fd20:ce::254/128",        // metadata, Google
		"100.100.100.200/32",      // metadata, Alibaba
		"168.63.129.16/32",        // host services, Azure; a public address
		"192.0.0.192/32",          // metadata, Oracle
		"224.0.0.0/4", "ff00::/8", // multicast
		"255.255.255.255/32",
	)

	// special is what is not on the public internet, from the IANA registries of special-purpose
	// addresses, and closed.
	special = append(prefixes(
		"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", // private
		"127.0.0.0/8", "::1/128", // loopback
		"100.64.0.0/10",   // carrier-grade NAT
		"192.0.0.0/24",    // protocol assignments
		"192.0.2.0/24",    // documentation
		"198.51.100.0/24", //
		"203.0.113.0/24",  //
		"2001:db8::/32",   //
		"3fff::/20",       //
		"192.88.99.0/24",  // 6to4 relays, deprecated
		"198.18.0.0/15",   // benchmarks
		"240.0.0.0/4",     // reserved
		"::/96",           // IPv4-compatible, deprecated
		"64:ff9b:1::/48",  // local translation
		"100::/64",        // discard
		"2001::/23",       // protocol assignments, Teredo
		"5f00::/16",       // segment routing
		"fec0::/10",       // site-local, deprecated
	), closed...)
)

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}
