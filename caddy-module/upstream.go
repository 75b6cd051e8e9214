package caddyllm

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyevents"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

// heard is the watch of the configuration that runs, which is told what happens to upstreams.
var heard atomic.Pointer[watch]

func init() {
	upstreams.Notify(func(e pool.Event) {
		if w := heard.Load(); w != nil {
			w.note(e)
		}
	})
}

// watch tells the log and Caddy's events app what happens to the upstreams of a configuration. Handlers of events may be slow, so
// they are called from a goroutine of its own.
type watch struct {
	providers map[string]*provider.Provider
	log       *zap.Logger
	emit      func(name string, data map[string]any)
	queue     chan announcement
	end       chan struct{}
}

type announcement struct {
	name string
	data map[string]any
}

// waiting bounds the events that wait for handlers; more are only logged.
const waiting = 256

// newWatch finds the events app.
func newWatch(ctx caddy.Context, a *App) (*watch, error) {
	app, err := ctx.App("events")
	if err != nil {
		return nil, fmt.Errorf("loading the events app: %w", err)
	}
	events := app.(*caddyevents.App)
	return &watch{
		providers: a.providers, log: a.log.Named("upstream"), emit: func(name string, data map[string]any) { events.Emit(ctx, name, data) },
		queue: make(chan announcement, waiting), end: make(chan struct{}),
	}, nil
}

// start takes over from the watch of the configuration before.
func (w *watch) start() {
	go func() {
		for {
			select {
			case a := <-w.queue:
				w.emit(a.name, a.data)
			case <-w.end:
				return
			}
		}
	}()
	heard.Store(w)
}

// stop lets the handler that runs come to its end.
func (w *watch) stop() {
	heard.CompareAndSwap(w, nil)
	close(w.end)
}

// happenings are the kinds of events, as logs and events call them.
var happenings = map[pool.EventKind]struct {
	level zapcore.Level
	says  string
	event string // "" for none
}{
	pool.MemberCooling:     {zap.InfoLevel, "upstream cools", "upstream_cooling"},
	pool.ServerCooling:     {zap.InfoLevel, "upstream cools", "upstream_cooling"},
	pool.CredentialRefused: {zap.WarnLevel, "upstream refused a key", "upstream_credential_refused"},
	pool.BreakerOpened:     {zap.WarnLevel, "upstream is broken", "upstream_open"},
	pool.BreakerHalfOpen:   {zap.DebugLevel, "upstream is tried", ""},
	pool.BreakerClosed:     {zap.InfoLevel, "upstream is well", "upstream_closed"},
}

// note takes what happened. A key is named by its number.
func (w *watch) note(e pool.Event) {
	switch e.Kind {
	case pool.StoreLost:
		w.log.Warn("store of share_health failed, this gateway goes by what it sees itself", zap.Error(e.Err))
		return
	case pool.StoreBack:
		w.log.Info("store of share_health is back")
		return
	}
	h := happenings[e.Kind]
	for _, name := range slices.Sorted(maps.Keys(w.providers)) {
		at, key := w.providers[name].Where(&e)
		if at == nil {
			continue
		}
		fields := []zap.Field{zap.String("provider", name), zap.String("endpoint", at.Name)}
		data := map[string]any{"provider": name, "endpoint": at.Name, "reason": e.Class.String()}
		if key > 0 {
			fields, data["key"] = append(fields, zap.Int("key", key)), key
		}
		fields = append(fields, zap.String("reason", e.Class.String()))
		if e.Model != "" {
			fields, data["model"] = append(fields, zap.String("model", e.Model)), e.Model
		}
		if !e.Until.IsZero() {
			fields, data["until"] = append(fields, zap.Time("until", e.Until)), e.Until.Format(time.RFC3339Nano)
		}
		if line := w.log.Check(h.level, h.says); line != nil {
			line.Write(fields...)
		}
		if h.event != "" {
			w.announce(appName+"."+h.event, data)
		}
		return
	}
}

func (w *watch) announce(name string, data map[string]any) {
	select {
	case w.queue <- announcement{name, data}:
	default:
		w.log.Warn("too many events wait for their handlers, one is left out", zap.String("event", name))
	}
}

// healthStore opens the store of share_health; nil without one.
func (a *App) healthStore() (*Store, error) {
	if a.ShareHealth == "" {
		return nil, nil
	}
	s := a.Stores[a.ShareHealth]
	if s == nil {
		return nil, fmt.Errorf("share_health: unknown store %q, expected one of %s", a.ShareHealth, list(slices.Sorted(maps.Keys(a.Stores))))
	}
	return s, nil
}

// healthSpace is the part of a store that cooldowns and breakers are in. No plugin has such a name.
const healthSpace = ".upstreams"

// startHealth starts what tells, shares and asks how upstreams are, and what has them download models; stop ends it.
func (a *App) startHealth() (stop func() error, err error) {
	store, err := a.healthStore()
	if err != nil {
		return nil, err
	}
	ends := []func() error{func() error { a.watch.stop(); return nil }}
	if store != nil {
		server, err := store.open()
		if err != nil {
			return nil, err
		}
		unshare := upstreams.Share(server.Namespace(healthSpace))
		ends = append(ends, func() error { unshare(); return server.Close() })
	}
	a.watch.start()
	for _, name := range slices.Sorted(maps.Keys(a.providers)) {
		if p := a.Providers[name].Probe; p != nil {
			unprobe := p.start(a.providers[name])
			ends = append(ends, func() error { unprobe(); return nil })
		}
	}
	unpull := a.startPulls()
	ends = append(ends, func() error { unpull(); return nil })
	return func() error {
		var all []error
		for _, end := range slices.Backward(ends) {
			all = append(all, end())
		}
		return errors.Join(all...)
	}, nil
}
