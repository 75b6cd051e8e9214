package route

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Error is what is wrong with a rule, and where. Its text holds no value of any request.
type Error struct {
	// Line and Column count from 1; columns count characters.
	Line, Column int
	// Message says what is wrong, such as `unknown name modle`.
	Message string
	// Expected says what would be right, such as `did you mean model?`.
	Expected string
	// Snippet is the line of the rule with a caret below the column, each line begun by "\n | ".
	Snippet string
}

// Error returns message, place, expectation and snippet, over several lines.
func (e *Error) Error() string {
	expected := ""
	if e.Expected != "" {
		expected = ": " + e.Expected
	}
	return fmt.Sprintf("%s (%d:%d)%s%s", e.Message, e.Line, e.Column, expected, e.Snippet)
}

// maxSnippet bounds the quoted line, in characters; a rule that long is quoted around its caret.
const maxSnippet = 160

// newError places an error at a character offset of src.
func newError(src string, offset int, message, expected string) *Error {
	e := &Error{Line: 1, Column: 1, Message: message, Expected: expected}
	lineStart, runes := 0, 0
	for i, r := range src {
		if runes == offset {
			break
		}
		runes++
		e.Column++
		if r == '\n' {
			e.Line++
			e.Column = 1
			lineStart = i + 1
		}
	}
	line := src[lineStart:]
	if i := strings.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	if strings.TrimSpace(line) == "" {
		return e
	}
	caret := e.Column - 1
	if n := utf8.RuneCountInString(line); n > maxSnippet {
		shown := []rune(line)
		from := min(max(0, caret-maxSnippet/2), n-maxSnippet)
		line, caret = string(shown[from:from+maxSnippet]), caret-from
	}
	line = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, line)
	e.Snippet = "\n | " + line + "\n | " + strings.Repeat(".", max(0, caret)) + "^"
	return e
}

// syntaxError turns an error of expr's parser into ours.
func syntaxError(src string, err error) *Error {
	message, offset, ok := located(err)
	if !ok {
		return newError(src, 0, "rule cannot be parsed", "expected an expr expression")
	}
	expected := `expected an expression such as model == "gpt-5" || prompt.chars > 5000`
	switch {
	case strings.Contains(message, "maximum allowed nodes"):
		message, expected = "rule is too large", fmt.Sprintf("expected at most %d nodes", MaxNodes)
	case strings.Contains(message, "token EOF"):
		message, expected = "rule ends too early", "expected a value after the last operator"
		if strings.TrimSpace(src) == "" {
			message, expected = "rule is empty", "expected an expression, or no rule for a route that always matches"
		}
	case strings.Contains(message, `Operator("=")`):
		message, expected = "unexpected =", "expected == for a comparison"
	case strings.Contains(message, `Operator("&")`):
		message, expected = "unexpected &", "expected &&"
	}
	return newError(src, offset, message, expected)
}

// typeError turns an error of expr's checker or optimizer into ours.
func typeError(src string, err error) *Error {
	message, offset, ok := located(err)
	if !ok {
		return newError(src, 0, "rule cannot be checked", "expected an expr expression")
	}
	message = strings.ReplaceAll(message, "float64", "float")
	message = strings.TrimSpace(strings.ReplaceAll(message, "()", ""))
	return newError(src, offset, message, expectedTypes(message))
}

// expectedTypes says which operands or arguments would suit where expr found mismatched ones.
func expectedTypes(message string) string {
	if strings.Contains(message, "parsing regexp") {
		return "expected a regular expression in RE2 syntax"
	}
	if strings.Contains(message, "as argument (type string)") {
		return "expected a string"
	}
	if strings.HasPrefix(message, "invalid argument for ") || strings.Contains(message, " arguments ") {
		return "expected len(text), lower(text), hasPrefix(text, start), abs(number), max(number, number) and the like"
	}
	rest, found := strings.CutPrefix(message, "invalid operation: ")
	if !found {
		return ""
	}
	op, _, _ := strings.Cut(rest, " ")
	switch op {
	case "==", "!=":
		return "expected two values of one type"
	case "<", ">", "<=", ">=":
		return "expected two numbers or two strings"
	case "&&", "||", "and", "or":
		return "expected a bool on both sides"
	case "!", "not":
		return "expected a bool"
	case "contains", "startsWith", "endsWith", "matches":
		return "expected a string on both sides"
	case "in":
		return `expected a list on the right, such as ["a", "b"]`
	case "+":
		return "expected two numbers or two strings"
	}
	return "expected two numbers"
}

// runtimeError turns an error of expr's virtual machine into ours. expr puts values into its
// messages (int("…") quotes the text), so only what is known to be free of them is kept.
func runtimeError(src string, err error) *Error {
	message, offset, ok := located(err)
	switch {
	case !ok:
		message = "rule failed"
	case strings.Contains(message, "divide by zero"):
		message = "integer divided by zero"
	case strings.Contains(message, "invalid operation: int("), strings.Contains(message, "invalid operation: float("):
		message = "text is not a number"
	case strings.Contains(message, "memory budget"):
		message = "rule used too much memory"
	default:
		message = "rule failed"
	}
	return newError(src, offset, message, "")
}

// suggest returns the known names nearest to name, best first, at most three.
func suggest(name string, known []string) []string {
	type candidate struct {
		name string
		far  int
	}
	limit := 1 // one slip in short names; two, such as two letters exchanged, in others
	if len(name) > 3 {
		limit = max(2, len(name)/3)
	}
	var near []candidate
	for _, k := range known {
		far := distance(name, k)
		if far > limit && (len(name) < 3 || !strings.HasPrefix(k, name)) && !strings.HasSuffix(k, "."+name) {
			continue
		}
		near = append(near, candidate{k, far})
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return a.far - b.far })
	var out []string
	for _, c := range near[:min(3, len(near))] {
		out = append(out, c.name)
	}
	return out
}

// distance is the Levenshtein distance, in bytes: names are ASCII.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		previous := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := previous
			if a[i-1] != b[j-1] {
				cost++
			}
			previous = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
