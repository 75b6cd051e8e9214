package provider

import (
	"net/url"
	"strings"
)

// Preset is what is known of a provider beforehand.
type Preset struct {
	// Name of the preset, and of the providers that take it without saying so.
	Name string
	// BaseURL of its servers; "" if everybody has their own.
	BaseURL string
	// Path of base URLs where BaseURL is "".
	Path string
	// Dialect that it speaks.
	Dialect string
	// KeyEnv names the environment variables in which its key usually stands, the first that is set counts.
	KeyEnv []string
	// NeedsKey: its servers take no request without a key.
	NeedsKey bool
	// KeyHeader of the key, if it is not the dialect's. The key stands there alone.
	KeyHeader string
}

const (
	openAI    = "openai.chat"
	anthropic = "anthropic.messages"
	gemini    = "gemini.generate"
)

// Demo is the preset of the built-in model; its base URL is where the gateway serves it.
const Demo = "demo"

// presets is the table of known providers, a row each, sorted by name. The addresses are the providers'
// documented ones.
var presets = []Preset{
	{"anthropic", "https://api.anthropic.com/v1", "", anthropic, env("ANTHROPIC_API_KEY"), true, ""},
	{"azure", "", "/openai/v1", openAI, env("AZURE_OPENAI_API_KEY"), true, "Api-Key"},
	{"cerebras", "https://api.cerebras.ai/v1", "", openAI, env("CEREBRAS_API_KEY"), true, ""},
	{"deepseek", "https://api.deepseek.com/v1", "", openAI, env("DEEPSEEK_API_KEY"), true, ""},
	{Demo, "", "/v1", openAI, nil, false, ""},
	{"fireworks", "https://api.fireworks.ai/inference/v1", "", openAI, env("FIREWORKS_API_KEY"), true, ""},
	{"gemini", "https://generativelanguage.googleapis.com/v1beta", "", gemini, env("GEMINI_API_KEY", "GOOGLE_API_KEY"), true, ""},
	{"groq", "https://api.groq.com/openai/v1", "", openAI, env("GROQ_API_KEY"), true, ""},
	{"llamacpp", "http://127.0.0.1:8080/v1", "", openAI, env("LLAMA_API_KEY"), false, ""},
	{"lmstudio", "http://127.0.0.1:1234/v1", "", openAI, nil, false, ""},
	{"mistral", "https://api.mistral.ai/v1", "", openAI, env("MISTRAL_API_KEY"), true, ""},
	{"moonshot", "https://api.moonshot.cn/v1", "", openAI, env("MOONSHOT_API_KEY"), true, ""},
	{"nvidia", "https://integrate.api.nvidia.com/v1", "", openAI, env("NVIDIA_API_KEY"), true, ""},
	{"ollama", "http://127.0.0.1:11434/v1", "", openAI, env("OLLAMA_API_KEY"), false, ""},
	{"openai", "https://api.openai.com/v1", "", openAI, env("OPENAI_API_KEY"), true, ""},
	{"openrouter", "https://openrouter.ai/api/v1", "", openAI, env("OPENROUTER_API_KEY"), true, ""},
	{"qwen", "https://dashscope.aliyuncs.com/compatible-mode/v1", "", openAI, env("DASHSCOPE_API_KEY"), true, ""},
	{"siliconflow", "https://api.siliconflow.cn/v1", "", openAI, env("SILICONFLOW_API_KEY"), true, ""},
	{"together", "https://api.together.xyz/v1", "", openAI, env("TOGETHER_API_KEY"), true, ""},
	{"vllm", "http://127.0.0.1:8000/v1", "", openAI, env("VLLM_API_KEY"), false, ""},
	{"volcengine", "https://ark.cn-beijing.volces.com/api/v3", "", openAI, env("ARK_API_KEY"), true, ""},
	{"xai", "https://api.x.ai/v1", "", openAI, env("XAI_API_KEY"), true, ""},
	{"zhipu", "https://open.bigmodel.cn/api/paas/v4", "", openAI, env("ZHIPUAI_API_KEY", "ZAI_API_KEY"), true, ""},
}

func env(names ...string) []string { return names }

// Lookup finds a preset by name.
func Lookup(name string) (*Preset, bool) {
	for i := range presets {
		if presets[i].Name == name {
			return &presets[i], true
		}
	}
	return nil, false
}

// Presets are the names of the presets, sorted.
func Presets() []string {
	names := make([]string, len(presets))
	for i := range presets {
		names[i] = presets[i].Name
	}
	return names
}

// EnvKeys reads the preset's key from the environment: the first variable of KeyEnv that is set, which
// may hold several keys separated by commas. None set gives none.
func (p *Preset) EnvKeys(getenv func(string) string) []string {
	for _, name := range p.KeyEnv {
		if keys := splitKeys(getenv(name)); len(keys) > 0 {
			return keys
		}
	}
	return nil
}

func splitKeys(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == '\t' })
}

// path is the path of the preset's base URLs.
func (p *Preset) path() string {
	if p.BaseURL == "" {
		return p.Path
	}
	u, err := url.Parse(p.BaseURL)
	if err != nil {
		return ""
	}
	return u.Path
}

// example is a base URL as it may look.
func (p *Preset) example() string {
	if p.Name == "azure" {
		return "https://my-resource.openai.azure.com" + p.Path
	}
	return "http://127.0.0.1:8000/v1"
}
