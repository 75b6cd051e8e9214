package provider

import (
	"fmt"
	"maps"
	"net/http"
	"net/textproto"
	"slices"

	"golang.org/x/net/http/httpguts"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
)

// maxHeaders bounds the headers that a provider's requests carry besides.
const maxHeaders = 32

// Settable tells whether a provider may be given a header of that name.
func Settable(name string) bool {
	return httpguts.ValidHeaderFieldName(name) && settable(textproto.CanonicalMIMEHeaderKey(name))
}

// setHeaders judges and keeps the headers that every request carries.
func (p *Provider) setHeaders(given map[string]string) error {
	if len(given) > maxHeaders {
		return fmt.Errorf("%d headers, expected up to %d", len(given), maxHeaders)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		canonical, value := textproto.CanonicalMIMEHeaderKey(name), given[name]
		switch {
		case !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value):
			return fmt.Errorf("header %q cannot be sent, expected a name such as X-Team and a value in one line", name)
		case p.isKeyHeader(canonical) || dialect.IsCredentialHeader(canonical):
			return fmt.Errorf("header %s carries the key, expected api_key for it", name)
		case !settable(canonical):
			return fmt.Errorf("header %s belongs to the connection or the body, expected another one", name)
		case p.headers[canonical] != nil:
			return fmt.Errorf("header %s is given twice, expected once", name)
		}
		if p.headers == nil {
			p.headers = make(http.Header, len(given))
		}
		p.headers[canonical] = []string{value}
	}
	return nil
}
