package plugin

import (
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// maxProblems is how many problems of a config one error tells.
const maxProblems = 3

// describe turns the validator's tree into one line: path, what is wrong, what was expected. Values
// are never quoted, they may be secrets.
func describe(root string, err *jsonschema.ValidationError) error {
	list := leaves(root, err, nil)
	sort.Strings(list)
	if len(list) > maxProblems {
		list = append(list[:maxProblems], fmt.Sprintf("and %d more", len(list)-maxProblems))
	}
	return errors.New(strings.Join(list, "; "))
}

func leaves(root string, e *jsonschema.ValidationError, list []string) []string {
	switch e.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf:
		if len(e.Causes) > 0 {
			return append(list, branches(root, e))
		}
	}
	if len(e.Causes) == 0 {
		return append(list, path(root, e.InstanceLocation)+": "+problem(e.ErrorKind))
	}
	for _, c := range e.Causes {
		list = leaves(root, c, list)
	}
	return list
}

// branches tells what each alternative expected.
func branches(root string, e *jsonschema.ValidationError) string {
	var list []string
	for _, c := range e.Causes {
		list = append(list, strings.Join(leaves(root, c, nil), " and "))
	}
	return "either " + strings.Join(list, "; or ")
}

// path writes a location as people write it: config.detect[2].
func path(root string, tokens []string) string {
	var b strings.Builder
	b.WriteString(root)
	for _, t := range tokens {
		if _, err := strconv.Atoi(t); err == nil {
			b.WriteString("[" + t + "]")
		} else {
			b.WriteString("." + clip(t))
		}
	}
	return b.String()
}

func problem(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Type:
		return fmt.Sprintf("found %s, expected %s", k.Got, strings.Join(k.Want, " or "))
	case *kind.Enum:
		return "expected one of " + values(k.Want)
	case *kind.Const:
		return "expected " + values([]any{k.Want})
	case *kind.Required:
		return "missing " + strings.Join(k.Missing, ", ")
	case *kind.AdditionalProperties:
		return fmt.Sprintf("unknown %s, expected only the members that the plugin's schema names", clip(strings.Join(k.Properties, ", ")))
	case *kind.FalseSchema:
		return "nothing is allowed here"
	case *kind.Format:
		return "expected the format " + k.Want
	case *kind.Pattern:
		return "expected text that matches " + k.Want
	case *kind.MinLength:
		return fmt.Sprintf("%d characters, expected at least %d", k.Got, k.Want)
	case *kind.MaxLength:
		return fmt.Sprintf("%d characters, expected at most %d", k.Got, k.Want)
	case *kind.MinItems:
		return fmt.Sprintf("%d elements, expected at least %d", k.Got, k.Want)
	case *kind.MaxItems:
		return fmt.Sprintf("%d elements, expected at most %d", k.Got, k.Want)
	case *kind.MinProperties:
		return fmt.Sprintf("%d members, expected at least %d", k.Got, k.Want)
	case *kind.MaxProperties:
		return fmt.Sprintf("%d members, expected at most %d", k.Got, k.Want)
	case *kind.UniqueItems:
		return fmt.Sprintf("elements %d and %d are equal, expected no duplicates", k.Duplicates[0], k.Duplicates[1])
	case *kind.Minimum:
		return "expected at least " + k.Want.RatString()
	case *kind.Maximum:
		return "expected at most " + k.Want.RatString()
	case *kind.ExclusiveMinimum:
		return "expected more than " + k.Want.RatString()
	case *kind.ExclusiveMaximum:
		return "expected less than " + k.Want.RatString()
	case *kind.MultipleOf:
		return "expected a multiple of " + k.Want.RatString()
	case *kind.Dependency:
		return fmt.Sprintf("%s needs %s", k.Prop, strings.Join(k.Missing, ", "))
	case *kind.DependentRequired:
		return fmt.Sprintf("%s needs %s", k.Prop, strings.Join(k.Missing, ", "))
	case *kind.OneOf:
		return "fits several alternatives, expected exactly one"
	}
	return "breaks the schema's " + strings.Join(k.KeywordPath(), "/")
}

// values lists what the schema, not the config, says.
func values(list []any) string {
	var out []string
	for _, v := range list {
		b, err := json.Marshal(v)
		if err != nil {
			continue
		}
		out = append(out, string(b))
	}
	return strings.Join(out, ", ")
}
