package dialect

import (
	"net/http"
	"net/url"
	"testing"
)

func TestDetect(t *testing.T) {
	for _, tt := range []struct {
		method, path, query string
		want                string // "" for none
		match               Match
	}{
		{"POST", "/v1/chat/completions", "", "openai.chat", Match{}},
		{"POST", "/chat/completions", "x=1", "openai.chat", Match{}},
		{"PUT", "/v1/chat/completions", "", "", Match{}},
		{"POST", "/v1/chat/completions/", "", "", Match{}},
		{"POST", "/v1beta/models/gemini-3-pro:generateContent", "key=abc", "gemini.generate", Match{Model: "gemini-3-pro", StreamKnown: true}},
		{"POST", "/v1beta/models/gemini-3-pro:streamGenerateContent", "alt=sse&key=k", "gemini.generate", Match{Model: "gemini-3-pro", Stream: true, StreamKnown: true}},
		{"POST", "/v1beta/models/gemini-3-pro:streamGenerateContent", "", "gemini.generate", Match{Model: "gemini-3-pro", Stream: true, StreamKnown: true, Array: true}},
		{"POST", "/v1/models/google/gemini:generateContent", "", "gemini.generate", Match{Model: "google/gemini", StreamKnown: true}},
		{"POST", "/v1beta/tunedModels/mine:generateContent", "", "gemini.generate", Match{Model: "tunedModels/mine", StreamKnown: true}},
		{"POST", "/v1beta/models/:generateContent", "", "", Match{}},
	} {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			d, m, ok := Detect(&http.Request{Method: tt.method, URL: &url.URL{Path: tt.path, RawQuery: tt.query}})
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
		"openai.chat":     {"Authorization": {"Bearer k"}},
		"gemini.generate": {"X-Goog-Api-Key": {"k"}},
	} {
		d, _ := Get(name)
		h := http.Header{}
		d.SetKey(h, "k")
		if len(h) != 1 || h.Get("Authorization") != want.Get("Authorization") || h.Get("X-Goog-Api-Key") != want.Get("X-Goog-Api-Key") {
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
