package gateway

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestConcurrentExchanges: exchanges that share plugins, pools and buffers do not see each other. Every
// client gets its own address back, and the same address always has the same placeholder.
func TestConcurrentExchanges(t *testing.T) {
	u := &upstream{answer: func(_ int, r *http.Request, asked string) *http.Response {
		token := placeholder.FindString(asked)
		if strings.Contains(r.URL.Path, "stream") {
			half := len(token) / 2
			frame := `data: {"candidates":[{"content":{"role":"model","parts":[{"text":"%s"}]}%s,"index":0}]}` + "\r\n\r\n"
			return streamed(fmt.Sprintf(frame, "to "+token[:half], ""), fmt.Sprintf(frame, token[half:]+".", `,"finishReason":"STOP"`))
		}
		return whole(`{"candidates":[{"content":{"role":"model","parts":[{"text":"to ` + token + `."}]},"finishReason":"STOP","index":0}]}`)
	}}
	g, _ := gatewayOf(t, upstreamOf(t, "one", "gemini.generate", u), named(t, "redact", ""))
	g.Observe = nil
	g = New(g.Config)

	tokens := map[string]string{}
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range 40 {
				mail := fmt.Sprintf("user%d@example.com", (worker*7+i)%50)
				stream := i%2 == 0
				w := post(g, chatPath, fmt.Sprintf(`{"model":"m","stream":%t,"messages":[{"role":"user","content":"mail %s"}]}`, stream, mail))
				got := decode("openai.chat", w.Body.String())
				if !stream {
					got = w.Body.String()
				}
				if !strings.Contains(got, "to "+mail+".") {
					t.Errorf("the client of %s got %s", mail, got)
					return
				}
			}
		})
	}
	all.Wait()
	for _, asked := range u.asked {
		if strings.Contains(asked, "@") {
			t.Fatalf("the upstream saw %s", asked)
		}
	}
	// What the upstream saw is one placeholder for each address.
	for i := range 50 {
		mail := fmt.Sprintf("user%d@example.com", i)
		for range 2 {
			post(g, chatPath, `{"model":"m","messages":[{"role":"user","content":"mail `+mail+`"}]}`)
			token := placeholder.FindString(u.asked[len(u.asked)-1])
			if have, ok := tokens[mail]; ok && have != token {
				t.Errorf("%s has placeholders %s and %s", mail, have, token)
			}
			tokens[mail] = token
		}
	}
	seen := map[string]bool{}
	for _, asked := range u.asked {
		seen[placeholder.FindString(asked)] = true
	}
	if len(seen) != 50 {
		t.Errorf("%d placeholders for 50 addresses", len(seen))
	}
}
