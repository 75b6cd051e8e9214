// Package dialect knows the wire dialects of LLM APIs as data: where model, stream flag, text, usage,
// finish reasons and errors stand in their documents. Packages gateway, attempt, pipeline, provider and
// text ask it, so that none of them knows a dialect by name.
package dialect

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// Dialect is a compiled descriptor. It does not change and is safe for concurrent use.
type Dialect struct {
	Name string // "openai.chat"

	// Done is the data of the event that ends a stream; "" when the end of the connection does.
	Done string

	desc                   Descriptor
	limits                 [len(limited)][3]string
	pingName, ping         []byte
	count                  []piece // nil when answers are no counts
	request, answer, event *step
	defaults               [3]scope // of request, answer, event
	molds                  [][]piece
	finish                 []path
	open                   []string // values there that finish nothing
	strip                  []stripped
	eventFinish            []path
	sequence               path

	model, stream, messages path
	maxTokens, tools, user  []path
	models                  []path
	images                  []image
	json                    []condition
	modelKey, streamKey     []byte // the request's members that name the model and ask for a stream, in their quotes

	usageAt    []path
	usageParts [6][]path
	asked      path
	answering  []path
	answers    []path // where events have the answer, or a part of it

	errorAt                   []path
	errorSelf                 test
	opening                   test
	deltas                    path
	reasons                   []reason
	within                    []path
	blocked                   []condition
	retry                     path
	errorBody, errorEvent     []piece
	endpoints                 []endpoint
	wholeTarget, streamTarget target
	variants                  map[string]target
}

// all are the built-in dialects, the first one is the default. They are compiled once and never change.
var all = compileAll(
	&openAIChat, &openAIResponses, &openAICompletions, &openAIEmbeddings, &openAIOther, &openAICount,
	&anthropicMessages, &anthropicCount,
	&geminiGenerate, &geminiCount, &geminiEmbed,
	&ollamaChat, &ollamaGenerate, &ollamaEmbed,
)

// All lists the dialects. The caller must not change the slice.
func All() []*Dialect { return all }

// Default is the dialect in which a client that called no known path is answered.
func Default() *Dialect { return all[0] }

// Get finds a dialect by name.
func Get(name string) (*Dialect, bool) {
	for _, d := range all {
		if d.Name == name {
			return d, true
		}
	}
	return nil, false
}

// Descriptor is the data that d was made of. The caller must not change what it refers to.
func (d *Dialect) Descriptor() *Descriptor { return &d.desc }

// Framing is how answers stream: "" as server-sent events, "lines" as one JSON text a line.
func (d *Dialect) Framing() string { return d.desc.Framing }

// Lines tells whether answers stream as one JSON text a line.
func (d *Dialect) Lines() bool { return d.desc.Framing == "lines" }

// InOnePiece tells whether providers of the dialect never stream: what they answer to a request for a stream is one document.
func (d *Dialect) InOnePiece() bool {
	return d.desc.Upstream.Whole != "" && d.desc.Upstream.Stream == ""
}

// KeyHeader is where providers want their key.
func (d *Dialect) KeyHeader() string { return d.desc.Keys[0].Header }

// Ping is the event that keeps a silent stream alive; data is nil when the dialect has none and a comment
// has to do. The caller must not change the slices.
func (d *Dialect) Ping() (name, data []byte) { return d.pingName, d.ping }

func compileAll(descs ...*Descriptor) []*Dialect {
	out := make([]*Dialect, len(descs))
	for i, desc := range descs {
		d, err := Compile(desc)
		if err != nil {
			panic(err) // a built-in table is wrong: no test could pass
		}
		out[i] = d
	}
	return out
}

// Compile turns a descriptor into a dialect. The error names the field and what was expected.
func Compile(desc *Descriptor) (*Dialect, error) {
	d := &Dialect{Name: desc.Name, Done: desc.Done, desc: *desc, limits: limitNames(desc.Headers)}
	if desc.Name == "" {
		return nil, fmt.Errorf("compiling dialect: no name, expected one like openai.chat")
	}
	c := compiler{}
	if len(desc.Keys) == 0 || desc.Keys[0].Header == "" {
		c.fail("keys: expected the first one to name a header")
	}
	for _, k := range desc.Keys {
		if k.Header != http.CanonicalHeaderKey(k.Header) {
			c.fail("keys: header %s, expected the canonical spelling %s", k.Header, http.CanonicalHeaderKey(k.Header))
		}
	}
	if len(desc.Usage.At) == 0 || desc.Usage.At[0] == "" && len(desc.Usage.Prompt) == 0 {
		c.fail("usage: expected the member that holds the counts")
	}
	if desc.Framing != "" && desc.Framing != "lines" {
		c.fail("framing %q, expected lines or nothing", desc.Framing)
	}
	d.request, d.defaults[PhaseRequest] = c.body("request", &desc.Request.Body)
	d.answer, d.defaults[PhaseAnswer] = c.body("answer", &desc.Answer)
	d.event, d.defaults[PhaseEvent] = c.body("event", &desc.Event)
	for _, at := range append(slices.Clone(desc.Answer.Finish), desc.Event.Finish...) {
		if p := c.steps(at); !slices.ContainsFunc(d.finish, func(q path) bool { return reflect.DeepEqual(p, q) }) {
			d.finish = append(d.finish, p)
		}
	}
	d.open = append(slices.Clone(desc.Answer.Open), desc.Event.Open...)
	d.strip, d.eventFinish = c.stripped(desc.Event.Strip), c.paths(desc.Event.Finish)
	if desc.Ping != "" {
		d.pingName, d.ping = []byte(desc.PingName), []byte(desc.Ping)
	}
	if desc.Count != "" {
		d.count = c.template(desc.Count, countVariables)
	}
	d.sequence, d.molds = c.path(desc.Sequence), c.molds

	d.model, d.stream, d.messages = c.path(desc.Request.Model), c.path(desc.Request.Stream), c.path(desc.Request.Messages)
	d.modelKey, d.streamKey = []byte(`"`+desc.Request.Model+`"`), []byte(`"`+desc.Request.Stream+`"`)
	d.maxTokens, d.tools, d.user = c.paths(desc.Request.MaxTokens), c.paths(desc.Request.Tools), c.paths(desc.Request.User)
	d.models = c.paths(desc.Request.Models)
	for _, at := range desc.Request.JSON {
		d.json = append(d.json, c.condition(at))
	}
	for _, im := range desc.Request.Images {
		d.images = append(d.images, image{c.path(im.At), im.Prefix})
	}

	d.usageAt = c.paths(desc.Usage.At)
	for _, p := range d.usageAt {
		d.answers = append(d.answers, p[:max(len(p)-1, 0)])
	}
	for i, list := range [...][]string{desc.Usage.Prompt, desc.Usage.Completion, desc.Usage.Total, desc.Usage.Cached, desc.Usage.Written, desc.Usage.Reasoning} {
		d.usageParts[i] = c.paths(list)
	}
	if desc.Usage.Asked != "" {
		if d.asked = c.steps(desc.Usage.Asked); len(d.asked) != 2 || desc.Usage.Alone == "" {
			c.fail("usage: asked %s, expected a path of two members, and alone", desc.Usage.Asked)
		}
	}

	d.answering = c.paths(desc.Answering)
	if d.opening = c.test(desc.Event.Opening); desc.Event.Deltas != "" {
		d.deltas = c.path(desc.Event.Deltas)
	}
	d.errorAt, d.errorSelf = c.paths(desc.Errors.At), c.test(desc.Errors.Self)
	d.within, d.retry = c.paths(desc.Errors.Within), c.path(desc.Errors.Retry)
	for _, r := range desc.Errors.Reasons {
		d.reasons = append(d.reasons, reason{c.steps(r.At), r.Kinds})
	}
	for _, at := range desc.Errors.Blocked {
		d.blocked = append(d.blocked, c.condition(at))
	}
	d.errorBody = c.template(desc.Errors.Body, errorVariables)
	d.errorEvent = d.errorBody
	if desc.Errors.Event != "" {
		d.errorEvent = c.template(desc.Errors.Event, errorVariables)
	}

	for i := range desc.Endpoints {
		d.endpoints = append(d.endpoints, c.endpoint(&desc.Endpoints[i], desc.Request.Streams))
	}
	d.variants = make(map[string]target)
	for _, v := range desc.Upstream.Variants {
		d.variants[v.Name] = splitTarget(v.Whole)
	}
	d.wholeTarget, d.streamTarget = splitTarget(desc.Upstream.Whole), splitTarget(desc.Upstream.Stream)
	if c.err != nil {
		return nil, fmt.Errorf("compiling dialect %s: %w", desc.Name, c.err)
	}
	return d, nil
}

// compiler keeps the first thing that is wrong with a descriptor.
type compiler struct {
	err   error
	molds [][]piece
}

func (c *compiler) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

// target is a URL template below a base URL.
type target struct{ path, query string }

func splitTarget(s string) target {
	path, query, _ := strings.Cut(s, "?")
	return target{path, query}
}
