package egress

import (
	"errors"
	"net/netip"
	"net/url"
	"testing"
)

func TestPatterns(t *testing.T) {
	tests := []struct {
		pattern string
		private bool
		allowed []string
		denied  []string
	}{
		{"wiki.example", false,
			[]string{"https://wiki.example", "https://wiki.example:443/x?y", "https://WIKI.example./"},
			[]string{"http://wiki.example", "https://wiki.example:8443", "https://a.wiki.example", "https://wiki.example.evil", "https://xwiki.example"}},
		{"Wiki.Example:8443", false, []string{"https://wiki.example:8443/"}, []string{"https://wiki.example", "http://wiki.example:8443"}},
		{"wiki.example:443", false, []string{"https://wiki.example", "https://wiki.example:443"}, []string{"https://wiki.example:80"}},
		{"http://wiki.example", false, []string{"http://wiki.example/", "http://wiki.example:80/"}, []string{"https://wiki.example", "http://wiki.example:8080"}},
		{"https://wiki.example", false, []string{"https://wiki.example/"}, []string{"http://wiki.example"}},
		{"*.corp.example", false,
			[]string{"https://a.corp.example", "https://a.b.corp.example"},
			[]string{"https://corp.example", "https://.corp.example", "https://acorp.example", "https://a.corp.example.evil"}},
		{"*.corp.example:9000", false, []string{"https://a.corp.example:9000"}, []string{"https://a.corp.example"}},
		{"localhost", true, []string{"http://localhost/", "https://localhost/"}, []string{"http://localhost:81/"}},
		{"127.0.0.1:9000", true,
			[]string{"http://127.0.0.1:9000", "https://127.0.0.1:9000", "http://[::ffff:127.0.0.1]:9000/"}, []string{"http://localhost:9000"}},
		{"[::1]:9000", true, []string{"http://[::1]:9000", "http://[0:0:0:0:0:0:0:1]:9000"}, []string{"http://127.0.0.1:9000"}},
		{"10.1.2.3", true, []string{"https://10.1.2.3"}, []string{"http://10.1.2.3"}},
		{"1.1.1.1", false, []string{"https://1.1.1.1"}, []string{"https://1.1.1.2", "https://one.one"}},
	}
	for _, tt := range tests {
		t.Run(tt.pattern, func(t *testing.T) {
			c, err := New(Options{Allow: []string{tt.pattern}, Private: tt.private})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range tt.allowed {
				if _, err := c.request(Request{URL: s}); err != nil {
					t.Errorf("%s: %v", s, err)
				}
			}
			for _, s := range tt.denied {
				if _, err := c.request(Request{URL: s}); !errors.Is(err, ErrDenied) {
					t.Errorf("%s: %v, want ErrDenied", s, err)
				}
			}
		})
	}
}

func TestPatternErrors(t *testing.T) {
	for _, s := range []string{"", "*", "*.", "*.*", "a*.example", "*example", "ftp://a.example", "a.example/path", "a.example?q", "user@a.example",
		"a.example:", "a.example:http", "bücher.example", "a b.example", "*.1.2.3.4", "127.1", "0x7f000001", "2130706433", "::1", "http://",
		"localhost", "127.0.0.1", "10.0.0.1", "[::1]", "169.254.169.254", "[64:ff9b::a00:1]"} {
		if _, err := New(Options{Allow: []string{s}}); err == nil {
			t.Errorf("pattern %q is accepted", s)
		}
	}
}

func TestURLs(t *testing.T) {
	c, err := New(Options{Allow: []string{"a.example", "*.b.example"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"", "a.example", "//a.example", "/path", "file:///etc/passwd", "gopher://a.example", "https:a.example", "https://",
		"https://user@a.example", "https://user:pw@a.example", "https://ａ.example", "https://a.example%00", "https://a%2eexample", "https://a.example\n",
		"https://a.example:port"} {
		if _, err := c.request(Request{URL: s}); !errors.Is(err, ErrRequest) && !errors.Is(err, ErrDenied) {
			t.Errorf("%q: %v, want ErrRequest", s, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, tt := range []struct {
		addr            string
		public, private bool
	}{
		{"1.1.1.1", true, true},
		{"2606:4700::1111", true, true},
		{"::ffff:1.1.1.1", true, true},
		{"64:ff9b::101:101", true, true},
		{"127.0.0.1", false, true},
		{"127.9.9.9", false, true},
		{"::1", false, true},
		{"::ffff:127.0.0.1", false, true},
		{"10.0.0.1", false, true},
		{"172.16.0.1", false, true},
		{"172.32.0.1", true, true},
		{"192.168.1.1", false, true},
		{"100.64.0.1", false, true},
		{"fc00::1", false, true},
		{"fd12::1", false, true},
		{"64:ff9b::a00:1", false, true},
		{"2002:a00:1::1", false, true},
		{"2001:0:1::1", false, true},
		{"192.0.2.1", false, true},
		{"198.18.0.1", false, true},
		{"240.0.0.1", false, true},
		{"::7f00:1", false, true},
		{"0.0.0.0", false, false},
		{"::", false, false},
		{"169.254.169.254", false, false},
		{"::ffff:169.254.169.254", false, false},
		{"64:ff9b::a9fe:a9fe", false, false},
		{"fe80::1", false, false},
		{"fe80::1%eth0", false, false},
		{"fd00:ec2::254", false, false},
		{"100.100.100.200", false, false},
		{"168.63.129.16", false, false},
		{"224.0.0.1", false, false},
		{"ff02::1", false, false},
		{"255.255.255.255", false, false},
	} {
		addr := netip.MustParseAddr(tt.addr)
		if err := (guard{}).check(addr); (err == nil) != tt.public {
			t.Errorf("%s: %v, want allowed: %v", addr, err, tt.public)
		}
		if err := (guard{private: true}).check(addr); (err == nil) != tt.private {
			t.Errorf("%s with private addresses: %v, want allowed: %v", addr, err, tt.private)
		}
	}
	named := guard{private: true, direct: []netip.Addr{netip.MustParseAddr("169.254.169.254")}}
	if err := named.check(netip.MustParseAddr("169.254.169.254")); err != nil {
		t.Errorf("address that the grant names: %v", err)
	}
	if err := named.control("tcp", "not an address", nil); !errors.Is(err, ErrDenied) {
		t.Errorf("no address: %v", err)
	}
}

// FuzzCheck wants that whatever URL is allowed goes to an allowed host, as net/http will read it.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{"https://a.example/", "https://x.b.example:443", "https://A.example.", "http://a.example", "https://a.example@evil.example",
		"https://evil.example#a.example", "https://[::1]", "https://a.example:0443"} {
		f.Add(s)
	}
	c, err := New(Options{Allow: []string{"a.example", "*.b.example"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		req, err := c.request(Request{URL: s})
		if err != nil {
			return
		}
		u := req.URL
		host := normalHost((&url.URL{Host: u.Host}).Hostname())
		if u.Scheme != "https" || host != "a.example" && (len(host) <= 10 || host[len(host)-10:] != ".b.example") {
			t.Fatalf("%q goes to %q", s, u.Host)
		}
	})
}
