package clients

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/packages/param"

	"github.com/longmen-gateway/longmen/caddy-module/integration/clients/gateway"
)

// keeper is a chat client that sends answers back as they came, with members that OpenAI does not know.
// The SDK drops them.
type keeper struct{ *chat }

func (k keeper) next(ctx context.Context) (answer, error) {
	if k.streamed {
		return answer{}, errors.New("only whole answers are kept whole")
	}
	a, err := k.chat.next(ctx)
	if err == nil {
		kept := k.params.Messages
		kept[len(kept)-1] = param.Override[openai.ChatCompletionMessageParamUnion](json.RawMessage(k.last))
	}
	return a, err
}

// TestSignatureCarriers: signatures come back to the provider over chat clients that keep what they do
// not know and over ones that do not, by the ways that can be configured.
func TestSignatureCarriers(t *testing.T) {
	for _, tt := range []struct {
		plugin, upstream string
		carrier          string // "" the default
		keeps            bool   // the client
	}{
		{"openai-gemini", "gemini.generate", "", true},
		{"openai-gemini", "gemini.generate", "", false},
		{"openai-gemini", "gemini.generate", "store", true},
		{"openai-gemini", "gemini.generate", "store", false},
		{"openai-gemini", "gemini.generate", "id", true},
		{"openai-gemini", "gemini.generate", "id", false},
		{"openai-anthropic", "anthropic.messages", "", true},
		{"openai-anthropic", "anthropic.messages", "", false},
		{"openai-anthropic", "anthropic.messages", "store", true},
		{"openai-anthropic", "anthropic.messages", "store", false},
	} {
		t.Run(fmt.Sprintf("%s %s, client keeps %t", tt.plugin, tt.carrier, tt.keeps), func(t *testing.T) {
			config := ""
			if tt.carrier != "" {
				config = " {\n\t\t\tconfig {\n\t\t\t\tsignature_carrier " + tt.carrier + "\n\t\t\t}\n\t\t}"
			}
			g := gateway.Start(t,
				"\t\tplugin "+tt.plugin+config+"\n\t\tprovider "+tt.upstream+" demo {\n\t\t\tdialect "+tt.upstream+"\n\t\t}",
				site("\t\troute {\n\t\t\tto "+tt.upstream+"\n\t\t}"))
			h := &headers{}
			s := scene{client: chatClient, upstream: tt.upstream, gateway: g, headers: h}
			s.begin = func(q question) conversation {
				c := newChat(newOpenAI(g.URL, h), q)
				if tt.keeps {
					return keeper{c}
				}
				return c
			}
			loop(t, s)
			s.wantSigned(t)
		})
	}
}

// TestStrict: with strict_params a loss is an error that names what would be lost.
func TestStrict(t *testing.T) {
	g := gateway.Start(t, "\t\tprovider anthropic.messages demo {\n\t\t\tdialect anthropic.messages\n\t\t}", site("\t\tstrict_params\n\t\troute {\n\t\t\tto anthropic.messages\n\t\t}"))
	c := newOpenAI(g.URL, &headers{})
	_, err := c.Chat.Completions.New(context.Background(), openai.ChatCompletionNewParams{
		Model: "demo", Seed: param.NewOpt(int64(7)), Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("hello")},
	})
	var e *openai.Error
	if !errors.As(err, &e) || e.StatusCode != 400 || e.Param != "seed" {
		t.Errorf("error = %v, want the SDK's 400 of seed", err)
	}
}
