package caddyllm

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"
)

// secretKey is where Caddy's storage keeps the secret that the plugins' own secrets are derived from. Gateways
// that share a storage share it, so that what a plugin derives (a placeholder) is the same on all.
const secretKey = appName + "/secret"

// secretLen is its length in bytes.
const secretLen = 32

// masterSecret loads the secret, or makes it. A storage that cannot be used costs only the stability of the
// secret over restarts.
func masterSecret(ctx caddy.Context, log *zap.Logger) []byte {
	secret, err := loadSecret(ctx, ctx.Storage())
	if err != nil {
		log.Warn("plugins get a secret that ends with this process, because Caddy's storage cannot keep it", zap.Error(err))
		secret = make([]byte, secretLen)
		rand.Read(secret)
	}
	return secret
}

// storage is what of certmagic.Storage is needed.
type storage interface {
	Lock(ctx context.Context, name string) error
	Unlock(ctx context.Context, name string) error
	Load(ctx context.Context, key string) ([]byte, error)
	Store(ctx context.Context, key string, value []byte) error
}

func loadSecret(ctx context.Context, s storage) (secret []byte, err error) {
	secret, err = s.Load(ctx, secretKey)
	if err == nil && len(secret) == secretLen {
		return secret, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := s.Lock(ctx, secretKey); err != nil {
		return nil, err
	}
	defer func() {
		if e := s.Unlock(context.WithoutCancel(ctx), secretKey); err == nil {
			err = e
		}
	}()
	// Another process may have been faster.
	if secret, err = s.Load(ctx, secretKey); err == nil && len(secret) == secretLen {
		return secret, nil
	}
	secret = make([]byte, secretLen)
	rand.Read(secret)
	return secret, s.Store(ctx, secretKey, secret)
}
