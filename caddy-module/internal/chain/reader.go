package chain

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Problem is a place at which a chain is broken, or worth a look.
type Problem struct {
	File string `json:"file"` // "" for the chain as a whole
	Line int    `json:"line"` // from 1
	Text string `json:"problem"`
	// Note is of what does not break the chain.
	Note bool `json:"note,omitempty"`
}

// Reader checks the files of one chain, one after the other, in the chain's order.
type Reader struct {
	Seal *Seal
	// MaxLine bounds the lines, in bytes. What is longer is a problem.
	MaxLine int
	// Expect are lines that the chain has to have; End tells of those that it has not.
	Expect []Head
	// Record is called with each record whose line fits, in order.
	Record func(seq uint64, record []byte) error
	// Problem is called with each problem.
	Problem func(Problem) error

	head   Head // of the last line that was read, fitting or not
	first  uint64
	lines  int
	file   string
	number int
	torn   bool // the line before is the beginning of the next one
}

// Head is the end of what was read so far.
func (r *Reader) Head() Head { return r.head }

// Lines is how many lines of the chain were read, and the number of the first.
func (r *Reader) Lines() (n int, first uint64) { return r.lines, r.first }

// File checks a file. The error is one of reading, or of Record or Problem.
func (r *Reader) File(name string, in io.Reader) error {
	r.file, r.number, r.torn = name, 0, false
	b := bufio.NewReaderSize(in, r.MaxLine+1)
	for {
		line, err := b.ReadSlice('\n')
		if len(line) == 0 && errors.Is(err, io.EOF) {
			break
		}
		r.number++
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = b.ReadSlice('\n')
			}
			if err == nil || errors.Is(err, io.EOF) {
				err = r.strange(fmt.Errorf("longer than %d bytes", r.MaxLine))
			}
		case err == nil:
			err = r.line(line[:len(line)-1])
		case errors.Is(err, io.EOF):
			err = r.line(line)
		}
		if err != nil {
			return err
		}
	}
	if r.torn {
		return r.note("the file ends within a line, whose record was not written whole")
	}
	return nil
}

func (r *Reader) line(b []byte) error {
	l, err := Parse(b)
	if err != nil {
		if !r.torn && Torn(b, r.head) {
			r.torn = true
			return nil
		}
		return r.strange(err)
	}
	if r.torn {
		r.torn = false
		if err := r.noteAt(r.number-1, "the line was not written whole; the chain goes on behind it"); err != nil {
			return err
		}
	}
	if err := r.follows(&l); err != nil {
		return err
	}
	r.head = l.Head()
	r.lines++
	if err := r.expected(); err != nil {
		return err
	}
	switch {
	case l.Keyed && !r.Seal.Keyed():
		return r.broken("was made with a key, which is needed to check it")
	case !l.Keyed && r.Seal.Keyed():
		return r.broken("was made without the key")
	case !r.Seal.Fits(&l):
		// What the sum should be is not shown: with it whoever changed the line could mend it.
		return r.broken("does not fit its sum: it was changed, or made with another key")
	case !json.Valid(l.Record):
		return r.broken("has a record that is no JSON")
	}
	return r.Record(l.Seq, l.Record)
}

// follows checks that the line is the next one.
func (r *Reader) follows(l *Line) error {
	switch {
	case r.lines == 0:
		r.first = l.Seq
		switch zero := (Sum{}); {
		case l.Seq == 1 && l.Prev != zero:
			return r.broken("has number 1 and names a line before it, expected none")
		case l.Seq > 1:
			return r.note(fmt.Sprintf("begins with number %d, after a line with the sum %s that is in none of the files", l.Seq, l.Prev))
		}
		return nil
	case l.Seq == 1 && r.number == 1:
		return r.broken(fmt.Sprintf("begins a chain of its own, expected number %d", r.head.Seq+1))
	case l.Seq > r.head.Seq+1:
		return r.broken(fmt.Sprintf("has number %d, expected %d: %d before it are missing", l.Seq, r.head.Seq+1, l.Seq-r.head.Seq-1))
	case l.Seq <= r.head.Seq:
		return r.broken(fmt.Sprintf("has number %d, expected %d: it stands twice or was moved", l.Seq, r.head.Seq+1))
	case l.Prev != r.head.Sum:
		return r.broken(fmt.Sprintf("names a line before it with the sum %s, expected %s: that line was replaced", l.Prev, r.head.Sum))
	}
	return nil
}

// expected holds the line against those that the chain has to have.
func (r *Reader) expected() error {
	for i, e := range r.Expect {
		if e.Seq != r.head.Seq {
			continue
		}
		r.Expect = slices.Delete(slices.Clone(r.Expect), i, i+1)
		if e.Sum != r.head.Sum {
			return r.broken(fmt.Sprintf("has the sum %s, expected %s as it was noted: the chain was made anew", r.head.Sum, e.Sum))
		}
		return nil
	}
	return nil
}

// End tells what the files lack.
func (r *Reader) End() error {
	for _, e := range r.Expect {
		if err := r.Problem(Problem{Text: fmt.Sprintf("line %d, which was noted, is in none of the files; the last one is %d", e.Seq, r.head.Seq)}); err != nil {
			return err
		}
	}
	return nil
}

// First is the number of the first line of a chain in a file, 0 if there is none.
func First(in io.Reader, maxLine int) (uint64, error) {
	b := bufio.NewReaderSize(in, maxLine+1)
	for {
		line, err := b.ReadSlice('\n')
		if l, wrong := Parse(bytes.TrimSuffix(line, []byte{'\n'})); wrong == nil {
			return l.Seq, nil
		}
		switch {
		case errors.Is(err, io.EOF):
			return 0, nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return 0, err
		}
	}
}

// strange is a line that does not belong to the chain.
func (r *Reader) strange(err error) error {
	r.torn = false
	return r.broken("is " + err.Error())
}

func (r *Reader) broken(text string) error {
	return r.Problem(Problem{File: r.file, Line: r.number, Text: text})
}

func (r *Reader) note(text string) error { return r.noteAt(r.number, text) }

func (r *Reader) noteAt(line int, text string) error {
	return r.Problem(Problem{File: r.file, Line: line, Text: text, Note: true})
}
