package dialect

import (
	"bytes"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/caddy-module/internal/hint"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

const maxErrorText = 8 << 10 // bytes of an upstream's message that are kept

// ParseError reads an upstream's error answer. It never returns nil: bodies that are empty, HTML or cut
// off give an error that the status and the headers tell.
func (d *Dialect) ParseError(status int, header http.Header, body []byte) *Error {
	for i := range d.desc.Errors.Kinds {
		if k := &d.desc.Errors.Kinds[i]; k.Wire == status && k.Wire != 0 {
			status = k.Status
		}
	}
	var a document.Arena
	e := d.readBody(&a, status, body)
	if e == nil {
		e = opaque(status)
	}
	// A limit that is used up has nothing to do with a request that is wrong. The clock is the upstream's own: an error is the same whenever it is read.
	if e.Status == http.StatusTooManyRequests || e.Status >= 500 || header.Get("Retry-After") != "" {
		if wait, ok := hint.Wait(header, time.Time{}); ok && wait > 0 {
			e.RetryAfter = wait
		}
	}
	return e
}

func (d *Dialect) readBody(a *document.Arena, status int, body []byte) *Error {
	body = bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\ufeff")))
	// Some servers frame the refusal of a stream as its first event.
	if rest, ok := bytes.CutPrefix(body, []byte("data:")); ok {
		body, _, _ = bytes.Cut(rest, []byte("\n"))
		body = bytes.TrimSpace(body)
	}
	root, err := a.Parse(body)
	if err != nil || a.Kind(root) != abi.KindObject && a.Kind(root) != abi.KindArray {
		return nil
	}
	if n := d.errorNode(a, root); n != 0 {
		return d.readError(a, n, status)
	}
	for _, p := range foreignErrors {
		if n := p.find(a, root); isError(a, n) {
			return d.readError(a, n, status)
		}
	}
	return d.readError(a, root, status)
}

// foreignErrors are where servers that only claim to speak a dialect put their error.
var foreignErrors = []path{{{"error"}}, {nil, {"error"}}, {{"errors"}, nil}, {{"detail"}, nil}, {nil}}

// EventError is the error that an event, or a whole answer with a status below 400, carries instead of
// an answer; nil when it carries none.
func (d *Dialect) EventError(a *document.Arena, root document.Node) *Error {
	if n := d.errorNode(a, root); n != 0 {
		return d.readError(a, n, 0)
	}
	return nil
}

func (d *Dialect) errorNode(a *document.Arena, root document.Node) document.Node {
	for _, p := range d.errorAt {
		if n := p.find(a, root); isError(a, n) {
			return n
		}
	}
	if d.errorSelf.member != "" && d.errorSelf.passes(a, root) {
		return root
	}
	return 0
}

// isError tells an error from the empty members that some servers put in every answer.
func isError(a *document.Arena, n document.Node) bool {
	switch a.Kind(n) {
	case abi.KindObject, abi.KindString:
		return a.Len(n) > 0
	}
	return false
}

// readError reads the error object or text n. status is HTTP's, 0 when it tells nothing.
func (d *Dialect) readError(a *document.Arena, n document.Node, status int) *Error {
	e := &Error{Message: clip(a, n)}
	if a.Kind(n) == abi.KindObject {
		for _, name := range [...]string{"message", "detail", "msg", "error", "error_description", "title"} {
			if e.Message = clip(a, a.Get(n, name)); e.Message != "" {
				break
			}
		}
		e.Param = clip(a, a.Get(n, "param"))
		if d.errorSelf.member == "" || !d.errorSelf.passes(a, n) {
			e.Type = word(a, a.Get(n, "type"))
		}
		code := a.Get(n, "code")
		e.Code = word(a, code)
		if v, ok := a.Int(code); ok && v >= 400 && v <= 599 {
			e.Status = int(v)
		}
		e.RetryAfter = delay(a, d.retry, n)
	}
	if status >= 400 && status <= 599 {
		e.Status = status
	}
	d.classify(e, a, n)
	if e.Status == 0 {
		e.Status = http.StatusBadGateway
	}
	if e.Type == "" {
		e.Type = TypeOf(e.Status)
	}
	if e.Message == "" {
		e.Message = silent(e.Status)
	}
	return e
}

// opaque is the error of a body that says nothing. What the front of a provider says by status alone is
// passed on where a client can act on it; everything else is the gateway's trouble, not the client's.
func opaque(status int) *Error {
	e := &Error{Status: http.StatusBadGateway, Message: silent(status)}
	switch status {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusRequestTimeout,
		http.StatusRequestEntityTooLarge, http.StatusServiceUnavailable, http.StatusGatewayTimeout, 529:
		e.Status = status
	case http.StatusTooManyRequests:
		e.Status, e.Code = status, "rate_limit_exceeded"
	}
	e.Type = TypeOf(e.Status)
	return e
}

func silent(status int) string {
	if status < 100 {
		return "the upstream failed without saying why"
	}
	return "the upstream answered with status " + strconv.Itoa(status) + " and no readable reason"
}

// clip is a text's beginning.
func clip(a *document.Arena, n document.Node) string {
	t, _ := a.Text(n)
	if len(t) > maxErrorText {
		cut := maxErrorText
		for !utf8.RuneStart(t[cut]) {
			cut--
		}
		t = t[:cut]
	}
	return string(t)
}

// word is a text that can be a name.
func word(a *document.Arena, n document.Node) string {
	if a.Len(n) > 128 {
		return ""
	}
	return a.String(n)
}

// delay reads a google.rpc.RetryInfo: "17.5s", or an object with seconds and nanos.
func delay(a *document.Arena, p path, n document.Node) time.Duration {
	at := p.find(a, n)
	if s, ok := a.Float(a.Get(at, "seconds")); ok {
		nanos, _ := a.Float(a.Get(at, "nanos"))
		return seconds(s + nanos/1e9)
	}
	t, _ := a.Text(at)
	if v, ok := bytes.CutSuffix(t, []byte("s")); ok && len(v) < 32 {
		if s, err := strconv.ParseFloat(string(v), 64); err == nil {
			return seconds(s)
		}
	}
	return 0
}

// seconds is s seconds, within bounds.
func seconds(s float64) time.Duration {
	if !(s > 0) {
		return 0
	}
	if s >= hint.Most.Seconds() {
		return hint.Most
	}
	return time.Duration(s * float64(time.Second))
}
