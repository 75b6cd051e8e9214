package gateway

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/attempt"
)

// TestPassThrough: without a plugin that reads, request and answer stay byte for byte, JSON or not, and
// the account still has the tokens.
func TestPassThrough(t *testing.T) {
	odd := "{ \"model\" : \"m\",\n\t\"n\": 1.50e2, \"unknown\":{\"b\":1,\"a\":2}, \"messages\":[] }  \n"
	for _, tc := range []struct{ name, request, contentType, answer string }{
		{"json", odd, "application/json", strings.Replace(said, ",", " , ", 3)},
		{"no json at all", "not json", "text/plain; charset=utf-8", "plain"},
		{"stream", odd, "text/event-stream", ": hi\r\n\r\n" + delta("x") + "event: odd\nid: 7\ndata: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\ndata: [DONE]"},
		{"broken events", odd, "text/event-stream", delta("x") + "data: <html>\n\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			u := &upstream{answer: func(int, *http.Request, string) *http.Response {
				return answered(200, tc.contentType, strings.NewReader(tc.answer))
			}}
			g, accounts := gatewayOf(t, upstreamOf(t, "one", "openai.chat", u))
			w := post(g, chatPath, tc.request)
			if got := w.Body.String(); got != tc.answer {
				t.Errorf("answer = %q, want %q", got, tc.answer)
			}
			if got := u.asked[0]; got != tc.request {
				t.Errorf("request = %q, want %q", got, tc.request)
			}
			if got := w.Header().Get("Content-Type"); got != tc.contentType {
				t.Errorf("content type = %q, want %q", got, tc.contentType)
			}
			if got := (*accounts)[0].Model; strings.HasPrefix(tc.request, "{") && got != "m" {
				t.Errorf("the account's model is %q", got)
			}
			if strings.Contains(tc.answer, "total_tokens") && (*accounts)[0].Tokens.Total != 7 {
				t.Errorf("account = %+v, want 7 tokens", (*accounts)[0])
			}
		})
	}
}

// TestUnreadRequestIsNotBuffered: the request streams to the only candidate while the client still writes.
func TestUnreadRequestIsNotBuffered(t *testing.T) {
	client, write := io.Pipe()
	u := roundTrip(func(r *http.Request) (*http.Response, error) {
		first := make([]byte, 5)
		if _, err := io.ReadFull(r.Body, first); err != nil || string(first) != "{\"mod" {
			t.Errorf("upstream read %q, %v", first, err)
		}
		go func() {
			write.Write([]byte(`el":"m"}`))
			write.Close()
		}()
		io.Copy(io.Discard, r.Body)
		return whole(said), nil
	})
	g, _ := gatewayOf(t, upstreamOf(t, "one", "openai.chat", u))
	r, _ := http.NewRequest("POST", chatPath, client)
	go write.Write([]byte(`{"mod`))
	g.ServeHTTP(&discard{h: http.Header{}}, r)
}

// TestUntouchedParts: what plugins do not edit reaches the upstream as the client wrote it.
func TestUntouchedParts(t *testing.T) {
	u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(said) }}
	g, _ := gatewayOf(t, upstreamOf(t, "one", "openai.chat", u), named(t, "redact", ""))
	request := "{ \"z\":1.0,  \"model\":\"m\", \"messages\" : [ {\"role\":\"user\" , \"content\":\"mail " + mail + " \\u00e9 \\/\"} ], \"seed\":9007199254740993 }"
	w := post(g, chatPath, request)
	token := placeholder.FindString(u.asked[0])
	if want := strings.Replace(request, mail, token, 1); token == "" || normal(u.asked[0]) != normal(want) {
		t.Errorf("request = %s, want %s", u.asked[0], want)
	}
	if w.Body.String() != said {
		t.Errorf("answer = %s", w.Body)
	}
}

// normal spells the one string that was edited in one way: an edited string is escaped anew.
func normal(s string) string {
	return strings.NewReplacer(`\u00e9`, "é", `\/`, "/").Replace(s)
}

// TestHostHeaders: what only the host may say is not forwarded and not forged.
func TestHostHeaders(t *testing.T) {
	u := roundTrip(func(r *http.Request) (*http.Response, error) {
		if c := r.Header.Get("Cookie") + r.Header.Get("X-Api-Key"); c != "" || r.Header.Get("Authorization") != "Bearer upstream-key" {
			t.Errorf("upstream got cookie or client key %q, authorization %q", c, r.Header.Get("Authorization"))
		}
		resp := whole(said)
		resp.Header.Set("Set-Cookie", "a=b")
		resp.Header.Set("X-Longmen-Route", "forged")
		resp.Header.Set("X-Request-Id", "req_1")
		return resp, nil
	})
	g, _ := gatewayOf(t, upstreamOf(t, "one", "openai.chat", u))
	g.Routes[0].Candidates = []*attempt.Candidate{g.Routes[0].Candidates[0]}
	r, _ := http.NewRequest("POST", chatPath, strings.NewReader(ask))
	r.Header.Set("Authorization", "Bearer client-key")
	r.Header.Set("X-Api-Key", "client-key")
	r.Header.Set("Cookie", "session=1")
	w := &discard{h: http.Header{}}
	g.ServeHTTP(w, r)
	if w.h.Get("Set-Cookie") != "" || w.h.Get("X-Longmen-Route") != "only" || w.h.Get("X-Request-Id") != "req_1" {
		t.Errorf("headers = %v", w.h)
	}
}
