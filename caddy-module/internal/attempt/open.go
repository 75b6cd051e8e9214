package attempt

import (
	"bytes"
	"errors"
	"io"

	"github.com/longmen-gateway/longmen/caddy-module/internal/dialect"
	"github.com/longmen-gateway/longmen/caddy-module/internal/framing"
	"github.com/longmen-gateway/longmen/sdk/document"
)

// Bounds of what is held back of a stream that has not said anything yet.
const (
	maxOpening      = 64        // events
	maxOpeningBytes = 256 << 10 // of them
)

// open reads a stream up to the first event that says something, so that an upstream that breaks before it, or
// says that it fails, costs the client nothing.
func (t *Try) open(kind framing.Kind) error {
	answer := &t.answer
	answer.Framing = kind
	var seen *seenBody
	if !t.reads {
		seen = &seenBody{ReadCloser: answer.HTTP.Body}
		answer.HTTP.Body = seen
	}
	most := MaxEvent
	if kind == framing.Document {
		most = MaxAnswer
	}
	answer.Events = framing.Open(kind, answer.HTTP.Body, most)
	a := document.Borrow()
	defer document.Return(a)
	held := 0
	for {
		e, err := answer.Events.Next()
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return t.failed(err)
		}
		if e.Comment || len(e.Data) == 0 {
			continue
		}
		opens, err := t.says(a, e)
		if err != nil {
			return err
		}
		if opens && len(answer.Opening) < maxOpening && held < maxOpeningBytes {
			held += len(e.Raw)
			answer.Opening = append(answer.Opening, framing.Event{Name: bytes.Clone(e.Name), Data: bytes.Clone(e.Data), Raw: bytes.Clone(e.Raw)})
			continue
		}
		answer.First = e
		break
	}
	if seen != nil {
		answer.Events, answer.Opening = nil, nil
		seen.again()
	}
	return nil
}

// says tells whether an event only opens the answer. The error is a *Failure that the event reports.
func (t *Try) says(a *document.Arena, event framing.Event) (opens bool, err error) {
	if string(event.Data) == DoneMark {
		return false, nil
	}
	a.Reset()
	root, err := a.Parse(event.Data)
	if err != nil {
		return false, Garbled(t.Provider, t.answer.HTTP.StatusCode, err)
	}
	if err := t.refusal(a, root, dialect.PhaseEvent); err != nil {
		return false, err
	}
	return t.answer.Way.Dialect.Opens(a, root), nil
}

// refusal is the *Failure that a document tells of which came with a good status; nil if it is an answer.
func (t *Try) refusal(a *document.Arena, root document.Node, phase dialect.Phase) error {
	d := t.answer.Way.Dialect
	e := d.EventError(a, root)
	if e == nil && t.blocked {
		e = d.Blocked(a, root, phase)
	}
	if e == nil {
		return nil
	}
	return Reported(t.Provider, e, t.answer.HTTP.StatusCode)
}

// seenBody keeps what is read of an answer until it is wanted again.
type seenBody struct {
	io.ReadCloser
	seen   []byte
	replay bool
}

// Read implements io.Reader.
func (b *seenBody) Read(p []byte) (int, error) {
	if b.replay && len(b.seen) > 0 {
		n := copy(p, b.seen)
		if b.seen = b.seen[n:]; len(b.seen) == 0 {
			b.seen = nil
		}
		return n, nil
	}
	n, err := b.ReadCloser.Read(p)
	if !b.replay {
		b.seen = append(b.seen, p[:n]...)
	}
	return n, err
}

func (b *seenBody) again() { b.replay = true }
