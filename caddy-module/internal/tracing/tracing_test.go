package tracing

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNames: what OpenTelemetry has a name for has that name, everything else its own.
func TestNames(t *testing.T) {
	for _, tt := range []struct{ preset, dialect, operation, provider string }{
		{"openai", "openai.chat", "chat", "openai"},
		{"openai", "openai.responses", "chat", "openai"},
		{"azure", "openai.chat", "chat", "azure.ai.openai"},
		{"anthropic", "anthropic.messages", "chat", "anthropic"},
		{"anthropic", "anthropic.count", "count", "anthropic"},
		{"gemini", "gemini.generate", "generate_content", "gcp.gemini"},
		{"vertex", "gemini.embed", "embeddings", "gcp.vertex_ai"},
		{"xai", "openai.completions", "text_completion", "x_ai"},
		{"qwen", "openai.embeddings", "embeddings", "qwen"},
		{"", "openai.other", "other", "openai"},
		{"", "gemini.generate", "generate_content", "gcp.gemini"},
		{"", "ollama.generate", "text_completion", "ollama"},
		{"openai", "", "none", "openai"},
	} {
		if operation, provider := operationOf(tt.dialect), providerOf(tt.preset, tt.dialect); operation != tt.operation || provider != tt.provider {
			t.Errorf("%s at %q: got %s by %s, want %s by %s", tt.dialect, tt.preset, operation, provider, tt.operation, tt.provider)
		}
	}
}

func TestPortOf(t *testing.T) {
	for text, want := range map[string]int{"443": 443, "65535": 65535, "": 0, "65536": 0, "-1": 0, "http": 0} {
		if got := portOf(text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

// TestNobodyLooks: where no span is recorded nothing happens, and it costs no memory.
func TestNobodyLooks(t *testing.T) {
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, 1)
	h := http.Header{"Traceparent": {"of the client"}}
	if n := testing.AllocsPerRun(100, func() {
		if Recorded(ctx) {
			t.Fatal("there is a span")
		}
		var none *Span
		none.Answered()
		none.Carry(h)
		none.End(Outcome{Error: "x"})
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
	if diff := cmp.Diff(http.Header{"Traceparent": {"of the client"}}, h); diff != "" {
		t.Error(diff)
	}
}
