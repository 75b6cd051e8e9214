package demo

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// asked is a request in the demo's own terms. A dialect fills it in turn by turn.
type asked struct {
	Model     string
	User      string   // the last user text
	Results   []string // of tools, if nothing was said since
	Failed    bool     // one of them is an error
	Media     []medium // of the newest turn
	Tools     []tool
	Demand    bool   // a call is required
	Only      string // the tool that it has to be
	MaxTokens int
	Stops     []string
	Chars     int // of all text
	Calls     int // in the history
	JSON      bool
	Schema    schema // of the JSON
	Silent    bool   // no thoughts
}

type tool struct {
	Name   string
	Schema schema
}

// medium is an image, a document or a recording.
type medium struct {
	Kind string
	Size int    // bytes
	URL  string // when it was not sent along
}

// said is the model's answer in the demo's own terms.
type said struct {
	Thoughts []string // before the text, in pieces
	Words    []string // text in pieces, as a stream sends them
	Calls    []call
	Length   bool   // cut off by the token limit
	Stop     string // the stop sequence that ended the text
	Prompt   int
	Output   int // with thoughts
}

type call struct {
	ID   int // counts over the conversation
	Name string
	Args map[string]any
}

// arguments is the call's arguments as JSON.
func (c call) arguments() string {
	b, _ := json.Marshal(c.Args)
	return string(b)
}

// answered begins a turn of the model's in the history.
func (a *asked) answered(calls int) {
	a.Results, a.Failed, a.Media = nil, false, nil
	a.Calls += calls
}

func (a *asked) user(text string) {
	a.Chars += len(text)
	if text != "" {
		a.User, a.Results, a.Failed = text, nil, false
	}
}

func (a *asked) result(text string, failed bool) {
	a.Chars += len(text)
	a.Results = append(a.Results, text)
	a.Failed = a.Failed || failed
}

// thought is what a model that thinks thinks.
const thought = "Thinking about it."

func (a *asked) answer() said {
	s := said{Prompt: (a.Chars + 3) / 4}
	if strings.Contains(a.Model, "think") && !a.Silent {
		s.Thoughts = words(thought)
	}
	switch {
	case len(a.Results) > 0 && a.Failed:
		s.Words = words(a.sees("The tool failed: " + strings.Join(a.Results, "; ")))
	case len(a.Results) > 0 && !a.JSON:
		s.Words = words(a.sees("The tool said: " + strings.Join(a.Results, "; ")))
	case len(a.Results) == 0 && a.calls(&s):
	case a.JSON:
		v := a.Schema.object(a.User)
		if len(v) == 0 {
			v["said"] = a.User
		}
		b, _ := json.Marshal(v)
		s.Words = fragments(string(b))
	case a.User == "" && len(a.Media) > 0:
		s.Words = words(strings.TrimSpace(a.sees("")))
	default:
		s.Words = words(a.sees("You said: " + a.User))
	}
	a.stop(&s)
	thoughts := len(s.Thoughts)
	if a.MaxTokens > 0 && thoughts+len(s.Words) > a.MaxTokens {
		s.Words, s.Length, s.Stop = s.Words[:max(a.MaxTokens-thoughts, 0)], true, ""
	}
	s.Output = thoughts + len(s.Words) + 8*len(s.Calls)
	return s
}

// calls fills in the tool calls that the request asks for.
func (a *asked) calls(s *said) bool {
	add := func(t tool) {
		s.Calls = append(s.Calls, call{ID: a.Calls + len(s.Calls), Name: t.Name, Args: t.Schema.object(a.User)})
	}
	for _, t := range a.Tools {
		if t.Name == a.Only || a.Only == "" && strings.Contains(a.User, t.Name) {
			add(t)
		}
	}
	if len(s.Calls) == 0 && a.Demand && a.Only == "" && len(a.Tools) > 0 {
		add(a.Tools[0])
	}
	return len(s.Calls) > 0
}

// stop ends the text at the first stop sequence in it.
func (a *asked) stop(s *said) {
	text := strings.Join(s.Words, "")
	end := len(text)
	for _, stop := range a.Stops {
		if i := strings.Index(text, stop); stop != "" && i >= 0 && i < end {
			end, s.Stop = i, stop
		}
	}
	if s.Stop != "" {
		s.Words = words(text[:end])
	}
}

// sees puts what the model sees and hears in front of its text.
func (a *asked) sees(text string) string {
	said := ""
	for _, k := range []struct{ kind, verb, one, more string }{
		{"image", "see", "image", "images"}, {"document", "see", "document", "documents"}, {"audio", "hear", "recording", "recordings"},
	} {
		var all []string
		for _, m := range a.Media {
			switch {
			case m.Kind != k.kind:
			case m.URL != "":
				all = append(all, m.URL)
			default:
				all = append(all, fmt.Sprint(m.Size, " bytes"))
			}
		}
		noun := k.one
		if len(all) > 1 {
			noun = k.more
		}
		if len(all) > 0 {
			said += fmt.Sprintf("I %s %d %s (%s). ", k.verb, len(all), noun, strings.Join(all, ", "))
		}
	}
	return said + text
}

// words cuts a text behind each space, so that the pieces joined are the text.
func words(text string) []string {
	pieces := strings.SplitAfter(text, " ")
	if last := len(pieces) - 1; pieces[last] == "" {
		pieces = pieces[:last]
	}
	return pieces
}

// fragments cuts a call's arguments as they come in a stream.
func fragments(text string) []string {
	const size = 12
	var all []string
	var piece []rune
	for _, r := range text {
		if piece = append(piece, r); len(piece) == size {
			all, piece = append(all, string(piece)), nil
		}
	}
	if len(piece) > 0 {
		all = append(all, string(piece))
	}
	return all
}

// failure is the status that an error model's name asks for, 0 for others.
func failure(model string) int {
	if code, ok := strings.CutPrefix(model, "demo-error-"); ok {
		if status, err := strconv.Atoi(code); err == nil && status >= 400 && status < 600 {
			return status
		}
	}
	return 0
}
