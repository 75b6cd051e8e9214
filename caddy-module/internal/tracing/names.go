package tracing

import (
	"cmp"
	"strconv"
	"strings"
)

// operations are the names that OpenTelemetry has for what dialects ask.
var operations = map[string]string{
	"openai.chat": "chat", "openai.responses": "chat", "anthropic.messages": "chat", "ollama.chat": "chat", "gemini.generate": "generate_content",
	"openai.completions": "text_completion", "ollama.generate": "text_completion",
	"openai.embeddings": "embeddings", "gemini.embed": "embeddings", "ollama.embed": "embeddings",
}

// providers are the names that OpenTelemetry has for presets; the others have their own.
var providers = map[string]string{
	"azure": "azure.ai.openai", "gemini": "gcp.gemini", "mistral": "mistral_ai", "vertex": "gcp.vertex_ai", "xai": "x_ai",
}

// operationOf names what a dialect asks. Where OpenTelemetry has no name it is the dialect's own: "count", "other".
func operationOf(dialect string) string {
	_, rest, _ := strings.Cut(dialect, ".")
	return cmp.Or(operations[dialect], rest, "none")
}

// providerOf names who is asked: by the preset, else by the API that a server without one speaks.
func providerOf(preset, dialect string) string {
	family, _, _ := strings.Cut(dialect, ".")
	name := cmp.Or(preset, family)
	return cmp.Or(providers[name], name)
}

// portOf is the number of a port, 0 if it is none.
func portOf(text string) int {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0
	}
	return int(n)
}
