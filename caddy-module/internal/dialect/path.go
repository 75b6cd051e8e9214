package dialect

import (
	"slices"
	"strings"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// path is a compiled path: for each step the names that fit, nil for each element. A nil path leads
// nowhere, an empty one to the root.
type path [][]string

func (c *compiler) path(s string) path {
	if s == "" {
		return nil
	}
	return c.steps(s)
}

func (c *compiler) paths(list []string) []path {
	var out []path
	for _, s := range list {
		out = append(out, c.steps(s))
	}
	return out
}

func (c *compiler) steps(s string) path {
	p := path{}
	if s == "" {
		return p
	}
	for _, name := range strings.Split(s, ".") {
		switch {
		case name == "":
			c.fail("path %q: empty step, expected a member's name or *", s)
		case name == "*":
			p = append(p, nil)
		case slices.Contains(strings.Split(name, "|"), ""):
			c.fail("path %q: empty name beside |, expected members' names", s)
		default:
			p = append(p, strings.Split(name, "|"))
		}
	}
	return p
}

// find is the first value on path p below n that is not null, 0 when there is none.
func (p path) find(a *document.Arena, n document.Node) document.Node {
	if n == 0 || p == nil {
		return 0
	}
	if len(p) == 0 {
		if a.Kind(n) == abi.KindNull {
			return 0
		}
		return n
	}
	if p[0] == nil {
		if a.Kind(n) != abi.KindArray {
			return p[1:].find(a, n)
		}
		for c := a.First(n); c != 0; c = a.Next(c) {
			if found := p[1:].find(a, c); found != 0 {
				return found
			}
		}
		return 0
	}
	for _, name := range p[0] {
		if found := p[1:].find(a, a.Get(n, name)); found != 0 {
			return found
		}
	}
	return 0
}

// each calls f for all values on path p below n.
func (p path) each(a *document.Arena, n document.Node, f func(document.Node)) {
	if n == 0 || p == nil {
		return
	}
	if len(p) == 0 {
		f(n)
		return
	}
	if p[0] == nil {
		if a.Kind(n) != abi.KindArray {
			p[1:].each(a, n, f)
			return
		}
		for c := a.First(n); c != 0; {
			next := a.Next(c) // f may delete c
			p[1:].each(a, c, f)
			c = next
		}
		return
	}
	for _, name := range p[0] {
		p[1:].each(a, a.Get(n, name), f)
	}
}

// findAny is the first value on any of the paths.
func findAny(paths []path, a *document.Arena, n document.Node) document.Node {
	for _, p := range paths {
		if found := p.find(a, n); found != 0 {
			return found
		}
	}
	return 0
}
