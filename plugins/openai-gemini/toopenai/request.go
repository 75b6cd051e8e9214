// Package toopenai serves clients of Gemini's dialects with a provider of OpenAI's: generateContent with
// chat completions, embedContent with embeddings, countTokens with the hub's counting. Package
// openaigemini calls it.
//
// Between two codecs the chat document carries more than OpenAI knows, see HUB.md of package codec; what
// goes over the wire to a provider of chat completions has OpenAI's members alone, and those that the
// provider's quirks allow.
package toopenai

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/plugins/openai-gemini/memory"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// request is one translation of a request. Values of it are good until the hook returns.
type request struct {
	codec.Warnings
	codec.Names
	client client
	quirks codec.Quirks
	wire   bool          // the document goes to the provider as it is, not to another codec
	out    longmen.Value // what the provider is asked
	model  []byte        // its name as JSON

	messages longmen.Value // of out
	turn     turn          // the model's, being put together
	open     []call        // calls of the last model turn
	waiting  int           // how many of them have no result
	held     []longmen.Value
	answered map[string]bool // ids of the client that have a result
	used     map[string]bool // ids given to calls

	functions int  // declarations sent
	thoughts  bool // includeThoughts
	bare      bool // text/x.enum: the answer is a word, no JSON
	forgot    bool // a signature was left out, with a warning
	steps     int  // see maxSteps
}

// current is the request being translated: an instance runs one hook at a time, and a value of this size
// on the heap would be the dearest part of a small request.
var current request

// parameters are the top-level members; zero when absent.
type parameters struct {
	contents, system, tools, toolConfig, generation, cached, labels, tier longmen.Value
}

// Request turns a gemini.generate request into an openai.chat request.
func Request(doc longmen.Value) error {
	r := begin(doc)
	if err := r.translate(doc, longmen.Attr(abi.AttrStream).Bool()); err != nil {
		return err
	}
	s := stream{thoughts: r.thoughts, bare: r.bare, tail: r.model}
	output = s.append(output[:0])
	memory.Begin(memory.Generate, output, r.Restored)
	doc.Replace(r.out)
	return nil
}

// begin is a new translation, in place of the last one.
func begin(doc longmen.Value) *request {
	r := &current
	model := longmen.Attr(abi.AttrUpstreamModel).AppendJSON(r.model[:0])
	if len(model) == 0 {
		model = add(model, `""`)
	}
	*r = request{client: client{doc: doc}, Names: codec.Names{Form: &functionNames}, model: model, open: r.open[:0], held: r.held[:0]}
	r.wire = longmen.Attr(abi.AttrUpstreamDialect).Is(codec.Hub)
	r.quirks = codec.ReadQuirks()
	return r
}

// takes tells whether a member that OpenAI does not know may go on: to another codec always, to a provider
// when it has the quirk.
func (r *request) takes(quirk string) bool { return !r.wire || r.quirks.Has(quirk) }

// translate makes out.
func (r *request) translate(doc longmen.Value, stream bool) error {
	b := add(output[:0], `{"model":`)
	b = append(b, r.model...)
	b = add(b, `,"messages":[]`)
	if stream {
		b = add(b, `,"stream":true`)
		if !r.wire || !r.quirks.Has("no_stream_options") {
			b = add(b, `,"stream_options":{"include_usage":true}`)
		}
	}
	r.out = parsed(append(b, '}'))
	r.messages = r.out.Get("messages")

	var p parameters
	if err := r.read(&p, doc); err != nil {
		return err
	}
	if err := r.declare(p.tools); err != nil {
		return err
	}
	if err := r.instruct(p.system); err != nil {
		return err
	}
	if err := r.converse(p.contents); err != nil {
		return err
	}
	if err := r.choose(p.toolConfig); err != nil {
		return err
	}
	if err := r.generate(p.generation); err != nil {
		return err
	}
	return r.service(&p)
}

// read walks the top level.
func (r *request) read(p *parameters, doc longmen.Value) error {
	for m := doc.First(); m.Exists(); m = m.Next() {
		switch name := field(m); string(name) {
		case "contents":
			p.contents = m
		case "systemInstruction":
			p.system = m
		case "tools":
			p.tools = m
		case "toolConfig":
			p.toolConfig = m
		case "generationConfig":
			p.generation = m
		case "cachedContent":
			p.cached = m
		case "labels":
			p.labels = m
		case "serviceTier":
			p.tier = m
		case "model", "safetySettings":
			// the model stands in the path; nothing at OpenAI has adjustable filters
		default:
			if err := r.unknown("", m, nil); err != nil {
				return err
			}
		}
	}
	if codec.Text(p.cached) {
		return unsupported(&codec.Path{Name: "cachedContent"}, "the provider cannot read caches of gemini's: expected the contents themselves")
	}
	return nil
}

// instruct makes the system message: of a Content, or of a plain string.
func (r *request) instruct(v longmen.Value) error {
	if codec.Absent(v) {
		return nil
	}
	at := codec.Path{Name: "systemInstruction"}
	var text codec.Joined
	said := text.Add(v)
	if !said {
		if k := v.Kind(); k == longmen.KindString {
			return nil
		} else if k != longmen.KindObject {
			return invalid(&at, "expected a content or a string")
		}
		parts := at.Member("parts")
		var w items
		if !w.walk(v.Get("parts")) {
			return invalid(&parts, "expected an array of parts")
		}
		i := 0
		for p := w.next(); p.Exists(); p = w.next() {
			here := parts.Element(i)
			i++
			var f part
			if err := r.readPart(&f, p, &here); err != nil {
				return err
			}
			if f.text.Kind() != longmen.KindString {
				return unsupported(&here, "expected a text part: openai takes only text here")
			}
			if !said {
				said = text.Add(f.text)
			} else if codec.Text(f.text) {
				text.AddString("\n")
				text.Add(f.text)
			}
		}
	}
	if !said {
		return nil
	}
	role := "system"
	if r.wire && r.quirks.Has("developer") {
		role = "developer"
	}
	m := longmen.NewJSON(`{"role":"` + role + `"}`)
	m.Set("content", text.Value())
	r.messages.Append(m)
	return nil
}

// service moves what has a name of its own at OpenAI.
func (r *request) service(p *parameters) error {
	if p.labels.First().Exists() {
		r.out.Set("metadata", p.labels)
	}
	if codec.Absent(p.tier) {
		return nil
	}
	switch string(codec.Word(p.tier)) {
	case "standard", "SERVICE_TIER_STANDARD":
		r.out.SetString("service_tier", "default")
	case "flex", "SERVICE_TIER_FLEX":
		r.out.SetString("service_tier", "flex")
	case "priority", "SERVICE_TIER_PRIORITY":
		r.out.SetString("service_tier", "priority")
	case "unspecified", "SERVICE_TIER_UNSPECIFIED":
	default:
		return r.lost("", p.tier)
	}
	return nil
}
