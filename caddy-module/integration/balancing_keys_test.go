package integration

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/fault"
)

// keysAt is the example of keys with these in the places of the stable and the preview model and of the two other providers, as far as
// they are given.
func keysAt(t *testing.T, all []*fault.Upstream, changes ...string) string {
	t.Helper()
	for i, old := range []string{"http://localhost:8080/stable/", "http://localhost:8080/preview/", "\t\tprovider demo\n", "\t\tprovider other demo\n"} {
		if i >= len(all) {
			break
		}
		by := all[i].URL + "/"
		if i >= 2 {
			by = fmt.Sprintf("\t\tprovider %s vllm {\n\t\t\tbase_url %s\n\t\t}\n", []string{"demo", "other"}[i-2], all[i].URL)
		}
		changes = append(changes, old, by)
	}
	return balancing(t, "keys", changes...)
}

// usedKeys are the keys of the requests, in their order.
func usedKeys(u *fault.Upstream) (out []string) {
	for _, r := range u.Requests() {
		out = append(out, r.Key)
	}
	return out
}

// keyOrder: fill_first stays with a key, round_robin changes with each request.
func keyOrder(t *testing.T, c *running) {
	for balance, want := range map[string][]string{
		"fill_first":  {"key-a", "key-a", "key-a", "key-a"},
		"round_robin": {"key-a", "key-b", "key-a", "key-b"},
	} {
		all := plans(t, nil, nil)
		c.load(keysAt(t, all, "balance fill_first", "balance "+balance))
		for n := range want {
			c.answered("gpt", n, false)
		}
		if got := usedKeys(all[0]); !slices.Equal(got, want) {
			t.Errorf("%s: the keys were %v, want %v", balance, got, want)
		}
	}
}

// nextKey: a request that a key has no quota for goes on with the next key at once, and the first one rests.
func nextKey(t *testing.T, c *running) {
	for name, refused := range map[string]fault.Fault{
		"no money":   {Kind: fault.Fail, Status: 429, Body: `{"error":{"message":"You exceeded your current quota.","type":"insufficient_quota","code":"insufficient_quota"}}`},
		"payment":    {Kind: fault.Fail, Status: http.StatusPaymentRequired},
		"revoked":    {Kind: fault.Fail, Status: http.StatusUnauthorized},
		"rate limit": fails(429, "Retry-After", "7"),
		"no hint":    fails(429),
	} {
		all := plans(t, func(_ int, r *fault.Request) fault.Fault {
			if r.Key == "key-a" {
				return refused
			}
			return fault.Fault{}
		}, nil)
		c.load(keysAt(t, all))
		for n := range 3 {
			c.answered("gpt", n, n%2 == 0)
		}
		seen := all[0].Requests()
		if got := usedKeys(all[0]); !slices.Equal(got, []string{"key-a", "key-b", "key-b", "key-b"}) || seen[0].ID != seen[1].ID {
			t.Errorf("%s: the keys were %v", name, got)
		}
	}
}

// preview: when no key may have the model, the same request goes to the preview model, with the first key again.
func preview(t *testing.T, c *running) {
	all := plans(t, fault.Always(fails(429, "Retry-After", "60")), nil)
	c.load(keysAt(t, all))
	for n := range 3 {
		c.answered("gpt", n, n%2 == 0)
	}
	if got := usedKeys(all[0]); !slices.Equal(got, []string{"key-a", "key-b"}) {
		t.Errorf("the stable model was asked with %v", got)
	}
	if got := usedKeys(all[1]); !slices.Equal(got, []string{"key-a", "key-a", "key-a"}) {
		t.Errorf("the preview model was asked with %v", got)
	}
	if r := all[1].Requests()[0]; r.Model != "gpt-preview" || r.ID != fault.NewID(0) {
		t.Errorf("the preview model's first request is %+v", r)
	}
}

// deadStreams: a stream that ends before its first word, however it does, is taken up elsewhere.
func deadStreams(t *testing.T, c *running) {
	deaths := []fault.Fault{{Kind: fault.Cut}, {Kind: fault.Cut, Hard: true}, {Kind: fault.Reset}, {Kind: fault.Empty}, {Kind: fault.ErrorEvent}, {Kind: fault.NotHTTP}, {Kind: fault.Garbage}}
	all := plans(t, func(n int, r *fault.Request) fault.Fault {
		if r.Key == "key-a" {
			return deaths[n/2%len(deaths)]
		}
		return fault.Fault{}
	}, nil)
	c.load(keysAt(t, all, "balance fill_first", "balance fill_first\n\t\t\tbreaker off"))
	for n := range deaths {
		c.answered("gpt", n, true)
		if got := all[0].Totals(); got.Requests != 2*(n+1) || got.Begun != n+1 {
			t.Fatalf("%v: %+v", deaths[n].Kind, got)
		}
	}
}

// namedPool: one name for models of several providers, which take turns, and stand in for each other.
func namedPool(t *testing.T, c *running) {
	all := plans(t, nil, nil, nil, nil)
	c.load(keysAt(t, all))
	pool := []*fault.Upstream{all[0], all[2], all[3]}
	for n := range 6 {
		c.answered("fast", n, n%2 == 0)
	}
	for i, model := range []string{"small", "tiny", "mini"} {
		seen := pool[i].Requests()
		if len(seen) != 2 || seen[0].ID != fault.NewID(i) || seen[0].Model != model {
			t.Errorf("%s has seen %+v", model, seen)
		}
	}
	for i, ill := range pool {
		before := requests(pool)
		ill.SetPlan(fault.Always(fault.Fault{Kind: fault.Reset}))
		for n := range 3 {
			c.answered("fast", n, n%2 == 0)
		}
		ill.SetPlan(fault.Always(fault.Fault{}))
		if got := requests(pool)[i]; got == before[i] {
			t.Errorf("the ill one was not asked: %v", got)
		}
	}
}

// contextFallback: the model with more room is asked for what is too long, and for nothing else.
func contextFallback(t *testing.T, c *running) {
	body := func(code string) string {
		return fmt.Sprintf(`{"error":{"message":"no","type":"invalid_request_error","code":%q}}`, code)
	}
	for _, tt := range []struct {
		name  string
		fault fault.Fault
		falls bool
	}{
		{"too long", fault.Fault{Kind: fault.Fail, Status: 400, Body: body("context_length_exceeded")}, true},
		{"too long by its words", fault.Fault{Kind: fault.Fail, Status: 400, Body: `{"error":{"message":"This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.","type":"invalid_request_error"}}`}, true},
		{"wrong", fails(400), false},
		{"against a policy", fault.Fault{Kind: fault.Fail, Status: 400, Body: body("content_policy_violation")}, false},
		{"unknown model", fails(404), false},
		{"rate limit", fails(429, "Retry-After", "7"), false},
		{"key refused", fails(401), false},
		{"error", fails(500), false},
	} {
		all := plans(t, fault.Always(tt.fault), fault.Always(tt.fault), nil, nil)
		c.load(keysAt(t, all))
		if a := c.numbered("gpt", 1, true); (a.status == 200) != tt.falls {
			t.Errorf("%s: %d %s", tt.name, a.status, a.body)
		}
		other := all[3].Requests()
		if (len(other) == 1) != tt.falls || tt.falls && (other[0].Model != "long" || all[0].Totals().Requests != 1) {
			t.Errorf("%s: after %d requests the other one was asked %+v", tt.name, all[0].Totals().Requests, other)
		}
	}
}
