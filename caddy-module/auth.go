package caddyllm

import (
	"errors"
	"fmt"
	"os"

	"github.com/caddyserver/caddy/v2"

	"github.com/longmen-gateway/longmen/caddy-module/internal/auth"
)

// Auth says who may call the gateway.
type Auth struct {
	// "keys" lets in whoever shows one of the keys, "none" everybody. Required.
	Mode string `json:"mode,omitempty"`

	// Keys as text: a key, name:key or sha256:<hex> each, several separated by commas or white space.
	// Placeholders such as {env.GATEWAY_KEYS} are replaced at provisioning.
	Keys []string `json:"keys,omitempty"`

	// Keys with a name and labels.
	Named []*NamedKey `json:"named,omitempty"`

	// Files with a key per line, read at provisioning. A line is a key, name:key, sha256:<hex>, or a name,
	// labels and the key or its digest separated by spaces: ann team=legal sha256:<hex>.
	Files []string `json:"files,omitempty"`

	// Where it stands in the Caddyfile, for errors.
	Source string `json:"source,omitempty"`
}

// NamedKey is a key with what rules and records know of its owner.
type NamedKey struct {
	// The name, key.name in rules. Required.
	Name string `json:"name,omitempty"`

	// The key, or sha256: and its digest. Placeholders are replaced at provisioning. Required.
	Key string `json:"key,omitempty"`

	// The labels: team is key.team in rules. The label priority is high, normal or low, and says who goes first when
	// requests wait. Default: none.
	Labels map[string]string `json:"labels,omitempty"`
}

// provision makes the authenticator; a nil Auth lets in clients on this machine.
func (a *Auth) provision() (*auth.Authenticator, error) {
	if a == nil {
		return auth.Loopback(), nil
	}
	made, err := a.authenticator()
	if err != nil {
		return nil, fmt.Errorf("auth%s: %w", at(a.Source), err)
	}
	return made, nil
}

func (a *Auth) authenticator() (*auth.Authenticator, error) {
	given := len(a.Keys)+len(a.Named)+len(a.Files) > 0
	switch a.Mode {
	case "none":
		if given {
			return nil, errors.New("none takes no keys, expected auth keys")
		}
		return auth.None(), nil
	case "keys":
	default:
		return nil, fmt.Errorf("unknown mode %q, expected keys or none", a.Mode)
	}
	repl := caddy.NewReplacer()
	var keys []auth.Key
	for i, text := range a.Keys {
		text, err := replaceSecret(repl, text)
		if err != nil {
			return nil, fmt.Errorf("keys: value %d: %w", i+1, err)
		}
		parsed, err := auth.ParseList(text)
		if err != nil {
			return nil, err
		}
		keys = append(keys, parsed...)
	}
	for i, n := range a.Named {
		if n == nil || n.Name == "" {
			return nil, fmt.Errorf("named key %d has no name, expected one", i+1)
		}
		text, err := replaceSecret(repl, n.Key)
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", n.Name, err)
		}
		key, err := auth.NewKey(n.Name, text, n.Labels)
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", n.Name, err)
		}
		keys = append(keys, key)
	}
	for _, path := range a.Files {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("reading key file: %w", err)
		}
		parsed, err := auth.ParseFile(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		keys = append(keys, parsed...)
	}
	ring, err := auth.NewRing(keys)
	if err != nil {
		return nil, err
	}
	return auth.Keys(ring), nil
}

// replaceSecret replaces placeholders; its error does not repeat the text, which may be a key.
func replaceSecret(repl *caddy.Replacer, text string) (string, error) {
	out, err := repl.ReplaceOrErr(text, false, true)
	if err != nil {
		return "", errors.New("unknown placeholder, expected {env.NAME} or {file.PATH}")
	}
	return out, nil
}
