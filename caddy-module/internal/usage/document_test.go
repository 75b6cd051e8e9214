package usage

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/failure"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// whole is a record in which nothing is absent.
func whole() *Record {
	return &Record{
		ID: "0123456789ABCDEF", Time: time.Date(2025, 6, 15, 17, 6, 40, 7_900_000, time.FixedZone("", 2*3600)),
		Route: "default", Provider: "gemini", Model: "gpt-5", UpstreamModel: "gemini-3-pro",
		Dialect: "openai.chat", UpstreamDialect: "gemini.generate", Stream: true, Status: 200, Outcome: UpstreamError,
		ErrorType: "server_error", ErrorCode: "overloaded",
		Tokens: dialect.Usage{Prompt: 5, Completion: 7, Total: 12, Cached: 3, Reasoning: 1}, Cost: 0.00125, Priced: true,
		FirstEvent: 1500 * time.Microsecond, Upstream: 1490 * time.Microsecond, Total: 9 * time.Second,
		Attempts: []Attempt{
			{"openai", "eu", "gpt-5", 429, failure.RateLimit, "rate_limit_exceeded", false}, {"vertex", "default", "gemini-3-pro", 0, failure.Connect, "upstream_unreachable", false},
			{"gemini", "default", "gemini-3-pro", 200, failure.None, "", false},
		},
		KeyID: "k1", KeyName: "ci", Labels: map[string]string{"team": "core", "env": "test", "a": "b"},
		User: "u-7", ClientIP: "192.0.2.1",
		Attributes: []Attribute{{"pii.total", int64(2)}, {"score", 0.25}, {"jailbreak", false}, {"class", "code"}},
		Tags:       []Tag{{"pii", "mode", "placeholder"}, {"pii", "kept", "no"}, {"answers", "hit", "exact"}},
		Warnings:   []string{"logit_bias: not supported by gemini", "n: one answer"},
	}
}

func TestAppendJSON(t *testing.T) {
	at := time.Unix(1750000000, 0)
	const rest = `"usage":{"prompt":0,"completion":0,"total":0,"cached":0,"reasoning":0},"timing":{"first_event_ms":0,"upstream_ms":0,"total_ms":0}`
	tests := []struct {
		name   string
		record *Record
		want   string
	}{
		{"everything", whole(), `{"id":"0123456789ABCDEF","time":"2025-06-15T15:06:40.007Z","route":"default","provider":"gemini","model":"gpt-5","upstream_model":"gemini-3-pro",` +
			`"dialect":"openai.chat","upstream_dialect":"gemini.generate","stream":true,"status":200,"outcome":"upstream_error","error":{"type":"server_error","code":"overloaded"},` +
			`"usage":{"prompt":5,"completion":7,"total":12,"cached":3,"reasoning":1,"cost_usd":0.00125},"timing":{"first_event_ms":1.5,"upstream_ms":1.49,"total_ms":9000},` +
			`"attempts":[{"provider":"openai","endpoint":"eu","model":"gpt-5","status":429,"class":"rate_limit","error":"rate_limit_exceeded"},{"provider":"vertex","endpoint":"default","model":"gemini-3-pro","status":0,"class":"connect","error":"upstream_unreachable"},{"provider":"gemini","endpoint":"default","model":"gemini-3-pro","status":200}],` +
			`"key":{"id":"k1","name":"ci","labels":{"a":"b","env":"test","team":"core"}},"user":"u-7","client_ip":"192.0.2.1",` +
			`"attributes":{"pii.total":2,"score":0.25,"jailbreak":false,"class":"code"},"tags":{"pii":{"mode":"placeholder","kept":"no"},"answers":{"hit":"exact"}},` +
			`"warnings":["logit_bias: not supported by gemini","n: one answer"]}`},
		{"nothing", &Record{Time: at}, `{"time":"2025-06-15T15:06:40.000Z","stream":false,"status":0,` + rest + `}`},
		{"foreign bytes", &Record{Time: at, Model: "a\"b\\c\n\u2028\x00é龙\xff", User: "</script>", Warnings: []string{"\"", ""}},
			`{"time":"2025-06-15T15:06:40.000Z","model":"a\"b\\c\n\u2028\u0000é龙` + "\uFFFD" + `","stream":false,"status":0,` + rest + `,"user":"</script>","warnings":["\"",""]}`},
		{"names with escapes", &Record{Time: at, KeyID: "k", Labels: map[string]string{`a"`: "1"}, Attributes: []Attribute{{"b\n", true}}, Tags: []Tag{{"p\\", "n\t", "v"}}},
			`{"time":"2025-06-15T15:06:40.000Z","stream":false,"status":0,` + rest + `,"key":{"id":"k","labels":{"a\"":"1"}},"attributes":{"b\n":true},"tags":{"p\\":{"n\t":"v"}}}`},
		{"error without code", &Record{Time: at, ErrorType: "server_error"}, `{"time":"2025-06-15T15:06:40.000Z","stream":false,"status":0,"error":{"type":"server_error"},` + rest + `}`},
		{"key without name", &Record{Time: at, KeyID: "k1"}, `{"time":"2025-06-15T15:06:40.000Z","stream":false,"status":0,` + rest + `,"key":{"id":"k1"}}`},
		{"values that JSON has not", &Record{Time: at, Attributes: []Attribute{{"a", math.Inf(1)}, {"b", math.NaN()}, {"c", struct{}{}}, {"d", int64(math.MinInt64)}, {"e", 1e300}}},
			`{"time":"2025-06-15T15:06:40.000Z","stream":false,"status":0,` + rest + `,"attributes":{"a":null,"b":null,"c":null,"d":-9223372036854775808,"e":1e+300}}`},
		{"a wait", &Record{Time: at, Queued: 250 * time.Millisecond}, `{"time":"2025-06-15T15:06:40.000Z","stream":false,"status":0,` + strings.Replace(rest, `"first`, `"queued_ms":250,"first`, 1) + `}`},
		{"free", &Record{Time: at, Priced: true}, `{"time":"2025-06-15T15:06:40.000Z","stream":false,"status":0,` + strings.Replace(rest, `0},`, `0,"cost_usd":0},`, 1) + `}`},
		{"cost of an unknown price", &Record{Time: at, Cost: 1}, `{"time":"2025-06-15T15:06:40.000Z","stream":false,"status":0,` + rest + `}`},
		{"empty tag", &Record{Time: at, Tags: []Tag{{"pii", "mode", ""}}}, `{"time":"2025-06-15T15:06:40.000Z","stream":false,"status":0,` + rest + `,"tags":{"pii":{}}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.record.AppendJSON([]byte("before "))
			if diff := cmp.Diff("before "+tt.want, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !json.Valid(got[len("before "):]) {
				t.Error("that is not JSON")
			}
		})
	}
}

// TestDocument: what plugins read is what the log has.
func TestDocument(t *testing.T) {
	for _, r := range []*Record{whole(), {}, {Model: "\xff\"", Attributes: []Attribute{{"a", math.Inf(-1)}}}} {
		var a document.Arena
		root, err := r.Document(&a)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := string(a.AppendJSON(nil, root)), string(r.AppendJSON(nil)); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if a.Kind(root) != abi.KindObject {
			t.Errorf("the document is of kind %d", a.Kind(root))
		}
	}
	var a document.Arena
	root, _ := whole().Document(&a)
	if got := a.String(a.Pointer(root, "/tags/answers/hit")); got != "exact" {
		t.Errorf("tag is %q", got)
	}
	if got, ok := a.Float(a.Pointer(root, "/timing/upstream_ms")); !ok || got != 1.49 {
		t.Errorf("upstream_ms is %v", got)
	}
}

// TestTime holds the spelling against package time's.
func TestTime(t *testing.T) {
	const layout = "2006-01-02T15:04:05.000Z"
	for _, at := range []time.Time{
		{}, time.Unix(0, 0), time.Unix(0, 1), time.Unix(-1, 999_999_999), time.Unix(951_782_399, 0), time.Unix(951_782_400, 0),
		time.Unix(1_709_164_799, 999_000_000), time.Unix(1_735_689_599, 999_999_999), time.Unix(4_102_444_800, 5_000_000),
		time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.FixedZone("", -3600)).Add(-2 * time.Hour),
	} {
		if got, want := string(appendTime(nil, at)), at.UTC().Format(layout); got != want {
			t.Errorf("%v: got %s, want %s", at, got, want)
		}
	}
	for day := range 366 * 4 {
		at := time.Unix(1_700_000_000+int64(day)*86_399, int64(day)*677_001)
		if got, want := string(appendTime(nil, at)), at.UTC().Format(layout); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
}

// TestMilliseconds holds the spelling against package strconv's, by way of JSON.
func TestMilliseconds(t *testing.T) {
	tests := map[time.Duration]string{
		0: "0", 1: "0", 999: "0", 1000: "0.001", 10_000: "0.01", 100_000: "0.1", 999_999: "0.999", time.Millisecond: "1", 1_010_000: "1.01",
		1_234_567: "1.234", time.Second: "1000", time.Hour + 5*time.Microsecond: "3600000.005", -1500 * time.Microsecond: "-1.5", -5 * time.Microsecond: "-0.005", -1: "0",
	}
	for d, want := range tests {
		if got := string(appendMilliseconds(nil, d)); got != want {
			t.Errorf("%d ns: got %s, want %s", int64(d), got, want)
		}
	}
}

// TestAllocations: a warm arena takes a record without the garbage collector's help.
func TestAllocations(t *testing.T) {
	r := whole()
	var a document.Arena
	if n := testing.AllocsPerRun(100, func() {
		a.Reset()
		if _, err := r.Document(&a); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
