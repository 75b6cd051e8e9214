package clients

import (
	"context"
	"net/http"
	"testing"

	"github.com/anthropics/anthropic-sdk-go"
	"google.golang.org/genai"
)

// counters are the SDKs' ways to count the tokens of "hello there".
var counters = []struct {
	name  string
	count func(base string, transport http.RoundTripper) (int64, error)
}{
	{"anthropic-sdk-go", func(base string, transport http.RoundTripper) (int64, error) {
		c := newAnthropic(base, transport)
		n, err := c.Messages.CountTokens(context.Background(), anthropic.MessageCountTokensParams{Model: "demo", Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock("hello there"))}})
		if err != nil {
			return 0, err
		}
		return n.InputTokens, nil
	}},
	{"genai", func(base string, transport http.RoundTripper) (int64, error) {
		n, err := newGenAI(base, transport).Models.CountTokens(context.Background(), "demo", genai.Text("hello there"), nil)
		if err != nil {
			return 0, err
		}
		return int64(n.TotalTokens), nil
	}},
}

// TestCount: providers that count are asked; for the others the gateway estimates and says so.
func TestCount(t *testing.T) {
	g := demos(t)
	for _, c := range counters {
		for _, upstream := range upstreams {
			t.Run(c.name+" to "+upstream, func(t *testing.T) {
				h := &headers{}
				n, err := c.count(g.URL+"/"+upstream, h)
				if err != nil {
					t.Fatal(err)
				}
				counts := upstream == "anthropic.messages" || upstream == "gemini.generate"
				if estimate := len(h.get("X-Gateway-Estimate")) > 0; estimate == counts {
					t.Errorf("estimated: %t, want %t", estimate, !counts)
				}
				if counts && n != 3 || n < 1 || n > 20 { // the demo counts four bytes as a token
					t.Errorf("%d tokens", n)
				}
			})
		}
	}
}
