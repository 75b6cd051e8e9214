package caddyllm

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/caddyserver/caddy/v2"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/longmen-gateway/longmen/caddy-module/internal/inspect"
)

func scanCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "scan [--config <path>] [--plugin <name>] [--show] [--json] <file>... | -",
		Short: "Reports the personal data and secrets in files",
		Long: `
Reads files, or standard input for "-", and prints a line for everything found,

    file:line:column: type

and what was found how often. Columns count characters. Values are never
printed; --show adds what stands around, with placeholders in their place: the
same value has the same placeholder throughout a run. Nothing is changed.

Files are UTF-8. In .json, .jsonl and .ndjson files, and in files whose first
line is a JSON object, such as Caddy's logs, strings are looked at one by one
and decoded, as in the arguments of a tool call; numbers and names of members
are not. --format overrides that. Files may be of any size: what is longer than
128 KiB is shown to the plugin in pieces that overlap.

Exit code: 0 nothing was found, 1 something was, 2 a file could not be read.`,
		Example: `  caddy llm-redact scan --show notes.txt
  caddy llm-redact scan --config Caddyfile --plugin pii logs/*.jsonl
  zcat access.log.gz | caddy llm-redact scan --json - | jq -r .type | sort | uniq -c`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return finish(cmd, exitFailed, errors.New("no file is given, expected the names of files, or - for standard input"))
			}
			return nil
		},
	}
	subjectFlags(cmd)
	cmd.Flags().String("format", inspect.FormatAuto, "How files are read: auto, text, json or jsonl")
	cmd.Flags().Bool("show", false, "Print what stands around each finding, with placeholders for what was found")
	cmd.Flags().Bool("json", false, "Print a JSON object for each finding, and one with the sums")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		code, err := scan(cmd.Context(), caddycmd.Flags{FlagSet: cmd.Flags()}, args, os.Stdin, os.Stdout, os.Stderr)
		return finish(cmd, code, err)
	}
	return cmd
}

func scan(ctx context.Context, f caddycmd.Flags, files []string, in io.Reader, out, problems io.Writer) (int, error) {
	s := &scanner{files: files, in: in, out: bufio.NewWriter(out), problems: problems, json: f.Bool("json")}
	s.Show, s.Format, s.Scan.Hit, s.Read = f.Bool("show"), f.String("format"), s.hit, s.progress
	if !slices.Contains(inspect.Formats, s.Format) {
		return exitFailed, fmt.Errorf("unknown format %q, expected one of %s", s.Format, list(inspect.Formats))
	}
	subject, err := openSubject(f)
	if err != nil {
		return exitFailed, err
	}
	defer subject.Close()
	s.Inspector = subject.Inspector
	if ctx == nil {
		ctx = context.Background()
	}
	return s.run(ctx)
}

// scanner is the scan of some files.
type scanner struct {
	inspect.Scan
	files    []string
	in       io.Reader
	out      *bufio.Writer
	problems io.Writer
	json     bool

	counts  map[string]int // by type
	within  map[string]int // files, by type
	seen    map[string]bool
	total   int
	dirty   int // files in which something was found
	failed  int // files that were not read to their end
	name    string
	size    int64 // of the file, 0 if it is not known
	read    int64 // of the file
	notable int64 // what read has to pass for the next message
}

// each is how many bytes are read between messages of progress.
const each = 64 << 20

func (s *scanner) run(ctx context.Context) (int, error) {
	s.counts, s.within = make(map[string]int), make(map[string]int)
	for _, name := range s.files {
		s.name, s.seen, s.read, s.notable, s.size = name, make(map[string]bool), 0, each, 0
		if err := s.file(ctx, name); err != nil {
			s.failed++
			if err := s.out.Flush(); err != nil {
				return exitFailed, err
			}
			fmt.Fprintf(s.problems, "%s: %v\n", name, plainPath(err))
		}
		for typ := range s.seen {
			s.within[typ]++
		}
		if len(s.seen) > 0 {
			s.dirty++
		}
	}
	if err := errors.Join(s.summary(), s.out.Flush()); err != nil {
		return exitFailed, err
	}
	switch {
	case s.failed > 0:
		return exitFailed, fmt.Errorf("%s could not be read to the end", counted(s.failed, "file"))
	case s.total > 0:
		return exitFound, nil
	}
	return caddy.ExitCodeSuccess, nil
}

// plainPath is the error without the path, which stands before it already.
func plainPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

func (s *scanner) file(ctx context.Context, name string) error {
	if name == "-" {
		return s.File(ctx, name, s.in)
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		if info.IsDir() {
			return errors.New("is a directory, expected files")
		}
		s.size = info.Size()
	}
	return s.File(ctx, name, f)
}

func (s *scanner) hit(h inspect.Hit) error {
	s.total++
	s.counts[h.Type]++
	s.seen[h.Type] = true
	if s.json {
		return s.print(h)
	}
	_, err := fmt.Fprintf(s.out, "%s:%d:%d: %s\n", h.File, h.Line, h.Column, h.Type)
	if h.Snippet != "" {
		_, err = fmt.Fprintf(s.out, "    %s\n", h.Snippet)
	}
	return err
}

func (s *scanner) print(v any) error {
	e := json.NewEncoder(s.out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// progress tells of large files that something goes on.
func (s *scanner) progress(n int) {
	if s.read += int64(n); s.read < s.notable {
		return
	}
	s.notable += each
	of := ""
	if s.size > 0 {
		of = " of " + humanize.IBytes(uint64(s.size))
	}
	fmt.Fprintf(s.problems, "%s: %s%s read, %d found\n", s.name, humanize.IBytes(uint64(s.read)), of, s.total)
}

// summary prints what was found how often.
func (s *scanner) summary() error {
	if s.json {
		return s.print(map[string]any{"summary": map[string]any{
			"files": len(s.files), "files_with_findings": s.dirty, "files_failed": s.failed, "findings": s.total, "types": s.counts,
		}})
	}
	if s.total > 0 {
		fmt.Fprintln(s.out)
		t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "TYPE\tCOUNT\tFILES")
		types := slices.SortedFunc(maps.Keys(s.counts), func(a, b string) int {
			if d := s.counts[b] - s.counts[a]; d != 0 {
				return d
			}
			return strings.Compare(a, b)
		})
		for _, typ := range types {
			fmt.Fprintf(t, "%s\t%d\t%d\n", typ, s.counts[typ], s.within[typ])
		}
		if err := t.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(s.out)
	}
	_, err := fmt.Fprintf(s.out, "%d found in %d of %s\n", s.total, s.dirty, counted(len(s.files), "file"))
	return err
}
