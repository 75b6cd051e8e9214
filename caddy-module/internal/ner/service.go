package ner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"

	"github.com/longmen-gateway/longmen/caddy-module/internal/egress"
)

// service is the HTTP end of an adapter.
type service struct {
	client   *egress.Client
	url      *url.URL
	header   http.Header
	entities []string
	minScore float64
	slots    chan struct{} // a request holds one while it runs
}

// newService makes the client of one host. Private addresses are no reason to refuse: the administrator
// names the URL, and a recogniser that is nearby is the best one.
func newService(u *url.URL, o Options) (*service, error) {
	client, err := egress.New(egress.Options{
		Allow: []string{u.Scheme + "://" + u.Host}, Private: true, Connections: parallel,
		Timeout: o.Timeout, MaxRequest: maxRequest, MaxResponse: maxResponse,
	})
	if err != nil {
		return nil, fmt.Errorf("reading URL of the recogniser: %w", err)
	}
	s := &service{client: client, url: u, entities: o.Entities, minScore: o.MinScore, slots: make(chan struct{}, parallel)}
	s.header = make(http.Header)
	maps.Copy(s.header, o.Header)
	s.header.Set("Content-Type", "application/json")
	s.header.Set("Accept", "application/json")
	return s, nil
}

// post sends a question as JSON and reads the answer into out.
func (s *service) post(ctx context.Context, to string, question, out any) error {
	body, err := json.Marshal(question)
	if err != nil {
		return err
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	request := egress.Request{Method: http.MethodPost, URL: to, Header: s.header, Body: body}
	response, err := s.client.Do(ctx, request)
	if broke(err) && ctx.Err() == nil {
		// Services that close idle connections early do so just when the next question comes.
		response, err = s.client.Do(ctx, request)
	}
	switch {
	case err != nil:
		return err
	case response.Status != http.StatusOK:
		return fmt.Errorf("%w: status %d from %s", ErrAnswer, response.Status, s.url.Host)
	case json.Unmarshal(response.Body, out) != nil: // its error quotes the answer
		return fmt.Errorf("%w: JSON of another shape from %s", ErrAnswer, s.url.Host)
	}
	return nil
}

// broke tells whether a connection ended under a request.
func broke(err error) bool {
	var op *net.OpError
	return errors.Is(err, egress.ErrHTTP) || errors.As(err, &op) && op.Op != "dial"
}
