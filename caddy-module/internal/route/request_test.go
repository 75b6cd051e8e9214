package route

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/auth"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// TestRequest matches rules against real requests of both dialects.
func TestRequest(t *testing.T) {
	tests := []struct {
		name, path, query, body string
		rules                   map[string]bool
	}{
		{
			"openai", "/v1/chat/completions", "",
			`{"model":"gpt-5","stream":true,"max_completion_tokens":50,"user":"u1","messages":[{"role":"system","content":"Be kind."},` +
				`{"role":"user","content":[{"type":"text","text":"Schönes Bild"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}],` +
				`"tools":[{"type":"function","function":{"name":"f","description":"does"}}]}`,
			map[string]bool{
				`model == "gpt-5" && stream && max_tokens == 50 && messages == 2 && tools == 1 && images == 1 && user == "u1"`: true,
				`prompt.chars == 20`:                   true,
				`prompt.contains("does")`:              false,
				`prompt.contains("Bild")`:              true,
				`dialect == "openai.chat"`:             true,
				`key.team == "legal" && key.id == "a"`: true,
				`client_ip == "10.0.0.1"`:              true,
				`header("x-team") == "red" && header("coo" + "kie") == "" && header("api-" + "key") == ""`: true,
				`provider("openai").healthy && !provider("local").healthy`:                                 true,
				`pii.email == 3 && !pii.found`:                                                             true,
			},
		},
		{
			"gemini", "/v1beta/models/gemini-3-pro:streamGenerateContent", "alt=sse",
			`{"contents":[{"role":"user","parts":[{"text":"你好"}]}],"generationConfig":{"maxOutputTokens":7}}`,
			map[string]bool{
				`model == "gemini-3-pro" && stream && max_tokens == 7 && messages == 1 && language == "zh"`: true,
				`dialect == "gemini.generate"`: true,
			},
		},
		{
			"not read", "/v1beta/models/gemini-3-pro:generateContent", "", "",
			map[string]bool{`model == "gemini-3-pro" && !stream && images == 0 && prompt.chars == 0`: true},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, m, ok := dialect.Detect(&http.Request{Method: "POST", URL: &url.URL{Path: tt.path, RawQuery: tt.query}})
			if !ok {
				t.Fatal("path is not known")
			}
			r := &Request{
				HTTP:    &http.Request{Header: http.Header{"X-Team": {"red"}, "Cookie": {"a=b"}, "Api-Key": {"k"}}},
				Address: "10.0.0.1", Client: d, Arena: new(document.Arena), Asked: dialect.Request{Model: m.Model, Stream: m.Stream},
				Caller:     auth.Principal{ID: "a", Labels: map[string]string{"team": "legal"}},
				Attributes: func(name string) (any, bool) { return int64(3), name == "pii.email" },
				Figures:    func(provider string) Figures { return Figures{Healthy: provider == "openai"} },
			}
			if tt.body != "" {
				var err error
				if r.Root, err = r.Arena.Parse([]byte(tt.body)); err != nil {
					t.Fatal(err)
				}
				r.Asked = d.ReadRequest(r.Arena, r.Root, m)
			}
			var env Env
			env.Reset(r)
			for src, want := range tt.rules {
				rule, err := Compile(src, testSchema)
				if err != nil {
					t.Fatal(err)
				}
				got, err := rule.Match(&env)
				if err != nil || got != want {
					t.Errorf("%s: got %v, %v, want %v", src, got, err, want)
				}
			}
		})
	}
}

func TestRead(t *testing.T) {
	known := dialect.Match{Model: "m", StreamKnown: true}
	tests := []struct {
		rule                string
		path, nothing, body bool // read when the path tells, when it does not; Needs.Body
	}{
		{`client_ip == ""`, false, false, false},
		{`model == "x"`, false, true, true},
		{`stream`, false, true, true},
		{`max_tokens > 1`, true, true, true},
		{`prompt.chars > 1`, true, true, true},
		{`pii.email > 1`, false, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			rule, err := Compile(tt.rule, testSchema)
			if err != nil {
				t.Fatal(err)
			}
			n := rule.Needs()
			if n.Read(known) != tt.path || n.Read(dialect.Match{}) != tt.nothing || n.Body != tt.body {
				t.Errorf("got %v, %v, %v", n.Read(known), n.Read(dialect.Match{}), n.Body)
			}
		})
	}
}
