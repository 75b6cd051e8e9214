package caddyllm

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/longmen-gateway/longmen/caddy-module/internal/gateway"
)

// shortly bounds an explanation on the command line: it waits for nobody.
func shortly() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), time.Minute)
}

// printExplanation writes an explanation for people.
func printExplanation(w io.Writer, e *gateway.Explanation) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		fmt.Fprintf(t, "%s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	row("dialect", "%s", e.Dialect)
	if e.Model != "" {
		row("model", "%s", e.Model)
	}
	row("stream", "%v", e.Stream)
	row("caller", "%s", caller(e))
	if e.Lists {
		row("answer", "the list of models")
	}
	if len(e.Before) > 0 {
		row("before routing", "%s", strings.Join(e.Before, ", "))
	}
	for i, r := range e.Routes {
		name := ""
		if i == 0 {
			name = "routes"
		}
		row(name, "%s %s: %s", r.Name, r.Outcome, r.Because)
	}
	if e.Route != "" {
		row("route", "%s", e.Route)
		row("plugins", "%s", list(e.Plugins))
	}
	if e.Answered != "" {
		row("answer", "by plugin %s", e.Answered)
	}
	if e.Unread {
		row("body", "passes unread")
	}
	if n := e.Tokens; n != nil {
		assumed := ""
		if n.Assumed {
			assumed = " (assumed: the request sets no limit)"
		}
		row("tokens", "about %d in, up to %d out%s", n.Prompt, n.Completion, assumed)
	}
	if e.Order != "" {
		row("order", "%s", e.Order)
	}
	for _, class := range slices.Sorted(maps.Keys(e.Fallbacks)) {
		row("fallback", "%s: %s", class, list(e.Fallbacks[class]))
	}
	if e.Shadow != "" {
		row("shadow", "%s", e.Shadow)
	}
	for i, b := range e.Budgets {
		name := ""
		if i == 0 {
			name = "budgets"
		}
		row(name, "%s", budgetText(b))
	}
	if e.Refused != nil {
		row("refused", "%s", e.Refused)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for i, c := range e.Candidates {
		if err := printCandidate(w, i+1, c); err != nil {
			return err
		}
	}
	return nil
}

func caller(e *gateway.Explanation) string {
	switch {
	case e.KeyName != "":
		return e.KeyName + " (key " + e.KeyID + ") from " + e.ClientIP
	case e.KeyID != "":
		return "key " + e.KeyID + " from " + e.ClientIP
	}
	return e.ClientIP
}

func budgetText(b *gateway.BudgetVerdict) string {
	switch {
	case !b.Counts:
		return fmt.Sprintf("%s does not count it: %s", b.Name, b.Because)
	case b.Refused != nil:
		return fmt.Sprintf("%s per %s refuses it: %s", b.Name, b.Per, b.Because)
	}
	return fmt.Sprintf("%s per %s counts it: %s", b.Name, b.Per, b.Because)
}

func printCandidate(w io.Writer, number int, c *gateway.CandidateVerdict) error {
	cost := "price unknown"
	if c.Cost != nil {
		cost = fmt.Sprintf("about $%.6f", *c.Cost)
	}
	_, err := fmt.Fprintf(w, "\n%d. %s\n   %s, %s, %s\n", number, c.Name(), c.Standing(), c.Way(), cost)
	for _, l := range c.Lost {
		if err == nil {
			_, err = fmt.Fprintf(w, "   loses %s\n", l)
		}
	}
	if c.Refused != nil && err == nil {
		_, err = fmt.Fprintf(w, "   refuses %s\n", c.Refused)
	}
	return err
}
