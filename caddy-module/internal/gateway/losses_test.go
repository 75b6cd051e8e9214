package gateway

import (
	"net/http"
	"strings"
	"testing"
)

// simpleAsk is a small request of each dialect; $ is where more members go.
var simpleAsk = map[string]string{
	"openai.chat":        `{$"model":"m","messages":[{"role":"user","content":"hi"}]}`,
	"openai.responses":   `{$"model":"m","store":false,"input":"hi"}`,
	"anthropic.messages": `{$"model":"m","max_tokens":100,"messages":[{"role":"user","content":"hi"}]}`,
	"gemini.generate":    `{$"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`,
	"ollama.chat":        `{$"model":"m","stream":false,"messages":[{"role":"user","content":"hi"}]}`,
}

// TestLosses: what a provider cannot be told is named in a header, by the client's word for it, on plain and on
// streamed answers; who wants to lose nothing gets a 400 that names the place; and what cannot be served
// truthfully is refused in any case.
func TestLosses(t *testing.T) {
	const warn, refuse, drop = "warn", "refuse", "drop"
	const tools = `"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}],`
	for _, tc := range []struct{ client, speaks, model, members, class, at string }{
		{"openai.chat", "gemini.generate", "gemini-3-pro", `"logit_bias":{"5":1},`, warn, "logit_bias"},
		{"openai.chat", "gemini.generate", "gemini-3-pro", `"prediction":{"type":"content","content":"x"},`, warn, "prediction"},
		{"openai.chat", "gemini.generate", "gemini-3-pro", `"verbosity":"low",`, warn, "verbosity"},
		{"openai.chat", "gemini.generate", "gemini-3-pro", tools + `"parallel_tool_calls":false,`, warn, "parallel_tool_calls"},
		{"openai.chat", "gemini.generate", "gemini-3-pro", `"frobnicate":1,`, warn, "frobnicate"},
		{"openai.chat", "gemini.generate", "gemini-3-pro", `"n":2,`, refuse, "n"},
		{"openai.chat", "gemini.generate", "gemini-3-pro", `"user":"u","store":true,"prompt_cache_key":"k",`, drop, ""},
		{"openai.chat", "gemini.generate", "gemini-3-pro", `"stop":["1","2","3","4","5","6"],`, refuse, "stop"},
		{"openai.chat", "anthropic.messages", "claude-sonnet-4-5", `"seed":1,`, warn, "seed"},
		{"openai.chat", "anthropic.messages", "claude-sonnet-4-5", `"presence_penalty":1,`, warn, "presence_penalty"},
		{"openai.chat", "anthropic.messages", "claude-sonnet-4-5", `"logprobs":true,`, warn, "logprobs"},
		{"openai.chat", "anthropic.messages", "claude-sonnet-4-5", `"response_format":{"type":"json_object"},`, warn, "response_format"},
		{"openai.chat", "anthropic.messages", "claude-sonnet-5", `"temperature":0.5,`, warn, "temperature"},
		{"openai.chat", "anthropic.messages", "claude-sonnet-4-5", `"n":2,`, refuse, "n"},
		{"openai.chat", "anthropic.messages", "claude-sonnet-4-5", `"frobnicate":1,`, warn, "frobnicate"},
		{"openai.chat", "ollama.chat", "qwen3", `"logit_bias":{"5":1},`, warn, "logit_bias"},
		{"openai.chat", "ollama.chat", "qwen3", tools + `"tool_choice":"required",`, warn, "tool_choice"},
		{"openai.chat", "ollama.chat", "qwen3", `"n":2,`, refuse, "n"},
		{"openai.chat", "openai.responses", "gpt-5", `"frequency_penalty":1,`, warn, "frequency_penalty"},
		{"openai.chat", "openai.responses", "gpt-5", `"stop":["a"],`, warn, "stop"},
		{"openai.chat", "openai.responses", "gpt-5", `"n":2,`, refuse, "n"},
		{"openai.responses", "openai.chat", "gpt-5", `"background":true,`, refuse, "background"},
		{"openai.responses", "openai.chat", "gpt-5", `"previous_response_id":"resp_1",`, refuse, "previous_response_id"},
		{"openai.responses", "openai.chat", "gpt-5", `"tools":[{"type":"code_interpreter"}],`, refuse, "tools[0]"},
		{"openai.responses", "openai.chat", "gpt-5", `"include":["reasoning.encrypted_content"],"truncation":"auto",`, drop, ""},
		{"openai.responses", "openai.chat", "gpt-5", `"frobnicate":1,`, warn, "frobnicate"},
		{"anthropic.messages", "openai.chat", "gpt-5", `"top_k":5,`, warn, "top_k"},
		{"anthropic.messages", "openai.chat", "gpt-5", `"mcp_servers":[{"type":"url"}],`, warn, "mcp_servers"},
		{"anthropic.messages", "openai.chat", "gpt-5", `"stop_sequences":["1","2","3","4","5"],`, refuse, "stop_sequences"},
		{"anthropic.messages", "openai.chat", "gpt-5", `"tools":[{"type":"code_execution_20250825","name":"code_execution"}],`, refuse, "tools[0]"},
		{"anthropic.messages", "openai.chat", "gpt-5", `"frobnicate":1,`, warn, "frobnicate"},
		{"anthropic.messages", "gemini.generate", "gemini-3-pro", `"top_k":5,`, drop, ""}, // Gemini has it
		{"anthropic.messages", "gemini.generate", "gemini-3-pro", `"container":"c",`, warn, "container"},
		{"gemini.generate", "openai.chat", "gpt-5", `"generationConfig":{"topK":5},`, warn, "generationConfig.topK"},
		{"gemini.generate", "openai.chat", "gpt-5", `"cachedContent":"cachedContents/1",`, refuse, "cachedContent"},
		{"gemini.generate", "openai.chat", "gpt-5", `"tools":[{"codeExecution":{}}],`, refuse, "tools[0].codeExecution"},
		{"gemini.generate", "openai.chat", "gpt-5", `"safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_NONE"}],`, drop, ""},
		{"gemini.generate", "openai.chat", "gpt-5", `"frobnicate":1,`, warn, "frobnicate"},
		{"gemini.generate", "anthropic.messages", "claude-sonnet-4-5", `"generationConfig":{"topK":5},`, drop, ""}, // Anthropic has it
		{"gemini.generate", "anthropic.messages", "claude-sonnet-4-5", `"generationConfig":{"seed":5},`, warn, "seed"},
		{"ollama.chat", "openai.chat", "gpt-5", `"options":{"top_k":5},`, warn, "options.top_k"},
		{"ollama.chat", "openai.chat", "gpt-5", `"options":{"num_ctx":5},"keep_alive":"5m",`, drop, ""},
		{"ollama.chat", "openai.chat", "gpt-5", `"options":{"mirostat":1},`, warn, "options.mirostat"},
		{"ollama.chat", "gemini.generate", "gemini-2.5-flash", `"options":{"top_k":5},`, drop, ""},
		{"ollama.chat", "anthropic.messages", "claude-sonnet-4-5", `"options":{"seed":5},`, warn, "seed"},
	} {
		t.Run(tc.client+" to "+tc.speaks+"/"+tc.members, func(t *testing.T) {
			members := tc.members
			for _, stream := range []bool{false, true} {
				for _, strict := range []bool{false, true} {
					u := &upstream{answer: func(int, *http.Request, string) *http.Response {
						if stream {
							return wire(tc.speaks, streamOf(t, tc.speaks))
						}
						return whole(wordAnswer[tc.speaks])
					}}
					p := upstreamOf(t, "up", tc.speaks, u)
					g, _ := gatewayOf(t, p)
					only(t, g, p, tc.model)
					g.Routes[0].Strict = strict
					ask := strings.Replace(simpleAsk[tc.client], "$", members, 1)
					switch {
					case tc.client == "ollama.chat" && stream:
						ask = strings.Replace(ask, `"stream":false,`, "", 1)
					case tc.client != "gemini.generate" && stream:
						ask = strings.Replace(ask, "{", `{"stream":true,`, 1)
					}
					w := post(g, pathOf(tc.client, stream), ask)
					warnings := w.Header()["X-Gateway-Warning"]
					refused := tc.class == refuse || strict && tc.class == warn
					switch {
					case refused && (w.Code != 400 || len(u.asked) > 0 || len(warnings) > 0):
						t.Errorf("strict %t: %d %s, asked %d times, warnings %q", strict, w.Code, w.Body, len(u.asked), warnings)
					case refused:
						_, message := refusalIn(t, tc.client, w.Body.String())
						if !strings.Contains(message, tc.at) && !strings.Contains(w.Body.String(), `"param":"`+tc.at) {
							t.Errorf("strict %t: refused with %s, want %s in it", strict, w.Body, tc.at)
						}
					case w.Code != 200:
						t.Errorf("strict %t: %d %s", strict, w.Code, w.Body)
					case tc.class == drop && len(warnings) > 0:
						t.Errorf("warns of %q", warnings)
					case tc.class == warn && (len(warnings) != 1 || !strings.HasPrefix(warnings[0], tc.at) || !strings.Contains(warnings[0], ": ")):
						t.Errorf("warns of %q, want %s: reason", warnings, tc.at)
					}
				}
			}
		})
	}
}

// streamOf is a short good stream.
func streamOf(t *testing.T, speaks string) string {
	t.Helper()
	for _, rec := range recordings(t) {
		if rec.speaks == speaks && map[string]bool{"openai-text": true, "anthropic_text": true, "gemini-text": true, "responses_refusal": true, "ollama_length": true}[rec.name] {
			return rec.stream
		}
	}
	t.Fatalf("no stream of %s", speaks)
	return ""
}

// TestManyLosses: each has a header of its own.
func TestManyLosses(t *testing.T) {
	u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(wordAnswer["gemini.generate"]) }}
	g, accounts := gatewayOf(t, upstreamOf(t, "up", "gemini.generate", u))
	w := post(g, chatPath, strings.Replace(simpleAsk["openai.chat"], "$", `"logit_bias":{"5":1},"prediction":{},"verbosity":"low","fr\r\nX-Evil: 1\u00e9":1,`, 1))
	warnings := w.Header()["X-Gateway-Warning"]
	if len(warnings) != 4 || len((*accounts)[0].Warnings) != 4 {
		t.Fatalf("warnings %q", warnings)
	}
	for _, warning := range warnings {
		if strings.ContainsAny(warning, "\r\n") || strings.Contains(warning, "é") {
			t.Errorf("a header %q", warning)
		}
	}
}

// TestPlaces: a refusal names the place in the client's own request, and says so where it is one of a
// translation.
func TestPlaces(t *testing.T) {
	for _, tc := range []struct{ client, speaks, ask, at string }{
		{"openai.chat", "gemini.generate", `{"model":"gemini-3-pro","n":2,"messages":[{"role":"user","content":"a"}]}`, `"param":"n"`},
		{"openai.chat", "anthropic.messages", `{"model":"m","messages":[{"role":"tool","tool_call_id":"x","content":"a"}]}`, `"param":"messages[0].tool_call_id"`},
		{"openai.chat", "anthropic.messages", `{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}]}`, `"param":"messages[0].content[1]`},
		{"anthropic.messages", "gemini.generate", `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"%%%"}}]}]}`, `messages[0].content[1].source.data: `},
		{"ollama.chat", "gemini.generate", `{"model":"m","messages":[{"role":"user","content":"a","images":["%%"]}]}`, `messages[0].images[0]: `},
		{"openai.responses", "gemini.generate", `{"model":"gemini-3-pro","input":[{"type":"function_call_output","call_id":"x","output":"y"}]}`, `(in the request as openai.chat)","type":"invalid_request_error","param":null`},
		{"anthropic.messages", "ollama.chat", `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://x/y.png"}}]}]}`, `(in the request as openai.chat)`},
		{"gemini.generate", "anthropic.messages", `{"contents":[{"role":"user","parts":[{"text":"a"}]}],"generationConfig":{"candidateCount":2}}`, `n: expected 1`},
	} {
		t.Run(tc.client+" to "+tc.speaks+" "+tc.at, func(t *testing.T) {
			u := &upstream{answer: func(int, *http.Request, string) *http.Response { return whole(wordAnswer[tc.speaks]) }}
			g, _ := gatewayOf(t, upstreamOf(t, "up", tc.speaks, u))
			w := post(g, pathOf(tc.client, false), tc.ask)
			if w.Code != 400 || !strings.Contains(w.Body.String(), tc.at) || len(u.asked) > 0 {
				t.Errorf("%d %s, want %s", w.Code, w.Body, tc.at)
			}
		})
	}
}
