package plugin

import (
	"strings"
	"testing"
)

const schema = `{
	"type": "object",
	"properties": {
		"detect": {"type": "array", "items": {"enum": ["email", "phone"]}, "default": ["email"], "uniqueItems": true},
		"mode": {"enum": ["mask", "block"], "default": "mask"},
		"limit": {"type": "integer", "minimum": 1, "maximum": 10},
		"key": {"type": "string", "minLength": 3, "pattern": "^[a-z]+$"},
		"cache": {"$ref": "#/$defs/cache"},
		"rules": {"type": "array", "items": {"type": "object", "properties": {"weight": {"type": "number", "default": 1.50}, "name": {"type": "string"}}, "required": ["name"]}},
		"either": {"oneOf": [{"type": "string"}, {"type": "object", "required": ["a"]}]}
	},
	"additionalProperties": false,
	"$defs": {"cache": {"type": "object", "properties": {"ttl": {"type": "integer", "default": 60}}, "default": {}}}
}`

func TestCheckConfig(t *testing.T) {
	d := &Description{Name: "redact", Config: []byte(schema)}
	for _, c := range []struct{ name, config, want string }{
		{"nothing", "", `{"cache":{"ttl":60},"detect":["email"],"mode":"mask"}`},
		{"empty", " {} ", `{"cache":{"ttl":60},"detect":["email"],"mode":"mask"}`},
		{"set", `{"mode":"block","detect":[],"cache":{"ttl":1}}`, `{"cache":{"ttl":1},"detect":[],"mode":"block"}`},
		{"defaults in elements", `{"rules":[{"name":"a"},{"name":"<b>","weight":2e0}]}`,
			`{"cache":{"ttl":60},"detect":["email"],"mode":"mask","rules":[{"name":"a","weight":1.50},{"name":"<b>","weight":2e0}]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := d.CheckConfig([]byte(c.config))
			if err != nil || string(got) != c.want {
				t.Errorf("got %s, %v\nwant %s", got, err, c.want)
			}
		})
	}
}

func TestCheckConfigRefuses(t *testing.T) {
	d := &Description{Name: "redact", Config: []byte(schema)}
	for _, c := range []struct{ name, config, want string }{
		{"no JSON", `{`, "parsing JSON: "},
		{"a list", `[]`, "config: found array, expected object"},
		{"unknown member", `{"detec":[]}`, "config: unknown detec, expected only the members that the plugin's schema names"},
		{"wrong type", `{"detect":"email"}`, "config.detect: found string, expected array"},
		{"not in the list", `{"detect":["email","sin"]}`, `config.detect[1]: expected one of "email", "phone"`},
		{"twice", `{"detect":["email","email"]}`, "config.detect: elements 0 and 1 are equal, expected no duplicates"},
		{"too small", `{"limit":0}`, "config.limit: expected at least 1"},
		{"too large", `{"limit":11}`, "config.limit: expected at most 10"},
		{"no integer", `{"limit":1.5}`, "config.limit: found number, expected integer"},
		{"short and odd", `{"key":"A"}`, "config.key: 1 characters, expected at least 3; config.key: expected text that matches ^[a-z]+$"},
		{"missing", `{"rules":[{}]}`, "config.rules[0]: missing name"},
		{"alternatives", `{"either":1}`, "either config.either: found number, expected string; or config.either: found number, expected object"},
		{"behind a reference", `{"cache":{"ttl":"x"}}`, "config.cache.ttl: found string, expected integer"},
		{"many", `{"limit":0,"mode":1,"detect":1,"key":1}`, "and 1 more"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := d.CheckConfig([]byte(c.config))
			want := "checking config of plugin redact: "
			if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got  %v\nwant %s%s", err, want, c.want)
			}
		})
	}
}

// Errors are shown and logged; a config may hold secrets.
func TestCheckConfigQuotesNoValue(t *testing.T) {
	d := &Description{Name: "p", Config: []byte(`{"properties":{
		"a":{"const":"x"},"b":{"enum":["x"]},"c":{"pattern":"^x$"},"d":{"type":"integer"},"e":{"maxLength":1},"f":{"not":{}},"g":{"contains":{"const":1}},"h":{"propertyNames":{"maxLength":2}}}}`)}
	for _, member := range "abcdef" {
		_, err := d.CheckConfig([]byte(`{"` + string(member) + `":"hunter2"}`))
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%c: %v", member, err)
		}
	}
	for _, config := range []string{`{"g":["hunter2"]}`, `{"h":{"ok":"hunter2","long":"hunter2"}}`} {
		if _, err := d.CheckConfig([]byte(config)); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", config, err)
		}
	}
}

func TestCheckConfigWithoutSchema(t *testing.T) {
	d := &Description{Name: "p"}
	if got, err := d.CheckConfig([]byte("{}")); err != nil || string(got) != "{}" {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := d.CheckConfig([]byte(`{"a":1}`)); err == nil || !strings.Contains(err.Error(), "the plugin takes no config") {
		t.Errorf("got %v", err)
	}
}

// A schema may refer to itself without end.
func TestDefaultsEnd(t *testing.T) {
	d := &Description{Name: "p", Config: []byte(`{"type":"object","properties":{"next":{"$ref":"#","default":{}}}}`)}
	if _, err := d.CheckConfig(nil); err != nil && strings.Contains(err.Error(), "\n") {
		t.Error(err)
	}
	d.Config = []byte(`{"$ref":"#"}`)
	_, _ = d.CheckConfig([]byte("{}"))
}
