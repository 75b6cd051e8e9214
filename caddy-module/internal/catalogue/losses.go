package catalogue

import (
	"slices"
	"strings"
)

// Loss is a member of a dialect that another has no word for.
type Loss struct {
	Client   string // dialect of the client
	Provider string // dialect of the provider
	Answer   bool   // it is lost on the way back, not on the way there
	Member   string // as the side that says it spells it
	Class    Class
	Reason   string

	kept bool   // it survives on the way to another codec, and is lost only where the provider speaks Provider
	also string // the other dialects of clients that can say it, by way of the hub, separated by blanks
}

// Class is what becomes of something that is lost.
type Class string

// Classes of losses.
const (
	Drop   Class = "drop" // left out: no effect on the meaning
	Warn   Class = "warn" // left out, with an item in x-gateway-warning; refused with strict_params
	Refuse Class = "400"  // refused: it cannot be served truthfully
)

// hub is the dialect in the middle of every way of two steps.
const hub = "openai.chat"

// Losses is what translation from a client's dialect to a provider's loses, in the order of the table. On
// a way of two steps the losses of both count, as far as the client's dialect can say what the second
// step loses.
func Losses(client, provider string) []Loss {
	if client == provider {
		return nil
	}
	var all []Loss
	for _, l := range losses {
		switch {
		case l.Client == client && l.Provider == provider:
			all = append(all, l)
		case client == hub || provider == hub:
		case l.Client == client && l.Provider == hub && !l.kept,
			l.Client == hub && l.Provider == provider && slices.Contains(strings.Fields(l.also), client):
			all = append(all, l)
		}
	}
	return all
}

// AllLosses is the whole table.
func AllLosses() []Loss { return slices.Clone(losses) }

// Dialects of clients, as the table of losses spells them in also.
const (
	byAnthropic = "anthropic.messages"
	byGemini    = "gemini.generate"
	byResponses = "openai.responses"
	byOllama    = "ollama.chat"
	byGenerate  = "ollama.generate"
	byOld       = "openai.completions"
)

// losses is the register of what translation loses, a row a member, grouped by direction.
var losses = []Loss{
	// OpenAI's clients, Gemini
	{Client: hub, Provider: byGemini, Member: "messages[].role: system, developer", Class: Drop, Reason: "all system texts stand before the conversation, wherever the client put them", also: byAnthropic + " " + byResponses + " " + byOllama},
	{Client: hub, Provider: byGemini, Member: "messages[].name", Class: Drop, Reason: "gemini knows no names of participants"},
	{Client: hub, Provider: byGemini, Member: "parallel_tool_calls: false", Class: Warn, Reason: "gemini may still call several tools at once", also: byAnthropic + " " + byResponses},
	{Client: hub, Provider: byGemini, Member: "logit_bias", Class: Warn, Reason: "not supported by gemini", also: byOld},
	{Client: hub, Provider: byGemini, Member: "verbosity", Class: Warn, Reason: "not supported by gemini", also: byResponses},
	{Client: hub, Provider: byGemini, Member: "prediction", Class: Warn, Reason: "not supported by gemini"},
	{Client: hub, Provider: byGemini, Member: "JSON Schema keywords that gemini does not honour", Class: Drop, Reason: "gemini refuses or ignores them", also: byAnthropic + " " + byResponses + " " + byOllama + " " + byGenerate},
	{Client: hub, Provider: byGemini, Member: "recursive $ref", Class: Warn, Reason: "recursion is cut", also: byAnthropic + " " + byResponses + " " + byOllama + " " + byGenerate},
	{Client: hub, Provider: byGemini, Member: "image_url.detail", Class: Drop, Reason: "before gemini 3", also: byResponses},
	{Client: hub, Provider: byGemini, Member: "user, safety_identifier, metadata", Class: Drop, Reason: "no effect on the answer", also: byAnthropic + " " + byResponses},
	{Client: hub, Provider: byGemini, Member: "n over 1", Class: Refuse, Reason: "from gemini 3 on: one answer at a time", also: byOld},
	{Client: hub, Provider: byGemini, Member: "response_format with tools", Class: Warn, Reason: "before gemini 3: the answer may be any text", also: byAnthropic + " " + byResponses + " " + byOllama},
	{Client: hub, Provider: byGemini, Member: "temperature, top_p, top_k", Class: Warn, Reason: "the newest models choose their sampling themselves", also: byAnthropic + " " + byResponses + " " + byOllama + " " + byGenerate + " " + byOld},
	{Client: hub, Provider: byGemini, Member: "a last message of the assistant", Class: Refuse, Reason: "the newest models do not continue it", also: byAnthropic + " " + byResponses + " " + byOllama},

	// Gemini's answers to OpenAI's clients
	{Client: hub, Provider: byGemini, Answer: true, Member: "safetyRatings", Class: Drop, Reason: "openai has no such member"},
	{Client: hub, Provider: byGemini, Answer: true, Member: "searchEntryPoint", Class: Drop, Reason: "HTML that google wants shown"},
	{Client: hub, Provider: byGemini, Answer: true, Member: "executableCode, codeExecutionResult", Class: Drop, Reason: "become fenced text", also: byAnthropic + " " + byResponses + " " + byOllama + " " + byGenerate},
	{Client: hub, Provider: byGemini, Answer: true, Member: "toolCall, toolResponse", Class: Drop, Reason: "tools of the server leave no trace", also: byAnthropic + " " + byResponses + " " + byOllama + " " + byGenerate},
	{Client: hub, Provider: byGemini, Answer: true, Member: "avgLogprobs", Class: Drop, Reason: "openai has no such member"},
	{Client: hub, Provider: byGemini, Answer: true, Member: "token ids of logprobs", Class: Drop, Reason: "openai's logprobs hold bytes"},
	{Client: hub, Provider: byGemini, Answer: true, Member: "thoughtSignature of text", Class: Drop, Reason: "lost if the client drops extra_content"},

	// OpenAI's clients, Anthropic
	{Client: hub, Provider: byAnthropic, Member: "seed", Class: Warn, Reason: "not supported by anthropic", also: byGemini + " " + byOllama + " " + byGenerate + " " + byOld},
	{Client: hub, Provider: byAnthropic, Member: "presence_penalty, frequency_penalty", Class: Warn, Reason: "not supported by anthropic", also: byGemini + " " + byOllama + " " + byGenerate + " " + byOld},
	{Client: hub, Provider: byAnthropic, Member: "logprobs, top_logprobs", Class: Warn, Reason: "not supported by anthropic", also: byGemini + " " + byResponses + " " + byOllama + " " + byGenerate + " " + byOld},
	{Client: hub, Provider: byAnthropic, Member: "logit_bias", Class: Warn, Reason: "not supported by anthropic", also: byOld},
	{Client: hub, Provider: byAnthropic, Member: "n over 1", Class: Refuse, Reason: "anthropic gives one answer at a time", also: byGemini + " " + byOld},
	{Client: hub, Provider: byAnthropic, Member: "input_audio", Class: Refuse, Reason: "anthropic does not hear", also: byGemini},
	{Client: hub, Provider: byAnthropic, Member: "modalities: audio", Class: Warn, Reason: "anthropic does not speak", also: byGemini},
	{Client: hub, Provider: byAnthropic, Member: "response_format: json_object", Class: Warn, Reason: "asked for in the system text, not enforced", also: byGemini + " " + byResponses + " " + byOllama + " " + byGenerate},
	{Client: hub, Provider: byAnthropic, Member: "prediction", Class: Warn, Reason: "not supported by anthropic"},
	{Client: hub, Provider: byAnthropic, Member: "temperature, top_p, top_k", Class: Warn, Reason: "refused by the newest models", also: byGemini + " " + byResponses + " " + byOllama + " " + byGenerate + " " + byOld},
	{Client: hub, Provider: byAnthropic, Answer: true, Member: "offsets of citations", Class: Drop, Reason: "anthropic's citations name no place in the answer", also: byResponses},

	// Anthropic's clients, OpenAI
	{Client: byAnthropic, Provider: hub, Member: "top_k", Class: Warn, Reason: "not supported by openai", kept: true},
	{Client: byAnthropic, Provider: hub, Member: "cache_control", Class: Warn, Reason: "openai caches by itself", kept: true},
	{Client: byAnthropic, Provider: hub, Member: "signature of thinking blocks", Class: Warn, Reason: "openai takes no thoughts back", kept: true},
	{Client: byAnthropic, Provider: hub, Member: "tool_result.is_error", Class: Warn, Reason: "the result begins with Error:", kept: true},
	{Client: byAnthropic, Provider: hub, Member: "citations", Class: Warn, Reason: "openai cites by itself or not at all"},
	{Client: byAnthropic, Provider: hub, Member: "document with a URL", Class: Refuse, Reason: "openai takes documents as data"},
	{Client: byAnthropic, Provider: hub, Member: "server tools", Class: Refuse, Reason: "tools of anthropic's servers, but for web search"},
	{Client: byAnthropic, Provider: hub, Member: "container, mcp_servers, context_management, speed, inference_geo", Class: Warn, Reason: "not supported by openai"},
	{Client: byAnthropic, Provider: hub, Answer: true, Member: "stop_sequence", Class: Drop, Reason: "openai does not tell which one was met", kept: true},

	// Responses clients, chat completions
	{Client: byResponses, Provider: hub, Member: "reasoning items", Class: Drop, Reason: "chat completions take no reasoning back", kept: true},
	{Client: byResponses, Provider: hub, Member: "encrypted_content", Class: Drop, Reason: "chat completions take no reasoning back", kept: true},
	{Client: byResponses, Provider: hub, Member: "include", Class: Drop, Reason: "no effect on the answer"},
	{Client: byResponses, Provider: hub, Member: "truncation", Class: Drop, Reason: "no effect on the answer"},
	{Client: byResponses, Provider: hub, Member: "store", Class: Drop, Reason: "the gateway stores no answers"},
	{Client: byResponses, Provider: hub, Member: "previous_response_id, conversation, item_reference, prompt", Class: Refuse, Reason: "the gateway stores no answers"},
	{Client: byResponses, Provider: hub, Member: "background: true", Class: Refuse, Reason: "the gateway stores no answers"},
	{Client: byResponses, Provider: hub, Member: "built-in tools", Class: Refuse, Reason: "tools of openai's servers, but for web search"},
	{Client: byResponses, Provider: hub, Member: "web_search", Class: Warn, Reason: "beside other tools, where the model's name is no search model's", kept: true},
	{Client: byResponses, Provider: hub, Member: "web_search_call items", Class: Warn, Reason: "chat completions have no place for them"},
	{Client: byResponses, Provider: hub, Member: "image_generation_call items", Class: Warn, Reason: "chat completions have no place for an assistant's images", kept: true},
	{Client: byResponses, Provider: hub, Member: "items of built-in tools", Class: Refuse, Reason: "tools of openai's servers, but for web search and images"},
	{Client: byResponses, Provider: hub, Member: "input_file.file_url, input_image.file_id", Class: Refuse, Reason: "chat completions take files as data or by id, and images as data or by URL"},
	{Client: byResponses, Provider: hub, Member: "context_management, moderation, access_programs, reasoning.mode, reasoning.context", Class: Warn, Reason: "not supported by chat completions"},
	{Client: byResponses, Provider: hub, Member: "reasoning.summary, max_tool_calls, stream_options, client_metadata", Class: Drop, Reason: "no effect on the answer"},

	// OpenAI's clients, the Responses API
	{Client: hub, Provider: byResponses, Member: "stop", Class: Warn, Reason: "not supported by the Responses API", also: byAnthropic + " " + byGemini + " " + byOllama + " " + byGenerate + " " + byOld},
	{Client: hub, Provider: byResponses, Member: "seed", Class: Warn, Reason: "not supported by the Responses API", also: byGemini + " " + byOllama + " " + byGenerate + " " + byOld},
	{Client: hub, Provider: byResponses, Member: "presence_penalty, frequency_penalty", Class: Warn, Reason: "not supported by the Responses API, unless they are 0", also: byGemini + " " + byOllama + " " + byGenerate + " " + byOld},
	{Client: hub, Provider: byResponses, Member: "logit_bias", Class: Warn, Reason: "not supported by the Responses API", also: byOld},
	{Client: hub, Provider: byResponses, Member: "prediction", Class: Warn, Reason: "not supported by the Responses API"},
	{Client: hub, Provider: byResponses, Member: "top_k", Class: Warn, Reason: "not supported by the Responses API", also: byAnthropic + " " + byGemini + " " + byOllama + " " + byGenerate},
	{Client: hub, Provider: byResponses, Member: "n over 1", Class: Refuse, Reason: "the Responses API gives one answer at a time", also: byGemini + " " + byOld},
	{Client: hub, Provider: byResponses, Member: "modalities: audio", Class: Refuse, Reason: "the Responses API does not speak", also: byGemini},
	{Client: hub, Provider: byResponses, Member: "input_audio", Class: Refuse, Reason: "the Responses API does not hear", also: byGemini},
	{Client: hub, Provider: byResponses, Member: "functions, function_call", Class: Refuse, Reason: "the Responses API has no functions of old"},
	{Client: hub, Provider: byResponses, Member: "messages[].name, messages[].audio", Class: Drop, Reason: "the Responses API knows no names of participants and no spoken answers"},
	{Client: hub, Provider: byResponses, Member: "is_error", Class: Warn, Reason: "the result begins with Error:", also: byAnthropic + " " + byGemini},
	{Client: hub, Provider: byResponses, Member: "thinking_blocks, thought_signature, cache_control", Class: Warn, Reason: "openai takes no thoughts of others and caches by itself; to its own clients not worth a word", also: byAnthropic + " " + byGemini},
	{Client: hub, Provider: byResponses, Answer: true, Member: "items of built-in tools", Class: Drop, Reason: "chat completions have no place for them", also: byAnthropic + " " + byGemini + " " + byOllama + " " + byGenerate},
	{Client: hub, Provider: byResponses, Answer: true, Member: "annotations that cite no URL", Class: Drop, Reason: "chat completions cite URLs", also: byAnthropic + " " + byGemini},

	// Gemini's clients, OpenAI
	{Client: byGemini, Provider: hub, Member: "topK", Class: Warn, Reason: "not supported by openai", kept: true},
	{Client: byGemini, Provider: hub, Member: "safetySettings", Class: Drop, Reason: "openai has its own"},
	{Client: byGemini, Provider: hub, Member: "thoughtSignature", Class: Warn, Reason: "openai takes no thoughts back", kept: true},
	{Client: byGemini, Provider: hub, Member: "cachedContent", Class: Refuse, Reason: "it lies with google"},
	{Client: byGemini, Provider: hub, Member: "labels", Class: Drop, Reason: "become metadata"},

	// OpenAI's clients, Ollama
	{Client: hub, Provider: byOllama, Member: "tool_choice", Class: Warn, Reason: "the model calls what it likes; with none the tools are left out", also: byAnthropic + " " + byGemini + " " + byResponses},
	{Client: hub, Provider: byOllama, Member: "parallel_tool_calls: false", Class: Warn, Reason: "ollama may still call several tools at once", also: byAnthropic + " " + byResponses},
	{Client: hub, Provider: byOllama, Member: "logit_bias", Class: Warn, Reason: "not supported by ollama"},
	{Client: hub, Provider: byOllama, Member: "image_url with an https URL", Class: Refuse, Reason: "ollama fetches no URLs", also: byAnthropic + " " + byGemini + " " + byResponses},
	{Client: hub, Provider: byOllama, Member: "logprobs", Class: Warn, Reason: "not known by old servers", also: byGemini + " " + byResponses},
	{Client: hub, Provider: byOllama, Member: "n over 1", Class: Refuse, Reason: "ollama gives one answer at a time", also: byGemini},
	{Client: hub, Provider: byOllama, Member: "input_audio, file", Class: Refuse, Reason: "ollama takes text and images", also: byAnthropic + " " + byGemini + " " + byResponses},
	{Client: hub, Provider: byOllama, Member: "messages[].name, user, metadata", Class: Drop, Reason: "no effect on the answer", also: byAnthropic + " " + byResponses},
	{Client: hub, Provider: byOllama, Member: "is_error", Class: Warn, Reason: "the result begins with Error:", also: byAnthropic + " " + byGemini},
	{Client: hub, Provider: byOllama, Member: "thinking_blocks, thought_signature, cache_control", Class: Drop, Reason: "a server of ollama's takes no signatures and caches by itself", also: byAnthropic + " " + byGemini + " " + byResponses},
	{Client: hub, Provider: byOllama, Member: "verbosity, prediction, web_search_options", Class: Warn, Reason: "not supported by ollama", also: byResponses},
	{Client: hub, Provider: byOllama, Answer: true, Member: "total_duration, load_duration, prompt_eval_duration, eval_duration", Class: Drop, Reason: "given out in usage.x_ollama only if the codec is configured so"},

	// Ollama's clients, OpenAI
	{Client: byOllama, Provider: hub, Member: "options.top_k", Class: Warn, Reason: "not supported by openai", kept: true},
	{Client: byOllama, Provider: hub, Member: "options.min_p, typical_p, repeat_penalty, repeat_last_n, mirostat", Class: Warn, Reason: "not supported by other providers"},
	{Client: byOllama, Provider: hub, Member: "options.num_ctx and others of the server's memory, keep_alive, truncate, shift", Class: Drop, Reason: "no effect on the answer"},
	{Client: byOllama, Provider: hub, Member: "options.stop over 4", Class: Refuse, Reason: "openai takes four", kept: true},
	{Client: byOllama, Provider: hub, Member: "think: false", Class: Drop, Reason: "most models of openai's refuse to be told", kept: true},
	{Client: byOllama, Provider: hub, Member: "messages[].thinking", Class: Drop, Reason: "openai takes no thoughts back", kept: true},
	{Client: byOllama, Provider: hub, Member: "images of the assistant", Class: Refuse, Reason: "openai takes no images of an assistant"},
	{Client: byOllama, Provider: hub, Member: "no messages", Class: Refuse, Reason: "there is nothing to load"},
	{Client: byOllama, Provider: hub, Answer: true, Member: "thinking_blocks, thought_signature", Class: Drop, Reason: "ollama's clients keep no signatures"},
	{Client: byOllama, Provider: hub, Answer: true, Member: "usage.prompt_tokens_details, usage.completion_tokens_details", Class: Drop, Reason: "ollama counts prompt and answer"},
	{Client: byGenerate, Provider: hub, Member: "options.top_k", Class: Warn, Reason: "not supported by openai", kept: true},
	{Client: byGenerate, Provider: hub, Member: "options.min_p, typical_p, repeat_penalty, repeat_last_n, mirostat", Class: Warn, Reason: "not supported by other providers"},
	{Client: byGenerate, Provider: hub, Member: "options.num_ctx and others of the server's memory, keep_alive, truncate, shift", Class: Drop, Reason: "no effect on the answer"},
	{Client: byGenerate, Provider: hub, Member: "template, raw", Class: Warn, Reason: "chat models have templates of their own"},
	{Client: byGenerate, Provider: hub, Member: "suffix", Class: Refuse, Reason: "chat models fill no gaps"},
	{Client: byGenerate, Provider: hub, Member: "context", Class: Refuse, Reason: "only the server that made it can read it"},
	{Client: byGenerate, Provider: hub, Member: "no prompt", Class: Refuse, Reason: "there is nothing to load"},

	// the old completions, chat completions
	{Client: byOld, Provider: hub, Member: "best_of over n", Class: Warn, Reason: "the first answers are given, not the best"},
	{Client: byOld, Provider: hub, Member: "suffix", Class: Refuse, Reason: "chat models fill no gaps"},
	{Client: byOld, Provider: hub, Member: "echo", Class: Refuse, Reason: "chat models do not repeat the prompt"},
	{Client: byOld, Provider: hub, Member: "prompt of tokens, several prompts", Class: Refuse, Reason: "chat models answer one text at a time"},
	{Client: byOld, Provider: hub, Answer: true, Member: "reasoning_content", Class: Drop, Reason: "completions have no place for it"},
	{Client: byOld, Provider: byGenerate, Member: "logit_bias", Class: Warn, Reason: "not supported by ollama"},
	{Client: byOld, Provider: byGenerate, Member: "best_of", Class: Warn, Reason: "the first answer is given, not the best"},
	{Client: byOld, Provider: byGenerate, Member: "n over 1", Class: Refuse, Reason: "ollama gives one answer at a time"},
	{Client: byOld, Provider: byGenerate, Member: "echo", Class: Refuse, Reason: "ollama does not repeat the prompt"},
	{Client: byOld, Provider: byGenerate, Member: "prompt of tokens, several prompts", Class: Refuse, Reason: "ollama answers one text at a time"},
	{Client: byOld, Provider: byGenerate, Member: "user", Class: Drop, Reason: "no effect on the answer"},
	{Client: byOld, Provider: byGenerate, Answer: true, Member: "thinking", Class: Drop, Reason: "completions have no place for it"},

	// embeddings
	{Client: "openai.embeddings", Provider: "gemini.embed", Member: "input of tokens", Class: Refuse, Reason: "gemini takes text"},
	{Client: "openai.embeddings", Provider: "gemini.embed", Member: "user", Class: Drop, Reason: "no effect on the answer"},
	{Client: "openai.embeddings", Provider: "ollama.embed", Member: "input of tokens", Class: Refuse, Reason: "ollama takes text"},
	{Client: "openai.embeddings", Provider: "ollama.embed", Member: "user", Class: Drop, Reason: "no effect on the answer"},
	{Client: "ollama.embed", Provider: "openai.embeddings", Member: "truncate: true", Class: Warn, Reason: "an input that is too long is refused"},
	{Client: "ollama.embed", Provider: "openai.embeddings", Member: "options, keep_alive", Class: Drop, Reason: "no effect on the answer"},
}
