package gateway

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/pipeline"
	"github.com/longmen-gateway/longmen/caddy-module/internal/usage"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// BenchmarkAccount is what audit costs an exchange: the record becomes a document, the end hook passes it on,
// the sink gets its text.
func BenchmarkAccount(b *testing.B) {
	plugins := []*pipeline.Plugin{named(b, "audit", "")}
	r := &usage.Record{
		ID: "0123456789ABCDEF", Time: time.Unix(1763600000, 7_000_000), Route: "default", Provider: "gemini", Model: "gpt-5", UpstreamModel: "gemini-3-pro",
		Dialect: "openai.chat", UpstreamDialect: "gemini.generate", Stream: true, Status: 200, Outcome: usage.OK,
		Tokens:     dialect.Usage{Prompt: 5, Completion: 7, Total: 12},
		FirstEvent: 1500 * time.Microsecond, Upstream: 1490 * time.Microsecond, Total: 9 * time.Second,
		Attempts: []usage.Attempt{{Provider: "gemini", Model: "gemini-3-pro", Status: 200}}, ClientIP: "192.0.2.1",
		Attributes: []usage.Attribute{{Name: "pii.total", Value: int64(2)}, {Name: "pii.email", Value: int64(2)}},
	}
	d := dialect.Default()
	b.ReportAllocs()
	for b.Loop() {
		x := pipeline.Open(r.ID, r.Time, d, http.Header{})
		x.Use(plugins)
		a := document.Borrow()
		root, err := r.Document(a)
		if err != nil {
			b.Fatal(err)
		}
		if err := x.End(context.Background(), a, root); err != nil {
			b.Fatal(err)
		}
		document.Return(a)
		x.Close()
	}
	records.take()
}
