package route

import (
	"fmt"
	"reflect"

	"github.com/expr-lang/expr/ast"
)

// Text is a compiled expression that yields a string, over the names of rules. It is immutable and safe for concurrent use.
type Text struct{ rule *Rule }

// CompileText is Compile of an expression that yields a string.
func CompileText(src string, schema Schema) (*Text, error) {
	rule, err := compile(src, schema, reflect.String)
	if err != nil {
		return nil, err
	}
	return &Text{rule}, nil
}

// Needs tells what the expression reads.
func (t *Text) Needs() Needs { return t.rule.Needs() }

// Value evaluates the expression over env. An error is one as Match has.
func (t *Text) Value(env *Env) (string, error) {
	out, err := t.rule.run(env)
	if err != nil {
		return "", err
	}
	text, ok := out.(string)
	if !ok {
		return "", newError(t.rule.source, 0, "expression yielded no string", "expected a string")
	}
	return text, nil
}

// yields is the error of an expression that yields another type than it should.
func yields(src string, node ast.Node, got reflect.Type, want reflect.Kind) *Error {
	if want == reflect.String {
		return newError(src, 0, fmt.Sprintf("expression yields %s", typeName(got)), `expected a string, such as key.team or header("x-app")`)
	}
	return newError(src, 0, fmt.Sprintf("rule yields %s", typeName(got)), "expected a bool, such as "+example(node, src))
}
