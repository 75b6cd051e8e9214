package caddyllm

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pull"
)

// checkPull says what is wrong with the models that a provider's servers are to have.
func (p *Provider) checkPull(made *provider.Provider) error {
	if len(p.Pull) == 0 {
		return nil
	}
	if !slices.ContainsFunc(made.Dialects, func(d *dialect.Dialect) bool { return d.Name == "ollama.chat" }) {
		return fmt.Errorf("pull: only Ollama's servers are told to download models, and this provider speaks %s, expected ollama.chat", made.Dialects[0].Name)
	}
	for i, model := range p.Pull {
		switch {
		case model == "":
			return errors.New("pull: a model has no name, expected one such as llama3:8b")
		case slices.Contains(p.Pull[:i], model):
			return fmt.Errorf("pull: model %q is given twice, expected once", model)
		}
	}
	return nil
}

// startPulls has servers download the models that they lack; stop breaks that off.
func (a *App) startPulls() (stop func()) {
	var jobs []pull.Job
	for _, name := range slices.Sorted(maps.Keys(a.providers)) {
		made := a.providers[name]
		for _, e := range made.Endpoints {
			if len(a.Providers[name].Pull) == 0 || made.LacksKey() {
				continue
			}
			jobs = append(jobs, pull.Job{
				Call: func(ctx context.Context, method, path string, body []byte) (*http.Response, error) {
					// Transports look for a replacer.
					return made.Call(context.WithValue(ctx, caddy.ReplacerCtxKey, caddy.NewReplacer()), e, method, path, body)
				},
				Models: a.Providers[name].Pull,
				Log:    a.log.Named("pull").With(zap.String("provider", name), zap.String("endpoint", e.Name)),
			})
		}
	}
	return pull.Start(jobs...)
}
