package caddyllm

import (
	"sync/atomic"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// running is the logger of the configuration that runs now. Plugins outlive configurations, so they log
// through it.
var running atomic.Pointer[zap.Logger]

// logger is a logger below llm_gateway that follows the running configuration.
func logger(name string) *zap.Logger { return zap.New(follower{}).Named(name) }

// follower is a zap core that hands every entry to the running configuration's.
type follower struct{ fields []zapcore.Field }

func (f follower) core() (zapcore.Core, string) {
	log := running.Load()
	if log == nil {
		log = caddy.Log().Named(appName)
	}
	return log.Core(), log.Name()
}

// Enabled implements zapcore.Core.
func (f follower) Enabled(level zapcore.Level) bool {
	core, _ := f.core()
	return core.Enabled(level)
}

// With implements zapcore.Core.
func (f follower) With(fields []zapcore.Field) zapcore.Core {
	return follower{append(f.fields[:len(f.fields):len(f.fields)], fields...)}
}

// Check implements zapcore.Core.
func (f follower) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if !f.Enabled(entry.Level) {
		return checked
	}
	return checked.AddCore(entry, f)
}

// Write implements zapcore.Core. The running core checks the entry again: each of its outputs has a level
// and names of its own.
func (f follower) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	core, name := f.core()
	entry.LoggerName = name + "." + entry.LoggerName
	if checked := core.Check(entry, nil); checked != nil {
		checked.Write(append(f.fields[:len(f.fields):len(f.fields)], fields...)...)
	}
	return nil
}

// Sync implements zapcore.Core.
func (f follower) Sync() error {
	core, _ := f.core()
	return core.Sync()
}
