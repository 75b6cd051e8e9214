package provider

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
)

// Call asks an endpoint something of its own at a path below its base URL, with its first key. Nothing of it counts for the endpoint's
// state or limits.
func (p *Provider) Call(ctx context.Context, e *Endpoint, method, path string, body []byte) (*http.Response, error) {
	i := slices.IndexFunc(p.lanes, func(l Lane) bool { return l.Endpoint == e })
	if i < 0 {
		return nil, errors.New("endpoint " + e.Name + " has no key")
	}
	ask := &Ask{Dialect: p.Dialects[0]}
	ask.Raw.Method, ask.Raw.Path = method, path
	if body != nil {
		ask.Body, ask.Length = bytes.NewReader(body), int64(len(body))
	}
	req, err := p.NewRequest(ctx, &p.lanes[i], ask)
	if err != nil {
		return nil, err
	}
	return p.Transport.RoundTrip(req)
}
