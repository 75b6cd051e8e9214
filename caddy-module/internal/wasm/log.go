package wasm

import (
	"sync"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

// What one plugin may log.
const (
	logLines = 100 // a second, over all instances
	logBurst = 200
	logBytes = 64 << 10 // in one call
)

// throttle lets logBurst lines through at once and logLines a second after that.
type throttle struct {
	mu      sync.Mutex
	tokens  float64
	at      time.Time
	dropped int64 // since the last line that was let through
}

// take reports whether a line may be logged now and how many were dropped before it.
func (t *throttle) take(now time.Time) (ok bool, dropped int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at.IsZero() {
		t.tokens = logBurst
	} else {
		t.tokens = min(logBurst, t.tokens+now.Sub(t.at).Seconds()*logLines)
	}
	t.at = now
	if t.tokens < 1 {
		t.dropped++
		return false, 0
	}
	t.tokens--
	dropped, t.dropped = t.dropped, 0
	return true, dropped
}

var levels = map[int32]zapcore.Level{
	abi.LevelDebug: zapcore.DebugLevel, abi.LevelInfo: zapcore.InfoLevel,
	abi.LevelWarn: zapcore.WarnLevel, abi.LevelError: zapcore.ErrorLevel,
}

func logLine(c *call, s []uint64) {
	level, known := levels[int32(uint32(s[0]))]
	b, valid := c.text(s[1], s[2])
	st := abi.OK
	switch {
	case !c.within(inWork):
		st = abi.ErrDenied
	case !known || !valid:
		st = abi.ErrArgument
	case len(b) > abi.MaxMessage || c.log+len(b) > logBytes:
		st = abi.ErrLimit
	default:
		c.log += len(b)
		c.in.write(level, b)
	}
	s[0] = status(st)
}

// write logs one line of the guest's, if there is a logger for the level and the plugin has not logged
// too much.
func (in *instance) write(level zapcore.Level, line []byte) {
	if in.logger == nil || in.call.rehearses() || !in.logger.Core().Enabled(level) {
		return
	}
	ok, dropped := in.throttle.take(in.clock())
	if !ok {
		return
	}
	if e := in.logger.Check(level, clip(line)); e != nil {
		if dropped > 0 {
			e.Write(zap.Int64("dropped_lines", dropped))
			return
		}
		e.Write()
	}
}
