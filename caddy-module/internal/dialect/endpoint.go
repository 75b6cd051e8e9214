package dialect

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// URL is where an upstream of this dialect takes a request: the dialect's path below base, which keeps
// its own query. The model's name is escaped, so that no name leads to another path.
func (d *Dialect) URL(base *url.URL, model string, stream bool) *url.URL {
	t := d.wholeTarget
	if stream {
		t = d.streamTarget
	}
	return d.url(base, t, model)
}

// VariantURL is where an upstream takes a request whose form Match.Variant names.
func (d *Dialect) VariantURL(base *url.URL, model, variant string, stream bool) *url.URL {
	if t, ok := d.variants[variant]; ok {
		return d.url(base, t, model)
	}
	return d.URL(base, model, stream)
}

// RawURL is where an upstream takes a raw request: Match.Path below base, which keeps its own query.
func RawURL(base *url.URL, path string) *url.URL {
	return below(base, path, (&url.URL{Path: path}).EscapedPath())
}

func (d *Dialect) url(base *url.URL, t target, model string) *url.URL {
	plain, escaped := t.path, t.path
	if strings.Contains(t.path, "{model}") {
		m, e := d.modelPath(model)
		plain = strings.Replace(t.path, "{model}", m, 1)
		escaped = strings.Replace(t.path, "{model}", e, 1)
	}
	u := below(base, plain, escaped)
	switch {
	case t.query == "":
	case u.RawQuery == "":
		u.RawQuery = t.query
	default:
		u.RawQuery += "&" + t.query
	}
	return u
}

func below(base *url.URL, plain, escaped string) *url.URL {
	u := *base
	u.RawPath = strings.TrimSuffix(base.EscapedPath(), "/") + escaped
	u.Path = strings.TrimSuffix(base.Path, "/") + plain
	return &u
}

// modelPath is a model's name with its collection, plain and escaped.
func (d *Dialect) modelPath(model string) (plain, escaped string) {
	for _, mark := range d.desc.Upstream.Marks {
		model = strings.TrimSuffix(model, mark)
	}
	for _, c := range d.desc.Upstream.Collections {
		if name, ok := strings.CutPrefix(model, c); ok {
			return model, c + url.PathEscape(name)
		}
	}
	if len(d.desc.Upstream.Collections) > 0 {
		c := d.desc.Upstream.Collections[0]
		return c + model, c + url.PathEscape(model)
	}
	return model, url.PathEscape(model)
}

// ClientKey is the credential that a client sent, "" when it sent none: first as this dialect spells it,
// then as any other does.
func (d *Dialect) ClientKey(r *http.Request) string {
	if key := findKey(r, d.desc.Keys); key != "" {
		return key
	}
	return findKey(r, allKeys)
}

// allKeys are the spellings of all dialects, each once. Headers are canonical.
var allKeys = func() []Key {
	var keys []Key
	for _, d := range all {
		for _, k := range d.desc.Keys {
			if !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	return keys
}()

func findKey(r *http.Request, keys []Key) string {
	for i := range keys {
		k := &keys[i]
		var v string
		switch {
		case k.Header != "":
			if values := r.Header[k.Header]; len(values) > 0 {
				v = values[0]
			}
		case r.URL.RawQuery != "":
			v = r.URL.Query().Get(k.Query)
		}
		if k.Scheme != "" {
			scheme, rest, ok := strings.Cut(v, " ")
			if !ok || !strings.EqualFold(scheme, k.Scheme) {
				continue
			}
			v = rest
		}
		if v = strings.TrimSpace(v); v != "" {
			return v
		}
	}
	return ""
}

// SetKey writes a provider's credential into the headers of a request to it.
func (d *Dialect) SetKey(h http.Header, key string) {
	k := &d.desc.Keys[0]
	if k.Scheme != "" {
		key = k.Scheme + " " + key
	}
	h.Set(k.Header, key)
}

// IsCredentialHeader tells whether a header carries a credential in any dialect, or a session of the
// client: plugins never see it and it is not forwarded.
func IsCredentialHeader(name string) bool {
	switch http.CanonicalHeaderKey(name) {
	case "Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "X-Api-Key", "Api-Key", "X-Goog-Api-Key", "X-Amz-Security-Token":
		return true
	}
	for _, d := range all {
		for i := range d.desc.Keys {
			if h := d.desc.Keys[i].Header; h != "" && strings.EqualFold(h, name) {
				return true
			}
		}
	}
	return false
}

// IsCredentialQuery tells the same of a query parameter.
func IsCredentialQuery(name string) bool {
	for _, d := range all {
		for i := range d.desc.Keys {
			if q := d.desc.Keys[i].Query; q != "" && q == name {
				return true
			}
		}
	}
	return false
}
