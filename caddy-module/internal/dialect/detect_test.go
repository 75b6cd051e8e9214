package dialect

import (
	"cmp"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestDetect(t *testing.T) {
	never, always := Match{StreamKnown: true}, Match{Stream: true, StreamKnown: true}
	of := func(m Match, model string) Match { m.Model = model; return m }
	raw := func(path string) Match { return Match{Service: Raw, Path: path} }
	models := func(model string) Match { return Match{Service: Models, Model: model} }
	for _, tt := range []struct {
		method, path, query, header string
		want                        string // "" for none
		match                       Match
	}{
		{"POST", "/v1/chat/completions", "", "", "openai.chat", Match{}},
		{"POST", "/chat/completions", "x=1", "", "openai.chat", Match{}},
		{"PUT", "/v1/chat/completions", "", "", "", Match{}},
		{"POST", "/v1/chat/completions/", "", "", "", Match{}},
		{"POST", "/v1/responses", "", "", "openai.responses", Match{}},
		{"POST", "/responses", "", "", "openai.responses", Match{}},
		{"POST", "/v1/completions", "", "", "openai.completions", Match{}},
		{"POST", "/v1/embeddings", "", "", "openai.embeddings", never},

		{"POST", "/v1/messages", "beta=true", "Anthropic-Version", "anthropic.messages", Match{}},
		{"POST", "/messages", "", "", "anthropic.messages", Match{}},
		{"POST", "/v1/messages/count_tokens", "beta=true", "", "anthropic.count", never},
		{"POST", "/v1/messages/batches", "", "", "", Match{}},
		{"HEAD", "/api/hello", "", "", "", Match{}},

		{"POST", "/v1beta/models/gemini-3-pro:generateContent", "key=abc", "", "gemini.generate", of(never, "gemini-3-pro")},
		{"POST", "/v1beta/models/gemini-3-pro:streamGenerateContent", "alt=sse&key=k", "", "gemini.generate", of(always, "gemini-3-pro")},
		{"POST", "/v1beta/models/gemini-3-pro:streamGenerateContent", "", "", "gemini.generate", Match{Model: "gemini-3-pro", Stream: true, StreamKnown: true, Array: true}},
		{"POST", "/v1/models/google/gemini:generateContent", "", "", "gemini.generate", of(never, "google/gemini")},
		{"POST", "/v1beta/tunedModels/mine:generateContent", "", "", "gemini.generate", of(never, "tunedModels/mine")},
		{"POST", "/v1beta/models/:generateContent", "", "", "", Match{}},
		{"POST", "/v1/models/gemini:countTokens", "", "", "gemini.count", of(never, "gemini")},
		{"POST", "/v1beta/models/e:batchEmbedContents", "", "", "gemini.embed", of(never, "e")},
		{"POST", "/v1/models/e:embedContent", "", "", "gemini.embed", Match{Model: "e", Variant: "embedContent", StreamKnown: true}},

		{"POST", "/api/chat", "", "", "ollama.chat", Match{Stream: true}},
		{"POST", "/api/generate", "", "", "ollama.generate", Match{Stream: true}},
		{"POST", "/api/embed", "", "", "ollama.embed", never},

		{"GET", "/v1/models", "", "", "openai.chat", models("")},
		{"GET", "/models", "", "", "openai.chat", models("")},
		{"GET", "/v1/models", "limit=20", "Anthropic-Version", "anthropic.messages", models("")},
		{"GET", "/v1/models", "", "X-Goog-Api-Key", "gemini.generate", models("")},
		{"GET", "/v1beta/models", "pageSize=1000", "", "gemini.generate", models("")},
		{"GET", "/v1/models/org/m", "", "", "openai.chat", models("org/m")},
		{"GET", "/v1/models/claude", "", "Anthropic-Version", "anthropic.messages", models("claude")},
		{"GET", "/v1/models/gemini", "", "X-Goog-Api-Key", "gemini.generate", models("gemini")},
		{"GET", "/v1beta/models/gemini", "", "", "gemini.generate", models("gemini")},
		{"GET", "/api/tags", "", "", "ollama.chat", models("")},
		{"POST", "/v1/models", "", "", "", Match{}},
		{"GET", "/v1/models/", "", "", "", Match{}},

		{"POST", "/v1/images/generations", "", "", "openai.other", raw("/images/generations")},
		{"POST", "/images/edits", "", "", "openai.other", raw("/images/edits")},
		{"POST", "/v1/audio/speech", "", "", "openai.other", raw("/audio/speech")},
		{"POST", "/v1/moderations", "", "", "openai.other", raw("/moderations")},
		{"POST", "/rerank", "", "", "openai.other", raw("/rerank")},
		{"GET", "/v1/files", "purpose=batch", "", "openai.other", raw("/files")},
		{"GET", "/v1/files/file-1/content", "", "", "openai.other", raw("/files/file-1/content")},
		{"DELETE", "/v1/files/file-1", "", "", "openai.other", raw("/files/file-1")},
		{"POST", "/v1/files", "", "Anthropic-Version", "", Match{}},
		{"GET", "/v1/responses/resp_1", "", "", "openai.other", raw("/responses/resp_1")},
		{"POST", "/v1/responses/resp_1/cancel", "", "", "openai.other", raw("/responses/resp_1/cancel")},
		{"POST", "/v1/responses/input_tokens", "", "", "openai.other", raw("/responses/input_tokens")},
		{"GET", "/v1/chat/completions/chatcmpl-1/messages", "", "", "openai.other", raw("/chat/completions/chatcmpl-1/messages")},
		{"PATCH", "/v1/files/file-1", "", "", "", Match{}},
		{"GET", "/v1/files/../models", "", "", "", Match{}},
		{"GET", "/v1/files//x", "", "", "", Match{}},
		{"GET", "/v1/files/.", "", "", "", Match{}},
		{"GET", "/v1/filesystem", "", "", "", Match{}},
		{"GET", "/", "", "", "", Match{}},
		{"GET", "", "", "", "", Match{}},
	} {
		t.Run(tt.method+" "+tt.path+" "+tt.header, func(t *testing.T) {
			r := &http.Request{Method: tt.method, URL: &url.URL{Path: tt.path, RawQuery: tt.query}, Header: http.Header{}}
			if tt.header != "" {
				r.Header.Set(tt.header, "x")
			}
			d, m, ok := Detect(r)
			name := ""
			if ok {
				name = d.Name
			}
			if name != tt.want || m != tt.match {
				t.Errorf("got %q %+v, want %q %+v", name, m, tt.want, tt.match)
			}
		})
	}
}

// TestEveryEndpointIsReached calls each path as its table has it: none hides behind another dialect's.
func TestEveryEndpointIsReached(t *testing.T) {
	for _, d := range All() {
		for _, e := range d.Descriptor().Endpoints {
			for method := range strings.FieldsSeq(cmp.Or(e.Method, "POST")) {
				r := &http.Request{Method: method, URL: &url.URL{Path: strings.NewReplacer("{model}", "m", "{path}", "x").Replace(e.Path), RawQuery: e.Query}, Header: http.Header{}}
				if e.Header != "" {
					r.Header.Set(e.Header, "x")
				}
				if got, _, ok := Detect(r); !ok || got != d {
					t.Errorf("%s %s of %s leads to %v", method, e.Path, d.Name, got)
				}
			}
		}
	}
}

func TestRawURL(t *testing.T) {
	for path, want := range map[string]string{
		"/files/file-1/content": "https://h/v1/files/file-1/content?api-version=2",
		"/files/a b?#%2e":       "https://h/v1/files/a%20b%3F%23%252e?api-version=2",
	} {
		base := &url.URL{Scheme: "https", Host: "h", Path: "/v1/", RawQuery: "api-version=2"}
		if got := RawURL(base, path).String(); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

func TestVariantURL(t *testing.T) {
	base := &url.URL{Scheme: "https", Host: "g.com", Path: "/v1beta"}
	d, _ := Get("gemini.embed")
	for variant, want := range map[string]string{"": "/v1beta/models/e:batchEmbedContents", "embedContent": "/v1beta/models/e:embedContent"} {
		if got := d.VariantURL(base, "e", variant, false); got.Path != want {
			t.Errorf("%q: got %s, want %s", variant, got.Path, want)
		}
	}
}

func TestGet(t *testing.T) {
	for _, d := range All() {
		if got, ok := Get(d.Name); !ok || got != d {
			t.Errorf("Get(%q) = %v, %v", d.Name, got, ok)
		}
	}
	if _, ok := Get("nobody"); ok {
		t.Error("Get found a dialect that is not there")
	}
	if Default().Name != "openai.chat" {
		t.Errorf("default is %s", Default().Name)
	}
}

func TestURL(t *testing.T) {
	for _, tt := range []struct {
		dialect, base, model string
		stream               bool
		want                 string
	}{
		{"openai.chat", "https://api.openai.com/v1", "gpt-5", true, "https://api.openai.com/v1/chat/completions"},
		{"openai.chat", "https://api.openai.com/v1/", "gpt-5", false, "https://api.openai.com/v1/chat/completions"},
		{"openai.chat", "http://127.0.0.1:1/a%2Fb?api-version=2", "m", false, "http://127.0.0.1:1/a%2Fb/chat/completions?api-version=2"},
		{"openai.chat", "http://h", "m", false, "http://h/chat/completions"},
		{"openai.responses", "https://api.openai.com/v1", "gpt-5", true, "https://api.openai.com/v1/responses"},
		{"anthropic.messages", "https://api.anthropic.com/v1", "claude", true, "https://api.anthropic.com/v1/messages"},
		{"anthropic.count", "https://api.anthropic.com/v1", "claude", false, "https://api.anthropic.com/v1/messages/count_tokens"},
		{"ollama.chat", "http://127.0.0.1:11434", "qwen3:8b", true, "http://127.0.0.1:11434/api/chat"},
		{"gemini.count", "https://g.com/v1beta", "gemini-3-pro", false, "https://g.com/v1beta/models/gemini-3-pro:countTokens"},
		{"gemini.generate", "https://g.com/v1beta", "gemini-3-pro", false, "https://g.com/v1beta/models/gemini-3-pro:generateContent"},
		{"gemini.generate", "https://g.com/v1beta", "models/gemini-3-pro", true, "https://g.com/v1beta/models/gemini-3-pro:streamGenerateContent?alt=sse"},
		{"gemini.generate", "https://g.com/v1beta?x=1", "tunedModels/mine", true, "https://g.com/v1beta/tunedModels/mine:streamGenerateContent?x=1&alt=sse"},
		{"gemini.generate", "https://g.com/v1beta", "../../admin?x=#", false, "https://g.com/v1beta/models/..%2F..%2Fadmin%3Fx=%23:generateContent"},
		{"gemini.generate", "https://g.com/v1beta", "a b/é", false, "https://g.com/v1beta/models/a%20b%2F%C3%A9:generateContent"},
	} {
		t.Run(tt.dialect+" "+tt.model, func(t *testing.T) {
			base, err := url.Parse(tt.base)
			if err != nil {
				t.Fatal(err)
			}
			d, _ := Get(tt.dialect)
			if got := d.URL(base, tt.model, tt.stream).String(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if base.String() != tt.base {
				t.Errorf("the base became %s", base)
			}
		})
	}
}

func TestClientKey(t *testing.T) {
	for _, tt := range []struct {
		name, dialect, query string
		header               http.Header
		want                 string
	}{
		{"bearer", "openai.chat", "", http.Header{"Authorization": {"Bearer sk-1"}}, "sk-1"},
		{"bearer in lower case", "openai.chat", "", http.Header{"Authorization": {"bearer  sk-1 "}}, "sk-1"},
		{"basic is no key", "openai.chat", "", http.Header{"Authorization": {"Basic abc"}}, ""},
		{"x-api-key", "openai.chat", "", http.Header{"X-Api-Key": {"k"}}, "k"},
		{"api-key", "openai.chat", "", http.Header{"Api-Key": {"k"}}, "k"},
		{"another dialect's", "openai.chat", "", http.Header{"X-Goog-Api-Key": {"g"}}, "g"},
		{"goog", "gemini.generate", "key=q", http.Header{"X-Goog-Api-Key": {"g"}, "Authorization": {"Bearer b"}}, "g"},
		{"query", "gemini.generate", "alt=sse&key=q%2B", nil, "q+"},
		{"gemini bearer", "gemini.generate", "", http.Header{"Authorization": {"Bearer b"}}, "b"},
		{"empty", "openai.chat", "", http.Header{"Authorization": {"Bearer "}}, ""},
		{"none", "gemini.generate", "", nil, ""},
		{"anthropic's own goes first", "anthropic.messages", "", http.Header{"X-Api-Key": {"k"}, "Authorization": {"Bearer b"}}, "k"},
		{"anthropic bearer", "anthropic.count", "", http.Header{"Authorization": {"Bearer b"}}, "b"},
		{"ollama", "ollama.generate", "", http.Header{"Authorization": {"Bearer b"}}, "b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, _ := Get(tt.dialect)
			r := &http.Request{Header: tt.header, URL: &url.URL{RawQuery: tt.query}}
			if got := d.ClientKey(r); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSetKey(t *testing.T) {
	for name, want := range map[string]http.Header{
		"openai.chat":        {"Authorization": {"Bearer k"}},
		"openai.responses":   {"Authorization": {"Bearer k"}},
		"anthropic.messages": {"X-Api-Key": {"k"}},
		"gemini.generate":    {"X-Goog-Api-Key": {"k"}},
		"ollama.chat":        {"Authorization": {"Bearer k"}},
	} {
		d, _ := Get(name)
		h := http.Header{}
		d.SetKey(h, "k")
		if !maps.EqualFunc(h, want, slices.Equal) {
			t.Errorf("%s: got %v, want %v", name, h, want)
		}
	}
}

func TestCredentials(t *testing.T) {
	for _, name := range []string{"authorization", "X-API-Key", "api-key", "x-goog-api-key", "Cookie", "Proxy-Authorization"} {
		if !IsCredentialHeader(name) {
			t.Errorf("%s passes for no credential", name)
		}
	}
	for _, name := range []string{"Content-Type", "X-Request-Id", ""} {
		if IsCredentialHeader(name) {
			t.Errorf("%s passes for a credential", name)
		}
	}
	if !IsCredentialQuery("key") || IsCredentialQuery("alt") {
		t.Error("query parameters are told apart wrongly")
	}
}

// TestDetectUnknown: who calls a path that no dialect has is told so in the dialect it speaks.
func TestDetectUnknown(t *testing.T) {
	for _, tt := range []struct{ path, header, want string }{
		{"/v1beta/cachedContents", "", "gemini.generate"},
		{"/v1/messages/batches", "Anthropic-Version", "anthropic.messages"},
		{"/v1/corpora", "X-Goog-Api-Key", "gemini.generate"},
		{"/api/show", "", "ollama.chat"},
		{"/v2/unheard", "", ""},
	} {
		r := httptest.NewRequest(http.MethodPost, tt.path, nil)
		if tt.header != "" {
			r.Header.Set(tt.header, "x")
		}
		d, m, ok := Detect(r)
		got := ""
		if d != nil {
			got = d.Name
		}
		if ok || got != tt.want || m != (Match{}) {
			t.Errorf("%s: got %q, %v, want %q", tt.path, got, ok, tt.want)
		}
	}
}
