package redis

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strconv"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/longmen-gateway/longmen/caddy-module/internal/kv"
)

// Namespace is one plugin's part of a Server. A ttl of 0 or less, or beyond the store's longest, is the store's longest.
// kv.ErrTooLarge is the answer to a value of more than MaxValue bytes; how many there are is Redis's to bound.
type Namespace struct {
	server *Server
	plugin string
}

var _ kv.Store = (*Namespace)(nil)

// tries bounds how often an operation begins anew because others wrote meanwhile.
const tries = 100

var errBusy = errors.New("writing to Redis: others changed the value 100 times meanwhile")

// names are what a key is called in the store, the name in use first.
func (n *Namespace) names(key string) []string {
	s := n.server
	if len(s.sealers) == 0 {
		return []string{s.prefix + ":" + n.plugin + ":" + key}
	}
	out := make([]string, len(s.sealers))
	for i, sealer := range s.sealers {
		out[i] = sealer.name(s.prefix, n.plugin, key)
	}
	return out
}

// open begins an operation on a key.
func (n *Namespace) open(ctx context.Context, key string, size int) (name string, _ context.Context, _ context.CancelFunc, _ error) {
	if len(key) > kv.MaxKey {
		return "", nil, nil, kv.ErrKey
	}
	if size > MaxValue {
		return "", nil, nil, kv.ErrTooLarge
	}
	names := n.names(key)
	ctx, cancel := n.server.within(ctx)
	if err := n.adopt(ctx, names); err != nil {
		cancel()
		return "", nil, nil, err
	}
	return names[0], ctx, cancel, nil
}

// adopt moves a value that stands under the name of an older secret.
func (n *Namespace) adopt(ctx context.Context, names []string) error {
	for _, old := range names[1:] {
		stored, err := n.server.client.Get(ctx, old).Bytes()
		if err == goredis.Nil {
			continue
		}
		if err != nil {
			return failed("reading from", err)
		}
		left, err := n.server.client.PTTL(ctx, old).Result()
		if err != nil {
			return failed("reading from", err)
		}
		value, err := n.decode(old, stored)
		if err != nil {
			return err
		}
		if left > 0 { // else it has just expired
			again, err := n.encode(names[0], value)
			n.forget(value)
			if err != nil {
				return err
			}
			if _, err := n.swap(ctx, names[0], nil, again, left); err != nil {
				return err
			}
		}
		if err := n.server.client.Del(ctx, old).Err(); err != nil {
			return failed("writing to", err)
		}
	}
	return nil
}

func (n *Namespace) encode(name string, value []byte) ([]byte, error) {
	if value == nil || len(n.server.sealers) == 0 {
		return value, nil
	}
	return n.server.sealers[0].seal(name, value)
}

func (n *Namespace) decode(name string, stored []byte) ([]byte, error) {
	if len(n.server.sealers) == 0 {
		return stored, nil
	}
	return unseal(n.server.sealers, name, stored)
}

// forget overwrites a value that was decrypted: it may be what must not be found in memory later.
func (n *Namespace) forget(value []byte) {
	if len(n.server.sealers) > 0 {
		clear(value)
	}
}

// get reads what stands under a name: as it is stored, and as it was put. Both are nil when nothing does.
func (n *Namespace) get(ctx context.Context, name string) (stored, value []byte, err error) {
	stored, err = n.server.client.Get(ctx, name).Bytes()
	if err == goredis.Nil {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, failed("reading from", err)
	}
	if stored == nil {
		stored = []byte{} // an empty value is one
	}
	value, err = n.decode(name, stored)
	return stored, value, err
}

// Get implements kv.Store.
func (n *Namespace) Get(ctx context.Context, key string) ([]byte, bool, error) {
	name, ctx, cancel, err := n.open(ctx, key, 0)
	if err != nil {
		return nil, false, err
	}
	defer cancel()
	_, value, err := n.get(ctx, name)
	return value, value != nil, err
}

// Set implements kv.Store.
func (n *Namespace) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	name, ctx, cancel, err := n.open(ctx, key, len(value))
	if err != nil {
		return err
	}
	defer cancel()
	if value == nil {
		value = []byte{} // an empty value is one
	}
	stored, err := n.encode(name, value)
	if err != nil {
		return err
	}
	return failed("writing to", n.server.client.Set(ctx, name, stored, n.server.lifetime(ttl)).Err())
}

// CompareAndSwap implements kv.Store.
func (n *Namespace) CompareAndSwap(ctx context.Context, key string, old, new []byte, ttl time.Duration) (bool, error) {
	name, ctx, cancel, err := n.open(ctx, key, len(new))
	if err != nil {
		return false, err
	}
	defer cancel()
	for range tries {
		stored, value, err := n.get(ctx, name)
		if err != nil {
			return false, err
		}
		same := (old == nil) == (value == nil) && bytes.Equal(old, value)
		n.forget(value)
		if !same {
			return false, nil
		}
		next, err := n.encode(name, new)
		if err != nil {
			return false, err
		}
		if swapped, err := n.swap(ctx, name, stored, next, n.server.lifetime(ttl)); err != nil || swapped {
			return swapped, err
		}
	}
	return false, errBusy
}

// Add implements kv.Store.
func (n *Namespace) Add(ctx context.Context, key string, delta int64, ttl time.Duration) (int64, error) {
	name, ctx, cancel, err := n.open(ctx, key, 0)
	if err != nil {
		return 0, err
	}
	defer cancel()
	if len(n.server.sealers) == 0 {
		return n.increment(ctx, name, delta, n.server.lifetime(ttl))
	}
	for range tries {
		stored, value, err := n.get(ctx, name)
		if err != nil {
			return 0, err
		}
		sum, life := delta, n.server.lifetime(ttl)
		if stored != nil {
			count, err := strconv.ParseInt(string(value), 10, 64)
			if err != nil {
				return 0, kv.ErrNotInteger
			}
			if delta > 0 && count > math.MaxInt64-delta || delta < 0 && count < math.MinInt64-delta {
				return 0, kv.ErrOverflow
			}
			sum, life = count+delta, keepTTL
		}
		next, err := n.encode(name, strconv.AppendInt(nil, sum, 10))
		if err != nil {
			return 0, err
		}
		if swapped, err := n.swap(ctx, name, stored, next, life); err != nil || swapped {
			return sum, err
		}
	}
	return 0, errBusy
}
