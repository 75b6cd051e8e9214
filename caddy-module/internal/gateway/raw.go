package gateway

import (
	"bytes"
	"context"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/sdk/document"
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

// line shows plugins what the request line of a raw call says, before they see its document: path and query go
// to the provider as they are, so what a plugin would edit there is refused.
func (x *exchange) line(ctx context.Context, from int) error {
	if x.named.Service != dialect.Raw || from == x.chain.Len() {
		return nil
	}
	a := document.Borrow()
	defer document.Return(a)
	said := a.NewArray()
	add := func(s string) error { return a.Append(said, a.NewString([]byte(s))) }
	err := add(x.named.Path)
	query, _ := url.ParseQuery(x.request.URL.RawQuery)
	for name, values := range query {
		if dialect.IsCredentialQuery(name) {
			continue
		}
		for _, v := range values {
			err = errors.Join(err, add(name+"="+v))
		}
	}
	root := a.NewObject()
	if err = errors.Join(err, a.Set(root, "url", said)); err != nil {
		return err
	}
	before := a.AppendJSON(nil, root)
	if err := x.chain.RequestText(ctx, from, a, root); err != nil {
		return err
	}
	if !bytes.Equal(before, a.AppendJSON(nil, root)) {
		return fault(http.StatusBadRequest, "unreadable_url", "a plugin of this gateway would change the path or the query of this call, which have to reach the provider as they are")
	}
	return nil
}

// keepsNothing are the beginnings of paths of raw calls that may be made twice: they only compute.
var keepsNothing = []string{"/images/", "/audio/", "/moderations", "/rerank"}

// mayHaveWorked tells of a failed raw call whether it may have done something all the same, such as keep a file: then
// it is not made again.
func (x *exchange) mayHaveWorked(err error) bool {
	if x.named.Service != dialect.Raw || x.request.Method == http.MethodGet || x.request.Method == http.MethodHead ||
		slices.ContainsFunc(keepsNothing, func(begin string) bool { return strings.HasPrefix(x.named.Path, begin) }) {
		return false
	}
	var failed *attempt.Failure
	if !errors.As(err, &failed) {
		return true
	}
	switch failed.Class {
	case failure.Connect, failure.Timeout, failure.ServerError:
		return !failed.Unsent
	}
	return false
}
