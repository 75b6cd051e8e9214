package dialect

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Service is what a request asks for.
type Service uint8

// Services.
const (
	Generate Service = iota // an answer to a document that codecs and plugins know
	Models                  // the models: GET of the list, or of one
	Raw                     // bytes that go through as they are to a provider that has the path
)

var services = map[string]Service{"": Generate, "generate": Generate, "models": Models, "raw": Raw}

// Match is what a request's line tells.
type Match struct {
	Service     Service
	Model       string // "" when the document tells; of Models the one that is asked for, "" for all
	Path        string // of Raw: the decoded path below the API's root, "/images/generations"
	Variant     string // form of the request, where the dialect has several; see Upstream.Variants
	Stream      bool   // for all that the path tells
	StreamKnown bool   // the path tells whether the answer streams
	Array       bool   // the client wants the stream as a JSON array, not as server-sent events
}

type endpoint struct {
	methods               []string
	before, after, prefix string
	model, below          bool
	header, without       string
	service               Service
	root, variant         string
	stream, known         bool
	query, value          string
}

func (c *compiler) endpoint(e *Endpoint, streams bool) endpoint {
	out := endpoint{
		methods: strings.Fields(e.Method), prefix: e.Prefix, root: e.Root, variant: e.Variant,
		header: http.CanonicalHeaderKey(e.Header), without: http.CanonicalHeaderKey(e.Without), stream: streams && e.Service == "",
	}
	if e.Method == "" {
		out.methods = []string{http.MethodPost}
	}
	if out.before, out.below = strings.CutSuffix(e.Path, "{path}"); !out.below {
		out.before, out.after, out.model = strings.Cut(e.Path, "{model}")
	}
	var ok bool
	if out.service, ok = services[e.Service]; !ok {
		c.fail("endpoint %s: service %q, expected generate, models or raw", e.Path, e.Service)
	}
	if !strings.HasPrefix(e.Path, e.Root+"/") {
		c.fail("endpoint %s: root %q, expected what the path begins with", e.Path, e.Root)
	}
	switch e.Stream {
	case "always":
		out.stream, out.known = true, true
	case "never":
		out.stream, out.known = false, true
	case "":
	default:
		c.fail("endpoint %s: stream %q, expected always, never or nothing", e.Path, e.Stream)
	}
	out.query, out.value, _ = strings.Cut(e.Query, "=")
	return out
}

// owned is an endpoint with its dialect.
type owned struct {
	d *Dialect
	e *endpoint
}

// endpoints are the paths of all dialects: those of one path by it, and those with variables.
type endpoints struct {
	exact map[string][]owned
	wide  []owned
}

// known are the endpoints of the built-in dialects.
var known = index(all)

func index(dialects []*Dialect) endpoints {
	x := endpoints{exact: make(map[string][]owned)}
	for _, d := range dialects {
		for i := range d.endpoints {
			o := owned{d, &d.endpoints[i]}
			if o.e.model || o.e.below {
				x.wide = append(x.wide, o)
			} else {
				x.exact[o.e.before] = append(x.exact[o.e.before], o)
			}
		}
	}
	return x
}

// Detect finds the dialect that a request speaks by its method, path, query and headers. When there is no
// such path it is false, and the dialect, or nil, the one in which the client expects to be told.
func Detect(r *http.Request) (*Dialect, Match, bool) {
	for _, list := range [...][]owned{known.exact[r.URL.Path], known.wide} {
		var found *Dialect
		var match Match
		for _, o := range list {
			if found != nil && o.e.header == "" {
				continue
			}
			m, ok := o.e.match(r)
			if !ok {
				continue
			}
			if o.e.header != "" {
				return o.d, m, true
			}
			found, match = o.d, m
		}
		if found != nil {
			return found, match, true
		}
	}
	for _, d := range all {
		if slices.ContainsFunc(d.desc.Signs, func(sign string) bool { return signed(r, sign) }) {
			return d, Match{}, false
		}
	}
	return nil, Match{}, false
}

// signed tells whether a request bears a sign: its path begins so, or it has the header.
func signed(r *http.Request, sign string) bool {
	if strings.HasPrefix(sign, "/") {
		return strings.HasPrefix(r.URL.Path, sign)
	}
	return r.Header[sign] != nil
}

func (e *endpoint) match(r *http.Request) (Match, bool) {
	path := r.URL.Path
	if !strings.HasPrefix(path, e.before) || !strings.HasSuffix(path, e.after) || !slices.Contains(e.methods, r.Method) ||
		e.header != "" && r.Header[e.header] == nil || e.without != "" && r.Header[e.without] != nil {
		return Match{}, false
	}
	m := Match{Service: e.service, Variant: e.variant, Stream: e.stream, StreamKnown: e.known}
	switch {
	case e.below:
		if !plain(path[len(e.before):]) {
			return Match{}, false
		}
	case e.model:
		if len(path) <= len(e.before)+len(e.after) {
			return Match{}, false
		}
		m.Model = e.prefix + path[len(e.before):len(path)-len(e.after)]
	case path != e.before:
		return Match{}, false
	}
	if e.service == Raw {
		m.Path = path[len(e.root):]
	}
	if e.stream && e.query != "" {
		q, _ := url.ParseQuery(r.URL.RawQuery)
		m.Array = q.Get(e.query) != e.value
	}
	return m, true
}

// plain tells whether a path below another has only steps that lead downward.
func plain(path string) bool {
	for step := range strings.SplitSeq(path, "/") {
		if step == "" || step == "." || step == ".." {
			return false
		}
	}
	return true
}
