package caddyllm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
	"github.com/longmen-gateway/longmen/caddy-module/internal/setting"
)

// written is the plugin's configuration as somebody wrote it, nil for none.
func (p *Plugin) written() ([]byte, error) {
	if p.ConfigFile == "" {
		return p.Config, nil
	}
	text, err := os.ReadFile(p.ConfigFile)
	if err != nil {
		return nil, fmt.Errorf("reading config file: %w", err)
	}
	return text, nil
}

// complete is what a plugin gets of the configuration that somebody wrote: judged, with its placeholders replaced and its defaults.
func complete(d *plugin.Description, written []byte) ([]byte, error) {
	text, err := filled(written)
	if err != nil {
		return nil, err
	}
	if text, err = setting.Fit(d.Config, text); err != nil {
		return nil, fmt.Errorf("reading the plugin's JSON Schema: %w", err)
	}
	return d.CheckConfig(text)
}

// filled replaces placeholders in the texts of a configuration. Only those of the environment and of files are meant: other
// braces are the plugin's own, as in patterns. What is no JSON is left to those who judge it.
func filled(config []byte) ([]byte, error) {
	if !bytes.Contains(config, []byte("{env.")) && !bytes.Contains(config, []byte("{file.")) {
		return config, nil
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(config))
	d.UseNumber()
	if d.Decode(&v) != nil || d.More() {
		return config, nil
	}
	v, err := fill(caddy.NewReplacer(), v)
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

func fill(r *caddy.Replacer, v any) (_ any, err error) {
	switch v := v.(type) {
	case string:
		return fillText(r, v)
	case []any:
		for i := range v {
			if v[i], err = fill(r, v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for k := range v {
			if v[k], err = fill(r, v[k]); err != nil {
				return nil, fmt.Errorf("%s: %w", k, err)
			}
		}
	}
	return v, nil
}

func fillText(r *caddy.Replacer, s string) (string, error) {
	var out strings.Builder
	for {
		start := strings.IndexByte(s, '{')
		if start < 0 {
			out.WriteString(s)
			return out.String(), nil
		}
		out.WriteString(s[:start])
		s = s[start:]
		end := strings.IndexByte(s, '}')
		if end < 0 || !strings.HasPrefix(s, "{env.") && !strings.HasPrefix(s, "{file.") {
			out.WriteByte('{')
			s = s[1:]
			continue
		}
		value, ok := r.GetString(s[1:end])
		if !ok || value == "" {
			return "", fmt.Errorf("%s is not set, expected an environment variable or a file with something in it", s[:end+1])
		}
		out.WriteString(value)
		s = s[end+1:]
	}
}
