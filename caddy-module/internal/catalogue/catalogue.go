// Package catalogue is what is known beforehand of models, and of what translation between dialects
// loses, as tables. The list of models that clients ask for, the command that shows it and the
// explanation of a route read it; no request is decided by it.
//
// What is not known is absent: a zero number, an empty text, Unknown. Figures have a source beside them.
package catalogue

import (
	"slices"
	"strings"
)

// Model is a family of models: what all models have in common whose names begin alike.
type Model struct {
	Prefix string // of the names, in lower case
	Owner  string // who made it
	Kind   Kind

	Context    int        // tokens of prompt and answer together, or of the prompt where the two are bounded apart
	MaxOutput  int        // tokens of an answer, thoughts included
	Dimensions int        // of an embedding, by default
	Input      []Modality // what a prompt may hold

	Tools         Support  // function calls
	ParallelTools Support  // several in one answer
	Structured    Support  // answers that follow a JSON Schema
	Sampling      Support  // temperature, top_p and top_k have an effect
	Prefill       Support  // the last message may be the assistant's
	Thinking      Thinking // before answering
	Levels        []string // values of reasoning_effort that differ in effect

	Shutdown string // day after which the owner no longer serves it, such as 2027-01-14
	Source   string // of the figures and the day
}

// Kind is what a model does.
type Kind string

// Kinds of models. Other is none of the two: speech, images, live conversations.
const (
	Chat      Kind = "chat"
	Embedding Kind = "embedding"
	Other     Kind = "other"
)

// Modality is a form that input takes.
type Modality string

// Modalities of input.
const (
	Text  Modality = "text"
	Image Modality = "image"
	Audio Modality = "audio"
	PDF   Modality = "pdf"
	Video Modality = "video"
)

// Support tells whether a model can do something.
type Support uint8

// The three answers.
const (
	Unknown Support = iota
	Yes
	No
)

// String is "yes", "no", or "" for what is not known.
func (s Support) String() string { return [...]string{"", "yes", "no"}[s] }

// Thinking is how far a model thinks before it answers.
type Thinking string

// Ways of thinking; "" is not known.
const (
	Never   Thinking = "none"
	Budget  Thinking = "budget" // up to a number of tokens
	Leveled Thinking = "levels" // more or less, or not at all
	Always  Thinking = "always" // it cannot be turned off
)

// Models lists the families by prefix. The caller must not change the elements' lists.
func Models() []Model { return slices.Clone(models) }

// Find is the family of a model's name: the one with the longest prefix of it. Letter case does not
// count, nor does the path that some providers put before the name (models/…, publishers/google/models/…,
// openai/…) or the mark of a fine-tuned model (ft:…).
func Find(name string) (*Model, bool) {
	name = strings.ToLower(name[strings.LastIndexByte(name, '/')+1:])
	name = strings.TrimPrefix(name, "ft:")
	var best *Model
	for i := range models {
		if m := &models[i]; begins(name, m.Prefix) && (best == nil || len(m.Prefix) > len(best.Prefix)) {
			best = m
		}
	}
	if best == nil {
		return nil, false
	}
	found := *best
	return &found, true
}

// begins tells whether name begins with prefix, and not in the middle of a number: gpt-5 is no prefix of
// gpt-50.
func begins(name, prefix string) bool {
	return strings.HasPrefix(name, prefix) && (len(name) == len(prefix) || !digit(name[len(prefix)]) || !digit(prefix[len(prefix)-1]))
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
