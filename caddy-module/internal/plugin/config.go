package plugin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemaURL names the plugin's schema inside the compiler; nothing is ever fetched.
const schemaURL = "config:///schema.json"

// errFetch keeps a schema from reading files or the network of the gateway.
var errFetch = errors.New("schema refers to another document, expected #/$defs/... of its own")

// sealed is a loader that loads nothing.
type sealed struct{}

func (sealed) Load(string) (any, error) { return nil, errFetch }

// compile turns the text of a JSON Schema, draft 2020-12 unless it says otherwise, into a validator.
func compile(schema []byte) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, fmt.Errorf("parsing schema: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(sealed{})
	if err := c.AddResource(schemaURL, doc); err != nil {
		return nil, fmt.Errorf("compiling schema: %w", err)
	}
	s, err := c.Compile(schemaURL)
	if err != nil {
		if errors.Is(err, errFetch) {
			return nil, fmt.Errorf("compiling schema: %w", errFetch)
		}
		var invalid *jsonschema.SchemaValidationError
		var problems *jsonschema.ValidationError
		if errors.As(err, &invalid) && errors.As(invalid.Err, &problems) {
			return nil, fmt.Errorf("compiling schema: %w", describe("schema", problems))
		}
		return nil, fmt.Errorf("compiling schema: %w", err)
	}
	return s, nil
}

// CheckConfig judges config, JSON text or nothing, against the plugin's schema after filling in the
// schema's defaults, and returns the filled config with its members sorted, so that equal configs have
// equal bytes. The error is one line; it names the path and what was expected there and quotes no value.
func (d *Description) CheckConfig(config []byte) ([]byte, error) {
	if len(bytes.TrimSpace(config)) == 0 {
		config = []byte("{}")
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(config))
	if err != nil {
		return nil, fmt.Errorf("checking config of plugin %s: parsing JSON: %w", d.Name, err)
	}
	if len(d.Config) == 0 {
		if m, ok := value.(map[string]any); !ok || len(m) > 0 {
			return nil, fmt.Errorf("checking config of plugin %s: the plugin takes no config, expected none", d.Name)
		}
		return []byte("{}"), nil
	}
	schema, err := compile(d.Config)
	if err != nil {
		return nil, fmt.Errorf("checking config of plugin %s: %w", d.Name, err)
	}
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(d.Config))
	if err != nil {
		return nil, fmt.Errorf("checking config of plugin %s: parsing schema: %w", d.Name, err)
	}
	value = (&filler{root: raw}).fill(raw, value, 0)
	if err := schema.Validate(value); err != nil {
		var problems *jsonschema.ValidationError
		if errors.As(err, &problems) {
			return nil, fmt.Errorf("checking config of plugin %s: %w", d.Name, describe("config", problems))
		}
		return nil, fmt.Errorf("checking config of plugin %s: %w", d.Name, err)
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return nil, fmt.Errorf("checking config of plugin %s: writing JSON: %w", d.Name, err)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}
