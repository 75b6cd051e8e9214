package dialect

import (
	"slices"
	"strconv"
	"strings"

	"github.com/longmen-gateway/longmen/sdk/abi"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// FinishRepeats tells whether text of a choice may follow on an event that says the choice finished.
func (d *Dialect) FinishRepeats() bool { return d.desc.Event.Again }

// stripped is a compiled entry of Strip.
type stripped struct {
	at    path
	empty bool // an empty list stays
}

func (c *compiler) stripped(list []string) (out []stripped) {
	for _, s := range list {
		s, empty := strings.CutSuffix(s, "=[]")
		out = append(out, stripped{c.steps(s), empty})
	}
	return out
}

// Strip takes out of an event what must not come twice in a stream when the event is sent once more with
// other text at keep: usage, roles, names and ids of tool calls, and, unless last is true, finish reasons.
func (d *Dialect) Strip(a *document.Arena, root, keep document.Node, last bool) {
	drop := func(n document.Node) {
		for up := keep; up != 0; up = a.Parent(up) {
			if up == n {
				return
			}
		}
		a.Delete(n)
	}
	for i := range d.strip {
		if s := &d.strip[i]; s.empty {
			s.at.each(a, root, func(n document.Node) { a.Replace(n, a.NewArray()) })
		} else {
			s.at.each(a, root, drop)
		}
	}
	if last {
		return
	}
	for _, p := range d.eventFinish {
		p.each(a, root, func(n document.Node) {
			switch {
			case a.Kind(n) == abi.KindBool:
				if v, _ := a.Bool(n); v {
					a.Replace(n, a.NewBool(false))
				}
			case !d.desc.Event.Null:
				drop(n)
			case a.Kind(n) != abi.KindNull:
				a.Replace(n, a.NewNull())
			}
		})
	}
}

// NameOf is the event's name that its document repeats, nil when the dialect's events have none.
func (d *Dialect) NameOf(a *document.Arena, root document.Node) []byte {
	if d.desc.EventName == "" {
		return nil
	}
	return a.AppendString(nil, a.Get(root, d.desc.EventName))
}

// Mold is the event that lets out the text of a site whose own event cannot be sent twice, around the hole
// where the escaped text goes. ok is false for sites whose event can.
func (d *Dialect) Mold(s *Site) (before, after []byte, ok bool) {
	if s.Mold == 0 {
		return nil, nil, false
	}
	behind := false
	for _, p := range d.molds[s.Mold-1] {
		out := &before
		if behind {
			out = &after
		}
		*out = append(*out, p.text...)
		switch p.variable {
		case "block":
			*out = strconv.AppendInt(*out, int64(max(s.Block, 0)), 10)
		case "text":
			behind = true
		}
	}
	return slices.Clip(before), slices.Clip(after), behind
}

// Numbered tells whether the events of a stream are numbered.
func (d *Dialect) Numbered() bool { return d.sequence != nil }

// Renumber gives an event its number n in the stream; nothing where events have none.
func (d *Dialect) Renumber(a *document.Arena, root document.Node, n int64) {
	if d.sequence == nil || a.Kind(root) != abi.KindObject {
		return
	}
	if v, ok := a.Int(d.sequence.find(a, root)); !ok || v != n {
		set(a, root, d.sequence, a.NewInt(n))
	}
}
