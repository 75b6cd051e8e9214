package caddyllm

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"

	"github.com/longmen-gateway/longmen/caddy-module/internal/chain"
	"github.com/longmen-gateway/longmen/caddy-module/internal/record"
)

// Chain binds the lines of a file to each other: each carries a number, the sum of the line before it and its own. The
// chain goes on over restarts, reloads and rotated files, and several processes may write to one file. Its end is noted in
// a file beside it, with .head behind its name. Only on systems with flock: Linux, macOS and BSD.
type Chain struct {
	// The key of the sums, at least 16 characters; placeholders such as {env.RECEIPT_KEY} and {file./path} are
	// replaced. Whoever can write the file can forge a chain without a key, with one only who has the key. Default: none.
	Key string `json:"key,omitempty"`
}

// seal makes the sums of a chain.
func (c *Chain) seal() (*chain.Seal, error) {
	if c.Key == "" {
		return chain.NewSeal("")
	}
	// The key itself must not be in the error, so neither is the replacer's.
	key, err := caddy.NewReplacer().ReplaceOrErr(c.Key, true, true)
	if err != nil {
		return nil, errors.New("the key of the chain is not set, expected a text, or {env.NAME} or {file.PATH} that is there")
	}
	return chain.NewSeal(strings.TrimSpace(key)) // a file often ends with a line break
}

// checkSinks finds files that are granted with a chain and without, or with several keys.
func (a *App) checkSinks() error {
	type use struct {
		chain  Chain
		bound  bool
		plugin string
	}
	first := make(map[string]use)
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(a.Plugins)) {
		p := a.Plugins[name]
		if p == nil || p.Grants == nil {
			continue
		}
		for _, sink := range slices.Sorted(maps.Keys(p.Grants.Record)) {
			s := p.Grants.Record[sink]
			if s == nil || s.File == "" {
				continue
			}
			now := use{bound: s.Chain != nil, plugin: name}
			if now.bound {
				now.chain = *s.Chain
			}
			if other, ok := first[s.File]; !ok {
				first[s.File] = now
			} else if other.bound != now.bound || other.chain != now.chain {
				errs = append(errs, fmt.Errorf("plugin %q%s: grant record: sink %q: %s has another chain in plugin %q, expected the same or another file", name, at(p.Source), sink, s.File, other.plugin))
			}
		}
	}
	return errors.Join(errs...)
}

// openChained opens a file whose lines are bound to each other.
func openChained(path string, seal *chain.Seal) (record.Sink, error) {
	log := logger("record").With(zap.String("file", path))
	return record.OpenChained(path, seal, func(text string) { log.Error("chain of records: " + text) })
}

// reporter counts what becomes of the records of a file, and logs when they stop being written and when they are again.
type reporter struct {
	path    string
	failing bool
	lost    int
}

func (r *reporter) told(o record.Outcome, n int, err error) {
	recorded.WithLabelValues(r.path, o.String()).Add(float64(n))
	log := logger("record").With(zap.String("file", r.path))
	switch o {
	case record.Written:
		if r.failing {
			r.failing = false
			log.Warn("records are written again", zap.Int("late", n), zap.Int("lost", r.lost))
			r.lost = 0
		}
	case record.Delayed:
		if !r.failing {
			r.failing = true
			log.Error("records are not written and wait", zap.Error(err))
		}
	case record.Lost:
		if r.lost == 0 {
			log.Error("records are lost", zap.Int("records", n), zap.Error(err))
		}
		r.failing = true
		r.lost += n
	}
}
