package migration

import (
	"strings"
	"testing"
)

// TestSecrets: what nobody should see stands in the Caddyfile where it has to, and in no report.
func TestSecrets(t *testing.T) {
	files := map[string]string{
		"litellm": `
environment_variables: {A: s3cret, GEMINI_API_KEY: s3cret}
credential_list: [{credential_name: c, credential_values: {api_key: s3cret}}]
model_list:
- {model_name: a, litellm_params: {model: openai/a, api_key: s3cret, organization: s3cret, extra_headers: {X: s3cret}}}
- {model_name: b, litellm_params: {model: azure/b, api_base: "https://b.example", litellm_credential_name: c, client_secret: s3cret}}
- {model_name: b, litellm_params: {model: openai/b, api_key: os.environ/A, aws_secret_access_key: s3cret}}
- {model_name: c, litellm_params: {model: openai/c, api_key: "s3cret, s3cret"}}
- {model_name: d, litellm_params: {model: gemini/d, api_key: "s3cret\ns3cret"}}
litellm_settings: {cache: true, master_key: s3cret, cache_params: {host: h, password: s3cret, url: s3cret, unknown: s3cret}}
router_settings: {redis_host: h, redis_password: s3cret}
general_settings: {master_key: "s3cret ", database_url: "postgres://u:s3cret@h/d", unknown: s3cret}
s: s3cret
`,
		"cliproxyapi": `
api-keys: [s3cret, "s3cret s3cret"]
remote-management: {secret-key: s3cret}
proxy-url: http://u:s3cret@proxy.example
claude: {client-secret: s3cret}
claude-api-key: [{api-key: s3cret, headers: {X: s3cret}, unknown: s3cret}]
openai-compatibility:
- {name: n, base-url: "https://n.example", api-keys: [s3cret], api-key-entries: [{api-key: "s3cret\n"}, {api-key: s3cret, proxy-url: "http://u:s3cret@x"}], models: [{name: m}]}
`,
	}
	for format, file := range files {
		made, err := Convert(format, []byte(file))
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		if report := made.Report("config.yaml"); strings.Contains(report, "s3cret") {
			t.Errorf("%s: the report tells a secret:\n%s", format, report)
		}
		for line := range strings.Lines(string(made.Caddyfile)) {
			if text := strings.TrimSpace(line); strings.HasPrefix(text, "#") && strings.Contains(text, "s3cret") {
				t.Errorf("%s: a comment tells a secret: %s", format, text)
			}
		}
		if !strings.Contains(string(made.Caddyfile), " s3cret") {
			t.Errorf("%s: the Caddyfile lacks the keys:\n%s", format, made.Caddyfile)
		}
	}
	for _, file := range []string{"a: [s3cret", "s3cret", "a: s3cret\n---\nb: 1", "model_list: [{litellm_params: {api_key: s3cret}}]"} {
		if _, err := Convert("litellm", []byte(file)); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: got %v, want an error that does not tell the value", file, err)
		}
	}
}

func TestBounds(t *testing.T) {
	if _, err := Convert("litellm", make([]byte, MaxSize+1)); err == nil || !strings.Contains(err.Error(), "expected at most 1048576") {
		t.Errorf("a file that is too large: got %v", err)
	}
	// Aliases of aliases are followed only where a key is read.
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'z'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+", ", 9) + "*" + string(c-1) + "]\n"
	}
	if _, err := Convert("cliproxyapi", []byte(bomb+"api-keys: *z\nclaude-api-key: *z\n")); err == nil {
		t.Error("got no error, want one: no account is in the file")
	}
	rows := "model_list: [" + strings.Repeat("*r, ", maxAliases+1) + "*r]\n"
	if _, err := Convert("litellm", []byte("r: &r {model_name: a, litellm_params: {model: openai/a}}\n"+rows)); err == nil || !strings.Contains(err.Error(), "refers to parts of itself 1002 times, expected at most 1000") {
		t.Errorf("too many aliases: got %v", err)
	}
	if _, err := Convert("litellm", []byte("model_list: &m [*m]\nrouter_settings: &r {<<: *r}\n")); err == nil {
		t.Error("got no error, want one: what holds itself is no model")
	}
}

func TestQuote(t *testing.T) {
	for word, want := range map[string]string{
		"gpt-4o": "gpt-4o", "{env.KEY}": "{env.KEY}", "https://{env.HOST}/v1": "https://{env.HOST}/v1", "a b": "`a b`", `\{x\}`: "`\\{x\\}`", "#a": "`#a`", "<<EOF": "`<<EOF`",
		"a`b": "\"a`b\"", "a`\"b": "\"a`\\\"b\"", "(a)": "(a)", "a#b": "a#b", "通义": "通义", "": "``",
	} {
		if got := quote(word); got != want {
			t.Errorf("%q: got %s, want %s", word, got, want)
		}
	}
	for _, name := range []string{"", "import", "a b", "{env.X}", "a`b", `a"b`, "a\nb", "#a", "\xff", strings.Repeat("x", maxWord+1)} {
		if plain(name) {
			t.Errorf("%q counts as a name", name)
		}
	}
	for _, text := range []string{"", "a\nb", "x{$HOME}", "`\\", "\xff"} {
		if writable(text) {
			t.Errorf("%q counts as a word", text)
		}
	}
}

func TestFits(t *testing.T) {
	for _, tt := range []struct {
		pattern, name string
		want          bool
	}{
		{"gemini-2.5-pro", "gemini-2.5-pro", true}, {"gemini-2.5-pro", "gemini-2.5-pro-x", false}, {"gemini-2.5-*", "gemini-2.5-pro", true}, {"*-preview", "x-preview", true},
		{"*-preview", "x-preview-2", false}, {"*flash*", "gemini-flash-lite", true}, {"*flash*", "gemini-pro", false}, {"*", "", true}, {"a*b*c", "a-b-c", true}, {"a*b*c", "acb", false},
		{"a*a", "a", false},
	} {
		if got := fits(tt.pattern, tt.name); got != tt.want {
			t.Errorf("%s fits %s: got %v", tt.pattern, tt.name, got)
		}
	}
}

func TestScaled(t *testing.T) {
	for _, tt := range []struct {
		weights []float64
		want    string
	}{
		{[]float64{1, 1}, ""}, {[]float64{6, 12}, "1 2"}, {[]float64{0.9, 0.1}, "9 1"}, {[]float64{60000, 60}, "1000 1"}, {[]float64{1e9, 0.001}, "1000 1"}, {[]float64{0, 3}, "1 3"}, {nil, ""},
	} {
		var got []string
		for _, w := range scaled(tt.weights) {
			got = append(got, itoa(w))
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%v: got %s, want %s", tt.weights, text, tt.want)
		}
	}
}

func TestSeconds(t *testing.T) {
	for n, want := range map[float64]string{0.5: "500ms", 5: "5s", 60: "1m", 90: "1m30s", 3600: "1h", 3660: "1h1m", 1e12: "24h", -1: "1ms"} {
		if got := seconds(n); got != want {
			t.Errorf("%v: got %s, want %s", n, got, want)
		}
	}
}

func TestLocate(t *testing.T) {
	for _, tt := range []struct{ prefix, base, preset, want string }{
		{"azure", "https://a.openai.azure.com/", "azure", "https://a.openai.azure.com"},
		{"azure", "https://a.openai.azure.com/openai/deployments/x/chat/completions?api-version=2024-02-01", "azure", "https://a.openai.azure.com"},
		{"azure", "https://gateway.example/azure", "azure", "https://gateway.example/azure/openai/v1"},
		{"azure", "{env.AZURE_API_BASE}", "azure", "{env.AZURE_API_BASE}"},
		{"openai", "", "openai", ""},
		{"openai", "https://api.openai.com/v1", "openai", "https://api.openai.com/v1"},
		{"openai", "http://10.0.0.1:8000/v1/", "", "http://10.0.0.1:8000/v1"},
		{"openai", "https://api.deepseek.com/v1", "deepseek", "https://api.deepseek.com/v1"},
		{"anthropic", "https://gateway.example/v1/messages", "anthropic", "https://gateway.example/v1"},
		{"perplexity", "", "", "https://api.perplexity.ai"},
		{"zai", "", "zhipu", "https://api.z.ai/api/paas/v4"},
	} {
		target, _ := aim(tt.prefix+"/m", "")
		if got := target.locate(tt.base); got.preset != tt.preset || got.base != tt.want {
			t.Errorf("%s at %q: got %q at %q, want %q at %q", tt.prefix, tt.base, got.preset, got.base, tt.preset, tt.want)
		}
	}
}
