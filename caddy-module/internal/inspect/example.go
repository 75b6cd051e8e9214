package inspect

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// Label is an entity that somebody has marked in a text.
type Label struct {
	Start int    `json:"start"` // bytes of the text's UTF-8
	End   int    `json:"end"`
	Type  string `json:"type"`
}

// Example is a labelled text, a line of a data set. One without labels is clean: whatever is found in it is a false alarm.
type Example struct {
	Line  int
	Text  string
	Lang  string
	Spans []Label
}

// Examples reads a data set, a JSON object in each line, and gives each example to f. The first line that is not as it should be
// ends it: a measure of half the data would mislead.
func Examples(r io.Reader, f func(Example) error) error {
	in := bufio.NewReaderSize(r, 64<<10)
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return err
		}
		last := err == io.EOF
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		if b := bytes.TrimSpace(line); len(b) > 0 {
			e, err := parseExample(b)
			if err != nil {
				return fmt.Errorf("line %d: %w", n, err)
			}
			e.Line = n
			if err := f(e); err != nil {
				return fmt.Errorf("line %d: %w", n, err)
			}
		}
		if last {
			return nil
		}
	}
}

func parseExample(b []byte) (Example, error) {
	var in struct {
		Text  *string `json:"text"`
		Lang  string  `json:"lang"`
		Spans []struct {
			Start *int   `json:"start"`
			End   *int   `json:"end"`
			Type  string `json:"type"`
		} `json:"spans"`
	}
	const want = `expected {"text": "…", "lang": "en", "spans": [{"start": 0, "end": 5, "type": "email"}]}`
	if err := json.Unmarshal(b, &in); err != nil {
		return Example{}, fmt.Errorf("%w, %s", err, want)
	}
	if in.Text == nil {
		return Example{}, fmt.Errorf("there is no text, %s", want)
	}
	e := Example{Text: *in.Text, Lang: in.Lang}
	if e.Lang == "" {
		e.Lang = "-"
	}
	if len(e.Text) > MaxText {
		return Example{}, fmt.Errorf("text of %d bytes, expected at most %d", len(e.Text), MaxText)
	}
	for i, s := range in.Spans {
		switch {
		case s.Start == nil || s.End == nil || s.Type == "":
			return Example{}, fmt.Errorf("span %d lacks start, end or type", i)
		case *s.Start < 0 || *s.End <= *s.Start || *s.End > len(e.Text):
			return Example{}, fmt.Errorf("span %d from %d to %d does not lie in the text of %d bytes", i, *s.Start, *s.End, len(e.Text))
		case !utf8.RuneStart(e.Text[*s.Start]) || *s.End < len(e.Text) && !utf8.RuneStart(e.Text[*s.End]):
			return Example{}, fmt.Errorf("span %d from %d to %d begins or ends inside of a character: expected offsets in bytes of UTF-8, not in characters", i, *s.Start, *s.End)
		}
		e.Spans = append(e.Spans, Label{*s.Start, *s.End, s.Type})
	}
	slices.SortStableFunc(e.Spans, func(a, b Label) int { return a.Start - b.Start })
	return e, nil
}
