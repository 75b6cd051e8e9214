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
	// Dialects that it speaks, the main one first.
	Dialects []string
	// KeyEnv names the environment variables in which its key usually stands, the first that is set counts.
	KeyEnv []string
	// NeedsKey: its servers take no request without a key.
	NeedsKey bool
	// KeyHeader of the key, if it is not the dialect's. The key stands there alone, in Authorization behind
	// the word Bearer.
	KeyHeader string
	// Quirks are words, separated by spaces, in which it differs from its dialects.
	Quirks string
}

// Names of the dialects of which some headers are forwarded.
const (
	openAI    = "openai.chat"
	responses = "openai.responses"
	anthropic = "anthropic.messages"
	gemini    = "gemini.generate"
	ollama    = "ollama.chat"
)

// What servers speak beside their main dialect.
var (
	ofOpenAI     = []string{openAI, responses, "openai.completions", "openai.embeddings", "openai.other"}
	ofCompatible = []string{openAI, "openai.completions", "openai.embeddings", "openai.other"}
	ofAnthropic  = []string{anthropic, "anthropic.count"}
	ofGemini     = []string{gemini, "gemini.count", "gemini.embed"}
	ofOllama     = []string{ollama, "ollama.generate", "ollama.embed"}
)

// withCompanions adds to dialects that a configuration names what their servers speak beside them.
func withCompanions(names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, name)
		switch name {
		case openAI:
			all = append(all, ofCompatible...)
		case responses:
			all = append(all, "openai.embeddings", "openai.other")
		case anthropic:
			all = append(all, ofAnthropic...)
		case gemini:
			all = append(all, ofGemini...)
		case ollama:
			all = append(all, ofOllama...)
		}
	}
	return all
}

// Demo is the preset of the built-in model; its base URL is where the gateway serves it.
const Demo = "demo"

// presets is the table of known providers, a row each, sorted by name. The addresses are the providers'
// documented ones; quirks are what their API references say of parameters.
var presets = []Preset{
	{"anthropic", "https://api.anthropic.com/v1", "", ofAnthropic, env("ANTHROPIC_API_KEY"), true, "", ""},
	{"azure", "", "/openai/v1", ofOpenAI, env("AZURE_OPENAI_API_KEY"), true, "Api-Key", ""},
	{"cerebras", "https://api.cerebras.ai/v1", "", ofCompatible, env("CEREBRAS_API_KEY"), true, "", ""},
	{"dashscope", "https://dashscope.aliyuncs.com/compatible-mode/v1", "", ofCompatible, env("DASHSCOPE_API_KEY"), true, "", "max_tokens max_stop_any top_k"},
	{"deepseek", "https://api.deepseek.com/v1", "", ofCompatible, env("DEEPSEEK_API_KEY"), true, "", "max_tokens max_stop_any reasoning_content"},
	{Demo, "", "/v1", ofOpenAI, nil, false, "", ""},
	{"doubao", "https://ark.cn-beijing.volces.com/api/v3", "", ofCompatible, env("ARK_API_KEY"), true, "", "max_tokens"},
	{"fireworks", "https://api.fireworks.ai/inference/v1", "", ofCompatible, env("FIREWORKS_API_KEY"), true, "", "max_tokens top_k"},
	{"gemini", "https://generativelanguage.googleapis.com/v1beta", "", ofGemini, env("GEMINI_API_KEY", "GOOGLE_API_KEY"), true, "", ""},
	{"groq", "https://api.groq.com/openai/v1", "", ofCompatible, env("GROQ_API_KEY"), true, "", ""},
	{"llamacpp", "http://127.0.0.1:8080/v1", "", ofCompatible, env("LLAMA_API_KEY"), false, "", "max_tokens max_stop_any top_k reasoning_content"},
	{"lmstudio", "http://127.0.0.1:1234/v1", "", ofCompatible, nil, false, "", "max_tokens max_stop_any top_k"},
	{"mistral", "https://api.mistral.ai/v1", "", ofCompatible, env("MISTRAL_API_KEY"), true, "", "max_tokens max_stop_any no_stream_options"},
	{"moonshot", "https://api.moonshot.cn/v1", "", ofCompatible, env("MOONSHOT_API_KEY"), true, "", "max_tokens max_stop_any reasoning_content"},
	{"nvidia", "https://integrate.api.nvidia.com/v1", "", ofCompatible, env("NVIDIA_API_KEY"), true, "", "max_tokens"},
	{"ollama", "http://127.0.0.1:11434", "", ofOllama, env("OLLAMA_API_KEY"), false, "", ""},
	{"openai", "https://api.openai.com/v1", "", ofOpenAI, env("OPENAI_API_KEY"), true, "", ""},
	{"openrouter", "https://openrouter.ai/api/v1", "", ofCompatible, env("OPENROUTER_API_KEY"), true, "", "max_tokens max_stop_any top_k cache_control"},
	{"qwen", "https://dashscope.aliyuncs.com/compatible-mode/v1", "", ofCompatible, env("DASHSCOPE_API_KEY"), true, "", "max_tokens max_stop_any top_k"},
	{"siliconflow", "https://api.siliconflow.cn/v1", "", ofCompatible, env("SILICONFLOW_API_KEY"), true, "", "max_tokens top_k"},
	{"together", "https://api.together.xyz/v1", "", ofCompatible, env("TOGETHER_API_KEY"), true, "", "max_tokens max_stop_any top_k"},
	{"vertex", "", "", ofGemini, env("VERTEX_ACCESS_TOKEN"), true, "Authorization", "vertex"},
	{"vllm", "http://127.0.0.1:8000/v1", "", ofCompatible, env("VLLM_API_KEY"), false, "", "max_stop_any top_k"},
	{"volcengine", "https://ark.cn-beijing.volces.com/api/v3", "", ofCompatible, env("ARK_API_KEY"), true, "", "max_tokens"},
	{"xai", "https://api.x.ai/v1", "", ofOpenAI, env("XAI_API_KEY"), true, "", ""},
	{"zhipu", "https://open.bigmodel.cn/api/paas/v4", "", ofCompatible, env("ZHIPUAI_API_KEY", "ZAI_API_KEY"), true, "", "max_tokens reasoning_content"},
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

// Example is a base URL as it may look, the documented one if there is only that.
func (p *Preset) Example() string {
	if p.BaseURL != "" {
		return p.BaseURL
	}
	switch p.Name {
	case "azure":
		return "https://my-resource.openai.azure.com" + p.Path
	case "vertex":
		return "https://LOCATION-aiplatform.googleapis.com/v1/projects/PROJECT/locations/LOCATION/publishers/google"
	}
	return "http://127.0.0.1:8000/v1"
}
