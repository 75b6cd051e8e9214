package gateway

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	faulty "github.com/longmen-gateway/longmen/caddy-module/internal/fault"
	"github.com/longmen-gateway/longmen/caddy-module/internal/price"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// shadowed is a gateway over real connections whose only route has a shadow, and what is told of each.
func shadowed(t *testing.T, main, shadow *attempt.Candidate) (*Gateway, string, chan *Comparison) {
	t.Helper()
	told := make(chan *Comparison, 100)
	g, _ := gatewayOf(t, main.Provider)
	r := g.Routes[0]
	r.Candidates = []*attempt.Candidate{main}
	r.Shadow = &Shadow{Candidate: shadow, Share: 1}
	g.Now, g.Compared = time.Now, func(c *Comparison) { told <- c }
	g.Observe = func(*http.Request, *usage.Record) {}
	s := httptest.NewServer(g)
	t.Cleanup(s.Close)
	return g, s.URL, told
}

// reach is a candidate at a URL.
func reach(t *testing.T, name, speaks, url string) *attempt.Candidate {
	t.Helper()
	p, err := provider.New(provider.Config{Name: name, BaseURL: url, Dialects: []string{speaks}, Keys: []string{"key"}, Transport: &http.Transport{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Transport.(*http.Transport).CloseIdleConnections)
	return candidate(t, priced(t, p, map[string]price.Price{"*": {Input: 1, Output: 2}}))
}

func request(t *testing.T, url, body string) (int, string) {
	t.Helper()
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

const patience = 20 * time.Second

func awaited(t *testing.T, told chan *Comparison) *Comparison {
	t.Helper()
	select {
	case c := <-told:
		return c
	case <-time.After(patience):
		t.Fatal("nothing was told of the shadow")
		return nil
	}
}

// TestShadow: the client gets what it would get without, and the answers are compared.
func TestShadow(t *testing.T) {
	for _, tc := range []struct {
		name    string
		main    faulty.Fault
		shadow  faulty.Fault
		result  ShadowResult
		differs []string
	}{
		{"same", faulty.Fault{}, faulty.Fault{}, ShadowSame, nil},
		{"longer is not different", faulty.Fault{}, faulty.Fault{Kind: faulty.Oversized, Size: 100 << 10}, ShadowSame, nil},
		{"fails", faulty.Fault{}, faulty.Fault{Kind: faulty.Fail, Status: 500}, ShadowFailed, []string{"outcome", "status"}},
		{"is reset", faulty.Fault{}, faulty.Fault{Kind: faulty.Reset}, ShadowFailed, []string{"outcome", "status"}},
		{"breaks off", faulty.Fault{}, faulty.Fault{Kind: faulty.Cut, After: 2}, ShadowFailed, nil},
		{"is no answer", faulty.Fault{}, faulty.Fault{Kind: faulty.HTML}, ShadowFailed, nil},
		{"answers alone", faulty.Fault{Kind: faulty.Fail, Status: 400}, faulty.Fault{}, ShadowDifferent, []string{"outcome", "status"}},
	} {
		for _, stream := range []bool{false, true} {
			for _, speaks := range []string{"openai.chat", "anthropic.messages"} {
				t.Run(fmt.Sprintf("%s/%v/%s", tc.name, stream, speaks), func(t *testing.T) {
					one, two := faulty.New(t, faulty.Always(tc.main)), faulty.New(t, faulty.Always(tc.shadow))
					g, url, told := shadowed(t, reach(t, "one", "openai.chat", one.URL+"/v1"), reach(t, "two", speaks, two.URL+map[string]string{"openai.chat": "/v1"}[speaks]))
					body := fmt.Sprintf(`{"model":"m","stream":%v,"messages":[{"role":"user","content":"id:7"}]}`, stream)
					status, got := request(t, url+chatPath, body)
					c := awaited(t, told)
					if c.Result != tc.result || tc.differs != nil && !cmp.Equal(tc.differs, c.Differs) || c.Because != "" || c.Route != "only" || c.ID == "" {
						t.Errorf("told %+v", c)
					}
					if c.Main.Provider != "one" || c.Shadow.Provider != "two" || c.Shadow.Model != "m" || c.Main.Status != status || len(c.Shadow.Attempts) != 1 {
						t.Errorf("told %+v", c)
					}
					if tc.result == ShadowSame && (!c.Main.Shaped || !c.Shadow.Shaped || c.Main.Shape.Finish != "stop" || c.Main.Shape.Chars == 0 || !c.Shadow.Priced || c.Shadow.Cost == 0 || c.Shadow.FirstEvent == 0) {
						t.Errorf("told %+v and %+v", c.Main, c.Shadow)
					}
					if n := len(two.Requests()); n != 1 {
						t.Errorf("the shadow was asked %d times", n)
					}
					g.Routes[0].Shadow = nil
					if again, same := request(t, url+chatPath, body); again != status || wordsOf(same) != wordsOf(got) {
						t.Errorf("the client got %d %s\nand without a shadow %d %s", status, got, again, same)
					}
				})
			}
		}
	}
}

// wordsOf leaves out what is new in each answer.
func wordsOf(answer string) string {
	_, rest, _ := strings.Cut(answer, `"choices"`)
	return rest
}

// TestShadowStructure: calls of tools and JSON are compared, though the answer's bytes pass unread.
func TestShadowStructure(t *testing.T) {
	const calls = `{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"weather","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}`
	main := upstreamOf(t, "one", "openai.chat", roundTrip(func(*http.Request) (*http.Response, error) { return whole(calls), nil }))
	u := &upstream{answer: func(int, *http.Request, string) *http.Response {
		return whole(strings.Replace(said, "hello", `{\"a\":1}`, 1))
	}}
	_, url, told := shadowed(t, candidate(t, main), candidate(t, upstreamOf(t, "two", "openai.chat", u)))
	if _, got := request(t, url+chatPath, ask); got != calls {
		t.Errorf("the client got %s", got)
	}
	c := awaited(t, told)
	if diff := cmp.Diff([]string{"finish", "tools", "json", "text"}, c.Differs); diff != "" || c.Result != ShadowDifferent || c.Main.Shape.Calls != 1 {
		t.Errorf("%s told %+v", diff, c)
	}
}

// TestShadowSeesNoMore: what plugins took out of the request is out of its shadow's, too.
func TestShadowSeesNoMore(t *testing.T) {
	u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(said) }}
	g, url, told := shadowed(t, candidate(t, upstreamOf(t, "one", "openai.chat", serve)), candidate(t, upstreamOf(t, "two", "openai.chat", u)))
	g.Routes[0].Plugins = append(g.Routes[0].Plugins, named(t, "redact", ""))
	status, _ := request(t, url+chatPath, `{"model":"m","messages":[{"role":"user","content":"mail jane@example.com"}]}`)
	c := awaited(t, told)
	if status != 200 || c.Result != ShadowSame {
		t.Fatalf("%d, told %+v", status, c)
	}
	if len(u.asked) != 1 || strings.Contains(u.asked[0], "jane@example.com") || !strings.Contains(u.asked[0], "mail ") {
		t.Errorf("the shadow was asked %q", u.asked)
	}
}

// TestShadowBounds: a shadow that hangs costs clients nothing, only so many hang at once, and they end with the configuration.
func TestShadowBounds(t *testing.T) {
	one, two := faulty.New(t, nil), faulty.New(t, faulty.Always(faulty.Fault{Kind: faulty.Hang}))
	g, url, told := shadowed(t, reach(t, "one", "openai.chat", one.URL+"/v1"), reach(t, "two", "openai.chat", two.URL+"/v1"))
	until, end := context.WithCancel(t.Context())
	defer end()
	done := make(chan bool, maxShadows)
	g.Outlive = func() (context.Context, func()) { return until, func() { done <- true } }
	const more = 4
	for range maxShadows + more {
		if status, got := request(t, url+chatPath, ask); status != 200 {
			t.Fatalf("the client got %d %s", status, got)
		}
	}
	for range more {
		if c := awaited(t, told); c.Result != ShadowSkipped || c.Because != "busy" {
			t.Errorf("told %+v", c)
		}
	}
	two.Await(t, "all shadows", func(n faulty.Totals) bool { return n.Requests == maxShadows })
	end()
	for range maxShadows {
		if c := awaited(t, told); c.Result != ShadowSkipped || c.Because != "reloaded" {
			t.Errorf("told %+v", c)
		}
		<-done
	}
	two.Await(t, "shadows to leave", func(n faulty.Totals) bool { return n.Left == maxShadows && n.Running == 0 })
	if busy := g.Routes[0].Shadow.Candidate.Provider.Busy(); busy != 0 {
		t.Errorf("%d leases were not given back", busy)
	}
	g.Outlive = func() (context.Context, func()) { return nil, nil }
	request(t, url+chatPath, ask)
	if c := awaited(t, told); c.Because != "reloaded" {
		t.Errorf("told %+v", c)
	}
}

// TestShadowLeftOut: requests that would take too much have no shadow, nor those whose shadow would have to wait.
func TestShadowLeftOut(t *testing.T) {
	u := &upstream{answer: func(int, *http.Request, string) *http.Response {
		resp := answered(429, "application/json", strings.NewReader(`{"error":{"message":"slow","code":"rate_limit_exceeded"}}`))
		resp.Header.Set("Retry-After", "600")
		return resp
	}}
	g, url, told := shadowed(t, candidate(t, upstreamOf(t, "one", "openai.chat", serve)), candidate(t, upstreamOf(t, "two", "openai.chat", u)))
	long := func(n int) string {
		return `{"model":"m","messages":[{"role":"user","content":"` + strings.Repeat("x", n) + `"}]}`
	}
	for _, tc := range []struct {
		body, because string
	}{
		{long(smallBody), "unread"}, {`{"model":`, "unread"}, {ask, ""}, {ask, "not_ready"},
	} {
		if status, got := request(t, url+chatPath, tc.body); status != 200 {
			t.Errorf("the client got %d %s", status, got)
		}
		if c := awaited(t, told); c.Because != tc.because {
			t.Errorf("told %+v, want because %s", c, tc.because)
		}
	}
	g.Routes[0].Plugins = append(g.Routes[0].Plugins, named(t, "redact", ""))
	request(t, url+chatPath, long(maxShadowed))
	if c := awaited(t, told); c.Because != "too_large" {
		t.Errorf("told %+v", c)
	}
	if len(u.asked) != 1 {
		t.Errorf("the shadow was asked %d times", len(u.asked))
	}
}

// TestShadowShare: only a share of the requests has one.
func TestShadowShare(t *testing.T) {
	g, url, told := shadowed(t, candidate(t, upstreamOf(t, "one", "openai.chat", serve)), candidate(t, upstreamOf(t, "two", "openai.chat", serve)))
	g.Routes[0].Shadow.Share = 1e-12
	request(t, url+chatPath, ask)
	g.Routes[0].Shadow.Share = 1
	request(t, url+chatPath, ask)
	awaited(t, told)
	select {
	case c := <-told:
		t.Errorf("told %+v", c)
	default:
	}
}

// TestShadowOfLeaver: a client that leaves is not compared.
func TestShadowOfLeaver(t *testing.T) {
	one, two := faulty.New(t, faulty.Always(faulty.Fault{Kind: faulty.Hang})), faulty.New(t, nil)
	_, url, told := shadowed(t, reach(t, "one", "openai.chat", one.URL+"/v1"), reach(t, "two", "openai.chat", two.URL+"/v1"))
	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+chatPath, strings.NewReader(ask))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	go func() {
		two.Await(t, "the shadow's answer", func(n faulty.Totals) bool { return n.Served == 1 })
		leave()
	}()
	if resp, err := http.DefaultClient.Do(r); err == nil {
		resp.Body.Close()
		t.Fatalf("the client got %d", resp.StatusCode)
	}
	if c := awaited(t, told); c.Result != ShadowSkipped || c.Because != "client_left" {
		t.Errorf("told %+v", c)
	}
}
