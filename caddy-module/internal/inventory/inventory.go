// Package inventory knows the models that clients of a gateway can ask for: those that its routes and
// configuration name, and those that its providers say they have. Package gateway answers lists of models
// from it.
package inventory

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

const (
	// fresh is how long a provider's list counts: models come and go in weeks.
	fresh = 10 * time.Minute
	// sour is how long a provider that gave no list is left alone.
	sour = 30 * time.Second
	// patience is how long a client waits for providers.
	patience = 5 * time.Second
)

// Source is one entry of a route's candidates.
type Source struct {
	Provider *provider.Provider
	Model    string // the only model there; "" is all that the provider has
}

// Inventory is the models of one gateway. It is safe for concurrent use.
type Inventory struct {
	named   []dialect.Model // by routes, model maps and aliases
	shelves []*shelf
	now     func() time.Time
	detail  func(*dialect.Model)
}

// shelf is what one provider said last.
type shelf struct {
	provider *provider.Provider
	mu       sync.Mutex
	models   []dialect.Model
	until    time.Time // when to ask again
}

// New makes an inventory. aliases are names by what they stand for; detail fills in what is known of a
// model beside its name, and may be nil.
func New(sources []Source, aliases map[string]string, now func() time.Time, detail func(*dialect.Model)) *Inventory {
	v := &Inventory{now: now, detail: detail}
	for _, name := range sorted(aliases) {
		owner, _, _ := strings.Cut(aliases[name], "/")
		v.named = append(v.named, dialect.Model{ID: name, Owner: owner})
	}
	for _, s := range sources {
		p := s.Provider
		if s.Model != "" {
			v.named = append(v.named, dialect.Model{ID: s.Model, Owner: p.Name})
			continue
		}
		names := p.ModelNames()
		for _, name := range names {
			if name != "*" {
				v.named = append(v.named, dialect.Model{ID: name, Owner: p.Name})
			}
		}
		asked := slices.ContainsFunc(v.shelves, func(s *shelf) bool { return s.provider == p })
		if !asked && !slices.Contains(names, "*") {
			v.shelves = append(v.shelves, &shelf{provider: p})
		}
	}
	return v
}

func sorted(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Models are all models, each name once: what the configuration names first, then provider by provider. A
// provider that does not answer in time is left out.
func (v *Inventory) Models(ctx context.Context) []dialect.Model {
	// A client that goes away must not make its providers seem to have nothing for the next one.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	lists := make([][]dialect.Model, len(v.shelves))
	var wait sync.WaitGroup
	for i, s := range v.shelves {
		wait.Go(func() { lists[i] = s.list(ctx, v.now) })
	}
	wait.Wait()
	var all []dialect.Model
	seen := make(map[string]bool)
	for _, list := range append([][]dialect.Model{v.named}, lists...) {
		for _, m := range list {
			if seen[m.ID] {
				continue
			}
			seen[m.ID] = true
			if v.detail != nil {
				v.detail(&m)
			}
			all = append(all, m)
		}
	}
	return all
}

// list is the provider's models, asked for if what is known of them is old. One client asks, others wait
// for it.
func (s *shelf) list(ctx context.Context, now func() time.Time) []dialect.Model {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now().Before(s.until) {
		return s.models
	}
	models, err := s.provider.List(ctx)
	if err != nil {
		s.until = now().Add(sour)
		return s.models // an old list is better than none
	}
	for i := range models {
		if models[i].Owner == "" {
			models[i].Owner = s.provider.Name
		}
	}
	s.models, s.until = models, now().Add(fresh)
	return models
}
