package inventory

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
)

// shop is a provider's server: answers by path and query.
type shop struct {
	mu     sync.Mutex
	pages  map[string]string
	status int
	down   bool
	slow   time.Duration
	asked  []string
	keys   []string
}

func (s *shop) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.asked = append(s.asked, r.Method+" "+r.URL.RequestURI())
	s.keys = append(s.keys, r.Header.Get("Authorization")+r.Header.Get("X-Goog-Api-Key")+r.Header.Get("X-Api-Key"))
	down, status, body, slow := s.down, s.status, s.pages[r.URL.RequestURI()], s.slow
	s.mu.Unlock()
	if slow > 0 {
		select {
		case <-time.After(slow):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	if down {
		return nil, errors.New("refused")
	}
	if status == 0 {
		status = 200
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func sell(t *testing.T, name, speaks string, models map[string]string, s *shop) *provider.Provider {
	t.Helper()
	p, err := provider.New(provider.Config{Name: name, BaseURL: "https://up.example/v1", Dialects: []string{speaks}, Keys: []string{"key-of-" + name}, Models: models, Transport: s})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func openAI() *shop {
	return &shop{pages: map[string]string{"/v1/models": `{"object":"list","data":[{"id":"gpt-5","object":"model","created":1700000000,"owned_by":"openai"},{"id":"both","created":1,"owned_by":"openai"}]}`}}
}

func gemini() *shop {
	return &shop{pages: map[string]string{
		"/v1/models?pageSize=1000":                     `{"models":[{"name":"models/gemini-3-pro","inputTokenLimit":1048576,"outputTokenLimit":65536}],"nextPageToken":"a b/="}`,
		"/v1/models?pageSize=1000&pageToken=a+b%2F%3D": `{"models":[{"name":"models/both"},{"name":""},{"name":"tunedModels/mine"}]}`,
	}}
}

func names(models []dialect.Model) string {
	var out []string
	for _, m := range models {
		out = append(out, m.Owner+":"+m.ID)
	}
	return strings.Join(out, " ")
}

// TestModels: what the configuration names comes first, then what providers list, each name once.
func TestModels(t *testing.T) {
	for _, tc := range []struct {
		name    string
		sources func(t *testing.T) []Source
		aliases map[string]string
		want    string
	}{
		{"two providers", func(t *testing.T) []Source {
			return []Source{{Provider: sell(t, "one", "openai.chat", nil, openAI())}, {Provider: sell(t, "two", "gemini.generate", nil, gemini())}}
		}, nil, "openai:gpt-5 openai:both two:gemini-3-pro two:tunedModels/mine"},
		{"anthropic and ollama", func(t *testing.T) []Source {
			return []Source{
				{Provider: sell(t, "a", "anthropic.messages", nil, &shop{pages: map[string]string{"/v1/models?limit=1000": `{"data":[{"type":"model","id":"claude-sonnet-5","created_at":"2026-01-02T00:00:00Z"}],"has_more":false}`}})},
				{Provider: sell(t, "o", "ollama.chat", nil, &shop{pages: map[string]string{"/v1/api/tags": `{"models":[{"name":"qwen3:8b","model":"qwen3:8b"}]}`}})},
			}
		}, nil, "a:claude-sonnet-5 o:qwen3:8b"},
		{"one is down", func(t *testing.T) []Source {
			return []Source{{Provider: sell(t, "one", "openai.chat", nil, &shop{down: true})}, {Provider: sell(t, "two", "gemini.generate", nil, gemini())}}
		}, nil, "two:gemini-3-pro two:both two:tunedModels/mine"},
		{"one refuses, one makes no sense", func(t *testing.T) []Source {
			return []Source{{Provider: sell(t, "one", "openai.chat", nil, &shop{status: 401})}, {Provider: sell(t, "two", "openai.chat", nil, &shop{pages: map[string]string{"/v1/models": "<html>"}})}}
		}, nil, ""},
		{"a named model is not asked for", func(t *testing.T) []Source {
			return []Source{{Provider: sell(t, "one", "openai.chat", nil, &shop{down: true}), Model: "gpt-5"}, {Provider: sell(t, "one", "openai.chat", nil, &shop{down: true}), Model: "gpt-5"}}
		}, nil, "one:gpt-5"},
		{"model map", func(t *testing.T) []Source {
			return []Source{{Provider: sell(t, "one", "openai.chat", map[string]string{"small": "gpt-5-mini", "big": "gpt-5"}, openAI())}}
		}, nil, "one:big one:small openai:gpt-5 openai:both"},
		{"a map that takes everything", func(t *testing.T) []Source {
			return []Source{{Provider: sell(t, "one", "openai.chat", map[string]string{"*": "gpt-5", "big": "gpt-5"}, openAI())}}
		}, nil, "one:big"},
		{"aliases", func(t *testing.T) []Source { return nil }, map[string]string{"smart": "one/gpt-5", "fast": "gpt-5-mini"}, "gpt-5-mini:fast one:smart"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v := New(tc.sources(t), tc.aliases, time.Now, nil)
			if got := names(v.Models(context.Background())); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

// TestDetail: what is known of a model beside its name is filled in, without changing what is kept.
func TestDetail(t *testing.T) {
	n := 0
	v := New([]Source{{Provider: sell(t, "two", "gemini.generate", nil, gemini())}}, nil, time.Now, func(m *dialect.Model) {
		n++
		m.Context += n
	})
	v.Models(context.Background())
	m := v.Models(context.Background())[0]
	if m.Context != 1048576+4 || m.Output != 65536 {
		t.Errorf("%+v", m)
	}
}

// TestFresh: a list counts for a while, and longer than that when it cannot be had anew.
func TestFresh(t *testing.T) {
	s := openAI()
	now := time.Unix(1763600000, 0)
	v := New([]Source{{Provider: sell(t, "one", "openai.chat", nil, s)}, {Provider: sell(t, "one", "openai.chat", nil, s)}}, nil, func() time.Time { return now }, nil)
	list := func(want string, asked int) {
		t.Helper()
		if got := names(v.Models(context.Background())); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if len(s.asked) != asked {
			t.Errorf("asked %d times, want %d", len(s.asked), asked)
		}
	}
	both := "openai:gpt-5 openai:both"
	list(both, 2) // two providers of one name are two
	list(both, 2)
	now = now.Add(fresh + time.Second)
	s.down = true
	list(both, 4)
	list(both, 4)
	now = now.Add(sour + time.Second)
	s.down = false
	s.pages["/v1/models"] = `{"data":[{"id":"gpt-6","owned_by":"openai"}]}`
	list("openai:gpt-6", 6)
	for _, key := range s.keys {
		if key != "Bearer key-of-one" {
			t.Errorf("asked with %q", key)
		}
	}
}

// TestPatience: a provider that does not answer costs its own models only, and a client that goes away does
// not spoil the list for the next one.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := openAI()
		slow.slow = time.Minute
		v := New([]Source{{Provider: sell(t, "one", "openai.chat", nil, slow)}, {Provider: sell(t, "two", "gemini.generate", nil, gemini())}}, nil, time.Now, nil)
		began := time.Now()
		if got := names(v.Models(context.Background())); got != "two:gemini-3-pro two:both two:tunedModels/mine" {
			t.Errorf("got %s", got)
		}
		if waited := time.Since(began); waited != patience {
			t.Errorf("waited %s, want %s", waited, patience)
		}
	})
}

// TestClientLeaves: a client that goes away while a provider is asked leaves the list as it was.
func TestClientLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openAI()
		s.slow = time.Second
		v := New([]Source{{Provider: sell(t, "one", "openai.chat", nil, s)}}, nil, time.Now, nil)
		ctx, leave := context.WithTimeout(context.Background(), time.Millisecond)
		defer leave()
		v.Models(ctx)
		if got := names(v.Models(context.Background())); got != "openai:gpt-5 openai:both" {
			t.Errorf("the next client got %q", got)
		}
	})
}
