package route

import (
	"github.com/expr-lang/expr/ast"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
)

// truth is what is known of an expression when only the client's dialect is.
type truth uint8

const (
	maybe truth = iota
	yes
	no
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

func (t truth) not() truth {
	switch t {
	case yes:
		return no
	case no:
		return yes
	}
	return maybe
}

// Takes tells whether the rule can hold for a client of that dialect: it is false when the rule's
// comparisons of dialect rule it out, whatever the rest of the request is.
func (r *Rule) Takes(dialect string) bool { return r == nil || !r.refused[dialect] }

// refusedDialects finds the dialects whose clients a rule never takes.
func refusedDialects(rule ast.Node) map[string]bool {
	refused := make(map[string]bool)
	for _, d := range dialect.All() {
		if under(rule, d.Name) == no {
			refused[d.Name] = true
		}
	}
	return refused
}

// under evaluates as much of a rule as the dialect's name decides.
func under(n ast.Node, dialect string) truth {
	switch n := n.(type) {
	case *ast.BoolNode:
		return truthOf(n.Value)
	case *ast.UnaryNode:
		if n.Operator == "!" || n.Operator == "not" {
			return under(n.Node, dialect).not()
		}
	case *ast.ConditionalNode:
		switch under(n.Cond, dialect) {
		case yes:
			return under(n.Exp1, dialect)
		case no:
			return under(n.Exp2, dialect)
		}
		if a, b := under(n.Exp1, dialect), under(n.Exp2, dialect); a == b {
			return a
		}
	case *ast.BinaryNode:
		return binaryUnder(n, dialect)
	}
	return maybe
}

func binaryUnder(n *ast.BinaryNode, dialect string) truth {
	switch n.Operator {
	case "&&", "and":
		a, b := under(n.Left, dialect), under(n.Right, dialect)
		if a == no || b == no {
			return no
		}
		if a == yes && b == yes {
			return yes
		}
	case "||", "or":
		a, b := under(n.Left, dialect), under(n.Right, dialect)
		if a == yes || b == yes {
			return yes
		}
		if a == no && b == no {
			return no
		}
	case "==", "!=":
		name, constant := n.Left, n.Right
		if !isDialect(name) {
			name, constant = constant, name
		}
		text, ok := constant.(*ast.StringNode)
		if ok && isDialect(name) {
			return truthOf((text.Value == dialect) == (n.Operator == "=="))
		}
	case "in":
		list, ok := n.Right.(*ast.ArrayNode)
		if !ok || !isDialect(n.Left) {
			return maybe
		}
		found := no
		for _, e := range list.Nodes {
			text, ok := e.(*ast.StringNode)
			switch {
			case !ok && found == no:
				found = maybe
			case ok && text.Value == dialect:
				return yes
			}
		}
		return found
	}
	return maybe
}

func isDialect(n ast.Node) bool {
	id, ok := n.(*ast.IdentifierNode)
	return ok && id.Value == "dialect"
}
