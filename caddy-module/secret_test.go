package caddyllm

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"testing"
)

// drawer is a storage with one place.
type drawer struct {
	value    []byte
	readErr  error
	writeErr error
	locked   int
	onLock   func()
}

func (d *drawer) Lock(context.Context, string) error {
	d.locked++
	if d.onLock != nil {
		d.onLock()
	}
	return nil
}

func (d *drawer) Unlock(context.Context, string) error { d.locked--; return nil }

func (d *drawer) Load(context.Context, string) ([]byte, error) {
	if d.readErr != nil {
		return nil, d.readErr
	}
	if d.value == nil {
		return nil, fs.ErrNotExist
	}
	return d.value, nil
}

func (d *drawer) Store(_ context.Context, _ string, value []byte) error {
	if d.writeErr != nil {
		return d.writeErr
	}
	d.value = value
	return nil
}

func TestLoadSecret(t *testing.T) {
	known := bytes.Repeat([]byte{7}, secretLen)
	broken := errors.New("broken")
	faster := &drawer{}
	faster.onLock = func() { faster.value = known }
	tests := []struct {
		name    string
		storage *drawer
		want    []byte // nil for any new one
		err     error
	}{
		{"known", &drawer{value: known}, known, nil},
		{"new", &drawer{}, nil, nil},
		{"too short", &drawer{value: []byte("short")}, nil, nil},
		{"made by another process", faster, known, nil},
		{"unreadable", &drawer{readErr: broken}, nil, broken},
		{"read-only", &drawer{writeErr: broken}, nil, broken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := loadSecret(t.Context(), tt.storage)
			if !errors.Is(err, tt.err) {
				t.Fatalf("got %v, want %v", err, tt.err)
			}
			if tt.storage.locked != 0 {
				t.Error("the lock was kept")
			}
			if err != nil {
				return
			}
			if len(got) != secretLen || tt.want != nil && !bytes.Equal(got, tt.want) || !bytes.Equal(got, tt.storage.value) {
				t.Errorf("got %x, stored %x", got, tt.storage.value)
			}
		})
	}
}

func TestSecret(t *testing.T) {
	one, two := &engine{master: []byte("a")}, &engine{master: []byte("b")}
	again := &engine{master: []byte("a")}
	if one.secret("pii") != again.secret("pii") || one.secret("pii") == one.secret("audit") || one.secret("pii") == two.secret("pii") {
		t.Error("a secret does not follow the plugin's name and the gateway's secret alone")
	}
}
