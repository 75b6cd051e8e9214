package redis

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/kv"
	"github.com/longmen-gateway/longmen/caddy-module/internal/kv/kvtest"
	"github.com/longmen-gateway/longmen/caddy-module/internal/redis/redistest"
)

const (
	firstSecret  = "first-secret-of-the-store-0123456789"
	secondSecret = "second-secret-of-the-store-012345678"
)

func open(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestStore checks what kv.Store promises, with and without encryption, against one server, sentinels and a cluster.
func TestStore(t *testing.T) {
	single := redistest.Start(t)
	cluster := redistest.Start(t, "--cluster-enabled", "yes")
	if err := cluster.Client.ClusterAddSlotsRange(t.Context(), 0, 16383).Err(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; {
		info, err := cluster.Client.ClusterInfo(t.Context()).Result()
		if err == nil && strings.Contains(info, "cluster_state:ok") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the cluster does not come up: %v\n%s", err, info)
		}
	}
	for _, c := range []struct {
		name string
		o    Options
	}{
		{"plain", Options{Addresses: []string{single.Address}}},
		{"encrypted", Options{Addresses: []string{single.Address}, Secrets: []string{firstSecret}}},
		{"rotating", Options{Addresses: []string{single.Address}, Secrets: []string{secondSecret, firstSecret}, Prefix: "rotating", DB: 3}},
		{"sentinel", Options{Addresses: []string{single.Sentinel("main")}, Master: "main", Secrets: []string{firstSecret}, Prefix: "sentinel"}},
		{"cluster", Options{Addresses: []string{cluster.Address}, Cluster: true}},
		{"encrypted cluster", Options{Addresses: []string{cluster.Address}, Cluster: true, Secrets: []string{secondSecret, firstSecret}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := open(t, c.o).Namespace("plugin")
			kvtest.Contract(t, n)
			t.Run("large value", func(t *testing.T) { largeValue(t, n) })
			kvtest.Want(t, open(t, c.o).Namespace("other"), "a", "-")
		})
	}
}

func largeValue(t *testing.T, n *Namespace) {
	if err := n.Set(t.Context(), "k", make([]byte, MaxValue+1), 0); err != kv.ErrTooLarge {
		t.Errorf("large value: %v, want ErrTooLarge", err)
	}
}

// TestLifetimes asks the server how long values live.
func TestLifetimes(t *testing.T) {
	server := redistest.Start(t)
	for _, secrets := range [][]string{nil, {firstSecret}} {
		n := open(t, Options{Addresses: []string{server.Address}, Secrets: secrets, MaxTTL: time.Hour}).Namespace("plugin")
		lives := func(what string, most time.Duration) {
			t.Helper()
			left, err := server.Client.PTTL(t.Context(), n.names("k")[0]).Result()
			if err != nil || left > most || left < most-10*time.Second {
				t.Errorf("%s: lives for %v, %v; want %v", what, left, err, most)
			}
		}
		n.Set(t.Context(), "k", []byte("1"), time.Minute)
		lives("set", time.Minute)
		n.Add(t.Context(), "k", 1, 5*time.Minute)
		lives("adding to a value", time.Minute)
		n.CompareAndSwap(t.Context(), "k", []byte("2"), []byte("3"), 2*time.Minute)
		lives("swap", 2*time.Minute)
		n.CompareAndSwap(t.Context(), "k", []byte("3"), nil, 0)
		n.Add(t.Context(), "k", 1, 3*time.Minute)
		lives("first addition", 3*time.Minute)
		n.Set(t.Context(), "k", nil, 0)
		lives("without a time", time.Hour)
		n.Set(t.Context(), "k", nil, 400*time.Hour)
		lives("too long", time.Hour)
		n.Set(t.Context(), "k", nil, 1)
		for deadline := time.Now().Add(5 * time.Second); ; {
			if _, ok, _ := n.Get(t.Context(), "k"); !ok {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("a value that lives for a nanosecond is still there")
			}
		}
	}
}

// TestNothingReadable looks for what was stored in all that the server has.
func TestNothingReadable(t *testing.T) {
	server := redistest.Start(t)
	const original = "jane.roe@corp.example.com"
	for _, c := range []struct {
		secrets  []string
		readable bool
	}{{[]string{firstSecret}, false}, {nil, true}} {
		n := open(t, Options{Addresses: []string{server.Address}, Secrets: c.secrets}).Namespace("vault")
		n.Set(t.Context(), "session-of-jane", []byte(original), time.Hour)
		n.CompareAndSwap(t.Context(), "another-of-jane", nil, []byte(original), time.Hour)
		n.Add(t.Context(), "count-of-jane", 1234567890123, time.Hour)
		dump := server.Dump()
		for _, planted := range []string{original, "session-of-jane", "another-of-jane", "count-of-jane", "1234567890123", "vault"} {
			// Redis itself stores a number as eight bytes.
			if bytes.Contains(dump, []byte(planted)) != c.readable && !(c.readable && planted == "1234567890123") {
				t.Errorf("secrets %d: %q is in the dump: %v", len(c.secrets), planted, !c.readable)
			}
		}
	}
}

// TestWrongSecret: who has another secret finds nothing, and what was changed or moved is refused.
func TestWrongSecret(t *testing.T) {
	server := redistest.Start(t)
	with := func(secrets ...string) *Namespace {
		return open(t, Options{Addresses: []string{server.Address}, Secrets: secrets}).Namespace("vault")
	}
	n := with(firstSecret)
	n.Set(t.Context(), "a", []byte("one"), 0)
	n.Set(t.Context(), "b", []byte("two"), 0)
	kvtest.Want(t, with(secondSecret), "a", "-")
	raw, err := server.Client.Get(t.Context(), n.names("a")[0]).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		changed := bytes.Clone(raw)
		changed[i] ^= 1
		server.Client.Set(t.Context(), n.names("a")[0], changed, 0)
		if _, _, err := n.Get(t.Context(), "a"); err != errSealed {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
	for i := range raw {
		server.Client.Set(t.Context(), n.names("a")[0], raw[:i], 0)
		if _, _, err := n.Get(t.Context(), "a"); err != errSealed {
			t.Fatalf("cut to %d bytes: %v", i, err)
		}
	}
	server.Client.Set(t.Context(), n.names("b")[0], raw, 0)
	if _, _, err := n.Get(t.Context(), "b"); err != errSealed {
		t.Errorf("value of another name: %v", err)
	}
	if _, err := n.CompareAndSwap(t.Context(), "b", []byte("one"), nil, 0); err != errSealed {
		t.Errorf("swap of another name's value: %v", err)
	}
	if _, err := n.Add(t.Context(), "b", 1, 0); err != errSealed {
		t.Errorf("addition to another name's value: %v", err)
	}
}

// TestRotation goes through the steps in which gateways change their secret: known to all, then used, then the old one dropped.
func TestRotation(t *testing.T) {
	server := redistest.Start(t)
	with := func(secrets ...string) *Namespace {
		return open(t, Options{Addresses: []string{server.Address}, Secrets: secrets}).Namespace("vault")
	}
	old := with(firstSecret)
	for _, key := range []string{"read", "swapped", "added", "removed", "unused"} {
		old.Set(t.Context(), key, []byte("1"), time.Minute)
	}
	both := with(secondSecret, firstSecret)
	kvtest.Want(t, both, "read", "1")
	if left, _ := server.Client.PTTL(t.Context(), both.names("read")[0]).Result(); left > time.Minute || left < 50*time.Second {
		t.Errorf("a value that changed its secret lives for %v", left)
	}
	if ok, err := both.CompareAndSwap(t.Context(), "swapped", []byte("1"), []byte("2"), 0); !ok || err != nil {
		t.Errorf("swap: %v, %v", ok, err)
	}
	if sum, err := both.Add(t.Context(), "added", 1, 0); sum != 2 || err != nil {
		t.Errorf("addition: %d, %v", sum, err)
	}
	if ok, err := both.CompareAndSwap(t.Context(), "removed", []byte("1"), nil, 0); !ok || err != nil {
		t.Errorf("removal: %v, %v", ok, err)
	}
	kvtest.Want(t, both, "removed", "-")
	kvtest.Want(t, with(firstSecret, secondSecret), "swapped", "2") // a gateway that is a step behind
	kvtest.Want(t, both, "swapped", "2")
	fresh := with(secondSecret)
	kvtest.Want(t, fresh, "read", "1")
	kvtest.Want(t, fresh, "swapped", "2")
	kvtest.Want(t, fresh, "added", "2")
	kvtest.Want(t, fresh, "unused", "-")
}

// TestFailures: what goes wrong is told without what was sent, in time, and is over when the server is back.
func TestFailures(t *testing.T) {
	const original = "jane.roe@corp.example.com"
	server := redistest.Start(t)
	n := open(t, Options{Addresses: []string{server.Address}}).Namespace("vault")
	all := func(n *Namespace, ctx context.Context) []error {
		_, _, get := n.Get(ctx, original)
		_, add := n.Add(ctx, original, 1, 0)
		_, swap := n.CompareAndSwap(ctx, original, nil, []byte(original), 0)
		return []error{get, n.Set(ctx, original, []byte(original), 0), add, swap}
	}
	check := func(what, says string, errs []error) {
		t.Helper()
		for i, err := range errs {
			if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), original) {
				t.Errorf("%s, operation %d: %v", what, i, err)
			}
		}
	}
	server.Client.LPush(t.Context(), n.names(original)[0], "a list")
	check("a list", "Redis: it answered WRONGTYPE", []error{all(n, t.Context())[0]})
	server.Client.FlushAll(t.Context())

	server.Client.ConfigSet(t.Context(), "maxmemory", "1")
	check("full server", "Redis: it answered OOM", all(n, t.Context())[1:])
	server.Client.ConfigSet(t.Context(), "maxmemory", "0")

	quoting := redistest.Start(t, "--rename-command", "EVALSHA", "")
	check("a server that quotes arguments", "Redis: it answered ERR", all(open(t, Options{Addresses: []string{quoting.Address}}).Namespace("vault"), t.Context())[2:])

	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	check("gone client", "canceled", all(n, canceled))

	locked := redistest.Start(t, "--requirepass", "hunter2hunter2")
	check("no password", "it answered NOAUTH", all(open(t, Options{Addresses: []string{locked.Address}}).Namespace("vault"), t.Context()))
	check("wrong password", "it answered WRONGPASS", all(open(t, Options{Addresses: []string{locked.Address}, Password: "wrong-password"}).Namespace("vault"), t.Context()))
	right := open(t, Options{Addresses: []string{locked.Address}, Password: "hunter2hunter2"}).Namespace("vault")
	if err := right.Set(t.Context(), "k", nil, 0); err != nil {
		t.Error(err)
	}

	server.Client.Do(t.Context(), "client", "pause", "60000")
	slow := open(t, Options{Addresses: []string{server.Address}, Timeout: 20 * time.Millisecond}).Namespace("vault")
	check("slow server", "no answer in time", all(slow, t.Context()))

	server.Stop()
	check("no server", "refused", all(open(t, Options{Addresses: []string{server.Address}}).Namespace("vault"), t.Context()))
	all(n, t.Context()) // whatever its old connections say
	server.Again()
	if err := n.Set(t.Context(), "k", []byte("back"), 0); err != nil {
		t.Error(err)
	}
	kvtest.Want(t, n, "k", "back")
}

// TestHammer counts and swaps from many goroutines and two gateways.
func TestHammer(t *testing.T) {
	server := redistest.Start(t)
	for _, secrets := range [][]string{nil, {firstSecret}} {
		var gateways [2]*Namespace
		for i := range gateways {
			gateways[i] = open(t, Options{Addresses: []string{server.Address}, Secrets: secrets, Timeout: 20 * time.Second}).Namespace("vault")
		}
		const workers, rounds = 4, 25
		var wg sync.WaitGroup
		for _, n := range gateways {
			for range workers {
				wg.Go(func() {
					for range rounds {
						if _, err := n.Add(t.Context(), "sum", 1, time.Hour); err != nil {
							t.Error(err)
						}
						for {
							old, ok, err := n.Get(t.Context(), "swaps")
							if err != nil {
								t.Error(err)
								return
							}
							next := 1
							if ok {
								next, _ = strconv.Atoi(string(old))
								next++
							}
							swapped, err := n.CompareAndSwap(t.Context(), "swaps", old, []byte(strconv.Itoa(next)), time.Hour)
							if err != nil {
								t.Error(err)
								return
							}
							if swapped {
								break
							}
						}
					}
				})
			}
		}
		wg.Wait()
		kvtest.Want(t, gateways[0], "sum", strconv.Itoa(2*workers*rounds))
		kvtest.Want(t, gateways[1], "swaps", strconv.Itoa(2*workers*rounds))
	}
}

func TestOptions(t *testing.T) {
	for _, c := range []struct {
		o    Options
		says string
	}{
		{Options{}, "no address"},
		{Options{Addresses: []string{"a:1"}, Secrets: []string{"short"}}, "encryption key 1 has 5 bytes, expected at least 32"},
		{Options{Addresses: []string{"a:1"}, Cluster: true, Master: "m"}, "exclude each other"},
		{Options{Addresses: []string{"a:1"}, Cluster: true, DB: 1}, "db is 1"},
		{Options{Addresses: []string{"a:1", "b:1"}, DB: 1}, "db is 1"},
		{Options{Addresses: []string{"a:1"}, DB: -1}, "db is -1"},
		{Options{Addresses: []string{"a:1"}, Timeout: -1}, "not below zero"},
	} {
		s, err := Open(c.o)
		if s != nil || err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "short") {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
}
