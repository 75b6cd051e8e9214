package migration

import (
	"net/url"
	"slices"
	"strings"

	known "github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

// place is what a provider block says of where the provider is.
type place struct {
	preset, base, dialect string
	quirks                []string
}

// compatible is a server that speaks OpenAI's API: a preset's if it is on the same host. Of others max_tokens is known everywhere, its
// successor is not.
func compatible(base string) place {
	for _, name := range known.Presets() {
		preset, _ := known.Lookup(name)
		if h := host(preset.BaseURL); h != "" && h == host(base) && preset.NeedsKey && preset.Dialects[0] == openAI {
			return place{preset: name, base: base}
		}
	}
	return place{base: base, dialect: openAI, quirks: []string{"max_tokens"}}
}

const openAI = "openai.chat"

func host(base string) string {
	u, err := url.Parse(base)
	if err != nil || strings.Contains(base, "{") {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// reachable tells whether a word can be a base URL: one of a host, without a user, or a variable that may have one.
func reachable(base string) bool {
	if strings.HasPrefix(base, "{env.") {
		return true
	}
	u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(base))
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil && u.Fragment == "" && u.RawQuery == ""
}

// hasPath tells whether a URL, or a word that stands for one, goes on behind its host.
func hasPath(base string) bool {
	_, rest, ok := strings.Cut(base, "://")
	if !ok {
		rest = base
	}
	return strings.Contains(strings.TrimRight(rest, "/"), "/")
}

// url is the base URL, also where the preset knows it.
func (p place) url() string {
	if p.base != "" {
		return p.base
	}
	preset, ok := known.Lookup(p.preset)
	if !ok {
		return ""
	}
	return preset.Example()
}

// headers reads a mapping of headers; word reads a value.
func headers(s *section, word func(value) (string, bool)) (out [][2]string) {
	for _, name := range s.order {
		v, ok := s.take(name)
		if !ok {
			continue
		}
		text, ok := word(v)
		switch {
		case !ok:
		case !known.Settable(name):
			s.notes.lost(v, "the header carries a credential, is the gateway's own or none at all")
		case len(out) == maxHeaders || slices.ContainsFunc(out, func(h [2]string) bool { return strings.EqualFold(h[0], name) }):
			s.notes.lost(v, "expected each header once, and up to %d", maxHeaders)
		default:
			out = append(out, [2]string{name, text})
		}
	}
	return out
}

// maxHeaders is how many a provider may have.
const maxHeaders = 32
