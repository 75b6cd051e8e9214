package integration

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/redis/redistest"
)

// withBudget is a Caddyfile with a budget of two keys' use.
func withBudget(u *upstream, name, limits string) string {
	return fmt.Sprintf(`{
	llm_gateway {
		provider up openai {
			base_url %s/v1
			api_key k
		}
	}
}

:8080 {
	llm_gateway {
		auth keys {
			key ann key-of-ann-1234
			key bob key-of-bob-1234
		}
		budget %s {
			%s
		}
		route {
			to up
		}
	}
}
`, u.URL, name, limits)
}

// as asks with a key.
func (c *running) as(key string) answer {
	c.t.Helper()
	a, err := c.try(c.t.Context(), chat("m", "now", false), "Authorization", "Bearer "+key)
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

const ann, bob = "key-of-ann-1234", "key-of-bob-1234"

// TestBudgetOverReloads: what was used stays over a reload and under other limits, and each key has a budget of its own.
func TestBudgetOverReloads(t *testing.T) {
	u := newUpstream(t)
	c := start(t, withBudget(u, "reloaded", "requests 2 total"))
	for _, want := range []struct {
		key    string
		status int
	}{{ann, 200}, {ann, 200}, {ann, 429}, {bob, 200}} {
		if a := c.as(want.key); a.status != want.status {
			t.Errorf("%s got %d %s, want %d", want.key, a.status, a.body, want.status)
		}
	}
	c.load(withBudget(u, "reloaded", "requests 3 total\ntokens 100000 day"))
	if a := c.as(ann); a.status != 200 || a.header.Get("X-Ratelimit-Remaining-Requests") != "0" || a.header.Get("X-Ratelimit-Limit-Tokens") != "100000" {
		t.Errorf("got %d %v %s", a.status, a.header, a.body)
	}
	a := c.as(ann)
	if a.status != 429 || !strings.Contains(a.body, `"code":"budget_exceeded"`) || !strings.Contains(a.body, "budget reloaded of 3 requests in total is used up") {
		t.Errorf("got %d %s", a.status, a.body)
	}
	if !strings.Contains(c.logged(), `"budget":"reloaded"`) {
		t.Error("the log does not name the budget")
	}

	var told []struct {
		Name, Per         string
		Subjects, Refused int
		Most              []struct {
			Name   string
			Limits []struct {
				Unit         string
				Used, Amount float64
				Resets       *float64 `json:"resets_in_seconds"`
			}
		}
	}
	text := c.get("/llm_gateway/budgets")
	if err := json.Unmarshal([]byte(text), &told); err != nil {
		t.Fatal(err)
	}
	if len(told) != 1 || told[0].Subjects != 2 || told[0].Refused != 2 || told[0].Per != "key" || len(told[0].Most) != 2 {
		t.Fatalf("the admin endpoint tells %s", text)
	}
	most := told[0].Most[0]
	if most.Name != "ann" || most.Limits[0].Used != 3 || most.Limits[0].Resets != nil || most.Limits[1].Unit != "tokens" || most.Limits[1].Resets == nil || strings.Contains(text, ann) {
		t.Errorf("the admin endpoint tells %s", text)
	}
	eventually(t, "nothing is reserved", func() bool { return c.metrics()[`caddy_llm_gateway_budget_reserved_tokens{budget="reloaded"}`] == 0 })
	metrics := c.metrics()
	for name, want := range map[string]float64{"refused_total": 2, "subjects": 2, "used_ratio": 1, "reserved_usd": 0} {
		if got := metrics[`caddy_llm_gateway_budget_`+name+`{budget="reloaded"}`]; got != want {
			t.Errorf("budget_%s is %v, want %v", name, got, want)
		}
	}
	if status, body := c.explain(`{"key":"ann","body":{"model":"m","messages":[]}}`); status != 200 || !strings.Contains(body, `"code":"budget_exceeded"`) || !strings.Contains(body, `"counts":true`) {
		t.Errorf("explained: %d %s", status, body)
	}
}

// TestBudgetStoreOutage: without the server that gateways add up in a gateway goes on by what it has counted and heard, says so once, and tells the
// server when it is back.
func TestBudgetStoreOutage(t *testing.T) {
	u, server := newUpstream(t), redistest.Start(t)
	c := start(t, strings.Replace(withBudget(u, "shared", "requests 5 total\nstore shared"), "	llm_gateway {\n", "	llm_gateway {\n		store shared redis {\n			address "+server.Address+"\n		}\n", 1))
	asks := func(status int) {
		t.Helper()
		if a := c.as(ann); a.status != status {
			t.Errorf("got %d %s, want %d", a.status, a.body, status)
		}
	}
	said := func(words string) int { return strings.Count(c.logged(), words) }
	asks(200)
	asks(200)
	server.Stop()
	asks(200)
	asks(200)
	asks(200)
	asks(429)
	if n := said("store of budgets failed, this gateway goes by what it counts itself"); n != 1 {
		t.Errorf("the log says %d times that the store failed", n)
	}
	if text := c.get("/llm_gateway/budgets"); !strings.Contains(text, `"store_lost":true`) {
		t.Errorf("the admin endpoint tells %s", text)
	}
	server.Again() // with nothing in it: what it has afterwards it was told
	eventually(t, "word that the store is back", func() bool { return said("store of budgets is back") == 1 })
	asks(200)
	asks(200)
	asks(429)
	if dump := string(server.Dump()); strings.Contains(dump, "ann") || strings.Contains(dump, "127.0.0.1") {
		t.Error("the server tells who the subjects are")
	}
}
