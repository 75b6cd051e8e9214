package integration

import (
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/fault"
)

// liteAt is the guide's file with these in the places of the two regions of gpt-4o, of gpt-4o-long and of claude-sonnet.
func liteAt(t *testing.T, all []*fault.Upstream, changes ...string) string {
	t.Helper()
	for name, value := range map[string]string{
		"AZURE_EU_BASE": all[0].URL, "AZURE_EU_KEY": "key-eu", "AZURE_US_BASE": all[1].URL, "AZURE_US_KEY": "key-us", "OPENAI_API_KEY": "key-long", "ANTHROPIC_API_KEY": "key-claude",
		"LITELLM_MASTER_KEY": "sk-1234",
	} {
		t.Setenv(name, value)
	}
	for i, key := range []string{"      api_key: os.environ/OPENAI_API_KEY\n", "      api_key: os.environ/ANTHROPIC_API_KEY\n"} {
		changes = append(changes, key, key+"      api_base: "+all[2+i].URL+"/v1\n")
	}
	return golden(t, "litellm_guide", changes...)
}

// master shows LiteLLM's key.
func master(c *running) *running { return c.showing("Authorization", "Bearer sk-1234") }

// liteCallers: chat is there with and without /v1, for who shows the key; models are listed by their names.
func liteCallers(t *testing.T, c *running) {
	all := plans(t, nil, nil, nil, nil)
	c.imports("litellm", liteAt(t, all))
	for i, path := range []string{"/chat/completions", "/v1/chat/completions"} {
		id := fault.NewID(i)
		for _, model := range []string{"gpt-4o", "claude-sonnet"} {
			if status, body := master(c).call(http.MethodPost, path, chat(model, id, false)); status != http.StatusOK || !strings.Contains(body, fault.Text(id)) {
				t.Errorf("%s: %d %s", path, status, body)
			}
		}
		if status, body := c.call(http.MethodPost, path, chat("gpt-4o", id, false)); status != http.StatusUnauthorized {
			t.Errorf("%s without a key: %d %s", path, status, body)
		}
		if status, _ := c.showing("Authorization", "Bearer sk-4321").call(http.MethodPost, path, chat("gpt-4o", id, false)); status != http.StatusUnauthorized {
			t.Errorf("%s with another key: %d", path, status)
		}
	}
	if got := reachedAt(all[3]); !slices.Equal(got, slices.Repeat([]reached{{"anthropic.messages", "key-claude", "claude-sonnet-4-5"}}, 2)) {
		t.Errorf("Claude was asked %v", got)
	}
	if got := master(c).lists(); !slices.Equal(got, []string{"claude-sonnet", "gpt-4o", "gpt-4o-long", "local"}) {
		t.Errorf("the list of models is %q", got)
	}
	if status, _ := c.call(http.MethodGet, "/health/liveliness", ""); status != http.StatusOK {
		t.Errorf("liveliness: %d", status)
	}
}

// liteWeights: deployments share by their limits, each under its own name and with its own key.
func liteWeights(t *testing.T, c *running) {
	all := plans(t, nil, nil, nil, nil)
	c.imports("litellm", liteAt(t, all))
	for n := range 30 {
		master(c).answered("gpt-4o", n, n%2 == 0)
	}
	if got := requests(all); !slices.Equal(got, []int{20, 10, 0, 0}) {
		t.Errorf("deployments were asked %v times", got)
	}
	for i, want := range []reached{{"openai.chat", "key-eu", "gpt-4o-eu"}, {"openai.chat", "key-us", "gpt-4o-us"}} {
		if got := reachedAt(all[i]); slices.ContainsFunc(got, func(a reached) bool { return a != want }) {
			t.Errorf("deployment %d was asked %v, want %v", i, got, want)
		}
	}
}

const brokenEU = `caddy_llm_gateway_upstream_state{endpoint="gpt-4o-eu",provider="gpt-4o"}`

// liteCooldown: three failures put a deployment aside, and no client notices.
func liteCooldown(t *testing.T, c *running) {
	all := plans(t, fault.Always(fails(500)), nil, nil, nil)
	c.imports("litellm", liteAt(t, all))
	for n := range 30 {
		master(c).answered("gpt-4o", n, n%2 == 0)
	}
	if got := requests(all); !slices.Equal(got, []int{3, 30, 0, 0}) || c.metrics()[brokenEU] != 1 {
		t.Errorf("deployments were asked %v times, and the state is %v", got, c.metrics()[brokenEU])
	}
}

// liteRecovery: when cooldown_time is over the deployment is asked again.
func liteRecovery(t *testing.T, c *running) {
	all := plans(t, fault.Sequence(fails(500), fails(500), fails(500)), nil, nil, nil)
	c.imports("litellm", liteAt(t, all, "cooldown_time: 30", "cooldown_time: 1"))
	n, began := 0, time.Now()
	for ; all[0].Totals().Requests < 3; n++ {
		began = time.Now()
		master(c).answered("gpt-4o", n, false)
	}
	eventually(t, "the deployment asked again", func() bool {
		n++
		master(c).answered("gpt-4o", n, false)
		return all[0].Totals().Requests > 3
	})
	if took := time.Since(began); took < time.Second {
		t.Errorf("asked again after %v, want 1s", took)
	}
}

// liteFallbacks: another model answers when both deployments fail, by its own name there.
func liteFallbacks(t *testing.T, c *running) {
	ill := fault.Always(fails(503))
	all := plans(t, ill, ill, nil, nil)
	c.imports("litellm", liteAt(t, all))
	for n := range 4 {
		master(c).answered("gpt-4o", n, n%2 == 0)
	}
	if got := reachedAt(all[3]); !slices.Equal(got, slices.Repeat([]reached{{"anthropic.messages", "key-claude", "claude-sonnet-4-5"}}, 4)) {
		t.Errorf("the fallback was asked %v", got)
	}
	if got := requests(all); got[2] != 0 || got[0] == 0 || got[1] == 0 {
		t.Errorf("deployments were asked %v times", got)
	}
}

// liteContext: the model with more room is asked after prompts that are too long, and after nothing else.
func liteContext(t *testing.T, c *running) {
	tooLong := fault.Fault{Kind: fault.Fail, Status: 400, Body: `{"error":{"message":"no","type":"invalid_request_error","code":"context_length_exceeded"}}`}
	for name, tt := range map[string]struct {
		fault fault.Fault
		long  int // requests for the model with more room
		other int // for the fallback
	}{
		"too long": {tooLong, 1, 0}, "error": {fails(500), 0, 1}, "limit": {fails(429, "Retry-After", "7"), 0, 1}, "wrong": {fails(400), 0, 0},
	} {
		all := plans(t, fault.Always(tt.fault), fault.Always(tt.fault), nil, nil)
		c.imports("litellm", liteAt(t, all))
		a := master(c).numbered("gpt-4o", 1, true)
		if got := requests(all); got[2] != tt.long || got[3] != tt.other || (a.status == http.StatusOK) != (tt.long+tt.other > 0) {
			t.Errorf("%s: %d, asked were %v", name, a.status, got)
		}
		if got := reachedAt(all[2]); tt.long > 0 && got[0] != (reached{"openai.chat", "key-long", "gpt-4.1"}) {
			t.Errorf("%s: asked %v", name, got)
		}
	}
}

// liteWildcards: names that begin with a provider go there without that, and fall back, too; any other name goes where * leads.
func liteWildcards(t *testing.T, c *running) {
	all := plans(t, nil, fault.Sequence(fails(500)), nil)
	for name, value := range map[string]string{"OPENAI_API_KEY": "key-any", "OPENAI_KEY_2": "key-2", "ANTHROPIC_API_KEY": "key-claude"} {
		t.Setenv(name, value)
	}
	c.imports("litellm", golden(t, "litellm_wildcards",
		`{model: "openai/*", api_key: os.environ/OPENAI_API_KEY}`, `{model: "openai/*", api_key: os.environ/OPENAI_API_KEY, api_base: "`+all[0].URL+`/v1"}`,
		"http://10.0.0.1:8000", all[1].URL,
		`  - model_name: plain
    litellm_params: {model: openai/gpt-5}`, `  - model_name: plain
    litellm_params: {model: openai/gpt-5, api_base: "`+all[2].URL+`/v1"}`))
	c.answered("house/llama", 1, false)
	c.answered("house/llama", 2, false)
	c.answered("some-model", 3, true)
	for i, want := range [][]reached{
		{{"openai.chat", "key-any", "some-model"}}, {{"openai.chat", "", "llama"}, {"openai.chat", "", "llama"}}, {{"openai.chat", "key-any", "gpt-5"}},
	} {
		if got := reachedAt(all[i]); !slices.Equal(got, want) {
			t.Errorf("provider %d was asked %v, want %v", i, got, want)
		}
	}
}

// liteCache: the same request is answered from the cache, unless it says no-cache.
func liteCache(t *testing.T, c *running) {
	all := plans(t, nil, nil, nil, nil)
	c.imports("litellm", liteAt(t, all, "  drop_params: true\n", "  cache: true\n  cache_params: {type: local, ttl: 60}\n"))
	for _, want := range []int{1, 1} {
		master(c).answered("claude-sonnet", 1, false)
		if got := all[3].Totals().Requests; got != want {
			t.Errorf("asked %d times, want %d", got, want)
		}
	}
	fresh := master(c).showing("Cache-Control", "no-cache")
	fresh.answered("claude-sonnet", 1, false)
	if got := all[3].Totals().Requests; got != 2 {
		t.Errorf("with no-cache asked %d times, want 2", got)
	}
}

// liteBudget: what a streamed answer has cost is what its tokens cost in the file, and when the proxy's budget is spent nobody is served.
func liteBudget(t *testing.T, c *running) {
	all := plans(t, nil)
	for name, value := range map[string]string{"OPENAI_API_KEY": "key-1", "OPENAI_KEY_2": "key-2", "LITELLM_MASTER_KEY": "sk-1234"} {
		t.Setenv(name, value)
	}
	c.imports("litellm", golden(t, "litellm_budget", "input_cost_per_token: 0.00000125", "input_cost_per_token: 0.5", "{model: openai/gpt-5,", `{model: openai/gpt-5, api_base: "`+all[0].URL+`/v1",`,
		"max_budget: 100", "max_budget: 5", "router_settings: {redis_host: redis.example, redis_port: 6380, redis_password: os.environ/REDIS_PASSWORD}\n", ""))
	master(c).answered("gpt", 1, true) // 11 tokens of a prompt are 5.50
	if a := master(c).numbered("gpt", 2, false); a.status != http.StatusTooManyRequests || !strings.Contains(a.body, "budget_exceeded") {
		t.Errorf("got %d %s", a.status, a.body)
	}
	if got := all[0].Totals().Requests; got != 1 {
		t.Errorf("asked %d times, want 1", got)
	}
	cost := 0.0
	for name, v := range c.metrics() {
		if strings.HasPrefix(name, `caddy_llm_gateway_cost_usd_total{model="gpt-5",provider="gpt-openai`) {
			cost += v
		}
	}
	if want := fault.PromptTokens*0.5 + fault.CompletionTokens*0.00001; math.Abs(cost-want) > 1e-9 {
		t.Errorf("the cost is %v, want %v", cost, want)
	}
}
