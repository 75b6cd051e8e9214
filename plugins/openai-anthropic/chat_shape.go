package openaianthropic

import (
	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

// jsonHint is the system text for a client that wants JSON of no certain form, which Anthropic cannot
// enforce.
const jsonHint = `{"type":"text","text":"Answer with one valid JSON object and nothing else."}`

// jsonDescription is what a model reads of the tool whose input is the answer.
const jsonDescription = `Answer by calling this tool: its input is the whole answer.`

// shape sets the form of the answer.
func (r *chat) shape(p *chatParameters) error {
	at := codec.Path{Name: "response_format"}
	if codec.Absent(p.format) {
		return nil
	}
	switch string(codec.Word(p.format.Get("type"))) {
	case "text":
		return nil
	case "json_object":
		return r.hint()
	case "json_schema":
	default:
		return codec.InvalidIn(&at, "type", "expected text, json_object or json_schema")
	}
	format, here := p.format.Get("json_schema"), at.Member("json_schema")
	schema, where := format.Get("schema"), here.Member("schema")
	if codec.Absent(schema) { // any object will do
		if r.to.format { // which allows no members that are not named
			return r.hint()
		}
		schema = longmen.NewJSON(`{"type":"object"}`)
	}
	if schema.Kind() != longmen.KindObject {
		return codec.Invalid(&where, "expected a JSON Schema")
	}
	if r.to.format {
		s := schemas{chat: r}
		if err := s.walk(schema, 0, &where); err != nil {
			return err
		}
		f := longmen.NewJSON(`{"type":"json_schema"}`)
		f.Set("schema", schema)
		r.configure().Set("format", f)
		return nil
	}
	return r.byTool(format, schema, &here)
}

// hint asks for any JSON object in the system text.
func (r *chat) hint() error {
	r.system = append(r.system, longmen.NewJSON(jsonHint))
	return r.Warn("response_format", "any JSON object is asked for in the system text: anthropic does not enforce it")
}

// byTool makes an older model answer in a form: it has to call one tool whose input is the answer.
func (r *chat) byTool(format, schema longmen.Value, at *codec.Path) error {
	if r.mode == "any" || r.mode == "tool" {
		return r.Warn("response_format", "left out: this claude model cannot be held to a form while another tool is forced")
	}
	name := format.Get("name")
	if !codec.Text(name) {
		name = longmen.NewString("response")
	}
	sent, err := r.name(name, at)
	if err != nil {
		return err
	}
	for taken := sent; r.declared(sent); {
		taken += "_"
		sent = r.names.Send([]byte(taken))
	}
	if !schema.Get("type").Exists() {
		schema.SetString("type", "object")
	}
	t := output.Start(`{"name":`).Quote(sent).Put(`,"description":"` + jsonDescription + `"}`).Parse()
	t.Set("input_schema", schema)
	hasTools := r.outTools.Exists()
	r.tool(t)
	r.json = sent
	if hasTools && r.mode != "none" {
		r.mode = "any" // one of the client's, or the answer
		return nil
	}
	r.mode, r.forced = "tool", ""
	return nil
}

// declared tells whether one of the tools has that name.
func (r *chat) declared(name string) bool {
	for t := r.outTools.First(); t.Exists(); t = t.Next() {
		if t.Get("name").Is(name) {
			return true
		}
	}
	return false
}

// maxDepth bounds the nesting of a schema.
const maxDepth = 64

// schemas turns a JSON Schema into the subset that output_config.format takes.
type schemas struct {
	*chat
	lost []byte // what the current node says that Anthropic does not enforce
}

// walk changes a schema in place. What is taken out is told to the model in the description.
func (s *schemas) walk(v longmen.Value, depth int, at *codec.Path) error {
	if v.Kind() != longmen.KindObject {
		return nil // true, false
	}
	if err := s.step(at); err != nil {
		return err
	}
	if depth == maxDepth {
		return codec.Unsupported(at, "expected a schema of at most 64 levels")
	}
	var description, oneOf, extra longmen.Value
	object, anyOf := false, false
	lost := s.lost[:0]
	for m, next := v.First(), longmen.Value(0); m.Exists(); m = next {
		next = m.Next()
		name := codec.Key(m)
		switch string(name) {
		case "type":
			object = object || isObject(m)
		case "description":
			description = m
		case "properties":
			object = true
		case "anyOf":
			anyOf = true
		case "oneOf":
			oneOf = m
		case "additionalProperties":
			extra = m
		case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern",
			"minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "minContains", "maxContains":
			lost = appendLost(lost, name, m)
			m.Delete()
		case "format":
			if !knownFormat(m) {
				lost = appendLost(lost, name, m)
				m.Delete()
			}
		}
	}
	s.lost = lost
	if len(lost) > 0 {
		text := description.AppendString(make([]byte, 0, 256))
		if len(text) > 0 {
			text = append(text, ' ')
		}
		text = append(append(append(text, '('), lost...), ')')
		v.Set("description", longmen.NewString(string(text)))
	}
	if object {
		if extra.Kind() == longmen.KindObject && extra.First().Exists() {
			if err := s.Warn("response_format", "additionalProperties of the schema are not supported by anthropic"); err != nil {
				return err
			}
		}
		v.SetBool("additionalProperties", false)
	}
	if oneOf.Exists() {
		if anyOf {
			if err := s.Warn("response_format", "oneOf beside anyOf is not supported by anthropic"); err != nil {
				return err
			}
			oneOf.Delete()
		} else {
			v.Set("anyOf", oneOf)
		}
	}
	return s.children(v, depth, at)
}

// children walks the schemas inside of a schema.
func (s *schemas) children(v longmen.Value, depth int, at *codec.Path) error {
	for m := v.First(); m.Exists(); m = m.Next() {
		name := string(codec.Key(m))
		here := at.Member(name)
		switch name {
		case "properties", "$defs", "definitions", "patternProperties":
			for p := m.First(); p.Exists(); p = p.Next() {
				where := here.Member(string(codec.Key(p)))
				if err := s.walk(p, depth+1, &where); err != nil {
					return err
				}
			}
		case "items", "not":
			if m.Kind() == longmen.KindObject {
				if err := s.walk(m, depth+1, &here); err != nil {
					return err
				}
				continue
			}
			fallthrough
		case "anyOf", "allOf", "prefixItems":
			i := 0
			for e := m.First(); e.Exists(); e = e.Next() {
				where := here.Element(i)
				i++
				if err := s.walk(e, depth+1, &where); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// maxLost bounds one value that is told in the description, in bytes.
const maxLost = 256

// appendLost appends what a keyword says.
func appendLost(b, name []byte, v longmen.Value) []byte {
	if len(b) > 0 {
		b = append(b, ", "...)
	}
	b = append(b, name...)
	if v.Size() > maxLost {
		return b
	}
	return v.AppendJSON(append(b, ": "...))
}

// isObject tells whether a type is object, or may be.
func isObject(v longmen.Value) bool {
	if v.Kind() != longmen.KindArray {
		return v.Is("object")
	}
	for t, i := v.First(), 0; t.Exists() && i < 8; t, i = t.Next(), i+1 {
		if t.Is("object") {
			return true
		}
	}
	return false
}

// knownFormat tells whether Anthropic keeps to a format.
func knownFormat(v longmen.Value) bool {
	switch string(codec.Word(v)) {
	case "date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid":
		return true
	}
	return false
}
