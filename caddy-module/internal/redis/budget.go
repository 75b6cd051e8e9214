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

// flag is a truth as scripts read it.
func flag(v bool) int {
	if v {
		return 1
	}
	return 0
}

// Reserve implements budget.Remote.
func (b *Budgets) Reserve(ctx context.Context, accounts []budget.Account, h budget.Hold, dry bool) (granted bool, have []budget.Have, err error) {
	var keys []string
	args := []any{h.Now.UnixMilli(), member(&h), h.Until.UnixMilli(), b.secrets(), len(accounts), flag(dry)}
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
		args = append(args, keep(c.Budget, c.Now), member(c.Hold), flag(c.Undo), len(c.Budget.Limits))
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
