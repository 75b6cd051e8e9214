package integration

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/longmen-gateway/longmen/caddy-module/internal/fault"
)

// traces receives spans over OTLP.
type traces struct {
	mu    sync.Mutex
	spans []*trace.Span
}

// collectTraces has Caddy's tracing send its spans to the test.
func collectTraces(t *testing.T) *traces {
	t.Helper()
	c := &traces{}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
	t.Setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", server.URL+"/v1/traces")
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "20") // ms
	return c
}

// ServeHTTP implements http.Handler: https://opentelemetry.io/docs/specs/otlp/#otlphttp.
func (c *traces) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	var got collector.ExportTraceServiceRequest
	if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(b, &got) != nil {
		http.Error(w, "expected traces", http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, resource := range got.ResourceSpans {
		for _, s := range resource.ScopeSpans {
			c.spans = append(c.spans, s.Spans...)
		}
	}
}

// of waits for a request's spans: Caddy's own, and those of n attempts below it, in the order in which they began.
func (c *traces) of(t *testing.T, exchange string, n int) (handler *trace.Span, attempts []*trace.Span) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d spans of exchange %s", n, exchange), func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		handler, attempts = nil, nil
		for _, s := range c.spans {
			if attributes(s)["longmen.exchange"] == exchange {
				attempts = append(attempts, s)
			}
		}
		for _, s := range c.spans {
			if len(attempts) > 0 && slices.Equal(s.SpanId, attempts[0].ParentSpanId) {
				handler = s
			}
		}
		return len(attempts) == n && handler != nil
	})
	slices.SortFunc(attempts, func(a, b *trace.Span) int { return int(a.StartTimeUnixNano) - int(b.StartTimeUnixNano) })
	for _, s := range attempts {
		if !slices.Equal(s.ParentSpanId, handler.SpanId) || !slices.Equal(s.TraceId, handler.TraceId) {
			t.Errorf("span %s is not below that of the request", s.Name)
		}
		if s.StartTimeUnixNano < handler.StartTimeUnixNano || s.EndTimeUnixNano < s.StartTimeUnixNano || s.Kind != trace.Span_SPAN_KIND_CLIENT {
			t.Errorf("span %s: %v from %d to %d", s.Name, s.Kind, s.StartTimeUnixNano, s.EndTimeUnixNano)
		}
	}
	return handler, attempts
}

// attributes are a span's, with its name, and whether it is an error.
func attributes(s *trace.Span) map[string]string {
	out := map[string]string{"name": s.Name}
	if s.Status.GetCode() == trace.Status_STATUS_CODE_ERROR {
		out["failed"] = s.Status.Message + "."
	}
	for _, a := range s.Attributes {
		v := a.Value
		switch {
		case v.GetStringValue() != "":
			out[a.Key] = v.GetStringValue()
		case v.GetBoolValue():
			out[a.Key] = "true"
		case v.GetIntValue() != 0:
			out[a.Key] = fmt.Sprint(v.GetIntValue())
		default:
			out[a.Key] = fmt.Sprintf("%T", v.GetValue())
		}
	}
	return out
}

// TestTracing: each attempt is a span below the request's, which says who was asked and what came of it, and nothing of what was said.
func TestTracing(t *testing.T) {
	got := collectTraces(t)
	config := func(to string, all ...string) string {
		return "{\nllm_gateway {\n" + strings.Join(all, "") + "}\n}\n:8080 {\ntracing\nllm_gateway {\nroute watched {\n" + to + "\n}\n}\n}\n"
	}
	first, second, third := plans(t, fault.Sequence(fails(429))), plans(t, nil), plans(t, fault.Always(fault.Fault{Kind: fault.Slow}))
	gem := fault.New(t, fault.Sequence(fault.Fault{Kind: fault.Cut, After: 3}))
	c := start(t, config("to one two/real", pooled("one", first, ""), pooled("two", second, "")))
	common := func(u *fault.Upstream, more map[string]string) map[string]string {
		_, port, _ := strings.Cut(strings.TrimPrefix(u.URL, "http://"), ":")
		out := map[string]string{
			"name": "chat asked", "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "asked",
			"server.address": "127.0.0.1", "server.port": port, "longmen.route": "watched", "longmen.endpoint": "e0", "http.response.status_code": "200",
		}
		maps.Copy(out, more)
		return out
	}
	same := func(t *testing.T, a answer, want ...map[string]string) {
		t.Helper()
		exchange := a.header.Get("X-Longmen-Exchange")
		_, spans := got.of(t, exchange, len(want))
		for i, s := range spans {
			want[i]["longmen.exchange"] = exchange
			if diff := cmp.Diff(want[i], attributes(s)); diff != "" {
				t.Errorf("span %d (-want +got):\n%s", i, diff)
			}
		}
	}
	failed := map[string]string{"longmen.provider": "one", "http.response.status_code": "429", "error.type": "rate_limit", "failed": "."}
	counts := map[string]string{"gen_ai.usage.input_tokens": fmt.Sprint(fault.PromptTokens), "gen_ai.usage.output_tokens": fmt.Sprint(fault.CompletionTokens), "gen_ai.response.model": "real"}
	other := map[string]string{"longmen.provider": "two", "name": "chat real", "gen_ai.request.model": "real"}
	maps.Copy(other, counts)

	t.Run("failed over", func(t *testing.T) {
		a := c.in(t).ask(chat("asked", fault.NewID(1), false))
		same(t, a, common(first[0], failed), common(second[0], other))
	})
	t.Run("hedged stream", func(t *testing.T) {
		c := c.in(t)
		c.load(config("to three two/real\nhedge 30ms", pooled("three", third, ""), pooled("two", second, "")))
		a := c.ask(chat("asked", fault.NewID(2), true))
		slow := common(third[0], map[string]string{"longmen.provider": "three", "error.type": "slower", "failed": ".", "gen_ai.request.stream": "true"})
		delete(slow, "http.response.status_code")
		fast := common(second[0], other)
		maps.Copy(fast, map[string]string{"longmen.hedge": "true", "gen_ai.request.stream": "true", "gen_ai.response.time_to_first_chunk": "*v1.AnyValue_DoubleValue"})
		same(t, a, slow, fast)
	})
	t.Run("translated, and broken off", func(t *testing.T) {
		c := c.in(t)
		c.load(config("to gem", "provider gem {\npreset gemini\nbase_url "+gem.URL+"/v1beta\napi_key k\n}\n"))
		broken := common(gem, map[string]string{
			"name": "generate_content asked", "gen_ai.operation.name": "generate_content", "gen_ai.provider.name": "gcp.gemini", "longmen.provider": "gem",
			"longmen.endpoint": "default", "gen_ai.request.stream": "true", "error.type": "server_error", "failed": ".",
			"gen_ai.response.time_to_first_chunk": "*v1.AnyValue_DoubleValue", "gen_ai.response.model": "asked",
		})
		same(t, c.ask(chat("asked", fault.NewID(3), true)), broken)
		c.ask(chat("asked", fault.NewID(4), false))
	})
	got.mu.Lock()
	defer got.mu.Unlock()
	for _, s := range got.spans {
		for n := range 5 {
			if text := fmt.Sprint(s); strings.Contains(text, fault.NewID(n)) {
				t.Errorf("a span tells what was said: %s", text)
			}
		}
	}
}

// TestTraceContext: a provider learns where its requests stand in a trace only where it is meant to.
func TestTraceContext(t *testing.T) {
	const ofClient = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	got := collectTraces(t)
	seen := make(chan http.Header, 1)
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen <- r.Header
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"choices":[]}`)
	}))
	defer up.Close()
	config := func(site, option string) string {
		return "{\nllm_gateway {\nprovider up {\nbase_url " + up.URL + "/v1\ndialect openai.chat\n" + option + "\n}\n}\n}\n:8080 {\n" + site + "\nllm_gateway {\nroute {\nto up\n}\n}\n}\n"
	}
	c := start(t, config("tracing", ""))
	for _, tt := range []struct{ name, site, option, want string }{
		{"not told", "tracing", "", ""},
		{"not told, and nobody traces", "", "", ""},
		{"told", "tracing", "trace_context", "of the attempt"},
		{"told, and nobody traces", "", "trace_context", ofClient},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := c.in(t)
			c.force(config(tt.site, tt.option))
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.site+"/v1/chat/completions", strings.NewReader(chat("m", "hi", false)))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Traceparent", ofClient)
			r.Header.Set("Tracestate", "vendor=1")
			resp, err := c.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			want, state := tt.want, "vendor=1"
			if want == "of the attempt" {
				_, spans := got.of(t, resp.Header.Get("X-Longmen-Exchange"), 1)
				want = fmt.Sprintf("00-%x-%x-01", spans[0].TraceId, spans[0].SpanId)
				if !strings.Contains(want, "0af7651916cd43dd8448eb211c80319c") {
					t.Errorf("trace %s is not the client's", want)
				}
			}
			if want == "" {
				state = ""
			}
			if h := <-seen; h.Get("Traceparent") != want || h.Get("Tracestate") != state {
				t.Errorf("got %q and %q, want %q and %q", h.Get("Traceparent"), h.Get("Tracestate"), want, state)
			}
		})
	}
}
