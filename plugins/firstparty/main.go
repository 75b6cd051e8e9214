// Package main links the first-party plugins into one wasm module, so that the gateway compiles and
// keeps one Go runtime for all of them. `make plugins` builds it into plugins/dist, from where package
// plugins embeds it.
package main

import (
	_ "github.com/longmen-gateway/longmen/plugins/answers"
	_ "github.com/longmen-gateway/longmen/plugins/audit"
	_ "github.com/longmen-gateway/longmen/plugins/openai-anthropic"
	_ "github.com/longmen-gateway/longmen/plugins/openai-gemini"
	_ "github.com/longmen-gateway/longmen/plugins/openai-ollama"
	_ "github.com/longmen-gateway/longmen/plugins/redact"
	_ "github.com/longmen-gateway/longmen/plugins/responses-chat"
)

func main() {}
