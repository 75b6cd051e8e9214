package redis

import goredis "github.com/redis/go-redis/v9"

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
