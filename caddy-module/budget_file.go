package caddyllm

import (
	"path/filepath"
	"sync"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/longmen-gateway/longmen/caddy-module/internal/budget"
)

// keptLedger is a ledger of which a file in Caddy's data directory keeps what lasts. One process may use that at a time.
type keptLedger struct {
	*budget.Ledger

	mu     sync.Mutex
	loaded bool
	failed outage
}

// saving is how often what was used is written, if it has changed: what a crash may forget.
const saving = 5 * time.Second

func budgetFile() string { return filepath.Join(caddy.AppDataDir(), appName, "budgets.json") }

// load reads the file, once in a process.
func (k *keptLedger) load(key []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.loaded {
		return nil
	}
	if err := k.Load(budgetFile(), key); err != nil {
		return err
	}
	k.loaded = true
	return nil
}

// save writes the file if it has to. Failures are logged; the next one tries again.
func (k *keptLedger) save() {
	now := time.Now()
	k.Sweep(now)
	if err := k.Save(budgetFile(), now); err != nil {
		k.failed.note(err)
	}
}

// keep saves from time to time until stop, and then once more.
func (k *keptLedger) keep() (stop func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(saving)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				k.save()
			case <-end:
				k.save()
				return
			}
		}
	}()
	return func() {
		close(end)
		<-ended
	}
}
