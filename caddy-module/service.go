package caddyllm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/egress"
	"github.com/longmen-gateway/longmen/caddy-module/internal/kv"
	"github.com/longmen-gateway/longmen/caddy-module/internal/ner"
	"github.com/longmen-gateway/longmen/caddy-module/internal/record"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
)

// services are what a plugin's grants give it, and what has to be let go of with its pool.
type services struct {
	wasm.Services
	closers []io.Closer
}

func (s *services) Close() error {
	var errs []error
	for _, c := range s.closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// openServices opens what is granted to the plugin of that name.
func openServices(name string, g *Grants, shared *Store) (*services, error) {
	s := new(services)
	if err := s.open(name, g, shared); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *services) open(name string, g *Grants, shared *Store) error {
	switch {
	case shared != nil:
		server, err := shared.open()
		if err != nil {
			return fmt.Errorf("grant kv: %w", err)
		}
		s.KV = keyValue{server.Namespace(name), &outage{log: logger("plugin." + name), what: "store failed"}}
		s.closers = append(s.closers, server)
	case g.KV:
		store := openStore(name, g.KVSize)
		s.KV, s.closers = keyValue{store: store.Namespace}, append(s.closers, store)
	}
	if g.HTTP != nil {
		client, err := egress.New(egress.Options{Allow: g.HTTP.Hosts, Private: g.HTTP.Private})
		if err != nil {
			return fmt.Errorf("grant http: %w", err)
		}
		s.HTTP, s.closers = fetcher{client}, append(s.closers, closing(client.Close))
	}
	if g.NER != nil {
		recogniser, err := g.NER.open()
		if err != nil {
			return fmt.Errorf("grant ner: %w", err)
		}
		failures := &outage{log: logger("plugin." + name), what: "recogniser of names failed"}
		s.NER, s.closers = &asker{recogniser, failures}, append(s.closers, closing(recogniser.Close))
	}
	if len(g.Record) > 0 {
		sinks, err := openSinks(g.Record)
		if err != nil {
			return fmt.Errorf("grant record: %w", err)
		}
		s.Record, s.closers = sinks, append(s.closers, sinks)
	}
	return nil
}

// closing makes a closer of a function.
type closing func()

// Close implements io.Closer.
func (c closing) Close() error {
	c()
	return nil
}

// refusal says in the sandbox's terms why a service refused.
func refusal(err error) error {
	for _, r := range []struct{ from, to error }{
		{kv.ErrKey, wasm.ErrArgument}, {kv.ErrNotInteger, wasm.ErrArgument}, {kv.ErrOverflow, wasm.ErrArgument}, {kv.ErrTooLarge, wasm.ErrLimit},
		{egress.ErrDenied, wasm.ErrDenied}, {egress.ErrRequest, wasm.ErrArgument}, {egress.ErrTooLarge, wasm.ErrLimit},
		{ner.ErrTooMuch, wasm.ErrLimit}, {ner.ErrBudget, wasm.ErrLimit}, {ner.ErrLanguage, wasm.ErrArgument},
		{record.ErrTooLarge, wasm.ErrLimit}, {record.ErrEmpty, wasm.ErrArgument},
	} {
		if errors.Is(err, r.from) {
			return fmt.Errorf("%w: %w", r.to, err)
		}
	}
	return err
}

// fetcher turns the JSON of the http host function into requests, and answers into JSON; ABI.md says how.
type fetcher struct{ client *egress.Client }

// fetched is a plugin's request.
type fetch struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Body    *string           `json:"body"`
	JSON    json.RawMessage   `json:"json"`
	Timeout int64             `json:"timeout_ms"`
}

type fetched struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	JSON    json.RawMessage   `json:"json,omitempty"`
}

// Do implements wasm.HTTP.
func (f fetcher) Do(ctx context.Context, request []byte) ([]byte, error) {
	var in fetch
	decoder := json.NewDecoder(bytes.NewReader(request))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil || in.Body != nil && in.JSON != nil || in.Timeout < 0 {
		return nil, fmt.Errorf("%w: request of the http function is not as ABI.md describes it", wasm.ErrArgument)
	}
	out := egress.Request{Method: in.Method, URL: in.URL, Header: make(http.Header, len(in.Headers))}
	if in.JSON != nil {
		out.Body = in.JSON
		out.Header.Set("Content-Type", "application/json")
	}
	if in.Body != nil {
		out.Body = []byte(*in.Body)
	}
	for name, value := range in.Headers {
		out.Header.Set(name, value)
	}
	if in.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(min(in.Timeout, int64(egress.DefaultTimeout/time.Millisecond)))*time.Millisecond)
		defer cancel()
	}
	resp, err := f.client.Do(ctx, out)
	if err != nil {
		return nil, refusal(err)
	}
	answer := fetched{Status: resp.Status, Headers: make(map[string]string, len(resp.Header)), Body: string(resp.Body)}
	for name, values := range resp.Header {
		answer.Headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	if isJSON(resp.Header.Get("Content-Type")) && json.Valid(resp.Body) {
		answer.JSON = resp.Body
	}
	return json.Marshal(answer)
}

// isJSON tells whether a content type is declared to be JSON.
func isJSON(contentType string) bool {
	t, _, err := mime.ParseMediaType(contentType)
	return err == nil && (t == "application/json" || strings.HasSuffix(t, "+json"))
}
