package gateway

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// TestBreaksUnread: an answer that passes unread and breaks does not look whole: a stream ends in an error event
// where it can, else in a connection that breaks, and one that has said nothing yet becomes an error, as every
// answer in one piece does.
func TestBreaksUnread(t *testing.T) {
	for _, rec := range recordings(t) {
		c := clientOf(rec.speaks)
		events, err := c.frames(rec.stream)
		if err != nil || len(events) < 4 || strings.Contains(rec.name, "error") || strings.Contains(rec.name, "failed") {
			continue
		}
		half := join(t, rec.speaks, events[:len(events)/2])
		for _, tc := range []struct {
			name, contentType, body string
			event                   bool
		}{
			{"between events", wire(rec.speaks).Header.Get("Content-Type"), half, true},
			{"in an event", wire(rec.speaks).Header.Get("Content-Type"), half[:len(half)-9], false},
			{"whole", "application/json", `{"half":`, false},
		} {
			t.Run(rec.name+" "+tc.name, func(t *testing.T) {
				u := roundTrip(func(*http.Request) (*http.Response, error) {
					resp := answered(200, tc.contentType, nil)
					resp.Body = io.NopCloser(broken{strings.NewReader(tc.body)})
					return resp, nil
				})
				g, accounts := gatewayOf(t, upstreamOf(t, "up", rec.speaks, u))
				server := httptest.NewServer(g)
				resp, err := http.Post(server.URL+c.path, "application/json", strings.NewReader(conversation(c.dialect)))
				var got []byte
				if err == nil {
					got, err = io.ReadAll(resp.Body)
					resp.Body.Close()
				}
				server.Close() // waits for the account
				if resp.StatusCode == http.StatusBadGateway {
					if err != nil || !strings.Contains(string(got), "broke off") && !strings.Contains(string(got), "before its first event") || tc.name != "whole" && says(t, rec.speaks, events[:len(events)/2]) {
						t.Errorf("error %q, %v", got, err)
					}
				} else if tc.event != (err == nil) {
					t.Errorf("reading ends with %v after %q", err, tailText(got))
				} else if tc.event {
					d := c.decode(string(got))
					if d.said.Finish != "error" || !strings.HasPrefix(string(got), tc.body) || len(d.wrong) > 0 && len(c.decode(rec.stream).wrong) == 0 {
						t.Errorf("%s\n%s", strings.Join(d.wrong, "\n"), got)
					}
				}
				if strings.Contains(string(got), "10.0.0.7") {
					t.Error("the client was told an address of the inside")
				}
				if len(*accounts) != 1 || (*accounts)[0].Outcome != usage.UpstreamError {
					t.Errorf("accounts = %+v", *accounts)
				}
			})
		}
	}
}

// says tells whether events do more than open an answer.
func says(t *testing.T, dialectName string, events []frame) bool {
	t.Helper()
	d, _ := dialect.Get(dialectName)
	for _, e := range events[:len(events)-1] { // the last one may be cut
		var a document.Arena
		if root, err := a.Parse([]byte(e.data)); err == nil && !d.Opens(&a, root) {
			return true
		}
	}
	return false
}

func tailText(b []byte) string { return string(b[max(0, len(b)-60):]) }
