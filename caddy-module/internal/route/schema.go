package route

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr/types"

	"github.com/expr-lang/expr"
)

// Type is the type of an attribute, as a plugin's manifest spells it.
type Type string

// Types of attributes.
const (
	Int    Type = "int"
	Float  Type = "float"
	Bool   Type = "bool"
	String Type = "string"
)

// Schema is what a rule may name besides the builtin names.
type Schema struct {
	// Attributes that plugins before routing declare, by name ("pii.email"), with their type. An
	// attribute that no plugin has set is 0, false or "".
	Attributes map[string]Type
	// Late are attributes of plugins that run only after routing, with the plugin's name: naming
	// one is an error that says so.
	Late map[string]string
	// Providers that provider("…") may name.
	Providers []string
}

// variable is a name that a rule can read.
type variable struct {
	name  string
	load  func(*Env) any
	needs Needs
	// costly variables are loaded when the evaluation reaches them, the others before it.
	costly bool
}

var (
	needsDocument = Needs{Body: true, Document: true}
	needsPrompt   = Needs{Body: true, Prompt: true}
)

// builtinVariables are the names that every rule can read, documented in Names.
var builtinVariables = []struct {
	variable
	kind Type
	doc  string
}{
	{variable{"model", func(e *Env) any { return e.values.Model() }, Needs{Body: true, Model: true}, false}, String, "the model the client asked for"},
	{variable{"stream", func(e *Env) any { return e.values.Stream() }, Needs{Body: true, Stream: true}, false}, Bool, "whether the client asked for a stream"},
	{variable{"max_tokens", func(e *Env) any { return e.values.MaxTokens() }, needsDocument, false}, Int, "the client's limit of output tokens; 0 when it set none"},
	{variable{"messages", func(e *Env) any { return e.values.Messages() }, needsDocument, true}, Int, "how many messages the request has"},
	{variable{"tools", func(e *Env) any { return e.values.Tools() }, needsDocument, true}, Int, "how many tools the request declares"},
	{variable{"images", func(e *Env) any { return e.values.Images() }, needsDocument, true}, Int, "how many images the request holds"},
	{variable{"prompt.chars", func(e *Env) any { return e.measured().chars }, needsPrompt, true}, Int, "characters (code points) of all texts of the request"},
	{variable{"prompt.tokens", func(e *Env) any { return e.measured().tokens() }, needsPrompt, true}, Int, "estimated tokens: a token per 4 ASCII characters, per 2 characters of other alphabets, per Chinese, Japanese or Korean character"},
	{variable{"language", func(e *Env) any { return e.measured().language() }, needsPrompt, true}, String, "zh, ja, ko, ru, ar, en or other, guessed from the scripts of the texts (Latin counts as en)"},
	{variable{"user", func(e *Env) any { return e.values.User() }, needsDocument, true}, String, "the end user's name as the request body gives it"},
	{variable{"client_ip", func(e *Env) any { return e.values.ClientIP() }, Needs{}, true}, String, "the client's address, after Caddy's trusted_proxies"},
	{variable{"dialect", func(e *Env) any { return e.values.Dialect() }, Needs{}, false}, String, "the client's dialect, such as openai.chat"},
}

// function is a call that a rule can make. Its internal name ends in "()", which no rule can spell.
type function struct {
	name   string
	option expr.Option
}

// functions are what calls and costly variables are turned into. Each is handed expr's environment
// first, which leads back to the Env.
var functions = func() []function {
	fs := []function{
		{"header()", expr.Function("header()", callHeader, new(func(any, string) string))},
		{"prompt.contains()", expr.Function("prompt.contains()", callContains, new(func(any, string) bool))},
	}
	fs = append(fs, figureFunctions()...)
	for _, b := range builtinVariables {
		if !b.costly {
			continue
		}
		load := b.load
		call := func(params ...any) (any, error) { return load(envOf(params[0])), nil }
		fs = append(fs, function{b.name + "()", expr.Function(b.name+"()", call, signatures[b.kind])})
	}
	return fs
}()

var signatures = map[Type]any{
	Int:    new(func(any) int),
	Bool:   new(func(any) bool),
	String: new(func(any) string),
	Float:  new(func(any) float64),
}

// allowedBuiltins are the functions of expr that a rule may call: those whose work is linear in one
// short argument. Everything with a predicate, every list builder, clocks and JSON are left out.
var allowedBuiltins = map[string]bool{
	"len": true, "lower": true, "upper": true, "trim": true, "trimPrefix": true, "trimSuffix": true,
	"hasPrefix": true, "hasSuffix": true, "indexOf": true,
	"abs": true, "ceil": true, "floor": true, "round": true, "min": true, "max": true,
	"int": true, "float": true,
}

// Name is a name that rules can use.
type Name struct {
	// Name as it is written, with its parameters.
	Name string
	// Type that it yields.
	Type Type
	// Doc says what it is.
	Doc string
}

// Names lists the builtin names, for documentation and for caddy commands.
func Names() []Name {
	var names []Name
	for _, b := range builtinVariables {
		names = append(names, Name{b.name, b.kind, b.doc})
	}
	names = append(names,
		Name{`prompt.contains("…")`, Bool, "whether one text of the request contains the string, case-sensitive"},
		Name{"key.id, key.name, key.…", String, `the caller's key: its short digest, its name, and its labels; "" when there is none`},
		Name{`header("…")`, String, `a request header's first value; "" when absent; headers that carry credentials are hidden`},
	)
	for _, f := range figures {
		names = append(names, Name{`provider("…").` + f.name, f.kind, f.doc})
	}
	return names
}

// nameTable is a schema made ready for one compilation.
type nameTable struct {
	types     types.Map
	variables map[string]*variable
	groups    map[string]bool // "prompt", "key", "pii": names that only lead to others
	known     []string        // all that may be suggested
}

func (s Schema) names() (*nameTable, error) {
	t := &nameTable{
		types:     types.Map{},
		variables: map[string]*variable{},
		groups:    map[string]bool{"prompt": true, "key": true, "provider": true},
		known:     []string{"prompt.contains", "key.id", "key.name", "header", "provider"},
	}
	for i := range builtinVariables {
		b := &builtinVariables[i]
		t.add(&b.variable, b.kind)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Attributes)) {
		if err := checkAttribute(name, s.Attributes[name], t); err != nil {
			return nil, err
		}
		t.add(attribute(name, s.Attributes[name]), s.Attributes[name])
	}
	slices.Sort(t.known)
	return t, nil
}

func (t *nameTable) add(v *variable, kind Type) {
	t.types[v.name] = zeroes[kind].kind
	t.variables[v.name] = v
	t.known = append(t.known, v.name)
	for i, c := range v.name {
		if c == '.' {
			t.groups[v.name[:i]] = true
		}
	}
}

var zeroes = map[Type]struct {
	value any
	kind  types.Type
}{
	Int:    {0, types.Int},
	Float:  {0.0, types.Float64},
	Bool:   {false, types.Bool},
	String: {"", types.String},
}

// attribute makes the variable of a declared attribute. A value of another type than declared reads
// as the zero value: the host refuses such a value when the plugin sets it.
func attribute(name string, kind Type) *variable {
	zero := zeroes[kind].value
	want := reflect.TypeOf(zero)
	load := func(e *Env) any {
		v := e.values.Attribute(name)
		if n, ok := v.(int64); ok {
			v = int(n)
		}
		if n, ok := v.(int); ok && kind == Float {
			v = float64(n)
		}
		if reflect.TypeOf(v) != want {
			return zero
		}
		return v
	}
	return &variable{name: name, load: load, needs: Needs{Attributes: []string{name}}}
}

func checkAttribute(name string, kind Type, t *nameTable) error {
	if _, ok := zeroes[kind]; !ok {
		return fmt.Errorf("attribute %s has type %q: expected int, float, bool or string", name, kind)
	}
	for part := range strings.SplitSeq(name, ".") {
		if !identifier(part) {
			return fmt.Errorf("attribute %q is not a name: expected words of letters, digits and _ joined by dots, such as pii.email", name)
		}
	}
	first, _, _ := strings.Cut(name, ".")
	if !strings.Contains(name, ".") {
		return fmt.Errorf("attribute %s has no group: expected a dotted name, such as pii.email", name)
	}
	if reserved[first] {
		return fmt.Errorf("attribute %s hides the builtin name %s: expected another group", name, first)
	}
	if t.groups[name] || t.variables[first] != nil {
		return fmt.Errorf("attribute %s is also a group of other attributes: expected one or the other", name)
	}
	for i, c := range name {
		if c == '.' && t.variables[name[:i]] != nil {
			return fmt.Errorf("attribute %s lies below attribute %s: expected one or the other", name, name[:i])
		}
	}
	return nil
}

// reserved are first words that no attribute may have: builtin names and words of the language.
var reserved = func() map[string]bool {
	r := map[string]bool{
		"prompt": true, "key": true, "provider": true, "header": true,
		"true": true, "false": true, "nil": true, "not": true, "in": true, "and": true, "or": true, "let": true, "if": true, "else": true,
		"matches": true, "contains": true, "startsWith": true, "endsWith": true,
	}
	for _, b := range builtinVariables {
		first, _, _ := strings.Cut(b.name, ".")
		r[first] = true
	}
	return r
}()

func identifier(s string) bool {
	for i, c := range s {
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || '9' < c) {
			return false
		}
	}
	return s != ""
}

// CheckAttributes says whether a plugin's declaration of attributes can be used in rules.
func CheckAttributes(attributes map[string]string) error {
	s := Schema{Attributes: map[string]Type{}}
	for name, kind := range attributes {
		s.Attributes[name] = Type(kind)
	}
	_, err := s.names()
	return err
}

// Declare adds a plugin's attributes to the schema. Two plugins may declare one attribute only with
// one type.
func (s *Schema) Declare(attributes map[string]string) error {
	if s.Attributes == nil {
		s.Attributes = map[string]Type{}
	}
	if err := CheckAttributes(attributes); err != nil {
		return err
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		kind := Type(attributes[name])
		if old, ok := s.Attributes[name]; ok && old != kind {
			errs = append(errs, fmt.Errorf("attribute %s is declared as %s and as %s: expected one type", name, old, kind))
			continue
		}
		s.Attributes[name] = kind
	}
	return errors.Join(errs...)
}
