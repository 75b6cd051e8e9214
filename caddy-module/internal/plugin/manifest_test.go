package plugin

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/sdk/abi"
)

const whole = `{"plugins":[{
	"name":"redact","version":"1.2.0","purpose":"hides personal data","abi":1,
	"hooks":["configure","request","response","text"],"grants":["kv","http"],"optional":["ner"],
	"attributes":{"pii.email":"int","pii.found":"bool"},"metrics":["found_total"],
	"limits":{"cpu_ms":50,"memory_bytes":16777216,"instances":3,"max_hold_bytes":1024},
	"config":{"type":"object"},
	"codecs":[{"client":"openai.chat","provider":"gemini.generate"}]}]}`

func TestParseManifest(t *testing.T) {
	m, err := ParseManifest([]byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	want := &Manifest{Plugins: []Description{{
		Name: "redact", Version: "1.2.0", Purpose: "hides personal data", ABI: 1,
		Hooks: []string{"configure", "request", "response", "text"}, Grants: []string{"kv", "http"}, Optional: []string{"ner"},
		Attributes: map[string]string{"pii.email": "int", "pii.found": "bool"}, Metrics: []string{"found_total"},
		Limits: Limits{CPU: 50 * time.Millisecond, Memory: 16 << 20, Instances: 3, Hold: 1024},
		Config: json.RawMessage(`{"type":"object"}`),
		Codecs: []Codec{{Client: "openai.chat", Provider: "gemini.generate"}},
	}}}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}
	d := &m.Plugins[0]
	if !d.Has(abi.HookText) || d.Has(abi.HookEvent) || !d.Asks(abi.GrantKV) || d.Asks(abi.GrantRecord) {
		t.Errorf("Has and Asks of %+v", d)
	}
}

func TestParseManifestRefuses(t *testing.T) {
	one := func(fields string) string { return `{"plugins":[{"name":"p","abi":1,` + fields + `}]}` }
	for _, c := range []struct{ name, text, want string }{
		{"not JSON", `{`, "unexpected EOF"},
		{"more than JSON", one(`"hooks":[]`) + "x", "bytes after the JSON object"},
		{"unknown field", `{"plugins":[],"extra":1}`, `unknown field "extra"`},
		{"unknown field of a plugin", one(`"hook":["text"]`), `unknown field "hook"`},
		{"no plugins", `{"plugins":[]}`, "0 plugins, expected 1 to 64"},
		{"two of a name", `{"plugins":[{"name":"p","abi":1},{"name":"p","abi":1}]}`, `plugin 1: name "p" is taken`},
		{"no name", `{"plugins":[{"abi":1}]}`, `name: "" is no name`},
		{"bad name", `{"plugins":[{"name":"P q","abi":1}]}`, `name: "P q" is no name, expected at most 64 bytes like [a-z][a-z0-9_-]*`},
		{"long name", `{"plugins":[{"name":"` + strings.Repeat("a", 65) + `","abi":1}]}`, "is no name"},
		{"another ABI", `{"plugins":[{"name":"p","abi":2}]}`, "p: abi is 2, expected 1"},
		{"no ABI", `{"plugins":[{"name":"p"}]}`, "p: abi is 0, expected 1"},
		{"unknown hook", one(`"hooks":["tekst"]`), `hooks: unknown "tekst", expected one of configure, request, `},
		{"hook twice", one(`"hooks":["text","text"]`), "hooks: text is listed twice"},
		{"unknown grant", one(`"grants":["files"]`), `grants: unknown "files", expected one of kv, http, record, ner`},
		{"unknown optional grant", one(`"optional":["files"]`), `optional: unknown "files", expected one of kv, http, record, ner`},
		{"grant in both lists", one(`"grants":["kv"],"optional":["kv"]`), "optional: kv is also in grants"},
		{"plain attribute", one(`"attributes":{"email":"int"}`), `attributes: "email" is no name`},
		{"attribute type", one(`"attributes":{"a.b":"date"}`), `attributes: a.b has type "date", expected one of int, float, bool, string`},
		{"metric name", one(`"metrics":["A"]`), `metrics: "A" is no name`},
		{"metric twice", one(`"metrics":["a","a"]`), "metrics: a is listed twice"},
		{"cpu", one(`"limits":{"cpu_ms":60001}`), "limits: cpu_ms is 60001, expected 1 to 60000"},
		{"memory", one(`"limits":{"memory_bytes":1}`), "limits: memory is 1 bytes, expected 65536 to 2147483648"},
		{"instances", one(`"limits":{"instances":-1}`), "limits: instances is -1, expected 1 to 1024"},
		{"hold", one(`"limits":{"max_hold_bytes":99999999}`), "limits: max_hold_bytes is 99999999"},
		{"schema", one(`"config":{"type":"objekt"}`), `config: compiling schema: either schema.type: expected one of "array", "boolean"`},
		{"schema that reads files", one(`"config":{"$ref":"file:///etc/passwd"}`), "schema refers to another document"},
		{"schema that calls", one(`"config":{"$ref":"https://example.com/s.json"}`), "schema refers to another document"},
		{"codec without dialect", one(`"hooks":["request","response"],"codecs":[{"client":"","provider":"a.b"}]`), "expected dialect names like openai.chat"},
		{"codec twice", one(`"hooks":["request","response"],"codecs":[{"client":"a","provider":"b"},{"client":"a","provider":"b"}]`), "a to b is listed twice"},
		{"codec without response", one(`"hooks":["request"],"codecs":[{"client":"a","provider":"b"}]`), "a codec needs request and response"},
		{"too large", strings.Repeat(" ", abi.MaxManifest+1), "expected at most 262144"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseManifest([]byte(c.text))
			if err == nil || !strings.HasPrefix(err.Error(), "parsing manifest: ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestFind(t *testing.T) {
	m := &Manifest{Plugins: []Description{{Name: "a"}, {Name: "b"}}}
	if i, d, err := m.Find("b"); i != 1 || err != nil || d.Name != "b" {
		t.Errorf("b: %d, %v, %v", i, d, err)
	}
	for name, want := range map[string]string{
		"":  "finding plugin: the module has several, expected one of a, b",
		"c": `finding plugin: no "c" in the module, expected one of a, b`,
	} {
		if _, _, err := m.Find(name); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", name, err, want)
		}
	}
	m.Plugins = m.Plugins[:1]
	if _, d, err := m.Find(""); err != nil || d.Name != "a" {
		t.Errorf("the only one: %v, %v", d, err)
	}
}

func TestCheckGrants(t *testing.T) {
	d := &Description{Name: "wiki", Grants: []string{abi.GrantHTTP, abi.GrantKV}, Optional: []string{abi.GrantNER}}
	for _, c := range []struct {
		name  string
		given Grants
		want  string
	}{
		{"all", Grants{KV: true, HTTP: []string{"a.example"}}, ""},
		{"all and an optional one", Grants{KV: true, HTTP: []string{"a.example"}, NER: true}, ""},
		{"none", Grants{}, `checking grants: plugin wiki asks for kv, expected "grant kv" in its block`},
		{"one", Grants{KV: true}, `checking grants: plugin wiki asks for http, expected "grant http <host>" in its block`},
		{"more", Grants{KV: true, HTTP: []string{"a"}, Record: []string{"s"}}, "checking grants: plugin wiki does not ask for record, expected no such grant"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			if err := d.CheckGrants(c.given); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if err := (&Description{Name: "p"}).CheckGrants(Grants{HTTPPrivate: true}); err == nil {
		t.Error("private addresses were granted to a plugin that does not call")
	}
}

func TestLimitsOr(t *testing.T) {
	d := DefaultLimits()
	if d.CPU != 100*time.Millisecond || d.Memory != 32<<20 || d.Instances < 4 || d.Hold != 64<<10 {
		t.Errorf("defaults are %+v", d)
	}
	got := Limits{CPU: time.Second}.Or(Limits{CPU: time.Minute, Memory: 1 << 20}).Or(d)
	want := Limits{CPU: time.Second, Memory: 1 << 20, Instances: d.Instances, Hold: d.Hold}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte(`{"plugins":[{"name":"p","abi":1,"config":{"$ref":"#"}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseManifest(b)
		if err != nil {
			return
		}
		for i := range m.Plugins {
			d := &m.Plugins[i]
			if d.Name == "" || d.Limits.Check() != nil {
				t.Fatalf("passed: %+v", d)
			}
			if config, err := d.CheckConfig(nil); err == nil && !json.Valid(config) {
				t.Fatalf("config is %q", config)
			}
		}
	})
}
