package record

import (
	"bytes"
	"encoding/json"
	"sync/atomic"

	"go.uber.org/zap"
)

// Log is a sink that writes each record as one entry of a logger, at info level, with the record as
// JSON under "record".
type Log struct {
	logger *zap.Logger
	closed atomic.Bool
}

var _ Sink = (*Log)(nil)

// NewLog writes to logger. sink is the sink's name, the entry's field of that name.
func NewLog(logger *zap.Logger, sink string) *Log {
	return &Log{logger: logger.With(zap.String("sink", sink))}
}

// Write implements Sink. Nothing is written, and no error given, when the logger is above info level.
func (l *Log) Write(line []byte) error {
	if err := check(line); err != nil {
		return err
	}
	if l.closed.Load() {
		return ErrClosed
	}
	if entry := l.logger.Check(zap.InfoLevel, "record"); entry != nil {
		// Encoders may hold on to fields.
		entry.Write(zap.Reflect("record", json.RawMessage(bytes.Clone(line))))
	}
	return nil
}

// Check implements Sink.
func (l *Log) Check() error {
	if l.closed.Load() {
		return ErrClosed
	}
	return nil
}

// Close implements Sink. The logger is its owner's to sync.
func (l *Log) Close() error {
	l.closed.Store(true)
	return nil
}
