package dialect

// What servers that speak OpenAI's dialect call their errors, where OpenAI has a code of its own for it. What
// their status tells as well is left out.

// vendorReasons are names of errors, and where they stand.
var vendorReasons = []Reason{
	{At: "code", Kinds: vendorCodes},
	{At: "type", Kinds: vendorCodes},
	{At: "innererror.code", Kinds: []ErrorKind{
		// https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter
		{Native: "ResponsibleAIPolicyViolation", Code: "content_filter"},
	}},
	// https://openrouter.ai/docs/api/reference/errors-and-debugging#moderation-errors: 403, like a bad key
	{At: "metadata.reasons.*", Kinds: []ErrorKind{{Native: "*", Status: 400, Type: "invalid_request_error", Code: "content_policy_violation"}}},
}

var vendorCodes = []ErrorKind{
	// Zhipu: https://docs.bigmodel.cn/cn/api/api-code. Most come with 400 or 429.
	{Native: "1110", Code: "account_deactivated"},
	{Native: "1111", Code: "account_deactivated"},
	{Native: "1112", Code: "account_deactivated"},
	{Native: "1121", Code: "account_deactivated"},
	{Native: "1113", Code: "insufficient_quota"}, // in arrears
	{Native: "1304", Code: "insufficient_quota"}, // the day's
	{Native: "1308", Code: "insufficient_quota"}, // of some hours
	{Native: "1309", Code: "insufficient_quota"}, // the plan is over
	{Native: "1310", Code: "insufficient_quota"}, // the week's or month's
	{Native: "1211", Code: "model_not_found"},
	{Native: "1221", Code: "model_not_found"},
	{Native: "1222", Code: "model_not_found"},
	{Native: "1311", Code: "model_not_found"}, // not in the plan
	{Native: "1261", Code: "context_length_exceeded"},
	{Native: "1300", Code: "content_policy_violation"},
	{Native: "1301", Code: "content_policy_violation"},
	{Native: "1302", Code: "rate_limit_exceeded"},
	{Native: "1303", Code: "rate_limit_exceeded"},
	{Native: "1305", Code: "rate_limit_exceeded"},
	{Native: "1312", Code: "overloaded"}, // everybody's requests for the model, with 429

	// Qwen: https://help.aliyun.com/en/model-studio/error-code. An account in arrears comes with 400.
	{Native: "data_inspection_failed", Code: "content_policy_violation"},
	{Native: "DataInspectionFailed", Code: "content_policy_violation"},
	{Native: "Arrearage", Status: 402, Type: "billing_error", Code: "insufficient_quota"},

	// Moonshot: https://platform.kimi.com/docs/api/errors. The type tells, there is no code.
	{Native: "content_filter", Code: "content_filter"},
	{Native: "exceeded_current_quota_error", Code: "insufficient_quota"},
	{Native: "rate_limit_reached_error", Code: "rate_limit_exceeded"},
	{Native: "engine_overloaded_error", Code: "overloaded"}, // with 429

	// Volcengine: https://www.volcengine.com/docs/82379/1099476
	{Native: "*SensitiveContentDetected*", Code: "content_policy_violation"},
	{Native: "*RiskDetection", Code: "content_policy_violation"},
	{Native: "AccountOverdueError", Code: "insufficient_quota"},
	{Native: "InvalidEndpoint*", Code: "model_not_found"},
	{Native: "ServerOverloaded", Code: "overloaded"}, // with 429

	// llama.cpp: https://github.com/ggml-org/llama.cpp/pull/15780
	{Native: "exceed_context_size_error", Code: "context_length_exceeded"},

	// Groq: https://console.groq.com/docs/deprecations, with 400
	{Native: "model_decommissioned", Code: "model_not_found"},
}

// vendorPhrases are what errors say whose names tell nothing.
var vendorPhrases = append([]Phrase{
	{Code: "context_length_exceeded", Like: "*maximum context length is*"},                      // vLLM (github.com/vllm-project/vllm/issues/20409), OpenRouter, DeepSeek
	{Code: "context_length_exceeded", Like: "*maximum prompt length is*"},                       // xAI
	{Code: "context_length_exceeded", Like: "*exceeds the context window*"},                     // OpenAI
	{Code: "context_length_exceeded", Like: "*exceeds the available context size*"},             // llama.cpp (github.com/oobabooga/textgen/issues/7257)
	{Code: "context_length_exceeded", Like: "*is greater than the context length*"},             // LM Studio
	{Code: "context_length_exceeded", Like: "*is longer than the model's context length*"},      // SGLang (github.com/QwenLM/Qwen3/issues/1321)
	{Code: "context_length_exceeded", Like: "*exceeded model token limit*"},                     // Moonshot (github.com/MoonshotAI/kimi-cli/issues/2011)
	{Code: "context_length_exceeded", Like: "Input token length too long*"},                     // Moonshot
	{Code: "context_length_exceeded", Like: "*Range of input length should be*"},                // Qwen (github.com/anomalyco/opencode/pull/45834)
	{Code: "context_length_exceeded", Like: "*too large for model with*context length*"},        // Mistral
	{Code: "context_length_exceeded", Like: "*input token count*exceeds the maximum number*"},   // Gemini's OpenAI API
	{Code: "context_length_exceeded", Like: "*prompt is too long: *"},                           // Anthropic's OpenAI API
	{Code: "content_policy_violation", Like: "Invalid prompt: your prompt was flagged*"},        // OpenAI (github.com/alan-turing-institute/t0-1/issues/69)
	{Code: "content_policy_violation", Like: "*DataInspectionFailed*"},                          // Qwen (github.com/QwenLM/qwen-code/issues/3145)
	{Code: "rate_limit_exceeded", Like: "You exceeded your current quota*/model-studio/*"},      // Qwen's limit of tokens per minute, in OpenAI's words for an empty account (github.com/anomalyco/opencode/issues/23722)
	{Code: "unsupported_country_region_territory", Like: "User location is not supported for*"}, // Gemini's OpenAI API
}, anthropicPhrases...)

// anthropicPhrases are what Anthropic says in errors of the type invalid_request_error or rate_limit_error.
var anthropicPhrases = []Phrase{
	{Code: "context_length_exceeded", Like: "input length and `max_tokens` exceed context limit*"}, // github.com/anthropics/claude-code/issues/228
	{Code: "context_length_exceeded", Like: "Extra usage is required for long context requests*"},  // github.com/anthropics/claude-code/issues/29584
	{Code: "content_policy_violation", Like: "Output blocked by content filtering policy*"},        // github.com/anthropics/claude-code/issues/58367
	{Code: "insufficient_quota", Like: "Your credit balance is too low*"},                          // github.com/anthropics/claude-code/issues/4208
	{Code: "insufficient_quota", Like: "You have reached your specified * usage limits*"},          // github.com/anthropics/claude-code/issues/38035
}
