package gateway

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/inventory"
)

// listing is a provider that lists models and answers by their names.
func listing(path, list string) *upstream {
	return &upstream{answer: func(_ int, r *http.Request, _ string) *http.Response {
		if r.Method == "GET" && strings.HasSuffix(r.URL.Path, path) {
			return whole(list)
		}
		return whole(said)
	}}
}

// catalogue is a gateway with a route to two providers that list models, one that is down, and aliases.
func catalogue(t *testing.T) (g *Gateway, one, two *upstream) {
	t.Helper()
	one = listing("/models", `{"data":[{"id":"gpt-5","created":1700000000,"owned_by":"openai"},{"id":"org/odd","created":1,"owned_by":"org"}]}`)
	two = listing("/models", `{"models":[{"name":"models/gemini-3-pro","inputTokenLimit":1048576,"outputTokenLimit":65536}]}`)
	down := roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") })
	g, _ = gatewayOf(t, upstreamOf(t, "one", "openai.chat", one))
	r := g.Routes[0]
	r.Candidates = append(r.Candidates, candidate(t, upstreamOf(t, "two", "gemini.generate", two)), candidate(t, upstreamOf(t, "down", "openai.chat", down)))
	g.Aliases = map[string]string{"smart": "two/gemini-3-pro", "plain": "gpt-5", "lost": "elsewhere/gpt-5"}
	var sources []inventory.Source
	for _, c := range r.Candidates {
		sources = append(sources, inventory.Source{Provider: c.Provider, Model: c.Model})
	}
	g.Models = inventory.New(sources, g.Aliases, g.Now, nil)
	return g, one, two
}

// TestLists: the models of all providers that answer, as clients of each dialect read them.
func TestLists(t *testing.T) {
	for _, tc := range []struct {
		name, path string
		header     []string
		at, id     string
		want       string
	}{
		{"OpenAI", "/v1/models", nil, "data", "id", "lost plain smart gpt-5 org/odd gemini-3-pro"},
		{"OpenAI without v1", "/models", nil, "data", "id", "lost plain smart gpt-5 org/odd gemini-3-pro"},
		{"Anthropic", "/v1/models", []string{"Anthropic-Version", "2023-06-01"}, "data", "id", "lost plain smart gpt-5 org/odd gemini-3-pro"},
		{"Gemini", "/v1beta/models?pageSize=50", nil, "models", "name", "models/lost models/plain models/smart models/gpt-5 models/org/odd models/gemini-3-pro"},
		{"Gemini v1", "/v1/models", []string{"X-Goog-Api-Key", "k"}, "models", "name", "models/lost models/plain models/smart models/gpt-5 models/org/odd models/gemini-3-pro"},
		{"Ollama", "/api/tags", nil, "models", "name", "lost plain smart gpt-5 org/odd gemini-3-pro"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			g, one, _ := catalogue(t)
			w := send(g, "GET", tc.path, "", "", tc.header...)
			var v map[string]any
			if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code != 200 {
				t.Fatalf("%d %v %s", w.Code, err, w.Body)
			}
			var names []string
			for _, m := range list(v[tc.at]) {
				names = append(names, m[tc.id].(string))
				if created, _ := m["created_at"].(string); tc.name == "Anthropic" {
					if _, err := time.Parse(time.RFC3339, created); err != nil || m["type"] != "model" || m["display_name"] == "" {
						t.Errorf("%v: %s", err, literal(m))
					}
				}
			}
			if got := strings.Join(names, " "); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			if tc.name == "OpenAI" && (v["object"] != "list" || list(v["data"])[3]["created"] != 1700000000.0 || list(v["data"])[3]["object"] != "model") {
				t.Errorf("%s", w.Body)
			}
			if key := one.seen[0].Header.Get("Authorization"); key != "Bearer upstream-key" {
				t.Errorf("the provider was asked with %q", key)
			}
		})
	}
}

// TestOneModel: one of them, by its name or behind its provider's, or a 404.
func TestOneModel(t *testing.T) {
	for _, tc := range []struct {
		path    string
		header  []string
		code    int
		dialect string
		want    string
	}{
		{"/v1/models/gpt-5", nil, 200, "", `"id":"gpt-5"`},
		{"/v1/models/org/odd", nil, 200, "", `"id":"org/odd"`},
		{"/v1/models/smart", nil, 200, "", `"id":"smart"`},
		{"/v1/models/two/gemini-3-pro", nil, 200, "", `"id":"gemini-3-pro"`},
		{"/v1/models/gemini-3-pro", []string{"Anthropic-Version", "x"}, 200, "", `"type":"model"`},
		{"/v1beta/models/gemini-3-pro", nil, 200, "", `"inputTokenLimit":1048576`},
		{"/v1/models/gpt-9", nil, 404, "openai.chat", "gpt-9"},
		{"/v1/models/gpt-9", []string{"Anthropic-Version", "x"}, 404, "anthropic.messages", "gpt-9"},
		{"/v1beta/models/gpt-9", nil, 404, "gemini.generate", "gpt-9"},
	} {
		t.Run(tc.path, func(t *testing.T) {
			g, _, _ := catalogue(t)
			w := send(g, "GET", tc.path, "", "", tc.header...)
			if w.Code != tc.code || !strings.Contains(w.Body.String(), tc.want) {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if tc.dialect != "" {
				if _, message := refusalIn(t, tc.dialect, w.Body.String()); !strings.Contains(message, tc.want) {
					t.Errorf("%s", w.Body)
				}
			}
		})
	}
}

// TestListsWithout: no inventory is an empty list, not null.
func TestListsWithout(t *testing.T) {
	g, _ := gatewayOf(t, upstreamOf(t, "one", "openai.chat", listing("/models", "{}")))
	for _, d := range dialect.All() {
		if !d.ListsModels() {
			continue
		}
		path := map[string]string{"gemini.generate": "/v1beta/models", "ollama.chat": "/api/tags"}[d.Name]
		if path == "" {
			path = "/v1/models"
		}
		w := send(g, "GET", path, "", "")
		if w.Code != 200 || !strings.Contains(w.Body.String(), "[]") {
			t.Errorf("%s: %d %s", d.Name, w.Code, w.Body)
		}
	}
}

// TestResolve: aliases and prefixes choose among a route's candidates, and no name reaches a provider that the
// route does not lead to.
func TestResolve(t *testing.T) {
	for _, tc := range []struct {
		asked    string
		provider string // "" is nobody
		model    string
		code     int
	}{
		{"gpt-5", "one", "gpt-5", 200},
		{"one/gpt-5", "one", "gpt-5", 200},
		{"two/gemini-3-pro", "two", "gemini-3-pro", 200},
		{"smart", "two", "gemini-3-pro", 200},
		{"plain", "one", "gpt-5", 200},
		{"org/odd", "one", "org/odd", 200},
		{"one/org/odd", "one", "org/odd", 200},
		{"two/", "one", "two/", 200},
		{"/gpt-5", "one", "/gpt-5", 200},
		{"lost", "", "", 404},
		{"three/gpt-5", "one", "three/gpt-5", 200}, // some providers' models have slashes
	} {
		for _, c := range dialects {
			t.Run(tc.asked+" "+c, func(t *testing.T) {
				g, one, two := catalogue(t)
				two.answer = func(int, *http.Request, string) *http.Response { return whole(wordAnswer["gemini.generate"]) }
				body := strings.Replace(askOf(toolAsk[c], false), `"model":"m"`, `"model":"`+tc.asked+`"`, 1)
				path := pathOf(c, false)
				if c == "gemini.generate" {
					path = "/v1beta/models/" + tc.asked + ":generateContent"
				}
				w := send(g, "POST", path, "application/json", body)
				if w.Code != tc.code {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
				if tc.provider == "" {
					if _, message := refusalIn(t, c, w.Body.String()); !strings.Contains(message, tc.asked) || len(one.asked)+len(two.asked) > 0 {
						t.Errorf("%s", w.Body)
					}
					return
				}
				got, model := "one", ""
				if len(two.asked) > 0 {
					got = "two"
					_, model, _ = strings.Cut(two.seen[0].URL.Path, "/models/")
					model = strings.TrimSuffix(model, ":generateContent")
				} else {
					var v map[string]any
					_ = json.Unmarshal([]byte(one.asked[0]), &v)
					model, _ = v["model"].(string)
				}
				if got != tc.provider || model != tc.model || len(one.asked)+len(two.asked) != 1 {
					t.Errorf("asked %s for %s, want %s for %s", got, model, tc.provider, tc.model)
				}
			})
		}
	}
}

// TestResolveCandidates: a candidate with a model of its own takes only what means it.
func TestResolveCandidates(t *testing.T) {
	for _, tc := range []struct{ asked, want string }{
		{"whatever", "one gpt-5"}, {"one/gpt-5", "one gpt-5"}, {"two/gpt-5", "two gpt-5"}, {"two/other", "one gpt-5"}, {"pick", "two gpt-5"},
	} {
		t.Run(tc.asked, func(t *testing.T) {
			got := ""
			answer := func(name string) *upstream {
				return &upstream{answer: func(_ int, _ *http.Request, asked string) *http.Response {
					var v map[string]any
					_ = json.Unmarshal([]byte(asked), &v)
					got += name + " " + v["model"].(string)
					return whole(said)
				}}
			}
			one, two := upstreamOf(t, "one", "openai.chat", answer("one")), upstreamOf(t, "two", "openai.chat", answer("two"))
			g, _ := gatewayOf(t, one)
			g.Aliases = map[string]string{"pick": "two/gpt-5"}
			g.Routes[0].Candidates = nil
			for _, p := range []*attempt.Candidate{candidate(t, one), candidate(t, two)} {
				p.Model = "gpt-5"
				g.Routes[0].Candidates = append(g.Routes[0].Candidates, p)
			}
			if w := post(g, chatPath, strings.Replace(ask, `"m"`, `"`+tc.asked+`"`, 1)); w.Code != 200 || got != tc.want {
				t.Errorf("%d, asked %s, want %s", w.Code, got, tc.want)
			}
		})
	}
}
