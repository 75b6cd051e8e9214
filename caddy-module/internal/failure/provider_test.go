package failure

import (
	"net/http"
	"testing"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// refusals are errors as providers send them, shortened where the rest repeats itself.
var refusals = []struct {
	name, dialect string
	status        int
	body          string
	want          Class
	code          string        // neutral
	wait          time.Duration // that the body asks for
}{
	// https://platform.openai.com/docs/guides/error-codes
	{"openai, context", "openai.chat", 400, `{"error":{"message":"This model's maximum context length is 4097 tokens. However, your messages resulted in 4111 tokens. Please reduce the length of the messages.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}`,
		ContextLength, "context_length_exceeded", 0},
	{"openai, context of responses", "openai.responses", 400, `{"error":{"message":"Your input exceeds the context window of this model. Please adjust your input and try again.","type":"invalid_request_error","param":"input","code":null}}`,
		ContextLength, "context_length_exceeded", 0},
	{"openai, images policy", "openai.other", 400, `{"error":{"code":"content_policy_violation","message":"Your request was rejected as a result of our safety system.","param":null,"type":"invalid_request_error"}}`,
		ContentPolicy, "content_policy_violation", 0},
	// github.com/alan-turing-institute/t0-1/issues/69
	{"openai, flagged prompt", "openai.chat", 400, `{"error":{"message":"Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt: https://platform.openai.com/docs/guides/reasoning#advice-on-prompting","type":"invalid_request_error","param":null,"code":"invalid_prompt"}}`,
		ContentPolicy, "content_policy_violation", 0},
	{"openai, prompt that is none", "openai.responses", 400, `{"error":{"message":"Invalid prompt: messages must be an array.","type":"invalid_request_error","param":null,"code":"invalid_prompt"}}`,
		BadRequest, "invalid_prompt", 0},
	{"openai, empty account", "openai.chat", 429, `{"error":{"message":"You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}`,
		Credential, "insufficient_quota", 0},
	{"openai, empty account without a code", "openai.chat", 429, `{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":null}}`,
		Credential, "", 0},
	{"openai, project's limit", "openai.chat", 429, `{"error":{"message":"Your project has reached its spend limit.","type":"insufficient_quota","param":null,"code":"project_spend_limit_exceeded"}}`,
		Credential, "project_spend_limit_exceeded", 0},
	{"openai, tokens per minute", "openai.chat", 429, `{"error":{"message":"Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 28601, Requested 2000. Please try again in 1.2s.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}`,
		RateLimit, "rate_limit_exceeded", 0},
	{"openai, slow down", "openai.chat", 429, `{"error":{"message":"Slow down.","type":"rate_limit_error","param":null,"code":"slow_down"}}`,
		RateLimit, "slow_down", 0},
	{"openai, model", "openai.chat", 404, `{"error":{"message":"The model ` + "`gpt-9`" + ` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}}`,
		ModelNotFound, "model_not_found", 0},
	{"openai, key", "openai.chat", 401, `{"error":{"message":"Incorrect API key provided.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`,
		Credential, "invalid_api_key", 0},
	{"openai, country", "openai.chat", 403, `{"error":{"code":"unsupported_country_region_territory","message":"Country, region, or territory not supported","param":null,"type":"request_forbidden"}}`,
		Credential, "unsupported_country_region_territory", 0},
	{"openai, overloaded", "openai.chat", 503, `{"error":{"message":"The engine is currently overloaded, please try again later.","type":"service_unavailable_error","param":null,"code":"server_is_overloaded"}}`,
		Overload, "server_is_overloaded", 0},
	{"openai, trouble", "openai.chat", 500, `{"error":{"message":"The server had an error while processing your request. Sorry about that!","type":"server_error","param":null,"code":null}}`,
		ServerError, "", 0},
	{"openai, wrong request", "openai.chat", 400, `{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}`,
		BadRequest, "unsupported_parameter", 0},

	// github.com/openai/openai-dotnet/issues/55
	{"azure, filter", "openai.chat", 400, `{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"sexual":{"filtered":true,"severity":"high"}}}}}`,
		ContentPolicy, "content_filter", 0},
	{"azure, filter by the inner error", "openai.chat", 400, `{"error":{"message":"The prompt was filtered.","type":null,"param":"prompt","code":"BadRequest","innererror":{"code":"ResponsibleAIPolicyViolation"}}}`,
		ContentPolicy, "content_filter", 0},
	// github.com/jasonacox/TinyLLM/issues/17
	{"azure, tokens per minute", "openai.chat", 429, `{"error":{"code":"429","message":"Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2023-05-15 have exceeded token rate limit of your current AIServices S0 pricing tier. Please retry after 26 seconds."}}`,
		RateLimit, "429", 0},
	{"azure, API management", "openai.chat", 429, `{"statusCode":429,"message":"Rate limit is exceeded. Try again in 2 seconds."}`,
		RateLimit, "", 0},
	// github.com/chatboxai/chatbox/issues/861
	{"azure, deployment", "openai.chat", 404, `{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}`,
		ModelNotFound, "DeploymentNotFound", 0},

	// https://docs.anthropic.com/en/api/errors
	{"anthropic, overloaded", "anthropic.messages", 529, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}`,
		Overload, "overloaded", 0},
	{"anthropic, context", "anthropic.messages", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 208310 tokens > 200000 maximum"}}`,
		ContextLength, "context_length_exceeded", 0},
	// github.com/docker/docker-agent/issues/569
	{"anthropic, context with max_tokens", "anthropic.messages", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"input length and ` + "`max_tokens`" + ` exceed context limit: 178959 + 64000 > 200000, decrease input length or ` + "`max_tokens`" + ` and try again"}}`,
		ContextLength, "context_length_exceeded", 0},
	{"anthropic, context that costs extra", "anthropic.messages", 429, `{"type":"error","error":{"type":"rate_limit_error","message":"Extra usage is required for long context requests."}}`,
		ContextLength, "context_length_exceeded", 0},
	{"anthropic, too large", "anthropic.messages", 413, `{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}`,
		ContextLength, "request_too_large", 0},
	// github.com/anthropics/claude-code/issues/66314
	{"anthropic, empty account", "anthropic.messages", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."}}`,
		Credential, "insufficient_quota", 0},
	{"anthropic, billing", "anthropic.messages", 402, `{"type":"error","error":{"type":"billing_error","message":"There is an issue with your billing or payment information."}}`,
		Credential, "", 0},
	{"anthropic, own limit", "anthropic.messages", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"You have reached your specified API usage limits. You will regain access on 2026-04-01 at 00:00 UTC."}}`,
		Credential, "insufficient_quota", 0},
	{"anthropic, workspace's limit", "anthropic.messages", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"You have reached your specified workspace API usage limits. You will regain access on 2026-04-01 at 00:00 UTC."}}`,
		Credential, "insufficient_quota", 0},
	{"anthropic, tier's limit", "anthropic.messages", 429, `{"type":"error","error":{"details":{"error_code":"enforced_spend_limit_reached"},"type":"rate_limit_error","message":"Your organization has reached its monthly limit."}}`,
		Credential, "insufficient_quota", 0},
	{"anthropic, rate", "anthropic.messages", 429, `{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your account's rate limit. Please try again later."}}`,
		RateLimit, "rate_limit_exceeded", 0},
	// github.com/anthropics/claude-code/issues/58367
	{"anthropic, policy", "anthropic.messages", 400, `{"type":"error","error":{"details":null,"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}`,
		ContentPolicy, "content_policy_violation", 0},
	{"anthropic, model", "anthropic.messages", 404, `{"type":"error","error":{"type":"not_found_error","message":"model: claude-9"}}`,
		ModelNotFound, "model_not_found", 0},
	{"anthropic, key", "anthropic.messages", 401, `{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}`,
		Credential, "", 0},
	{"anthropic, wrong request", "anthropic.messages", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: Field required"}}`,
		BadRequest, "", 0},

	// github.com/google-gemini/gemini-cli/issues/4231, 19727
	{"gemini, context", "gemini.generate", 400, `{"error":{"code":400,"message":"The input token count (3475108) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}`,
		ContextLength, "context_length_exceeded", 0},
	{"vertex, context", "gemini.generate", 400, `[{"error":{"code":400,"message":"Unable to submit request because the input token count is 1251952 but model only supports up to 1048576. Reduce the input token count and try again.","status":"INVALID_ARGUMENT"}}]`,
		ContextLength, "context_length_exceeded", 0},
	// github.com/google-gemini/gemini-cli/issues/8437; dev.to/nils44344: the delay of a day's quota is the time until it starts anew
	{"gemini, the minute's quota", "gemini.generate", 429, `{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_requests","quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier","quotaValue":"5"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"45.25s"}]}}`,
		RateLimit, "rate_limit_exceeded", 45250 * time.Millisecond},
	{"gemini, the day's quota", "gemini.generate", 429, `{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateContentInputTokensPerModelPerMinute-FreeTier"},{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"35640s"}]}}`,
		Credential, "insufficient_quota", 35640 * time.Second},
	{"vertex, shared quota", "gemini.generate", 429, `[{"error":{"code":429,"message":"Resource exhausted. Please try again later.","errors":[{"domain":"global","reason":"rateLimitExceeded"}],"status":"RESOURCE_EXHAUSTED"}}]`,
		RateLimit, "rate_limit_exceeded", 0},
	{"gemini, empty account", "gemini.generate", 402, `{"error":{"code":402,"message":"Your prepayment credits are depleted.","status":"RESOURCE_EXHAUSTED"}}`,
		Credential, "insufficient_quota", 0},
	{"gemini, overloaded", "gemini.generate", 503, `{"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}`,
		Overload, "overloaded", 0},
	{"gemini, deadline", "gemini.generate", 504, `{"error":{"code":504,"message":"Deadline expired before operation could complete.","status":"DEADLINE_EXCEEDED"}}`,
		Timeout, "timeout", 0},
	{"gemini, trouble", "gemini.generate", 500, `{"error":{"code":500,"message":"An internal error has occurred.","status":"INTERNAL"}}`,
		ServerError, "", 0},
	{"gemini, key", "gemini.generate", 400, `{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}]}}`,
		Credential, "invalid_api_key", 0},
	{"gemini, country", "gemini.generate", 400, `{"error":{"code":400,"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}}`,
		Credential, "unsupported_country_region_territory", 0},
	{"gemini, model", "gemini.generate", 404, `{"error":{"code":404,"message":"models/gemini-9 is not found for API version v1beta","status":"NOT_FOUND"}}`,
		ModelNotFound, "model_not_found", 0},
	{"gemini behind openai, context", "openai.chat", 400, `[{"error":{"code":400,"message":"The input token count (3475108) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}]`,
		ContextLength, "context_length_exceeded", 0},

	// github.com/ollama/ollama docs/api/errors.mdx, server/sched.go
	{"ollama, model", "ollama.chat", 404, `{"error":"model \"llama9\" not found, try pulling it first"}`, ModelNotFound, "", 0},
	{"ollama, busy", "ollama.chat", 503, `{"error":"server busy, please try again.  maximum pending requests exceeded"}`, Overload, "", 0},
	{"ollama, context", "ollama.embed", 400, `{"error":"the input length exceeds the context length"}`, ContextLength, "context_length_exceeded", 0},
	{"ollama, memory", "ollama.chat", 500, `{"error":"model requires more system memory (9.1 GiB) than is available (7.2 GiB)"}`, ServerError, "", 0},

	// https://api-docs.deepseek.com/quick_start/error_codes
	{"deepseek, empty account", "openai.chat", 402, `{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}`, Credential, "invalid_request_error", 0},
	{"deepseek, overloaded", "openai.chat", 503, `{"error":{"message":"Service is too busy. We advise users to temporarily switch to alternative LLM API service providers.","type":"service_unavailable_error","param":null,"code":"service_unavailable_error"}}`, Overload, "service_unavailable_error", 0},
	{"deepseek, context", "openai.chat", 400, `{"error":{"message":"This model's maximum context length is 65536 tokens. However, you requested 70000 tokens.","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}`, ContextLength, "context_length_exceeded", 0},

	// https://help.aliyun.com/en/model-studio/error-code; github.com/QwenLM/qwen-code/issues/3145, github.com/anomalyco/opencode/issues/23722
	{"qwen, inspection", "openai.chat", 400, `{"error":{"code":"data_inspection_failed","param":null,"message":"Input data may contain inappropriate content.","type":"data_inspection_failed"}}`, ContentPolicy, "content_policy_violation", 0},
	{"qwen, inspection in words", "openai.chat", 400, `{"error":{"code":"invalid_parameter_error","param":null,"message":"<400> InternalError.Algo.DataInspectionFailed: Input text data may contain inappropriate content.","type":"invalid_request_error"}}`, ContentPolicy, "content_policy_violation", 0},
	{"qwen, inspection by the native API", "openai.chat", 400, `{"code":"DataInspectionFailed","message":"Input data may contain inappropriate content.","request_id":"1"}`, ContentPolicy, "content_policy_violation", 0},
	{"qwen, arrears", "openai.chat", 400, `{"error":{"code":"Arrearage","param":null,"message":"Access denied, please make sure your account is in good standing.","type":"Arrearage"}}`, Credential, "insufficient_quota", 0},
	{"qwen, tokens per minute", "openai.chat", 429, `{"error":{"message":"You exceeded your current quota, please check your plan and billing details. For details, see: https://help.aliyun.com/zh/model-studio/error-code#token-limit","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}`, RateLimit, "rate_limit_exceeded", 0},
	{"qwen, context", "openai.chat", 400, `{"error":{"code":"invalid_parameter_error","param":null,"message":"<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 98304]","type":"invalid_request_error"}}`, ContextLength, "context_length_exceeded", 0},

	// https://docs.bigmodel.cn/cn/api/api-code; github.com/esengine/DeepSeek-Reasonix/issues/6858
	{"zhipu, sensitive", "openai.chat", 400, `{"contentFilter":[{"level":1,"role":"user"}],"error":{"code":"1301","message":"系统检测到输入或生成内容可能包含不安全或敏感内容"}}`, ContentPolicy, "content_policy_violation", 0},
	{"zhipu, concurrency", "openai.chat", 429, `{"error":{"code":"1302","message":"您当前使用该API的并发数过高，请降低并发，或联系客服增加限额。"}}`, RateLimit, "rate_limit_exceeded", 0},
	{"zhipu, arrears", "openai.chat", 429, `{"error":{"code":"1113","message":"您的账户已欠费，请充值后重试。"}}`, Credential, "insufficient_quota", 0},
	{"zhipu, crowded", "openai.chat", 429, `{"error":{"code":"1312","message":"该模型当前访问量过大，请您稍后再试"}}`, Overload, "overloaded", 0},
	{"zhipu, context", "openai.chat", 400, `{"error":{"code":"1261","message":"Prompt exceeds max length"}}`, ContextLength, "context_length_exceeded", 0},
	{"zhipu, parameter", "openai.chat", 400, `{"error":{"code":"1214","message":"messages 参数非法。请检查文档。"}}`, BadRequest, "1214", 0},
	{"zhipu by the anthropic API, model", "anthropic.messages", 400, `{"type":"error","error":{"type":"invalid_request_error","code":"1211","message":"[1211][模型不存在，请检查模型代码。]"},"request_id":"1"}`, ModelNotFound, "model_not_found", 0},

	// https://platform.kimi.com/docs/api/errors; github.com/MoonshotAI/Kimi-K2/issues/5, github.com/MoonshotAI/kimi-cli/issues/2011
	{"moonshot, policy", "openai.chat", 400, `{"error":{"type":"content_filter","message":"The request was rejected because it was considered high risk"}}`, ContentPolicy, "content_filter", 0},
	{"moonshot, context", "openai.chat", 400, `{"error":{"message":"Invalid request: Your request exceeded model token limit: 262144 (requested: 269030)","type":"invalid_request_error"}}`, ContextLength, "context_length_exceeded", 0},
	{"moonshot, empty account", "openai.chat", 429, `{"error":{"message":"You exceeded your current quota, please check your plan and billing details","type":"exceeded_current_quota_error"}}`, Credential, "insufficient_quota", 0},
	{"moonshot, overloaded", "openai.chat", 429, `{"error":{"message":"The engine is currently overloaded, please try again later","type":"engine_overloaded_error"}}`, Overload, "overloaded", 0},
	{"moonshot, rate", "openai.chat", 429, `{"error":{"message":"Your account request reached max request: 3, please try again after 1 seconds","type":"rate_limit_reached_error"}}`, RateLimit, "rate_limit_exceeded", 0},

	// https://www.volcengine.com/docs/82379/1099476
	{"volcengine, sensitive", "openai.chat", 400, `{"error":{"code":"InputTextSensitiveContentDetected","message":"The request failed because the input text may contain sensitive information.","param":"","type":"BadRequest"}}`, ContentPolicy, "content_policy_violation", 0},
	{"volcengine, risk", "openai.chat", 400, `{"error":{"code":"OutputTextRiskDetection","message":"The request could not be processed.","param":"","type":"BadRequest"}}`, ContentPolicy, "content_policy_violation", 0},
	{"volcengine, arrears", "openai.chat", 403, `{"error":{"code":"AccountOverdueError","message":"The request failed because your account has an overdue balance.","param":"","type":"Forbidden"}}`, Credential, "insufficient_quota", 0},
	{"volcengine, closed", "openai.chat", 400, `{"error":{"code":"InvalidEndpoint.ClosedEndpoint","message":"The request targeted an endpoint that is currently closed or temporarily unavailable.","param":"","type":"BadRequest"}}`, ModelNotFound, "model_not_found", 0},
	{"volcengine, overloaded", "openai.chat", 429, `{"error":{"code":"ServerOverloaded","message":"The service is currently unable to handle additional requests due to server overload.","param":"","type":"TooManyRequests"}}`, Overload, "overloaded", 0},

	// github.com/vllm-project/vllm/issues/20409; github.com/ogx-ai/ogx/issues/4534
	{"vllm, context", "openai.chat", 400, `{"object":"error","message":"This model's maximum context length is 6048 tokens. However, you requested 6616 tokens (568 in the messages, 6048 in the completion). Please reduce the length of the messages or completion.","type":"BadRequestError","param":null,"code":400}`, ContextLength, "context_length_exceeded", 0},
	{"vllm, model", "openai.chat", 404, `{"error":{"message":"The model ` + "`x`" + ` does not exist.","type":"NotFoundError","param":"model","code":404}}`, ModelNotFound, "", 0},
	// github.com/QwenLM/Qwen3/issues/1321
	{"sglang, context", "openai.chat", 400, `{"object":"error","message":"The input (61709 tokens) is longer than the model's context length (40960 tokens).","type":"BadRequestError","param":null,"code":400}`, ContextLength, "context_length_exceeded", 0},
	// github.com/oobabooga/textgen/issues/7257; github.com/ggml-org/llama.cpp/pull/15780
	{"llama.cpp, context", "openai.chat", 400, `{"error":{"code":400,"message":"the request exceeds the available context size. try increasing the context size or enable context shift","type":"exceed_context_size_error","n_prompt_tokens":14429,"n_ctx":8192}}`, ContextLength, "context_length_exceeded", 0},
	{"llama.cpp, loading", "openai.chat", 503, `{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}`, Overload, "", 0},

	// https://openrouter.ai/docs/api/reference/errors-and-debugging; github.com/cline/cline/issues/13194
	{"openrouter, credits", "openai.chat", 402, `{"error":{"message":"Insufficient credits. Add more using https://openrouter.ai/settings/credits","code":402}}`, Credential, "", 0},
	{"openrouter, moderation", "openai.chat", 403, `{"error":{"code":403,"message":"The model requires moderation and your input was flagged","metadata":{"reasons":["violence"],"flagged_input":"…","provider_name":"OpenAI","model_slug":"openai/gpt-5"}}}`, ContentPolicy, "content_policy_violation", 0},
	{"openrouter, forbidden", "openai.chat", 403, `{"error":{"code":403,"message":"This key may not use the model"}}`, Credential, "", 0},
	{"openrouter, context", "openai.chat", 400, `{"error":{"message":"This endpoint's maximum context length is 131072 tokens. However, you requested about 140000 tokens.","code":400,"metadata":{"provider_name":null}}}`, ContextLength, "context_length_exceeded", 0},
	{"openrouter, context at the provider", "openai.chat", 400, `{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"This model's maximum context length is 262144 tokens. However, your messages resulted in 262897 tokens.\",\"code\":400}}","provider_name":"Nvidia"}}}`, ContextLength, "context_length_exceeded", 0},
	{"openrouter, provider", "openai.chat", 502, `{"error":{"message":"Provider returned error","code":502,"metadata":{"provider_name":"x"}}}`, ServerError, "", 0},
	{"openrouter, nobody", "openai.chat", 503, `{"error":{"message":"No instances available","code":503}}`, Overload, "overloaded", 0},

	{"mistral, context", "openai.chat", 400, `{"object":"error","message":"Prompt contains 40053 tokens and 0 draft tokens, too large for model with 32768 maximum context length","type":"invalid_request_prompt","param":null,"code":"3051"}`, ContextLength, "context_length_exceeded", 0},
	{"xai, context", "openai.chat", 400, `{"code":"Client specified an invalid argument","error":"This model's maximum prompt length is 131072 but the request contains 537812 tokens."}`, ContextLength, "context_length_exceeded", 0},
	{"lm studio, context", "openai.chat", 400, `{"error":"The number of tokens to keep from the initial prompt is greater than the context length."}`, ContextLength, "context_length_exceeded", 0},
	{"groq, tokens per minute below the request", "openai.chat", 413, `{"error":{"message":"Request too large for model ` + "`x`" + ` on tokens per minute (TPM): Limit 6000, Requested 7000","type":"tokens","code":"rate_limit_exceeded"}}`, ContextLength, "rate_limit_exceeded", 0},
	{"groq, retired model", "openai.chat", 400, `{"error":{"message":"The model ` + "`x`" + ` has been decommissioned and is no longer supported.","type":"invalid_request_error","code":"model_decommissioned"}}`, ModelNotFound, "model_not_found", 0},

	{"html", "openai.chat", 404, `<html><title>404</title></html>`, ServerError, "", 0},
	{"front's 429", "anthropic.messages", 429, `<html><title>429</title></html>`, RateLimit, "rate_limit_exceeded", 0},
	{"front's 503", "gemini.generate", 503, ``, Overload, "", 0},
	{"words of a prompt", "openai.chat", 400, `{"error":{"message":"Invalid value: 'invalid_api_key insufficient_quota 1301'","type":"invalid_request_error","code":"invalid_value"}}`, BadRequest, "invalid_value", 0},
}

func TestProvidersErrors(t *testing.T) {
	for _, tt := range refusals {
		t.Run(tt.name, func(t *testing.T) {
			d, ok := dialect.Get(tt.dialect)
			if !ok {
				t.Fatalf("no dialect %s", tt.dialect)
			}
			e := d.ParseError(tt.status, http.Header{}, []byte(tt.body))
			if got := Of(e, true); got != tt.want || e.Code != tt.code || e.RetryAfter != tt.wait {
				t.Errorf("class %s, code %q, wait %v; want %s, %q, %v", got, e.Code, e.RetryAfter, tt.want, tt.code, tt.wait)
			}
		})
	}
}

// TestErrorsOfStreams are errors in the first event of a stream that began with 200.
func TestErrorsOfStreams(t *testing.T) {
	for _, tt := range []struct {
		name, dialect, event string
		want                 Class
	}{
		{"openai", "openai.chat", `{"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}}`, ServerError},
		{"openai, context", "openai.responses", `{"type":"error","sequence_number":2,"error":{"type":"invalid_request_error","code":"context_length_exceeded","message":"long","param":"input"}}`, ContextLength},
		{"responses, failed", "openai.responses", `{"type":"response.failed","response":{"status":"failed","error":{"code":"rate_limit_exceeded","message":"m"}}}`, RateLimit},
		{"openrouter", "openai.chat", `{"id":"x","error":{"code":429,"message":"slow"},"choices":[{"finish_reason":"error"}]}`, RateLimit},
		{"anthropic", "anthropic.messages", `{"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"}}`, Overload},
		{"anthropic, policy", "anthropic.messages", `{"type":"error","error":{"details":null,"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}`, ContentPolicy},
		{"gemini", "gemini.generate", `{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}`, Overload},
		{"ollama", "ollama.chat", `{"error":"an error was encountered while running the model"}`, ServerError},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var a document.Arena
			d, _ := dialect.Get(tt.dialect)
			root, err := a.Parse([]byte(tt.event))
			if err != nil {
				t.Fatal(err)
			}
			if got := Of(d.EventError(&a, root), true); got != tt.want {
				t.Errorf("class %s, want %s", got, tt.want)
			}
		})
	}
}
