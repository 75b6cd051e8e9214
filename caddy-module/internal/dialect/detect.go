package dialect

import (
	"net/http"
	"net/url"
	"strings"
)

// Match is what a request's line tells.
type Match struct {
	Model       string // "" when the document tells
	Stream      bool
	StreamKnown bool // the path tells whether the answer streams
	Array       bool // the client wants the stream as a JSON array, not as server-sent events
}

type endpoint struct {
	method, before, after, prefix string
	model                         bool
	stream, known                 bool
	query, value                  string
}

func (c *compiler) endpoint(e *Endpoint) endpoint {
	out := endpoint{method: e.Method, prefix: e.Prefix}
	if out.method == "" {
		out.method = http.MethodPost
	}
	out.before, out.after, out.model = strings.Cut(e.Path, "{model}")
	switch e.Stream {
	case "always":
		out.stream, out.known = true, true
	case "never":
		out.known = true
	case "":
	default:
		c.fail("endpoint %s: stream %q, expected always, never or nothing", e.Path, e.Stream)
	}
	out.query, out.value, _ = strings.Cut(e.Query, "=")
	return out
}

// Detect finds the dialect that a request speaks by its method and path (decoded, as in URL.Path) and
// its raw query.
func Detect(method, path, rawQuery string) (*Dialect, Match, bool) {
	for _, d := range all {
		for i := range d.endpoints {
			if m, ok := d.endpoints[i].match(method, path, rawQuery); ok {
				return d, m, true
			}
		}
	}
	return nil, Match{}, false
}

func (e *endpoint) match(method, path, rawQuery string) (Match, bool) {
	if method != e.method || !strings.HasPrefix(path, e.before) || !strings.HasSuffix(path, e.after) {
		return Match{}, false
	}
	m := Match{Stream: e.stream, StreamKnown: e.known}
	if !e.model {
		return m, path == e.before
	}
	if len(path) <= len(e.before)+len(e.after) {
		return Match{}, false
	}
	m.Model = e.prefix + path[len(e.before):len(path)-len(e.after)]
	if e.stream && e.query != "" {
		q, _ := url.ParseQuery(rawQuery)
		m.Array = q.Get(e.query) != e.value
	}
	return m, true
}
