package route

import (
	"net/http"

	"github.com/longmen-gateway/longmen/caddy-module/internal/auth"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Request is the Values of a request of which the gateway knows these things. What was not read
// (Root 0) is zero.
type Request struct {
	HTTP    *http.Request
	Address string // of the client, without port
	Client  *dialect.Dialect
	Arena   *document.Arena
	Root    document.Node
	Asked   dialect.Request // Model and Stream also when only the path tells them
	Caller  auth.Principal
	// Attributes reads what plugins set; nil is none.
	Attributes func(name string) (any, bool)
	// Figures tells what is known of a provider; nil is that all are well.
	Figures func(provider string) Figures
}

var _ Values = (*Request)(nil)

// Model implements Values.
func (r *Request) Model() string { return r.Asked.Model }

// Stream implements Values.
func (r *Request) Stream() bool { return r.Asked.Stream }

// MaxTokens implements Values.
func (r *Request) MaxTokens() int { return r.Asked.MaxTokens }

// Messages implements Values.
func (r *Request) Messages() int { return r.Asked.Messages }

// Tools implements Values.
func (r *Request) Tools() int { return r.Asked.Tools }

// Images implements Values.
func (r *Request) Images() int {
	if r.Root == 0 {
		return 0
	}
	return r.Client.Images(r.Arena, r.Root)
}

// User implements Values.
func (r *Request) User() string { return r.Asked.User }

// Dialect implements Values.
func (r *Request) Dialect() string { return r.Client.Name }

// ClientIP implements Values.
func (r *Request) ClientIP() string { return r.Address }

// Header implements Values.
func (r *Request) Header(name string) string {
	if dialect.IsCredentialHeader(name) {
		return ""
	}
	return r.HTTP.Header.Get(name)
}

// Key implements Values.
func (r *Request) Key(label string) string { return r.Caller.Label(label) }

// Texts implements Values.
func (r *Request) Texts(yield func(text []byte) bool) {
	if r.Root != 0 {
		r.Client.Texts(r.Arena, r.Root, yield)
	}
}

// Provider implements Values.
func (r *Request) Provider(name string) Figures {
	if r.Figures == nil {
		return Well
	}
	return r.Figures(name)
}

// Attribute implements Values.
func (r *Request) Attribute(name string) any {
	if r.Attributes == nil {
		return nil
	}
	v, _ := r.Attributes(name)
	return v
}
