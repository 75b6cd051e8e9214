package route

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Outcome is what became of a rule, or of a part of one.
type Outcome string

// Outcomes.
const (
	Holds   Outcome = "true"
	Fails   Outcome = "false"
	Skipped Outcome = "skipped" // what stands beside it had decided already
	Broken  Outcome = "failed"  // it could not be evaluated, see Error
)

// Reason tells why a rule holds for a request, or does not. It has the values of the names that the rule
// reads, and no other text of the request; of headers it has the length only.
type Reason struct {
	Text    string  `json:"text"` // the expression
	Outcome Outcome `json:"outcome"`
	// Decided: the outcome of the rule is what it is because of this part.
	Decided bool `json:"decided,omitempty"`
	// Values of the names that a part reads which has no parts.
	Values []Value `json:"values,omitempty"`
	// Parts of &&, ||, ! and ?:, in order.
	Parts []*Reason `json:"parts,omitempty"`
	Error string    `json:"error,omitempty"`
}

// Value is what a name stands for in a request.
type Value struct {
	Name  string `json:"name"`
	Value any    `json:"value"` // int, float64, bool or string
}

// String says in one line which parts decided, with their values:
// `prompt.chars > 5000 is false (prompt.chars is 12)`.
func (r *Reason) String() string {
	var said []string
	r.say(&said)
	return strings.Join(said, " and ")
}

func (r *Reason) say(said *[]string) {
	if !r.Decided {
		return
	}
	if len(r.Parts) > 0 {
		for _, p := range r.Parts {
			p.say(said)
		}
		return
	}
	text := r.Text
	switch {
	case r.Outcome == Broken:
		text += " failed: " + r.Error
	case text != string(r.Outcome):
		text += " is " + string(r.Outcome)
	}
	var values []string
	for _, v := range r.Values {
		if v.Name != r.Text {
			values = append(values, v.Name+" is "+v.spelled())
		}
	}
	if len(values) > 0 {
		text += " (" + strings.Join(values, ", ") + ")"
	}
	*said = append(*said, text)
}

// spelled is the value as a rule would spell it; what a header is, is said in words.
func (v Value) spelled() string {
	if s, ok := v.Value.(string); ok && !strings.HasPrefix(v.Name, "header(") {
		return strconv.Quote(s)
	}
	return fmt.Sprint(v.Value)
}

// decide marks the parts that made a rule what it is. Those of && and || that were skipped had no part in it.
func (r *Reason) decide(operator string) {
	for _, p := range r.Parts {
		switch {
		case p.Outcome == Skipped:
		case operator == "&&" && r.Outcome == Fails, operator == "||" && r.Outcome == Holds, r.Outcome == Broken:
			p.Decided = p.Outcome == r.Outcome
		default:
			p.Decided = true
		}
	}
}

// forget takes the mark from all below a part that decided nothing.
func (r *Reason) forget() {
	for _, p := range r.Parts {
		p.Decided = p.Decided && r.Decided
		p.forget()
	}
}

// maxValue bounds a text in an explanation, in characters.
const maxValue = 100

func bounded(s string) string {
	if utf8.RuneCountInString(s) <= maxValue {
		return s
	}
	return string([]rune(s)[:maxValue]) + "…"
}
