package migration

import (
	"net/url"
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
