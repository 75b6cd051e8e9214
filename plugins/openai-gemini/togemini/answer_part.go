package togemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// candidate is one candidate's members; zero when absent.
type candidate struct {
	content, finish, message, index, logprobs, grounding longmen.Value
}

func (c *candidate) read(v longmen.Value) {
	for m := v.First(); m.Exists(); m = m.Next() {
		if m.Kind() == longmen.KindNull {
			continue
		}
		switch string(codec.Key(m)) {
		case "content":
			c.content = m
		case "finishReason":
			c.finish = m
		case "finishMessage":
			c.message = m
		case "groundingMetadata":
			c.grounding = m
		case "index":
			c.index = m
		case "logprobsResult":
			c.logprobs = m
		}
	}
}

// number is the candidate's index; the wire leaves out a 0.
func (c *candidate) number(at *codec.Path) (int, error) {
	if codec.Absent(c.index) {
		return 0, nil
	}
	n := c.index.Int()
	if c.index.Kind() != longmen.KindNumber || n < 0 || n >= maxCandidates {
		where := at.Member("index")
		return 0, codec.Malformed(&where, "an index")
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
	word := codec.Word(c.finish)
	if e := endingOf(codec.View(word)); e != nil {
		return e.native
	}
	if string(word) == "FINISH_REASON_UNSPECIFIED" {
		return ""
	}
	return string(codec.AppendName(nil, string(word)))
}

// maxParts bounds the parts of one content.
const maxParts = 1000

// speech walks the parts of a candidate's content:
//
//	for sp.begin(&c, at); sp.next(); { … sp.said … }
//	if sp.err != nil { … }
//
// It is a struct, not a function that yields, so that a delta allocates nothing for it.
type speech struct {
	said said
	err  error

	at        *codec.Path // of the candidate
	following longmen.Value
	n         int // parts so far
}

func (sp *speech) begin(c *candidate, at *codec.Path) {
	sp.at = at
	if !c.content.Exists() {
		return
	}
	list := c.content.Get("parts")
	sp.following = list.First()
	if !sp.following.Exists() && !codec.Absent(list) && list.Kind() != longmen.KindArray {
		content := at.Member("content")
		parts := content.Member("parts")
		sp.err = codec.Malformed(&parts, "an array of parts")
	}
}

func (sp *speech) next() bool {
	v := sp.following
	if !v.Exists() || sp.err != nil {
		return false
	}
	if sp.n++; sp.n > maxParts {
		sp.err = sp.malformed("", "at most 1000 parts")
		return false
	}
	sp.following = v.Next() // before the caller moves what stands in v
	sp.said = said{}
	if !sp.said.read(v) {
		sp.err = sp.malformed("", "a part object")
	}
	return sp.err == nil
}

// malformed refuses the answer for a member of the current part, or for the part itself.
func (sp *speech) malformed(member, expected string) error {
	content := sp.at.Member("content")
	parts := content.Member("parts")
	where := parts.Element(sp.n - 1)
	if member == "" {
		return codec.Malformed(&where, expected)
	}
	inner := where.Member(member)
	return codec.Malformed(&inner, expected)
}

// said is one part of an answer; values are zero when absent.
type said struct {
	text, call, inline, code, output, signature longmen.Value
	thought                                     bool
}

// read tells whether v is a part at all.
func (s *said) read(v longmen.Value) bool {
	known := false
	for m := v.First(); m.Exists(); m = m.Next() {
		if known = true; m.Kind() == longmen.KindNull {
			continue
		}
		switch string(codec.Key(m)) {
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
	if s.signature.Exists() && !codec.Text(s.signature) {
		s.signature = 0
	}
	return known || v.Kind() == longmen.KindObject
}

// fenced is a text for code that the provider ran, or for what it put out; 0 if the part is neither.
func (s *said) fenced() longmen.Value {
	var b []byte
	switch {
	case s.code.Exists():
		b = add(b, "\n```")
		if language := s.code.Get("language"); language.Is("PYTHON") {
			b = add(b, "python")
		}
		b = append(b, '\n')
		b = s.code.Get("code").AppendString(b)
	case s.output.Exists():
		b = add(b, "\n```\n")
		b = s.output.Get("output").AppendString(b)
	default:
		return 0
	}
	if b[len(b)-1] != '\n' {
		b = append(b, '\n')
	}
	return longmen.NewString(string(add(b, "```\n")))
}
