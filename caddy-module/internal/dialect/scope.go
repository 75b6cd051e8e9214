package dialect

import (
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// scope is what holds for the sites below a step.
type scope struct {
	role         abi.Role
	reasoning    bool
	rest         bool // what no path names is text
	choice, call int32
	block, part  int32
}

// scopeRule is a compiled Scope.
type scopeRule struct {
	Scope
	reasoning test
}

var roles = map[string]abi.Role{
	"system": abi.RoleSystem, "developer": abi.RoleSystem, "user": abi.RoleUser,
	"assistant": abi.RoleAssistant, "model": abi.RoleAssistant, "tool": abi.RoleTool, "function": abi.RoleTool,
}

func (in *scope) enter(s *scopeRule, a *document.Arena, n document.Node, pos int32) {
	if s.Role != "" {
		if t, _ := a.Text(a.Get(n, s.Role)); t != nil {
			in.role = roles[string(t)]
		}
	}
	if s.Choice != "" {
		in.choice = number(s.Choice, a, n, pos)
	}
	if s.Call != "" {
		in.call = number(s.Call, a, n, pos)
	}
	switch {
	case s.reasoning.member != "":
		if in.reasoning = s.reasoning.passes(a, n); in.reasoning {
			in.role = abi.RoleAssistant
		}
	case s.Reasoning != "":
		in.reasoning, _ = a.Bool(a.Get(n, s.Reasoning))
	}
	if s.Block != "" {
		in.block, in.part = number(s.Block, a, n, -1), -1
		for i, member := range s.Parts {
			if v := number(member, a, n, -1); v >= 0 && v < maxPart {
				in.part = v*int32(len(s.Parts)) + int32(i)
			}
		}
	}
}

// maxPart bounds the numbers of parts.
const maxPart = 1 << 24

// number is the value of a member, or pos where there is none or it is out of bounds.
func number(member string, a *document.Arena, n document.Node, pos int32) int32 {
	if member != "#" {
		if v, ok := a.Int(a.Get(n, member)); ok && v >= 0 && v < 1<<31 {
			return int32(v)
		}
	}
	return pos
}

// mark is a site without text.
func (in *scope) mark(n document.Node, f Form) Site {
	return Site{Node: n, Choice: in.choice, Call: in.call, Block: in.block, Part: in.part, Form: f}
}
