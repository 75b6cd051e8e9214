package gateway

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
	"github.com/longmen-gateway/longmen/caddy-module/internal/auth"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	faulty "github.com/longmen-gateway/longmen/caddy-module/internal/fault"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
	"github.com/longmen-gateway/longmen/caddy-module/internal/queue"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
)

// ledger adds the accounts of exchanges up.
type ledger struct {
	mu    sync.Mutex
	sent  map[string]int // attempts by provider that somebody may have seen
	open  map[string]int // those of them that met nobody
	twice []*usage.Record
}

func (l *ledger) add(_ *http.Request, r *usage.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	good := 0
	for _, a := range r.Attempts {
		if good > 0 && a.Class == failure.None {
			l.twice = append(l.twice, r)
		}
		if a.Class == failure.None {
			good++
		}
		if a.Error != "not_sent" {
			l.sent[a.Provider]++
		}
		if a.Class == failure.Connect {
			l.open[a.Provider]++
		}
	}
}

// chaos is three upstreams behind a gateway, over real connections.
type chaos struct {
	upstreams []*faulty.Upstream
	providers []*provider.Provider
	route     *Route
	server    *httptest.Server
	client    *http.Client
	ledger    ledger
	gemini    bool // that is the dialect
}

func newChaos(t *testing.T, plans ...faulty.Plan) *chaos {
	t.Helper()
	c := &chaos{route: &Route{Name: "all", Retry: &Retry{Policy: failure.Default(), Rounds: 2, Backoff: time.Millisecond, MaxBackoff: 4 * time.Millisecond, MaxWait: 100 * time.Millisecond}}}
	c.ledger.sent, c.ledger.open = map[string]int{}, map[string]int{}
	for i, plan := range plans {
		u := faulty.New(t, plan)
		transport := &http.Transport{MaxIdleConnsPerHost: 64}
		t.Cleanup(transport.CloseIdleConnections)
		p, err := provider.New(provider.Config{
			Name: fmt.Sprint("up", i), BaseURL: u.URL + "/v1", Dialects: []string{"openai.chat"}, Keys: []string{"key-one", "key-two"}, Transport: transport,
			Timeouts: provider.Timeouts{FirstToken: 500 * time.Millisecond, BetweenTokens: 300 * time.Millisecond, Answer: time.Second},
		})
		if err != nil {
			t.Fatal(err)
		}
		c.upstreams, c.providers = append(c.upstreams, u), append(c.providers, p)
		c.route.Candidates = append(c.route.Candidates, &attempt.Candidate{Provider: p, Ways: attempt.Codecs{}.Ways(p), Gate: queue.New(queue.Limits{Concurrent: 16, Queue: 1000, MaxWait: time.Minute})})
	}
	g := New(Config{Auth: auth.None(), Routes: []*Route{c.route}, Observe: c.ledger.add})
	c.server = httptest.NewServer(g)
	t.Cleanup(c.server.Close)
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	c.client = &http.Client{Transport: transport}
	return c
}

// ask sends a request with an id and gives the status, the answer and how reading it ended.
func (c *chaos) ask(id string, stream bool) (int, string, error) {
	body := fmt.Sprintf(`{"model":"m","stream":%v,"messages":[{"role":"user","content":%q}]}`, stream, id)
	path := chatPath
	if c.gemini {
		path, body = "/v1beta/models/m:generateContent", fmt.Sprintf(`{"contents":[{"parts":[{"text":%q}]}]}`, id)
		if stream {
			path = "/v1beta/models/m:streamGenerateContent?alt=sse"
		}
	}
	resp, err := c.client.Post(c.server.URL+path, "application/json", strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

// faults are what upstreams do in the chaos. What they ask to be left alone for is short, so that it is no reason for
// nobody to be asked.
func faults() []faulty.Fault {
	soon := http.Header{"Retry-After-Ms": {"2"}}
	return []faulty.Fault{
		{Kind: faulty.Reset}, {Kind: faulty.Fail}, {Kind: faulty.Fail, Status: 503}, {Kind: faulty.Fail, Status: 429, Header: soon}, {Kind: faulty.Fail, Status: 529, Header: soon},
		{Kind: faulty.Garbage}, {Kind: faulty.NotHTTP}, {Kind: faulty.Empty}, {Kind: faulty.HTML}, {Kind: faulty.ErrorEvent}, {Kind: faulty.Hang}, {Kind: faulty.Cut, After: 3},
		{Kind: faulty.Cut, After: 4, Hard: true}, {Kind: faulty.Cut, After: 1},
	}
}

// TestChaos: 10,000 requests against three upstreams that fail at random in every way. Every request is answered that one
// of them would have answered, none goes on elsewhere after its client has seen an event, the accounts are what the upstreams
// saw, and nothing is left behind.
func TestChaos(t *testing.T) {
	requests, share := 10_000, 0.25
	if testing.Short() || raceEnabled {
		requests = 2000
	}
	before := runtime.NumGoroutine()
	c := newChaos(t, faulty.Random(1, share, faults()...), faulty.Random(2, share, faults()...), faulty.Random(3, share, faults()...))
	c.survives(t, requests, before)
}

// TestChaosTranslated: the same where two of the upstreams speak other dialects than the client.
func TestChaosTranslated(t *testing.T) {
	requests, share := 3000, 0.25
	if testing.Short() || raceEnabled {
		requests = 1000
	}
	all := codecs(t)
	before := runtime.NumGoroutine()
	c := newChaos(t, faulty.Random(4, share, faults()...), faulty.Random(5, share, faults()...), faulty.Random(6, share, faults()...))
	for i, speaks := range []string{"openai.chat", "anthropic.messages", "gemini.generate"} {
		p := c.providers[i]
		made, err := provider.New(provider.Config{
			Name: p.Name, BaseURL: c.upstreams[i].URL + []string{"/v1", "/v1", "/v1beta"}[i], Dialects: []string{speaks}, Keys: []string{"key-one", "key-two"},
			Transport: p.Transport, Timeouts: p.Timeouts,
		})
		if err != nil {
			t.Fatal(err)
		}
		c.providers[i] = made
		c.route.Candidates[i].Provider, c.route.Candidates[i].Ways = made, all.Ways(made)
	}
	c.survives(t, requests, before)
}

// survives sends requests, and holds what became of them against what the upstreams saw. before are the goroutines that there were
// without c, which ends here.
func (c *chaos) survives(t *testing.T, requests, before int) {
	t.Helper()
	c.route.Order = Order{Strategy: RoundRobin}
	type result struct {
		status int
		body   string
		err    error
		stream bool
	}
	results := make([]result, requests)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 48 {
		wg.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= requests {
					return
				}
				r := &results[n]
				r.stream = n%2 == 0
				r.status, r.body, r.err = c.ask(faulty.NewID(n), r.stream)
			}
		})
	}
	wg.Wait()

	seen := make(map[string][]faulty.Request) // by id
	for i, u := range c.upstreams {
		u.Await(t, "no request runs", func(n faulty.Totals) bool { return n.Running == 0 })
		for _, r := range u.Requests() {
			seen[r.ID] = append(seen[r.ID], r)
		}
		name := fmt.Sprint("up", i)
		got, sent, alone := u.Totals().Requests, c.ledger.sent[name], c.ledger.open[name]
		if got > sent || got < sent-alone {
			t.Errorf("%s saw %d requests, the accounts have %d, of which %d broke before an answer", name, got, sent, alone)
		}
		if busy := c.providers[i].Busy(); busy != 0 {
			t.Errorf("%s: %d leases were not given back", name, busy)
		}
		if s := c.route.Candidates[i].Gate.Stats(); s.Inside != 0 || s.Waiting != 0 {
			t.Errorf("%s: %+v at its gate", name, s)
		}
	}
	answered, brokeOff, failed := 0, 0, 0
	for n, r := range results {
		id := faulty.NewID(n)
		begun := 0
		for _, s := range seen[id] {
			if s.Begun && s.Fault.Kind != faulty.Cut {
				begun++
			}
		}
		switch {
		case r.status == 200 && whole200(r.body, id, r.stream):
			answered++
		case r.status == 200 && r.stream && strings.Contains(r.body, `"delta"`):
			// An event had been sent: nobody else may go on. The client has to see that it is not all.
			brokeOff++
			last := seen[id][len(seen[id])-1]
			for _, s := range seen[id] {
				if s.Begun && s.Fault.Kind == faulty.Cut {
					last = s
				}
			}
			if last.Fault.Kind != faulty.Cut || begun > 0 || r.err == nil && !strings.Contains(r.body, `"error"`) {
				t.Errorf("%s broke off without reason or notice: %q, %v, %+v", id, r.body, r.err, seen[id])
			}
		default:
			failed++
			met := 0
			for _, u := range c.upstreams {
				for _, s := range u.Requests() {
					if s.ID == id {
						met++
						break
					}
				}
			}
			if met < len(c.upstreams) || begun > 0 {
				t.Errorf("%s failed with %d %q though only %d upstreams were asked: %+v", id, r.status, r.body, met, seen[id])
			}
		}
	}
	for _, r := range c.ledger.twice {
		t.Errorf("attempts of one exchange after an answer had begun: %+v", r.Attempts)
	}
	t.Logf("%d answered, %d broke off in mid-stream, %d failed everywhere", answered, brokeOff, failed)
	if answered < requests*9/10 {
		t.Errorf("only %d of %d requests were answered", answered, requests)
	}

	c.server.Close()
	c.client.CloseIdleConnections()
	for _, p := range c.providers {
		p.Transport.(*http.Transport).CloseIdleConnections()
	}
	for i, u := range c.upstreams {
		u.Await(t, fmt.Sprintf("no connection to up%d is left", i), func(n faulty.Totals) bool { return n.Open == 0 })
	}
	await(t, "goroutines end", func() bool { return runtime.NumGoroutine() <= before+len(c.upstreams)*2 })
}

// whole200 tells whether an answer is a good one to the request with that id, to its end.
func whole200(body, id string, stream bool) bool {
	if !stream {
		var a struct {
			Choices []struct{ Message struct{ Content string } }
		}
		return json.Unmarshal([]byte(body), &a) == nil && len(a.Choices) == 1 && a.Choices[0].Message.Content == faulty.Text(id)
	}
	text := ""
	for line := range strings.Lines(body) {
		data, ok := strings.CutPrefix(strings.TrimSpace(line), "data: ")
		if !ok || data == "[DONE]" {
			continue
		}
		var e struct {
			Choices []struct{ Delta struct{ Content string } }
		}
		if json.Unmarshal([]byte(data), &e) != nil {
			return false
		}
		for _, c := range e.Choices {
			text += c.Delta.Content
		}
	}
	return text == faulty.Text(id) && strings.Contains(body, "[DONE]")
}

// await waits for what should happen at once, on a machine with other work.
func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !done(); {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
		runtime.Gosched()
		<-time.After(time.Millisecond)
	}
}

// TestToldToWait: who answered 429 gets nothing until the time it asked for, in every form of asking, while others serve.
func TestToldToWait(t *testing.T) {
	const wait = 7 * time.Second
	now := time.Now()
	for _, form := range faulty.LimitedFor(wait, now) {
		t.Run(form.Form, func(t *testing.T) {
			t.Parallel()
			first := faulty.Always(form.Fault)
			c := newChaos(t, first, nil)
			var shift atomic.Int64
			for i := range c.providers {
				p := c.providers[i]
				config := provider.Config{
					Name: p.Name, BaseURL: p.BaseURL(), Dialects: []string{"openai.chat"}, Keys: []string{"key"}, Transport: p.Transport,
					Now: func() time.Time { return now.Add(time.Duration(shift.Load())) },
				}
				if strings.HasPrefix(form.Form, "gemini") {
					c.gemini, config.BaseURL, config.Dialects = true, c.upstreams[i].URL+"/v1beta", []string{"gemini.generate"}
				}
				made, err := provider.New(config)
				if err != nil {
					t.Fatal(err)
				}
				c.route.Candidates[i].Provider, c.route.Candidates[i].Ways = made, attempt.Codecs{}.Ways(made)
			}
			asked := func() int { return c.upstreams[0].Totals().Requests }
			for n := range 20 {
				shift.Store(int64(n) * int64(wait-2*time.Second) / 20)
				if status, body, err := c.ask(faulty.NewID(n), n%2 == 0); status != 200 || err != nil {
					t.Fatalf("%d %s %v", status, body, err)
				}
			}
			if asked() != 1 {
				t.Errorf("it was asked %d times within the wait", asked())
			}
			shift.Store(int64(wait + 2*time.Second))
			c.ask(faulty.NewID(99), false)
			if asked() != 2 {
				t.Errorf("it was asked %d times after the wait, want 2", asked())
			}
		})
	}
}

// TestAllTold: when all are told to wait the client learns the earliest true time, or waits if the route lets it.
func TestAllTold(t *testing.T) {
	limited := func(ms string) faulty.Plan {
		return faulty.Sequence(faulty.Fault{Kind: faulty.Fail, Status: 429, Header: http.Header{"Retry-After-Ms": {ms}}})
	}
	c := newChaos(t, limited("60000"), limited("30000"))
	for _, p := range c.providers {
		// Both keys are told.
		lane, _ := p.Take(&pool.Choice{Now: time.Now().UnixNano()})
		lane.End(pool.Outcome{Class: failure.RateLimit, Wait: 90 * time.Second, Now: time.Now().UnixNano()})
	}
	for range 2 { // the second time nobody is asked
		resp, err := c.client.Post(c.server.URL+chatPath, "application/json", strings.NewReader(ask))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if after := resp.Header.Get("Retry-After"); resp.StatusCode != 429 || after != "30" && after != "29" {
			t.Errorf("got %d, Retry-After %q", resp.StatusCode, after)
		}
	}
	if n := c.upstreams[0].Totals().Requests + c.upstreams[1].Totals().Requests; n != 2 {
		t.Errorf("upstreams were asked %d times", n)
	}
	waiting := newChaos(t, limited("40"))
	waiting.providers[0].Take(&pool.Choice{}) // the first key is busy for ever: round robin goes on with the second
	waiting.route.Retry.MaxWait = time.Minute
	waiting.route.Retry.Rounds = 1
	waiting.ask(faulty.NewID(1), false)
	if status, body, err := waiting.ask(faulty.NewID(2), false); status != 200 || err != nil {
		t.Errorf("after the wait: %d %s %v", status, body, err)
	}
}

// TestFallbackAfterKeys: a provider's other keys are tried before the fallback of a class.
func TestFallbackAfterKeys(t *testing.T) {
	c := newChaos(t, faulty.Always(faulty.Fault{Kind: faulty.Fail, Status: 429, Header: http.Header{"Retry-After": {"60"}}}), nil)
	c.route.Fallbacks = map[failure.Class][]*attempt.Candidate{failure.RateLimit: {c.route.Candidates[1]}}
	c.route.Candidates = c.route.Candidates[:1]
	if status, body, err := c.ask(faulty.NewID(1), false); status != 200 || err != nil {
		t.Fatalf("%d %s %v", status, body, err)
	}
	if got := c.upstreams[0].Totals().Requests; got != 2 {
		t.Errorf("the first provider was asked %d times, want once with each of its keys", got)
	}
}
