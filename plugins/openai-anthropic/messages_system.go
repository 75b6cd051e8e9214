package openaianthropic

import (
	"bytes"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// billing begins the text in which Claude Code tells Anthropic its version: a header that stands in the
// body, and changes from request to request.
const billing = "x-anthropic-billing-header:"

// instruct places the system text as the first message.
func (r *messages) instruct(system longmen.Value) error {
	at := codec.Path{Name: "system"}
	content, err := r.systemText(system, &at)
	if err != nil || !content.Exists() {
		return err
	}
	r.list.Append(r.systemMessage(content))
	return nil
}

func (r *messages) systemMessage(content longmen.Value) longmen.Value {
	role := `{"role":"system"}`
	if r.wire && r.quirks.Has("developer") {
		role = `{"role":"developer"}`
	}
	m := longmen.NewJSON(role)
	m.Set("content", content)
	return m
}

// systemText is the content of a system message: a string, or parts when there are several texts, or
// when one is to be cached. 0 when there is none.
func (r *messages) systemText(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	switch v.Kind() {
	case longmen.KindInvalid, longmen.KindNull:
		return 0, nil
	case longmen.KindString:
		if codec.Text(v) {
			return v, nil
		}
		return 0, nil
	case longmen.KindArray:
	default:
		return 0, codec.Invalid(at, "expected a string or an array of text blocks")
	}
	var p pieces
	i := 0
	for b, next := v.First(), longmen.Value(0); b.Exists(); b = next {
		next = b.Next()
		here := at.Element(i)
		i++
		var a anthropicBlock
		if err := r.readBlock(&a, b, &here); err != nil {
			return 0, err
		}
		if string(codec.Word(a.kind)) != "text" {
			return 0, codec.UnsupportedIn(&here, "type", "expected a text block")
		}
		if bytes.HasPrefix(codec.Word(a.text), []byte(billing)) {
			continue
		}
		if err := r.text(&p, &a, &here); err != nil {
			return 0, err
		}
	}
	return p.content(), nil
}
