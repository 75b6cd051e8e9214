package failure

import "slices"

// Action is what follows from a failure.
type Action uint8

// Actions. The zero one asks nobody else.
const (
	GiveUp        Action = iota // the client is told
	Same                        // the same key at the same endpoint again, after a pause
	NextKey                     // another key or endpoint of this candidate, and when it has none left the next candidate
	NextCandidate               // the route's next candidate
	actions                     // how many there are
)

var actionNames = [actions]string{"give_up", "same", "next_key", "next_candidate"}

func (a Action) String() string {
	if a < actions {
		return actionNames[a]
	}
	return "unknown"
}

// ParseAction finds an action by its name.
func ParseAction(name string) (Action, bool) {
	i := slices.Index(actionNames[:], name)
	return Action(max(i, 0)), i >= 0
}

// ActionNames are the names of the actions.
func ActionNames() []string { return slices.Clone(actionNames[:]) }

// Rule is what follows from the failures of a class.
type Rule struct {
	Action Action
	Times  int // of Same: how often for one candidate, after that NextKey follows; otherwise without meaning
}

// Policy has a rule for each class. The zero policy always gives up.
type Policy [classes]Rule

// Default is the policy of routes that name none: what another key or endpoint may do goes there, what the
// model or its owner refuses goes to the next candidate, and what would fail everywhere is given up.
func Default() Policy {
	var p Policy
	for _, c := range [...]Class{Connect, Timeout, RateLimit, Overload, ServerError, Credential} {
		p[c].Action = NextKey
	}
	for _, c := range [...]Class{ModelNotFound, ContextLength, ContentPolicy} {
		p[c].Action = NextCandidate
	}
	return p
}

// Of is the rule for class c.
func (p *Policy) Of(c Class) Rule {
	if c < classes {
		return p[c]
	}
	return Rule{}
}
