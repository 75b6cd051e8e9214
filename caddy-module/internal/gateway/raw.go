package gateway

import (
	"mime"
	"net/http"
	"strings"
)

// A raw call (files, images, audio …) passes through to a provider that has the path. Its body may be
// JSON, a form, or nothing.

// isJSON tells whether the request's body calls itself JSON.
func (x *exchange) isJSON() bool {
	t, _, err := mime.ParseMediaType(x.request.Header.Get("Content-Type"))
	return err == nil && (t == "application/json" || strings.HasSuffix(t, "+json"))
}

// readable makes the body of a raw call one that plugins and rules can look at, or refuses the call: what
// they cannot see must not pass them by.
func (x *exchange) readable() error {
	if len(x.body) == 0 {
		x.blank, x.body = true, []byte("{}")
		return nil
	}
	if x.isJSON() || x.chain.HasBody() {
		return nil
	}
	return fault(http.StatusUnsupportedMediaType, "unreadable_body",
		"plugins or rules of this gateway read request bodies, and this one is no JSON document: expected application/json, "+
			`or a route for dialect == "openai.other" before those rules`)
}
