// Package plugins carries the first-party plugins, built. The gateway loads them from here when a
// Caddyfile names one; the folders beside this file are their sources.
//
// All of them are one module, dist/firstparty.wasm, built by `make plugins` and committed, because
// nobody who builds a gateway with xcaddy runs a generator.
package plugins

import (
	_ "embed"
	"slices"
)

//go:embed dist/firstparty.wasm
var firstparty []byte

// names are the plugins of the module, sorted; a test holds them against its manifest.
var names = []string{"answers", "audit", "openai-anthropic", "openai-gemini", "openai-ollama", "redact", "responses-chat"}

// Names lists the first-party plugins, sorted.
func Names() []string { return slices.Clone(names) }

// Wasm is the module that contains a first-party plugin; false when there is none of that name. Several
// names give the same module, which must not be changed.
func Wasm(name string) ([]byte, bool) {
	if !slices.Contains(names, name) {
		return nil, false
	}
	return firstparty, true
}
