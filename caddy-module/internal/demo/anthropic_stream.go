package demo

import (
	"net/http"

	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
)

// anthropicWriter writes the events of a streamed message.
type anthropicWriter struct {
	out    *stream
	a      *asked
	block  int
	pieces int
	gone   bool // the client is, or the model has failed
}

func (w *anthropicWriter) event(kind string, members map[string]any) {
	if w.gone {
		return
	}
	members["type"] = kind
	w.gone = !w.out.event(kind, members)
}

func (s *Server) anthropicStream(rw http.ResponseWriter, r *http.Request, q *anthropicRequest, a *asked, answer said) {
	rw.Header().Set("Request-Id", "req_demo")
	w := &anthropicWriter{out: s.stream(rw, r, framing.SSE, "\n"), a: a}
	w.event("message_start", map[string]any{"message": q.message([]any{}, anthropicUsage(answer.Prompt, 1))})
	w.event("ping", map[string]any{})
	if len(answer.Thoughts) > 0 {
		w.open(map[string]any{"type": "thinking", "thinking": "", "signature": ""})
		for _, word := range q.shown(answer.Thoughts) {
			w.delta(map[string]any{"type": "thinking_delta", "thinking": word})
		}
		w.delta(map[string]any{"type": "signature_delta", "signature": anthropicSignature(thought)})
		w.close()
	}
	if len(answer.Words) > 0 {
		w.open(map[string]any{"type": "text", "text": ""})
		for _, word := range answer.Words {
			w.delta(map[string]any{"type": "text_delta", "text": word})
		}
		w.close()
	}
	for _, c := range answer.Calls {
		w.open(map[string]any{"type": "tool_use", "id": anthropicCallID(c), "name": c.Name, "input": map[string]any{}})
		w.delta(map[string]any{"type": "input_json_delta", "partial_json": ""})
		if len(c.Args) > 0 {
			for _, piece := range fragments(c.arguments()) {
				w.delta(map[string]any{"type": "input_json_delta", "partial_json": piece})
			}
		}
		w.close()
	}
	// The usage here is cumulative: it replaces that of message_start.
	w.event("message_delta", map[string]any{
		"delta": map[string]any{"stop_reason": anthropicStop(answer), "stop_sequence": orNull(answer.Stop)},
		"usage": anthropicUsage(answer.Prompt, answer.Output),
	})
	w.event("message_stop", map[string]any{})
}

func (w *anthropicWriter) open(block map[string]any) {
	w.event("content_block_start", map[string]any{"index": w.block, "content_block": block})
}

func (w *anthropicWriter) close() {
	w.event("content_block_stop", map[string]any{"index": w.block})
	w.block++
}

// delta writes a piece of a block, unless the model fails there.
func (w *anthropicWriter) delta(d map[string]any) {
	if !w.gone && w.a.fails(w.pieces) {
		w.out.event("error", anthropicBody(&fault{status: 529, message: failed}))
		w.gone = true
	}
	w.pieces++
	w.event("content_block_delta", map[string]any{"index": w.block, "delta": d})
}
