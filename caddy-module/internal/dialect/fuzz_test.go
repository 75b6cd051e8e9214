package dialect

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/longmen-gateway/longmen/caddy-module/internal/hint"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// FuzzParseError reads arbitrary error bodies: there always is an error that can be shown to a client.
func FuzzParseError(f *testing.F) {
	for _, body := range []string{
		`{"error":{"message":"m","type":"t","param":null,"code":"c"}}`, `[{"error":{"code":429,"message":"q","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"1.5s"}]}}]`,
		`{"detail":[{"msg":"x"}]}`, `<html>`, ``, "data: {\"error\":\"x\"}\n\n", `{"errors":{"message":[]}}`, `[[[{"error":7}]]]`,
	} {
		f.Add(429, []byte(body), "3", "Wed, 21 Oct 2026 07:28:00 GMT")
	}
	f.Fuzz(func(t *testing.T, status int, body []byte, after, date string) {
		for _, d := range All() {
			e := d.ParseError(status, map[string][]string{"Retry-After": {after}, "Date": {date}}, body)
			if e == nil || e.Status < 400 || e.Status > 599 || e.Type == "" || e.Message == "" || !utf8.ValidString(e.Message) ||
				e.RetryAfter < 0 || e.RetryAfter > hint.Most {
				t.Fatalf("%s: %+v", d.Name, e)
			}
			for _, to := range All() {
				if _, _, out := to.RenderError(e); !json.Valid(out) {
					t.Fatalf("%s: %s", to.Name, out)
				}
			}
		}
	})
}

// FuzzRead looks at arbitrary documents in all ways.
func FuzzRead(f *testing.F) {
	f.Add([]byte(chatRequest))
	f.Add([]byte(generateRequest))
	for _, event := range events {
		f.Add([]byte(event))
	}
	f.Add([]byte(`{"type":"message_start","message":{"content":{"text":"x"},"usage":{"input_tokens":1,"output_tokens":[]}},"content_block":{"text":"a","input":"b","content":{"content":{"source":{"data":"d"}}}},"index":-1,"delta":{"signature":1,"stop_reason":true}}`))
	f.Add([]byte(`{"type":"x.done","output_index":9e99,"content_index":2147483647,"summary_index":1,"delta":{"a":"b"},"item":[{"type":"reasoning","content":"x"}],"response":{"status":["in_progress"],"error":"e"},"sequence_number":{}}`))
	f.Add([]byte(`{"message":{"tool_calls":{"function":{"arguments":"x"}}},"done":"true","done_reason":false,"eval_count":1e400}`))
	f.Add([]byte(`{"choices":{"index":9e99,"delta":[{"content":{}}],"finish_reason":{}},"usage":[{"prompt_tokens":1}],"error":[]}`))
	f.Add([]byte(`[{"candidates":[[{"content":"x"}]],"promptFeedback":{"blockReason":[]},"error":{"details":{"reason":{}}}}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, d := range All() {
			var a document.Arena
			root, err := a.Parse(data)
			if err != nil {
				return
			}
			r := d.ReadRequest(&a, root, Match{Model: "m"})
			if r.MaxTokens < 0 || r.Messages < 0 || d.Images(&a, root) < 0 {
				t.Fatalf("%+v", r)
			}
			for phase := PhaseRequest; phase <= PhaseEvent; phase++ {
				for _, s := range d.Sites(nil, phase, &a, root) {
					switch kind := a.Kind(s.Node); {
					case kind == abi.KindInvalid || kind == abi.KindNull:
						t.Fatalf("site of kind %d", kind)
					case (s.Form == FormText || s.Form == FormJSON) && kind != abi.KindString:
						t.Fatalf("text of kind %d", kind)
					}
				}
			}
			var u Usage
			d.Usage(&a, root, &u)
			d.Finish(&a, root)
			if e := d.EventError(&a, root); e != nil && (e.Status < 400 || e.Status > 599) {
				t.Fatalf("%+v", e)
			}
			for phase := PhaseAnswer; phase <= PhaseEvent; phase++ {
				if e := d.Blocked(&a, root, phase); e != nil && e.Status != http.StatusBadRequest {
					t.Fatalf("%+v", e)
				}
			}
			d.Texts(&a, root, func(text []byte) bool { return utf8.Valid(text) })
			d.SetModel(&a, root, "x")
			d.SetStream(&a, root, true)
			d.Renumber(&a, root, 7)
			if out := a.AppendJSON(nil, root); !json.Valid(out) {
				t.Fatalf("broken: %s", out)
			}
		}
	})
}

func FuzzDetect(f *testing.F) {
	f.Add("POST", "/v1beta/models/m:streamGenerateContent", "alt=sse", "")
	f.Add("POST", "/v1/models/:generateContent", "%zz", "")
	f.Add("GET", "/v1/models/a/../b", "", "Anthropic-Version")
	f.Add("DELETE", "/v1/files/%2e%2e/x", "", "")
	base := &url.URL{Scheme: "https", Host: "h", Path: "/v1"}
	f.Fuzz(func(t *testing.T, method, path, query, header string) {
		r := &http.Request{Method: method, URL: &url.URL{Path: path, RawQuery: query}, Header: http.Header{header: {"x"}}}
		d, m, ok := Detect(r)
		if ok && d == nil || !ok && m != (Match{}) {
			t.Fatalf("%v %+v %v", d, m, ok)
		}
		if !ok {
			return
		}
		if m.Service == Raw {
			at := RawURL(base, m.Path)
			if again, err := url.Parse(at.String()); err != nil || again.Path != "/v1"+m.Path || again.RawQuery != "" || strings.Contains(m.Path+"/", "/../") {
				t.Fatalf("%q leads to %s (%v)", path, at, err)
			}
		} else if at := d.VariantURL(base, m.Model, m.Variant, m.Stream); at.Host != "h" || !strings.HasPrefix(at.Path, "/v1") {
			t.Fatalf("%q leads to %s", path, at)
		}
	})
}

func escaped(a *document.Arena, n document.Node) bool {
	raw, _ := a.Raw(n)
	return bytes.IndexByte(raw, '\\') >= 0
}

// FuzzGlimpse: looking for the members finds what reading the document finds.
func FuzzGlimpse(f *testing.F) {
	for _, body := range []string{`{"stream":true}`, `{"a":"\"stream\":true","b":{"stream":true}}`, `{"stream":false,"stream":true}`, `{"x":"\\","stream" : true}`, `["stream",true]`, `{"model":"a","model":"b"}`, `{"a":{"model":"x"},"model" :  "日本"}`, `{"model":7}`} {
		f.Add([]byte(body))
	}
	d, _ := Get("openai.chat")
	f.Fuzz(func(t *testing.T, body []byte) {
		model, stream := d.Glimpse(body)
		a := new(document.Arena)
		root, err := a.Parse(body)
		if err != nil || bytes.Contains(body, []byte(`\u`)) || a.Kind(root) != abi.KindObject {
			return
		}
		want := d.ReadRequest(a, root, Match{})
		if len(want.Model) > maxName || escaped(a, a.Get(root, "model")) {
			want.Model = ""
		}
		if model != want.Model || stream != want.Stream {
			t.Errorf("%s: got %q, %v, want %q, %v", body, model, stream, want.Model, want.Stream)
		}
	})
}
