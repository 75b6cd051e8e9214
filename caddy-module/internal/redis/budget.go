package redis

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/longmen-gateway/longmen/caddy-module/internal/budget"
)

// Budgets is a budget.Remote in the server. Each account is a hash of what is used and reserved, and a sorted set of its holds by when they end.
// All names share a hash tag, so that in a cluster they lie together and one script sees them all. Names are hashes, with encryption keys a MAC;
// the counts are numbers, which scripts have to read.
type Budgets struct{ server *Server }

var _ budget.Remote = (*Budgets)(nil)

// Budgets is the part of the store that budgets are in.
func (s *Server) Budgets() *Budgets { return &Budgets{s} }

// budgetSpace is the name of that part. No plugin has such a name.
const budgetSpace = ".budgets"

// batchLife is for how long it is remembered which batch of a gateway was applied last.
const batchLife = 24 * time.Hour

var errReply = errors.New("reading from Redis: it answered something else than a script of budgets")

// tag begins the names of all budgets.
func (b *Budgets) tag() string { return "{" + b.server.prefix + ":" + budgetSpace + "}:" }

// secrets is how many names an account has: one for each encryption key.
func (b *Budgets) secrets() int { return max(len(b.server.sealers), 1) }

// names are what an account is called, for each encryption key its hash and its set, those in use first.
func (b *Budgets) names(keys []string, a budget.Account) []string {
	add := func(name []byte) {
		base := b.tag() + base64.RawURLEncoding.EncodeToString(name)
		keys = append(keys, base, base+":held")
	}
	for _, s := range b.server.sealers {
		mac := hmac.New(sha256.New, s.names)
		mac.Write([]byte(budgetSpace))
		mac.Write(a.ID[:])
		add(mac.Sum(nil))
	}
	if len(b.server.sealers) == 0 {
		add(a.ID[:])
	}
	return keys
}

// member is how a set names a hold.
func member(h *budget.Hold) string {
	if h == nil {
		return ""
	}
	return h.ID + " " + strconv.FormatInt(h.Need[budget.Tokens], 10) + " " + strconv.FormatInt(h.Need[budget.Cost], 10)
}

// keep is the life of an account in milliseconds, -1 for ever.
func keep(b *budget.Budget, now time.Time) int64 {
	if d := b.Keep(now); d >= 0 {
		return d.Milliseconds()
	}
	return -1
}

// Reserve implements budget.Remote.
func (b *Budgets) Reserve(ctx context.Context, accounts []budget.Account, h budget.Hold, dry bool) (granted bool, have []budget.Have, err error) {
	var keys []string
	args := []any{h.Now.UnixMilli(), member(&h), h.Until.UnixMilli(), b.secrets(), len(accounts), map[bool]int{true: 1}[dry]}
	for _, a := range accounts {
		keys = b.names(keys, a)
		args = append(args, keep(a.Budget, h.Now), len(a.Budget.Limits))
		for _, l := range a.Budget.Limits {
			args = append(args, l.Unit.String(), l.Period.String(), l.NumberOf(h.Now), l.Slots(), l.Amount, h.Need[l.Unit])
		}
	}
	ctx, cancel := b.server.within(ctx)
	defer cancel()
	said, err := reserveScript.Run(ctx, b.server.client, keys, args...).Slice()
	if err != nil {
		return false, nil, failed("writing to", err)
	}
	if len(said) != 1+len(accounts) {
		return false, nil, errReply
	}
	for _, account := range said[1:] {
		one, err := read(account)
		if err != nil {
			return false, nil, err
		}
		have = append(have, one)
	}
	return said[0] == int64(1), have, nil
}

// read is an account as HGETALL gives it. Fields are reserved/<unit>, or <unit>/<period>/<number>.
func read(said any) (have budget.Have, err error) {
	fields, ok := said.([]any)
	if !ok || len(fields)%2 != 0 {
		return have, errReply
	}
	for i := 0; i < len(fields); i += 2 {
		name, _ := fields[i].(string)
		text, _ := fields[i+1].(string)
		amount, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return have, errReply
		}
		parts := strings.Split(name, "/")
		if len(parts) == 2 && parts[0] == "reserved" {
			if u, known := budget.ParseUnit(parts[1]); known {
				have.Reserved[u] = amount
			}
			continue
		}
		if len(parts) != 3 {
			return have, errReply
		}
		f := budget.Figure{Amount: amount}
		var unit, period bool
		f.Unit, unit = budget.ParseUnit(parts[0])
		f.Period, period = budget.ParsePeriod(parts[1])
		if f.Number, err = strconv.ParseInt(parts[2], 10, 64); err != nil || !unit || !period {
			return have, errReply
		}
		have.Used = append(have.Used, f)
	}
	return have, nil
}

// Apply implements budget.Remote.
func (b *Budgets) Apply(ctx context.Context, batch budget.Batch) error {
	keys := []string{b.tag() + "gateway:" + batch.Gateway}
	args := []any{batch.Number, batchLife.Milliseconds(), b.secrets(), len(batch.Changes)}
	for i := range batch.Changes {
		c := &batch.Changes[i]
		keys = b.names(keys, c.Account)
		args = append(args, keep(c.Budget, c.Now), member(c.Hold), map[bool]int{true: 1}[c.Undo], len(c.Budget.Limits))
		for _, l := range c.Budget.Limits {
			used, when := c.Used[l.Unit], c.Now
			if l.Unit == budget.Requests && (used < 0 || c.Undo) {
				used, when = -1, c.Began
			}
			args = append(args, l.Unit.String(), l.Period.String(), l.NumberOf(when), l.Slots(), used)
		}
	}
	ctx, cancel := b.server.within(ctx)
	defer cancel()
	if err := applyScript.Run(ctx, b.server.client, keys, args...).Err(); err != nil {
		return failed("writing to", err)
	}
	return nil
}

// Extend implements budget.Remote.
func (b *Budgets) Extend(ctx context.Context, holds []budget.Held, until time.Time) error {
	ctx, cancel := b.server.within(ctx)
	defer cancel()
	_, err := b.server.client.Pipelined(ctx, func(p goredis.Pipeliner) error {
		for _, h := range holds {
			p.ZAddXX(ctx, b.names(nil, h.Account)[1], goredis.Z{Score: float64(until.UnixMilli()), Member: member(h.Hold)})
		}
		return nil
	})
	if err != nil {
		return failed("writing to", err)
	}
	return nil
}

// prelude are the functions of both scripts.
//
// adopt gives an account that stands under the name of an older secret the name in use. The arguments are the index of its first key and the number of secrets.
// release ends a hold, and tells whether it was there. charge adds to a stretch, and forgets those that are over. live has an account remembered
// for as many milliseconds, -1 for ever, or longer if it is already.
const prelude = `
local function adopt(at, secrets)
	if redis.call('EXISTS', KEYS[at]) == 0 then
		for i = 1, secrets - 1 do
			local old = at + 2 * i
			if redis.call('EXISTS', KEYS[old]) == 1 then
				redis.call('RENAME', KEYS[old], KEYS[at])
				if redis.call('EXISTS', KEYS[old + 1]) == 1 then redis.call('RENAME', KEYS[old + 1], KEYS[at + 1]) end
				return
			end
		end
	end
end
local function less(account, field, by)
	if by > 0 and redis.call('HINCRBY', account, field, -by) <= 0 then redis.call('HDEL', account, field) end
end
local function release(account, held, member)
	if redis.call('ZREM', held, member) == 0 then return false end
	local tokens, cost = string.match(member, ' (%d+) (%d+)$')
	less(account, 'reserved/tokens', tonumber(tokens))
	less(account, 'reserved/cost', tonumber(cost))
	return true
end
local function charge(account, unit, period, number, slots, amount)
	local field = unit .. '/' .. period .. '/'
	if amount < 0 then
		if redis.call('HEXISTS', account, field .. number) == 1 then less(account, field .. number, -amount) end
		return
	end
	local at = tonumber(number)
	for _, name in ipairs(redis.call('HKEYS', account)) do
		if string.sub(name, 1, #field) == field then
			local n = tonumber(string.sub(name, #field + 1))
			if n < tonumber(number) - slots then redis.call('HDEL', account, name) end
			if slots == 0 and n > at then at = n end
		end
	end
	if amount > 0 then redis.call('HINCRBY', account, field .. string.format('%.0f', at), amount) end
end
local function live(account, held, life)
	for _, key in ipairs({account, held}) do
		if life < 0 then
			redis.call('PERSIST', key)
		elseif redis.call('PTTL', key) < life then
			redis.call('PEXPIRE', key, life)
		end
	end
end
`

// reserveScript checks the limits of all accounts and notes a hold in each, if there is room in all.
var reserveScript = goredis.NewScript(prelude + `
local now, member, deadline, secrets, accounts, dry = tonumber(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6] == '1'
local granted, at, key = 1, 7, 1
local notes, answer = {}, {0}
for i = 1, accounts do
	local account, held = KEYS[key], KEYS[key + 1]
	adopt(key, secrets)
	for _, over in ipairs(redis.call('ZRANGEBYSCORE', held, '-inf', '(' .. now, 'LIMIT', 0, 100)) do release(account, held, over) end
	local figures, has = redis.call('HGETALL', account), {}
	for j = 1, #figures, 2 do has[figures[j]] = tonumber(figures[j + 1]) end
	local note = {account = account, held = held, life = tonumber(ARGV[at]), requests = {}}
	local limits = tonumber(ARGV[at + 1])
	at = at + 2
	for j = 1, limits do
		local unit, period, number, slots, amount, need = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
		at = at + 6
		local field, used, reserved = unit .. '/' .. period .. '/', 0, has['reserved/' .. unit] or 0
		for name, n in pairs(has) do
			if string.sub(name, 1, #field) == field and tonumber(string.sub(name, #field + 1)) >= tonumber(number) - slots then used = used + n end
		end
		if used + reserved + need > amount and (unit == 'requests' or reserved > 0 or used >= amount) then granted = 0 end
		if unit == 'requests' then table.insert(note.requests, {period = period, number = number, slots = slots, need = need}) end
	end
	table.insert(notes, note)
	key = key + 2 * secrets
end
for _, note in ipairs(notes) do
	if granted == 1 and not dry then
		for _, r in ipairs(note.requests) do charge(note.account, 'requests', r.period, r.number, r.slots, r.need) end
		local tokens, cost = string.match(member, ' (%d+) (%d+)$')
		if tonumber(tokens) > 0 then redis.call('HINCRBY', note.account, 'reserved/tokens', tokens) end
		if tonumber(cost) > 0 then redis.call('HINCRBY', note.account, 'reserved/cost', cost) end
		redis.call('ZADD', note.held, deadline, member)
		live(note.account, note.held, note.life)
	end
	table.insert(answer, redis.call('HGETALL', note.account))
end
answer[1] = granted
return answer`)

// applyScript charges accounts and ends holds, unless it has done so for the same batch.
var applyScript = goredis.NewScript(prelude + `
local number, secrets, changes = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
if number <= tonumber(redis.call('GET', KEYS[1]) or '0') then return 0 end
redis.call('SET', KEYS[1], number, 'PX', ARGV[2])
local at, key = 5, 2
for i = 1, changes do
	local account, held, life, member, undo, limits = KEYS[key], KEYS[key + 1], tonumber(ARGV[at]), ARGV[at + 1], ARGV[at + 2] == '1', tonumber(ARGV[at + 3])
	adopt(key, secrets)
	local there = member ~= '' and release(account, held, member)
	at = at + 4
	for j = 1, limits do
		local unit, period, n, slots, used = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
		at = at + 5
		if used ~= 0 and (there or not undo) then charge(account, unit, period, n, slots, used) end
	end
	live(account, held, life)
	key = key + 2 * secrets
end
return 1`)
