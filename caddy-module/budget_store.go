package caddyllm

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"

	"github.com/longmen-gateway/longmen/caddy-module/internal/budget"
)

// sharedBook adds up in a store what callers use, for budgets of all configurations that name it.
type sharedBook struct {
	*budget.Shared
	server *sharedServer
	key    string
}

// budgetBook opens the book of a store, or shares it. It needs no network.
func (a *App) budgetBook(name string) (budget.Book, error) {
	s := a.Stores[name]
	if s == nil {
		return nil, fmt.Errorf("store: unknown store %q, expected one of %s", name, list(slices.Sorted(maps.Keys(a.Stores))))
	}
	if b := a.engine.books[name]; b != nil {
		return b.Shared, nil
	}
	v, _, err := books.LoadOrNew(s.digest, func() (caddy.Destructor, error) {
		server, err := s.open()
		if err != nil {
			return nil, err
		}
		return &sharedBook{budget.Share(server.Budgets(), storeOf(name).told), server, s.digest}, nil
	})
	if err != nil {
		return nil, err
	}
	if a.engine.books == nil {
		a.engine.books = make(map[string]*sharedBook)
	}
	a.engine.books[name] = v.(*sharedBook)
	return v.(*sharedBook).Shared, nil
}

// release lets go of the book.
func (b *sharedBook) release() error {
	_, err := books.Delete(b.key)
	return err
}

// Destruct implements caddy.Destructor.
func (b *sharedBook) Destruct() error { return errors.Join(b.Shared.Close(), b.server.Close()) }

// storeOf is the log of a store's budgets.
type storeOf string

// told says that the store was lost, or is back.
func (s storeOf) told(err error) {
	log := logger("budget").With(zap.String("store", string(s)))
	if err != nil {
		log.Warn("store of budgets failed, this gateway goes by what it counts itself", zap.Error(err))
		return
	}
	log.Info("store of budgets is back")
}
