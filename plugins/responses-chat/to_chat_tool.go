package responseschat

import (
	"strings"

	"github.com/longmen-gateway/longmen/plugins/codec"
	"github.com/longmen-gateway/longmen/sdk/go/longmen"
)

const (
	maxToolName = 512      // bytes of a name or namespace that a client chose
	maxRestored = 64 << 10 // bytes of names to restore: they live in the exchange's state
)

// toolNames are the tools that the upstream knows by another name or as something else: those of a
// namespace, which chat completions do not have, and custom tools that became functions.
type toolNames struct {
	sent  map[string]string // namespace, two zeros and the name, to the name that is sent
	taken map[string]bool   // names sent
	kept  []byte            // JSON members of what answers need: sent: {"name","namespace","custom"}
}

// functionNames are the names that chat completions take.
var functionNames = codec.NameForm{Max: 64, Allowed: func(c byte, _ bool) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}}

// reserve keeps a name from being given to a tool of a namespace.
func (t *toolNames) reserve(name []byte) {
	if t.taken == nil {
		t.taken, t.sent = make(map[string]bool), make(map[string]string)
	}
	t.taken[string(name)] = true
}

// flat is the name to send for a tool of a namespace, the same for every mention in a request.
func (t *toolNames) flat(space, name []byte, custom bool) string {
	key := string(space) + "\x00\x00" + string(name)
	if s, ok := t.sent[key]; ok {
		return s
	}
	names := codec.Names{Form: &functionNames}
	sent := names.Send([]byte(strings.TrimRight(string(space), "_") + "__" + string(name)))
	for base, i := sent, 2; t.taken[sent]; i++ {
		suffix := "_" + string(appendInt(nil, i))
		sent = base[:min(len(base), functionNames.Max-len(suffix))] + suffix
	}
	t.reserve([]byte(sent))
	t.sent[key] = sent
	t.begin(sent)
	t.kept = append(t.kept, `"name":`...)
	t.kept = codec.AppendQuoted(t.kept, string(name))
	t.kept = append(t.kept, `,"namespace":`...)
	t.kept = codec.AppendQuoted(t.kept, string(space))
	if custom {
		t.kept = append(t.kept, `,"custom":true`...)
	}
	t.kept = append(t.kept, '}')
	return sent
}

// custom notes that a custom tool without a namespace is sent as a function.
func (t *toolNames) custom(name []byte) {
	key := "\x00" + string(name)
	if _, ok := t.sent[key]; ok {
		return
	}
	t.reserve(name)
	t.sent[key] = string(name)
	t.begin(string(name))
	t.kept = append(t.kept, `"custom":true}`...)
}

func (t *toolNames) begin(sent string) {
	if len(t.kept) > 0 {
		t.kept = append(t.kept, ',')
	}
	t.kept = codec.AppendQuoted(t.kept, sent)
	t.kept = append(t.kept, `:{`...)
}

// restored is what answers need of it.
func (t *toolNames) restored() longmen.Value {
	b := append(output[:0], '{')
	b = append(b, t.kept...)
	return parsed(append(b, '}'))
}

// tool is one tool's members; zero when absent.
type tool struct {
	kind, name, description, parameters, strict, format, tools longmen.Value
	size, location                                             longmen.Value // of web_search
}

func (r *toChat) readTool(t *tool, v longmen.Value, at *codec.Path) error {
	if v.Kind() != longmen.KindObject {
		return codec.Invalid(at, "expected a tool object")
	}
	odd := false // it has members that nothing here knows
	for m := v.First(); m.Exists(); m = m.Next() {
		switch name := codec.Key(m); string(name) {
		case "type":
			t.kind = m
		case "name":
			t.name = m
		case "description":
			t.description = m
		case "parameters":
			t.parameters = m
		case "strict":
			t.strict = m
		case "format":
			t.format = m
		case "tools":
			t.tools = m
		case "search_context_size":
			t.size = m
		case "user_location":
			t.location = m
		case "defer_loading", "async", "allowed_callers", "output_schema", "external_web_access", "search_content_types":
			// hints for OpenAI's own servers: the tool is there from the beginning, and the client runs it
		default:
			if !odd {
				odd = true
				if k := codec.Word(v.Get("type")); !toolTypes[string(k)] && !isSearch(k) {
					return unknownTool(at) // rather than a warning of what belongs to it
				}
			}
			if err := r.unknown("tools[]", name, m, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// declare turns the tools.
func (r *toChat) declare(tools longmen.Value) error {
	at := codec.Path{Name: "tools"}
	if codec.Absent(tools) {
		return nil
	}
	if tools.Kind() != longmen.KindArray {
		return codec.Invalid(&at, "expected an array of tools")
	}
	if err := r.reserve(tools, &at); err != nil {
		return err
	}
	list := longmen.NewArray()
	r.agent = tools.Index(1).Exists()
	i := 0
	for v, next := tools.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := at.Element(i)
		i++
		if err := r.tool(list, v, nil, &here); err != nil {
			return err
		}
	}
	if r.functions > 0 {
		r.out.Set("tools", list)
	}
	return nil
}

// reserve keeps the names of plain tools for them when there are namespaces.
func (r *toChat) reserve(tools longmen.Value, at *codec.Path) error {
	spaces := false
	for v := tools.First(); v.Exists(); v = v.Next() {
		if err := r.step(at); err != nil {
			return err
		}
		if v.Get("type").Is("namespace") {
			spaces = true
			break
		}
	}
	if !spaces {
		return nil
	}
	for v := tools.First(); v.Exists(); v = v.Next() {
		if err := r.step(at); err != nil {
			return err
		}
		if !v.Get("type").Is("namespace") {
			if name := short(v.Get("name"), textBuffer[:functionNames.Max+1]); len(name) > 0 {
				r.names.reserve(name)
			}
		}
	}
	return nil
}

// tool appends one tool, or those of a namespace.
func (r *toChat) tool(list, v longmen.Value, space []byte, at *codec.Path) error {
	if err := r.step(at); err != nil {
		return err
	}
	var t tool
	if err := r.readTool(&t, v, at); err != nil {
		return err
	}
	kind := string(codec.Word(t.kind))
	switch {
	case kind == "function":
		return r.function(list, &t, space, at)
	case kind == "custom" && space == nil && config.custom:
		return r.customTool(list, &t, at)
	case kind == "custom":
		return r.customFunction(list, &t, space, at)
	case kind == "namespace" && space == nil:
		return r.namespace(list, &t, at)
	case isSearch(codec.Word(t.kind)) && space == nil:
		return r.search(&t)
	}
	return unknownTool(at)
}

// toolTypes are the types of tools that a client runs.
var toolTypes = map[string]bool{"function": true, "custom": true, "namespace": true}

// isSearch tells whether a type is one of the web search tool's: with the years it has got several.
func isSearch(kind []byte) bool {
	rest, ok := strings.CutPrefix(codec.View(kind), "web_search")
	return ok && (rest == "" || rest[0] == '_')
}

func unknownTool(at *codec.Path) error {
	where := at.Member("type")
	return codec.Unsupported(&where, "expected function, custom, namespace or web_search: this upstream has no tools of its own")
}

// toolName reads the name of a tool or a namespace; it is good until the next text is read.
func toolName(v longmen.Value, buffer []byte, at *codec.Path) ([]byte, error) {
	name := short(v, buffer)
	if len(name) == 0 {
		where := at.Member("name")
		return nil, codec.Invalid(&where, "expected a name of at most 512 bytes")
	}
	return name, nil
}

// sentName is the name to send for a tool: the client's own, or one that has the namespace in it.
func (r *toChat) sentName(v longmen.Value, space []byte, custom bool, at *codec.Path) (longmen.Value, error) {
	if len(space) == 0 && !custom {
		if !codec.Text(v) {
			where := at.Member("name")
			return 0, codec.Invalid(&where, "expected the name of the tool")
		}
		return v, nil
	}
	var buffer [maxToolName + 1]byte
	name, err := toolName(v, buffer[:], at)
	if err != nil {
		return 0, err
	}
	if len(r.names.kept) > maxRestored {
		return 0, codec.Unsupported(at, "expected shorter or fewer names of namespaces and custom tools: 64 KiB are kept for an answer")
	}
	if len(space) == 0 {
		r.names.custom(name)
		return v, nil
	}
	return longmen.NewString(r.names.flat(space, name, custom)), nil
}

// function appends a function.
func (r *toChat) function(list longmen.Value, t *tool, space []byte, at *codec.Path) error {
	name, err := r.sentName(t.name, space, false, at)
	if err != nil {
		return err
	}
	f := longmen.NewJSON(`{"type":"function","function":{}}`)
	to := f.Get("function")
	to.Set("name", name)
	set(to, "description", t.description)
	set(to, "parameters", t.parameters)
	set(to, "strict", t.strict)
	list.Append(f)
	r.functions++
	return nil
}

// namespace appends the tools of a namespace.
func (r *toChat) namespace(list longmen.Value, t *tool, at *codec.Path) error {
	var buffer [maxToolName + 1]byte
	space, err := toolName(t.name, buffer[:], at)
	if err != nil {
		return err
	}
	inner := at.Member("tools")
	if t.tools.Kind() != longmen.KindArray {
		return codec.Invalid(&inner, "expected an array of tools")
	}
	i := 0
	for v, next := t.tools.First(), longmen.Value(0); v.Exists(); v = next {
		next = v.Next()
		here := inner.Element(i)
		i++
		if err := r.tool(list, v, space, &here); err != nil {
			return err
		}
	}
	return nil
}

// maxGrammar bounds the grammar of a custom tool that goes into a description, in bytes.
const maxGrammar = 64 << 10

// customFunction appends a function that stands for a custom tool: its one parameter is the free text.
func (r *toChat) customFunction(list longmen.Value, t *tool, space []byte, at *codec.Path) error {
	name, err := r.sentName(t.name, space, true, at)
	if err != nil {
		return err
	}
	f := longmen.NewJSON(`{"type":"function","function":{"parameters":{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}}}`)
	to := f.Get("function")
	to.Set("name", name)
	set(to, "description", t.description)
	input := to.Pointer("/parameters/properties/input")
	input.SetString("description", "the whole input of the tool, as free text")
	if g := t.format.Get("definition"); codec.Text(g) && g.Len() <= maxGrammar {
		b := append([]byte(nil), "the whole input of the tool, as free text that follows this "...)
		b = append(b, codec.Word(t.format.Get("syntax"))...)
		b = append(b, " grammar:\n"...)
		input.SetString("description", codec.View(g.AppendString(b)))
	}
	list.Append(f)
	r.functions++
	return nil
}

// customTool appends a custom tool in the spelling of chat completions.
func (r *toChat) customTool(list longmen.Value, t *tool, at *codec.Path) error {
	if !codec.Text(t.name) {
		where := at.Member("name")
		return codec.Invalid(&where, "expected the name of the tool")
	}
	c := longmen.NewJSON(`{"type":"custom","custom":{}}`)
	to := c.Get("custom")
	to.Set("name", t.name)
	set(to, "description", t.description)
	switch kind := t.format.Get("type"); {
	case kind.Is("grammar"):
		f := longmen.NewJSON(`{"type":"grammar","grammar":{}}`)
		set(f.Get("grammar"), "definition", t.format.Get("definition"))
		set(f.Get("grammar"), "syntax", t.format.Get("syntax"))
		to.Set("format", f)
	case kind.Is("text"):
		to.Set("format", t.format)
	}
	list.Append(c)
	r.functions++
	return nil
}

// search turns the web search tool into an option. Agents offer it with every request, beside tools of their
// own, and servers that do not know the option refuse it; who asks for nothing else wants it. A codec behind
// this one knows what its provider has.
func (r *toChat) search(t *tool) error {
	r.searched = true
	if config.search == never || config.search == auto && r.wire && r.agent && !strings.Contains(r.model, "-search") {
		return r.Warn("tools[].type", "web_search is not supported by this upstream")
	}
	o := longmen.NewObject()
	set(o, "search_context_size", t.size)
	if t.location.Kind() == longmen.KindObject {
		l := longmen.NewJSON(`{"type":"approximate","approximate":{}}`)
		for _, name := range [...]string{"city", "country", "region", "timezone"} {
			set(l.Get("approximate"), name, t.location.Get(name))
		}
		o.Set("user_location", l)
	}
	r.out.Set("web_search_options", o)
	return nil
}

// choose turns tool_choice.
func (r *toChat) choose(v longmen.Value) error {
	at := codec.Path{Name: "tool_choice"}
	if codec.Absent(v) {
		return nil
	}
	switch v.Kind() {
	case longmen.KindString:
		switch string(codec.Word(v)) {
		case "auto", "none":
			if r.functions > 0 { // without tools chat completions refuse it
				r.out.Set("tool_choice", v)
			}
			return nil
		case "required":
			return r.chose(v, &at)
		}
		return codec.Invalid(&at, "expected none, auto, required or an object")
	case longmen.KindObject:
	default:
		return codec.Invalid(&at, "expected a string or an object")
	}
	if !v.Get("type").Is("allowed_tools") {
		c, err := r.chosen(v, &at)
		if err != nil {
			return err
		}
		return r.chose(c, &at)
	}
	c := longmen.NewJSON(`{"type":"allowed_tools","allowed_tools":{"tools":[]}}`)
	to := c.Get("allowed_tools")
	set(to, "mode", v.Get("mode"))
	list, where := to.Get("tools"), at.Member("tools")
	allowed := v.Get("tools")
	if allowed.Kind() != longmen.KindArray {
		return codec.Invalid(&where, "expected an array of tools")
	}
	i := 0
	for t, next := allowed.First(), longmen.Value(0); t.Exists(); t = next {
		next = t.Next()
		here := where.Element(i)
		i++
		if err := r.step(&here); err != nil {
			return err
		}
		if r.searched && isSearch(codec.Word(t.Get("type"))) {
			continue // an option in chat completions, or warned of
		}
		made, err := r.chosen(t, &here)
		if err != nil {
			return err
		}
		list.Append(made)
	}
	return r.chose(c, &at)
}

// chose sets a choice that demands a tool.
func (r *toChat) chose(c longmen.Value, at *codec.Path) error {
	switch {
	case r.functions > 0:
		r.out.Set("tool_choice", c)
	case r.searched:
		return r.Warn("tool_choice", "chat completions search as they see fit")
	default:
		return codec.Invalid(at, "expected tools to choose from")
	}
	return nil
}

// chosen is one tool that tool_choice names.
func (r *toChat) chosen(v longmen.Value, at *codec.Path) (longmen.Value, error) {
	kind, name, space := "function", v.Get("name"), v.Get("namespace")
	where := at.Member("type")
	custom := false
	switch string(codec.Word(v.Get("type"))) {
	case "function":
	case "custom":
		if custom = true; config.custom && codec.Absent(space) {
			kind, custom = "custom", false
		}
	default:
		return 0, codec.Unsupported(&where, "expected function, custom or allowed_tools: this upstream has no tools of its own")
	}
	var buffer [maxToolName + 1]byte
	sent, err := r.sentName(name, short(space, buffer[:]), custom, at)
	if err != nil {
		return 0, err
	}
	b := append(output[:0], `{"type":"`...)
	b = append(b, kind...)
	b = append(b, `","`...)
	b = append(b, kind...)
	c := parsed(append(b, `":{}}`...))
	c.Get(kind).Set("name", sent)
	return c, nil
}
