package text

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// template is an event with a hole where a channel's text goes.
type template struct {
	before, after []byte
	name          []byte
}

// maxAside bounds the JSON size of a member that a template keeps beside the way to the text.
const maxAside = 1 << 10

// newTemplate makes a template of an event for the channel of its site i: other choices, other text, tool
// calls, usage and whatever else may not come twice are left out, and finish reasons unless last is true.
func (s *Stream) newTemplate(event []byte, i int, last bool) (*template, error) {
	a := &s.side
	a.Reset()
	root, err := a.Parse(event)
	if err != nil {
		return nil, fmt.Errorf("copying an event: %w", err)
	}
	sites := s.d.Sites(nil, dialect.PhaseEvent, a, root)
	if i >= len(sites) {
		return nil, errors.New("copying an event: the copy has less text")
	}
	if before, after, ok := s.d.Mold(&sites[i]); ok {
		t := &template{before: before, after: after}
		a.Reset()
		if root, err = a.Parse(append(before, after...)); err != nil {
			return nil, fmt.Errorf("making an event: %w", err)
		}
		t.name = s.d.NameOf(a, root)
		return t, nil
	}
	hole := sites[i].Node
	for n := hole; ; {
		up := a.Parent(n)
		if up == 0 {
			break
		}
		for c := a.First(up); c != 0; {
			next := a.Next(c)
			if c != n && (a.Kind(up) == abi.KindArray || a.Size(c) > maxAside) {
				a.Delete(c)
			}
			c = next
		}
		n = up
	}
	for j := range sites {
		if n := sites[j].Node; sites[j].Form < dialect.FormFinish && !holds(a, n, hole) {
			a.Delete(branch(a, n, hole))
		}
	}
	s.d.Strip(a, root, hole, last)
	t := &template{name: s.d.NameOf(a, root)}
	mark := []byte("longmen-hole")
	for k := 0; bytes.Contains(event, mark); k++ {
		mark = strconv.AppendInt(mark, int64(k), 36)
	}
	a.SetString(hole, mark)
	out := a.AppendJSON(nil, root)
	at := bytes.Index(out, mark)
	t.before, t.after = out[:at:at], out[at+len(mark):]
	return t, nil
}

// holds tells whether n is leaf or has it below.
func holds(a *document.Arena, n, leaf document.Node) bool {
	for ; leaf != 0; leaf = a.Parent(leaf) {
		if leaf == n {
			return true
		}
	}
	return false
}

// branch is the highest value above n, or n, that does not have leaf below.
func branch(a *document.Arena, n, leaf document.Node) document.Node {
	for {
		up := a.Parent(n)
		if up == 0 || holds(a, up, leaf) {
			return n
		}
		n = up
	}
}

// appendEvent appends the event with this text.
func (t *template) appendEvent(dst, text []byte) []byte {
	dst = append(dst, t.before...)
	dst = appendEscaped(dst, text)
	return append(dst, t.after...)
}
