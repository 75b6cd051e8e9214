package caddyllm

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"

	"github.com/longmen-gateway/longmen/caddy-module/internal/chain"
	"github.com/longmen-gateway/longmen/caddy-module/internal/record"
)

func verifyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify [--key-file <path> | --key-env <name>] [--expect <number>:<sum>]... [--json] <file>... | -",
		Short: "Checks that nothing is missing from chained records, and nothing was changed",
		Long: `
Reads the files of one chain, which "grant record" with "chain" writes, in any
order, and prints each place that is broken,

    file:line: what is wrong, and what was expected

then sums: how many records, from when to when, how many exchanges have none
because the plugin failed, and, of the receipts of redact, the counts by type.

A chain that was made with a key can be checked with that key only. Without a
key the check tells that the lines fit together; whether they are those that
the gateway wrote is only known to who kept the number and the sum of a last
line. The summary prints them; --expect takes them at a later check, and fails
if the chain does not have that line.

Lines in brackets are worth a look and break nothing: a chain whose beginning
is in another file, a line that was not written whole before the gateway was
stopped. <path>.head, the gateway's note of the end, is read where it lies beside
a file: the chain must have the line that it names.

Exit code: 0 the chain is whole, 1 it is broken, 2 a file or the key could not
be read.`,
		Example: `  caddy llm-redact verify --key-env RECEIPT_KEY /var/log/longmen/receipts.jsonl*
  caddy llm-redact verify --key-file key --json receipts.jsonl | jq .types
  caddy llm-redact verify --expect 5120:9f1c77… receipts.jsonl`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return finish(cmd, exitFailed, errors.New("no file is given, expected the files of a chain, or - for standard input"))
			}
			return nil
		},
	}
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return finish(cmd, exitFailed, err) })
	cmd.Flags().String("key-file", "", "File with the key of the chain; blanks and line breaks around it do not count")
	cmd.Flags().String("key-env", "", "Environment variable with the key of the chain")
	cmd.Flags().StringSlice("expect", nil, "Number and sum of a line that the chain must have, <number>:<sum>")
	cmd.Flags().Bool("json", false, "Print one JSON object")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		code, err := verify(caddycmd.Flags{FlagSet: cmd.Flags()}, args, os.Stdin, os.Stdout)
		return finish(cmd, code, err)
	}
	return cmd
}

func verify(f caddycmd.Flags, names []string, in io.Reader, out io.Writer) (int, error) {
	key, err := chainKeyOf(f.String("key-file"), f.String("key-env"))
	if err != nil {
		return exitFailed, err
	}
	seal, err := chain.NewSeal(key)
	if err != nil {
		return exitFailed, err
	}
	v := &verification{out: bufio.NewWriter(out), json: f.Bool("json"), sums: newSums()}
	texts, err := f.GetStringSlice("expect")
	if err != nil {
		return exitFailed, err
	}
	v.reader = &chain.Reader{Seal: seal, MaxLine: record.MaxLine + chain.Overhead, Record: v.record, Problem: v.problem}
	for _, text := range texts {
		head, err := chain.ParseHead(text)
		if err != nil {
			return exitFailed, fmt.Errorf("expect %q: %w", text, err)
		}
		v.reader.Expect = append(v.reader.Expect, head)
	}
	if err = v.read(names, in); err == nil {
		err = errors.Join(v.reader.End(), v.report())
	}
	switch err = errors.Join(err, v.out.Flush()); {
	case err != nil:
		return exitFailed, err
	case v.broken > 0:
		return exitFound, nil
	}
	return caddy.ExitCodeSuccess, nil
}

// chainKeyOf reads the key from where the flags say. The error does not show it.
func chainKeyOf(file, env string) (string, error) {
	var key []byte
	switch {
	case file != "" && env != "":
		return "", errors.New("key-file and key-env exclude each other, expected one of them")
	case file == "" && env == "":
		return "", nil
	case env != "":
		key = []byte(os.Getenv(env))
	default:
		var err error
		if key, err = os.ReadFile(file); err != nil {
			return "", fmt.Errorf("reading the key: %w", err)
		}
	}
	if key = bytes.TrimSpace(key); len(key) == 0 {
		return "", fmt.Errorf("the key in %s is empty, expected at least %d characters", cmp.Or(file, env), chain.MinKey)
	}
	return string(key), nil
}

// verification is a check that goes on.
type verification struct {
	reader   *chain.Reader
	out      *bufio.Writer
	json     bool
	files    int
	sums     *sums
	problems []chain.Problem // those that are printed at the end, as JSON
	broken   int             // places
}

// read checks the files in the order of the chain.
func (v *verification) read(names []string, in io.Reader) error {
	type part struct {
		name  string
		first uint64
		file  *os.File
	}
	var parts []part
	defer func() {
		for _, p := range parts {
			_ = p.file.Close() // only read
		}
	}()
	// The notes of the end first: a gateway that is writing is ahead of them then, not behind.
	files, marks := separate(names)
	for _, name := range marks {
		if err := v.mark(name); err != nil {
			return err
		}
	}
	for _, name := range files {
		if name == "-" {
			if len(files) > 1 {
				return errors.New("- is given with files, expected it alone")
			}
			v.files = 1
			return v.reader.File(name, in)
		}
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		parts = append(parts, part{name: name, file: f})
		first, err := chain.First(f, v.reader.MaxLine)
		if err == nil {
			_, err = f.Seek(0, io.SeekStart)
		}
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		parts[len(parts)-1].first = first
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(a.first, b.first) })
	for _, p := range parts {
		v.files++
		if err := v.reader.File(p.name, p.file); err != nil {
			return fmt.Errorf("reading %s: %w", p.name, err)
		}
	}
	return nil
}

// separate tells files of a chain from the notes of its end, which need not be named.
func separate(names []string) (files, marks []string) {
	for _, name := range names {
		if strings.HasSuffix(name, record.MarkSuffix) {
			marks = append(marks, name)
			continue
		}
		files = append(files, name)
		if _, err := os.Stat(name + record.MarkSuffix); err == nil {
			marks = append(marks, name+record.MarkSuffix)
		}
	}
	slices.Sort(marks)
	return files, slices.Compact(marks)
}

// mark reads a note of the chain's end: the chain has to have that line.
func (v *verification) mark(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	m, ok := v.reader.Seal.ReadMark(text)
	switch {
	case len(text) == 0 || ok && m.Seq == 0: // nothing was written yet
	case !ok:
		return v.problem(chain.Problem{File: name, Line: 1, Text: "is no note of a chain's end that was made with this key"})
	default:
		v.reader.Expect = append(v.reader.Expect, m.Head)
	}
	return nil
}

// maxProblems bounds the places that are printed; all are counted.
const maxProblems = 1000

func (v *verification) problem(p chain.Problem) error {
	if !p.Note {
		v.broken++
	}
	if v.json {
		if len(v.problems) < maxProblems {
			v.problems = append(v.problems, p)
		}
		return nil
	}
	if v.broken > maxProblems {
		return nil
	}
	text := fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
	if p.File == "" {
		text = p.Text
	}
	if p.Note {
		text = "(" + text + ")"
	}
	_, err := fmt.Fprintln(v.out, text)
	return err
}

func (v *verification) record(_ uint64, text []byte) error {
	v.sums.add(text)
	return nil
}

// report prints what has come of it.
func (v *verification) report() error {
	lines, first := v.reader.Lines()
	head := v.reader.Head()
	if v.json {
		out := struct {
			Whole    bool            `json:"whole"`
			Broken   int             `json:"broken"`
			Problems []chain.Problem `json:"problems"`
			Files    int             `json:"files"`
			Lines    int             `json:"lines"`
			First    uint64          `json:"first"` // number of the first line, 0 for none
			Last     uint64          `json:"last"`
			Sum      string          `json:"sum,omitempty"` // of the last line
			Keyed    bool            `json:"keyed"`
			*sums
		}{v.broken == 0, v.broken, v.problems, v.files, lines, first, head.Seq, "", v.reader.Seal.Keyed(), v.sums}
		if lines > 0 {
			out.Sum = head.Sum.String()
		}
		if out.Problems == nil {
			out.Problems = []chain.Problem{}
		}
		e := json.NewEncoder(v.out)
		e.SetIndent("", "  ")
		return e.Encode(out)
	}
	if v.broken > maxProblems {
		fmt.Fprintf(v.out, "… and %d more\n", v.broken-maxProblems)
	}
	if err := v.sums.table(v.out); err != nil {
		return err
	}
	if lines > 0 {
		fmt.Fprintf(v.out, "numbers   %d to %d in %s\n", first, head.Seq, counted(v.files, "file"))
		if v.sums.From != "" {
			fmt.Fprintf(v.out, "times     %s to %s\n", v.sums.From, v.sums.To)
		}
		fmt.Fprintf(v.out, "last line %d:%s\n", head.Seq, head.Sum)
	}
	switch {
	case v.broken > 0:
		_, err := fmt.Fprintf(v.out, "the chain is broken at %s\n", counted(v.broken, "place"))
		return err
	case v.reader.Seal.Keyed():
		_, err := fmt.Fprintf(v.out, "%s, none missing or changed\n", counted(v.sums.Records, "record"))
		return err
	}
	_, err := fmt.Fprintf(v.out, "%s, which fit together; made without a key, so whoever could write the files could have made them\n", counted(v.sums.Records, "record"))
	return err
}
