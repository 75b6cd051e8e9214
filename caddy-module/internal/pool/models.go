package pool

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
)

// maxModels bounds the models of a member that cool by themselves; one more, and the whole member does.
const maxModels = 64

// models are the coolings of a member's models. A map that was stored is not changed any more.
type models struct {
	all atomic.Pointer[map[string]*cooling] // nil as long as none was limited
	mu  sync.Mutex                          // for writing
}

// of is the cooling of a model, nil when it was never limited.
func (m *models) of(model string) *cooling {
	all := m.all.Load()
	if all == nil || model == "" {
		return nil
	}
	return (*all)[model]
}

func (m *models) readyAt(model string, force bool) int64 {
	if c := m.of(model); c != nil {
		return c.readyAt(force, false)
	}
	return 0
}

func (m *models) epoch(model string) uint32 {
	if c := m.of(model); c != nil {
		return c.epoch.Load()
	}
	return 0
}

// add makes sure that a model has a cooling. Nil when there is no model, or no room for one more.
func (m *models) add(model string, now int64) *cooling {
	if model == "" || len(model) > MaxName {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.of(model); c != nil {
		return c
	}
	all := map[string]*cooling{}
	if old := m.all.Load(); old != nil {
		all = maps.Clone(*old)
	}
	if len(all) >= maxModels {
		maps.DeleteFunc(all, func(_ string, c *cooling) bool { return c.until.Load() <= now })
	}
	if len(all) >= maxModels {
		return nil
	}
	c := new(cooling)
	all[model] = c
	m.all.Store(&all)
	return c
}

// merge does what cooling.merge does, for every model that cools here or there. prefix begins their names in the record.
func (m *models) merge(prefix string, r *record, now int64) (until int64, news bool) {
	for name := range r.Members {
		if model, ok := strings.CutPrefix(name, prefix); ok {
			m.add(model, now)
		}
	}
	if all := m.all.Load(); all != nil {
		for model, c := range *all {
			at, changed := c.merge(prefix+model, r, now)
			until, news = max(until, at), news || changed
		}
	}
	return until, news
}

// ModelStatus is a model that a member is not to be asked for.
type ModelStatus struct {
	Model string
	Until time.Time
}

// status gives the models that cool, sorted.
func (m *models) status(now int64) (cool []ModelStatus) {
	all := m.all.Load()
	if all == nil {
		return nil
	}
	for _, model := range slices.Sorted(maps.Keys(*all)) {
		if until := (*all)[model].until.Load(); until > now {
			cool = append(cool, ModelStatus{model, unix(until)})
		}
	}
	return cool
}

// limited leaves a member alone that was asked for too much: for the lease's model, if it has one.
func (m *member) limited(l *Lease, o Outcome) (_ pause, model string) {
	if c := m.models.add(l.model, o.Now); c != nil {
		return c.begin(failure.RateLimit, o.Wait, l.modelEpoch, o.Now), l.model
	}
	return m.cooling.begin(failure.RateLimit, o.Wait, l.epoch, o.Now), ""
}
