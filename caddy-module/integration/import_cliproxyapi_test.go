package integration

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/fault"
)

const (
	ofDeepSeek = `      - api-key: "${DEEPSEEK_API_KEY}"` + "\n"
	inTurn     = `strategy: "round-robin"`
)

// cliAt is the guide's file with these in the places of DeepSeek, Qwen, Claude and Gemini, as far as they are given.
func cliAt(t *testing.T, all []*fault.Upstream, changes ...string) string {
	t.Helper()
	for _, name := range []string{"DEEPSEEK", "QWEN", "CLAUDE", "GEMINI"} {
		t.Setenv(name+"_API_KEY", "key-of-"+strings.ToLower(name))
	}
	for i, u := range all {
		switch i {
		case 0:
			changes = append(changes, "https://api.deepseek.com", u.URL)
		case 1:
			changes = append(changes, "https://dashscope.aliyuncs.com/compatible-mode", u.URL)
		default:
			key := fmt.Sprintf(`  - api-key: "${%s_API_KEY}"`, []string{"CLAUDE", "GEMINI"}[i-2]) + "\n"
			changes = append(changes, key, key+"    base-url: "+u.URL+"\n")
		}
	}
	return golden(t, "cliproxyapi_guide", changes...)
}

// caller shows the first of the guide's keys.
func caller(c *running) *running { return c.showing("Authorization", "Bearer lingzhi-api-key-001") }

// cliCallers: both keys are known in all spellings, nobody is without one, and what was an API of management is not there.
func cliCallers(t *testing.T, c *running) {
	all := plans(t, nil)
	c.imports("cliproxyapi", cliAt(t, all))
	for _, key := range []string{"lingzhi-api-key-001", "lingzhi-api-key-002"} {
		for name, value := range map[string]string{"Authorization": "Bearer " + key, "X-Api-Key": key, "X-Goog-Api-Key": key} {
			c.showing(name, value).answered("lingzhi-chat", 1, false)
		}
	}
	for _, value := range []string{"", "lingzhi-api-key-003"} {
		if a := c.showing("X-Api-Key", value).numbered("lingzhi-chat", 1, false); a.status != http.StatusUnauthorized {
			t.Errorf("key %q: %d %s", value, a.status, a.body)
		}
	}
	for _, path := range []string{"/health", "/healthz"} {
		if status, body := c.call(http.MethodGet, path, ""); status != http.StatusOK {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if status, body := caller(c).call(http.MethodGet, "/v0/management/config", ""); status != http.StatusNotFound {
		t.Errorf("management: %d %s", status, body)
	}
	if got := all[0].Totals().Requests; got != 6 {
		t.Errorf("the provider was asked %d times, want 6", got)
	}
}

// cliAliases: each alias reaches its provider, with that one's key and its name of the model, streamed or not, with and without prefix;
// others reach none, and the list of models has the aliases alone.
func cliAliases(t *testing.T, c *running) {
	all := plans(t, nil, nil, nil, nil)
	c.imports("cliproxyapi", cliAt(t, all))
	c = caller(c)
	want := make([][]reached, len(all))
	for i, alias := range []struct {
		name  string
		at    int
		model string
	}{
		{"lingzhi-chat", 0, "deepseek-chat"}, {"deepseek/lingzhi-chat", 0, "deepseek-chat"}, {"lingzhi-coder", 0, "deepseek-coder"}, {"lingzhi-reasoner", 0, "deepseek-reasoner"},
		{"qwen-chat", 1, "qwen-plus"}, {"qwen/qwen-coder", 1, "qwen-coder-plus"}, {"qwen-vl", 1, "qwen-vl-max"},
		{"claude-sonnet", 2, "claude-3-5-sonnet-20241022"}, {"claude-fast", 2, "claude-3-5-haiku-20241022"},
		{"gemini-flash", 3, "gemini-2.5-flash"}, {"gemini-pro", 3, "gemini-2.5-pro"}, {"gemini-free", 3, "gemini-2.0-flash-exp"},
	} {
		for _, stream := range []bool{false, true} {
			c.answered(alias.name, i, stream)
			want[alias.at] = append(want[alias.at], reached{
				[]string{"openai.chat", "openai.chat", "anthropic.messages", "gemini.generate"}[alias.at],
				"key-of-" + []string{"deepseek", "qwen", "claude", "gemini"}[alias.at], alias.model,
			})
		}
	}
	if a := c.numbered("deepseek-chat", 1, false); a.status != http.StatusNotFound {
		t.Errorf("a provider's own name of a model: %d %s", a.status, a.body)
	}
	for i := range all {
		if got := reachedAt(all[i]); !slices.Equal(got, want[i]) {
			t.Errorf("provider %d was asked\n%v\nwant\n%v", i, got, want[i])
		}
	}
	aliases := []string{
		"claude-fast", "claude-sonnet", "deepseek/lingzhi-chat", "deepseek/lingzhi-coder", "deepseek/lingzhi-reasoner", "gemini-flash", "gemini-free", "gemini-pro",
		"lingzhi-chat", "lingzhi-coder", "lingzhi-reasoner", "qwen-chat", "qwen-coder", "qwen-vl", "qwen/qwen-chat", "qwen/qwen-coder", "qwen/qwen-vl",
	}
	if got := c.lists(); !slices.Equal(got, aliases) {
		t.Errorf("the list of models is %q, want %q", got, aliases)
	}
}

// twoKeys gives DeepSeek two keys.
var twoKeys = []string{ofDeepSeek, "      - api-key: key-a\n      - api-key: key-b\n"}

// cliOrder: accounts take turns with round-robin, and with fill-first the first one is used until it cannot.
func cliOrder(t *testing.T, c *running) {
	for strategy, want := range map[string][]string{
		`strategy: "round-robin"`: {"key-a", "key-b", "key-a", "key-b"},
		`strategy: fill-first`:    {"key-a", "key-a", "key-a", "key-a"},
	} {
		all := plans(t, nil)
		c.imports("cliproxyapi", cliAt(t, all, append(twoKeys, inTurn, strategy)...))
		for n := range want {
			caller(c).answered("lingzhi-chat", n, n%2 == 0)
		}
		if got := usedKeys(all[0]); !slices.Equal(got, want) {
			t.Errorf("%s: the keys were %v, want %v", strategy, got, want)
		}
	}
}

// spent is what a provider says when an account has no quota left.
var spent = fault.Fault{Kind: fault.Fail, Status: 429, Body: `{"error":{"message":"You exceeded your current quota.","type":"insufficient_quota","code":"insufficient_quota"}}`}

// cliNextKey: a request that one account has no quota for is served by the next one.
func cliNextKey(t *testing.T, c *running) {
	all := plans(t, func(_ int, r *fault.Request) fault.Fault {
		if r.Key == "key-a" {
			return spent
		}
		return fault.Fault{}
	})
	c.imports("cliproxyapi", cliAt(t, all, append(twoKeys, inTurn, "strategy: fill-first")...))
	for n := range 3 {
		caller(c).answered("lingzhi-chat", n, n%2 == 0)
	}
	if got := usedKeys(all[0]); !slices.Equal(got, []string{"key-a", "key-b", "key-b", "key-b"}) || all[0].Requests()[0].ID != all[0].Requests()[1].ID {
		t.Errorf("the keys were %v", got)
	}
}

// cliPreview: when no account has a quota for the stable model, the same request goes to the preview model that the file names.
func cliPreview(t *testing.T, c *running) {
	gemini := plans(t, func(_ int, r *fault.Request) fault.Fault {
		if r.Model == "gemini-2.5-pro" {
			return fault.Fault{Kind: fault.Fail, Status: 429, Body: `{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"58s"}]}}`}
		}
		return fault.Fault{}
	})[0]
	for name, value := range map[string]string{"CALLER": "sk-caller", "GEMINI_1": "key-a", "GEMINI_2": "key-b", "KIMI_1": "key-c", "POOL_KEY": "key-d", "POOL_URL": gemini.URL} {
		t.Setenv(name, value)
	}
	at := "    base-url: " + gemini.URL + "\n"
	c.imports("cliproxyapi", golden(t, "cliproxyapi_preview", "  - api-key: ${GEMINI_1}\n", "  - api-key: ${GEMINI_1}\n"+at, "  - api-key: ${GEMINI_2}\n", "  - api-key: ${GEMINI_2}\n"+at))
	c = c.showing("X-Api-Key", "sk-caller")
	for n := range 3 {
		c.answered("pro", n, n%2 == 0)
	}
	const api, stable, preview = "gemini.generate", "gemini-2.5-pro", "gemini-2.5-pro-preview-06-05"
	want := []reached{{api, "key-a", stable}, {api, "key-b", stable}, {api, "key-a", preview}, {api, "key-a", preview}, {api, "key-a", preview}}
	if got := reachedAt(gemini); !slices.Equal(got, want) {
		t.Errorf("asked\n%v\nwant\n%v", got, want)
	}
}

// cliDeadStreams: a stream that dies before its first byte is answered by another account, and the client does not notice.
func cliDeadStreams(t *testing.T, c *running) {
	deaths := []fault.Fault{{Kind: fault.Cut}, {Kind: fault.Cut, Hard: true}, {Kind: fault.Reset}, {Kind: fault.Empty}, {Kind: fault.NotHTTP}}
	all := plans(t, func(_ int, r *fault.Request) fault.Fault {
		if r.Key == "key-a" {
			return deaths[0]
		}
		return fault.Fault{}
	})
	for _, death := range deaths {
		all[0].SetPlan(func(_ int, r *fault.Request) fault.Fault {
			if r.Key == "key-a" {
				return death
			}
			return fault.Fault{}
		})
		c.imports("cliproxyapi", cliAt(t, all, append(twoKeys, inTurn, "strategy: fill-first", "request-retry: 3", "disable-cooling: true\nrequest-retry: 3")...))
		before := all[0].Totals()
		caller(c).answered("lingzhi-chat", 7, true)
		if got := all[0].Totals(); got.Requests != before.Requests+2 || got.Begun != before.Begun+1 {
			t.Errorf("%v: %+v, before %+v", death.Kind, got, before)
		}
	}
}

// cliPool: the models of one alias take turns, and stand in for each other.
func cliPool(t *testing.T, c *running) {
	const kimi = "kimi-k2.5"
	all := plans(t, func(_ int, r *fault.Request) fault.Fault {
		if r.Model == kimi {
			return fault.Fault{Kind: fault.Fail, Status: 503}
		}
		return fault.Fault{}
	})
	c.imports("cliproxyapi", cliAt(t, all,
		`name: "deepseek-chat"`, `name: "deepseek-v3.1"`, `name: "deepseek-coder"`, `name: glm-5`, `name: "deepseek-reasoner"`, "name: "+kimi,
		"lingzhi-coder", "lingzhi-chat", "lingzhi-reasoner", "lingzhi-chat"))
	c = caller(c)
	for n := range 4 {
		c.answered("lingzhi-chat", n, n%2 == 0)
	}
	count := make(map[string]int)
	for _, r := range all[0].Requests() {
		count[r.Model]++
	}
	if count["deepseek-v3.1"] < 2 || count["glm-5"] < 1 || count[kimi] < 1 || count["deepseek-v3.1"]+count["glm-5"] != 4 {
		t.Errorf("asked were %v", count)
	}
	if got := c.lists(); !slices.Contains(got, "lingzhi-chat") || slices.Contains(got, kimi) {
		t.Errorf("the list of models is %q", got)
	}
}

// cliWaits: a request waits for an account that is told to wait, for as long as max-retry-interval says.
func cliWaits(t *testing.T, c *running) {
	const pause = 300 * time.Millisecond
	all := plans(t, fault.Sequence(fails(429, "Retry-After-Ms", "300")))
	c.imports("cliproxyapi", cliAt(t, all))
	began := time.Now()
	caller(c).answered("lingzhi-chat", 1, false)
	if took := time.Since(began); took < pause || all[0].Totals().Requests != 2 {
		t.Errorf("served after %v and %d requests, want %v and 2", took, all[0].Totals().Requests, pause)
	}
}

// cliEmbeddings: what the program itself has not, embeddings by an alias, is served where a provider has them, who gets the account's headers.
func cliEmbeddings(t *testing.T, c *running) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var doc struct{ Model, Input string }
		if err := json.NewDecoder(r.Body).Decode(&doc); err != nil || r.URL.Path != "/v1/embeddings" || doc.Model != "text-embedding-v3" || doc.Input != "龙门" || r.Header.Get("Authorization") != "Bearer key-of-deepseek" || r.Header.Get("X-Client") != "lingzhi" {
			t.Errorf("%s: %+v, %v, %v", r.URL.Path, doc, err, r.Header)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.25,-0.5]}],"model":"text-embedding-v3","usage":{"prompt_tokens":2,"total_tokens":2}}`)
	}))
	t.Cleanup(upstream.Close)
	c.imports("cliproxyapi", cliAt(t, nil, "https://api.deepseek.com", upstream.URL, `      - name: "deepseek-coder"`, `      - name: text-embedding-v3
        alias: text-embedding-3-small
      - name: "deepseek-coder"`))
	if status, body := caller(c).call(http.MethodPost, "/v1/embeddings", `{"model":"text-embedding-3-small","input":"龙门"}`); status != http.StatusOK || !strings.Contains(body, "[0.25,-0.5]") {
		t.Errorf("%d %s", status, body)
	}
}

// cliImages: image_url as a bare string, as the guide's clients send it, is an image for each provider.
func cliImages(t *testing.T, c *running) {
	all := plans(t, nil, nil, nil, nil)
	c.imports("cliproxyapi", cliAt(t, all))
	const body = `{"model":%q,"messages":[{"role":"user","content":[{"type":"text","text":"%s"},{"type":"image_url","image_url":"data:image/png;base64,iVBORw0KGgo="}]}]}`
	for i, model := range []string{"qwen-vl", "claude-sonnet", "gemini-flash"} {
		id := fault.NewID(i)
		if status, answer := caller(c).call(http.MethodPost, "/v1/chat/completions", fmt.Sprintf(body, model, id)); status != http.StatusOK || !strings.Contains(answer, fault.Text(id)) {
			t.Errorf("%s: %d %s", model, status, answer)
		}
	}
}

// cliUnlisted: an account without a list has all models of its kind but those that are excluded, also behind its prefix.
func cliUnlisted(t *testing.T, c *running) {
	all := plans(t, nil, nil)
	c.imports("cliproxyapi", fmt.Sprintf(`
api-keys: [sk-caller]
claude-api-key:
  - {api-key: key-claude, base-url: %s}
gemini-api-key:
  - {api-key: key-gemini, base-url: %s, prefix: test, excluded-models: ["gemini-2.5-*", "*-preview"]}
`, all[0].URL, all[1].URL))
	c = c.showing("X-Api-Key", "sk-caller")
	for i, model := range []string{"claude-sonnet-9", "gemini-3-pro", "test/gemini-3-pro"} {
		c.answered(model, i, i == 1)
	}
	for _, model := range []string{"gemini-2.5-pro", "test/gemini-2.5-pro", "gemini-3-pro-Preview", "gpt-5"} {
		if a := c.numbered(model, 1, false); a.status != http.StatusNotFound {
			t.Errorf("%s: %d %s", model, a.status, a.body)
		}
	}
	for i, want := range [][]reached{
		{{"anthropic.messages", "key-claude", "claude-sonnet-9"}},
		{{"gemini.generate", "key-gemini", "gemini-3-pro"}, {"gemini.generate", "key-gemini", "gemini-3-pro"}},
	} {
		if got := reachedAt(all[i]); !slices.Equal(got, want) {
			t.Errorf("provider %d was asked %v, want %v", i, got, want)
		}
	}
}

// cliThroughProxy: requests of an account go through its proxy.
func cliThroughProxy(t *testing.T, c *running) {
	upstream := fault.New(t, nil)
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		if r.In.URL.Host != "models.invalid" {
			t.Errorf("the proxy was asked for %s", r.In.URL)
		}
		r.Out.URL.Host = strings.TrimPrefix(upstream.URL, "http://")
	}, FlushInterval: -1})
	t.Cleanup(proxy.Close)
	c.imports("cliproxyapi", cliAt(t, nil, "https://api.deepseek.com", "http://models.invalid", `    prefix: "deepseek"`, `    prefix: "deepseek"
    proxy-url: `+proxy.URL))
	caller(c).answered("lingzhi-chat", 1, true)
	if got := upstream.Totals().Requests; got != 1 {
		t.Errorf("asked %d times, want 1", got)
	}
}
