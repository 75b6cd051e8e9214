package longmen

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestManifest(t *testing.T) {
	before := plugins
	defer func() { plugins = before }()
	plugins = nil
	none := func(Value) error { return nil }
	Register(Plugin{
		Name: "a", Version: "1", Purpose: "says \"a\\b\"\n\x01龙", Grants: []string{"kv"},
		Attributes: map[string]string{"x.c": "int", "x.a": "bool", "x.b": "float", "": "string"},
		Metrics:    []string{"m", "n"}, Limits: Limits{CPU: 2 * Second, Memory: 1 << 20, Instances: 3, Hold: 9},
		Schema: `{"type":"object"}`, Codecs: []Codec{{"c", "p"}, {"c", "q"}},
		Configure: none, Request: none, Response: none, Event: none, End: none,
		Text: func(*Text) error { return nil }, Body: func([]byte) ([]byte, error) { return nil, nil },
	})
	Register(Plugin{Name: "b"})
	Register(Plugin{Name: "c", Limits: Limits{Instances: 1}, Request: none})
	want := `{"plugins":[` +
		`{"name":"a","version":"1","purpose":"says \"a\\b\"\u000a\u0001龙","abi":1,` +
		`"hooks":["configure","request","response","event","text","body","end"],"grants":["kv"],` +
		`"attributes":{"":"string","x.a":"bool","x.b":"float","x.c":"int"},"metrics":["m","n"],` +
		`"limits":{"cpu_ms":2000,"memory_bytes":1048576,"instances":3,"max_hold_bytes":9},` +
		`"config":{"type":"object"},"codecs":[{"client":"c","provider":"p"},{"client":"c","provider":"q"}]},` +
		`{"name":"b","version":"","purpose":"","abi":1,"hooks":[]},` +
		`{"name":"c","version":"","purpose":"","abi":1,"hooks":["request"],"limits":{"instances":1}}]}`
	got := string(manifest())
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var m struct{ Plugins []struct{ Purpose string } }
	if err := json.Unmarshal([]byte(got), &m); err != nil || !reflect.DeepEqual(m.Plugins[0].Purpose, plugins[0].Purpose) {
		t.Errorf("as JSON: %v, %q", err, m.Plugins[0].Purpose)
	}
}
