package provider

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
)

// ErrNoKey is the error of a request to a provider that needs a key and has none.
var ErrNoKey = errors.New("the provider has no API key")

// ErrNoModel is the error of a request without a model to a provider that wants it in the path.
var ErrNoModel = errors.New("the request names no model")

// userAgent is how the gateway presents itself.
var userAgent = []string{"longmen"}

var (
	jsonType    = []string{"application/json"}
	eventStream = []string{"text/event-stream"}
)

// forwarded are the client's headers that a provider gets. Everything else of the client's stays here:
// cookies, addresses, credentials, and accounts (OpenAI-Organization), which belong to credentials.
var forwarded = []string{"Traceparent", "Tracestate", "Idempotency-Key", "X-Client-Request-Id"}

// forwardedTo are the headers that only providers of a dialect understand.
var forwardedTo = map[string][]string{
	openAI:    {"Openai-Beta"},
	anthropic: {"Anthropic-Version", "Anthropic-Beta"},
	gemini:    {"X-Goog-Api-Client"},
}

// NewRequest makes the request that asks the provider's model. body is in the provider's dialect,
// length its bytes or -1 if unknown. client are the client's headers, of which only a few are passed on;
// extra are headers that plugins set, which replace those but no credential and nothing of the
// connection. The provider's credential goes in last. The error is ErrNoKey or ErrNoModel.
func (p *Provider) NewRequest(ctx context.Context, model string, stream bool, body io.Reader, length int64, client, extra http.Header) (*http.Request, error) {
	if p.LacksKey() {
		return nil, ErrNoKey
	}
	u, err := p.url(model, stream)
	if err != nil {
		return nil, err
	}
	h := make(http.Header, 8)
	h["User-Agent"] = userAgent
	h["Content-Type"] = jsonType
	h["Accept"] = jsonType
	if stream {
		h["Accept"] = eventStream
	}
	if t := client["Content-Type"]; len(t) == 1 && strings.HasPrefix(t[0], "application/json") {
		h["Content-Type"] = t // with its charset
	}
	forward(h, client, forwarded)
	forward(h, client, forwardedTo[p.Dialect.Name])
	for name, values := range extra {
		name = textproto.CanonicalMIMEHeaderKey(name)
		if settable(name) && !p.isKeyHeader(name) {
			h[name] = values
		}
	}
	if secret := p.keys.take(); secret != "" {
		p.setKey(h, secret)
	}
	req := &http.Request{
		Method: http.MethodPost, URL: u, Host: u.Host, Header: h, ContentLength: length,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	switch b := body.(type) {
	case nil:
		req.Body, req.ContentLength = http.NoBody, 0
	case io.ReadCloser:
		req.Body = b
	default:
		req.Body = io.NopCloser(body)
	}
	return req.WithContext(ctx), nil
}

// url is where a model is asked.
func (p *Provider) url(model string, stream bool) (*url.URL, error) {
	if p.whole == nil {
		if model == "" {
			return nil, ErrNoModel
		}
		return p.Dialect.URL(p.base, model, stream), nil
	}
	u := *p.whole // transports may complete a request's URL
	if stream {
		u = *p.stream
	}
	return &u, nil
}

func forward(h, client http.Header, names []string) {
	for _, name := range names {
		if v := client[name]; v != nil {
			h[name] = v
		}
	}
}

// settable tells whether a plugin may set a header: none that carries a credential, belongs to the
// connection, or tells what the gateway itself knows best.
func settable(name string) bool {
	switch name {
	case "Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Proxy-Authenticate", // RFC 9110 section 7.6.1
		"Host", "Content-Length", "Content-Encoding", "Accept-Encoding", "Content-Type", "Expect":
		return false
	}
	return !dialect.IsCredentialHeader(name)
}

func (p *Provider) isKeyHeader(name string) bool { return p.keyHeader != "" && name == p.keyHeader }

func (p *Provider) setKey(h http.Header, secret string) {
	if p.keyHeader != "" {
		h[p.keyHeader] = []string{secret}
		return
	}
	p.Dialect.SetKey(h, secret)
}

// keyOf is the key that NewRequest put into h.
func (p *Provider) keyOf(h http.Header) string {
	if p.keyHeader != "" {
		return h.Get(p.keyHeader)
	}
	k := p.Dialect.Descriptor().Keys[0]
	v := h.Get(k.Header)
	if k.Scheme != "" {
		v = strings.TrimPrefix(v, k.Scheme+" ")
	}
	return v
}
