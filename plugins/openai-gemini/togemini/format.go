package togemini

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// describe puts the form of the answer that response_format asks for into the system text, where the model
// cannot be held to it because the request has tools.
func (r *request) describe(p *parameters) {
	if codec.Absent(p.format) || r.functions == 0 || r.to.jsonTool {
		return
	}
	switch string(codec.Word(p.format.Get("type"))) {
	case "json_object":
		r.system = append(r.system, longmen.NewString("When you answer with text, answer with one JSON object and nothing else."))
	case "json_schema":
		schema := p.format.Pointer("/json_schema/schema")
		if schema.Kind() == longmen.KindObject {
			r.system = append(r.system, longmen.NewString("When you answer with text, answer with JSON that conforms to this JSON Schema and nothing else:"), schema.Stringify())
		}
	}
}

// shape sets the form of the answer that response_format asks for.
func (r *request) shape(p *parameters) error {
	if codec.Absent(p.format) {
		return nil
	}
	at := codec.Path{Name: "response_format"}
	where := at.Member("type")
	structured := false
	switch string(codec.Word(p.format.Get("type"))) {
	case "text":
		return nil
	case "json_object":
	case "json_schema":
		structured = true
	default:
		return codec.Invalid(&where, "expected text, json_object or json_schema")
	}
	if r.functions > 0 && !r.to.jsonTool {
		return r.Warn("response_format", "this gemini model does not combine it with tools: it is told in the system text, and the answer may be any text")
	}
	r.generate().SetString("responseMimeType", "application/json")
	if !structured {
		return nil
	}
	inner := at.Member("json_schema")
	where = inner.Member("schema")
	schema := p.format.Pointer("/json_schema/schema")
	if codec.Absent(schema) {
		return nil
	}
	return r.target(r.generate(), schema, "responseJsonSchema", "responseSchema", false, &where)
}
