package dialect

import (
	"net/http"

	"github.com/longmen-gateway/longmen/sdk/document"
)

// Blocked is the error that a whole answer (PhaseAnswer), or an event (PhaseEvent), amounts to in which the
// provider's content policy has ended the answer and which has no text; nil of any other. The answer is a
// good one all the same: whoever has no other model to ask passes it on as it is.
func (d *Dialect) Blocked(a *document.Arena, root document.Node, phase Phase) *Error {
	found := false
	for i := range d.blocked {
		found = found || d.blocked[i].holds(a, root)
	}
	if !found {
		return nil
	}
	var room [16]Site
	sites := d.Sites(room[:0], phase, a, root)
	for i := range sites {
		if s := &sites[i]; !s.Aside && (s.Form <= FormTree || s.Form == FormCall) { // a call is as good as text
			return nil
		}
	}
	return &Error{
		Status: http.StatusBadRequest, Type: TypeOf(http.StatusBadRequest), Code: "content_policy_violation",
		Message: "the provider's content policy blocked the answer (" + d.Finish(a, root) + ")",
	}
}
