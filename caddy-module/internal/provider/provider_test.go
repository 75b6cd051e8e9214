package provider

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
)

func newProvider(t *testing.T, c Config) *Provider {
	t.Helper()
	p, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPresets(t *testing.T) {
	if !slices.IsSorted(Presets()) {
		t.Errorf("the table is not sorted: %v", Presets())
	}
	for _, name := range Presets() {
		t.Run(name, func(t *testing.T) {
			preset, _ := Lookup(name)
			c := Config{Name: name}
			if preset.BaseURL == "" {
				c.BaseURL = "http://127.0.0.1:1"
			}
			p, err := New(c)
			if err != nil {
				t.Fatal(err)
			}
			if p.Preset() != name || p.Dialects[0].Name != preset.Dialects[0] || p.BaseURL() == "" {
				t.Errorf("got preset %s, dialect %s, base %s", p.Preset(), p.Dialects[0].Name, p.BaseURL())
			}
			if p.LacksKey() != preset.NeedsKey {
				t.Errorf("lacks key: got %v, want %v", p.LacksKey(), preset.NeedsKey)
			}
		})
	}
}

func TestNewErrors(t *testing.T) {
	tests := []struct {
		name string
		c    Config
		want string
	}{
		{"unknown name", Config{Name: "corp"}, `"corp" is not a known provider: expected a base_url and a dialect, or preset with one of anthropic, azure`},
		{"unknown preset", Config{Name: "corp", Preset: "opneai"}, `unknown preset "opneai", expected one of anthropic, azure`},
		{"no dialect", Config{Name: "corp", BaseURL: "http://x"}, "no dialect, expected one of openai.chat, openai.responses"},
		{"unknown dialect", Config{Name: "corp", BaseURL: "http://x", Dialects: []string{"openai"}}, `unknown dialect "openai", expected one of openai.chat, openai.responses`},
		{"unknown quirk", Config{Name: "openai", Quirks: []string{"top_k", "odd"}}, `unknown quirk "odd", expected some of cache_control, developer`},
		{"dialect of codecs only", Config{Name: "corp", BaseURL: "http://x", Dialects: []string{"openai.count"}}, `unknown dialect "openai.count", expected one of openai.chat, `},
		{"no base URL", Config{Name: "azure"}, "no base_url, expected one such as https://my-resource.openai.azure.com/openai/v1"},
		{"relative", Config{Name: "openai", BaseURL: "api.openai.com/v1"}, "base_url is not a URL, expected http:// or https:// and a host"},
		{"other scheme", Config{Name: "openai", BaseURL: "ftp://x"}, "base_url is not a URL, expected http:// or https:// and a host"},
		{"user", Config{Name: "openai", BaseURL: "https://me:s3cret@x"}, "base_url holds a user or password, expected the credential in api_key"},
		{"key in the query", Config{Name: "gemini", BaseURL: "https://x/?key=s3cret"}, "base_url holds the credential key, expected it in api_key"},
		{"fragment", Config{Name: "openai", BaseURL: "https://x/#a"}, "base_url has a fragment, expected none"},
		{"balance", Config{Name: "openai", Balance: "random"}, `balance "random" is unknown, expected one of `},
		{"key", Config{Name: "openai", Keys: []string{"ok", "s3cret\x00"}}, "api_key 2 cannot stand in a header, expected printable ASCII characters"},
		{"model map", Config{Name: "openai", Models: map[string]string{"a": ""}}, `model map: "a" to "", expected two model names`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New(tt.c)
			if !strings.HasPrefix(fmt.Sprint(err), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
			if strings.Contains(fmt.Sprint(err), "s3cret") {
				t.Error("the error gives a key away")
			}
		})
	}
}

func TestBaseURL(t *testing.T) {
	tests := []struct {
		name   string
		c      Config
		model  string
		stream bool
		want   string
	}{
		{"preset", Config{Name: "openai"}, "gpt-5", false, "https://api.openai.com/v1/chat/completions"},
		{"preset by name", Config{Name: "local", Preset: "ollama"}, "qwen3", true, "http://127.0.0.1:11434/api/chat"},
		{"address alone takes the preset's path", Config{Name: "local", Preset: "vllm", BaseURL: "http://10.0.0.1:8000"}, "qwen3", false, "http://10.0.0.1:8000/v1/chat/completions"},
		{"anthropic", Config{Name: "anthropic"}, "claude-sonnet-5", true, "https://api.anthropic.com/v1/messages"},
		{"vertex", Config{Name: "vertex", BaseURL: "https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/publishers/google"}, "gemini-3-pro", false, "https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/publishers/google/models/gemini-3-pro:generateContent"},
		{"path of its own", Config{Name: "openai", BaseURL: "https://proxy.example/oa/"}, "m", false, "https://proxy.example/oa/chat/completions"},
		{"query of its own", Config{Name: "azure", BaseURL: "https://r.openai.azure.com/openai/v1?api-version=preview"}, "m", false, "https://r.openai.azure.com/openai/v1/chat/completions?api-version=preview"},
		{"gemini", Config{Name: "gemini"}, "gemini-3-pro", false, "https://generativelanguage.googleapis.com/v1beta/models/gemini-3-pro:generateContent"},
		{"gemini stream", Config{Name: "gemini"}, "gemini-3-pro", true, "https://generativelanguage.googleapis.com/v1beta/models/gemini-3-pro:streamGenerateContent?alt=sse"},
		{"model with a mark", Config{Name: "gemini"}, "gemini-3-pro:search", false, "https://generativelanguage.googleapis.com/v1beta/models/gemini-3-pro:generateContent"},
		{"model that climbs", Config{Name: "gemini"}, "../../x?y", false, "https://generativelanguage.googleapis.com/v1beta/models/..%2F..%2Fx%3Fy:generateContent"},
		{"other dialect", Config{Name: "gemini", BaseURL: "https://g.example/v1beta/openai", Dialects: []string{"openai.chat"}}, "m", false, "https://g.example/v1beta/openai/chat/completions"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.c.Keys = []string{"k"}
			p := newProvider(t, tt.c)
			req, err := p.NewRequest(t.Context(), take(t, p), &Ask{Dialect: p.Dialects[0], Model: tt.model, Stream: tt.stream})
			if err != nil {
				t.Fatal(err)
			}
			if got := req.URL.String(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestModel(t *testing.T) {
	p := newProvider(t, Config{Name: "openai", Models: map[string]string{"small": "gpt-5-mini", "*": "gpt-5"}})
	exact := newProvider(t, Config{Name: "openai", Models: map[string]string{"small": "gpt-5-mini"}})
	plain := newProvider(t, Config{Name: "openai"})
	got := []string{p.Model("small"), p.Model("else"), exact.Model("small"), exact.Model("else"), plain.Model("else"), plain.Model("")}
	want := []string{"gpt-5-mini", "gpt-5", "gpt-5-mini", "else", "else", ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !p.Renames() || plain.Renames() {
		t.Errorf("got %v, %v, want true, false", p.Renames(), plain.Renames())
	}
}

func TestNewRequestHeaders(t *testing.T) {
	client := http.Header{
		"Authorization": {"Bearer of-the-client"}, "X-Api-Key": {"of-the-client"}, "Cookie": {"a=b"}, "X-Forwarded-For": {"192.0.2.1"},
		"Openai-Organization": {"org-client"}, "Openai-Beta": {"x=v2"}, "Traceparent": {"00-1"}, "User-Agent": {"client/1"},
		"Accept-Encoding": {"br"}, "Connection": {"x-hop"}, "X-Hop": {"1"}, "Content-Type": {"application/json; charset=utf-8"}, "Te": {"trailers"},
	}
	extra := http.Header{
		"x-corp": {"1"}, "Traceparent": {"00-2"}, "authorization": {"Bearer of-a-plugin"}, "Host": {"evil"}, "Connection": {"close"},
		"X-Goog-Api-Key": {"of-a-plugin"}, "Api-Key": {"of-a-plugin"}, "Transfer-Encoding": {"chunked"},
	}
	tests := []struct {
		name   string
		c      Config
		stream bool
		want   http.Header
	}{
		{"openai", Config{Name: "openai", Keys: []string{"sk"}}, true, http.Header{
			"Authorization": {"Bearer sk"}, "User-Agent": {"longmen"}, "Accept": {"text/event-stream"}, "Content-Type": {"application/json; charset=utf-8"},
			"Openai-Beta": {"x=v2"}, "Traceparent": {"00-2"}, "X-Corp": {"1"},
		}},
		{"gemini", Config{Name: "gemini", Keys: []string{"sk"}}, false, http.Header{
			"X-Goog-Api-Key": {"sk"}, "User-Agent": {"longmen"}, "Accept": {"application/json"}, "Content-Type": {"application/json; charset=utf-8"},
			"Traceparent": {"00-2"}, "X-Corp": {"1"},
		}},
		{"azure", Config{Name: "azure", BaseURL: "https://r.example", Keys: []string{"sk"}}, false, http.Header{
			"Api-Key": {"sk"}, "User-Agent": {"longmen"}, "Accept": {"application/json"}, "Content-Type": {"application/json; charset=utf-8"},
			"Openai-Beta": {"x=v2"}, "Traceparent": {"00-2"}, "X-Corp": {"1"},
		}},
		{"anthropic", Config{Name: "anthropic", Keys: []string{"sk"}}, false, http.Header{
			"X-Api-Key": {"sk"}, "User-Agent": {"longmen"}, "Accept": {"application/json"}, "Content-Type": {"application/json; charset=utf-8"},
			"Anthropic-Version": {"2023-06-01"}, "Traceparent": {"00-2"}, "X-Corp": {"1"},
		}},
		{"vertex", Config{Name: "vertex", BaseURL: "https://r.example/v1", Keys: []string{"sk"}}, false, http.Header{
			"Authorization": {"Bearer sk"}, "User-Agent": {"longmen"}, "Accept": {"application/json"}, "Content-Type": {"application/json; charset=utf-8"},
			"Traceparent": {"00-2"}, "X-Corp": {"1"},
		}},
		{"headers of the configuration", Config{Name: "vllm", Headers: map[string]string{"x-team": "red", "OpenAI-Beta": "own", "X-CORP": "theirs"}}, false, http.Header{
			"User-Agent": {"longmen"}, "Accept": {"application/json"}, "Content-Type": {"application/json; charset=utf-8"},
			"Openai-Beta": {"own"}, "Traceparent": {"00-2"}, "X-Team": {"red"}, "X-Corp": {"1"}, // a plugin knows the request
		}},
		{"no key", Config{Name: "vllm"}, false, http.Header{
			"User-Agent": {"longmen"}, "Accept": {"application/json"}, "Content-Type": {"application/json; charset=utf-8"},
			"Openai-Beta": {"x=v2"}, "Traceparent": {"00-2"}, "X-Corp": {"1"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newProvider(t, tt.c)
			type mark struct{}
			ctx := context.WithValue(t.Context(), mark{}, 1)
			req, err := p.NewRequest(ctx, take(t, p), &Ask{Dialect: p.Dialects[0], Model: "m", Stream: tt.stream, Body: bytes.NewReader([]byte("{}")), Length: 2, Client: client, Extra: extra})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, req.Header); diff != "" {
				t.Error(diff)
			}
			body, err := io.ReadAll(req.Body)
			if string(body) != "{}" || err != nil || req.ContentLength != 2 || req.Method != "POST" || req.Host != req.URL.Host || req.Context() != ctx {
				t.Errorf("got body %q (%v), length %d, %s %s", body, err, req.ContentLength, req.Method, req.Host)
			}
		})
	}
}

func request(t testing.TB, p *Provider, model string) (*http.Request, error) {
	return p.NewRequest(t.Context(), take(t, p), &Ask{Dialect: p.Dialects[0], Model: model})
}

// take leases a lane of a provider that has one.
func take(t testing.TB, p *Provider) *Lane {
	t.Helper()
	l, ok := p.Take(&pool.Choice{Now: p.Now().UnixNano()})
	if !ok {
		t.Fatal("no lane is ready")
	}
	return &l
}

func TestNewRequestErrors(t *testing.T) {
	if _, err := request(t, newProvider(t, Config{Name: "openai"}), "m"); !errors.Is(err, ErrNoKey) {
		t.Errorf("got %v, want ErrNoKey", err)
	}
	if _, err := request(t, newProvider(t, Config{Name: "gemini", Keys: []string{"k"}}), ""); !errors.Is(err, ErrNoModel) {
		t.Errorf("got %v, want ErrNoModel", err)
	}
	for _, preset := range []string{"ollama", "demo"} {
		p := newProvider(t, Config{Name: "x", Preset: preset, BaseURL: "http://x"})
		if _, err := request(t, p, "m"); err != nil || p.OwnsKeys() {
			t.Errorf("%s: got %v, owns keys %v", preset, err, p.OwnsKeys())
		}
	}
}

func TestEnvKeys(t *testing.T) {
	preset, _ := Lookup("gemini")
	for _, tt := range []struct {
		name string
		env  map[string]string
		want []string
	}{
		{"none", nil, nil},
		{"empty", map[string]string{"GEMINI_API_KEY": " "}, nil},
		{"first", map[string]string{"GEMINI_API_KEY": "a", "GOOGLE_API_KEY": "b"}, []string{"a"}},
		{"second", map[string]string{"GOOGLE_API_KEY": "b"}, []string{"b"}},
		{"several", map[string]string{"GEMINI_API_KEY": "a, b\nc"}, []string{"a", "b", "c"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := preset.EnvKeys(func(name string) string { return tt.env[name] })
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func BenchmarkNewRequest(b *testing.B) {
	client := http.Header{"Content-Type": {"application/json"}, "Traceparent": {"00-1"}, "Authorization": {"Bearer x"}}
	for _, name := range []string{"openai", "gemini"} {
		b.Run(name, func(b *testing.B) {
			p, err := New(Config{Name: name, Keys: []string{"a", "b"}})
			if err != nil {
				b.Fatal(err)
			}
			body := bytes.NewReader(nil)
			lane := take(b, p)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.NewRequest(b.Context(), lane, &Ask{Dialect: p.Dialects[0], Model: "gemini-3-pro", Stream: true, Body: body, Client: client}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
