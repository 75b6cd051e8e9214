package attempt

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/plugin"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pool"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// codec is a codec plugin whose request hook puts one document in place of another.
type codec struct {
	pipeline.Hooks
	to    string
	err   error
	calls int
}

func (c *codec) Request(_ context.Context, f *wasm.Frame, root document.Node) error {
	c.calls++
	if c.err != nil {
		return c.err
	}
	to, err := f.Doc.Parse([]byte(c.to))
	if err != nil {
		return err
	}
	return f.Doc.Replace(root, to)
}

func (c *codec) plugin() *pipeline.Plugin {
	return &pipeline.Plugin{Name: "codec", Hooks: c, Has: pipeline.HasRequest}
}

// upstream answers every request with a response, and keeps the last request and its body.
type upstream struct {
	status      int
	contentType string
	body        string
	err         error

	calls int
	asked *http.Request
	sent  string
}

func (u *upstream) RoundTrip(r *http.Request) (*http.Response, error) {
	u.calls++
	u.asked = r
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		u.sent = string(b)
	}
	if u.err != nil {
		return nil, u.err
	}
	status, contentType := u.status, u.contentType
	if status == 0 {
		status = 200
	}
	if contentType == "" {
		contentType = "application/json"
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {contentType}}, Body: io.NopCloser(strings.NewReader(u.body)), Request: r}, nil
}

// of makes a provider in front of u that speaks a dialect.
func (u *upstream) of(t *testing.T, dialectName string, keys ...string) *provider.Provider {
	t.Helper()
	p, err := provider.New(provider.Config{Name: "up", BaseURL: "http://upstream.example/v1", Dialects: []string{dialectName}, Keys: keys, Transport: u})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// candidate reaches a provider through codecs, by the client's dialect.
func candidate(p *provider.Provider, model string, codecs map[string]*pipeline.Plugin) *Candidate {
	all := make(Codecs)
	for client, c := range codecs {
		all[plugin.Codec{Client: client, Provider: p.Dialects[0].Name}] = c
	}
	return &Candidate{Provider: p, Model: model, Ways: all.Ways(p)}
}

// request is a client's request, parsed as far as the gateway would.
func request(t *testing.T, dialectName, body string) *Request {
	t.Helper()
	d, ok := dialect.Get(dialectName)
	if !ok {
		t.Fatalf("no dialect %s", dialectName)
	}
	in := &Request{Exchange: pipeline.Open("x1", time.Unix(1750000000, 0), d, http.Header{}), Header: http.Header{}, Asked: "m", Model: "m", Arena: new(document.Arena), Bytes: []byte(body)}
	t.Cleanup(in.Exchange.Close)
	var err error
	if in.Root, err = in.Arena.Parse(in.Bytes); err != nil {
		t.Fatal(err)
	}
	return in
}

const ask = `{ "model":"m","messages":[{"role":"user","content":"hi"}] }`

// do makes an attempt through any lane.
func do(t *testing.T, c *Candidate, in *Request, reads bool) (*Answer, error) {
	t.Helper()
	lane, ok := c.Provider.Take(&pool.Choice{Now: time.Now().UnixNano()})
	if !ok {
		t.Fatal("no lane is ready")
	}
	in.Reads = reads
	try, err := Prepare(t.Context(), Flight{Candidate: c, Lane: lane}, in)
	if err != nil {
		return nil, err
	}
	answer, err := try.Send()
	if err != nil {
		try.Close(failure.None, 0, 0)
	}
	return answer, err
}

// TestWithoutKey: a provider that cannot be asked costs neither a codec run nor a connection.
func TestWithoutKey(t *testing.T) {
	u, c := &upstream{}, &codec{to: `{}`}
	p, err := provider.New(provider.Config{Name: "gemini", Transport: u})
	if err != nil {
		t.Fatal(err)
	}
	if !p.LacksKey() {
		t.Fatal("the preset needs no key: another one is wanted here")
	}
	_, err = do(t, candidate(p, "", map[string]*pipeline.Plugin{"openai.chat": c.plugin()}), request(t, "openai.chat", ask), false)
	var f *Failure
	if !errors.As(err, &f) {
		t.Fatalf("error %v", err)
	}
	if f.Class != failure.Credential || f.Status != 0 || f.Err.Status != 502 || f.Err.Code != "provider_not_configured" || f.Err.Message != "provider gemini has no API key" || !errors.Is(err, provider.ErrNoKey) {
		t.Errorf("got %+v: %+v", f, f.Err)
	}
	if c.calls+u.calls != 0 {
		t.Errorf("%d codec calls, %d round trips", c.calls, u.calls)
	}
}

// TestWhatIsSent: the client's dialect chooses the codec, and the request stays as it came where it can.
func TestWhatIsSent(t *testing.T) {
	const gemini = `{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`
	tests := []struct {
		name           string
		client, speaks string
		model          string // of the candidate
		body           string
		codecs         map[string]string // what they turn a request into, by the client's dialect
		want, path     string
		code           string // of the failure
	}{
		{"same dialect", "openai.chat", "openai.chat", "", ask, nil, ask, "/v1/chat/completions", ""},
		{"same dialect beside a codec", "openai.chat", "openai.chat", "", ask, map[string]string{"openai.chat": `{"wrong":1}`}, ask, "/v1/chat/completions", ""},
		{"another model", "openai.chat", "openai.chat", "big", ask, nil, strings.Replace(ask, `"m"`, `"big"`, 1), "/v1/chat/completions", ""},
		{"by the client's dialect", "openai.chat", "gemini.generate", "g", ask, map[string]string{"openai.chat": gemini, "anthropic.messages": `{"wrong":1}`}, gemini, "/v1/models/g:generateContent", ""},
		{"native client of the same candidate", "gemini.generate", "gemini.generate", "g", gemini, map[string]string{"openai.chat": `{"wrong":1}`}, gemini, "/v1/models/g:generateContent", ""},
		{"no codec", "gemini.generate", "openai.chat", "", gemini, map[string]string{"anthropic.messages": `{}`}, "", "", NoAPI},
		{"no model for the path", "openai.chat", "gemini.generate", "", ask, map[string]string{"openai.chat": gemini}, "", "", "model_required"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := &upstream{body: `{}`}
			codecs := map[string]*pipeline.Plugin{}
			for name, to := range tt.codecs {
				codecs[name] = (&codec{to: to}).plugin()
			}
			c := candidate(u.of(t, tt.speaks), tt.model, codecs)
			in := request(t, tt.client, tt.body)
			if tt.code == "model_required" {
				in.Asked, in.Model = "", ""
			}
			answer, err := do(t, c, in, false)
			if tt.code != "" {
				var f *Failure
				if !errors.As(err, &f) || f.Err.Code != tt.code || f.Err.Status >= 500 || u.calls != 0 {
					t.Errorf("got %v after %d round trips, want %s", err, u.calls, tt.code)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if u.sent != tt.want || u.asked.URL.Path != tt.path || u.asked.ContentLength != int64(len(tt.want)) {
				t.Errorf("sent %s\nto %s (%d bytes), want\n%s\nto %s", u.sent, u.asked.URL.Path, u.asked.ContentLength, tt.want, tt.path)
			}
			if translated := tt.client != tt.speaks; (len(answer.Codecs) > 0) != translated {
				t.Errorf("answer with codec: %v, want %v", len(answer.Codecs) > 0, translated)
			}
			if got := string(in.Arena.AppendJSON(nil, in.Root)); got != tt.body {
				t.Errorf("the client's request became %s", got)
			}
		})
	}
}

// TestGetBody: transports may send a request again on another connection.
func TestGetBody(t *testing.T) {
	u := &upstream{body: `{}`}
	if _, err := do(t, candidate(u.of(t, "openai.chat"), "", nil), request(t, "openai.chat", ask), false); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		body, err := u.asked.GetBody()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := io.ReadAll(body); err != nil || string(again) != ask {
			t.Errorf("again: %s, %v", again, err)
		}
	}
}

// TestUnread: a body that nobody looked at is streamed through, once.
func TestUnread(t *testing.T) {
	for _, length := range []int64{-1, int64(len(ask))} {
		u := &upstream{body: `{}`}
		in := request(t, "openai.chat", ask)
		in.Arena, in.Root, in.Bytes, in.Body, in.Length = nil, 0, nil, strings.NewReader(ask), length
		if _, err := do(t, candidate(u.of(t, "openai.chat"), "", nil), in, false); err != nil {
			t.Fatal(err)
		}
		if u.sent != ask || u.asked.ContentLength != length || u.asked.GetBody != nil {
			t.Errorf("sent %s, length %d, GetBody %v", u.sent, u.asked.ContentLength, u.asked.GetBody != nil)
		}
	}
}

// TestCodecFails: its error reaches the caller as it is, and no upstream is asked.
func TestCodecFails(t *testing.T) {
	u, c := &upstream{}, &codec{err: errors.New("broken")}
	_, err := do(t, candidate(u.of(t, "gemini.generate"), "g", map[string]*pipeline.Plugin{"openai.chat": c.plugin()}), request(t, "openai.chat", ask), false)
	var f *pipeline.Failure
	if !errors.As(err, &f) || f.Plugin != "codec" || u.calls != 0 {
		t.Errorf("got %v after %d round trips", err, u.calls)
	}
}

// TestMuteCodec: where a codec translates no streams, who wants one is told so, and nobody is asked.
func TestMuteCodec(t *testing.T) {
	u, c := &upstream{status: 200, contentType: "application/json", body: `{}`}, &codec{to: `{}`}
	to := candidate(u.of(t, "gemini.generate"), "g", map[string]*pipeline.Plugin{"openai.chat": c.plugin()})
	in := request(t, "openai.chat", ask)
	in.Stream = true
	_, err := do(t, to, in, false)
	var f *Failure
	if !errors.As(err, &f) || f.Err.Status != 404 || f.Err.Code != NoAPI || !f.Unsent || !strings.Contains(f.Err.Message, "the codec plugin codec translates none") || c.calls+u.calls != 0 {
		t.Errorf("got %v after %d codec calls and %d round trips", err, c.calls, u.calls)
	}
	if _, err := do(t, to, request(t, "openai.chat", ask), false); err != nil || u.calls != 1 {
		t.Errorf("a whole answer: %v after %d round trips", err, u.calls)
	}
}

func TestFailures(t *testing.T) {
	broken := errors.New("dial tcp 10.0.0.7:443: connection refused")
	tests := []struct {
		name     string
		upstream upstream
		keys     []string
		reads    bool
		want     Failure
		code     string
		message  string // a part
	}{
		{"unreachable", upstream{err: broken}, nil, false, Failure{Class: failure.Connect, Cause: broken}, "upstream_unreachable", "provider up could not be reached"},
		{"client's mistake", upstream{status: 400, body: `{"error":{"message":"bad n","code":"bad_value"}}`}, nil, false, Failure{Class: failure.BadRequest, Status: 400}, "bad_value", "bad n"},
		{"overloaded", upstream{status: 503, body: `{"error":{"message":"later","code":"overloaded"}}`}, nil, false, Failure{Class: failure.Overload, Status: 503}, "overloaded", "later"},
		{"the gateway's key", upstream{status: 401, body: `{"error":{"message":"wrong key sk-abc","code":"invalid_api_key"}}`}, []string{"sk-abc"}, false, Failure{Class: failure.Credential, Status: 401}, "upstream_auth", "refused the gateway's credentials"},
		{"the client's key", upstream{status: 401, body: `{"error":{"message":"no key","code":"invalid_api_key"}}`}, nil, false, Failure{Class: failure.BadRequest, Status: 401}, "invalid_api_key", "no key"},
		{"stream without an event", upstream{contentType: "text/event-stream", body: ": wait\n\n"}, nil, true, Failure{Class: failure.ServerError, Status: 200, Cause: io.ErrUnexpectedEOF}, "upstream_broken", "before its first event"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := do(t, candidate(tt.upstream.of(t, "openai.chat", tt.keys...), "", nil), request(t, "openai.chat", ask), tt.reads)
			var f *Failure
			if !errors.As(err, &f) {
				t.Fatalf("error %v", err)
			}
			if f.Status != tt.want.Status || f.Class != tt.want.Class || !errors.Is(f.Cause, tt.want.Cause) {
				t.Errorf("got %+v, want %+v", f, tt.want)
			}
			if f.Err.Code != tt.code || !strings.Contains(f.Err.Message, tt.message) || strings.Contains(f.Err.Message, "10.0.0.7") || strings.Contains(f.Err.Message, "sk-abc") {
				t.Errorf("the client is told %+v", f.Err)
			}
		})
	}
}

// TestClientGone: nobody is to blame when the client went away.
func TestClientGone(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	u := &upstream{err: errors.New("canceled")}
	cancel()
	c, in := candidate(u.of(t, "openai.chat"), "", nil), request(t, "openai.chat", ask)
	lane, _ := c.Provider.Take(&pool.Choice{})
	try, err := Prepare(ctx, Flight{Candidate: c, Lane: lane}, in)
	if err == nil {
		_, err = try.Send()
	}
	if !errors.Is(err, context.Canceled) || errors.As(err, new(*Failure)) {
		t.Errorf("got %v", err)
	}
}

// TestFirstEvent: a stream is read as events only if somebody wants them.
func TestFirstEvent(t *testing.T) {
	const frames = ": hello\n\ndata: {\"a\":1}\n\ndata: {\"a\":2}\n\n"
	for _, reads := range []bool{true, false} {
		u := &upstream{contentType: "text/event-stream; charset=utf-8", body: frames}
		answer, err := do(t, candidate(u.of(t, "openai.chat"), "", nil), request(t, "openai.chat", ask), reads)
		if err != nil {
			t.Fatal(err)
		}
		if reads {
			if string(answer.First.Data) != `{"a":1}` {
				t.Errorf("first event %s", answer.First.Data)
			}
			if e, err := answer.Events.Next(); err != nil || string(e.Data) != `{"a":2}` {
				t.Errorf("next event %s, %v", e.Data, err)
			}
			continue
		}
		if rest, err := io.ReadAll(answer.HTTP.Body); answer.Events != nil || err != nil || string(rest) != frames {
			t.Errorf("left %q, %v", rest, err)
		}
	}
}

// TestMend: a request goes through the codec of its own dialect only if it carries what the gateway has put
// into answers of other providers; else it stays as it came.
func TestMend(t *testing.T) {
	const clean = `{"model":"m","messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"x","signature":"EqQB"}]}]}`
	marked := strings.Replace(clean, "EqQB", "longmen.v1.google.abc", 1)
	for _, tt := range []struct {
		name, model, body, want string
	}{
		{"clean", "", clean, clean},
		{"marked", "", marked, `{"model":"m","mended":true}`},
		{"marked and renamed", "other", marked, `{"model":"other","mended":true}`},
		{"empty signature", "", strings.Replace(clean, "EqQB", "", 1), `{"model":"m","mended":true}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u, c := &upstream{body: `{}`}, &codec{to: `{"model":"m","mended":true}`}
			p := u.of(t, "anthropic.messages", "k")
			ways := Codecs{{Client: "anthropic.messages", Provider: "anthropic.messages"}: c.plugin()}.Ways(p)
			answer, err := do(t, &Candidate{Provider: p, Model: tt.model, Ways: ways}, request(t, "anthropic.messages", tt.body), false)
			if err != nil {
				t.Fatal(err)
			}
			if u.sent != tt.want || len(answer.Codecs) != 0 {
				t.Errorf("sent %s with %d codecs for the answer, want %s", u.sent, len(answer.Codecs), tt.want)
			}
		})
	}
}
