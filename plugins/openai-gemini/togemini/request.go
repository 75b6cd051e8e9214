// Package togemini serves clients of OpenAI's dialects with a provider of Gemini's: chat completions with
// generateContent, embeddings with batchEmbedContents, the hub's counting with countTokens. Package
// openaigemini calls it.
//
// The chat document may come from another codec, see HUB.md of package codec: what it carries beyond
// OpenAI's own members is read, and written into the answer, like everything else.
package togemini

import (
	"strings"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/plugins/openai-gemini/memory"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// request is one translation of a request. Values of it are good until the hook returns.
type request struct {
	codec.Warnings
	codec.Names
	from  caller
	doc   longmen.Value // what the client asked
	out   longmen.Value // what the provider is asked
	to    *model
	model string // as the provider knows it

	contents   longmen.Value // of out
	generation longmen.Value // generationConfig of out, made when first needed

	system    []longmen.Value // texts of system and developer messages
	open      []call          // calls of the last assistant turn, waiting for their results
	openAt    int             // the message that made them
	answered  int             // how many of them have a result
	functions int             // declarations sent
	hasUsage  bool            // stream_options.include_usage
	searching bool            // tools have a search
	quirks    codec.Quirks    // of the upstream, once asked for
	asksFor   bool            // quirks were asked for
	spoken    bool            // there is a content
	tail      bool            // the last content is the assistant's
	tailAt    int             // the message that it was
	steps     int             // see maxSteps
}

// parameters are the top-level members that take more than a move; zero when absent.
type parameters struct {
	messages, tools, functions, toolChoice, functionCall, parallel longmen.Value
	format, effort, extra, google, streamOptions                   longmen.Value
	maxTokens, maxCompletion, stop, n, seed, modalities, tier      longmen.Value
	logprobs, topLogprobs                                          longmen.Value
	temperature, topP, topK, presencePenalty, frequencyPenalty     longmen.Value
	stream, search, audio, metadata                                longmen.Value
}

// current is the request being translated: an instance runs one hook at a time, and a value of this size
// on the heap would be the dearest part of a small request.
var current request

// Request turns an openai.chat request into a gemini.generate request.
func Request(doc longmen.Value) error {
	r := begin(doc)
	if err := r.translate(); err != nil {
		return err
	}
	r.remember()
	doc.Replace(r.out)
	return nil
}

// last is the model of the last request, which most often is that of the next.
var last struct {
	asked  string // as the gateway says it
	model  string
	search bool
	to     *model
}

// begin is a new translation, in place of the last one.
func begin(doc longmen.Value) *request {
	r := &current
	*r = request{doc: doc, Names: codec.Names{Form: &functionNames}, system: r.system[:0], open: r.open[:0]}
	asked := longmen.Attr(abi.AttrUpstreamModel)
	var buffer [128]byte
	if name := asked.Prefix(buffer[:]); len(name) == len(buffer) || string(name) != last.asked {
		if last.asked = string(name); len(name) == len(buffer) {
			last.asked = asked.String()
		}
		last.model, last.search = strings.CutSuffix(last.asked, searchSuffix)
		last.to = modelOf(last.model)
	}
	r.model, r.searching, r.to = last.model, last.search, last.to
	return r
}

// translate makes out.
func (r *request) translate() error {
	r.out = longmen.NewJSON(`{"contents":[]}`)
	r.contents = r.out.First()

	var p parameters
	if err := r.read(&p); err != nil {
		return err
	}
	if err := r.declare(&p); err != nil {
		return err
	}
	if err := r.search(&p); err != nil {
		return err
	}
	if err := r.converse(p.messages); err != nil {
		return err
	}
	r.describe(&p)
	if err := r.instruct(); err != nil {
		return err
	}
	if err := r.choose(&p); err != nil {
		return err
	}
	if err := r.limit(&p); err != nil {
		return err
	}
	if err := r.shape(&p); err != nil {
		return err
	}
	if err := r.think(&p); err != nil {
		return err
	}
	if r.generation.Exists() {
		r.out.Set("generationConfig", r.generation)
	}
	return nil
}

// read walks the top level once, before anything moves: an edit would make the rest of the walk dearer. A
// member that occurs twice counts the last time, as everywhere in the gateway.
func (r *request) read(p *parameters) error {
	for m := r.doc.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "messages":
			p.messages = m
		case "tools":
			p.tools = m
		case "tool_choice":
			p.toolChoice = m
		case "parallel_tool_calls":
			p.parallel = m
		case "functions":
			p.functions = m
		case "function_call":
			p.functionCall = m
		case "response_format":
			p.format = m
		case "reasoning_effort":
			p.effort = m
		case "extra_body":
			p.extra = m
		case "google":
			p.google = m
		case "stream_options":
			p.streamOptions = m
		case "max_tokens":
			p.maxTokens = m
		case "max_completion_tokens":
			p.maxCompletion = m
		case "stop":
			p.stop = m
		case "n":
			p.n = m
		case "seed":
			p.seed = m
		case "modalities":
			p.modalities = m
		case "service_tier":
			p.tier = m
		case "logprobs":
			p.logprobs = m
		case "top_logprobs":
			p.topLogprobs = m
		case "temperature":
			p.temperature = m
		case "top_p":
			p.topP = m
		case "top_k":
			p.topK = m
		case "presence_penalty":
			p.presencePenalty = m
		case "frequency_penalty":
			p.frequencyPenalty = m
		case "stream":
			p.stream = m
		case "web_search_options":
			p.search = m
		case "audio":
			p.audio = m
		case "metadata":
			p.metadata = m
		case "model": // stands in the URL
		case "user", "safety_identifier", "store", "moderation",
			"prompt_cache_key", "prompt_cache_options", "prompt_cache_retention":
			// no effect on the answer
		default:
			if err := r.unknown("", name, m, nil); err != nil {
				return err
			}
		}
	}
	if codec.Absent(p.parallel) || p.parallel.Bool() {
		return nil
	}
	if p.parallel.Kind() != longmen.KindBool {
		return codec.Invalid(&codec.Path{Name: "parallel_tool_calls"}, "expected a boolean")
	}
	return r.Warn("parallel_tool_calls", "gemini may still call several tools at once")
}

// remember writes what the answer's hooks need.
func (r *request) remember() {
	tailBuffer = codec.AppendQuoted(tailBuffer[:0], r.model)
	s := stream{usage: r.hasUsage, search: r.searching, tail: tailBuffer}
	s.keep = r.keeps()
	output = s.append(output[:0])
	memory.Begin(memory.Chat, output, r.Restored)
}

// quirk tells whether the upstream has one.
func (r *request) quirk(word string) bool {
	if !r.asksFor {
		r.asksFor = true
		r.quirks = codec.ReadQuirks()
	}
	return r.quirks.Has(word)
}

// keeps tells whether signatures are kept in the store: where models insist on them, or clients are not
// to see them.
func (r *request) keeps() bool { return r.to.signed || config.carrier == inStore }
