package clients

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/integration/clients/gateway"
)

// begun is how an answer begins in a wire format: events that do not end it.
var begun = map[string][]string{
	"openai.chat": {
		"data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Hel\"},\"finish_reason\":null}]}\n\n",
	},
	"openai.responses": {
		"event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\"created_at\":1,\"status\":\"in_progress\",\"model\":\"m\",\"output\":[]}}\n\n",
		"event: response.output_item.added\ndata: {\"type\":\"response.output_item.added\",\"sequence_number\":1,\"output_index\":0,\"item\":{\"type\":\"message\",\"id\":\"msg_1\",\"role\":\"assistant\",\"status\":\"in_progress\",\"content\":[]}}\n\n",
		"event: response.content_part.added\ndata: {\"type\":\"response.content_part.added\",\"sequence_number\":2,\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"part\":{\"type\":\"output_text\",\"text\":\"\",\"annotations\":[]}}\n\n",
		"event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":3,\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"Hel\",\"logprobs\":[]}\n\n",
	},
	"anthropic.messages": {
		"event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\n",
		"event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
		"event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hel\"}}\n\n",
	},
	"gemini.generate": {
		"data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"Hel\"}]},\"index\":0}],\"responseId\":\"r\",\"modelVersion\":\"m\"}\r\n\r\n",
	},
	"ollama.chat": {
		"{\"model\":\"m\",\"created_at\":\"2026-01-01T00:00:00Z\",\"message\":{\"role\":\"assistant\",\"content\":\"Hel\"},\"done\":false}\n",
	},
}

// TestAbort: when a client goes in the middle of an answer, the provider is told, and stops to work for
// nobody.
func TestAbort(t *testing.T) {
	for _, upstream := range upstreams {
		left := make(chan struct{}, len(clients))
		u := newUpstream(t, func(w http.ResponseWriter, r *http.Request, _ int) {
			kind := "text/event-stream"
			if upstream == "ollama.chat" {
				kind = "application/x-ndjson"
			}
			w.Header().Set("Content-Type", kind)
			for _, event := range begun[upstream] {
				w.Write([]byte(event))
			}
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			left <- struct{}{}
		})
		g := gateway.Start(t, "\t\tprovider p {\n\t\t\tbase_url "+u.url+"/v1\n\t\t\tdialect "+upstream+"\n\t\t}", site("\t\troute {\n\t\t\tto p\n\t\t}"))
		for _, c := range clients {
			t.Run(c.name+" from "+upstream, func(t *testing.T) {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				conversation := c.dial(g.URL, &leaver{leave: cancel})(question{model: "m", text: "hello", streamed: true})
				if a, err := conversation.next(ctx); err == nil {
					t.Errorf("the answer looks whole: %+v", a)
				}
				select {
				case <-left:
				case <-time.After(10 * time.Second): // only when it fails
					t.Error("the upstream was not told")
				}
			})
		}
	}
}

// leaver leaves when the first byte of an answer's body is there.
type leaver struct{ leave context.CancelFunc }

func (l *leaver) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil {
		resp.Body = &leaving{ReadCloser: resp.Body, leave: l.leave}
	}
	return resp, err
}

type leaving struct {
	io.ReadCloser
	leave context.CancelFunc
}

func (l *leaving) Read(p []byte) (int, error) {
	n, err := l.ReadCloser.Read(p)
	if n > 0 {
		l.leave()
	}
	return n, err
}
