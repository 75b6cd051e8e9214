package pipeline

import (
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"strings"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// member is a plugin's place in one exchange. It is the host side of the plugin's effects.
type member struct {
	*Plugin
	x      *Exchange
	frame  wasm.Frame
	stream *text.Stream // text held back, once the answer streams

	answering bool // headers set now are for the client
	answer    *Answer
	rejection *dialect.Error
	emitted   []event
	eventName []byte // of the event that the event hook is looking at
	tags      []usage.Tag
}

var _ wasm.Host = (*member)(nil)

// Answer is what a plugin answered by itself instead of the upstream.
type Answer struct {
	Status int
	Arena  *document.Arena
	Root   document.Node
	Events bool // Root is an array of {"event"?, "data"}, to be played as a stream
	// Stage is the plugin's place in the chain: only plugins before it see the answer.
	Stage int
}

// Header implements wasm.Host.
func (m *member) Header(name string) (string, bool) {
	if dialect.IsCredentialHeader(name) {
		return "", false
	}
	v := m.x.Header[textproto.CanonicalMIMEHeaderKey(name)]
	if len(v) == 0 {
		return "", false
	}
	return v[0], true
}

// errHeader is the refusal of a header that belongs to the host.
var errHeader = fmt.Errorf("%w: the header belongs to the host", wasm.ErrDenied)

// SetHeader implements wasm.Host: for the upstream while the request is on its way, for the client once
// there is an answer.
func (m *member) SetHeader(name, value string) error {
	if dialect.IsCredentialHeader(name) || hostHeader(name) {
		return errHeader
	}
	h := &m.x.Upstream
	if m.answering || m.answer != nil {
		h = &m.x.Answer
	}
	if *h == nil {
		*h = make(map[string][]string, 4)
	}
	h.Set(name, value)
	return nil
}

// hostHeader names what only the host may say: framing, connection handling and its own statements.
func hostHeader(name string) bool {
	switch textproto.CanonicalMIMEHeaderKey(name) {
	case "Host", "Connection", "Keep-Alive", "Transfer-Encoding", "Te", "Trailer", "Upgrade", "Content-Length",
		"Content-Encoding", "Content-Type", "Set-Cookie", "X-Gateway-Warning", "X-Longmen-Route", "X-Longmen-Provider":
		return true
	}
	return false
}

// Attr implements wasm.Host: what a plugin is, which no other can claim, what plugins have set, what the gateway knows.
func (m *member) Attr(name string) (any, bool) {
	switch name {
	case abi.AttrPluginName:
		return m.Name, true
	case abi.AttrPluginModule:
		return m.Module, m.Module != ""
	case abi.AttrPluginPolicy:
		return m.Policy, m.Policy != ""
	}
	if v, ok := find(m.x.Attributes, name); ok {
		return v, true
	}
	switch name {
	case "event.name":
		return string(m.eventName), len(m.eventName) > 0
	case "exchange.id":
		return m.x.ID, true
	case "dialect":
		return m.x.Dialect.Name, true
	case "strict_params":
		return m.x.Strict, true
	}
	return find(m.x.variables, name)
}

// SetAttr implements wasm.Host. The sandbox has checked that the plugin declares the name.
func (m *member) SetAttr(name string, v any) error {
	m.x.SetAttribute(name, v)
	return nil
}

// Tag implements wasm.Host.
func (m *member) Tag(name, value string) error {
	for i := range m.tags {
		if m.tags[i].Name == name {
			m.tags[i].Value = value
			return nil
		}
	}
	if len(m.tags) >= abi.MaxTags {
		return wasm.ErrLimit
	}
	m.tags = append(m.tags, usage.Tag{Plugin: m.Name, Name: name, Value: value})
	return nil
}

// Warn implements wasm.Host. With strict parameters a loss in the request is a refusal.
func (m *member) Warn(item string) error {
	if m.x.Strict && !m.answering {
		param, _, _ := strings.Cut(item, ":")
		return m.Reject(http.StatusBadRequest, "unsupported_parameter", param, item)
	}
	m.x.Warn(item)
	return nil
}

// Respond implements wasm.Host.
func (m *member) Respond(status int, a *document.Arena, n document.Node, form int32) error {
	m.answer = &Answer{Status: status, Arena: a, Root: n, Events: form == abi.FormEvents}
	return nil
}

// Reject implements wasm.Host.
func (m *member) Reject(status int, code, param, message string) error {
	m.rejection = &dialect.Error{Status: status, Type: dialect.TypeOf(status), Code: code, Param: param, Message: message}
	return nil
}

// Emit implements wasm.Host.
func (m *member) Emit(a *document.Arena, n document.Node, name string) error {
	if len(m.emitted) >= abi.MaxEmits {
		return wasm.ErrLimit
	}
	e := event{arena: a, root: n}
	if name != "" {
		e.name = []byte(name)
	}
	m.emitted = append(m.emitted, e)
	return nil
}

// Now implements wasm.Host: one exchange sees one time, so that a guest cannot measure the host.
func (m *member) Now() time.Time { return m.x.Time }

// Rejection is a plugin's refusal of the request or the answer, for the client to read.
type Rejection struct {
	Plugin string
	Err    *dialect.Error
}

func (r *Rejection) Error() string {
	return fmt.Sprintf("plugin %q rejected: %s", r.Plugin, r.Err.Code)
}

// Failure is a plugin that did not do its work. Cause is for the log; clients see the name only.
type Failure struct {
	Plugin string
	Hook   string
	Cause  error
}

func (f *Failure) Error() string {
	return fmt.Sprintf("plugin %q: %s hook: %v", f.Plugin, f.Hook, f.Cause)
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Cause }

// settle judges a hook's return. A rejection stands whatever on_error says: it is a decision, not a
// failure. skipped means that the hook's effects have to be undone.
func (m *member) settle(hook string, err error) (skipped bool, _ error) {
	if r := m.rejection; r != nil {
		m.rejection = nil
		return false, &Rejection{Plugin: m.Name, Err: r}
	}
	if err == nil {
		return false, nil
	}
	if m.OnError == Skip && !errors.Is(err, text.ErrHoldOverflow) {
		return true, nil
	}
	return false, &Failure{Plugin: m.Name, Hook: hook, Cause: err}
}
