package redis

import (
	"context"
	"strconv"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/longmen-gateway/longmen/caddy-module/internal/kv"
)

// keepTTL leaves a value's expiry as it is.
const keepTTL = time.Duration(goredis.KeepTTL)

// swapScript puts ARGV[4] in the place of ARGV[2], for ARGV[5] milliseconds, or with the expiry that is there when that is
// negative. A "-" before a value says that there is none.
var swapScript = goredis.NewScript(`
local have = redis.call('GET', KEYS[1])
if ARGV[1] == '-' then
	if have then return 0 end
elseif have ~= ARGV[2] then
	return 0
end
if ARGV[3] == '-' then
	redis.call('DEL', KEYS[1])
elseif tonumber(ARGV[5]) < 0 then
	redis.call('SET', KEYS[1], ARGV[4], 'KEEPTTL')
else
	redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5])
end
return 1`)

// addScript adds ARGV[1] to a counter, which begins to live for ARGV[2] milliseconds when it was not there. The sum is
// returned as text: a script's numbers are floats.
var addScript = goredis.NewScript(`
local there = redis.call('EXISTS', KEYS[1])
redis.call('INCRBY', KEYS[1], ARGV[1])
if there == 0 then
	redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return redis.call('GET', KEYS[1])`)

// swap puts new in the place of old, both as they are stored; nil is no value.
func (n *Namespace) swap(ctx context.Context, name string, old, new []byte, ttl time.Duration) (bool, error) {
	there := func(b []byte) string {
		if b == nil {
			return "-"
		}
		return "+"
	}
	ms := ttl.Milliseconds()
	if ttl < 0 {
		ms = -1
	}
	done, err := swapScript.Run(ctx, n.server.client, []string{name}, there(old), old, there(new), new, ms).Int()
	return done == 1, failed("writing to", err)
}

// increment is Add where values are stored as they are.
func (n *Namespace) increment(ctx context.Context, name string, delta int64, ttl time.Duration) (int64, error) {
	text, err := addScript.Run(ctx, n.server.client, []string{name}, delta, ttl.Milliseconds()).Text()
	switch {
	case err == nil:
		return strconv.ParseInt(text, 10, 64)
	case strings.Contains(err.Error(), "not an integer"):
		return 0, kv.ErrNotInteger
	case strings.Contains(err.Error(), "would overflow"):
		return 0, kv.ErrOverflow
	}
	return 0, failed("writing to", err)
}
