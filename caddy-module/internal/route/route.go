// Package route compiles and matches the typed rules that decide which route serves a request.
// caddyllm compiles them while provisioning (so that caddy validate judges them) and the gateway
// matches them, one Env per request. It is the only package that imports expr.
//
// A rule is one expr expression that yields a bool, over the names of Names and the attributes
// that plugins declare. Everything that can loop, allocate without bound or differ from one call
// to the next is not part of the language: see allowedBuiltins and resolver.
package route

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/optimizer"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
)

// Bounds of a rule. Time and memory of a match are linear in the nodes and in the bytes of the
// request that the rule names, because the language has no loop.
const (
	// MaxSource is the longest rule in bytes.
	MaxSource = 8 << 10
	// MaxNodes is the most nodes that the syntax tree of a rule may have.
	MaxNodes = 1000
	// memoryBudget bounds what expr's virtual machine allocates for arrays during one match, in elements.
	memoryBudget = 10_000
)

// Rule is a compiled rule. It is immutable and safe for concurrent use. A nil Rule always matches
// and needs nothing, as a route without a rule does.
type Rule struct {
	source  string
	schema  Schema // that it was compiled against, to explain it
	program *vm.Program
	cheap   []*variable
	needs   Needs
	refused map[string]bool // dialects whose clients it never takes
}

// Needs tells what has to be known of a request before its rules can be matched. The zero value
// needs nothing, so the body can stream through unread.
type Needs struct {
	// Body: a value that may stand in the request body. It is true whenever one of the next four is.
	Body bool
	// Model and Stream stand in the body or in the path, as the dialect has it.
	Model, Stream bool
	// Document: a value that always stands in the body (max_tokens, messages, tools, images, user).
	Document bool
	// Prompt: the texts of the request.
	Prompt bool
	// Attributes are the plugin attributes that the rule names, in order of appearance, once each.
	Attributes []string
}

// Union returns what either needs.
func (n Needs) Union(o Needs) Needs {
	u := Needs{
		Body:     n.Body || o.Body,
		Model:    n.Model || o.Model,
		Stream:   n.Stream || o.Stream,
		Document: n.Document || o.Document,
		Prompt:   n.Prompt || o.Prompt,
	}
	u.Attributes = append(u.Attributes, n.Attributes...)
	for _, a := range o.Attributes {
		u.addAttribute(a)
	}
	return u
}

// Read tells whether the request body has to be read, given what the path has told already.
func (n Needs) Read(m dialect.Match) bool {
	return n.Document || n.Prompt || n.Model && m.Model == "" || n.Stream && !m.StreamKnown
}

func (n *Needs) addAttribute(name string) {
	for _, a := range n.Attributes {
		if a == name {
			return
		}
	}
	n.Attributes = append(n.Attributes, name)
}

// Compile checks src against the schema and compiles it. Every error that src can cause is an *Error
// with its line, column and what was expected.
func Compile(src string, schema Schema) (*Rule, error) { return compile(src, schema, reflect.Bool) }

// compile is Compile of an expression that yields that kind of value.
func compile(src string, schema Schema, want reflect.Kind) (rule *Rule, err error) {
	if len(src) > MaxSource {
		return nil, newError(src, MaxSource, fmt.Sprintf("rule of %d bytes is too long", len(src)), fmt.Sprintf("expected at most %d", MaxSource))
	}
	// expr panics on some of its own inconsistencies; a rule must never take the process down.
	defer func() {
		if r := recover(); r != nil {
			rule, err = nil, newError(src, 0, fmt.Sprintf("rule cannot be compiled: %v", r), "expected an expr expression")
		}
	}()
	tree, config, r, err := analyse(src, schema, want)
	if err != nil {
		return nil, err
	}
	refused := refusedDialects(tree.Node)
	if err := optimizer.Optimize(&tree.Node, config); err != nil {
		return nil, typeError(src, err)
	}
	program, err := compiler.Compile(tree, config)
	if err != nil {
		return nil, newError(src, 0, "rule cannot be compiled", "expected an expr expression")
	}
	return &Rule{source: src, schema: schema, program: program, cheap: r.cheap, needs: r.needs, refused: refused}, nil
}

// analyse parses a rule, resolves its names and checks its types.
func analyse(src string, schema Schema, want reflect.Kind) (*parser.Tree, *conf.Config, *resolver, error) {
	names, err := schema.names()
	if err != nil {
		return nil, nil, nil, err
	}
	config := newConfig(names)
	tree, err := parser.ParseWithConfig(src, config)
	if err != nil {
		return nil, nil, nil, syntaxError(src, err)
	}
	r := &resolver{src: src, names: names, schema: schema}
	tree.Node = r.resolve(tree.Node)
	if r.err != nil {
		return nil, nil, nil, r.err
	}
	config.WithEnv(names.types) // again: resolving found which labels of the key it names
	result, err := checker.Check(tree, config)
	if err != nil {
		return nil, nil, nil, typeError(src, err)
	}
	var b branches
	ast.Walk(&tree.Node, &b)
	if b.mixed != nil {
		return nil, nil, nil, newError(src, b.mixed.Location().From, "the two values after ? have different types", "expected two values of one type")
	}
	if result == nil || result.Kind() != want {
		return nil, nil, nil, yields(src, tree.Node, result, want)
	}
	return tree, config, r, nil
}

// String returns the rule as it was written.
func (r *Rule) String() string {
	if r == nil {
		return ""
	}
	return r.source
}

// Needs tells what the rule reads, determined from its syntax tree.
func (r *Rule) Needs() Needs {
	if r == nil {
		return Needs{}
	}
	return r.needs
}

// Match evaluates the rule over env. An error is an *Error at the place that failed (an integer
// modulo zero, int() of a text that is no number); it never carries a value of the request.
func (r *Rule) Match(env *Env) (bool, error) {
	if r == nil {
		return true, nil
	}
	out, err := r.run(env)
	if err != nil {
		return false, err
	}
	matched, ok := out.(bool)
	if !ok {
		return false, newError(r.source, 0, "rule yielded no bool", "expected a bool")
	}
	return matched, nil
}

// run evaluates the expression.
func (r *Rule) run(env *Env) (any, error) {
	r.load(env)
	env.machine.MemoryBudget = memoryBudget
	out, err := env.machine.Run(r.program, env.vars)
	if err != nil {
		return nil, runtimeError(r.source, err)
	}
	return out, nil
}

// load computes the variables that are there before the evaluation.
func (r *Rule) load(env *Env) {
	for _, v := range r.cheap {
		if _, known := env.vars[v.name]; !known {
			env.vars[v.name] = v.load(env)
		}
	}
}

// newConfig is expr's configuration: the flat names as a strict environment, the functions, and the
// few builtins that are cheap.
func newConfig(names *nameTable) *conf.Config {
	config := conf.CreateNew()
	config.MaxNodes = MaxNodes
	config.WithEnv(names.types)
	for _, f := range functions {
		f.option(config)
	}
	for name := range config.Builtins {
		if !allowedBuiltins[name] {
			config.Disabled[name] = true
			delete(config.Builtins, name)
		}
	}
	return config
}

// example suggests how a rule of another type could become a bool.
func example(node ast.Node, src string) string {
	t := node.Type()
	if t == nil {
		return `model == "gpt-5"`
	}
	switch t.Kind() {
	case reflect.Int, reflect.Float64:
		return src + " > 0"
	case reflect.String:
		return src + ` != ""`
	}
	return `model == "gpt-5"`
}

func typeName(t reflect.Type) string {
	if t == nil {
		return "no value"
	}
	switch t.Kind() {
	case reflect.Int:
		return "an int"
	case reflect.Float64:
		return "a float"
	case reflect.String:
		return "a string"
	case reflect.Slice:
		return "a list"
	}
	return "a " + t.Kind().String()
}

// located returns expr's message and rune offset, and whether err is one of expr's located errors.
func located(err error) (message string, offset int, ok bool) {
	var e *file.Error
	if !errors.As(err, &e) {
		return "", 0, false
	}
	return e.Message, e.From, true
}
