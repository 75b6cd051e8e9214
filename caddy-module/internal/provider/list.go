package provider

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
)

const (
	maxPages = 20      // of a list of models
	maxPage  = 8 << 20 // bytes of one
)

// ErrNoList is the error of a provider that cannot be asked for its models.
var ErrNoList = errors.New("the provider lists no models")

// ModelNames are the clients' names of the model map, sorted, "*" among them if it is there.
func (p *Provider) ModelNames() []string { return slices.Sorted(maps.Keys(p.models)) }

// List asks the provider for its models.
func (p *Provider) List(ctx context.Context) ([]dialect.Model, error) {
	i := slices.IndexFunc(p.Dialects, (*dialect.Dialect).ListsModels)
	if i < 0 {
		return nil, ErrNoList
	}
	d := p.Dialects[i]
	var all []dialect.Model
	next := ""
	for range maxPages {
		ask := Ask{Dialect: d}
		ask.Raw.Method = http.MethodGet
		ask.Raw.Path, ask.Raw.Query = d.ModelsPath(next)
		req, err := p.NewRequest(ctx, &ask)
		if err != nil {
			return nil, err
		}
		resp, err := p.Transport.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(io.LimitReader(resp.Body, maxPage))
		resp.Body.Close()
		if err != nil {
			return nil, err
		}
		if resp.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("listing models: status %d", resp.StatusCode)
		}
		models, more, ok := d.ReadModels(body)
		if !ok {
			return nil, errors.New("listing models: the answer is no list of models")
		}
		all = append(all, models...)
		if next = more; next == "" {
			break
		}
	}
	return all, nil
}
