package route

import (
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/parser"
)

// Explain says why the rule holds over env, or does not. It evaluates the rule part by part, which takes far
// longer than Match and comes to the same. A nil Rule always holds and has no reason to tell: nil.
func (r *Rule) Explain(env *Env) (reason *Reason) {
	if r == nil {
		return nil
	}
	reason = &Reason{Text: r.source, Outcome: Broken, Decided: true}
	defer func() { // as in Compile
		if p := recover(); p != nil {
			reason.Error = "rule cannot be explained"
		}
	}()
	tree, config, _, err := analyse(r.source, r.schema, reflect.Bool)
	if err != nil {
		reason.Error = "rule cannot be explained"
		return reason
	}
	written, err := parser.ParseWithConfig(r.source, config) // names as they are written, not as they are resolved
	if err != nil {
		reason.Error = "rule cannot be explained"
		return reason
	}
	r.load(env)
	e := &explainer{rule: r, tree: tree, config: config, env: env}
	reason = e.explain(tree.Node, written.Node)
	reason.Decided = true
	reason.forget()
	return reason
}

// explainer evaluates the parts of one rule.
type explainer struct {
	rule   *Rule
	tree   *parser.Tree
	config *conf.Config
	env    *Env
}

// explain evaluates the part n, which was written as text.
func (e *explainer) explain(n, text ast.Node) *Reason {
	reason := &Reason{Text: text.String()}
	switch n := n.(type) {
	case *ast.UnaryNode:
		if n.Operator == "!" || n.Operator == "not" {
			part := e.explain(n.Node, text.(*ast.UnaryNode).Node)
			reason.Parts, reason.Outcome = []*Reason{part}, negated(part.Outcome)
			part.Decided = true
			return reason
		}
	case *ast.BinaryNode:
		switch n.Operator {
		case "&&", "and":
			return e.both(reason, "&&", Fails, n, text.(*ast.BinaryNode))
		case "||", "or":
			return e.both(reason, "||", Holds, n, text.(*ast.BinaryNode))
		}
	case *ast.ConditionalNode:
		return e.choice(reason, n, text.(*ast.ConditionalNode))
	}
	out, err := e.evaluate(n)
	switch v, _ := out.(bool); {
	case err != nil:
		reason.Outcome, reason.Error = Broken, err.Message
	default:
		reason.Outcome = outcomeOf(v)
	}
	reason.Values = e.values(n)
	return reason
}

// both evaluates the two sides of && or ||; the left side alone decides if it comes to enough.
func (e *explainer) both(reason *Reason, operator string, enough Outcome, n, text *ast.BinaryNode) *Reason {
	left := e.explain(n.Left, text.Left)
	var right *Reason
	if left.Outcome == enough || left.Outcome == Broken {
		right = &Reason{Text: text.Right.String(), Outcome: Skipped}
		reason.Outcome = left.Outcome
	} else {
		right = e.explain(n.Right, text.Right)
		reason.Outcome = right.Outcome
	}
	reason.Parts = []*Reason{left, right}
	reason.decide(operator)
	return reason
}

// choice evaluates condition ? one : other.
func (e *explainer) choice(reason *Reason, n, text *ast.ConditionalNode) *Reason {
	condition := e.explain(n.Cond, text.Cond)
	one, other := &Reason{Text: text.Exp1.String(), Outcome: Skipped}, &Reason{Text: text.Exp2.String(), Outcome: Skipped}
	switch condition.Outcome {
	case Holds:
		one = e.explain(n.Exp1, text.Exp1)
		reason.Outcome = one.Outcome
	case Fails:
		other = e.explain(n.Exp2, text.Exp2)
		reason.Outcome = other.Outcome
	default:
		reason.Outcome = condition.Outcome
	}
	reason.Parts = []*Reason{condition, one, other}
	reason.decide("?:")
	return reason
}

func negated(o Outcome) Outcome {
	switch o {
	case Holds:
		return Fails
	case Fails:
		return Holds
	}
	return o
}

func outcomeOf(b bool) Outcome {
	if b {
		return Holds
	}
	return Fails
}

// evaluate computes a part of the rule.
func (e *explainer) evaluate(n ast.Node) (any, *Error) {
	program, err := compiler.Compile(&parser.Tree{Node: n, Source: e.tree.Source}, e.config)
	if err != nil {
		return nil, newError(e.rule.source, n.Location().From, "part cannot be evaluated", "")
	}
	e.env.machine.MemoryBudget = memoryBudget
	out, err := e.env.machine.Run(program, e.env.vars)
	if err != nil {
		return nil, runtimeError(e.rule.source, err)
	}
	return out, nil
}

// values are what the names in n stand for, each once, in the order of the rule.
func (e *explainer) values(n ast.Node) []Value {
	c := &collector{e: e, seen: make(map[string]bool)}
	ast.Walk(&n, c)
	return c.values
}

// collector finds the names of a resolved expression.
type collector struct {
	e      *explainer
	seen   map[string]bool
	values []Value
}

// Visit implements ast.Visitor.
func (c *collector) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		for _, v := range c.e.rule.cheap {
			if v.name == n.Value {
				c.add(v.name, c.e.env.vars[v.name])
			}
		}
	case *ast.CallNode:
		callee, ok := n.Callee.(*ast.IdentifierNode)
		if !ok {
			return
		}
		name, bound := strings.CutSuffix(callee.Value, "()")
		if !bound {
			return
		}
		if len(n.Arguments) == 2 {
			argument, _ := c.e.evaluate(n.Arguments[1])
			text, _ := argument.(string)
			if property, of := strings.CutPrefix(name, ofProvider); of {
				name = fmt.Sprintf("provider(%q).%s", text, property)
			} else {
				name = fmt.Sprintf("%s(%q)", name, bounded(text))
			}
		}
		if out, err := c.e.evaluate(n); err == nil {
			if strings.HasPrefix(name, "header(") {
				out = length(out)
			}
			c.add(name, out)
		}
	}
}

func (c *collector) add(name string, value any) {
	if c.seen[name] {
		return
	}
	c.seen[name] = true
	if s, ok := value.(string); ok {
		value = bounded(s)
	}
	c.values = append(c.values, Value{Name: name, Value: value})
}

// length is what is told of a header.
func length(value any) string {
	switch n := utf8.RuneCountInString(fmt.Sprint(value)); n {
	case 0:
		return "absent"
	case 1:
		return "1 character"
	default:
		return fmt.Sprintf("%d characters", n)
	}
}
