package route

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// resolver walks the syntax tree before it is type-checked: it allows only nodes that are cheap,
// turns dotted names into flat ones and calls into calls that carry the environment, and notes what
// the rule needs. It runs first because expr shares nodes between the halves of a < b < c, so
// that nested comparisons can grow to exponentially many visits: the budget stops them here.
type resolver struct {
	src    string
	names  *nameTable
	schema Schema
	needs  Needs
	cheap  []*variable
	visits int
	err    *Error
}

func (r *resolver) fail(n ast.Node, message, expected string) ast.Node {
	if r.err == nil {
		offset := 0
		if n != nil {
			offset = n.Location().From
		}
		r.err = newError(r.src, offset, message, expected)
	}
	return n
}

func (r *resolver) resolve(node ast.Node) ast.Node {
	if r.err != nil {
		return node
	}
	if r.visits++; r.visits > MaxNodes {
		return r.fail(node, "rule is too large", fmt.Sprintf("expected at most %d nodes", MaxNodes))
	}
	switch n := node.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.StringNode:
		return n
	case *ast.IdentifierNode:
		return r.name(n, n.Value)
	case *ast.MemberNode:
		return r.member(n)
	case *ast.CallNode:
		return r.call(n)
	case *ast.UnaryNode:
		n.Node = r.resolve(n.Node)
		return n
	case *ast.BinaryNode:
		return r.binary(n)
	case *ast.ConditionalNode:
		n.Cond, n.Exp1, n.Exp2 = r.resolve(n.Cond), r.resolve(n.Exp1), r.resolve(n.Exp2)
		return n
	case *ast.ArrayNode:
		for i := range n.Nodes {
			n.Nodes[i] = r.resolve(n.Nodes[i])
		}
		return n
	case *ast.BuiltinNode:
		if !allowedBuiltins[n.Name] {
			return r.unknownFunction(n, n.Name)
		}
		for i := range n.Arguments {
			n.Arguments[i] = r.resolve(n.Arguments[i])
		}
		return n
	case *ast.NilNode:
		return r.fail(n, "nil is not used in rules", `expected "", 0 or false: a missing value is its zero value`)
	case *ast.ChainNode:
		return r.fail(n, "?. is not used in rules", "expected a plain dot: a missing value is its zero value")
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		return r.fail(n, "rule is not one expression", "expected a single expression without let and ;")
	case *ast.SliceNode:
		return r.fail(n, "slices are not used in rules", "expected startsWith, endsWith or contains")
	case *ast.MapNode:
		return r.fail(n, "maps are not used in rules", `expected a list, such as ["a", "b"]`)
	}
	return r.fail(node, "rule uses a construct that rules do not have", "expected comparisons joined by && and ||")
}

func (r *resolver) binary(n *ast.BinaryNode) ast.Node {
	switch n.Operator {
	case "..":
		return r.fail(n, "ranges are not used in rules", "expected two comparisons, such as max_tokens >= 1 && max_tokens <= 100")
	case "??":
		return r.fail(n, "?? is not used in rules", "expected a plain value: a missing value is its zero value")
	case "matches":
		if _, ok := n.Right.(*ast.StringNode); !ok {
			return r.fail(n, "pattern is not a constant", `expected a quoted regular expression after matches, such as model matches "^gpt-"`)
		}
	}
	n.Left, n.Right = r.resolve(n.Left), r.resolve(n.Right)
	return n
}

// name resolves a whole name, flat or dotted.
func (r *resolver) name(at ast.Node, name string) ast.Node {
	if v := r.names.variables[name]; v != nil {
		return r.use(at, v)
	}
	if label, ok := strings.CutPrefix(name, "key."); ok && label != "" && !strings.Contains(label, ".") {
		v := &variable{name: name, load: func(e *Env) any { return e.values.Key(label) }}
		r.names.add(v, String)
		return r.use(at, v)
	}
	if name == "provider" || name == "header" || name == "prompt.contains" {
		return r.fail(at, name+" is a function", fmt.Sprintf(`expected %s("…")`, name))
	}
	if r.names.groups[name] {
		return r.fail(at, name+" is not a value", "expected one of "+list(r.below(name)))
	}
	if plugin, ok := r.schema.Late[name]; ok {
		return r.fail(at, fmt.Sprintf("attribute %s is not known before routing", name),
			fmt.Sprintf("expected plugin %s in a use line before the routes", plugin))
	}
	near := suggest(name, r.names.known)
	expected := "expected one of " + list(r.names.known)
	if len(near) > 0 {
		expected = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return r.fail(at, "unknown name "+name, expected)
}

// use notes that the rule reads v.
func (r *resolver) use(at ast.Node, v *variable) ast.Node {
	r.require(v.needs)
	var node ast.Node
	if v.costly {
		node = r.bound(at, v.name+"()")
	} else {
		if !slices.Contains(r.cheap, v) {
			r.cheap = append(r.cheap, v)
		}
		node = &ast.IdentifierNode{Value: v.name}
	}
	node.SetLocation(at.Location())
	return node
}

func (r *resolver) require(n Needs) { r.needs = r.needs.Union(n) }

// bound is a call of an internal function, which is handed the environment before its arguments.
func (r *resolver) bound(at ast.Node, function string, arguments ...ast.Node) ast.Node {
	callee := &ast.IdentifierNode{Value: function}
	env := &ast.IdentifierNode{Value: "$env"}
	call := &ast.CallNode{Callee: callee, Arguments: append([]ast.Node{env}, arguments...)}
	for _, n := range []ast.Node{callee, env, call} {
		n.SetLocation(at.Location())
	}
	return call
}

// member resolves a dotted name, and the one member of a call: provider("x").healthy.
func (r *resolver) member(n *ast.MemberNode) ast.Node {
	if n.Optional {
		return r.fail(n, "?. is not used in rules", "expected a plain dot: a missing value is its zero value")
	}
	if call, ok := n.Node.(*ast.CallNode); ok && calls(call, "provider") {
		property, ok := n.Property.(*ast.StringNode)
		if !ok || !slices.Contains(figureNames(), property.Value) {
			return r.fail(n.Property, "provider has no such member", "expected one of "+list(figureNames()))
		}
		return r.provider(call, property.Value)
	}
	name, ok := dotted(n)
	if !ok {
		return r.fail(n, "value has no members", "expected a name such as model, prompt.chars or key.team")
	}
	return r.name(first(n), name)
}

// first is the leftmost part of a chain of members, where its name begins.
func first(n ast.Node) ast.Node {
	for {
		m, ok := n.(*ast.MemberNode)
		if !ok {
			return n
		}
		n = m.Node
	}
}

func (r *resolver) provider(call *ast.CallNode, figure string) ast.Node {
	if len(call.Arguments) != 1 {
		return r.fail(call, fmt.Sprintf("provider takes one name, not %d values", len(call.Arguments)), `expected provider("…").healthy`)
	}
	name, ok := call.Arguments[0].(*ast.StringNode)
	if !ok {
		return r.fail(call.Arguments[0], "provider name is not a constant", "expected a quoted provider name")
	}
	if !slices.Contains(r.schema.Providers, name.Value) {
		expected := "expected one of " + list(r.schema.Providers)
		if len(r.schema.Providers) == 0 {
			expected = "expected a configured provider, and there is none"
		}
		return r.fail(name, "unknown provider "+name.Value, expected)
	}
	return r.bound(call, ofProvider+figure+"()", name)
}

func (r *resolver) call(n *ast.CallNode) ast.Node {
	callee, ok := dotted(n.Callee)
	if !ok {
		return r.fail(n, "value cannot be called", `expected header("…"), prompt.contains("…") or provider("…").healthy`)
	}
	if isFigure(callee) {
		return n // the other half of a < f() < b, already resolved
	}
	switch callee {
	case "header()", "prompt.contains()": // likewise
		return n
	case "provider":
		return r.fail(n, "provider is not a value", `expected provider("…").healthy`)
	case "header", "prompt.contains":
	default:
		if strings.HasSuffix(callee, "()") {
			return n
		}
		return r.unknownFunction(n, callee)
	}
	if len(n.Arguments) != 1 {
		return r.fail(first(n.Callee), fmt.Sprintf("%s takes one text, not %d values", callee, len(n.Arguments)), fmt.Sprintf(`expected %s("…")`, callee))
	}
	if name, ok := n.Arguments[0].(*ast.StringNode); ok && callee == "header" && credentialHeader(name.Value) {
		return r.fail(name, fmt.Sprintf("header %s is hidden from rules because it carries a credential", name.Value), "expected key.id, key.name or key.… of the caller's key")
	}
	if callee == "prompt.contains" {
		r.require(needsPrompt)
	}
	return r.bound(n, callee+"()", r.resolve(n.Arguments[0]))
}

func (r *resolver) unknownFunction(n ast.Node, name string) ast.Node {
	if r.names.variables[name] != nil {
		return r.fail(n, name+" is a value, not a function", "expected "+name)
	}
	known := []string{"header", "prompt.contains", "provider"}
	for b := range allowedBuiltins {
		known = append(known, b)
	}
	slices.Sort(known)
	expected := "expected one of " + list(known)
	if near := suggest(name, known); len(near) > 0 {
		expected = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return r.fail(n, "unknown function "+name, expected)
}

// below lists the known names of a group.
func (r *resolver) below(group string) []string {
	var names []string
	for _, k := range r.names.known {
		if strings.HasPrefix(k, group+".") {
			names = append(names, k)
		}
	}
	return names
}

// branches finds a ?: whose two values have different types, which expr would let pass unchecked.
type branches struct{ mixed ast.Node }

// Visit implements ast.Visitor.
func (b *branches) Visit(node *ast.Node) {
	n, ok := (*node).(*ast.ConditionalNode)
	if ok && b.mixed == nil && n.Exp1.Type() != n.Exp2.Type() {
		b.mixed = n.Cond
	}
}

func calls(n *ast.CallNode, name string) bool {
	id, ok := n.Callee.(*ast.IdentifierNode)
	return ok && id.Value == name
}

// dotted returns the name that a chain of identifiers spells.
func dotted(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value, true
	case *ast.MemberNode:
		property, ok := n.Property.(*ast.StringNode)
		if !ok || n.Optional {
			return "", false
		}
		base, ok := dotted(n.Node)
		if !ok {
			return "", false
		}
		return base + "." + property.Value, true
	}
	return "", false
}

func list(names []string) string {
	const most = 24
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
