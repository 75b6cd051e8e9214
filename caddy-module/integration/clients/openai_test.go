package clients

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/shared"

	"github.com/longmen-gateway/longmen/caddy-module/integration/clients/gateway"
)

// chain is a Gemini upstream behind redact, translation and audit.
func chain(t *testing.T, u *upstream, handler string) openai.Client {
	t.Helper()
	base := gateway.Start(t, "\t\tprovider gemini {\n\t\t\tbase_url "+u.url+"/v1beta\n\t\t\tapi_key upstream-key\n\t\t}\n\t\tplugin pii redact", site(handler+`
		route {
			use pii audit
			to gemini/gemini-2.5-flash
		}`)).URL
	return openai.NewClient(option.WithBaseURL(base+"/v1"), option.WithAPIKey("client-key"), option.WithMaxRetries(0))
}

const secretMail = "jane.doe@example.com"

func TestOpenAIChat(t *testing.T) {
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request, n int) {
		reply(w, 200, `{"candidates":[{"content":{"role":"model","parts":[{"text":"Grüße 你好"}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":7,"totalTokenCount":12},"modelVersion":"gemini-2.5-flash","responseId":"abc"}`)
	})
	client := chain(t, u, "")
	answer, err := client.Chat.Completions.New(context.Background(), openai.ChatCompletionNewParams{
		Model:    "any",
		Messages: []openai.ChatCompletionMessageParamUnion{openai.SystemMessage("Be brief."), openai.UserMessage("Write to " + secretMail)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := answer.Choices[0].Message.Content; got != "Grüße 你好" {
		t.Errorf("content = %q", got)
	}
	if got := answer.Choices[0].FinishReason; got != "stop" {
		t.Errorf("finish reason = %q, want stop", got)
	}
	if u := answer.Usage; u.PromptTokens != 5 || u.CompletionTokens != 7 || u.TotalTokens != 12 {
		t.Errorf("usage = %+v", u)
	}
	if got := u.paths[0]; got != "/v1beta/models/gemini-2.5-flash:generateContent" {
		t.Errorf("upstream path = %s", got)
	}
	if got := u.keys[0]; got != "upstream-key" {
		t.Errorf("upstream credential = %q", got)
	}
	if strings.Contains(u.asked[0], "jane") || !strings.Contains(u.asked[0], "EMAIL_") {
		t.Errorf("the upstream saw %s", u.asked[0])
	}
}

func TestOpenAIStream(t *testing.T) {
	u := newUpstream(t, nil)
	u.answer = func(w http.ResponseWriter, r *http.Request, n int) {
		at := strings.Index(u.asked[n], "<EMAIL_")
		token := u.asked[n][at : at+strings.Index(u.asked[n][at:], ">")+1]
		events(w,
			`{"candidates":[{"content":{"role":"model","parts":[{"text":"I wrote to `+token[:4]+`"}]},"index":0}],"responseId":"s1","modelVersion":"gemini-2.5-flash"}`,
			`{"candidates":[{"content":{"role":"model","parts":[{"text":"`+token[4:]+` just now"}]},"index":0}],"responseId":"s1","modelVersion":"gemini-2.5-flash"}`,
			`{"candidates":[{"content":{"role":"model","parts":[{"text":"."}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":7,"totalTokenCount":12},"responseId":"s1","modelVersion":"gemini-2.5-flash"}`)
	}
	client := chain(t, u, "")
	stream := client.Chat.Completions.NewStreaming(context.Background(), openai.ChatCompletionNewParams{
		Model:         "any",
		Messages:      []openai.ChatCompletionMessageParamUnion{openai.UserMessage("Write to " + secretMail)},
		StreamOptions: openai.ChatCompletionStreamOptionsParam{IncludeUsage: param.NewOpt(true)},
	})
	var acc openai.ChatCompletionAccumulator
	for stream.Next() {
		if !acc.AddChunk(stream.Current()) {
			t.Fatalf("the SDK's accumulator refused chunk %s", stream.Current().RawJSON())
		}
	}
	if err := stream.Err(); err != nil {
		t.Fatal(err)
	}
	if got, want := acc.Choices[0].Message.Content, "I wrote to "+secretMail+" just now."; got != want {
		t.Errorf("content = %q, want %q", got, want)
	}
	if got := acc.Choices[0].FinishReason; got != "stop" {
		t.Errorf("finish reason = %q", got)
	}
	if acc.Usage.TotalTokens != 12 {
		t.Errorf("usage = %+v", acc.Usage)
	}
	if got := u.paths[0]; got != "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse" {
		t.Errorf("upstream path = %s", got)
	}
}

func TestOpenAIToolRoundTrip(t *testing.T) {
	for _, streamed := range []bool{false, true} {
		name := "plain"
		if streamed {
			name = "streamed"
		}
		t.Run(name, func(t *testing.T) {
			u := newUpstream(t, nil)
			u.answer = func(w http.ResponseWriter, r *http.Request, n int) {
				call := `{"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"send_mail","args":{"to":"TOKEN","body":"\"hi\"\n"}}},{"functionCall":{"name":"clock","args":{}}}]},"finishReason":"STOP","index":0}],"responseId":"t1","modelVersion":"gemini-2.5-flash"}`
				done := `{"candidates":[{"content":{"role":"model","parts":[{"text":"sent"}]},"finishReason":"STOP","index":0}],"responseId":"t2","modelVersion":"gemini-2.5-flash"}`
				at := strings.Index(u.asked[n], "<EMAIL_")
				token := u.asked[n][at : at+strings.Index(u.asked[n][at:], ">")+1]
				out := strings.ReplaceAll(call, "TOKEN", token)
				if n > 0 {
					out = done
				}
				if streamed {
					events(w, out)
				} else {
					reply(w, 200, out)
				}
			}
			client := chain(t, u, "")
			tools := []openai.ChatCompletionToolUnionParam{
				openai.ChatCompletionFunctionTool(shared.FunctionDefinitionParam{Name: "send_mail", Parameters: shared.FunctionParameters{
					"type": "object", "properties": map[string]any{"to": map[string]any{"type": "string"}, "body": map[string]any{"type": "string"}}, "required": []string{"to"}}}),
				openai.ChatCompletionFunctionTool(shared.FunctionDefinitionParam{Name: "clock"}),
			}
			messages := []openai.ChatCompletionMessageParamUnion{openai.UserMessage("Mail " + secretMail)}
			ask := func() openai.ChatCompletion {
				params := openai.ChatCompletionNewParams{Model: "any", Messages: messages, Tools: tools}
				if !streamed {
					answer, err := client.Chat.Completions.New(context.Background(), params)
					if err != nil {
						t.Fatal(err)
					}
					return *answer
				}
				stream := client.Chat.Completions.NewStreaming(context.Background(), params)
				var acc openai.ChatCompletionAccumulator
				for stream.Next() {
					if !acc.AddChunk(stream.Current()) {
						t.Fatalf("the SDK's accumulator refused chunk %s", stream.Current().RawJSON())
					}
				}
				if err := stream.Err(); err != nil {
					t.Fatal(err)
				}
				return acc.ChatCompletion
			}
			first := ask()
			calls := first.Choices[0].Message.ToolCalls
			if len(calls) != 2 || first.Choices[0].FinishReason != "tool_calls" {
				t.Fatalf("calls = %+v, finish reason %s", calls, first.Choices[0].FinishReason)
			}
			if got, want := calls[0].Function.Arguments, `{"to":"`+secretMail+`","body":"\"hi\"\n"}`; got != want {
				t.Errorf("arguments = %s, want %s", got, want)
			}
			if calls[0].ID == calls[1].ID || calls[1].Function.Name != "clock" {
				t.Errorf("calls = %+v", calls)
			}
			messages = append(messages, first.Choices[0].Message.ToParam(),
				openai.ToolMessage("noon", calls[1].ID), openai.ToolMessage("delivered to "+secretMail, calls[0].ID))
			if got := ask().Choices[0].Message.Content; got != "sent" {
				t.Errorf("second answer = %q", got)
			}
			history := u.asked[1]
			if strings.Contains(history, "jane") {
				t.Errorf("the upstream saw the address in the history: %s", history)
			}
			mail, clock := strings.Index(history, `"functionResponse":{"name":"send_mail"`), strings.Index(history, `"functionResponse":{"name":"clock"`)
			if mail < 0 || clock < mail {
				t.Errorf("tool results are not in the order of the calls: %s", history)
			}
		})
	}
}

func TestOpenAIErrors(t *testing.T) {
	for _, tc := range []struct {
		name           string
		upstream       int
		body           string
		status         int
		kind, code     string
		mustNotContain string
	}{
		{"400", 400, `{"error":{"code":400,"message":"Invalid value at 'contents'","status":"INVALID_ARGUMENT"}}`, 400, "invalid_request_error", "", ""},
		{"401 is the gateway's own trouble", 401, `{"error":{"code":401,"message":"key upstream-key is bad","status":"UNAUTHENTICATED"}}`, 502, "server_error", "upstream_auth", "upstream-key"},
		{"429", 429, `{"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"6.5s"}]}}`, 429, "rate_limit_error", "rate_limit_exceeded", ""},
		{"500", 500, `{"error":{"code":500,"message":"boom","status":"INTERNAL"}}`, 500, "server_error", "", ""},
	} {
		for _, streamed := range []bool{false, true} {
			t.Run(tc.name, func(t *testing.T) {
				u := newUpstream(t, func(w http.ResponseWriter, r *http.Request, n int) { reply(w, tc.upstream, tc.body) })
				client := chain(t, u, "")
				params := openai.ChatCompletionNewParams{Model: "any", Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("hello")}}
				var err error
				if streamed {
					stream := client.Chat.Completions.NewStreaming(context.Background(), params)
					for stream.Next() {
					}
					err = stream.Err()
				} else {
					_, err = client.Chat.Completions.New(context.Background(), params)
				}
				var e *openai.Error
				if !errors.As(err, &e) {
					t.Fatalf("error = %v, want one the SDK knows", err)
				}
				if e.StatusCode != tc.status || e.Type != tc.kind || e.Code != tc.code {
					t.Errorf("error = %d %q %q, want %d %q %q", e.StatusCode, e.Type, e.Code, tc.status, tc.kind, tc.code)
				}
				if tc.mustNotContain != "" && strings.Contains(e.Error(), tc.mustNotContain) {
					t.Errorf("the error gives away %q", tc.mustNotContain)
				}
				if tc.status == 429 && e.Response.Header.Get("Retry-After") != "7" {
					t.Errorf("Retry-After = %q, want 7", e.Response.Header.Get("Retry-After"))
				}
			})
		}
	}
}

func TestOpenAIWrongKey(t *testing.T) {
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request, n int) { reply(w, 200, `{}`) })
	client := chain(t, u, "\t\tauth keys another-key")
	_, err := client.Chat.Completions.New(context.Background(), openai.ChatCompletionNewParams{Model: "any", Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("hello")}})
	var e *openai.Error
	if !errors.As(err, &e) || e.StatusCode != 401 || e.Type != "authentication_error" || e.Code != "invalid_api_key" {
		t.Fatalf("error = %v, want the SDK's 401", err)
	}
	if len(u.asked) > 0 {
		t.Error("the upstream was asked")
	}
}
