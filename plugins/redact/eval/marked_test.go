package eval

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// readMarked reads texts in which entities are marked. A line "=== LANG" begins a text, which goes on to the next such line; a remark may
// follow the language. ⟦type:value⟧ marks an entity, ⟨recipe⟩ is a value of the mint, in entities and elsewhere. Nothing is an escape.
func readMarked(r io.Reader) ([]Text, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var texts []Text
	_, rest, _ := strings.Cut("\n"+string(b), "\n=== ") // what stands before is about the file
	for rest != "" {
		var block string
		block, rest, _ = strings.Cut(rest, "\n=== ")
		head, body, ok := strings.Cut(block, "\n")
		fields := strings.Fields(head)
		if !ok || len(fields) == 0 {
			return nil, fmt.Errorf("text %d: %q, expected a language and a text", len(texts)+1, head)
		}
		texts = append(texts, unmark(fields[0], strings.TrimRight(body, "\n")))
	}
	return texts, nil
}

// unmark makes the values of a text and takes the marks out.
func unmark(lang, body string) Text {
	m := newMint(body)
	t := Text{Lang: lang}
	var out strings.Builder
	plain := func(s string) string { // with the values made
		var b strings.Builder
		for {
			before, rest, ok := strings.Cut(s, "⟨")
			b.WriteString(before)
			if !ok {
				return b.String()
			}
			spec, after, _ := strings.Cut(rest, "⟩")
			b.WriteString(m.value(spec))
			s = after
		}
	}
	for {
		before, rest, ok := strings.Cut(body, "⟦")
		out.WriteString(plain(before))
		if !ok {
			t.Text = out.String()
			return t
		}
		mark, after, closed := strings.Cut(rest, "⟧")
		typ, value, typed := strings.Cut(mark, ":")
		if !closed || !typed {
			panic(fmt.Sprintf("%.40q: expected ⟦type:value⟧", rest))
		}
		start := out.Len()
		out.WriteString(plain(value))
		t.Spans = append(t.Spans, Span{start, out.Len(), typ})
		body = after
	}
}

func TestReadMarked(t *testing.T) {
	texts, err := readMarked(strings.NewReader("about\n=== zh a remark\n手机⟦phone:1⟨digit:10⟩⟧。\n\n=== en\nn = ⟨digit:12|4-4-4⟩\nm\n"))
	if err != nil || len(texts) != 2 {
		t.Fatalf("%d texts, error %v", len(texts), err)
	}
	if a := texts[0]; a.Lang != "zh" || len(a.Spans) != 1 || a.Spans[0] != (Span{6, 17, "phone"}) || len(a.Text) != 20 {
		t.Errorf("got %+v", a)
	}
	if b := texts[1]; b.Lang != "en" || len(b.Spans) != 0 || len(b.Text) != len("n = 1234-1234-1234\nm") {
		t.Errorf("got %+v", b)
	}
	if _, err := readMarked(strings.NewReader("=== \ntext")); err == nil {
		t.Error("a text without a language was read")
	}
}
