package wasm

import (
	"io"
	"time"

	"go.uber.org/zap"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
)

// Spec says how one configured plugin runs. Pools with equal specs can be shared.
type Spec struct {
	// Plugin is its name in the module's manifest; empty if the module has only one.
	Plugin string
	// Name is the plugin's name in the Caddyfile, for errors, logs and metrics. Default Plugin.
	Name string
	// Config is JSON text that Description.CheckConfig returned. Default {}.
	Config []byte
	// Limits as configured; zero fields take the manifest's, then plugin.DefaultLimits.
	Limits plugin.Limits
	// Key is the secret of the mac function. It never enters the guest.
	Key [32]byte
	// Services are what is granted.
	Services Services
	// Logger takes what the guest logs. Default: nothing is logged.
	Logger *zap.Logger
	// Metrics counts what the pool does. Default: a Metrics of its own.
	Metrics *Metrics
	// Random is what guests get their random bytes from, by several instances at once. Default
	// crypto/rand.
	Random io.Reader
	// Now is the clock of the breaker and of idle instances. Default time.Now.
	Now func() time.Time
}
