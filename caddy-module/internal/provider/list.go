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
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
)

const (
	maxPages = 20      // of a list of models
	maxPage  = 8 << 20 // bytes of one
)

// ErrNoList is the error of a provider that cannot be asked for its models.
var ErrNoList = errors.New("the provider lists no models")

// ModelNames are the clients' names of the model map, sorted, "*" among them if it is there.
func (p *Provider) ModelNames() []string { return slices.Sorted(maps.Keys(p.models)) }

// ErrBusy is the error of a provider none of whose lanes is ready.
var ErrBusy = errors.New("all keys and endpoints of the provider wait")

// List asks the provider for its models.
func (p *Provider) List(ctx context.Context) ([]dialect.Model, error) {
	i := slices.IndexFunc(p.Dialects, (*dialect.Dialect).ListsModels)
	if i < 0 {
		return nil, ErrNoList
	}
	lane, ok := p.Take(&pool.Choice{Now: p.now().UnixNano()})
	if !ok {
		return nil, ErrBusy
	}
	var all []dialect.Model
	outcome, err := pool.Outcome{}, error(nil)
	for page, pages := "", 0; pages < maxPages && err == nil; pages++ {
		var models []dialect.Model
		if models, page, outcome, err = p.listPage(ctx, &lane, p.Dialects[i], page); err == nil {
			all = append(all, models...)
		}
		if page == "" {
			break
		}
	}
	outcome.Now = p.now().UnixNano()
	lane.End(outcome)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// listPage asks for a page of the models; next is the one behind it, "" for none.
func (p *Provider) listPage(ctx context.Context, l *Lane, d *dialect.Dialect, page string) (models []dialect.Model, next string, o pool.Outcome, err error) {
	ask := Ask{Dialect: d}
	ask.Raw.Method = http.MethodGet
	ask.Raw.Path, ask.Raw.Query = d.ModelsPath(page)
	req, err := p.NewRequest(ctx, l, &ask)
	if err != nil {
		return nil, "", pool.Outcome{Class: failure.Canceled}, err
	}
	resp, err := p.Transport.RoundTrip(req)
	if err != nil {
		return nil, "", Unanswered(err, p.now()), err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPage))
	if err != nil {
		return nil, "", Unanswered(err, p.now()), err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, "", l.Refused(d.ParseError(resp.StatusCode, resp.Header, body), resp.Header, p.now()), fmt.Errorf("listing models: status %d", resp.StatusCode)
	}
	models, next, ok := d.ReadModels(body)
	if !ok {
		return nil, "", o, errors.New("listing models: the answer is no list of models")
	}
	return models, next, o, nil
}
