package caddyllm

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// exported is what /metrics shows of a configuration.
func exported(t *testing.T, a *App) string {
	t.Helper()
	registry := prometheus.NewRegistry()
	if err := registerMetrics(registry, a); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// from sends a chat request of a team and an app.
func from(h *Handler, team, app string) {
	r := httptest.NewRequest(http.MethodPost, "http://localhost/v1/chat/completions", strings.NewReader(`{"model":"demo","messages":[{"role":"user","content":"hello there"}]}`))
	r.Header.Set("Authorization", "Bearer key-of-"+team)
	r.Header["X-App"] = []string{app}
	w := httptest.NewRecorder()
	_ = h.ServeHTTP(w, caddyhttp.PrepareRequest(r, caddy.NewReplacer(), w, nil), nil)
}

const keyed = `{"auth":{"mode":"keys","named":[{"name":"ann","key":"key-of-blue","labels":{"team":"blue"}},{"name":"bob","key":"key-of-red","labels":{"team":"red"}}]},` +
	`"routes":[{"name":"told","to":["demo"]}]}`

// dimensioned is a configuration whose metrics tell of these, as JSON.
func dimensioned(dimensions string) string {
	return `{"providers":{"demo":{"models":{"*":"known"},"prices":{"*":{"input":1,"output":1}}}},"metrics":{"dimensions":[` + dimensions + `]}}`
}

// TestDimensions: requests, tokens and cost are told apart by the dimensions of a configuration; one with others has series of its own, and one with
// the same goes on.
func TestDimensions(t *testing.T) {
	const team, app = `{"name":"team","value":"key.team"}`, `{"name":"app","value":"header(\"x-app\")"}`
	first, h := configure(t, dimensioned(team+","+app), keyed)
	again, h2 := configure(t, dimensioned(team+","+app), keyed)
	others, h3 := configure(t, dimensioned(team), keyed)
	none, h4 := configure(t, `{"providers":{"demo":{"models":{"*":"known"}}}}`, keyed)
	all := []*App{first, again, others, none}
	var before []map[string]float64
	for _, a := range all {
		before = append(before, gathered(t, a))
	}
	from(h, "blue", "shop")
	from(h, "blue", "shop")
	from(h, "red", "")
	from(h, "nobody", "shop")
	for _, h := range []*Handler{h2, h3, h4} {
		from(h, "blue", "shop")
	}
	both := map[string]float64{
		`requests_total{app=shop,dialect=openai.chat,outcome=ok,provider=demo,route=told,team=blue}`:     3,
		`requests_total{app=,dialect=openai.chat,outcome=ok,provider=demo,route=told,team=red}`:          1,
		`requests_total{app=,dialect=openai.chat,outcome=rejected,provider=_other,route=_other,team=}`:   1,
		`tokens_total{app=shop,gen_ai_token_type=output,model=known,provider=demo,route=told,team=blue}`: 12,
		`cost_usd_total{app=,model=known,provider=demo,route=told,team=red}`:                             7e-6,
	}
	for i, tt := range []struct {
		name string
		want map[string]float64
		not  string
	}{
		{"before a reload", both, ""},
		{"the same go on", both, ""},
		{"others begin", map[string]float64{`requests_total{dialect=openai.chat,outcome=ok,provider=demo,route=told,team=blue}`: 1}, "app="},
		{"without", map[string]float64{`requests_total{dialect=openai.chat,outcome=ok,provider=demo,route=told}`: 1}, "team="},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := gathered(t, all[i])
			for name, want := range tt.want {
				name = "caddy_llm_gateway_" + name
				if n := got[name] - before[i][name]; math.Abs(n-want) > 1e-12 {
					t.Errorf("%s: got %v, want %v", name, n, want)
				}
			}
			for name := range got {
				if tt.not != "" && strings.Contains(name, tt.not) {
					t.Errorf("there is %s", name)
				}
			}
		})
	}
}

// TestManyValues: ten thousand keys, and headers that nobody can foresee, make no more series than there is room for, and break no format.
func TestManyValues(t *testing.T) {
	a, _ := configure(t, dimensioned(`{"name":"who","value":"key.name"},{"name":"what","value":"header(\"x-app\")"}`), "")
	record := testRecord()
	for n := range 10_000 {
		record.Dimensions = []string{fmt.Sprint("key-", n), fmt.Sprint("app-", n%70)}
		count(a.counters(), record)
	}
	for _, odd := range []string{"\xff\xfe", "line\nbreak\"", strings.Repeat("x", 100), strings.Repeat("龙", 100)} {
		record.Dimensions = []string{"key-1", odd}
		count(a.counters(), record)
	}
	got := exported(t, a)
	if len(got) > 1<<20 {
		t.Errorf("/metrics has %d bytes, want less than 1 MiB", len(got))
	}
	if n := strings.Count(got, "caddy_llm_gateway_cost_usd_total{"); n > maxCombinations+1 {
		t.Errorf("%d combinations, want at most %d and those of others", n, maxCombinations)
	}
	for want, n := range map[string]int{
		`who="key-199"`: 1, `who="key-200"`: 0, `what="app-69",who="_other"`: 1, `what="` + strings.Repeat("x", 64) + `"`: 1, `what="` + strings.Repeat("x", 65): 0,
		`what="` + strings.Repeat("龙", 21) + `"`: 1, `what="` + "\uFFFD" + `"`: 1, `what="line\nbreak\""`: 1,
	} {
		if (strings.Count(got, want) > 0) != (n > 0) {
			t.Errorf("%s: got %d", want, strings.Count(got, want))
		}
	}
	if record.Dimensions = []string{"key-1", "app-1"}; a.counters().values(nil)[0] != "" {
		t.Error("an exchange without dimensions has some")
	}
}

// TestManyCombinations: dimensions that are small each may be large together.
func TestManyCombinations(t *testing.T) {
	s := seriesOf([]string{"first", "second"})
	for n := range maxCombinations + 100 {
		s.values([]string{fmt.Sprint(n % 50), fmt.Sprint(n / 50)})
	}
	if got := s.values([]string{"49", "0"}); got[0] != "49" || got[1] != "0" {
		t.Errorf("an early combination is %v", got)
	}
	if got := s.values([]string{"49", "21"}); got[0] != other || got[1] != other {
		t.Errorf("a late combination is %v", got)
	}
}

func TestDimensionErrors(t *testing.T) {
	for _, tt := range []struct{ name, dimensions, want string }{
		{"null", `null`, "metrics: dimension 1 is null"},
		{"no name", `{"value":"key.team"}`, `dimension "": name is not usable, expected letters, digits and _, a letter first`},
		{"no label", `{"name":"a-b","value":"key.team"}`, "name is not usable"},
		{"reserved", `{"name":"__a","value":"key.team"}`, "name is not usable"},
		{"its own", `{"name":"model","value":"key.team"}`, "the metrics have this label already"},
		{"twice", `{"name":"a","value":"key.team"},{"name":"a","value":"key.id"}`, "the name is taken by an earlier dimension"},
		{"no value", `{"name":"a"}`, "there is no value, expected an expression such as key.team"},
		{"no string", `{"name":"a","value":"stream"}`, "expression yields a bool (1:1): expected a string"},
		{"an attribute", `{"name":"a","value":"pii.kind"}`, "unknown name pii.kind"},
		{"too many", strings.Repeat(`{"name":"a","value":"key.a"},`, 5) + `{"name":"f","value":"key.f"}`, "metrics: 6 dimensions, expected at most 5"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := caddy.ProvisionContext(&caddy.Config{AppsRaw: caddy.ModuleMap{appName: []byte(`{"metrics":{"dimensions":[` + tt.dimensions + `]}}`)}})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
