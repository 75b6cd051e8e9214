package migration

import (
	"slices"
	"strings"
)

// target is where a prefix of LiteLLM's model names leads.
type target struct {
	prefix  string
	preset  string // of Longmen; "" if it has none
	base    string // without a preset
	env     string // where LiteLLM looks for the key; "" if servers want none
	baseEnv string // where it looks for the base URL that everybody has their own
}

// targets are what LiteLLM's documentation says of providers that speak a dialect of Longmen (docs/my-website/docs/providers).
var targets = []target{
	{"anthropic", "anthropic", "", "ANTHROPIC_API_KEY", ""},
	{"azure", "azure", "", "AZURE_API_KEY", "AZURE_API_BASE"},
	{"cerebras", "cerebras", "", "CEREBRAS_API_KEY", ""},
	{"custom_openai", "", "", "", ""},
	{"dashscope", "dashscope", "", "DASHSCOPE_API_KEY", ""},
	{"deepinfra", "", "https://api.deepinfra.com/v1/openai", "DEEPINFRA_API_KEY", ""},
	{"deepseek", "deepseek", "", "DEEPSEEK_API_KEY", ""},
	{"fireworks_ai", "fireworks", "", "FIREWORKS_AI_API_KEY", ""},
	{"gemini", "gemini", "", "GEMINI_API_KEY", ""},
	{"groq", "groq", "", "GROQ_API_KEY", ""},
	{"hosted_vllm", "vllm", "", "", "HOSTED_VLLM_API_BASE"},
	{"hyperbolic", "", "https://api.hyperbolic.xyz/v1", "HYPERBOLIC_API_KEY", ""},
	{"litellm_proxy", "", "", "LITELLM_PROXY_API_KEY", "LITELLM_PROXY_API_BASE"},
	{"llamafile", "llamacpp", "", "", ""},
	{"lm_studio", "lmstudio", "", "", "LM_STUDIO_API_BASE"},
	{"mistral", "mistral", "", "MISTRAL_API_KEY", ""},
	{"moonshot", "moonshot", "", "MOONSHOT_API_KEY", ""},
	{"nebius", "", "https://api.studio.nebius.ai/v1", "NEBIUS_API_KEY", ""},
	{"novita", "", "https://api.novita.ai/v3/openai", "NOVITA_API_KEY", ""},
	{"nvidia_nim", "nvidia", "", "NVIDIA_NIM_API_KEY", ""},
	{"ollama", "ollama", "", "", ""},
	{"ollama_chat", "ollama", "", "", ""},
	{"openai", "openai", "", "OPENAI_API_KEY", ""},
	{"openai_like", "", "", "", ""},
	{"openrouter", "openrouter", "", "OPENROUTER_API_KEY", ""},
	{"perplexity", "", "https://api.perplexity.ai", "PERPLEXITYAI_API_KEY", ""},
	{"sambanova", "", "https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY", ""},
	{"text-completion-openai", "openai", "", "OPENAI_API_KEY", ""},
	{"together_ai", "together", "", "TOGETHERAI_API_KEY", ""},
	{"vertex_ai", "vertex", "", "VERTEX_ACCESS_TOKEN", ""},
	{"vllm", "vllm", "", "", ""},
	{"volcengine", "volcengine", "", "VOLCENGINE_API_KEY", ""},
	{"xai", "xai", "", "XAI_API_KEY", ""},
	{"xinference", "", "http://127.0.0.1:9997/v1", "", "XINFERENCE_API_BASE"},
	{"zai", "zhipu", "https://api.z.ai/api/paas/v4", "ZAI_API_KEY", ""},
}

// families are how models are called whose provider LiteLLM knows without a prefix.
var families = []struct{ begins, prefix string }{
	{"gpt-", "openai"}, {"chatgpt-", "openai"}, {"o1", "openai"}, {"o3", "openai"}, {"o4", "openai"}, {"text-embedding-", "openai"}, {"ft:gpt-", "openai"},
	{"dall-e-", "openai"}, {"whisper-", "openai"}, {"tts-", "openai"}, {"omni-moderation", "openai"}, {"claude-", "anthropic"},
}

// aim finds the target of a model, and the name without the prefix.
func aim(model, custom string) (*target, string) {
	prefix, name, ok := strings.Cut(model, "/")
	find := func(prefix string) *target {
		i := slices.IndexFunc(targets, func(t target) bool { return t.prefix == prefix })
		if i < 0 {
			return nil
		}
		return &targets[i]
	}
	if custom != "" {
		if ok && prefix == custom {
			model = name
		}
		return find(custom), model
	}
	if ok {
		if t := find(prefix); t != nil {
			return t, name
		}
	}
	for _, f := range families {
		if strings.HasPrefix(model, f.begins) {
			return find(f.prefix), model
		}
	}
	return nil, model
}

// locate says where a target is, by the base URL of the row as a word, "" if it has none.
func (t *target) locate(base string) place {
	base = strings.TrimRight(base, "/")
	for _, tail := range []string{"/chat/completions", "/completions", "/embeddings"} {
		base = strings.TrimSuffix(base, tail)
	}
	switch {
	case t.preset == "openai" && base != "" && !strings.HasPrefix(base, "https://api.openai.com"):
		return compatible(base)
	case t.preset == "":
		if base == "" {
			base = t.base
		}
		return compatible(base)
	case t.preset == "azure":
		return place{preset: t.preset, base: azureBase(base)}
	case t.preset == "anthropic":
		base = strings.TrimSuffix(base, "/messages")
	}
	if base == "" {
		base = t.base
	}
	return place{preset: t.preset, base: base}
}

// azureBase is the root of Azure's API without versions, on the host of one with deployments in its paths.
func azureBase(base string) string {
	base, _, _ = strings.Cut(base, "?")
	before, after, found := strings.Cut(base, "/openai")
	if found && (after == "" || after[0] == '/') {
		base = before
	}
	if hasPath(base) {
		return base + "/openai/v1"
	}
	return base
}
