package provider

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/tracing"
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
var forwarded = []string{"Idempotency-Key", "X-Client-Request-Id"}

// forwardedTo are the headers that only providers of a family of dialects understand.
var forwardedTo = map[string][]string{
	"openai":    {"Openai-Beta"},
	"anthropic": {"Anthropic-Version", "Anthropic-Beta"},
	"gemini":    {"X-Goog-Api-Client"},
}

// defaultHeaders are what providers of a family want from clients that did not say it: those of other
// dialects.
var defaultHeaders = map[string]struct {
	name   string
	values []string
}{
	"anthropic": {"Anthropic-Version", []string{"2023-06-01"}}, // https://docs.anthropic.com/en/api/versioning
}

// family is the part of a dialect's name that its provider's dialects share.
func family(d *dialect.Dialect) string {
	name, _, _ := strings.Cut(d.Name, ".")
	return name
}

// Ask is what a request to a provider asks.
type Ask struct {
	Dialect *dialect.Dialect // one that the provider speaks
	Model   string           // as the provider knows it
	Variant string           // form of the request, where the dialect has several and no codec stands between
	Stream  bool
	Body    io.Reader // in Dialect
	Length  int64     // bytes of Body, -1 if unknown

	// Client are the client's headers, of which only a few are passed on; Extra are headers that plugins
	// set, which replace those but no credential and nothing of the connection.
	Client, Extra http.Header

	// Raw is the client's request line where it goes to the provider as it is; Path is below the API's root.
	Raw struct{ Method, Path, Query string }
}

// NewRequest makes the request that asks it on a lane. The lane's credential goes in last. The error is ErrNoKey or ErrNoModel.
func (p *Provider) NewRequest(ctx context.Context, l *Lane, ask *Ask) (*http.Request, error) {
	if p.LacksKey() {
		return nil, ErrNoKey
	}
	u, err := p.url(l.Endpoint, ask)
	if err != nil {
		return nil, err
	}
	h := make(http.Header, 8)
	h["User-Agent"] = userAgent
	h["Content-Type"] = jsonType
	h["Accept"] = jsonType
	if ask.Stream {
		h["Accept"] = eventStream
	}
	if t := ask.Client["Content-Type"]; len(t) == 1 && (strings.HasPrefix(t[0], "application/json") || ask.Raw.Path != "") {
		h["Content-Type"] = t // with its charset, or its boundary
	}
	if t := ask.Client["Accept"]; len(t) > 0 && ask.Raw.Path != "" {
		h["Accept"] = t
	}
	forward(h, ask.Client, forwarded)
	if p.TraceContext {
		forward(h, ask.Client, tracing.Headers)
	}
	forward(h, ask.Client, forwardedTo[family(ask.Dialect)])
	if v, ok := defaultHeaders[family(ask.Dialect)]; ok && h[v.name] == nil {
		h[v.name] = v.values
	}
	for name, values := range p.headers {
		h[name] = values
	}
	for name, values := range ask.Extra {
		name = textproto.CanonicalMIMEHeaderKey(name)
		if settable(name) && !p.isKeyHeader(name) {
			h[name] = values
		}
	}
	if l.secret != "" {
		p.setKey(h, ask.Dialect, l.secret)
	}
	method := http.MethodPost
	if ask.Raw.Method != "" {
		method = ask.Raw.Method
	}
	req := &http.Request{
		Method: method, URL: u, Host: u.Host, Header: h, ContentLength: ask.Length,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	switch b := ask.Body.(type) {
	case nil:
		req.Body, req.ContentLength = http.NoBody, 0
	case io.ReadCloser:
		req.Body = b
	default:
		req.Body = io.NopCloser(b)
	}
	return req.WithContext(ctx), nil
}

// url is where it is asked.
func (p *Provider) url(e *Endpoint, ask *Ask) (*url.URL, error) {
	if ask.Raw.Path != "" {
		return e.rawURL(ask.Raw.Path, ask.Raw.Query), nil
	}
	model := e.Model(ask.Model)
	if ask.Variant != "" {
		return ask.Dialect.VariantURL(e.base, model, ask.Variant, ask.Stream), nil
	}
	i := slices.Index(p.Dialects, ask.Dialect)
	if i < 0 || e.spoken[i].whole == nil {
		if model == "" {
			return nil, ErrNoModel
		}
		return ask.Dialect.URL(e.base, model, ask.Stream), nil
	}
	u := *e.spoken[i].whole // transports may complete a request's URL
	if ask.Stream {
		u = *e.spoken[i].stream
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

// settable tells whether a plugin or a configuration may set a header: none that carries a credential, belongs to the
// connection, or tells what the gateway itself knows best.
func settable(name string) bool {
	switch name {
	case "Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Proxy-Authenticate", // RFC 9110 section 7.6.1
		"Host", "Content-Length", "Content-Encoding", "Accept-Encoding", "Content-Type", "Expect":
		return false
	}
	return !dialect.IsCredentialHeader(name)
}

// isKeyHeader tells whether the key goes into a header: the provider's own, or one of its dialects'.
func (p *Provider) isKeyHeader(name string) bool {
	return p.keyHeader != "" && name == p.keyHeader || slices.ContainsFunc(p.Dialects, func(d *dialect.Dialect) bool { return d.KeyHeader() == name })
}

func (p *Provider) setKey(h http.Header, d *dialect.Dialect, secret string) {
	switch p.keyHeader {
	case "":
		d.SetKey(h, secret)
	case "Authorization":
		h["Authorization"] = []string{"Bearer " + secret}
	default:
		h[p.keyHeader] = []string{secret}
	}
}
