package caddyllm

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
)

// question is a request that is to be explained, as POST /llm_gateway/explain takes it. A request as it goes over the
// wire, from its request line on, may stand instead.
type question struct {
	Method   string            `json:"method,omitempty"` // default POST
	Path     string            `json:"path,omitempty"`   // with its query; default /v1/chat/completions
	Headers  map[string]string `json:"headers,omitempty"`
	Key      string            `json:"key,omitempty"`       // name or ID of one of the gateway's keys; default: as headers show
	ClientIP string            `json:"client_ip,omitempty"` // default 127.0.0.1
	Body     json.RawMessage   `json:"body,omitempty"`      // the document, or a text
	Handler  string            `json:"handler,omitempty"`   // place of the llm_gateway that is asked; default: the only one
}

// Defaults of a question.
const (
	defaultPath   = "/v1/chat/completions"
	defaultClient = "127.0.0.1"
)

// readQuestion reads either form.
func readQuestion(text []byte) (*question, error) {
	q := new(question)
	text = bytes.TrimLeft(text, " \t\r\n")
	if bytes.HasPrefix(text, []byte("{")) {
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(q); err != nil {
			return nil, fmt.Errorf("reading the question: %w, expected an object of method, path, headers, key, client_ip, body and handler", err)
		}
		return q, nil
	}
	head, body, _ := bytes.Cut(text, []byte("\n\n"))
	if at := bytes.Index(text, []byte("\r\n\r\n")); at >= 0 && at < len(head) {
		head, body = text[:at], text[at+4:]
	}
	r, err := http.ReadRequest(bufio.NewReader(io.MultiReader(bytes.NewReader(head), strings.NewReader("\r\n\r\n"))))
	if err != nil {
		return nil, errors.New("reading the question: it is neither a JSON object nor an HTTP request, expected one that begins with { or with a line such as POST /v1/chat/completions HTTP/1.1")
	}
	q.Method, q.Path, q.Headers = r.Method, r.URL.RequestURI(), map[string]string{"Host": r.Host}
	for name, values := range r.Header {
		q.Headers[name] = values[0]
	}
	if len(body) > 0 {
		if q.Body, err = json.Marshal(string(body)); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// request makes the request that is asked about.
func (q *question) request(ctx context.Context) (*http.Request, error) {
	body := []byte(q.Body)
	if len(body) > 0 && body[0] == '"' {
		var text string
		if err := json.Unmarshal(body, &text); err != nil {
			return nil, fmt.Errorf("body: %w", err)
		}
		body = []byte(text)
	}
	path := cmp.Or(q.Path, defaultPath)
	if !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("path %q does not begin with a slash, expected one such as %s", path, defaultPath)
	}
	r, err := http.NewRequestWithContext(ctx, cmp.Or(q.Method, http.MethodPost), "http://localhost"+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("path or method cannot be sent: %w", err)
	}
	for name, value := range q.Headers {
		r.Header.Set(name, value)
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
		r.Header.Del("Host")
	}
	if r.Header.Get("Content-Type") == "" && len(body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	address := cmp.Or(q.ClientIP, defaultClient)
	if net.ParseIP(address) == nil {
		return nil, fmt.Errorf("client_ip %q is no IP address", address)
	}
	r.RemoteAddr = net.JoinHostPort(address, "0")
	return r, nil
}

// errReloaded is the end of a configuration in the middle of a question.
var errReloaded = errors.New("the gateway has a new configuration, ask again")

// explain answers a question by one of the app's handlers.
func (a *App) explain(ctx context.Context, q *question) (*gateway.Explanation, error) {
	h, err := a.handler(q.Handler)
	if err != nil {
		return nil, err
	}
	r, err := q.request(ctx)
	if err != nil {
		return nil, err
	}
	if !h.engine.enter() {
		return nil, errReloaded
	}
	defer h.engine.leave()
	return h.gateway.Explain(r, gateway.Assume{Key: q.Key}), nil
}

// handler is the one that stands at a place of the Caddyfile, or that is provisioned first, second …; or the only one.
func (a *App) handler(source string) (*Handler, error) {
	var places []string
	for i, h := range a.handlers {
		place := cmp.Or(h.Source, strconv.Itoa(i+1))
		if source == place || source == "" && len(a.handlers) == 1 {
			return h, nil
		}
		places = append(places, place)
	}
	switch {
	case len(places) == 0:
		return nil, fmt.Errorf("no %s handler runs", appName)
	case source == "":
		return nil, fmt.Errorf("there are several %s handlers, expected handler with one of %s", appName, list(places))
	}
	return nil, fmt.Errorf("there is no %s handler at %q, expected one of %s", appName, source, list(places))
}
