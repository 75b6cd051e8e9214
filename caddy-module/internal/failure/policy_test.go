package failure

import "testing"

func TestDefault(t *testing.T) {
	p := Default()
	for c, want := range map[Class]Action{
		None: GiveUp, Connect: NextKey, Timeout: NextKey, RateLimit: NextKey, Overload: NextKey, ServerError: NextKey, Credential: NextKey,
		ModelNotFound: NextCandidate, ContextLength: NextCandidate, ContentPolicy: NextCandidate, BadRequest: GiveUp, Canceled: GiveUp, classes: GiveUp,
	} {
		if got := p.Of(c); got != (Rule{Action: want}) {
			t.Errorf("%s: %v, want %s", c, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	for _, name := range Names() {
		if c, ok := Parse(name); !ok || c.String() != name {
			t.Errorf("class %s is read as %s", name, c)
		}
	}
	for _, name := range ActionNames() {
		if a, ok := ParseAction(name); !ok || a.String() != name {
			t.Errorf("action %s is read as %s", name, a)
		}
	}
	for _, name := range []string{"", "none", "canceled", "bad_request", "Connect"} {
		if c, ok := Parse(name); ok {
			t.Errorf("%q is class %s", name, c)
		}
		if a, ok := ParseAction(name); ok || a != GiveUp {
			t.Errorf("%q is action %s", name, a)
		}
	}
	if Class(classes).String() != "unknown" || Action(actions).String() != "unknown" {
		t.Error("what does not exist has a name")
	}
}
