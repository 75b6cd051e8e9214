package dialect

// Described is a dialect that only providers speak, as a configuration describes it: the members of Descriptor that say how a provider
// is asked and how its answers are understood, under the same names. Where text stands in them is the codec's to know: plugins see the
// documents of clients. What is left out has the default that its field tells.
type Described struct {
	// Name, if the file repeats it, is the one by which the configuration calls the dialect.
	Name     string            `json:"name,omitempty"`
	Upstream DescribedUpstream `json:"upstream"`
	// Keys is how the provider wants its key, one place at most. Default: Authorization, behind the word Bearer.
	Keys      []DescribedKey   `json:"keys,omitempty"`
	Request   DescribedRequest `json:"request,omitzero"`
	Answer    DescribedEnd     `json:"answer,omitzero"` // of whole answers
	Event     DescribedEvent   `json:"event,omitzero"`  // of the events of streamed answers
	Usage     DescribedCounts  `json:"usage,omitzero"`  // of whole answers and events
	Answering []string         `json:"answering,omitempty"`
	Errors    DescribedErrors  `json:"errors,omitzero"`
	Models    DescribedModels  `json:"models,omitzero"`
	// Done is "[DONE]" where an event of that text ends streams. Default: a finish reason does.
	Done string `json:"done,omitempty"`
}

// DescribedUpstream tells the paths below a provider's base URL; "{model}" in them is replaced.
type DescribedUpstream struct {
	Whole string `json:"whole"`
	// Stream is the path for streamed answers. Default: the servers answer in one piece, and a client's stream is made of it.
	Stream string `json:"stream,omitempty"`
}

// DescribedKey is the header of a provider's key.
type DescribedKey struct {
	Header string `json:"header"`
	Scheme string `json:"scheme,omitempty"` // word before the key
}

// DescribedRequest tells of request documents.
type DescribedRequest struct {
	Model string `json:"model,omitempty"` // member that names the model. Default: none, the path has it or nothing does
}

// DescribedEnd tells where finish reasons stand; see Body.
type DescribedEnd struct {
	Finish []string `json:"finish,omitempty"`
	Open   []string `json:"open,omitempty"`
}

// DescribedEvent is DescribedEnd of events, and which of them say nothing yet; see Body.
type DescribedEvent struct {
	DescribedEnd
	Opening string `json:"opening,omitempty"`
}

// DescribedCounts tells where token counts stand; see Counts. Default of At: "usage". Without counts tokens and cost are unknown.
type DescribedCounts struct {
	At         []string `json:"at,omitempty"`
	Prompt     []string `json:"prompt,omitempty"`
	Completion []string `json:"completion,omitempty"`
	Total      []string `json:"total,omitempty"`
	Cached     []string `json:"cached,omitempty"`
	Written    []string `json:"written,omitempty"`
	Reasoning  []string `json:"reasoning,omitempty"`
	Disjoint   bool     `json:"disjoint,omitempty"`
	Apart      bool     `json:"apart,omitempty"`
}

// DescribedErrors tells how errors are read; see Errors. Default of At: "error". Without kinds the HTTP status tells what went wrong.
type DescribedErrors struct {
	At      []string    `json:"at,omitempty"`
	Self    string      `json:"self,omitempty"`
	Native  string      `json:"native,omitempty"`
	Retry   string      `json:"retry,omitempty"`
	Kinds   []ErrorKind `json:"kinds,omitempty"`
	Reasons []Reason    `json:"reasons,omitempty"`
	Phrases []Phrase    `json:"phrases,omitempty"`
	Blocked []string    `json:"blocked,omitempty"`
	Within  []string    `json:"within,omitempty"`
}

// DescribedModels tells how a provider lists its models; see ModelList. Default: it does not.
type DescribedModels struct {
	Path    string `json:"path,omitempty"`
	At      string `json:"at,omitempty"`
	ID      string `json:"id,omitempty"`
	Prefix  string `json:"prefix,omitempty"`
	Owner   string `json:"owner,omitempty"`
	Created string `json:"created,omitempty"`
	Context string `json:"context,omitempty"`
	Output  string `json:"output,omitempty"`
	Next    string `json:"next,omitempty"`
	Query   string `json:"query,omitempty"`
}

// descriptor is the same as all dialects are described.
func (d *Described) descriptor(name string) *Descriptor {
	e, m := &d.Errors, &d.Models
	return &Descriptor{
		Name:      name,
		Upstream:  Upstream{Whole: d.Upstream.Whole, Stream: d.Upstream.Stream},
		Keys:      []Key{{Header: d.Keys[0].Header, Scheme: d.Keys[0].Scheme}},
		Request:   RequestPaths{Model: d.Request.Model},
		Answer:    Body{Finish: d.Answer.Finish, Open: d.Answer.Open},
		Event:     Body{Finish: d.Event.Finish, Open: d.Event.Open, Opening: d.Event.Opening},
		Answering: d.Answering,
		Usage: Counts{
			At: d.Usage.At, Prompt: d.Usage.Prompt, Completion: d.Usage.Completion, Total: d.Usage.Total, Cached: d.Usage.Cached, Written: d.Usage.Written,
			Reasoning: d.Usage.Reasoning, Disjoint: d.Usage.Disjoint, Apart: d.Usage.Apart,
		},
		Errors: Errors{
			At: e.At, Self: e.Self, Native: e.Native, Retry: e.Retry, Kinds: e.Kinds, Reasons: e.Reasons, Phrases: e.Phrases, Blocked: e.Blocked, Within: e.Within,
		},
		Models: ModelList{
			Path: m.Path, At: m.At, ID: m.ID, Prefix: m.Prefix, Owner: m.Owner, Created: m.Created, Context: m.Context, Output: m.Output, Next: m.Next, Query: m.Query,
		},
		Done: d.Done,
	}
}
