package caddyllm

import (
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

func TestDescribe(t *testing.T) {
	tests := []struct {
		name   string
		app    *App
		client string
		asked  []string
		want   []string // lines, with single blanks
		not    string
	}{
		{"all", new(App), "", nil, append(provider.Presets(), "gemini gemini.generate https://generativelanguage.googleapis.com/v1beta GEMINI_API_KEY or GOOGLE_API_KEY", "claude-opus-4-1*"), ""},
		{"provider", new(App), "", []string{"gemini"}, []string{
			"provider gemini at https://generativelanguage.googleapis.com/v1beta",
			"gemini.generate as it is",
			"openai.chat openai-gemini to gemini.generate",
			"anthropic.messages openai-anthropic, openai-gemini to gemini.generate",
			"openai.other none: answered with 404",
			"openai.chat logit_bias warn not supported by gemini",
		}, ""},
		{"one client", new(App), "anthropic.messages", []string{"openai"}, []string{"anthropic.messages openai-anthropic to openai.chat", "anthropic.messages top_k warn"}, "gemini.generate"},
		{"model", new(App), "", []string{"models/gemini-2.5-flash"}, []string{"family gemini-2.5-flash*", "owner google", "thinking budget"}, "PROVIDER"},
		{"provider and model", new(App), "", []string{"mistral", "gpt-4o"}, []string{"provider mistral at https://api.mistral.ai/v1", "family gpt-4o*"}, ""},
		{"of a configuration", &App{Providers: map[string]*Provider{"house": {Preset: "ollama", BaseURL: "http://10.0.0.1:11434"}}}, "", nil, []string{"house ollama.chat http://10.0.0.1:11434"}, "mistral mistral"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			if err := describe(&out, test.app, test.client, test.asked); err != nil {
				t.Fatal(err)
			}
			var lines []string
			for line := range strings.Lines(out.String()) {
				lines = append(lines, strings.Join(strings.Fields(line), " "))
			}
			text := "\n" + strings.Join(lines, "\n")
			for _, want := range test.want {
				if !strings.Contains(text, "\n"+want) {
					t.Errorf("%q is missing in\n%s", want, out.String())
				}
			}
			if test.not != "" && strings.Contains(text, test.not) {
				t.Errorf("%q is in\n%s", test.not, out.String())
			}
		})
	}
}

func TestDescribeErrors(t *testing.T) {
	tests := []struct{ name, client, asked, want string }{
		{"unknown", "", "nix", `"nix" is no provider and nothing is known of a model of that name, expected one of anthropic, azure`},
		{"unknown dialect", "cohere.chat", "gemini", `unknown dialect "cohere.chat", expected one such as openai.chat`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := describe(new(strings.Builder), new(App), test.client, []string{test.asked})
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	if _, err := appOf([]byte(`{"apps":{"http":{}}}`)); err == nil || !strings.Contains(err.Error(), "no llm_gateway") {
		t.Errorf("a configuration without gateway: %v", err)
	}
	if a, err := appOf([]byte(`{"apps":{"llm_gateway":{"providers":{"x":null},"aliases":{"a":"b"}}}}`)); err != nil || a.Aliases["a"] != "b" || len(a.Providers) != 1 {
		t.Errorf("got %+v, %v", a, err)
	}
}

func TestDetail(t *testing.T) {
	m := dialect.Model{ID: "claude-opus-5-20260801"}
	if detail(&m); m.Context != 1_000_000 || m.Output != 128_000 {
		t.Errorf("got %+v", m)
	}
	m = dialect.Model{ID: "claude-opus-5", Context: 5, Output: 6}
	if detail(&m); m.Context != 5 || m.Output != 6 {
		t.Errorf("what the provider said became %+v", m)
	}
}
