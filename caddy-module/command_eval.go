package caddyllm

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/caddyserver/caddy/v2"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"

	"github.com/longmen-gateway/longmen/caddy-module/internal/inspect"
)

func evalCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "eval [--config <path>] [--plugin <name>] [--map <label>=<type>]... [--show] [--json] <data.jsonl> | -",
		Short: "Measures precision and recall on labelled texts",
		Long: `
Reads a JSON object from each line, UTF-8,

    {"text": "Hi a@b.example", "lang": "en",
     "spans": [{"start": 3, "end": 14, "type": "email"}]}

where start and end count bytes of the text's UTF-8, end is behind the last one,
and types are spelled as in the plugin's configuration. A text without spans is
clean: all that is found in it is a false alarm. lang is any word, or absent.

It prints, by type and language:

    labelled   entities that are labelled
    right      of them found as that type; a finding is right when it overlaps
               a label of its type, and each label counts once
    exact      of the right ones with the same start and end
    missed     labelled, not found as that type
    wrong      found, not labelled as that type
    precision  right / (right + wrong); recall: right / labelled; f1: of both;
               - for a share of nothing

and for all: the clean texts with false alarms, the labelled bytes that would
have been left in the text (of whatever type the finding is), and the bytes
replaced that no label covers, of all bytes replaced (over-redaction).

--show prints each miss and each wrong finding, with what stands around it in
the text; a missed value is printed as it is.

Exit code: 0, or 2 when the data or the configuration cannot be read.`,
		Example: `  caddy llm-redact eval labelled.jsonl
  caddy llm-redact eval --config Caddyfile --plugin pii --map PERSON=cn_name --show labelled.jsonl`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return finish(cmd, exitFailed, fmt.Errorf("%s given, expected one with labelled texts, or - for standard input", counted(len(args), "file")))
			}
			return nil
		},
	}
	subjectFlags(cmd)
	cmd.Flags().StringSlice("map", nil, "Label of the data that stands for a type of the plugin, as <label>=<type>")
	cmd.Flags().Bool("show", false, "Print what was missed and what is wrong")
	cmd.Flags().Bool("json", false, "Print one JSON object")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		code, err := eval(cmd.Context(), caddycmd.Flags{FlagSet: cmd.Flags()}, args[0], os.Stdin, os.Stdout, os.Stderr)
		return finish(cmd, code, err)
	}
	return cmd
}

func eval(ctx context.Context, f caddycmd.Flags, name string, in io.Reader, out, problems io.Writer) (int, error) {
	e := &evaluation{score: inspect.NewScore(), out: bufio.NewWriter(out), name: name, names: make(map[string]string), unknown: make(map[string]int)}
	pairs, err := f.GetStringSlice("map")
	if err != nil {
		return exitFailed, err
	}
	for _, pair := range pairs {
		label, typ, ok := strings.Cut(pair, "=")
		if !ok || label == "" || typ == "" {
			return exitFailed, fmt.Errorf("map %q is none, expected <label>=<type>", pair)
		}
		e.names[label] = typ
	}
	if f.Bool("show") {
		e.shown = e.out
		if f.Bool("json") {
			e.shown = problems
		}
	}
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return exitFailed, err
		}
		defer file.Close()
		in = file
	}
	subject, err := openSubject(f)
	if err != nil {
		return exitFailed, err
	}
	defer subject.Close()
	e.inspector = subject.Inspector
	if ctx == nil {
		ctx = context.Background()
	}
	err = inspect.Examples(in, func(x inspect.Example) error {
		if e.score.Texts%10000 == 9999 {
			fmt.Fprintf(problems, "%s: %d texts read\n", name, e.score.Texts+1)
		}
		return e.add(ctx, x)
	})
	switch {
	case err != nil:
		return exitFailed, fmt.Errorf("reading %s: %w", name, err)
	case e.score.Texts == 0:
		return exitFailed, fmt.Errorf("reading %s: there is no text in it, expected a JSON object in each line", name)
	}
	if f.Bool("json") {
		err = e.json()
	} else {
		err = e.table()
	}
	if err = errors.Join(err, e.out.Flush()); err != nil {
		return exitFailed, err
	}
	return caddy.ExitCodeSuccess, nil
}

// evaluation is a measurement that goes on.
type evaluation struct {
	inspector *inspect.Inspector
	score     *inspect.Score
	out       *bufio.Writer
	shown     io.Writer // nil for nothing
	name      string
	names     map[string]string // type by label, where they differ
	unknown   map[string]int    // labels of types that the plugin does not have
}

func (e *evaluation) add(ctx context.Context, x inspect.Example) error {
	types := e.inspector.Types()
	for i, l := range x.Spans {
		if typ, ok := e.names[l.Type]; ok {
			x.Spans[i].Type = typ
		}
		if !slices.Contains(types, x.Spans[i].Type) {
			e.unknown[x.Spans[i].Type]++
		}
	}
	found, err := e.inspector.Text(ctx, []byte(x.Text))
	if err != nil {
		return err
	}
	missed, wrong := e.score.Add(x, found)
	if e.shown == nil {
		return nil
	}
	for _, l := range missed {
		fmt.Fprintf(e.shown, "%s:%d: missed %s at %d-%d: %s\n", e.name, x.Line, l.Type, l.Start, l.End, inspect.Around(x.Text, l.Start, l.End))
	}
	for _, f := range wrong {
		fmt.Fprintf(e.shown, "%s:%d: wrong %s at %d-%d: %s\n", e.name, x.Line, f.Type, f.Start, f.End, inspect.Around(x.Text, f.Start, f.End))
	}
	return nil
}

// sums are the rows of the report: each type in each language, each type, each language, everything.
func (e *evaluation) sums() []map[inspect.Class]inspect.Tally {
	const all = "all"
	return []map[inspect.Class]inspect.Tally{
		e.score.Sums(func(c inspect.Class) inspect.Class { return c }),
		e.score.Sums(func(c inspect.Class) inspect.Class { return inspect.Class{Type: c.Type, Lang: all} }),
		e.score.Sums(func(c inspect.Class) inspect.Class { return inspect.Class{Type: all, Lang: c.Lang} }),
		{{Type: all, Lang: all}: e.score.Total()},
	}
}

func (e *evaluation) table() error {
	t := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "TYPE\tLANG\tLABELLED\tRIGHT\tEXACT\tMISSED\tWRONG\tPRECISION\tRECALL\tF1")
	for i, rows := range e.sums() {
		if i > 0 {
			fmt.Fprintln(t, "\t\t\t\t\t\t\t\t\t")
		}
		for _, c := range inspect.Sorted(rows) {
			r := rows[c]
			fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%s\n", c.Type, c.Lang, r.Labelled, r.Right, r.Exact, r.Missed, r.Wrong, figure4(r.Precision()), figure4(r.Recall()), figure4(r.F1()))
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	s := e.score
	fmt.Fprintf(e.out, "\n%s, %d clean\n", counted(s.Texts, "text"), s.Clean)
	fmt.Fprintf(e.out, "false alarms    %s of clean texts (%d of %d)\n", percent(s.FalseAlarms, s.Clean), s.FalseAlarms, s.Clean)
	fmt.Fprintf(e.out, "left in text    %s of labelled bytes (%d of %d)\n", percent(s.Leaked, s.Labelled), s.Leaked, s.Labelled)
	fmt.Fprintf(e.out, "over-redaction  %s of replaced bytes (%d of %d)\n", percent(s.Over, s.Replaced), s.Over, s.Replaced)
	for _, c := range e.confusions() {
		fmt.Fprintf(e.out, "%s found as %s  %d\n", c.Labelled, c.Found, s.Confusion[c])
	}
	for _, typ := range slices.Sorted(maps.Keys(e.unknown)) {
		fmt.Fprintf(e.out, "the plugin has no type %s, which %s\n", typ, plural(e.unknown[typ], "label has", "labels have"))
	}
	return nil
}

func plural(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", more)
}

// figure4 is a share with four digits, - for one of nothing.
func figure4(share float64, ok bool) string {
	if !ok {
		return "-"
	}
	return fmt.Sprintf("%.4f", share)
}

// maybe is a share in JSON, null for one of nothing.
func maybe(share float64, ok bool) *float64 {
	if !ok {
		return nil
	}
	return &share
}

// confusions are the pairs of types that were taken for each other, the frequent ones first.
func (e *evaluation) confusions() []inspect.Confusion {
	return slices.SortedFunc(maps.Keys(e.score.Confusion), func(a, b inspect.Confusion) int {
		return cmp.Or(e.score.Confusion[b]-e.score.Confusion[a], cmp.Compare(a.Labelled, b.Labelled), cmp.Compare(a.Found, b.Found))
	})
}

// percent is n of all.
func percent(n, all int) string {
	if all == 0 {
		return "0.00 %"
	}
	return fmt.Sprintf("%.2f %%", 100*float64(n)/float64(all))
}

func (e *evaluation) json() error {
	type row struct {
		Type string `json:"type"`
		Lang string `json:"lang"`
		inspect.Tally
		Precision *float64 `json:"precision"` // null for none of none
		Recall    *float64 `json:"recall"`
		F1        *float64 `json:"f1"`
	}
	type confusion struct {
		Labelled string `json:"labelled"`
		Found    string `json:"found"`
		Count    int    `json:"count"`
	}
	out := struct {
		Classes       []row          `json:"classes"`
		Texts         int            `json:"texts"`
		Clean         int            `json:"clean_texts"`
		FalseAlarms   int            `json:"clean_texts_with_false_alarms"`
		LabelledBytes int            `json:"labelled_bytes"`
		LeftBytes     int            `json:"labelled_bytes_left_in_text"`
		ReplacedBytes int            `json:"replaced_bytes"`
		OverBytes     int            `json:"replaced_bytes_without_label"`
		Confusions    []confusion    `json:"confusions"`
		Unknown       map[string]int `json:"labels_of_unknown_types"`
	}{
		Classes: []row{}, Texts: e.score.Texts, Clean: e.score.Clean, FalseAlarms: e.score.FalseAlarms, LabelledBytes: e.score.Labelled,
		LeftBytes: e.score.Leaked, ReplacedBytes: e.score.Replaced, OverBytes: e.score.Over, Confusions: []confusion{}, Unknown: e.unknown,
	}
	for _, rows := range e.sums() {
		for _, c := range inspect.Sorted(rows) {
			r := rows[c]
			out.Classes = append(out.Classes, row{c.Type, c.Lang, r, maybe(r.Precision()), maybe(r.Recall()), maybe(r.F1())})
		}
	}
	for _, c := range e.confusions() {
		out.Confusions = append(out.Confusions, confusion{c.Labelled, c.Found, e.score.Confusion[c]})
	}
	enc := json.NewEncoder(e.out)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
