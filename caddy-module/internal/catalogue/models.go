package catalogue

// Lists that many rows share.
var (
	words        = []Modality{Text}
	sight        = []Modality{Text, Image}
	documents    = []Modality{Text, Image, PDF}
	everything   = []Modality{Text, Image, Audio, PDF, Video}
	threeLevels  = []string{"low", "medium", "high"}
	fiveLevels   = []string{"none", "low", "medium", "high", "xhigh"}
	claudeLevels = []string{"low", "medium", "high", "xhigh", "max"}
	claudeFirst  = []string{"low", "medium", "high", "max"} // 4.6: xhigh is high
	geminiLevels = []string{"minimal", "low", "medium", "high"}
)

// Where figures and days are from.
const (
	ofAnthropic   = "platform.claude.com/docs/models/overview"
	ofClaude      = "@anthropic-ai/sdk 1.10.0 (2026-11)"
	ofRetirement  = "platform.claude.com/docs/en/release-notes/overview"
	ofSonnet45    = "platform.claude.com/docs/models/sonnet-4-5/overview"
	ofGemini20    = "ai.google.dev/gemini-api/docs/models/gemini-2.0-flash"
	ofGemini25    = "ai.google.dev/gemini-api/docs/generate-content (2026-09); limits: docs.uipath.com supported-models-and-limits"
	ofGemini3     = "docs.cloud.google.com/gemini-enterprise-agent-platform/models/gemini/3-flash"
	ofGemini38    = "ai.google.dev/gemini-api/docs/models/gemini-3.8-flash"
	ofLatest      = "ai.google.dev/gemini-api/docs/generate-content/latest-model (2026-09)"
	ofEmbedding   = "developers.googleblog.com/en/gemini-embedding-available-gemini-api"
	ofGemma       = "huggingface.co/blog/gemma3"
	ofDeprecation = "developers.openai.com/api/docs/deprecations, as of 2026-10"
	ofGPT4        = "docs.rs/matrixcode-core models, openai.com/index/new-models-and-developer-products-announced-at-devday; " + ofDeprecation
	ofGPT41       = "vercel.com/ai-gateway/models, after platform.openai.com/docs/models; " + ofDeprecation
	ofGPT4o       = "docs.uipath.com supported-models-and-limits; " + ofDeprecation
	ofGPT5        = "docs.uipath.com supported-models-and-limits; " + ofDeprecation
	ofGPT54       = "developer.box.com openai-gpt-5-4-model-card, wavespeed.ai/llm/openai/gpt-5.4"
	ofGPT55       = "docs.oxen.ai gpt-5-5-2026-04-23, github.com/RooCodeInc/Roo-Code/pull/12170"
	ofOSeries     = "github.com/RooCodeInc/Roo-Code/pull/2691, vercel.com/ai-gateway/models, after platform.openai.com/docs/models; " + ofDeprecation
	ofGPTOSS      = "developers.openai.com/api/docs/models/gpt-oss-20b"
	ofVectors     = "developers.llamaindex.ai all_openai_embedding_models"
	ofDeepSeek    = "openrouter.ai/deepseek/deepseek-v4-flash, docs.apiyi.com deepseek-v4-flash"
	ofSunset      = "github.com/arikusi/deepseek-mcp-server v2.0.0"
	ofVolcengine  = "docs.openclaw.ai/providers/volcengine"
	ofDoubao      = "volcengine.com/docs/82379/1330310, in @lobehub/chat 1.94.11"
	ofQwen        = "vercel.com/ai-gateway/models"
	ofKimi        = "docs.openclaw.ai/providers/moonshot, promptfoo.dev/docs/providers/moonshot"
	ofGLM         = "openrouter.ai/~z-ai/glm-latest, wavespeed.ai/llm/z-ai"
	ofGLM46       = "inference.readthedocs.io glm-4.6"
	ofGLM51       = "github.com/BlockRunAI/ClawRouter v0.12.211"
	ofLlama       = "docs.cloud.google.com/vertex-ai partner-models/llama"
	ofLlama4      = "huggingface.co/blog/llama4-release"
	ofMistral     = "ollama.com/library/mistral-large"
	ofGrok        = "wavespeed.ai/llm/x-ai, openrouter.ai/x-ai"
)

// models is the table, a row a family, sorted by prefix.
var models = []Model{
	{Prefix: "chatgpt-", Owner: "openai", Kind: Chat},

	// Anthropic. Before 4.6 thinking has a budget; then it is adaptive, with an effort. From Opus 4.7 on
	// sampling parameters are refused. A name that is not listed is taken for the newest.
	{Prefix: "claude-", Owner: "anthropic", Kind: Chat, MaxOutput: 128_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: No, Thinking: Leveled, Levels: claudeLevels, Source: ofClaude},
	{Prefix: "claude-2", Owner: "anthropic", Kind: Chat, Input: words, Thinking: Never, Sampling: Yes},
	{Prefix: "claude-3", Owner: "anthropic", Kind: Chat, Input: sight, Tools: Yes, Structured: No, Sampling: Yes, Prefill: Yes, Thinking: Never},
	{Prefix: "claude-3-7-sonnet", Owner: "anthropic", Kind: Chat, Context: 200_000, MaxOutput: 64_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: No, Sampling: Yes, Prefill: Yes, Thinking: Budget, Source: "docs.rs/mixtape-core models/claude.rs"},
	{Prefix: "claude-fable-5", Owner: "anthropic", Kind: Chat, Context: 1_000_000, MaxOutput: 128_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: No, Thinking: Always, Levels: claudeLevels, Source: ofAnthropic},
	{Prefix: "claude-haiku-4-5", Owner: "anthropic", Kind: Chat, Context: 200_000, MaxOutput: 64_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: Yes, Thinking: Budget, Source: ofAnthropic},
	{Prefix: "claude-opus-4", Owner: "anthropic", Kind: Chat, Context: 200_000, MaxOutput: 32_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: No, Sampling: Yes, Prefill: Yes, Thinking: Budget, Shutdown: "2026-06-15", Source: ofRetirement},
	{Prefix: "claude-opus-4-1", Owner: "anthropic", Kind: Chat, Context: 200_000, MaxOutput: 32_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: Yes, Prefill: Yes, Thinking: Budget, Source: "docs.rs/mixtape-core models/claude.rs"},
	{Prefix: "claude-opus-4-5", Owner: "anthropic", Kind: Chat, MaxOutput: 64_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: Yes, Thinking: Budget, Source: ofClaude},
	{Prefix: "claude-opus-4-6", Owner: "anthropic", Kind: Chat, Context: 1_000_000, MaxOutput: 128_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: Yes, Thinking: Leveled, Levels: claudeFirst, Source: "platform.claude.com/docs/en/models/opus-4-6/overview"},
	{Prefix: "claude-opus-4-7", Owner: "anthropic", Kind: Chat, MaxOutput: 128_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: No, Thinking: Leveled, Levels: claudeLevels, Source: ofClaude},
	{Prefix: "claude-opus-4-8", Owner: "anthropic", Kind: Chat, MaxOutput: 128_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: No, Thinking: Leveled, Levels: claudeLevels, Source: ofClaude},
	{Prefix: "claude-opus-5", Owner: "anthropic", Kind: Chat, Context: 1_000_000, MaxOutput: 128_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: No, Thinking: Leveled, Levels: claudeLevels, Source: ofAnthropic},
	{Prefix: "claude-sonnet-4", Owner: "anthropic", Kind: Chat, Context: 200_000, MaxOutput: 64_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: No, Sampling: Yes, Prefill: Yes, Thinking: Budget, Shutdown: "2026-06-15", Source: ofRetirement},
	{Prefix: "claude-sonnet-4-5", Owner: "anthropic", Kind: Chat, Context: 200_000, MaxOutput: 64_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: Yes, Thinking: Budget, Shutdown: "2026-11-30", Source: ofSonnet45},
	{Prefix: "claude-sonnet-4-6", Owner: "anthropic", Kind: Chat, Context: 1_000_000, MaxOutput: 128_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: Yes, Thinking: Leveled, Levels: claudeFirst, Source: "platform.claude.com/docs/models/sonnet-4-6/overview"},
	{Prefix: "claude-sonnet-5", Owner: "anthropic", Kind: Chat, Context: 1_000_000, MaxOutput: 128_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: No, Thinking: Leveled, Levels: claudeLevels, Source: ofAnthropic},

	{Prefix: "codestral", Owner: "mistral", Kind: Chat, Input: words},

	{Prefix: "deepseek", Owner: "deepseek", Kind: Chat},
	{Prefix: "deepseek-chat", Owner: "deepseek", Kind: Chat, Input: words, Tools: Yes, Thinking: Never, Shutdown: "2026-07-24", Source: ofSunset},
	{Prefix: "deepseek-r1", Owner: "deepseek", Kind: Chat, Input: words, Thinking: Always},
	{Prefix: "deepseek-reasoner", Owner: "deepseek", Kind: Chat, Input: words, Thinking: Always, Shutdown: "2026-07-24", Source: ofSunset},
	{Prefix: "deepseek-v3", Owner: "deepseek", Kind: Chat, Input: words, Tools: Yes},
	{Prefix: "deepseek-v3-2", Owner: "deepseek", Kind: Chat, Context: 128_000, Tools: Yes, Source: ofVolcengine},
	{Prefix: "deepseek-v3.2", Owner: "deepseek", Kind: Chat, Context: 128_000, Tools: Yes, Source: ofVolcengine},
	{Prefix: "deepseek-v4", Owner: "deepseek", Kind: Chat, Context: 1_048_576, MaxOutput: 393_216, Input: words, Tools: Yes, Structured: No, Thinking: Leveled, Source: ofDeepSeek},
	{Prefix: "deepseek-v4.1", Owner: "deepseek", Kind: Chat, Context: 1_048_576, Tools: Yes, Thinking: Leveled, Source: "docs.sarvam.ai deepseek-v4.1-flash"},

	{Prefix: "doubao", Owner: "bytedance", Kind: Chat},
	{Prefix: "doubao-embedding", Owner: "bytedance", Kind: Embedding},
	{Prefix: "doubao-seed-1-6", Owner: "bytedance", Kind: Chat, Context: 256_000, MaxOutput: 16_000, Input: sight, Tools: Yes, Source: ofDoubao},
	{Prefix: "doubao-seed-1-8", Owner: "bytedance", Kind: Chat, Context: 256_000, Input: sight, Source: ofVolcengine},
	{Prefix: "doubao-seed-1.6", Owner: "bytedance", Kind: Chat, Context: 256_000, MaxOutput: 16_000, Input: sight, Tools: Yes, Source: ofDoubao},
	{Prefix: "doubao-seed-code", Owner: "bytedance", Kind: Chat, Context: 256_000, Source: ofVolcengine},

	// Google. Models from 2.5 on think; from 3 on they cannot be kept from it. A gemini that is not listed
	// is taken for the newest.
	{Prefix: "gemini-", Owner: "google", Kind: Chat, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: No, Prefill: No, Thinking: Always, Levels: threeLevels, Source: ofLatest},
	{Prefix: "gemini-1.5", Owner: "google", Kind: Chat, Sampling: Yes, Thinking: Never},
	{Prefix: "gemini-2.0", Owner: "google", Kind: Chat, Context: 1_048_576, MaxOutput: 8_192, Input: everything, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: Yes, Prefill: Yes, Thinking: Never, Source: ofGemini20},
	{Prefix: "gemini-2.5-flash", Owner: "google", Kind: Chat, Context: 1_048_576, MaxOutput: 65_535, Input: everything, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: Yes, Prefill: Yes, Thinking: Budget, Source: ofGemini25},
	{Prefix: "gemini-2.5-flash-image", Owner: "google", Kind: Chat, Input: sight, Sampling: Yes, Prefill: Yes, Thinking: Never},
	{Prefix: "gemini-2.5-pro", Owner: "google", Kind: Chat, Context: 1_048_576, MaxOutput: 65_535, Input: everything, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: Yes, Prefill: Yes, Thinking: Budget, Source: ofGemini25},
	{Prefix: "gemini-3", Owner: "google", Kind: Chat, Context: 1_048_576, MaxOutput: 65_536, Input: everything, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: Yes, Prefill: Yes, Thinking: Always, Levels: geminiLevels, Source: ofGemini3},
	{Prefix: "gemini-3-pro", Owner: "google", Kind: Chat, Input: everything, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: Yes, Prefill: Yes, Thinking: Always, Levels: []string{"low", "high"}},
	{Prefix: "gemini-3-pro-image", Owner: "google", Kind: Chat, Input: sight},
	{Prefix: "gemini-3.1-flash-image", Owner: "google", Kind: Chat, Input: sight},
	{Prefix: "gemini-3.1-flash-lite-image", Owner: "google", Kind: Chat, Input: sight},
	{Prefix: "gemini-3.1-pro", Owner: "google", Kind: Chat, Input: everything, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: Yes, Prefill: Yes, Thinking: Always, Levels: threeLevels},
	{Prefix: "gemini-3.5-flash-lite", Owner: "google", Kind: Chat, Input: everything, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: No, Prefill: No, Thinking: Always, Levels: geminiLevels, Source: ofLatest},
	{Prefix: "gemini-3.6", Owner: "google", Kind: Chat, Input: everything, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: No, Prefill: No, Thinking: Always, Levels: geminiLevels, Source: ofLatest},
	{Prefix: "gemini-3.7", Owner: "google", Kind: Chat, Input: everything, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: No, Prefill: No, Thinking: Always, Levels: threeLevels, Source: ofLatest},
	{Prefix: "gemini-3.8", Owner: "google", Kind: Chat, Input: everything, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: No, Prefill: No, Thinking: Always, Levels: threeLevels, Source: ofLatest},
	{Prefix: "gemini-3.8-flash", Owner: "google", Kind: Chat, Context: 1_048_576, MaxOutput: 65_536, Input: everything, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: No, Prefill: No, Thinking: Always, Levels: threeLevels, Source: ofGemini38},
	{Prefix: "gemini-embedding", Owner: "google", Kind: Embedding},
	{Prefix: "gemini-embedding-001", Owner: "google", Kind: Embedding, Context: 2_048, Dimensions: 3_072, Input: words, Source: ofEmbedding},
	{Prefix: "gemma", Owner: "google", Kind: Chat, Sampling: Yes, Prefill: Yes},
	{Prefix: "gemma-3", Owner: "google", Kind: Chat, Context: 128_000, Input: sight, Sampling: Yes, Prefill: Yes, Thinking: Never, Source: ofGemma},
	{Prefix: "gemma-3-1b", Owner: "google", Kind: Chat, Context: 32_000, Input: words, Sampling: Yes, Prefill: Yes, Thinking: Never, Source: ofGemma},
	{Prefix: "gemma-3n", Owner: "google", Kind: Chat, Sampling: Yes, Prefill: Yes, Thinking: Never},
	{Prefix: "gemma3", Owner: "google", Kind: Chat, Context: 128_000, Input: sight, Sampling: Yes, Prefill: Yes, Thinking: Never, Source: ofGemma},
	{Prefix: "gemma3:1b", Owner: "google", Kind: Chat, Context: 32_000, Input: words, Sampling: Yes, Prefill: Yes, Thinking: Never, Source: ofGemma},
	{Prefix: "gemma3n", Owner: "google", Kind: Chat, Sampling: Yes, Prefill: Yes, Thinking: Never},

	{Prefix: "glm", Owner: "zhipu", Kind: Chat},
	{Prefix: "glm-4.5", Owner: "zhipu", Kind: Chat, Context: 128_000, Tools: Yes, Source: ofGLM46},
	{Prefix: "glm-4.6", Owner: "zhipu", Kind: Chat, Context: 200_000, Tools: Yes, Source: ofGLM46},
	{Prefix: "glm-5.1", Owner: "zhipu", Kind: Chat, Context: 200_000, Tools: Yes, Source: ofGLM51},
	{Prefix: "glm-5.2", Owner: "zhipu", Kind: Chat, Context: 1_048_576, Input: words, Tools: Yes, Thinking: Leveled, Levels: []string{"high", "xhigh"}, Source: ofGLM},
	{Prefix: "glm-5.3", Owner: "zhipu", Kind: Chat, Context: 1_048_576, MaxOutput: 131_072, Input: words, Tools: Yes, Source: ofGLM},

	// OpenAI. Models that think take no sampling parameters.
	{Prefix: "gpt-", Owner: "openai", Kind: Chat},
	{Prefix: "gpt-3.5-turbo", Owner: "openai", Kind: Chat, Input: words, Tools: Yes, Sampling: Yes, Thinking: Never, Shutdown: "2026-10-23", Source: ofDeprecation},
	{Prefix: "gpt-3.5-turbo-instruct", Owner: "openai", Kind: Other, Input: words, Tools: No, Sampling: Yes, Thinking: Never},
	{Prefix: "gpt-4", Owner: "openai", Kind: Chat, Context: 8_192, Input: words, Tools: Yes, Sampling: Yes, Thinking: Never, Shutdown: "2026-10-23", Source: ofGPT4},
	{Prefix: "gpt-4-1106", Owner: "openai", Kind: Chat, Context: 128_000, Input: words, Tools: Yes, ParallelTools: Yes, Sampling: Yes, Thinking: Never, Shutdown: "2026-10-23", Source: ofGPT4},
	{Prefix: "gpt-4-turbo", Owner: "openai", Kind: Chat, Context: 128_000, Input: sight, Tools: Yes, ParallelTools: Yes, Sampling: Yes, Thinking: Never, Shutdown: "2026-10-23", Source: ofGPT4},
	{Prefix: "gpt-4.1", Owner: "openai", Kind: Chat, Context: 1_047_576, MaxOutput: 32_768, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: Yes, Thinking: Never, Shutdown: "2027-01-14", Source: ofGPT41},
	{Prefix: "gpt-4.1-nano", Owner: "openai", Kind: Chat, Context: 1_047_576, MaxOutput: 32_768, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: Yes, Thinking: Never, Shutdown: "2026-10-23", Source: ofGPT41},
	{Prefix: "gpt-4o", Owner: "openai", Kind: Chat, Context: 128_000, MaxOutput: 16_384, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: Yes, Thinking: Never, Shutdown: "2027-01-14", Source: ofGPT4o},
	{Prefix: "gpt-4o-audio", Owner: "openai", Kind: Chat, Input: []Modality{Text, Audio}, Tools: Yes, Sampling: Yes, Thinking: Never, Shutdown: "2027-01-20", Source: ofDeprecation},
	{Prefix: "gpt-4o-mini-realtime", Owner: "openai", Kind: Other},
	{Prefix: "gpt-4o-mini-transcribe", Owner: "openai", Kind: Other, Shutdown: "2027-02-26", Source: ofDeprecation},
	{Prefix: "gpt-4o-mini-tts", Owner: "openai", Kind: Other, Shutdown: "2027-01-06", Source: ofDeprecation},
	{Prefix: "gpt-4o-realtime", Owner: "openai", Kind: Other, Shutdown: "2027-01-20", Source: ofDeprecation},
	{Prefix: "gpt-4o-transcribe", Owner: "openai", Kind: Other, Shutdown: "2027-02-26", Source: ofDeprecation},
	{Prefix: "gpt-5", Owner: "openai", Kind: Chat, Context: 400_000, MaxOutput: 128_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Sampling: No, Thinking: Always, Levels: []string{"minimal", "low", "medium", "high"}, Shutdown: "2026-12-11", Source: ofGPT5},
	{Prefix: "gpt-5-chat", Owner: "openai", Kind: Chat, Context: 128_000, Input: sight, Thinking: Never, Source: "github.com/labring/fastgpt-plugin/pull/297"},
	{Prefix: "gpt-5-codex", Owner: "openai", Kind: Chat, Input: sight, Tools: Yes, Sampling: No},
	{Prefix: "gpt-5.1", Owner: "openai", Kind: Chat, Context: 400_000, MaxOutput: 128_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Thinking: Leveled, Levels: []string{"none", "low", "medium", "high"}, Shutdown: "2027-04-01", Source: "github.com/labring/fastgpt-plugin/pull/297; " + ofDeprecation},
	{Prefix: "gpt-5.1-chat", Owner: "openai", Kind: Chat, Context: 128_000, Input: sight, Source: "github.com/labring/fastgpt-plugin/pull/297"},
	{Prefix: "gpt-5.1-codex", Owner: "openai", Kind: Chat, Input: sight, Tools: Yes},
	{Prefix: "gpt-5.2", Owner: "openai", Kind: Chat, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Thinking: Leveled},
	{Prefix: "gpt-5.3", Owner: "openai", Kind: Chat, Tools: Yes},
	{Prefix: "gpt-5.3-codex", Owner: "openai", Kind: Chat, Tools: Yes, Shutdown: "2027-04-01", Source: ofDeprecation},
	{Prefix: "gpt-5.4", Owner: "openai", Kind: Chat, Context: 1_050_000, MaxOutput: 128_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Thinking: Leveled, Levels: fiveLevels, Source: ofGPT54},
	{Prefix: "gpt-5.4-mini", Owner: "openai", Kind: Chat, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Thinking: Leveled},
	{Prefix: "gpt-5.4-nano", Owner: "openai", Kind: Chat, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Thinking: Leveled, Shutdown: "2027-04-01", Source: ofDeprecation},
	{Prefix: "gpt-5.5", Owner: "openai", Kind: Chat, Context: 1_050_000, MaxOutput: 128_000, Input: documents, Tools: Yes, ParallelTools: Yes, Structured: Yes, Thinking: Leveled, Levels: fiveLevels, Source: ofGPT55},
	{Prefix: "gpt-5.6", Owner: "openai", Kind: Chat, Tools: Yes},
	{Prefix: "gpt-6", Owner: "openai", Kind: Chat, Tools: Yes},
	{Prefix: "gpt-audio", Owner: "openai", Kind: Chat, Input: []Modality{Text, Audio}, Shutdown: "2027-01-20", Source: ofDeprecation},
	{Prefix: "gpt-image", Owner: "openai", Kind: Other},
	{Prefix: "gpt-oss", Owner: "openai", Kind: Chat, Context: 131_072, MaxOutput: 131_072, Input: words, Tools: Yes, Structured: Yes, Sampling: Yes, Thinking: Always, Levels: threeLevels, Source: ofGPTOSS},
	{Prefix: "gpt-realtime", Owner: "openai", Kind: Other, Shutdown: "2027-01-20", Source: ofDeprecation},

	{Prefix: "grok", Owner: "xai", Kind: Chat},
	{Prefix: "grok-3", Owner: "xai", Kind: Chat, Context: 131_000, Source: "skills.sh xai-models"},
	{Prefix: "grok-4", Owner: "xai", Kind: Chat, Context: 256_000, Input: sight, Tools: Yes, ParallelTools: Yes, Structured: Yes, Thinking: Always, Source: ofGrok},
	{Prefix: "grok-4-1-fast", Owner: "xai", Kind: Chat, Context: 2_000_000, MaxOutput: 30_000, Input: sight, Tools: Yes, Source: ofGrok},
	{Prefix: "grok-4-fast", Owner: "xai", Kind: Chat, Context: 2_000_000, MaxOutput: 30_000, Input: sight, Tools: Yes, Source: ofGrok},
	{Prefix: "grok-4.1-fast", Owner: "xai", Kind: Chat, Context: 2_000_000, MaxOutput: 30_000, Input: sight, Tools: Yes, Source: ofGrok},

	{Prefix: "kimi", Owner: "moonshot", Kind: Chat},
	{Prefix: "kimi-k2", Owner: "moonshot", Kind: Chat, Tools: Yes},
	{Prefix: "kimi-k2-0905", Owner: "moonshot", Kind: Chat, Context: 256_000, Input: words, Tools: Yes, Thinking: Never, Source: ofKimi},
	{Prefix: "kimi-k2-thinking", Owner: "moonshot", Kind: Chat, Context: 256_000, Input: words, Tools: Yes, Thinking: Always, Source: ofKimi},
	{Prefix: "kimi-k2.5", Owner: "moonshot", Kind: Chat, Context: 256_000, Input: sight, Tools: Yes, Source: ofKimi},
	{Prefix: "kimi-k2.6", Owner: "moonshot", Kind: Chat, Context: 262_144, Input: sight, Tools: Yes, Source: ofKimi},
	{Prefix: "kimi-k2.7", Owner: "moonshot", Kind: Chat, Context: 256_000, Tools: Yes, Source: ofKimi},

	{Prefix: "llama", Owner: "meta", Kind: Chat},
	{Prefix: "llama-3.1", Owner: "meta", Kind: Chat, Context: 128_000, Input: words, Tools: Yes, Sampling: Yes, Thinking: Never, Source: "scaleway.com supported-models"},
	{Prefix: "llama-3.3", Owner: "meta", Kind: Chat, Context: 128_000, Input: words, Tools: Yes, Sampling: Yes, Thinking: Never, Source: ofLlama},
	{Prefix: "llama-4", Owner: "meta", Kind: Chat, Input: sight, Sampling: Yes, Thinking: Never, Source: ofLlama4},
	{Prefix: "llama3.1", Owner: "meta", Kind: Chat, Context: 128_000, Input: words, Tools: Yes, Sampling: Yes, Thinking: Never, Source: "scaleway.com supported-models"},
	{Prefix: "llama3.3", Owner: "meta", Kind: Chat, Context: 128_000, Input: words, Tools: Yes, Sampling: Yes, Thinking: Never, Source: ofLlama},
	{Prefix: "llama4", Owner: "meta", Kind: Chat, Input: sight, Sampling: Yes, Thinking: Never, Source: ofLlama4},

	{Prefix: "magistral", Owner: "mistral", Kind: Chat},
	{Prefix: "ministral", Owner: "mistral", Kind: Chat},
	{Prefix: "mistral", Owner: "mistral", Kind: Chat},
	{Prefix: "mistral-embed", Owner: "mistral", Kind: Embedding, Input: words},
	{Prefix: "mistral-large-2407", Owner: "mistral", Kind: Chat, Context: 128_000, Input: words, Tools: Yes, Sampling: Yes, Thinking: Never, Source: ofMistral},
	{Prefix: "mistral-large-2411", Owner: "mistral", Kind: Chat, Context: 128_000, Input: words, Tools: Yes, Sampling: Yes, Thinking: Never, Source: ofMistral},
	{Prefix: "mistral-small-2503", Owner: "mistral", Kind: Chat, Context: 128_000, Input: sight, Source: "aspire.dev aspire.hosting.github.models/mistralai"},
	{Prefix: "mixtral", Owner: "mistral", Kind: Chat},

	{Prefix: "moonshot-v1", Owner: "moonshot", Kind: Chat},
	{Prefix: "moonshot-v1-128k", Owner: "moonshot", Kind: Chat, Context: 128_000, Source: "promptfoo.dev/docs/providers/moonshot"},
	{Prefix: "moonshot-v1-32k", Owner: "moonshot", Kind: Chat, Context: 32_000, Source: "promptfoo.dev/docs/providers/moonshot"},
	{Prefix: "moonshot-v1-8k", Owner: "moonshot", Kind: Chat, Context: 8_000, Source: "promptfoo.dev/docs/providers/moonshot"},

	{Prefix: "mxbai-embed", Owner: "mixedbread", Kind: Embedding, Input: words},
	{Prefix: "nomic-embed", Owner: "nomic", Kind: Embedding, Input: words},

	{Prefix: "o1", Owner: "openai", Kind: Chat, Context: 200_000, Input: documents, Tools: Yes, Structured: Yes, Sampling: No, Thinking: Always, Levels: threeLevels, Shutdown: "2026-10-23", Source: "docs.rs/matrixcode-core models; " + ofDeprecation},
	{Prefix: "o1-mini", Owner: "openai", Kind: Chat, Input: words, Sampling: No, Thinking: Always},
	{Prefix: "o1-preview", Owner: "openai", Kind: Chat, Input: words, Sampling: No, Thinking: Always},
	{Prefix: "o3", Owner: "openai", Kind: Chat, Context: 200_000, MaxOutput: 100_000, Input: documents, Tools: Yes, Structured: Yes, Sampling: No, Thinking: Always, Levels: threeLevels, Shutdown: "2026-12-11", Source: ofOSeries},
	{Prefix: "o3-deep-research", Owner: "openai", Kind: Chat, Sampling: No, Thinking: Always},
	{Prefix: "o3-mini", Owner: "openai", Kind: Chat, Input: words, Tools: Yes, Structured: Yes, Sampling: No, Thinking: Always, Levels: threeLevels, Shutdown: "2026-10-23", Source: ofOSeries},
	{Prefix: "o4-mini", Owner: "openai", Kind: Chat, Context: 200_000, MaxOutput: 100_000, Input: documents, Tools: Yes, Structured: Yes, Sampling: No, Thinking: Always, Levels: threeLevels, Shutdown: "2026-10-23", Source: ofOSeries},
	{Prefix: "o4-mini-deep-research", Owner: "openai", Kind: Chat, Sampling: No, Thinking: Always},

	{Prefix: "pixtral", Owner: "mistral", Kind: Chat, Input: sight},

	{Prefix: "qwen", Owner: "alibaba", Kind: Chat},
	{Prefix: "qwen3-coder-plus", Owner: "alibaba", Kind: Chat, Context: 1_000_000, Tools: Yes, Thinking: Never, Source: ofQwen},
	{Prefix: "qwen3-embedding", Owner: "alibaba", Kind: Embedding, Input: words},
	{Prefix: "qwen3-max", Owner: "alibaba", Kind: Chat, Context: 262_144, MaxOutput: 65_536, Input: words, Tools: Yes, Source: ofQwen},
	{Prefix: "qwen3.6-plus", Owner: "alibaba", Kind: Chat, Context: 1_000_000, Input: sight, Tools: Yes, Source: ofQwen},
	{Prefix: "qwen3.7-max", Owner: "alibaba", Kind: Chat, Context: 991_000, Input: words, Tools: Yes, Structured: Yes, Thinking: Budget, Source: ofQwen},
	{Prefix: "qwq", Owner: "alibaba", Kind: Chat, Input: words, Thinking: Always},

	{Prefix: "text-embedding-004", Owner: "google", Kind: Embedding, Input: words, Shutdown: "2026-01-14", Source: ofEmbedding},
	{Prefix: "text-embedding-3-large", Owner: "openai", Kind: Embedding, Context: 8_192, Dimensions: 3_072, Input: words, Source: ofVectors},
	{Prefix: "text-embedding-3-small", Owner: "openai", Kind: Embedding, Context: 8_192, Dimensions: 1_536, Input: words, Source: ofVectors},
	{Prefix: "text-embedding-ada-002", Owner: "openai", Kind: Embedding, Context: 8_192, Dimensions: 1_536, Input: words, Source: ofVectors},
	{Prefix: "text-embedding-v", Owner: "alibaba", Kind: Embedding, Input: words},
}
