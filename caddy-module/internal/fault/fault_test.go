package fault_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/fault"
	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
	"github.com/longmen-gateway/longmen/caddy-module/internal/hint"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// apis are the formats, and how they are asked.
var apis = []struct{ dialect, whole, stream string }{
	{"openai.chat", "/v1/chat/completions", "/v1/chat/completions"},
	{"anthropic.messages", "/v1/messages", "/v1/messages"},
	{"gemini.generate", "/v1beta/models/m:generateContent", "/v1beta/models/m:streamGenerateContent?alt=sse"},
}

// client keeps connections of its own.
func client(t *testing.T) *http.Client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func ask(t *testing.T, c *http.Client, ctx context.Context, url string, stream bool, id string) (*http.Response, error) {
	t.Helper()
	body := `{"model":"m","stream":false,"messages":[{"role":"user","content":"hello ` + id + `"}]}`
	if stream {
		body = strings.Replace(body, "false", "true", 1)
	}
	req, err := http.NewRequestWithContext(ctx, "POST", url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer sk-1")
	return c.Do(req)
}

// text is what the dialect finds in a document.
func text(t *testing.T, d *dialect.Dialect, phase dialect.Phase, doc []byte) string {
	t.Helper()
	var a document.Arena
	root, err := a.Parse(doc)
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	if e := d.EventError(&a, root); e != nil {
		t.Fatalf("%s is an error: %v", doc, e)
	}
	out := ""
	for _, s := range d.Sites(nil, phase, &a, root) {
		if s.Form == dialect.FormText {
			words, _ := a.Text(s.Node)
			out += string(words)
		}
	}
	return out
}

func TestGoodAnswers(t *testing.T) {
	u := fault.New(t, nil)
	c := client(t)
	for i, api := range apis {
		d, _ := dialect.Get(api.dialect)
		id := fault.NewID(i)

		resp, err := ask(t, c, t.Context(), u.URL+api.whole, false, id)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if got := text(t, d, dialect.PhaseAnswer, body); resp.StatusCode != 200 || got != fault.Text(id) {
			t.Errorf("%s: %d %q, want %q", api.dialect, resp.StatusCode, got, fault.Text(id))
		}
		var a document.Arena
		root, _ := a.Parse(body)
		var used dialect.Usage
		if d.Usage(&a, root, &used); used.Prompt != fault.PromptTokens || used.Completion != fault.CompletionTokens || d.Finish(&a, root) == "" {
			t.Errorf("%s: usage %+v, finish %q", api.dialect, used, d.Finish(&a, root))
		}

		if resp, err = ask(t, c, t.Context(), u.URL+api.stream, true, id); err != nil {
			t.Fatal(err)
		}
		got, finished := "", false
		for events := framing.Open(framing.SSE, resp.Body, 1<<20); ; {
			e, err := events.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if string(e.Data) == "[DONE]" {
				continue
			}
			got += text(t, d, dialect.PhaseEvent, e.Data)
			root, _ := a.Parse(e.Data)
			finished = finished || d.Finished(&a, root)
		}
		resp.Body.Close()
		if got != fault.Text(id) || !finished {
			t.Errorf("%s: streamed %q, finished %t", api.dialect, got, finished)
		}
	}
	for i, r := range u.Requests() {
		if want := (fault.Request{Number: i, ID: fault.NewID(i / 2), API: apis[i/2].dialect, Key: "sk-1", Model: "m", Stream: i%2 == 1, Begun: true, Served: true, Done: true}); !cmp.Equal(want, r) {
			t.Errorf("recorded %s", cmp.Diff(want, r))
		}
	}
	if got := u.Totals(); got.Connections != 1 || got.Requests != 6 || got.Served != 6 || got.Begun != 6 || got.Left != 0 || got.Running != 0 {
		t.Errorf("%+v", got)
	}
}

// TestFaults has for each kind what a client sees.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		name   string
		fault  fault.Fault
		class  failure.Class // of an error that the API tells of
		status int           // 0: there is no answer
		body   string        // a part of what is readable
		broken bool          // the body breaks off
		begun  bool
	}{
		{name: "reset", fault: fault.Fault{Kind: fault.Reset}},
		{name: "not http", fault: fault.Fault{Kind: fault.NotHTTP}},
		{name: "cut", fault: fault.Fault{Kind: fault.Cut, After: 3}, status: 200, body: "This ", broken: true, begun: true},
		{name: "cut before the first event", fault: fault.Fault{Kind: fault.Cut}, status: 200, broken: true},
		{name: "500", fault: fault.Fault{Kind: fault.Fail}, status: 500, class: failure.ServerError},
		{name: "429", fault: fault.Fault{Kind: fault.Fail, Status: 429}, status: 429, class: failure.RateLimit},
		{name: "503", fault: fault.Fault{Kind: fault.Fail, Status: 503}, status: 503, class: failure.Overload},
		{name: "401", fault: fault.Fault{Kind: fault.Fail, Status: 401}, status: 401, class: failure.Credential},
		{name: "own words", fault: fault.Fault{Kind: fault.Fail, Status: 400, Body: `{"error":{"message":"maximum context length is 5"}}`}, status: 400, body: "maximum"},
		{name: "garbage", fault: fault.Fault{Kind: fault.Garbage}, status: 200, body: "\xff"},
		{name: "empty", fault: fault.Fault{Kind: fault.Empty}, status: 200},
		{name: "html", fault: fault.Fault{Kind: fault.HTML}, status: 200, body: "<html>"},
		{name: "error event", fault: fault.Fault{Kind: fault.ErrorEvent}, status: 200, body: "injected"},
		{name: "oversized", fault: fault.Fault{Kind: fault.Oversized, Size: 100}, status: 200, body: strings.Repeat("x", 100), begun: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := fault.New(t, fault.Always(tt.fault))
			for _, api := range apis {
				d, _ := dialect.Get(api.dialect)
				resp, err := ask(t, client(t), t.Context(), u.URL+api.stream, true, "")
				if tt.status == 0 {
					if err == nil {
						t.Fatalf("%s: answered %d", api.dialect, resp.StatusCode)
					}
					continue
				}
				if err != nil {
					t.Fatalf("%s: %v", api.dialect, err)
				}
				body, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if resp.StatusCode != tt.status || (err != nil) != tt.broken || !bytes.Contains(body, []byte(tt.body)) {
					t.Errorf("%s: %d %.99q %v", api.dialect, resp.StatusCode, body, err)
				}
				if tt.class != failure.None {
					if got := failure.Of(d.ParseError(resp.StatusCode, resp.Header, body), true); got != tt.class {
						t.Errorf("%s: class %s of %s", api.dialect, got, body)
					}
				}
			}
			u.Await(t, "the end", func(total fault.Totals) bool { return total.Requests == len(apis) && total.Running == 0 })
			for _, r := range u.Requests() {
				if r.Begun != tt.begun || r.Left || r.Served != (tt.fault.Kind == fault.Oversized) {
					t.Errorf("recorded %+v", r)
				}
			}
		})
	}
}

func TestHardCutIsAReset(t *testing.T) {
	u := fault.New(t, fault.Always(fault.Fault{Kind: fault.Cut, After: 2, Hard: true}))
	resp, err := ask(t, client(t), t.Context(), u.URL+apis[0].stream, true, "")
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		resp.Body.Close()
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v", err)
	}
}

func TestWholeAnswerIsCut(t *testing.T) {
	u := fault.New(t, fault.Always(fault.Fault{Kind: fault.Cut}))
	resp, err := ask(t, client(t), t.Context(), u.URL+apis[0].whole, false, "")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); !errors.Is(err, io.ErrUnexpectedEOF) || len(body) == 0 {
		t.Errorf("%q %v", body, err)
	}
}

// TestLeaving: the upstream sees that a client has gone, whatever it waits for.
func TestLeaving(t *testing.T) {
	for _, f := range []fault.Fault{{Kind: fault.Hang}, {Kind: fault.Slow}, {Kind: fault.Silence, After: 2}} {
		t.Run(f.Kind.String(), func(t *testing.T) {
			u := fault.New(t, fault.Always(f))
			ctx, leave := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() {
				defer close(done)
				if resp, err := ask(t, client(t), ctx, u.URL+apis[0].stream, true, "id:7"); err == nil {
					_, _ = io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
			}()
			u.Await(t, "the request", func(total fault.Totals) bool {
				return total.Running == 1 && (f.Kind != fault.Silence || total.Begun == 1)
			})
			leave()
			u.Await(t, "the close", func(total fault.Totals) bool { return total.Left == 1 && total.Running == 0 && total.Open == 0 })
			<-done
			if got := u.IDs(false); !cmp.Equal(got, []string{"id:7"}) {
				t.Errorf("ids %v", got)
			}
			if got := len(u.IDs(true)); (got == 1) != (f.Kind == fault.Silence) {
				t.Errorf("%d answers began", got)
			}
		})
	}
}

func TestSilenceEnds(t *testing.T) {
	until := make(chan struct{})
	for _, f := range []fault.Fault{{Kind: fault.Slow, Delay: time.Nanosecond}, {Kind: fault.Slow, Until: until}, {Kind: fault.Silence, After: 3, Until: until}} {
		u := fault.New(t, fault.Always(f))
		resp, err := ask(t, client(t), t.Context(), u.URL+apis[0].stream, true, "id:1")
		if err != nil {
			t.Fatal(err)
		}
		if f.Until != nil && f.Kind == fault.Slow {
			close(until)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || !bytes.Contains(body, []byte("[DONE]")) {
			t.Errorf("%s: %q %v", f.Kind, body, err)
		}
	}
}

func TestRefusing(t *testing.T) {
	u := fault.New(t, nil)
	c := client(t)
	try := func() error {
		resp, err := ask(t, c, t.Context(), u.URL+apis[0].whole, false, "")
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
		return err
	}
	if err := try(); err != nil {
		t.Fatal(err)
	}
	u.Refuse()
	u.Refuse()
	u.Await(t, "idle connections to close", func(total fault.Totals) bool { return total.Open == 0 })
	c.CloseIdleConnections()
	if err := try(); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("while it refuses: %v", err)
	}
	u.Admit(t)
	if err := try(); err != nil {
		t.Errorf("after it refused: %v", err)
	}
	if got := u.Totals(); got.Requests != 2 || got.Connections != 2 {
		t.Errorf("%+v", got)
	}
}

func TestPlans(t *testing.T) {
	reset, hang := fault.Fault{Kind: fault.Reset}, fault.Fault{Kind: fault.Hang}
	plan := fault.Sequence(reset, fault.Fault{}, hang)
	for n, want := range []fault.Kind{fault.Reset, fault.Serve, fault.Hang, fault.Serve} {
		if got := plan(n, nil).Kind; got != want {
			t.Errorf("request %d: %s, want %s", n, got, want)
		}
	}
	one, same, other := fault.Random(1, 0.3, reset, hang), fault.Random(1, 0.3, reset, hang), fault.Random(2, 0.3, reset, hang)
	var count [3]int
	differs := false
	for n := range 10_000 {
		kind := one(n, nil).Kind
		if kind != same(n, nil).Kind {
			t.Fatalf("request %d: the same seed chose otherwise", n)
		}
		differs = differs || kind != other(n, nil).Kind
		count[kindIndex(kind)]++
	}
	if !differs || count[0] < 6800 || count[0] > 7200 || count[1] < 1300 || count[2] < 1300 {
		t.Errorf("chosen %v", count)
	}
}

func kindIndex(k fault.Kind) int {
	return map[fault.Kind]int{fault.Serve: 0, fault.Hang: 1, fault.Reset: 2}[k]
}

// TestLimits: every form of a refusal is understood as the wait that it asks for.
func TestLimits(t *testing.T) {
	now := time.Date(2026, 6, 10, 8, 0, 0, 0, time.UTC)
	for _, l := range fault.LimitedFor(7*time.Second, now) {
		if wait, ok := hint.Wait(l.Fault.Header, now); ok && wait == 7*time.Second {
			continue
		}
		d, _ := dialect.Get("gemini.generate")
		if e := d.ParseError(l.Fault.Status, l.Fault.Header, []byte(l.Fault.Body)); e.RetryAfter != 7*time.Second {
			t.Errorf("%s: %v", l.Form, e.RetryAfter)
		}
	}
	u := fault.New(t, fault.Always(fault.LimitedFor(7*time.Second, now)[0].Fault))
	resp, err := ask(t, client(t), t.Context(), u.URL+apis[0].whole, false, "")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "7" {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
}

// TestTogether hammers an upstream that fails at random: its counts are those of the clients.
func TestTogether(t *testing.T) {
	u := fault.New(t, fault.Random(3, 0.5, fault.Fault{Kind: fault.Reset}, fault.Fault{Kind: fault.Cut, After: 2}, fault.Fault{Kind: fault.Fail}, fault.Fault{Kind: fault.NotHTTP}))
	c := client(t)
	var (
		wg sync.WaitGroup
		mu sync.Mutex
		ok int
	)
	for worker := range 8 {
		wg.Go(func() {
			for i := range 50 {
				resp, err := ask(t, c, t.Context(), u.URL+apis[worker%3].stream, true, fault.NewID(worker*50+i))
				if err != nil {
					continue
				}
				_, err = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if err == nil && resp.StatusCode == 200 {
					mu.Lock()
					ok++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	c.CloseIdleConnections()
	u.Await(t, "the end", func(total fault.Totals) bool { return total.Running == 0 && total.Open == 0 })
	if got := u.Totals(); got.Served != ok || got.Requests < 400 || got.Left != 0 || len(u.IDs(false)) != got.Requests {
		t.Errorf("%+v, the clients saw %d good answers", got, ok)
	}
}
