package demo

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// refused asks and wants the status and a part of the error.
func refused(t *testing.T, path, body string, status int, want string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Anthropic-Version", "2023-06-01")
	w := httptest.NewRecorder()
	new(Server).ServeHTTP(w, r)
	if w.Code != status || !strings.Contains(strings.ReplaceAll(w.Body.String(), `\"`, `"`), want) {
		t.Errorf("%d %s\nof %s\nwant %d with %s", w.Code, w.Body, body, status, want)
	}
}

func TestOpenAIRefuses(t *testing.T) {
	const (
		hi   = `{"role":"user","content":"hi"}`
		call = `{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}`
	)
	for _, tt := range []struct{ rest, messages, want string }{
		{`,"top_k":1`, hi, "Unrecognized request argument supplied: top_k"},
		{``, `{"role":"user","content":"hi","reasoning_content":""}`, "Unknown parameter: 'messages[0].reasoning_content'"},
		{``, `{"role":"user","content":[{"type":"text","text":"hi","cache_control":{}}]}`, "Unknown parameter: 'messages[0].content[0].cache_control'"},
		{``, `{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","extra_content":{},"function":{"name":"f","arguments":"{}"}}]}`, "tool_calls[0].extra_content"},
		{``, ``, "Invalid 'messages': empty array"},
		{``, `{"role":"model","content":"hi"}`, "Invalid value: 'model'"},
		{``, `{"role":"user","content":null}`, "expected a string, got null"},
		{``, `{"role":"assistant"}`, "expected a string, got null"},
		{``, `{"role":"user","content":7}`, "Invalid type for 'messages[0].content'"},
		{``, `{"role":"user","content":[{"type":"image","image":{}}]}`, "Unknown parameter"},
		{``, `{"role":"user","content":[{"type":"image"}]}`, `unsupported type "image"`},
		{``, `{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,?"}}]}`, "Invalid 'messages[0].content[0].image_url'"},
		{``, `{"role":"user","content":[{"type":"image_url","image_url":{"url":"gs://a"}}]}`, "expected a data URL"},
		{``, hi + `,{"role":"tool","tool_call_id":"a","content":"x"}`, "must be a response to a preceeding message with 'tool_calls'"},
		{``, hi + `,` + call + `,` + hi, "must be followed by tool messages"},
		{``, hi + `,` + call, "must be followed by tool messages"},
		{``, call + `,{"role":"tool","tool_call_id":"b","content":"x"}`, "must be a response to a preceeding message"},
		{``, call + `,{"role":"tool","tool_call_id":"a","content":[{"type":"image_url","image_url":{"url":"data:,"}}]}`, "Image URLs are only allowed for messages with role 'user'"},
		{``, strings.Replace(call, `"a"`, `"`+strings.Repeat("a", 41)+`"`, 1), "maximum length 40"},
		{``, strings.Replace(call, `"type":"function",`, ``, 1), "tool_calls[0].type"},
		{``, strings.Replace(call, `,"arguments":"{}"`, ``, 1), "function.arguments"},
		{``, strings.Replace(call, `"{}"`, `{}`, 1), "the body is no chat request"},
		{`,"stop":["a","b","c","d","e"]`, hi, "maximum length 4"},
		{`,"n":0`, hi, "Invalid 'n'"},
		{`,"temperature":2.5`, hi, "Expected a value between 0 and 2"},
		{`,"stream_options":{"include_usage":true}`, hi, "only allowed when 'stream' is enabled"},
		{`,"response_format":{"type":"json_schema","json_schema":{"schema":{}}}`, hi, "response_format.json_schema.name"},
		{`,"tools":[]`, hi, "Invalid 'tools': empty array"},
		{`,"tools":[{"type":"function","function":{"name":"a b"}}]`, hi, "does not match pattern"},
		{`,"tools":[{"type":"web_search"}]`, hi, "Supported values are: 'function' and 'custom'"},
		{`,"tools":[{"name":"f","input_schema":{}}]`, hi, "Unknown parameter: 'tools[0].input_schema'"},
		{`,"tool_choice":"auto"`, hi, "only allowed when 'tools' are specified"},
	} {
		refused(t, chat, `{"model":"demo","messages":[`+tt.messages+`]`+tt.rest+`}`, 400, tt.want)
	}
	for _, tt := range []struct{ path, body, want string }{
		{"/v1/embeddings", `{"model":"m","input":""}`, "cannot be an empty string"},
		{"/v1/embeddings", `{"model":"m","input":[]}`, "'$.input' is invalid"},
		{"/v1/embeddings", `{"model":"m"}`, "you must provide an input"},
		{"/v1/embeddings", `{"model":"m","input":"a","task_type":"x"}`, "Unrecognized request argument supplied: task_type"},
		{"/v1/embeddings", `{"model":"m","input":"a","encoding_format":"hex"}`, "'float' and 'base64'"},
		{"/v1/completions", `{"model":"m","prompt":"a","messages":[]}`, "Unrecognized request argument supplied: messages"},
		{"/v1/moderations", `{}`, "Missing required parameter: 'input'"},
		{"/v1/images/generations", `{}`, "Missing required parameter: 'prompt'"},
	} {
		refused(t, tt.path, tt.body, 400, tt.want)
	}
}

func TestResponsesRefuses(t *testing.T) {
	const call = `{"type":"function_call","call_id":"a","name":"f","arguments":"{}"}`
	for _, tt := range []struct{ input, rest, want string }{
		{`"hi"`, `,"messages":[]`, "Unknown parameter: 'messages'"},
		{`"hi"`, `,"previous_response_id":"resp_1"`, "Previous response with id 'resp_1' not found"},
		{`"hi"`, `,"background":true`, "does not work in the background"},
		{`"hi"`, `,"response_format":{}`, "Unknown parameter: 'response_format'"},
		{`"hi"`, `,"text":{"format":{"type":"json_schema","schema":{}}}`, "text.format.name"},
		{`"hi"`, `,"text":{"format":{"type":"json_schema","json_schema":{}}}`, "Unknown parameter: 'text.format.json_schema'"},
		{`"hi"`, `,"tools":[{"type":"function","function":{"name":"f"}}]`, "tools[0].name"},
		{`[]`, ``, "Missing required parameter: 'input'"},
		{`[{"role":"tool","content":"x"}]`, ``, "Invalid value: 'tool'"},
		{`[{"role":"user","content":null}]`, ``, "Invalid type for 'input[0].content'"},
		{`[{"role":"user","content":[{"type":"text","text":"x"}]}]`, ``, "Supported values are: 'input_text'"},
		{`[{"role":"assistant","content":[{"type":"input_text","text":"x"}]}]`, ``, "Supported values are: 'output_text'"},
		{`[{"role":"user","content":"x","tool_calls":[]}]`, ``, "Unknown parameter: 'input[0].tool_calls'"},
		{`[{"role":"user","id":"1","content":"x"}]`, ``, "Expected an ID that begins with 'msg'"},
		{`[` + call + `]`, ``, "No tool output found for function call a"},
		{`[{"type":"function_call_output","call_id":"a","output":"x"}]`, ``, "No tool call found for function call output"},
		{`[` + strings.Replace(call, `"a"`, `"`+strings.Repeat("a", 65)+`"`, 1) + `]`, ``, "maximum length 64"},
		{`[` + strings.Replace(call, `,"arguments":"{}"`, ``, 1) + `]`, ``, "input[0].arguments"},
		{`[{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"x"}]`, ``, "could not be verified"},
		{`[{"type":"other"}]`, ``, "Invalid value: 'other'"},
	} {
		refused(t, "/v1/responses", `{"model":"demo","input":`+tt.input+tt.rest+`}`, 400, tt.want)
	}
	refused(t, "/v1/responses", `{"model":"demo","input":[{"type":"item_reference","id":"msg_1"}]}`, 404, "not found")
}

func TestAnthropicRefuses(t *testing.T) {
	const (
		hi     = `{"role":"user","content":"hi"}`
		call   = `{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]}`
		result = `{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"x"}]}`
		tools  = `,"tools":[{"name":"f","input_schema":{"type":"object"}}]`
		think  = `,"thinking":{"type":"enabled","budget_tokens":1024}`
	)
	for _, tt := range []struct{ rest, messages, want string }{
		{`,"n":1`, hi, "n: Extra inputs are not permitted"},
		{``, ``, "at least one message is required"},
		{``, `{"role":"assistant","content":"hi"}`, `first message must use the "user" role`},
		{``, `{"role":"tool","content":"hi"}`, "messages.0.role"},
		{``, `{"role":"user","content":""}`, "text content blocks must be non-empty"},
		{``, `{"role":"user","content":[]}`, "must have non-empty content"},
		{``, `{"role":"user","content":[{"type":"text","text":" "}]}`, "must contain non-whitespace text"},
		{``, `{"role":"user","content":[{"type":"text","text":"x","index":1}]}`, "messages.0.content.0.text.index: Extra inputs are not permitted"},
		{``, `{"role":"user","content":[{"type":"image_url","image_url":{}}]}`, "Input tag 'image_url'"},
		{``, `{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/bmp","data":"aGk="}}]}`, "media_type: Input should be 'image/jpeg'"},
		{``, `{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"?"}}]}`, "invalid base64 data"},
		{``, `{"role":"user","content":[{"type":"document","source":{"type":"base64","media_type":"text/plain","data":"aGk="}}]}`, "Input should be 'application/pdf'"},
		{`,"system":[{"type":"text","text":"x","name":"y"}]`, hi, "system.0.text.name: Extra inputs are not permitted"},
		{`,"tools":[{"name":"f","parameters":{},"input_schema":{"type":"object"}}]`, hi, "tools.0.custom.parameters: Extra inputs are not permitted"},
		{tools, hi + `,` + call + `,{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"x","y":1}]}]}`, "messages.2.content.0.tool_result.content.0.text.y: Extra inputs"},
		{tools, hi + `,` + call + `,{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"input_text","text":"x"}]}]}`, "Input tag 'input_text'"},
		{``, hi + `,{"role":"assistant","content":"so "}`, "cannot end with trailing whitespace"},
		{tools, hi + `,` + call, "`tool_use` ids were found without `tool_result` blocks immediately after: a"},
		{tools, hi + `,` + call + `,` + hi, "`tool_use` ids were found without `tool_result` blocks"},
		{tools, hi + `,` + call + `,{"role":"user","content":[{"type":"text","text":"x"},{"type":"tool_result","tool_use_id":"a"}]}`, "must come before other content"},
		{tools, hi + `,` + call + `,` + result + `,` + call + `,` + result, "`tool_use` ids must be unique"},
		{tools, `{"role":"user","content":[{"type":"tool_result","tool_use_id":"b"}]}`, "unexpected `tool_use_id` found in `tool_result` blocks: b"},
		{tools, hi + `,{"role":"assistant","content":[{"type":"tool_use","id":"a+b","name":"f","input":{}}]}`, "tool_use.id: String should match pattern"},
		{tools, hi + `,{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":"{}"}]}`, "Input should be a valid dictionary"},
		{tools, `{"role":"user","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]}`, "can only be in `assistant` messages"},
		{``, hi + `,` + call + `,` + result, "must define tools"},
		{``, hi + `,{"role":"assistant","content":[{"type":"thinking","thinking":"x","signature":""}]}`, "signature: Field required"},
		{``, hi + `,{"role":"assistant","content":[{"type":"thinking","thinking":"x","signature":"eA=="}]}`, "Invalid `signature` in `thinking` block"},
		{think + tools, hi + `,` + call + `,` + result, "Expected `thinking` or `redacted_thinking`, but found `tool_use`"},
		{`,"thinking":{"type":"enabled","budget_tokens":100}`, hi, "greater than or equal to 1024"},
		{`,"thinking":{"type":"enabled","budget_tokens":2000}`, hi, "`max_tokens` must be greater than `thinking.budget_tokens`"},
		{think + `,"temperature":0.5`, hi, "may only be set to 1 when thinking is enabled"},
		{think + `,"top_k":1`, hi, "`top_k` must be unset"},
		{think + tools + `,"tool_choice":{"type":"any"}`, hi, "Thinking may not be enabled when tool_choice forces tool use"},
		{`,"temperature":1.5`, hi, "temperature: range: 0..1"},
		{`,"stop_sequences":[" "]`, hi, "each stop sequence must contain non-whitespace"},
		{`,"tool_choice":{"type":"auto"}`, hi, "may only be specified while providing tools"},
		{tools + `,"tool_choice":{"type":"required"}`, hi, "Input tag 'required'"},
		{tools + `,"tool_choice":{"type":"tool","name":"g"}`, hi, "Tool 'g' not found"},
		{`,"tools":[{"name":"a.b","input_schema":{"type":"object"}}]`, hi, "String should match pattern"},
		{`,"tools":[{"name":"f"}]`, hi, "input_schema: Field required"},
		{`,"tools":[{"name":"f","input_schema":{}}]`, hi, "input_schema.type: Input should be 'object'"},
		{`,"output_config":{"effort":"minimal"}`, hi, "output_config.effort"},
		{`,"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}`, hi, "must be explicitly set to false"},
		{`,"output_config":{"format":{"type":"json_schema","schema":{"type":"object","additionalProperties":false,"properties":{"a":{"type":"integer","minimum":1}}}}}`, hi, "property 'minimum' is not supported"},
		{`,"system":[{"type":"text","text":"a","cache_control":{}},{"type":"text","text":"b","cache_control":{}},{"type":"text","text":"c","cache_control":{}},{"type":"text","text":"d","cache_control":{}},{"type":"text","text":"e","cache_control":{}}]`, hi, "A maximum of 4 blocks with cache_control"},
	} {
		refused(t, "/v1/messages", `{"model":"demo-think","max_tokens":2000,"messages":[`+tt.messages+`]`+tt.rest+`}`, 400, tt.want)
	}
	refused(t, "/v1/messages", `{"model":"demo","messages":[`+hi+`]}`, 400, "max_tokens: Field required")
	refused(t, "/v1/messages", `{"model":"claude-opus-5","max_tokens":9,"top_p":1,"messages":[`+hi+`]}`, 400, "are not supported by this model")
	w := httptest.NewRecorder()
	new(Server).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/v1/messages", strings.NewReader(`{}`)))
	if w.Code != 400 || !strings.Contains(w.Body.String(), "anthropic-version: header is required") {
		t.Errorf("without a version: %d %s", w.Code, w.Body)
	}
}

func TestGeminiRefuses(t *testing.T) {
	const (
		hi     = `{"parts":[{"text":"hi"}]}`
		call   = `{"role":"model","parts":[{"functionCall":{"name":"f"},"thoughtSignature":"skip_thought_signature_validator"}]}`
		bare   = `{"role":"model","parts":[{"functionCall":{"name":"f"}}]}`
		result = `{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"x"}}}]}`
		tools  = `,"tools":[{"functionDeclarations":[{"name":"f"}]}]`
	)
	schema := func(s string) string {
		return `,"tools":[{"functionDeclarations":[{"name":"f","parameters":` + s + `}]}]`
	}
	for _, tt := range []struct{ rest, contents, want string }{
		{`,"messages":[]`, hi, `Unknown name "messages": Cannot find field.`},
		{``, `{"parts":[{"text":"x","cacheControl":1}]}`, `Unknown name "cacheControl" at 'contents[0].parts[0]': Cannot find field.`},
		{`,"generationConfig":{"maxTokens":1}`, hi, `Unknown name "maxTokens" at 'generationConfig'`},
		{schema(`{"type":"object","additionalProperties":false}`), hi, `Unknown name "additionalProperties" at 'tools[0].functionDeclarations[0].parameters'`},
		{schema(`{"type":"object","properties":{"a":{"$ref":"#/$defs/a"}}}`), hi, `Unknown name "$ref"`},
		{schema(`{"type":"object","properties":{"a":{"type":["string","null"]}}}`), hi, "Proto field is not repeating, cannot start list"},
		{schema(`{"type":"object","properties":{"a":{"type":"array"}}}`), hi, "items: missing field"},
		{schema(`{"type":"object","properties":{"a":{"enum":[1]}}}`), hi, "(TYPE_STRING), 1"},
		{schema(`{"type":"object","required":["a"]}`), hi, "property is not defined"},
		{`,"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"object"},"parametersJsonSchema":{}}]}]`, hi, "only one of parameters"},
		{`,"tools":[{"functionDeclarations":[{"name":"1f"}]}]`, hi, "Invalid function name"},
		{`,"tools":[{"functionDeclarations":[{"name":"f"},{"name":"f"}]}]`, hi, "Duplicate function declaration found: f"},
		{tools + `,"toolConfig":{"functionCallingConfig":{"mode":"REQUIRED"}}`, hi, "function_calling_config.mode"},
		{tools + `,"toolConfig":{"functionCallingConfig":{"mode":"AUTO","allowedFunctionNames":["f"]}}`, hi, "allowed only with mode ANY"},
		{tools + `,"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["g"]}}`, hi, "g is not declared"},
		{`,"generationConfig":{"stopSequences":["a","b","c","d","e","f"]}`, hi, "at most 5 stop sequences"},
		{`,"generationConfig":{"candidateCount":2}`, hi, "Multiple candidates is not enabled"},
		{`,"generationConfig":{"responseSchema":{"type":"object"}}`, hi, "response_mime_type"},
		{`,"generationConfig":{"thinkingConfig":{"thinkingBudget":1,"thinkingLevel":"LOW"}}`, hi, "only set only one of thinking budget and thinking level"},
		{``, `{"role":"assistant","parts":[{"text":"x"}]}`, "Please use a valid role: user, model."},
		{``, `{"parts":[]}`, "parts must not be empty"},
		{``, `{"parts":[{"thought":true}]}`, "must have one initialized field"},
		{``, `{"parts":[{"inlineData":{"mimeType":"image/png","data":"?"}}]}`, "Base64 decoding failed"},
		{``, hi + `,` + result, "number of function response parts is equal"},
		{``, hi + `,` + call + `,` + hi, "number of function response parts is equal"},
		{``, hi + `,` + call, "followed by a function response turn"},
		{``, hi + `,` + call + `,` + strings.Replace(result, `"f"`, `"g"`, 1), "number of function response parts is equal"},
		{``, hi + `,` + call + `,` + strings.Replace(result, `{"output":"x"}`, `"x"`, 1), "must be an object"},
		{``, hi + `,` + call + `,` + strings.Replace(result, `}]}`, `},{"text":"x"}]}`, 1), "stand alone"},
		{``, hi + `,` + bare + `,` + result, "Function call is missing a thought_signature"},
		{``, hi + `,` + strings.Replace(call, "skip_thought_signature_validator", "AAAA", 1) + `,` + result, "Thought signature is not valid"},
		{``, hi + `,` + strings.Replace(call, "skip_thought_signature_validator", "A", 1) + `,` + result, "Base64 decoding failed"},
		{``, hi + `,{"role":"model","parts":[{"functionCall":{"name":"f","args":"{}"}}]}`, "Invalid value"},
	} {
		refused(t, "/v1beta/models/gemini-3-demo:generateContent", `{"contents":[`+tt.contents+`]`+tt.rest+`}`, 400, tt.want)
	}
	for _, tt := range []struct{ path, body, want string }{
		{"gemini-2.5:generateContent", `{"contents":[` + hi + `],"generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW"}}}`, "Thinking level is not supported"},
		{"gemini-2.5:generateContent", `{"contents":[` + hi + `],"generationConfig":{"responseMimeType":"application/json"}` + tools + `}`, "is unsupported"},
		{"demo:countTokens", `{"contents":[` + hi + `],"generateContentRequest":{"contents":[` + hi + `]}}`, "only one of contents"},
		{"demo:countTokens", `{"generateContentRequest":{"contents":[` + hi + `]}}`, "generate_content_request.model"},
		{"demo:countTokens", `{"model":"x"}`, `Unknown name "model"`},
		{"demo:embedContent", `{"content":{"parts":[]}}`, "contents is not specified"},
		{"demo:embedContent", `{"input":"x"}`, `Unknown name "input"`},
		{"demo:batchEmbedContents", `{"requests":[]}`, "requests is not specified"},
		{"demo:batchEmbedContents", `{"requests":[{"model":"demo","content":` + hi + `}]}`, "unexpected model name format"},
	} {
		refused(t, "/v1beta/models/"+tt.path, tt.body, 400, tt.want)
	}
}

func TestOllamaRefuses(t *testing.T) {
	for _, tt := range []struct{ path, body, want string }{
		{"/api/chat", `{`, "unexpected end of JSON input"},
		{"/api/chat", `{"messages":[]}`, "model is required"},
		{"/api/chat", `{"model":"m","messages":[{"role":"user","content":[]}]}`, "cannot unmarshal array"},
		{"/api/chat", `{"model":"m","messages":[{"role":"developer","content":"x"}]}`, "invalid role: developer"},
		{"/api/chat", `{"model":"m","messages":[{"role":"user","content":"x","images":["data:,"]}]}`, "illegal base64 data"},
		{"/api/chat", `{"model":"m","messages":[{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}]}`, "cannot unmarshal string"},
		{"/api/chat", `{"model":"m","format":"yaml","messages":[]}`, "invalid format"},
		{"/api/chat", `{"model":"m","think":"minimal","messages":[]}`, "invalid think value"},
		{"/api/chat", `{"model":"m","options":{"stop":"x"},"messages":[]}`, "cannot unmarshal string"},
		{"/api/embed", `{"model":"m","input":7}`, "invalid input type"},
	} {
		refused(t, tt.path, tt.body, 400, tt.want)
	}
}
