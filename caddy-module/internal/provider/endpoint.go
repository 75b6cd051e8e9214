package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
)

// EndpointConfig is what an endpoint block says. Only Name and BaseURL are always needed.
type EndpointConfig struct {
	// Name by which metrics, events and the admin endpoint call it.
	Name string
	// BaseURL as the provider's.
	BaseURL string
	// Keys and Tuned as the provider's. None of both means the provider's.
	Keys  []string
	Tuned []Key
	// Weight multiplies the weights of its keys; 0 means 1.
	Weight int
	// Priority of its keys before their own: lower numbers first; 0 means 1.
	Priority int
	// Model is what every model is called there; "" leaves the provider's name.
	Model string
	// Cost relative to the other endpoints', for least_cost; 0 means 1.
	Cost float64
}

// DefaultEndpoint is the name of the only endpoint of a provider that declares none.
const DefaultEndpoint = "default"

// Endpoint is one place where a provider is.
type Endpoint struct {
	Name string

	base   *url.URL
	spoken []spoken // one for each dialect of the provider
	model  string
	server string // by which pools know it
}

// spoken is where one dialect is spoken.
type spoken struct {
	whole  *url.URL // for all whole answers, nil when the model stands in the path
	stream *url.URL // for all streamed ones
}

func (p *Provider) newEndpoint(c *EndpointConfig) (*Endpoint, error) {
	base, err := chooseBase(c.BaseURL, p.preset)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256([]byte(base.String()))
	e := &Endpoint{Name: c.Name, base: base, model: c.Model, server: p.Name + "/" + c.Name + "@" + hex.EncodeToString(digest[:4])}
	for _, d := range p.Dialects {
		var at spoken
		if up := d.Descriptor().Upstream; !strings.Contains(up.Whole+up.Stream, "{model}") {
			at.whole, at.stream = d.URL(base, "", false), d.URL(base, "", true)
		}
		e.spoken = append(e.spoken, at)
	}
	return e, nil
}

// BaseURL is where the endpoint is.
func (e *Endpoint) BaseURL() string { return e.base.String() }

// Server is the host of the endpoint, and its port.
func (e *Endpoint) Server() (host, port string) {
	if port = e.base.Port(); port == "" {
		port = map[string]string{"http": "80", "https": "443"}[e.base.Scheme]
	}
	return e.base.Hostname(), port
}

// Model is the endpoint's name for a model that the provider knows by that name.
func (e *Endpoint) Model(name string) string {
	if e.model != "" {
		return e.model
	}
	return name
}

func chooseBase(given string, preset *Preset) (*url.URL, error) {
	text := given
	if text == "" {
		text = preset.BaseURL
	}
	if text == "" {
		return nil, fmt.Errorf("no base_url, expected one such as %s", preset.Example())
	}
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Host == "", u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("base_url is not a URL, expected http:// or https:// and a host")
	case u.User != nil:
		return nil, errors.New("base_url holds a user or password, expected the credential in api_key")
	case u.Fragment != "":
		return nil, errors.New("base_url has a fragment, expected none")
	}
	for name := range u.Query() {
		if dialect.IsCredentialQuery(name) {
			return nil, fmt.Errorf("base_url holds the credential %s, expected it in api_key", name)
		}
	}
	if strings.TrimSuffix(u.Path, "/") == "" && given != "" {
		u.Path = preset.path()
	}
	return u, nil
}

// rawURL is a path below the base URL, with the client's query but for credentials.
func (e *Endpoint) rawURL(path, query string) *url.URL {
	u := dialect.RawURL(e.base, path)
	q, _ := url.ParseQuery(query)
	for name := range q {
		if dialect.IsCredentialQuery(name) {
			delete(q, name)
		}
	}
	switch own := q.Encode(); {
	case own == "":
	case u.RawQuery == "":
		u.RawQuery = own
	default:
		u.RawQuery += "&" + own
	}
	return u
}
