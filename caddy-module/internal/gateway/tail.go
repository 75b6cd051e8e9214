package gateway

import (
	"bytes"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// tailSize is how much of the end of an unread answer is kept for its token counts: every dialect
// reports them last, in some hundred bytes. Anthropic's streams tell those of the prompt first, so
// as much of a stream's beginning is kept.
const tailSize = 2 << 10

// tail remembers the last bytes of an answer that passes unread, and the first ones of a stream.
type tail struct {
	kept, head []byte
	streams    bool
}

func (t *tail) write(b []byte) {
	if t.streams && len(t.head) < tailSize {
		t.head = append(t.head, b[:min(len(b), tailSize-len(t.head))]...)
	}
	if len(b) >= tailSize {
		t.kept = append(t.kept[:0], b[len(b)-tailSize:]...)
		return
	}
	if over := len(t.kept) + len(b) - tailSize; over > 0 {
		t.kept = t.kept[:copy(t.kept, t.kept[over:])]
	}
	t.kept = append(t.kept, b...)
}

// between tells whether what has come ends where an event does.
func (t *tail) between(kind framing.Kind) bool {
	if kind == framing.Lines {
		return bytes.HasSuffix(t.kept, []byte("\n"))
	}
	return bytes.HasSuffix(t.kept, []byte("\n\n")) || bytes.HasSuffix(t.kept, []byte("\r\n\r\n")) || bytes.HasSuffix(t.kept, []byte("\r\r"))
}

// next is the number of the event that would come next, 0 where events have none or it has not been seen.
func (t *tail) next(d *dialect.Dialect) int64 {
	if !d.Numbered() {
		return 0
	}
	member := []byte(`"` + d.Descriptor().Sequence + `":`)
	i := bytes.LastIndex(t.kept, member)
	if i < 0 {
		return 0
	}
	digits := bytes.TrimLeft(t.kept[i+len(member):], " ")
	var n int64
	for _, c := range digits {
		if c < '0' || c > '9' || n > 1<<40 {
			break
		}
		n = n*10 + int64(c-'0')
	}
	return n + 1
}

// usage reads the counts, if they are there: those of the beginning, and then those of the end.
func (t *tail) usage(d *dialect.Dialect, tokens *dialect.Usage) {
	if d.UsageMember() == "" {
		t.lastLine(d, tokens)
		return
	}
	// Of a short stream the beginning holds the end as well.
	member := []byte(`"` + d.UsageMember() + `"`)
	for at := 0; ; {
		i := bytes.Index(t.head[at:], member)
		if i < 0 || usageAt(d, t.head, at+i, member, tokens) {
			break
		}
		at += i + len(member)
	}
	for rest := t.kept; ; {
		i := bytes.LastIndex(rest, member)
		if i < 0 || usageAt(d, t.kept, i, member, tokens) {
			return
		}
		rest = rest[:i]
	}
}

// usageAt reads the usage object whose member's name stands at text[i:]; false if there is none.
func usageAt(d *dialect.Dialect, text []byte, i int, member []byte, tokens *dialect.Usage) bool {
	object := firstObject(bytes.TrimLeft(text[i+len(member):], " \t\r\n:"))
	if object == nil {
		return false
	}
	doc := append(append(append([]byte("{"), member...), ':'), object...)
	a := document.Borrow()
	defer document.Return(a)
	root, err := a.Parse(append(doc, '}'))
	return err == nil && d.Usage(a, root, tokens)
}

// lastLine reads the counts that stand in the last line's object itself.
func (t *tail) lastLine(d *dialect.Dialect, tokens *dialect.Usage) {
	line := bytes.TrimSpace(t.kept)
	if i := bytes.LastIndexByte(line, '\n'); i >= 0 {
		line = line[i+1:]
	}
	a := document.Borrow()
	defer document.Return(a)
	if root, err := a.Parse(line); err == nil {
		d.Usage(a, root, tokens)
	}
}

// firstObject is the JSON object that b begins with, nil if it does not end in b.
func firstObject(b []byte) []byte {
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return b[:i+1]
			}
		case depth == 0:
			return nil
		}
	}
	return nil
}
