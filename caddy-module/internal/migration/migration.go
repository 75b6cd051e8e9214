// Package migration turns configuration files of other gateways into Caddyfiles, and says of each key that has no place there why.
// caddyllm registers it as config adapters and behind caddy llm-import.
package migration

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// MaxSize bounds a file, in bytes: those that people write have a hundredth of it.
const MaxSize = 1 << 20

// Kind says what became of a key.
type Kind uint8

// Kinds of notes.
const (
	Lost    Kind = iota // it is not carried over
	Differs             // it is, but does not mean quite the same
	Advice              // it is, and there is more to say
)

func (k Kind) String() string { return [...]string{"not carried", "differs", "note"}[min(k, Advice)] }

// Note is what is to be said of one place in the file. It holds no value of a key that may be a secret.
type Note struct {
	Line int    // from 1
	Key  string // its path, such as router_settings.timeout
	Kind Kind
	Text string // what became of it, and what to do
}

// String is the note without its line.
func (n Note) String() string { return fmt.Sprintf("%s: %s: %s", n.Key, n.Kind, n.Text) }

// Result is a file turned into a Caddyfile.
type Result struct {
	Caddyfile []byte
	Notes     []Note // by lines
}

// Report is the notes, each on a line behind the name of the file.
func (r *Result) Report(name string) string {
	var b strings.Builder
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "%s:%d: %s\n", name, n.Line, n)
	}
	return b.String()
}

// formats are the gateways whose files are known.
var formats = map[string]func(*section, *report) (*gateway, error){
	"litellm":     litellm,
	"cliproxyapi": cliproxyapi,
}

// Formats are the names of the formats, sorted.
func Formats() []string { return []string{"cliproxyapi", "litellm"} }

// Convert turns a file of a format into a Caddyfile. The error says why there can be none.
func Convert(format string, file []byte) (*Result, error) {
	convert := formats[format]
	if convert == nil {
		return nil, fmt.Errorf("unknown format %q, expected one of %s", format, strings.Join(Formats(), ", "))
	}
	if len(file) > MaxSize {
		return nil, fmt.Errorf("the file has %d bytes, expected at most %d", len(file), MaxSize)
	}
	notes := new(report)
	root, err := parse(file, notes)
	if err != nil {
		return nil, err
	}
	made, err := convert(root, notes)
	if err != nil {
		return nil, err
	}
	if len(made.routes) == 0 {
		return nil, fmt.Errorf("the file leads to no model that Longmen can reach%s", notes.first())
	}
	slices.SortStableFunc(notes.list, func(a, b Note) int { return cmp.Compare(a.Line, b.Line) })
	return &Result{Caddyfile: []byte(made.caddyfile(notes.list)), Notes: notes.list}, nil
}

// report collects notes, each once.
type report struct {
	list []Note
	told map[Note]bool
}

func (r *report) add(kind Kind, v value, format string, args ...any) {
	n := Note{Line: v.line, Key: v.path, Kind: kind, Text: fmt.Sprintf(format, args...)}
	if r.told[n] {
		return
	}
	if r.told == nil {
		r.told = make(map[Note]bool)
	}
	r.told[n] = true
	r.list = append(r.list, n)
}

func (r *report) lost(v value, format string, args ...any)    { r.add(Lost, v, format, args...) }
func (r *report) differs(v value, format string, args ...any) { r.add(Differs, v, format, args...) }
func (r *report) advise(v value, format string, args ...any)  { r.add(Advice, v, format, args...) }

// first is the first thing that was lost, for the text of an error.
func (r *report) first() string {
	for _, n := range r.list {
		if n.Kind == Lost {
			return fmt.Sprintf(": line %d: %s", n.Line, n)
		}
	}
	return ""
}
