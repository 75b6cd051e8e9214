package openaigemini

import "github.com/longmen-gateway/longmen/sdk/go/longmen"

// candidate is one candidate's members; zero when absent.
type candidate struct {
	content, finish, index, logprobs longmen.Value
}

func (c *candidate) read(v longmen.Value) {
	for m := v.First(); m.Exists(); m = m.Next() {
		switch string(key(m)) {
		case "content":
			c.content = m
		case "finishReason":
			c.finish = m
		case "index":
			c.index = m
		case "logprobsResult":
			c.logprobs = m
		}
	}
}

// number is the candidate's index; the wire leaves out a 0.
func (c *candidate) number(at *path) (int, error) {
	if absent(c.index) {
		return 0, nil
	}
	n := c.index.Int()
	if c.index.Kind() != longmen.KindNumber || n < 0 || n >= maxCandidates {
		where := at.member("index")
		return 0, malformed(&where, "an index")
	}
	return int(n), nil
}

// maxCandidates bounds the candidates of an answer: OpenAI's n goes to 128.
const maxCandidates = 128

// native is the candidate's finish reason, "" when it goes on.
func (c *candidate) native() string {
	if !c.finish.Exists() {
		return ""
	}
	name := string(appendName(nil, string(word(c.finish))))
	if name == "FINISH_REASON_UNSPECIFIED" {
		return ""
	}
	return name
}

// maxParts bounds the parts of one content.
const maxParts = 1000

// parts yields the parts of the candidate's content.
func (c *candidate) parts(at *path, yield func(*said, *path) error) error {
	if !c.content.Exists() {
		return nil
	}
	here := at.member("content")
	list := c.content.Get("parts")
	v := list.First()
	if !v.Exists() {
		if !absent(list) && list.Kind() != longmen.KindArray {
			where := here.member("parts")
			return malformed(&where, "an array of parts")
		}
		return nil
	}
	where := here.member("parts")
	for i := 0; v.Exists(); i++ {
		next := v.Next()
		element := where.element(i)
		if i == maxParts {
			return malformed(&element, "at most 1000 parts")
		}
		var s said
		if err := s.read(v, &element); err != nil {
			return err
		}
		if err := yield(&s, &element); err != nil {
			return err
		}
		v = next
	}
	return nil
}

// said is one part of an answer; values are zero when absent.
type said struct {
	text, call, inline, code, output, signature longmen.Value
	thought                                     bool
}

func (s *said) read(v longmen.Value, at *path) error {
	known := false
	for m := v.First(); m.Exists(); m = m.Next() {
		known = true
		switch string(key(m)) {
		case "text":
			s.text = m
		case "thought":
			s.thought = m.Bool()
		case "functionCall":
			s.call = m
		case "thoughtSignature":
			s.signature = m
		case "inlineData":
			s.inline = m
		case "executableCode":
			s.code = m
		case "codeExecutionResult":
			s.output = m
		}
	}
	if !known && v.Kind() != longmen.KindObject {
		return malformed(at, "a part object")
	}
	if s.signature.Exists() && !text(s.signature) {
		s.signature = 0
	}
	return nil
}

// fenced is a text for code that the provider ran, or for what it put out; 0 if the part is neither.
func (s *said) fenced() longmen.Value {
	var b []byte
	switch {
	case s.code.Exists():
		b = append(b, "\n```"...)
		if language := s.code.Get("language"); language.Is("PYTHON") {
			b = append(b, "python"...)
		}
		b = append(b, '\n')
		b = s.code.Get("code").AppendString(b)
	case s.output.Exists():
		b = append(b, "\n```\n"...)
		b = s.output.Get("output").AppendString(b)
	default:
		return 0
	}
	if b[len(b)-1] != '\n' {
		b = append(b, '\n')
	}
	return longmen.NewString(string(append(b, "```\n"...)))
}
