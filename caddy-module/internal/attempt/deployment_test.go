package attempt

import (
	"context"
	"testing"

	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/provider"
	"github.com/longmen-gateway/longmen/caddy-module/internal/wasm"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// asking is a codec that keeps which model it was told.
type asking struct {
	codec
	told any
}

func (c *asking) Request(ctx context.Context, f *wasm.Frame, root document.Node) error {
	c.told, _ = f.Host.Attr(abi.AttrUpstreamModel)
	return c.codec.Request(ctx, f, root)
}

// TestEndpointModel: the name that a model has at an endpoint stands where the request goes, while codecs are told the provider's.
func TestEndpointModel(t *testing.T) {
	for _, tt := range []struct {
		name, client, speaks string
		want, path           string
	}{
		{"as it is", "openai.chat", "openai.chat", `{ "model":"deployment","messages":[{"role":"user","content":"hi"}] }`, "/v1/chat/completions"},
		{"translated", "anthropic.messages", "openai.chat", `{"model":"deployment","made":true}`, "/v1/chat/completions"},
		{"in the path", "openai.chat", "gemini.generate", `{"model":"m","made":true}`, "/v1/models/deployment:generateContent"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u := &upstream{body: `{}`}
			p, err := provider.New(provider.Config{
				Name: "up", Dialects: []string{tt.speaks}, Keys: []string{"key"}, Transport: u,
				Endpoints: []provider.EndpointConfig{{Name: "eu", BaseURL: "http://eu.example/v1", Model: "deployment"}},
			})
			if err != nil {
				t.Fatal(err)
			}
			in := request(t, tt.client, ask)
			c := &asking{codec: codec{to: `{"model":"m","made":true}`}}
			plugin := &pipeline.Plugin{Name: "codec", Hooks: c, Has: pipeline.HasRequest}
			codecs := map[string]*pipeline.Plugin{}
			if tt.client != tt.speaks {
				codecs[tt.client] = plugin
			}
			answer, err := do(t, candidate(p, "", codecs), in, false)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Try().Close(failure.None, 0, 0)
			if u.sent != tt.want || u.asked.URL.Path != tt.path {
				t.Errorf("sent %s to %s, want %s to %s", u.sent, u.asked.URL.Path, tt.want, tt.path)
			}
			if len(codecs) > 0 && c.told != "m" {
				t.Errorf("the codec was told %v, want the provider's name", c.told)
			}
		})
	}
}
