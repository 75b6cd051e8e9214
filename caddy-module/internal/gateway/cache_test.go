package gateway

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/auth"
	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/price"
	"github.com/longmen-gateway/longmen/caddy-module/internal/route"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// TestCache: what a stored answer is given for, and what the client says of it in Cache-Control. Every answer of the provider has a number;
// one that is stored has no tokens and costs nothing.
func TestCache(t *testing.T) {
	const firstKey = "the-first-key-of-two"
	type call struct {
		key, model, header string
		want               string // provider and number of the answer
		cache              string // what x-longmen-cache says
	}
	for _, stream := range []bool{false, true} {
		for _, tt := range []struct {
			name  string
			calls []call
		}{
			{"repetition", []call{{want: "a 0", cache: "miss"}, {want: "a 0", cache: "hit"}}},
			{"no-cache asks for a new one, which is stored", []call{{want: "a 0", cache: "miss"}, {header: "no-cache", want: "a 1", cache: "miss"}, {want: "a 1", cache: "hit"}}},
			{"no-store takes none and leaves none", []call{{header: "no-store", want: "a 0"}, {want: "a 1", cache: "miss"}, {header: "no-store", want: "a 2"}, {want: "a 1", cache: "hit"}}},
			{"max-age=0 is no-cache", []call{{want: "a 0", cache: "miss"}, {header: "max-age=0", want: "a 1", cache: "miss"}}},
			{"another model", []call{{want: "a 0", cache: "miss"}, {model: "n", want: "a 1", cache: "miss"}, {want: "a 0", cache: "hit"}}},
			{"another provider by the model's name", []call{{model: "a/m", want: "a 0", cache: "miss"}, {model: "b/m", want: "b 0", cache: "miss"}, {model: "b/m", want: "b 0", cache: "hit"}, {model: "a/m", want: "a 0", cache: "hit"}}},
			{"another route", []call{{want: "a 0", cache: "miss"}, {model: "routed", want: "b 0", cache: "miss"}, {want: "a 0", cache: "hit"}}},
			{"another caller", []call{{want: "a 0", cache: "miss"}, {key: "the-second-key-of-two", want: "a 1", cache: "miss"}, {want: "a 0", cache: "hit"}}},
		} {
			t.Run(fmt.Sprintf("%s, stream %t", tt.name, stream), func(t *testing.T) {
				counted := func(provider string) *upstream {
					return &upstream{answer: func(n int, _ *http.Request, _ string) *http.Response {
						text := fmt.Sprintf("%s %d", provider, n)
						if stream {
							return streamed(delta(text), stop, `data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}`+"\n\n", "data: [DONE]\n\n")
						}
						return whole(strings.Replace(said, "hello", text, 1))
					}}
				}
				a, b := upstreamOf(t, "a", "openai.chat", counted("a")), upstreamOf(t, "b", "openai.chat", counted("b"))
				priced(t, a, map[string]price.Price{"*": {Input: 1, Output: 1}})
				priced(t, b, map[string]price.Price{"*": {Input: 1, Output: 1}})
				g, accounts := gatewayOf(t, a, named(t, "answers", "{}"))
				g.Auth = auth.Keys(keyring(t, firstKey, "the-second-key-of-two"))
				g.Routes[0].Candidates = append(g.Routes[0].Candidates, candidate(t, b))
				rule, err := route.Compile(`model == "routed"`, route.Schema{})
				if err != nil {
					t.Fatal(err)
				}
				first := g.Routes[0]
				g.Routes = []*Route{{Name: "other", Rule: rule, Plugins: first.Plugins, Candidates: first.Candidates[1:], Retry: first.Retry}, first}
				question := fmt.Sprint(tt.name, rand.Int64()) // the store outlives the test
				for i, c := range tt.calls {
					body := fmt.Sprintf(`{"model":%q,"stream":%t,"user":%q,"messages":[]}`, cmp.Or(c.model, "m"), stream, question)
					r := httptest.NewRequest(http.MethodPost, chatPath, strings.NewReader(body))
					r.Header.Set("Authorization", "Bearer "+cmp.Or(c.key, firstKey))
					if c.header != "" {
						r.Header.Set("Cache-Control", c.header)
					}
					w := httptest.NewRecorder()
					g.ServeHTTP(w, r)
					if w.Code != 200 || !strings.Contains(w.Body.String(), `"`+c.want+`"`) || w.Header().Get("X-Longmen-Cache") != c.cache {
						t.Errorf("call %d: %d %q %s, want %s %q", i, w.Code, w.Header().Get("X-Longmen-Cache"), w.Body, c.want, c.cache)
					}
					account := (*accounts)[i]
					if hit := c.cache == "hit"; account.Outcome != usage.OK || (account.Tokens == dialect.Usage{}) != hit || (account.Cost == 0) != hit || len(account.Attempts) > 0 == hit {
						t.Errorf("call %d: account %+v", i, account)
					}
				}
			})
		}
	}
}

// keyring has keys with names by their numbers.
func keyring(t *testing.T, keys ...string) *auth.Ring {
	t.Helper()
	var all []auth.Key
	for i, secret := range keys {
		key, err := auth.NewKey(fmt.Sprint("caller-", i), secret, nil)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, key)
	}
	ring, err := auth.NewRing(all)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}
