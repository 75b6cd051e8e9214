package integration

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/fault"
)

// pooled is a provider with its endpoints in order of preference, and other options.
func pooled(name string, all []*fault.Upstream, options string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "provider %s {\ndialect openai.chat\n%s\n", name, options)
	for i, u := range all {
		fmt.Fprintf(&b, "endpoint e%d %s/v1 {\npriority %d\n}\n", i, u.URL, i+1)
	}
	return b.String() + "}\n"
}

// trafficAt is the example of traffic without what is expected of it, with these as its models.
func trafficAt(t *testing.T, stable, trial string, changes ...string) string {
	t.Helper()
	return balancing(t, "traffic", append(changes, "provider stable demo", stable, "provider trial demo", trial)...)
}

// of asks as a user, and tells who answered.
func (c *running) of(user, model string, n int, stream bool) (answer, string) {
	c.t.Helper()
	a := c.ask(fmt.Sprintf(`{"model":%q,"user":%q,"stream":%v,"messages":[{"role":"user","content":%q}]}`, model, user, stream, fault.NewID(n)))
	return a, a.header.Get("X-Longmen-Provider")
}

// splits: the shares come out, and each user stays with one model, over reloads, too.
func splits(t *testing.T, c *running) {
	const users = 300
	c.load(balancing(t, "traffic"))
	trial, first := 0, make(map[string]string, users)
	for turn := range 2 {
		for n := range users {
			user := fmt.Sprint("user-", n)
			a, who := c.of(user, "gpt", n, n%2 == 0)
			if a.status != http.StatusOK {
				t.Fatalf("%d %s", a.status, a.body)
			}
			if turn == 0 {
				first[user] = who
				trial += map[string]int{"trial": 1}[who]
			} else if who != first[user] {
				t.Fatalf("%s got %s, then %s", user, first[user], who)
			}
		}
		c.load(balancing(t, "traffic", "hedge 800ms", "hedge"))
	}
	if trial < users/20 || trial > users*3/20 {
		t.Errorf("of %d users %d got the model on trial, want about a tenth", users, trial)
	}
}

// nested: each share is a pool of its own, within which another endpoint follows, and behind which the other share does.
func nested(t *testing.T, c *running) {
	stable, trial := plans(t, nil, nil), plans(t, nil, nil)
	c.load(trafficAt(t, pooled("stable", stable, "breaker off"), pooled("trial", trial, "breaker off")))
	ill := fault.Always(fails(http.StatusInternalServerError))
	check := func(what string, want map[string]*fault.Upstream) {
		t.Helper()
		for user, by := range want {
			begun := by.Totals().Begun
			if a, _ := c.of(user, "gpt", 1, true); a.status != http.StatusOK || by.Totals().Begun != begun+1 {
				t.Errorf("%s: %s was not served by the right one: %d %s", what, user, a.status, a.body)
			}
		}
	}
	check("all well", map[string]*fault.Upstream{"ann": stable[0], "ida": trial[0]})
	trial[0].SetPlan(ill)
	check("one ill", map[string]*fault.Upstream{"ann": stable[0], "ida": trial[1]})
	stable[0].SetPlan(ill)
	check("the first ones ill", map[string]*fault.Upstream{"ann": stable[1], "ida": trial[1]})
	trial[1].SetPlan(ill)
	check("a share ill", map[string]*fault.Upstream{"ann": stable[1], "ida": stable[1]})
}

// standIns: a share with a fallback of its own goes on with that, and with the other share only behind it.
func standIns(t *testing.T, c *running) {
	stable, trial, spare := plans(t, nil), plans(t, nil), plans(t, nil)
	one := func(name string, all []*fault.Upstream) string { return pooled(name, all, "breaker off") }
	c.load(trafficAt(t, one("stable", stable), one("trial", trial)+one("spare", spare), "split 90% stable 10% trial", "split 90% stable spare 10% trial stable"))
	ill := fault.Always(fails(http.StatusInternalServerError))
	check := func(what string, want map[string]string) {
		t.Helper()
		for user, by := range want {
			if a, who := c.of(user, "gpt", 1, true); a.status != http.StatusOK || who != by {
				t.Errorf("%s: %s was served by %s, want %s: %d %s", what, user, who, by, a.status, a.body)
			}
		}
	}
	check("all well", map[string]string{"ann": "stable", "ida": "trial"})
	trial[0].SetPlan(ill)
	check("the trial ill", map[string]string{"ann": "stable", "ida": "stable"})
	stable[0].SetPlan(ill)
	check("both ill", map[string]string{"ann": "spare", "ida": "spare"})
	spare[0].SetPlan(ill)
	trial[0].SetPlan(fault.Always(fault.Fault{}))
	check("only the trial well", map[string]string{"ann": "trial", "ida": "trial"})
}

// silent: a model that does not begin in time makes way for the next one, and learns that nobody waits any more.
func silent(t *testing.T, c *running) {
	for _, f := range []fault.Fault{{Kind: fault.Hang}, {Kind: fault.Slow}} { // without an answer, and without an event in it
		stable, trial := plans(t, fault.Always(f)), plans(t, nil)
		c.load(trafficAt(t, pooled("stable", stable, "timeouts {\nfirst_token 150ms\n}"), pooled("trial", trial, "")))
		if a, who := c.of("ann", "gpt", 1, true); a.text != fault.Text(fault.NewID(1)) || who != "trial" {
			t.Errorf("%v: %d by %s: %s", f.Kind, a.status, who, a.body)
		}
		stable[0].Await(t, "the client to leave", func(n fault.Totals) bool { return n.Requests == 1 && n.Left == 1 })
	}
}

// ruled: a rule over a header and over what is known of a model, which changes with every answer.
func ruled(t *testing.T, c *running) {
	stable, trial := plans(t, nil), plans(t, nil)
	c.load(trafficAt(t, pooled("stable", stable, ""), pooled("trial", trial, "")))
	hurry := func(header string) (route string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.site+"/v1/chat/completions", strings.NewReader(chat("gpt", fault.NewID(1), false)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Hurry", header)
		resp, err := c.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("answered %d", resp.StatusCode)
		}
		return resp.Header.Get("X-Longmen-Route")
	}
	const other = "route_4"
	for range 3 {
		if got := hurry("yes"); got != "hurry" {
			t.Fatalf("in a hurry, all well: route %q", got)
		}
	}
	if got := hurry(""); got != other {
		t.Errorf("not in a hurry: route %q", got)
	}
	trial[0].SetPlan(fault.Always(fails(http.StatusInternalServerError)))
	if got := hurry("yes"); got != "hurry" {
		t.Errorf("before the first failure: route %q", got)
	}
	for range 3 {
		if got := hurry("yes"); got != other {
			t.Errorf("one of four failed: route %q", got)
		}
	}
}

// hedges: a model that is slow to begin gets a second one beside it, the faster answers, and the slower is left.
func hedges(t *testing.T, c *running) {
	stable, trial := plans(t, fault.Always(fault.Fault{Kind: fault.Slow})), plans(t, nil)
	c.load(trafficAt(t, pooled("stable", stable, ""), pooled("trial", trial, ""), "hedge 800ms", "hedge 50ms"))
	for n := range 4 {
		if a, who := c.of("ann", "quick", n, n%2 == 0); a.text != fault.Text(fault.NewID(n)) || who != "trial" {
			t.Errorf("%d by %s: %s", a.status, who, a.body)
		}
	}
	stable[0].Await(t, "the client to leave", func(n fault.Totals) bool { return n.Requests == 4 && n.Left == 4 })
	trial[0].Await(t, "the faster one to end", func(n fault.Totals) bool { return n.Requests == 4 && n.Served == 4 })
}

// shadows: the client has one model's answer, and the other model is asked the same, whether it fails or not.
func shadows(t *testing.T, c *running) {
	stable, trial := plans(t, nil), plans(t, fault.Sequence(fails(http.StatusInternalServerError)))
	c.load(trafficAt(t, pooled("stable", stable, ""), pooled("trial", trial, ""), "shadow trial 25%", "shadow trial"))
	before := c.metrics()
	for n := range 4 {
		if a, who := c.of("ann", "shadowed", n, n%2 == 0); a.text != fault.Text(fault.NewID(n)) || who != "stable" {
			t.Errorf("%d by %s: %s", a.status, who, a.body)
		}
		trial[0].Await(t, "the shadow", func(got fault.Totals) bool { return got.Requests == n+1 && got.Running == 0 })
	}
	for result, want := range map[string]float64{"same": 3, "failed": 1} {
		name := fmt.Sprintf(`caddy_llm_gateway_shadow_total{result=%q,route="shadowed"}`, result)
		eventually(t, name, func() bool { return c.metrics()[name]-before[name] == want })
	}
	if got := stable[0].IDs(true); !slices.Equal(got, trial[0].IDs(false)) || len(got) != 4 {
		t.Errorf("answered were %v, shadowed %v", got, trial[0].IDs(false))
	}
}
