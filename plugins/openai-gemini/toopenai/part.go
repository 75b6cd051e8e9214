package toopenai

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// part is one part's members; zero when absent.
type part struct {
	text, inline, file, call, response, code, output longmen.Value
	signature, resolution                            longmen.Value
	thought                                          bool
	other                                            bool // a part of the server's own tools
}

// readPart finds a part's members by name.
func (r *request) readPart(p *part, v longmen.Value, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	known := false
	for m := v.First(); m.Exists(); m = m.Next() {
		if known = true; m.Kind() == longmen.KindNull {
			continue
		}
		switch name := field(m); string(name) {
		case "text":
			if p.text = m; m.Kind() != longmen.KindString {
				where := at.Member("text")
				return invalid(&where, "expected a string")
			}
		case "inlineData":
			p.inline = m
		case "fileData":
			p.file = m
		case "functionCall":
			p.call = m
		case "functionResponse":
			p.response = m
		case "executableCode":
			p.code = m
		case "codeExecutionResult":
			p.output = m
		case "thought":
			p.thought = m.Bool()
		case "thoughtSignature":
			p.signature = m
		case "mediaResolution":
			p.resolution = m
		case "toolCall", "toolResponse":
			p.other = true
		case "partMetadata":
			// the client's own
		default:
			if err := r.unknown("contents[].parts[]", m, at); err != nil {
				return err
			}
		}
	}
	if !known && v.Kind() != longmen.KindObject {
		return invalid(at, "expected a part object")
	}
	return nil
}

// words is the text of a part that is one: a text, or code that a provider ran and what it put out. An
// absent value and an empty text are none.
func (p *part) words() longmen.Value {
	switch {
	case codec.Text(p.text):
		return p.text
	case p.code.Exists():
		return fence(p.code.Get("language").Is("PYTHON"), p.code.Get("code"))
	case p.output.Exists():
		return fence(false, p.output.Get("output"))
	}
	return 0
}

// fence puts a text into a block of code.
func fence(python bool, text longmen.Value) longmen.Value {
	b := add(output[:0], "\n```")
	if python {
		b = add(b, "python")
	}
	b = text.AppendString(append(b, '\n'))
	if b[len(b)-1] != '\n' {
		b = append(b, '\n')
	}
	output = add(b, "```\n")
	return longmen.NewString(codec.View(output))
}

// userPart is the content part for a part of the user's that is no text.
func (r *request) userPart(p *part, at *codec.Path) (longmen.Value, error) {
	switch {
	case p.inline.Exists():
		where := at.Member("inlineData")
		return r.inline(p.inline, p.resolution, &where)
	case p.file.Exists():
		where := at.Member("fileData")
		return r.file(p.file, p.resolution, &where)
	case p.call.Exists():
		where := at.Member("functionCall")
		return 0, invalid(&where, "expected function calls in contents of role model")
	}
	return 0, nil
}
