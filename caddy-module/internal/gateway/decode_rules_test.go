package gateway

import (
	"strings"
	"testing"
)

// TestDecodeRules: the chop test's reading finds what clients would stumble over. Each case is the recorded
// stream with one thing changed.
func TestDecodeRules(t *testing.T) {
	const (
		done = "data: [DONE]\n\n"
	)
	for _, tc := range []struct{ recording, was, is, want string }{
		{"openai-text", "", "", ""},
		{"openai-text", `"role":"assistant",`, "", "begins with role"},
		{"openai-text", `{"content":", pay`, `{"role":"assistant","content":", pay`, "role again"},
		{"openai-text", `chatcmpl-A1","object":"chat.completion.chunk","created":1763600000,"model":"gpt-5","choices":[],`, `chatcmpl-A2","object":"chat.completion.chunk","created":1763600000,"model":"gpt-5","choices":[],`, "id changes"},
		{"openai-text", done, "", "without [DONE]"},
		{"openai-text", done, done + done, "goes on"},
		{"openai-text", `"finish_reason":"stop"`, `"finish_reason":null`, "no finish_reason"},
		{"openai-text", `"finish_reason":"stop"`, `"finish_reason":"end_turn"`, "no reason to end"},
		{"openai-text", `"content":"RD}}"},"logprobs":null,"finish_reason":null`, `"content":"RD}}"},"logprobs":null,"finish_reason":"stop"`, "goes on after it finished"},
		{"openai-text", `"total_tokens":29`, `"total_tokens":30`, "do not add up"},
		{"openai-text", `"content":"RD}}"`, `"thinking":"RD}}"`, "member thinking"},
		{"openai-tools", `"index":1,`, `"index":2,`, "there are 1 calls"},
		{"openai-tools", `"finish_reason":"tool_calls"`, `"finish_reason":"tools"`, "no reason to end"},
		{"openai-error", "", "", ""},

		{"anthropic_tools", "", "", ""},
		{"anthropic_tools", `"content_block_start","index":1`, `"content_block_start","index":2`, "block 2, expected 1"},
		{"anthropic_tools", `"content_block_start","index":1`, `"content_block_stop","index":1`, "which is not open"},
		{"anthropic_tools", `"thinking_delta","thinking":" and the"`, `"text_delta","text":" and the"`, "text_delta in a thinking block"},
		{"anthropic_tools", `\"q\": \"`, `\"q\": `, "arguments of search"},
		{"anthropic_tools", `event: message_stop`, `event: message_end`, "is named"},
		{"anthropic_text", `"message_delta","delta":{"stop_reason":"end_turn"`, `"message_delta","delta":{"stop_reason":"stop"`, "no reason to end"},
		{"anthropic_text", `"type":"message_stop"`, `"type":"ping"`, "ends in state"},
		{"anthropic_error", "", "", ""},

		{"responses_tools", "", "", ""},
		{"responses_tools", `"sequence_number":20`, `"sequence_number":21`, "expected 20"},
		{"responses_tools", `"item_id":"msg_6","output_index":1,"content_index":0,"delta":"C`, `"item_id":"msg_7","output_index":1,"content_index":0,"delta":"C`, "names item msg_7"},
		{"responses_tools", `"delta":"Calling for "`, `"delta":"Calling "`, "is done with"},
		{"responses_tools", `"status":"completed","arguments":"{\"q\":\"{{EMAIL}}\",\"n\":3`, `"status":"completed","arguments":"{\"q\":\"{{EMAIL}}\",\"n\":4`, "item 3 is done as"},
		{"responses_tools", `"type":"response.completed","sequence_number":43,"response":{"id":"resp_0a5f"`, `"type":"response.completed","sequence_number":43,"response":{"id":"resp_1"`, "id changes"},
		{"responses_tools", `"output_index":3,"item":{"id":"fc_8","type":"function_call","status":"in_progress"`, `"output_index":4,"item":{"id":"fc_8","type":"function_call","status":"in_progress"`, "item 4 is added, expected 3"},
		{"responses_error", `"sequence_number":5`, `"sequence_number":0`, "the error is number 0"},

		{"gemini-text", "", "", ""},
		{"gemini-text", `"text":"RD}}"}],"role":"model"}`, `"text":"RD}}"}],"role":"model"},"finishReason":"STOP"`, "goes on after it finished"},
		{"gemini-text", `"finishReason":"STOP",`, "", "no reason to end"},
		{"gemini-text", `"finishReason":"STOP",`, `"finishReason":"stop",`, "stop is no reason to end"},
		{"gemini-text", `"role":"model"`, `"role":"assistant"`, "role assistant"},
		{"gemini-tools", `"name":"pay"`, `"title":"pay"`, "without a name"},

		{"ollama_tools", "", "", ""},
		{"ollama_tools", `"done":true`, `"done":false`, "not done, but"},
		{"ollama_tools", `"content":"日"},"done":false`, `"content":"日"},"done":true,"done_reason":"stop"`, "goes on after done"},
		{"ollama_tools", `"index":1`, `"index":0`, "call 1 has index 0"},
		{"ollama_tools", `"content":"日"`, `"text":"日"`, "member text"},
	} {
		t.Run(tc.recording+"/"+tc.want, func(t *testing.T) {
			for _, rec := range recordings(t) {
				if rec.name != tc.recording {
					continue
				}
				if !strings.Contains(rec.stream, tc.was) {
					t.Fatalf("the recording has no %s", tc.was)
				}
				d := clientOf(rec.speaks).decode(strings.Replace(rec.stream, tc.was, tc.is, 1))
				got := strings.Join(d.wrong, "\n")
				if tc.want == "" && got != "" || !strings.Contains(got, tc.want) {
					t.Errorf("wrong are\n%s\nwant %q", got, tc.want)
				}
			}
		})
	}
}

// TestArrayRules: a JSON array is read to its end.
func TestArrayRules(t *testing.T) {
	for _, tc := range []struct{ stream, want string }{
		{`[{"a":1},{"b":2}]`, ""}, {" [ ] ", ""}, {`[{"a":1}`, "ends with"}, {`{"a":1}`, "begins with"}, {`[{"a":1}]]`, "invalid"}, {`[]{}`, "goes on"},
	} {
		_, err := arrayFrames(tc.stream)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if tc.want == "" && got != "" || !strings.Contains(got, tc.want) {
			t.Errorf("%s: %q, want %q", tc.stream, got, tc.want)
		}
	}
}
