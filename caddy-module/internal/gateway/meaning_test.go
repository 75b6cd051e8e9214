package gateway

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// restore puts the texts in the place of their tokens.
func (s *meaning) restore(tokens []string) {
	if len(tokens) == 0 {
		return
	}
	back := strings.NewReplacer(tokens[0], mail, tokens[1], card, tokens[2], phone)
	s.Text, s.Reasoning = back.Replace(s.Text), back.Replace(s.Reasoning)
	calls := s.Calls
	s.Calls = nil
	for _, c := range calls {
		s.Calls = append(s.Calls, call{c.Name, back.Replace(c.Arguments)})
	}
}

// lost tells what of s a client of one dialect has not got of a provider of another, but for what the
// client's dialect has no place for.
func (s meaning) lost(got meaning, provider, client string) string {
	for _, d := range []string{provider, client} {
		switch d {
		case "ollama.chat": // counts what goes in and out
			s.Usage, got.Usage = brief(s.Usage, " in"), brief(got.Usage, " in")
		case "anthropic.messages":
			s.Usage, got.Usage = brief(s.Usage, " out"), brief(got.Usage, " out")
		case "openai.responses": // its reasoning is a list of paragraphs
			s.Reasoning, got.Reasoning = strings.Join(strings.Fields(s.Reasoning), ""), strings.Join(strings.Fields(got.Reasoning), "")
		}
	}
	if s.Finish == "error" { // what was not whole yet does not come
		s.Calls, got.Calls = nil, nil
	}
	if s.Usage == "" {
		got.Usage = ""
	}
	if client == "ollama.chat" && s.Finish == "filter" {
		s.Finish = "stop"
	}
	if have, want := fmt.Sprintf("%+q", got), fmt.Sprintf("%+q", s); have != want {
		return fmt.Sprintf("the client reads\n%+v\nthe provider said\n%+v", got, s)
	}
	return ""
}

// brief leaves details out of counts: all behind a word, and if that is " in" those of what went out, too.
func brief(usage, word string) string {
	var out []string
	for part := range strings.SplitSeq(usage, "; ") {
		count, _, _ := strings.Cut(part, ",")
		if word == " out" && strings.HasSuffix(count, " in") {
			count = part
		}
		out = append(out, count)
	}
	return strings.Join(out, "; ")
}

// unsealed is an opaque value as text: of an envelope the JSON in it, in one spelling.
func unsealed(v any) any {
	s, _ := v.(string)
	if b, err := base64.StdEncoding.DecodeString(s); err == nil && strings.HasPrefix(string(b), "longmen.") {
		s = string(b)
	}
	rest, ok := strings.CutPrefix(s, "longmen.v1.")
	if !ok {
		return v
	}
	kind, value, _ := strings.Cut(rest, ".")
	var inside any
	if json.Unmarshal([]byte(value), &inside) != nil {
		return v
	}
	return kind + " " + literal(inside)
}

// diff are the lines in which two texts differ.
func diff(got, want string) string {
	have, need := strings.Split(got, "\n"), strings.Split(want, "\n")
	var out []string
	for _, line := range have {
		if !slices.Contains(need, line) {
			out = append(out, "got  "+line)
		}
	}
	for _, line := range need {
		if !slices.Contains(have, line) {
			out = append(out, "want "+line)
		}
	}
	if len(out) == 0 {
		return got + "in another order than\n" + want
	}
	return strings.Join(out, "\n")
}
