package gateway

// everywhere is a request of every kind that clients send, with a mark wherever a person's words or data can
// stand: § is a text in its frame, §name one where placeholders have no brackets, §url a URL with a value in
// its query. A text that begins with json: holds JSON with marks of its own. ¤ stands where nothing is
// searched for a reason that plugins/README.md gives.
var everywhere = map[string]struct{ path, document string }{
	"openai.chat": {"/v1/chat/completions", `{"model":"¤","stream":$stream,"messages":[
		{"role":"system","content":"§","name":"§name"},
		{"role":"developer","content":[{"type":"text","text":"§"},"§"]},
		{"role":"user","name":"§name","content":[{"type":"text","text":"§"},
			{"type":"image_url","image_url":{"url":"§url","detail":"low"}},{"type":"image_url","image_url":{"url":"data:image/png;base64,¤"}},{"type":"image_url","image_url":"§url"},
			{"type":"video_url","video_url":{"url":"§url"}},{"type":"input_audio","input_audio":{"data":"¤","format":"wav"}},
			{"type":"file","file":{"filename":"§name","file_data":"data:application/pdf;base64,¤","file_id":"¤"}},
			{"type":"vendor_part","vendor":{"caption":"§","deep":[{"note":"§"}]}}]},
		{"role":"assistant","content":"§","refusal":"§","reasoning_content":"§","audio":{"id":"¤"},
			"reasoning_details":[{"type":"reasoning.text","text":"§","signature":"¤"},{"type":"reasoning.summary","summary":"§"},{"type":"reasoning.encrypted","data":"¤"}],
			"annotations":[{"type":"url_citation","url_citation":{"title":"§","url":"§url"}}],
			"tool_calls":[{"id":"¤","type":"function","function":{"name":"¤","arguments":"json:{\"to\":\"§\",\"list\":[\"§\",{\"deep\":{\"er\":\"§\"}}],\"inner\":\"json:{\\\"body\\\":\\\"§\\\",\\\"rows\\\":[\\\"§\\\"]}\",\"§\":1,\"map\":{\"§\":{\"§\":\"§\"}}}"}},
				{"id":"¤","type":"function","function":{"name":"¤","arguments":"§"}},
				{"id":"¤","type":"function","function":{"name":"¤","arguments":{"raw":"§"}}},
				{"id":"¤","type":"custom","custom":{"name":"¤","input":"§"}}]},
		{"role":"assistant","content":[{"type":"text","text":"§"},{"type":"refusal","refusal":"§"},{"type":"thinking","thinking":"§"},{"type":"tool_use","id":"¤","name":"¤","input":{"a":"§"}}],
			"reasoning":"§","function_call":{"name":"¤","arguments":"json:{\"a\":\"§\"}"}},
		{"role":"tool","tool_call_id":"¤","content":"§"},
		{"role":"tool","tool_call_id":"¤","content":[{"type":"text","text":"§"},{"type":"tool_result","tool_use_id":"¤","content":[{"type":"text","text":"§"},"§"]}]},
		{"role":"function","name":"§name","content":"json:{\"rows\":[{\"v\":\"§\"}]}"}],
		"tools":[{"type":"function","function":{"name":"¤","description":"§","parameters":{"type":"object","description":"§","title":"§","properties":{
				"to":{"type":"string","enum":["§","§"],"default":"§","examples":["§"],"const":"§","x-note":"§"},"body":{"anyOf":[{"type":"string","description":"§"}],"items":{"description":"§"}}},
				"$defs":{"d":{"description":"§","$comment":"§"}}}}},
			{"type":"custom","custom":{"name":"¤","description":"§","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"§"}}}}],
		"functions":[{"name":"¤","description":"§","parameters":{"properties":{"a":{"description":"§"}}}}],
		"prediction":{"type":"content","content":[{"type":"text","text":"§"}]},"stop":["§","§"],"user":"§name","safety_identifier":"§name","prompt_cache_key":"§",
		"metadata":{"who":"§name","nested":{"more":"§name"}},
		"response_format":{"type":"json_schema","json_schema":{"name":"¤","description":"§","schema":{"properties":{"a":{"description":"§","enum":["§"]}}}}},
		"web_search_options":{"user_location":{"type":"approximate","approximate":{"city":"§","region":"§"}}},
		"documents":[{"title":"§","text":"§"}],"chat_template_kwargs":{"note":"§"},"guided_choice":["§"],"extra":"§"}`},

	"openai.responses": {"/v1/responses", `{"model":"¤","stream":$stream,"instructions":"§","previous_response_id":"¤","conversation":"¤",
		"input":[{"role":"user","content":"§"},"§",
			{"type":"message","role":"user","content":[{"type":"input_text","text":"§"},{"type":"input_image","image_url":"§url","file_id":"¤"},{"type":"input_image","image_url":"data:image/png;base64,¤"},
				{"type":"input_file","filename":"§name","file_data":"data:application/pdf;base64,¤","file_url":"§url"},{"type":"input_audio","input_audio":{"data":"¤","format":"wav"}}]},
			{"type":"message","id":"¤","role":"assistant","content":[{"type":"output_text","text":"§","annotations":[{"type":"url_citation","title":"§","url":"§url"},{"type":"file_citation","filename":"§","file_id":"¤"}]},{"type":"refusal","refusal":"§"}]},
			{"type":"reasoning","id":"¤","summary":[{"type":"summary_text","text":"§"}],"content":[{"type":"reasoning_text","text":"§"}],"encrypted_content":"¤"},
			{"type":"function_call","id":"¤","call_id":"¤","name":"¤","arguments":"json:{\"to\":[\"§\"],\"inner\":\"json:{\\\"a\\\":\\\"§\\\"}\"}"},
			{"type":"function_call_output","call_id":"¤","output":"§"},
			{"type":"function_call_output","call_id":"¤","output":[{"type":"input_text","text":"§"},{"type":"input_image","image_url":"§url"},{"type":"input_file","filename":"§name"}]},
			{"type":"custom_tool_call","call_id":"¤","name":"¤","input":"§"},{"type":"custom_tool_call_output","call_id":"¤","output":"§"},
			{"type":"web_search_call","id":"¤","action":{"type":"search","query":"§","queries":["§"],"url":"§url","sources":[{"url":"§url"}]}},
			{"type":"file_search_call","id":"¤","queries":["§"],"results":[{"file_id":"¤","filename":"§","text":"§","attributes":{"k":"§"}}]},
			{"type":"computer_call","call_id":"¤","action":{"type":"type","text":"§"},"pending_safety_checks":[{"id":"¤","message":"§"}]},
			{"type":"computer_call_output","call_id":"¤","output":{"type":"computer_screenshot","image_url":"§url"}},
			{"type":"code_interpreter_call","id":"¤","code":"§","outputs":[{"type":"logs","logs":"§"},{"type":"image","url":"§url"}]},
			{"type":"local_shell_call","call_id":"¤","action":{"command":["echo","§"],"env":{"A":"§"},"working_directory":"§"}},{"type":"local_shell_call_output","id":"¤","output":"§"},
			{"type":"shell_call","call_id":"¤","action":{"commands":["§"]}},{"type":"shell_call_output","call_id":"¤","output":[{"stdout":"§","stderr":"§"}]},
			{"type":"apply_patch_call","call_id":"¤","operation":{"type":"update_file","path":"§","diff":"§"}},{"type":"apply_patch_call_output","call_id":"¤","output":"§"},
			{"type":"mcp_call","id":"¤","name":"¤","arguments":"json:{\"q\":\"§\"}","output":"§","error":"§"},{"type":"mcp_list_tools","tools":[{"name":"¤","description":"§","input_schema":{"properties":{"a":{"description":"§"}}}}]},
			{"type":"mcp_approval_response","reason":"§"},{"type":"image_generation_call","id":"¤","revised_prompt":"§","result":"iVBORw0KGgo="},
			{"type":"vendor_item","vendor":{"text":"§"}}],
		"prompt":{"id":"¤","variables":{"name":"§","file":{"type":"input_text","text":"§"}}},
		"text":{"format":{"type":"json_schema","name":"¤","description":"§","schema":{"properties":{"a":{"description":"§","enum":["§"],"default":"§"}}}}},
		"tools":[{"type":"function","name":"¤","description":"§","parameters":{"properties":{"a":{"description":"§","examples":["§"]}}}},
			{"type":"web_search","user_location":{"type":"approximate","city":"§"},"filters":{"allowed_domains":["§"]}},
			{"type":"mcp","server_label":"crm","server_description":"§","server_url":"§url","authorization":"¤","headers":{"X-Token":"¤"}},
			{"type":"custom","name":"¤","description":"§","format":{"type":"grammar","definition":"§"}},
			{"type":"namespace","name":"¤","description":"§","tools":[{"type":"function","name":"¤","description":"§"}]}],
		"user":"§name","safety_identifier":"§name","prompt_cache_key":"§","metadata":{"who":"§name"},"extra":{"a":["§"]}}`},

	"anthropic.messages": {"/v1/messages", `{"model":"¤","stream":$stream,"max_tokens":99,"system":[{"type":"text","text":"§","cache_control":{"type":"ephemeral"}},"§"],"messages":[
		{"role":"user","content":"§"},
		{"role":"user","content":["§",{"type":"text","text":"§","citations":[{"type":"char_location","cited_text":"§","document_title":"§"}]},
			{"type":"image","source":{"type":"base64","media_type":"image/png","data":"¤"}},{"type":"image","source":{"type":"url","url":"§url"}},{"type":"image","source":{"type":"file","file_id":"¤"}},
			{"type":"document","title":"§","context":"§","source":{"type":"text","media_type":"text/plain","data":"§"}},
			{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"¤"}},
			{"type":"document","source":{"type":"url","url":"§url"}},
			{"type":"document","source":{"type":"content","content":"§"}},
			{"type":"document","source":{"type":"content","content":[{"type":"text","text":"§"}]}},
			{"type":"search_result","source":"§","title":"§","content":[{"type":"text","text":"§"}]},
			{"type":"vendor","vendor":{"caption":"§"}}]},
		{"role":"assistant","content":[{"type":"thinking","thinking":"§","signature":"¤"},{"type":"redacted_thinking","data":"¤"},{"type":"text","text":"§"},
			{"type":"tool_use","id":"¤","name":"¤","input":{"to":["§",{"deep":"§"}],"inner":"json:{\"a\":\"§\"}","§":"§"}},
			{"type":"server_tool_use","id":"¤","name":"¤","input":{"query":"§"}},
			{"type":"web_search_tool_result","tool_use_id":"¤","content":[{"type":"web_search_result","title":"§","url":"§url","encrypted_content":"¤"}]},
			{"type":"mcp_tool_use","id":"¤","name":"¤","input":{"a":"§"}},{"type":"mcp_tool_result","tool_use_id":"¤","content":[{"type":"text","text":"§"}]},
			{"type":"code_execution_tool_result","tool_use_id":"¤","content":{"type":"code_execution_result","stdout":"§","stderr":"§","content":[{"type":"code_execution_output","file_id":"¤"}]}}]},
		{"role":"user","content":[{"type":"tool_result","tool_use_id":"¤","content":"§"},{"type":"tool_result","tool_use_id":"¤","is_error":true,"content":[{"type":"text","text":"§"},
			{"type":"image","source":{"type":"url","url":"§url"}},{"type":"search_result","source":"§","title":"§","content":[{"type":"text","text":"§"}]},{"type":"document","source":{"type":"text","data":"§"}}]}]}],
		"tools":[{"name":"¤","description":"§","input_schema":{"type":"object","properties":{"a":{"description":"§","enum":["§"],"default":"§"}}},"input_examples":[{"a":"§"}]},
			{"type":"web_search_20250305","name":"¤","allowed_domains":["§"],"user_location":{"type":"approximate","city":"§"}}],
		"stop_sequences":["§"],"metadata":{"user_id":"§name"},"output_format":{"type":"json_schema","schema":{"properties":{"a":{"description":"§"}}}},
		"mcp_servers":[{"type":"url","url":"§url","name":"crm","authorization_token":"¤"}],"container":{"id":"¤","skills":[{"skill_id":"¤"}]},"extra":["§"]}`},

	"anthropic.count": {"/v1/messages/count_tokens", `{"model":"¤","system":"§","messages":[{"role":"user","content":[{"type":"text","text":"§"},{"type":"document","source":{"type":"text","data":"§"}}]},
		{"role":"assistant","content":[{"type":"tool_use","id":"¤","name":"¤","input":{"a":"§"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"¤","content":"§"}]}],
		"tools":[{"name":"¤","description":"§","input_schema":{"properties":{"a":{"description":"§"}}}}],"extra":"§"}`},

	"gemini.generate": {"/v1beta/models/m:generateContent", `{"systemInstruction":{"role":"user","parts":[{"text":"§"}]},"contents":[
		{"role":"user","parts":[{"text":"§"},"§",{"inlineData":{"mimeType":"image/png","data":"¤","displayName":"§"}},{"fileData":{"mimeType":"image/png","fileUri":"§url","displayName":"§"}},{"vendor":{"caption":"§"}}]},
		{"role":"model","parts":[{"text":"§","thought":true,"thoughtSignature":"¤"},{"text":"§"},{"functionCall":{"id":"¤","name":"¤","args":{"to":["§",{"deep":"§"}],"inner":"json:{\"a\":\"§\"}","§":"§"}}},
			{"executableCode":{"language":"PYTHON","code":"§"}},{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"§"}}]},
		{"role":"user","parts":[{"functionResponse":{"id":"¤","name":"¤","response":{"rows":[{"a":"§"}],"§":"§"},"parts":[{"inlineData":{"mimeType":"image/png","data":"¤"}}]}}]},
		{"role":"function","parts":[{"function_response":{"name":"¤","response":{"output":"§"}}},{"function_call":{"name":"¤","args":{"a":"§"}}}]}],
		"tools":[{"functionDeclarations":[{"name":"¤","description":"§","parameters":{"type":"OBJECT","properties":{"a":{"type":"STRING","description":"§","enum":["§"],"example":"§"}}},"response":{"description":"§"}}]},
			{"function_declarations":[{"name":"¤","description":"§","parametersJsonSchema":{"properties":{"a":{"description":"§"}}}}]}],
		"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["now"]},"retrievalConfig":{"languageCode":"de","note":"§"}},
		"generationConfig":{"stopSequences":["§"],"responseSchema":{"type":"OBJECT","properties":{"a":{"description":"§"}}},"speechConfig":{"voice":"§"}},
		"labels":{"team":"§name"},"cachedContent":"¤","extra":"§"}`},

	"gemini.count": {"/v1beta/models/m:countTokens", `{"contents":[{"parts":[{"text":"§"}]}],"generateContentRequest":{"model":"models/m","systemInstruction":{"parts":[{"text":"§"}]},"contents":[{"parts":[{"text":"§"},{"functionResponse":{"name":"¤","response":{"a":"§"}}}]}],
		"tools":[{"functionDeclarations":[{"name":"¤","description":"§"}]}]},"extra":"§"}`},

	"gemini.embed": {"/v1beta/models/m:embedContent", `{"model":"models/m","content":{"parts":[{"text":"§"},"§"]},"title":"§name","taskType":"RETRIEVAL_DOCUMENT","extra":"§"}`},

	"gemini.embed, many": {"/v1beta/models/m:batchEmbedContents", `{"requests":[{"model":"models/m","content":{"parts":[{"text":"§"}]},"title":"§name"},{"model":"models/m","content":{"parts":[{"text":"§"}]}}],"extra":"§"}`},

	"ollama.chat": {"/api/chat", `{"model":"¤","stream":$stream,"messages":[{"role":"system","content":"§"},{"role":"user","content":"§","images":["iVBORw0KGgo="]},
		{"role":"assistant","content":"§","thinking":"§","tool_calls":[{"id":"¤","function":{"index":0,"name":"¤","arguments":{"to":["§",{"deep":"§"}],"inner":"json:{\"a\":\"§\"}","§":"§"}}}]},
		{"role":"tool","tool_name":"¤","tool_call_id":"¤","content":"§"},{"role":"user","content":"§","vendor":{"note":"§"}}],
		"tools":[{"type":"function","function":{"name":"¤","description":"§","parameters":{"type":"object","properties":{"a":{"type":"string","description":"§","enum":["§"]}}}}}],
		"format":{"type":"object","properties":{"a":{"description":"§"}}},"options":{"stop":["§"],"num_predict":9},"keep_alive":"5m","extra":"§"}`},

	"ollama.generate": {"/api/generate", `{"model":"¤","stream":$stream,"system":"§","prompt":"§","suffix":"§","template":"§","images":["iVBORw0KGgo="],"format":{"properties":{"a":{"description":"§"}}},"options":{"stop":"§"},"extra":"§"}`},

	"ollama.embed": {"/api/embed", `{"model":"¤","input":["§","§"],"extra":"§"}`},

	"openai.completions": {"/v1/completions", `{"model":"¤","stream":$stream,"prompt":["§","§"],"suffix":"§","stop":["§","§"],"user":"§name","extra":"§"}`},

	"openai.embeddings": {"/v1/embeddings", `{"model":"¤","input":["§",{"text":"§"}],"user":"§name","extra":"§"}`},

	"openai.other": {"/v1/images/generations", `{"model":"¤","prompt":"§","user":"§name","extra":{"a":"§"}}`},

	"openai.other, moderations": {"/v1/moderations", `{"model":"¤","input":[{"type":"text","text":"§"},{"type":"image_url","image_url":{"url":"§url"}}]}`},

	"openai.other, speech": {"/v1/audio/speech", `{"model":"¤","input":"§","instructions":"§","voice":"alloy"}`},

	"openai.other, rerank": {"/v1/rerank", `{"model":"¤","query":"§","documents":["§",{"text":"§","title":"§","extra":"§"}]}`},

	"openai.other, items": {"/v1/conversations/conv_1/items", `{"items":[{"type":"message","role":"user","content":[{"type":"input_text","text":"§"}]},{"type":"function_call_output","call_id":"¤","output":"§"}],"metadata":{"a":"§name"}}`},

	"openai.other, evals": {"/v1/evals", `{"name":"§name","metadata":{"a":"§name"},"data_source":{"type":"completions","input_messages":{"template":[{"role":"user","content":"§"}]}},"testing_criteria":[{"type":"label_model","name":"¤","input":[{"role":"system","content":"§"}],"labels":["§"]}]}`},
}
