package caddyllm

import (
	"fmt"

	"github.com/caddyserver/caddy/v2/caddyconfig"

	"github.com/longmen-gateway/longmen/caddy-module/internal/migration"
)

func init() {
	for _, format := range migration.Formats() {
		caddyconfig.RegisterAdapter(format, adapter(format))
	}
}

// adapter reads another gateway's configuration file by way of the Caddyfile that comes of it. Its name is that of the format:
//
//	caddy run --adapter litellm --config litellm_config.yaml
//
// What is not carried over, or means something else here, is a warning with the file's line.
type adapter string

var _ caddyconfig.Adapter = adapter("")

// Adapt implements caddyconfig.Adapter.
func (a adapter) Adapt(body []byte, options map[string]any) ([]byte, []caddyconfig.Warning, error) {
	made, err := migration.Convert(string(a), body)
	if err != nil {
		return nil, nil, fmt.Errorf("reading a configuration of %s: %w", a, err)
	}
	name, _ := options["filename"].(string)
	if name == "" {
		name = string(a)
	}
	var warnings []caddyconfig.Warning
	for _, n := range made.Notes {
		warnings = append(warnings, caddyconfig.Warning{File: name, Line: n.Line, Message: n.String()})
	}
	// Places in errors are those of the Caddyfile, which caddy llm-import prints.
	adapted, more, err := caddyconfig.GetAdapter("caddyfile").Adapt(made.Caddyfile, map[string]any{"filename": name + ".caddyfile"})
	return adapted, append(warnings, more...), err
}
