package openaianthropic

import "strings"

// thinking is how a Claude is told to think.
type thinking uint8

const (
	thinksNot      thinking = iota
	thinksBudget            // thinking.budget_tokens
	thinksAdaptive          // output_config.effort
)

// sampling is which of temperature, top_p and top_k a Claude takes.
type sampling uint8

const (
	sampleAll  sampling = iota
	sampleOne           // temperature or top_p, not both
	sampleNone          // it refuses all of them
)

// model is what a family of models can do.
type model struct {
	prefix   string // of the name, from "claude-" on
	thinking thinking
	sampling sampling
	format   bool  // output_config.format and strict tools
	max      int64 // tokens of an answer
	xhigh    bool  // effort xhigh
	always   bool  // refuses thinking disabled
	prefill  bool  // continues an assistant's message
}

// models is the table; the longest prefix wins. Unknown names of Claude are as the newest, and names of
// other models are what servers that imitate Anthropic have in common.
var models = []model{
	{prefix: "claude-2", max: 4096, prefill: true},
	{prefix: "claude-instant", max: 4096, prefill: true},
	{prefix: "claude-3", max: 4096, prefill: true},
	{prefix: "claude-3-5", max: 8192, prefill: true},
	{prefix: "claude-3-7", thinking: thinksBudget, max: 64000, prefill: true},
	{prefix: "claude-sonnet-4", thinking: thinksBudget, max: 64000, prefill: true},
	{prefix: "claude-opus-4", thinking: thinksBudget, max: 32000, prefill: true},
	{prefix: "claude-opus-4-1", thinking: thinksBudget, sampling: sampleOne, format: true, max: 32000, prefill: true},
	{prefix: "claude-opus-4-5", thinking: thinksBudget, sampling: sampleOne, format: true, max: 64000, prefill: true},
	{prefix: "claude-sonnet-4-5", thinking: thinksBudget, sampling: sampleOne, format: true, max: 64000, prefill: true},
	{prefix: "claude-haiku-4-5", thinking: thinksBudget, sampling: sampleOne, format: true, max: 64000, prefill: true},
	{prefix: "claude-opus-4-6", thinking: thinksAdaptive, sampling: sampleOne, format: true, max: 128000},
	{prefix: "claude-sonnet-4-6", thinking: thinksAdaptive, sampling: sampleOne, format: true, max: 128000},
	{prefix: "claude-haiku-4-6", thinking: thinksAdaptive, sampling: sampleOne, format: true, max: 128000},
	{prefix: "claude-opus-4-7", thinking: thinksAdaptive, sampling: sampleNone, format: true, max: 128000, xhigh: true},
	{prefix: "claude-opus-4-8", thinking: thinksAdaptive, sampling: sampleNone, format: true, max: 128000, xhigh: true},
	{prefix: "claude-sonnet-4-7", thinking: thinksAdaptive, sampling: sampleNone, format: true, max: 128000, xhigh: true},
	{prefix: "claude-sonnet-4-8", thinking: thinksAdaptive, sampling: sampleNone, format: true, max: 128000, xhigh: true},
	{prefix: "claude-fable", thinking: thinksAdaptive, sampling: sampleNone, format: true, max: 128000, xhigh: true, always: true},
	{prefix: "claude-mythos", thinking: thinksAdaptive, sampling: sampleNone, format: true, max: 128000, xhigh: true, always: true},
	{prefix: "claude-", thinking: thinksAdaptive, sampling: sampleNone, format: true, max: 128000, xhigh: true},
	{prefix: "", thinking: thinksBudget, max: 8192, prefill: true},
}

// modelOf finds the row of a model's name, also as Bedrock, Vertex AI and OpenRouter spell it:
// us.anthropic.claude-sonnet-4-5-20250929-v1:0, claude-sonnet-4-5@20250929, anthropic/claude-sonnet-4.5.
func modelOf(name string) *model {
	name = strings.ToLower(name)
	if i := strings.Index(name, "claude-"); i >= 0 {
		name = strings.ReplaceAll(name[i:], ".", "-")
	}
	best := &models[len(models)-1]
	for i := range models {
		if m := &models[i]; len(m.prefix) > len(best.prefix) && strings.HasPrefix(name, m.prefix) {
			best = m
		}
	}
	return best
}

// gpt is what a family of OpenAI's models can do, as far as requests of Anthropic's clients meet it.
type gpt struct {
	prefix string
	max    int64  // tokens of an answer; 0: not known
	off    string // reasoning_effort of thinking that is disabled; "" when there is none
	top    string // the highest reasoning_effort; "" when it takes none
}

// gpts is the table of names at OpenAI itself and of servers that imitate it; the longest prefix wins.
var gpts = []gpt{
	{prefix: "gpt-3.5", max: 4096},
	{prefix: "gpt-4", max: 8192},
	{prefix: "gpt-4-turbo", max: 4096},
	{prefix: "gpt-4o", max: 16384},
	{prefix: "gpt-4.1", max: 32768},
	{prefix: "gpt-4.5", max: 16384},
	{prefix: "chatgpt-4o", max: 16384},
	{prefix: "o1", max: 100000, top: "high"},
	{prefix: "o3", max: 100000, top: "high"},
	{prefix: "o4", max: 100000, top: "high"},
	{prefix: "gpt-5", max: 128000, off: "minimal", top: "high"},
	{prefix: "gpt-5-chat", max: 16384},
	{prefix: "gpt-5.", max: 128000, off: "none", top: "xhigh"},
	{prefix: "gpt-5.1", max: 128000, off: "none", top: "high"},
	{prefix: "gpt-5.1-codex-max", max: 128000, off: "none", top: "xhigh"},
	{prefix: "gpt-", off: "none", top: "xhigh"},
	{prefix: "gpt-oss", top: "high"},
	{prefix: "", top: "high"},
}

// gptOf finds the row of a model's name, with or without the path it is addressed by.
func gptOf(name string) *gpt {
	name = strings.ToLower(name[strings.LastIndexByte(name, '/')+1:])
	best := &gpts[len(gpts)-1]
	for i := range gpts {
		if m := &gpts[i]; len(m.prefix) > len(best.prefix) && strings.HasPrefix(name, m.prefix) {
			best = m
		}
	}
	return best
}
