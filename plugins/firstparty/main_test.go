//go:build !wasip1

package main

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/longmen-gateway/longmen/plugins"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmentest"
)

// The names that the gateway offers are those that are linked in, and each describes itself.
func TestManifest(t *testing.T) {
	text := longmentest.Manifest()
	if len(text) > abi.MaxManifest {
		t.Errorf("the manifest takes %d bytes, expected at most %d", len(text), abi.MaxManifest)
	}
	var m struct {
		Plugins []struct {
			Name, Version, Purpose string
			Config                 map[string]any
		}
	}
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	var linked []string
	for _, p := range m.Plugins {
		linked = append(linked, p.Name)
		if p.Version == "" || p.Purpose == "" {
			t.Errorf("%s: version or purpose is missing", p.Name)
		}
		if p.Config != nil && p.Config["additionalProperties"] != false {
			t.Errorf("%s: the schema takes any property, so a misspelt one would pass", p.Name)
		}
	}
	slices.Sort(linked)
	if want := plugins.Names(); !slices.Equal(linked, want) {
		t.Errorf("linked: %v, offered: %v", linked, want)
	}
	if wasm, ok := plugins.Wasm("audit"); !ok || string(wasm[:4]) != "\x00asm" {
		t.Error("the built module is no wasm")
	}
	if _, ok := plugins.Wasm("nothing"); ok {
		t.Error("a plugin that does not exist was found")
	}
}
