package pipeline

import (
	"net/http"
	"sync"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/text"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Exchange is one client request on its way through a chain of plugins and back. It belongs to the
// goroutine that serves the request.
type Exchange struct {
	ID      string
	Time    time.Time
	Dialect *dialect.Dialect // the client's
	Header  http.Header      // the client's; plugins read it through the credential filter
	Strict  bool             // a parameter that would be lost is refused
	JSON    bool             // the client has asked for words that are JSON

	// Rehearsal: what plugins do is not to leave the exchange. It is set before plugins join the chain.
	Rehearsal bool

	// Upstream and Answer are headers that plugins set for the upstream and for the client.
	Upstream, Answer http.Header

	Attributes []usage.Attribute // that plugins set
	Warnings   []string

	variables []usage.Attribute // that the gateway sets
	members   []*member
	doc       text.Document // segments of whole documents, one at a time
	reply     text.Reply
	scratch   []byte
}

// maxWarnings bounds the x-gateway-warning headers of one answer.
const maxWarnings = 64

var exchanges = sync.Pool{New: func() any { return new(Exchange) }}

// Open begins an exchange.
func Open(id string, now time.Time, d *dialect.Dialect, h http.Header) *Exchange {
	x := exchanges.Get().(*Exchange)
	x.ID, x.Time, x.Dialect, x.Header = id, now, d, h
	return x
}

// Close gives the exchange's memory back. Nothing of it may be used afterwards.
func (x *Exchange) Close() {
	for _, m := range x.members {
		m.frame.Release()
	}
	*x = Exchange{
		Attributes: clear0(x.Attributes), variables: clear0(x.variables), members: clear0(x.members),
		doc: x.doc, reply: x.reply, scratch: bounded(x.scratch),
	}
	x.reply.Reset()
	exchanges.Put(x)
}

// clear0 empties a slice and drops what it refers to.
func clear0[T any](s []T) []T {
	clear(s[:cap(s)])
	return s[:0]
}

// bounded keeps a buffer for reuse unless one large exchange has blown it up.
func bounded(b []byte) []byte {
	if cap(b) > 64<<10 {
		return nil
	}
	return b[:0]
}

// Use appends plugins to the chain.
func (x *Exchange) Use(plugins []*Plugin) {
	for _, p := range plugins {
		x.members = append(x.members, x.member(p))
	}
}

// Len is the number of plugins in the chain.
func (x *Exchange) Len() int { return len(x.members) }

func (x *Exchange) member(p *Plugin) *member {
	m := &member{Plugin: p, x: x}
	m.frame.Host, m.frame.Rehearsal = m, x.Rehearsal
	return m
}

// SetAttribute gives an attribute a value that rules, plugins and the record see.
func (x *Exchange) SetAttribute(name string, v any) { x.Attributes = put(x.Attributes, name, v) }

// SetVariable gives a variable of the gateway's own ("model", "upstream.model") a value that plugins
// see and the record does not repeat.
func (x *Exchange) SetVariable(name string, v any) { x.variables = put(x.variables, name, v) }

// Attribute reads what plugins have set.
func (x *Exchange) Attribute(name string) (any, bool) { return find(x.Attributes, name) }

func put(in []usage.Attribute, name string, v any) []usage.Attribute {
	for i := range in {
		if in[i].Name == name {
			in[i].Value = v
			return in
		}
	}
	return append(in, usage.Attribute{Name: name, Value: v})
}

func find(in []usage.Attribute, name string) (any, bool) {
	for i := range in {
		if in[i].Name == name {
			return in[i].Value, true
		}
	}
	return nil, false
}

// Warn adds one x-gateway-warning item, "param: reason"; repeats are dropped.
func (x *Exchange) Warn(item string) {
	if len(x.Warnings) >= maxWarnings {
		return
	}
	for _, w := range x.Warnings {
		if w == item {
			return
		}
	}
	x.Warnings = append(x.Warnings, item)
}

// Tags lists what plugins noted, plugin by plugin.
func (x *Exchange) Tags() []usage.Tag {
	var all []usage.Tag
	for _, m := range x.members {
		all = append(all, m.tags...)
	}
	return all
}

// event is a value on its way to the client.
type event struct {
	arena *document.Arena
	root  document.Node
	name  []byte
}
