package inspect

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// Hit is a finding in a file.
type Hit struct {
	File    string `json:"file"`
	Line    int    `json:"line"`   // from 1
	Column  int    `json:"column"` // from 1, in characters
	Type    string `json:"type"`
	Path    string `json:"path,omitempty"`    // of the string, in JSON
	Snippet string `json:"snippet,omitempty"` // what stands around, everything that was found replaced
}

// Formats that files may be read as.
const (
	FormatAuto  = "auto"  // by the name's ending, and by the first line
	FormatText  = "text"  // the whole is a text
	FormatJSON  = "json"  // one JSON text: its strings are looked at, decoded
	FormatJSONL = "jsonl" // a JSON text in each line
)

// Formats are their names.
var Formats = []string{FormatAuto, FormatText, FormatJSON, FormatJSONL}

// Why a file cannot be read. To pass over it would make it look clean.
var (
	ErrUTF16  = errors.New("file is UTF-16, expected UTF-8")
	ErrBinary = errors.New("file is binary, expected text")
)

// Scan reads files.
type Scan struct {
	Inspector *Inspector
	Format    string
	Show      bool            // make snippets
	Hit       func(Hit) error // gets each finding
	Read      func(n int)     // gets told how many bytes were looked at; may be nil
}

// File reads one file, or what stands for one.
func (s *Scan) File(ctx context.Context, name string, r io.Reader) error {
	in := bufio.NewReaderSize(r, 64<<10)
	head, err := in.Peek(4096)
	switch {
	case err != nil && err != io.EOF:
		return err
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return ErrUTF16
	case bytes.IndexByte(head, 0) >= 0:
		return ErrBinary
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		if _, err := in.Discard(3); err != nil {
			return err
		}
	}
	f := &file{Scan: s, name: name, at: position{1, 1}}
	switch s.format(name, in) {
	case FormatJSON:
		return f.json(ctx, in)
	case FormatJSONL:
		return f.lines(ctx, in)
	}
	return f.text(ctx, in)
}

func (s *Scan) format(name string, in *bufio.Reader) string {
	if s.Format != "" && s.Format != FormatAuto {
		return s.Format
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json":
		return FormatJSON
	case ".jsonl", ".ndjson":
		return FormatJSONL
	}
	head, _ := in.Peek(in.Size()) // an error comes again
	line, _, whole := bytes.Cut(head, []byte("\n"))
	if line = bytes.TrimSpace(line); whole && len(line) > 0 && line[0] == '{' && json.Valid(line) {
		return FormatJSONL
	}
	return FormatText
}

// file is a file that is being read.
type file struct {
	*Scan
	name string
	at   position // of what is read next
}

func (f *file) read(b []byte) {
	f.at.pass(b)
	if f.Read != nil {
		f.Read(len(b))
	}
}

// json reads one JSON text. What is none, or too large, is a text.
func (f *file) json(ctx context.Context, in io.Reader) error {
	b, err := io.ReadAll(io.LimitReader(in, MaxText+1))
	if err != nil {
		return err
	}
	if len(b) > MaxText || !json.Valid(b) {
		return f.text(ctx, io.MultiReader(bytes.NewReader(b), in))
	}
	err = f.strings(ctx, b)
	f.read(b)
	return err
}

// lines reads a JSON text in each line. Lines that are none are texts; one that is too large makes the rest a text.
func (f *file) lines(ctx context.Context, in *bufio.Reader) error {
	var line []byte
	for {
		line = line[:0]
		var err error
		for err = bufio.ErrBufferFull; err == bufio.ErrBufferFull && len(line) <= MaxText; {
			var part []byte
			part, err = in.ReadSlice('\n')
			line = append(line, part...)
		}
		switch {
		case len(line) > MaxText:
			return f.text(ctx, io.MultiReader(bytes.NewReader(line), in))
		case err != nil && err != io.EOF:
			return err
		}
		last := err == io.EOF
		if b := bytes.TrimSpace(line); len(b) > 0 && (b[0] == '{' || b[0] == '[' || b[0] == '"') && json.Valid(b) {
			err = f.strings(ctx, line)
		} else {
			err = f.plain(ctx, line)
		}
		if err != nil || last {
			return err
		}
		f.read(line)
	}
}

// strings looks at the strings of a JSON text that begins at f.at.
func (f *file) strings(ctx context.Context, b []byte) error {
	found, err := f.Inspector.JSON(ctx, valid(b))
	if err != nil {
		return err
	}
	at, passed := f.at, 0
	for _, leaf := range found {
		raw := b[leaf.Place.Start:leaf.Place.End]
		here, decoded := 0, 0 // in raw, and in the text
		for k, one := range leaf.Found {
			here, decoded = here+Offset(raw[here:], one.Start-decoded), one.Start
			start := leaf.Place.Start + here
			at.pass(b[passed:start])
			passed = start
			h := Hit{File: f.name, Line: at.line, Column: at.column, Type: one.Type, Path: leaf.Path}
			if f.Show {
				h.Snippet = snippet(leaf.Text, leaf.Found, k)
			}
			if err := f.Hit(h); err != nil {
				return err
			}
		}
	}
	return nil
}

// plain looks at a text that begins at f.at.
func (f *file) plain(ctx context.Context, b []byte) error {
	return f.part(ctx, b, 0, len(b))
}

// part looks at a text of which [start, end) is what begins at f.at.
func (f *file) part(ctx context.Context, b []byte, start, end int) error {
	found, err := f.Inspector.Text(ctx, valid(b))
	if err != nil {
		return err
	}
	at, passed := f.at, start
	for k, one := range found {
		if one.Start < start || one.Start >= end {
			continue
		}
		at.pass(b[passed:one.Start])
		passed = one.Start
		h := Hit{File: f.name, Line: at.line, Column: at.column, Type: one.Type}
		if f.Show {
			h.Snippet = snippet(b, found, k)
		}
		if err := f.Hit(h); err != nil {
			return err
		}
	}
	return nil
}

// block is how much of a text is in memory at once.
const block = 1 << 20

// text reads the rest as a text, block by block.
func (f *file) text(ctx context.Context, in io.Reader) error {
	buf := make([]byte, 0, before+block+behind)
	start := 0 // of what was not looked at yet; before it stands what was
	for {
		n, err := io.ReadFull(in, buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		last := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !last {
			return err
		}
		shown, end := len(buf), len(buf)
		if !last {
			shown = boundary(buf, len(buf))
			end = cut(buf[:shown], start, block)
		}
		if err := f.part(ctx, buf[:shown], start, end); err != nil {
			return err
		}
		f.read(buf[start:end])
		if last {
			return nil
		}
		keep := boundary(buf, max(0, end-before))
		start = end - keep
		buf = buf[:copy(buf, buf[keep:])]
	}
}

// boundary is the last place not behind i at which a character begins.
func boundary(b []byte, i int) int {
	for k := i; k > 0 && k > i-utf8.UTFMax; k-- {
		if k < len(b) && utf8.RuneStart(b[k]) {
			return k
		}
		if k == len(b) {
			if r, _ := utf8.DecodeLastRune(b); r != utf8.RuneError {
				return k
			}
		}
	}
	return i
}

// valid is b with a question mark for each byte that belongs to no character, so that offsets stay.
func valid(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	out := bytes.Clone(b)
	for i := 0; i < len(out); {
		r, n := utf8.DecodeRune(out[i:])
		if r == utf8.RuneError && n == 1 {
			out[i] = '?'
		}
		i += n
	}
	return out
}

// position counts lines and characters.
type position struct{ line, column int }

// pass moves behind b.
func (p *position) pass(b []byte) {
	if i := bytes.LastIndexByte(b, '\n'); i >= 0 {
		p.line += bytes.Count(b[:i+1], []byte("\n"))
		p.column, b = 1, b[i+1:]
	}
	p.column += utf8.RuneCount(b)
}
