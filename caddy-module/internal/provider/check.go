package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
)

// Check says how an endpoint is asked whether it is well: Path on its host is read, or Model is asked for a word.
type Check struct{ Path, Model string }

// tiny are the smallest requests of the dialects that models answer in; %s is the model, quoted.
var tiny = map[string]string{
	openAI:               `{"model":%s,"messages":[{"role":"user","content":"ping"}],"max_completion_tokens":16}`,
	responses:            `{"model":%s,"input":"ping","max_output_tokens":16}`,
	anthropic:            `{"model":%s,"messages":[{"role":"user","content":"ping"}],"max_tokens":1}`,
	gemini:               `{"contents":[{"role":"user","parts":[{"text":"ping"}]}],"generationConfig":{"maxOutputTokens":1}}`,
	ollama:               `{"model":%s,"messages":[{"role":"user","content":"ping"}],"stream":false,"options":{"num_predict":1}}`,
	"openai.completions": `{"model":%s,"prompt":"ping","max_tokens":1}`,
	"openai.embeddings":  `{"model":%s,"input":"ping"}`,
	"gemini.embed":       `{"content":{"parts":[{"text":"ping"}]}}`,
	"ollama.embed":       `{"model":%s,"input":"ping"}`,
}

// CanCheck tells what is wrong with a check of this provider.
func (p *Provider) CanCheck(c Check) error {
	switch {
	case (c.Path == "") == (c.Model == ""):
		return errors.New("expected either path or model")
	case c.Path != "" && (c.Path[0] != '/' || strings.HasPrefix(c.Path, "//")):
		return errors.New("path does not begin with one slash, expected one such as /health")
	case c.Path != "":
		if _, err := url.ParseRequestURI(c.Path); err != nil {
			return errors.New("path is none, expected one such as /health")
		}
	case tiny[p.Dialects[0].Name] == "":
		return fmt.Errorf("no model is asked in %s, expected path", p.Dialects[0].Name)
	}
	return nil
}

// Check asks an endpoint whether it is well, and tells its breaker and the cooldown of the key.
func (p *Provider) Check(ctx context.Context, e *Endpoint, c Check) {
	i := slices.IndexFunc(p.lanes, func(l Lane) bool { return l.Endpoint == e })
	if i < 0 {
		return // it has no key
	}
	l := p.lanes[i]
	l.lease = p.pool.Probe(i, p.now().UnixNano())
	o := p.check(ctx, &l, c)
	o.Now = p.now().UnixNano()
	l.End(o)
}

func (p *Provider) check(ctx context.Context, l *Lane, c Check) pool.Outcome {
	req, err := p.checkRequest(ctx, l, c)
	if err != nil {
		return pool.Outcome{Class: failure.Canceled}
	}
	resp, err := p.Transport.RoundTrip(req)
	if err != nil {
		return Unanswered(err, p.now())
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPage))
	switch {
	case err != nil:
		return Unanswered(err, p.now())
	case c.Path != "" && resp.StatusCode >= 300:
		return pool.Outcome{Class: failure.ServerError}
	case resp.StatusCode >= 400:
		return l.Refused(p.Dialects[0].ParseError(resp.StatusCode, resp.Header, body), resp.Header, p.now())
	}
	return pool.Outcome{}
}

func (p *Provider) checkRequest(ctx context.Context, l *Lane, c Check) (*http.Request, error) {
	d := p.Dialects[0]
	if c.Path == "" {
		body := p.tinyBody(d, l.Endpoint.Model(c.Model))
		return p.NewRequest(ctx, l, &Ask{Dialect: d, Model: c.Model, Body: bytes.NewReader(body), Length: int64(len(body))})
	}
	req, err := p.NewRequest(ctx, l, &Ask{Dialect: d, Model: "none"})
	if err != nil {
		return nil, err
	}
	at, err := url.ParseRequestURI(c.Path)
	if err != nil {
		return nil, err
	}
	u := *l.Endpoint.base
	u.Path, u.RawPath, u.RawQuery = at.Path, at.RawPath, at.RawQuery
	req.Method, req.URL = http.MethodGet, &u
	req.Header["Accept"] = []string{"*/*"}
	delete(req.Header, "Content-Type")
	return req, nil
}

func (p *Provider) tinyBody(d *dialect.Dialect, model string) []byte {
	form := tiny[d.Name]
	if p.HasQuirk("max_tokens") {
		form = strings.Replace(form, "max_completion_tokens", "max_tokens", 1)
	}
	if !strings.Contains(form, "%s") {
		return []byte(form)
	}
	name, _ := json.Marshal(model)
	return fmt.Appendf(nil, form, name)
}
