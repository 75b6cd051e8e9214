package togemini

import (
	"strings"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// model is what one family of models can do.
type model struct {
	prefix string // of the model's name; the longest that matches counts

	thinking *[efforts]thought // by effort; nil for a model that does not think
	sampling bool              // temperature, top_p and top_k have an effect
	many     bool              // n > 1
	jsonTool bool              // response_format together with tools
	schema   bool              // JSON Schema as it is (target J), else the OpenAPI subset (target S)
	prefill  bool              // the last message may be the assistant's
	signed   bool              // function calls of the history need a thought signature
	ids      bool              // function calls and responses carry ids
	media    bool              // media inside function responses, resolution of media
	fileURI  bool              // fetches https URLs itself
}

// models is the table of capabilities, as Google's documentation has it in 2026-11. A name that no
// other row knows is taken for the newest generation if it begins with gemini-, and else for a model
// of the third, which takes the most.
var models = [...]model{
	{prefix: "gemma", sampling: true, many: true, prefill: true},
	{prefix: "gemini-1", sampling: true, many: true, prefill: true},
	{prefix: "gemini-2.0", sampling: true, many: true, prefill: true},
	{prefix: "gemini-2.5", thinking: &budgetPro, sampling: true, many: true, schema: true, prefill: true, fileURI: true},
	{prefix: "gemini-2.5-flash", thinking: &budgetFlash, sampling: true, many: true, schema: true, prefill: true, fileURI: true},
	{prefix: "gemini-2.5-flash-image", sampling: true, many: true, schema: true, prefill: true, fileURI: true},
	{prefix: "gemini-2.5-pro", thinking: &budgetPro, sampling: true, many: true, schema: true, prefill: true, fileURI: true},
	{prefix: "gemini-3", thinking: &levelFlash, sampling: true, jsonTool: true, schema: true, prefill: true, signed: true, ids: true, media: true, fileURI: true},
	{prefix: "gemini-3-pro", thinking: &levelFirstPro, sampling: true, jsonTool: true, schema: true, prefill: true, signed: true, ids: true, media: true, fileURI: true},
	{prefix: "gemini-3.1-pro", thinking: &levelPro, sampling: true, jsonTool: true, schema: true, prefill: true, signed: true, ids: true, media: true, fileURI: true},
	{prefix: "gemini-3.2-pro", thinking: &levelPro, sampling: true, jsonTool: true, schema: true, prefill: true, signed: true, ids: true, media: true, fileURI: true},
	{prefix: "gemini-3.3-pro", thinking: &levelPro, sampling: true, jsonTool: true, schema: true, prefill: true, signed: true, ids: true, media: true, fileURI: true},
	{prefix: "gemini-3.4-pro", thinking: &levelPro, sampling: true, jsonTool: true, schema: true, prefill: true, signed: true, ids: true, media: true, fileURI: true},
	{prefix: "gemini-3.5-pro", thinking: &levelPro, sampling: true, jsonTool: true, schema: true, prefill: true, signed: true, ids: true, media: true, fileURI: true},
	{prefix: "gemini-3.5-flash-lite", thinking: &levelFlash, jsonTool: true, schema: true, signed: true, ids: true, media: true, fileURI: true},
	{prefix: "gemini-3.6", thinking: &levelFlash, jsonTool: true, schema: true, signed: true, ids: true, media: true, fileURI: true},
	{prefix: "gemini-3.6-pro", thinking: &levelPro, jsonTool: true, schema: true, signed: true, ids: true, media: true, fileURI: true},
	{prefix: "gemini-3.7", thinking: &levelPro, jsonTool: true, schema: true, signed: true, ids: true, media: true, fileURI: true},
	{prefix: "gemini-3.7-flash-lite", thinking: &levelFlash, jsonTool: true, schema: true, signed: true, ids: true, media: true, fileURI: true},
	{prefix: "gemini-3.8", thinking: &levelPro, jsonTool: true, schema: true, signed: true, ids: true, media: true, fileURI: true},
	{prefix: "gemini-3.8-flash-lite", thinking: &levelFlash, jsonTool: true, schema: true, signed: true, ids: true, media: true, fileURI: true},
	{prefix: "gemini-3.9", thinking: &levelPro, jsonTool: true, schema: true, signed: true, ids: true, media: true, fileURI: true},
	{prefix: "gemini-3.9-flash-lite", thinking: &levelFlash, jsonTool: true, schema: true, signed: true, ids: true, media: true, fileURI: true},
	{prefix: "gemini-", thinking: &levelPro, jsonTool: true, schema: true, signed: true, ids: true, media: true, fileURI: true},
	{prefix: "", thinking: &levelPro, sampling: true, jsonTool: true, schema: true, prefill: true, signed: true, ids: true, media: true, fileURI: true},
}

// The values of reasoning_effort, as columns of the tables below.
const (
	effortNone = iota
	effortMinimal
	effortLow
	effortMedium
	effortHigh
	effortMax
	efforts
)

// thought is one thinkingConfig: a level, or a budget of tokens if there is none.
type thought struct {
	level  string
	budget int
}

// The thinking tables: none, minimal, low, medium, high, xhigh and max.
var (
	budgetFlash   = [efforts]thought{{budget: 0}, {budget: 1024}, {budget: 1024}, {budget: 8192}, {budget: 24576}, {budget: 24576}}
	budgetPro     = [efforts]thought{{budget: 128}, {budget: 1024}, {budget: 1024}, {budget: 8192}, {budget: 24576}, {budget: 32768}}
	levelFlash    = [efforts]thought{{level: "MINIMAL"}, {level: "MINIMAL"}, {level: "LOW"}, {level: "MEDIUM"}, {level: "HIGH"}, {level: "HIGH"}}
	levelPro      = [efforts]thought{{level: "LOW"}, {level: "LOW"}, {level: "LOW"}, {level: "MEDIUM"}, {level: "HIGH"}, {level: "HIGH"}}
	levelFirstPro = [efforts]thought{{level: "LOW"}, {level: "LOW"}, {level: "LOW"}, {level: "HIGH"}, {level: "HIGH"}, {level: "HIGH"}}
)

// effort is the column of a value of reasoning_effort; false for a value that OpenAI does not have.
func effort(v longmen.Value) (int, bool) {
	switch string(codec.Word(v)) {
	case "none":
		return effortNone, true
	case "minimal":
		return effortMinimal, true
	case "low":
		return effortLow, true
	case "medium":
		return effortMedium, true
	case "high":
		return effortHigh, true
	case "xhigh", "max":
		return effortMax, true
	}
	return 0, false
}

// modelOf finds the row of a model's name, with or without the path it is addressed by.
func modelOf(name string) *model {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	best := &models[len(models)-1]
	for i := range models {
		m := &models[i]
		if len(m.prefix) > len(best.prefix) && len(name) >= len(m.prefix) && strings.EqualFold(name[:len(m.prefix)], m.prefix) {
			best = m
		}
	}
	return best
}
