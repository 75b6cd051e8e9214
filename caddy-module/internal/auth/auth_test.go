package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func ring(t *testing.T, file string) *Ring {
	t.Helper()
	keys, err := ParseFile([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewRing(keys)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func digest(key string) string {
	d := sha256.Sum256([]byte(key))
	return hex.EncodeToString(d[:])
}

func TestKeys(t *testing.T) {
	a := Keys(ring(t, "# keys\nsk-one\n\nann:sk-two\nbob team=legal cost-center=7 sk-three\neve team=ops sha256:"+digest("sk-four")+"\nsha256:"+digest("sk-five")+"\n"))
	tests := []struct {
		name, key string
		want      Principal
		err       error
	}{
		{"plain", "sk-one", Principal{ID: digest("sk-one")[:12]}, nil},
		{"named", "sk-two", Principal{ID: digest("sk-two")[:12], Name: "ann"}, nil},
		{"labels", "sk-three", Principal{ID: digest("sk-three")[:12], Name: "bob", Labels: map[string]string{"team": "legal", "cost-center": "7"}}, nil},
		{"hashed with labels", "sk-four", Principal{ID: digest("sk-four")[:12], Name: "eve", Labels: map[string]string{"team": "ops"}}, nil},
		{"hashed", "sk-five", Principal{ID: digest("sk-five")[:12]}, nil},
		{"none", "", Principal{}, errNoKey},
		{"unknown", "sk-six", Principal{}, errUnknownKey},
		{"start of a key", "sk-on", Principal{}, errUnknownKey},
		{"name and key", "ann:sk-two", Principal{}, errUnknownKey},
		{"digest of a key", "sha256:" + digest("sk-five"), Principal{}, errUnknownKey},
		{"bare digest of a key", digest("sk-five"), Principal{}, errUnknownKey},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := a.Authenticate(&http.Request{RemoteAddr: "192.0.2.1:9"}, tt.key)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if err != tt.err && !errors.Is(err, tt.err) {
				t.Errorf("got error %v, want %v", err, tt.err)
			}
			var denied *Denied
			if err != nil && !errors.As(err, &denied) {
				t.Errorf("got error %T, want *Denied", err)
			}
		})
	}
}

func TestLabel(t *testing.T) {
	p := Principal{ID: "ab", Name: "ann", Labels: map[string]string{"team": "legal"}}
	for label, want := range map[string]string{"id": "ab", "name": "ann", "team": "legal", "none": ""} {
		if got := p.Label(label); got != want {
			t.Errorf("label %s: got %q, want %q", label, got, want)
		}
	}
}

func TestLoopback(t *testing.T) {
	tests := []struct {
		name, remote, host string
		header             http.Header
		want               error
	}{
		{"IPv4", "127.0.0.1:5", "127.0.0.1:8080", nil, nil},
		{"IPv4 other", "127.9.9.9:5", "localhost", nil, nil},
		{"IPv6", "[::1]:5", "[::1]:8080", nil, nil},
		{"mapped", "[::ffff:127.0.0.1]:5", "localhost:8080", nil, nil},
		{"name below localhost", "127.0.0.1:5", "llm.localhost:8080", nil, nil},
		{"local page", "127.0.0.1:5", "localhost:8080", http.Header{"Origin": {"http://localhost:3000"}}, nil},
		{"local proxy for a local client", "127.0.0.1:5", "localhost", http.Header{"X-Forwarded-For": {"127.0.0.1, ::1"}}, nil},
		{"remote", "192.0.2.1:5", "localhost", nil, errRemote},
		{"private", "10.0.0.1:5", "localhost", nil, errRemote},
		{"unix socket", "@", "localhost", nil, errRemote},
		{"nothing", "", "localhost", nil, errRemote},
		{"local proxy for a remote client", "127.0.0.1:5", "localhost", http.Header{"X-Forwarded-For": {"192.0.2.1, 127.0.0.1"}}, errRemote},
		{"real ip", "127.0.0.1:5", "localhost", http.Header{"X-Real-Ip": {"192.0.2.1"}}, errRemote},
		{"forwarded", "127.0.0.1:5", "localhost", http.Header{"Forwarded": {"for=192.0.2.1"}}, errRemote},
		{"rebinding", "127.0.0.1:5", "evil.example:8080", nil, errForeignPage},
		{"cross-site", "127.0.0.1:5", "localhost:8080", http.Header{"Origin": {"https://evil.example"}}, errForeignPage},
		{"sandboxed page", "127.0.0.1:5", "localhost:8080", http.Header{"Origin": {"null"}}, errForeignPage},
		{"lookalike", "127.0.0.1:5", "localhost.evil.example", nil, errForeignPage},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, a := range []*Authenticator{Loopback(), {}} {
				_, err := a.Authenticate(&http.Request{RemoteAddr: tt.remote, Host: tt.host, Header: tt.header}, "whatever")
				if err != tt.want && !errors.Is(err, tt.want) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
			}
		})
	}
}

func TestNone(t *testing.T) {
	p, err := None().Authenticate(&http.Request{RemoteAddr: "192.0.2.1:5"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Principal{}, p); diff != "" {
		t.Error(diff)
	}
}

func TestParseList(t *testing.T) {
	keys, err := ParseList(" sk-a,sk-b\nann:sk-c\tsha256:" + digest("sk-d") + ",,bob:sha256:" + digest("sk-e"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, k := range keys {
		got = append(got, k.Name+"|"+hex.EncodeToString(k.Digest[:]))
	}
	want := []string{"|" + digest("sk-a"), "|" + digest("sk-b"), "ann|" + digest("sk-c"), "|" + digest("sk-d"), "bob|" + digest("sk-e")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestErrors(t *testing.T) {
	file := func(s string) func() error { return func() error { _, err := ParseFile([]byte(s)); return err } }
	tests := []struct {
		name string
		do   func() error
		want string
	}{
		{"short digest", file("a\nb:s3cret\nsha256:abcd"), "parsing key file: line 3: sha256: is not followed by a digest, expected 64 hexadecimal digits"},
		{"label", file("ann s3cret sk-a"), "parsing key file: line 1: label 1 is not readable, expected name=value without spaces and dots in the name"},
		{"dotted label", file("ann a.b=c sk-a"), "parsing key file: line 1: label 1 is not readable, expected name=value without spaces and dots in the name"},
		{"reserved label", file("ann name=c sk-a"), "parsing key file: line 1: label name is taken by the key's own name, expected another label"},
		{"no priority", file("ann priority=urgent sk-a"), "parsing key file: line 1: label priority is no priority, expected high, normal or low"},
		{"double label", file("ann a=c a=d sk-a"), "parsing key file: line 1: label a is given twice, expected once"},
		{"control character", file("sk-\x01"), "parsing key file: line 1: key is not plain text, expected 1 to 1024 printable characters without spaces"},
		{"not text", file("\xff\xfe"), "parsing key file: it is not UTF-8 text, expected a key per line"},
		{"list", func() error { _, err := ParseList("a,sha256:x"); return err }, "parsing keys: key 2: sha256: is not followed by a digest, expected 64 hexadecimal digits"},
		{"no key", func() error { _, err := NewRing(nil); return err }, "there is no key, expected at least one (an environment variable may be unset)"},
		{"twice", func() error {
			keys, _ := ParseList("a ann:s3cret sha256:" + digest("s3cret"))
			_, err := NewRing(keys)
			return err
		}, "key 3 is given twice, expected every key once"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.do()
			if diff := cmp.Diff(tt.want, fmt.Sprint(err)); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(fmt.Sprint(err), "s3cret") {
				t.Error("the error gives a key away")
			}
		})
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add([]byte("ann:sk-1\nbob team=legal sha256:" + digest("x") + "\n# c\n"))
	f.Add([]byte("\ufeffa b=c=d e\r\n\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		keys, err := ParseFile(b)
		if err != nil {
			return
		}
		if ring, err := NewRing(keys); err == nil && ring.Len() != len(keys) {
			t.Errorf("ring of %d keys for %d", ring.Len(), len(keys))
		}
		_, _ = ParseList(string(b))
	})
}

func BenchmarkAuthenticate(b *testing.B) {
	var keys []Key
	for i := range 10_000 {
		k, err := NewKey("", fmt.Sprintf("sk-%d", i), nil)
		if err != nil {
			b.Fatal(err)
		}
		keys = append(keys, k)
	}
	r, err := NewRing(keys)
	if err != nil {
		b.Fatal(err)
	}
	a, req := Keys(r), &http.Request{}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Authenticate(req, "sk-5000"); err != nil {
			b.Fatal(err)
		}
	}
}
